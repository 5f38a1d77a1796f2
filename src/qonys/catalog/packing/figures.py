"""`figures.yaml` of a made pack: the ids under which the sciences ask for figures, all in the role of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qonys import words
from qonys.catalog.packing.periods import Row

MODEL = "model"


@dataclass(frozen=True)
class Named:
    """Rows of a table under an id; `only` are conditions, `unit` that of every row, `kind` the quantity."""

    table: str
    axes: tuple[str, ...]
    unit: str
    definition: str
    kind: str = "rows"
    only: Mapping[str, str] | None = None


def _national(indicator: str, unit: str, kind: str = "series", definition: str = "mixed_national") -> Named:
    return Named("national", ("year",), unit, definition, kind, {"indicator": indicator})


def _stock(direction: str, end: str) -> Named:
    axes = ("year", end, "sex", "revision")
    return Named("migrant_stock", axes, "persons", "un_migrant_stock", only={"direction": direction})


_SEXES = {"sex": "female|male"}
FIGURES: dict[str, Named] = {
    "births": _national("births", "persons"),
    "deaths": _national("deaths", "persons"),
    "natural_increase": _national("natural_increase", "persons"),
    "net_migration": _national("net_migration", "persons"),
    "population_1_january": _national("population_1_january", "persons", "population", "residents"),
    "mid_year_population": _national("mid_year_population", "persons", "population", "residents"),
    "life_expectancy_both": _national("life_expectancy_both", "years"),
    "life_expectancy_female": _national("life_expectancy_female", "years"),
    "life_expectancy_male": _national("life_expectancy_male", "years"),
    "total_fertility_rate": _national("total_fertility_rate", "children_per_woman"),
    "immigrant_stock": _stock("immigrant_stock", "origin"),
    "emigrant_stock": _stock("emigrant_stock", "destination"),
    "population_by_age_sex": Named(
        "population_age_sex", ("year", "sex", "age_start"), "persons", "residents", "population", _SEXES
    ),
    "death_rates_by_age_sex": Named(
        "mortality_age", ("year_start", "sex", "age_start"), "deaths_per_person_year", "as_published", only=_SEXES
    ),
    "fertility_pattern": Named("fertility_age", ("year_start", "age_start"), "births_per_woman_year", "as_published"),
    "projected_life_expectancy": Named(
        "projection_un",
        ("year", "indicator"),
        "years",
        "as_published",
        only={"indicator": "life_expectancy_both|life_expectancy_female|life_expectancy_male"},
    ),
    "projection_un_population": Named(
        "projection_un", ("year", "variant"), "persons", "as_published", only={"indicator": "population"}
    ),
    "partners_population_mid_year": Named(
        "partners_wpp", ("country", "year"), "persons", "as_published", only={"indicator": "mid_year_population"}
    ),
    "partners_vital_events": Named(
        "partners_wpp",
        ("country", "year", "indicator"),
        "persons",
        "as_published",
        only={"indicator": "births|deaths"},
    ),
    "partners_working_ages": Named(
        "partners_wpp", ("country", "year"), "persons", "as_published", only={"indicator": "population_15_64"}
    ),
    "income_per_head_partners": Named(
        "partners_wdi",
        ("country", "year"),
        "constant_2021_intl_usd",
        "as_published",
        only={"indicator": "gdp_per_capita_ppp"},
    ),
    "sex_ratio_at_birth": Named("sex_ratio_birth", ("year_start",), "males_per_female", "as_published", "series"),
}


def figures_document(tables: Mapping[str, Sequence[Row]], ordered: Sequence[str]) -> dict[str, Any]:
    """The document: every figure whose rows are there.

    Parameters
    ----------
    tables
        Rows by table.
    ordered
        Series that preferences.csv orders.

    """
    document = {}
    for name, figure in FIGURES.items():
        only = {column: set(codes.split("|")) for column, codes in (figure.only or {}).items()}
        held = [row for row in tables.get(figure.table, ()) if all(row[column] in only[column] for column in only)]
        if not held:
            continue
        series = f"{figure.table}.{(figure.only or {}).get('indicator')}"
        document[name] = {
            "table": figure.table,
            **(
                {"where": ";".join(f"{column}={codes}" for column, codes in figure.only.items())} if figure.only else {}
            ),
            **({"prefer": series} if series in ordered else {}),
            "axes": list(figure.axes),
            "unit": figure.unit,
            "definition": figure.definition,
            "kind": figure.kind,
            "roles": {MODEL: list(dict.fromkeys(row["source"] for row in held))},
            "names": {language: words.text(f"packing.figure.{name}", language) for language in ("en", "ru", "kk")},
        }
    return document
