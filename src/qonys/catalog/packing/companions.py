"""The descriptive files of a made pack: region, statements, preferences, labels, definitions, cautions, README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qonys import words
from qonys.catalog.axes import COUNTRIES
from qonys.catalog.packing.periods import Row
from qonys.catalog.packing.shapes import REGIONS, SHAPES
from qonys.catalog.packing.territories import name as country_name
from qonys.catalog.ranks import STATUSES

LABELLED = ("indicator", "unit", "sex", "variant", "direction", "population_type")
FIXED = {
    "severity": ("note", "warn"), "region_kind": ("country",), "licence_class": ("attribution",),
    "counts": ("persons", "as_indicator"), "status": STATUSES,
}  # fmt: skip
STATEMENTS = ("births", "deaths", "net_migration")
PREFERRED = ("births", "deaths", "natural_increase", "net_migration", "mid_year_population", "population_1_january")
COUNTS = {
    "residents": ("persons", "residents"), "mixed_national": ("as_indicator", "as_source"),
    "un_migrant_stock": ("persons", "born_abroad"), "refugees": ("persons", "mandate"),
    "as_published": ("as_indicator", "as_source"),
}  # fmt: skip
_CAUTIONS = {
    "all_model": ("national", "warn"), "projection_un_end": ("projection_un", "warn"),
    "five_year_mortality": ("mortality_age", "note"), "five_year_fertility": ("fertility_age", "note"),
    "ages_of_fertility": ("fertility_age", "note"), "mid_year_of_january": ("population_age_sex", "note"),
    "stock_model": ("migrant_stock", "warn"), "refugees_zero": ("refugees", "note"),
    "partners_chosen": ("partners_wpp", "note"), "economy_mixed": ("economy_national", "note"),
}  # fmt: skip
Tables = Mapping[str, Sequence[Row]]


def in_languages(prefix: str, key: str, **values: object) -> Row:
    """Columns `<prefix>_en`, `_ru`, `_kk` with the texts under a key."""
    return {f"{prefix}_{language}": words.text(key, language, **values) for language in words.LANGUAGES}


def names_of(code: str, published: str = "") -> Row:
    """Columns name_en, name_ru, name_kk of a country."""
    return {f"name_{language}": country_name(code, language, published) for language in words.LANGUAGES}


def region_rows(country: Mapping[str, str], source: str) -> list[Row]:
    """The one row of regions.csv."""
    names = {key: text for key, text in country.items() if key.startswith("name_")}
    short = {key.replace("name_", "short_"): text for key, text in names.items()}
    row = {"region": country["code"], "iso3": country["iso3"], **names, **short, "kind": "country", "source": source}
    return [{column: row.get(column, "") for column in REGIONS}]


def label_rows(tables: Tables, published: Mapping[str, str]) -> list[Row]:
    """Names of all codes that the tables hold; `published`: names of countries as the sources write them."""
    rows = []
    for axis in LABELLED:
        codes = sorted({row[axis] for table in tables.values() for row in table if axis in row})
        rows += [_label(axis, code) for code in codes]
    countries = {row[column] for table in tables.values() for row in table for column in COUNTRIES if column in row}
    rows += [{"axis": "country", "code": code, **names_of(code, published.get(code, ""))} for code in sorted(countries)]
    titles = {name: in_languages("name", f"packing.table.{name}") for name in sorted(tables)}
    rows += [{"axis": "table", "code": name, **names} for name, names in titles.items()]
    return rows + [_label(axis, code) for axis, codes in FIXED.items() for code in codes]


def _label(axis: str, code: str) -> Row:
    return {"axis": axis, "code": code, **in_languages("name", f"packing.label.{axis}.{code}")}


def definition_rows(tables: Iterable[str]) -> list[Row]:
    """What is counted in the tables of the pack; its figures of the whole population count residents."""
    used = sorted({"residents", *(SHAPES[name].definition for name in tables)})
    return [
        {
            "id": name, "counts": COUNTS[name][0], "who": words.text(f"packing.who.{COUNTS[name][1]}", "en"),
            "duration": "", **in_languages("text", f"packing.definition.{name}"),
        }
        for name in used
    ]  # fmt: skip


def caution_rows(tables: Tables, january: bool, first_projected: int) -> list[Row]:
    """What a reader must know; only about tables that the pack holds."""
    rows = []
    for name, (table, severity) in _CAUTIONS.items():
        if table in tables and (january or name != "mid_year_of_january"):
            texts = in_languages("text", f"packing.caution.{name}", year=first_projected)
            source = tables[table][0]["source"]
            rows.append({"id": name, "table": table, "severity": severity, **texts, "source": source})
    return rows


def statement_rows(tables: Tables) -> list[Row]:
    """Statements about the nation: the model's series, its first and last mid-year population; no register is known."""
    rows = tables["national"]
    source = rows[0]["source"]
    known = [row["year"] for row in rows if row["indicator"] == "mid_year_population"]
    base = {"kind": "model", "where": "", "source": source, "note": ""}
    middle = {"quantity": "population", "figure": "mid_year_population"}
    ends = [{"id": f"mid_{year}_un", **middle, "where": f"year={year}"} for year in sorted({min(known), max(known)})]
    series = [{"id": f"{name}_un", "quantity": name, "figure": name} for name in STATEMENTS]
    return [{**base, **row} for row in (*ends, *series)]


def preference_rows(tables: Tables) -> list[Row]:
    """The order of sources: the model is the only one."""
    source = tables["national"][0]["source"]
    held = {row["indicator"] for row in tables["national"]}
    reason = in_languages("reason", "packing.reason.only")
    base = {"place": "1", "source": source, "from_year": "", "to_year": "", **reason}
    return [{"series": f"national.{name}", **base} for name in PREFERRED if name in held]


def identity_rows(tables: Tables) -> list[Row]:
    """Sums that must hold: natural increase; published numbers are rounded to a person."""
    source = tables["national"][0]["source"]
    return [{
        "id": "natural_increase_un", "figure": "national", "where": f"source={source}", "axis": "indicator",
        "total": "natural_increase", "parts": "births;-deaths", "tolerance": "2",
        **in_languages("text", "packing.identity.natural_increase"),
    }]  # fmt: skip


def coverage_rows(tables: Tables) -> list[Row]:
    """Years that the yearly tables have, so that a later loss rings."""
    wanted = {
        "births": ("national", "indicator=births"), "net_migration": ("national", "indicator=net_migration"),
        "ages": ("population_age_sex", ""), "projection": ("projection_un", "indicator=births;variant=median"),
    }  # fmt: skip
    rows = []
    for name, (table, where) in wanted.items():
        tests = dict(part.split("=") for part in where.split(";")) if where else {}
        years = [
            int(row["year"])
            for row in tables.get(table, ())
            if all(row[column] == code for column, code in tests.items())
        ]
        if years:
            span = {"from_year": str(min(years)), "to_year": str(max(years)), "step": "1"}
            rows.append({"id": name, "figure": table, "where": where, **span})
    return rows


def readme(
    country: Mapping[str, str], tables: Tables, sources: Sequence[Row], cautions: Sequence[Row], partners: str
) -> str:
    """The README in English, Russian and Kazakh: what the pack holds, from which files, with which cautions."""
    parts = []
    for language in ("en", "ru", "kk"):

        def say(key: str, language: str = language, **values: object) -> str:
            return words.text(key, language, **values)

        lines = [f"# {country[f'name_{language}']}", "", say("packing.readme.about"), ""]
        lines += [f"## {say('packing.readme.tables')}", ""]
        lines += [
            f"- `{name}`: {words.text(f'packing.table.{name}', language)} "
            f"({words.plural('packing.rows', len(rows), language)})"
            for name, rows in tables.items()
        ]
        lines += ["", f"## {say('packing.readme.files')}", ""]
        lines += [
            f"- `{row['file']}`: {row['publisher']}, {row['licence']}, SHA-256 `{row['sha256']}`" for row in sources
        ]
        lines += ["", f"## {say('packing.readme.cautions')}", "", *(f"- {row[f'text_{language}']}" for row in cautions)]
        lines += ["", say("packing.readme.partners", partners=partners), "", say("packing.readme.more"), ""]
        parts.append("\n".join(lines))
    return "\n---\n\n".join(parts)
