"""``qonys pack new``: packs of five countries from the demographic indicators in their published headings."""

import csv
import hashlib
import json
import re

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.country import country_declaration
from qonys.catalog.packing.territories import name, of_number, three_letters, two_letters
from qonys.catalog.store import open_store
from qonys.cli import main

COUNTRIES = {
    "AFG": ("Afghanistan", "Афганистан", "Ауғанстан"),
    "DEU": ("Germany", "Германия", "Германия"),
    "GEO": ("Georgia", "Грузия", "Грузия"),
    "KAZ": ("Kazakhstan", "Казахстан", "Қазақстан"),
    "TUR": ("Türkiye", "Турция", "Түркия"),
}
THOUSANDS = {
    "births": "Births",
    "deaths": "Deaths",
    "net_migration": "NetMigrations",
    "mid_year_population": "TPopulation1July",
}


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_pack_of_any_country_opens_and_passes_every_check(code, new, forms):
    ended, folder, out, err = new(code, "--from-wpp", forms.indicators, "--partners", "KAZ,TUR")
    assert (ended, err) == (0, "")
    assert "All checks passed" in out
    pack = open_pack(folder)
    assert [finding.sentence() for result in run_checks(pack) for finding in result.findings] == []
    assert tuple(pack.region_name(pack.whole, language) for language in ("en", "ru", "kk")) == COUNTRIES[code]
    assert pack.country["iso3"] == code
    assert all(
        pack.title(language).startswith(names)
        for language, names in zip(("en", "ru", "kk"), COUNTRIES[code], strict=True)
    )
    with open_store(pack) as store:
        assert set(store.tables()) == {"national", "partners_wpp", "projection_un", "sex_ratio_birth"}


@pytest.mark.parametrize("code", COUNTRIES)
def test_every_figure_is_the_published_one(code, new, forms):
    folder = new(code, "--from-wpp", forms.indicators)[1]
    with forms.indicators.open(encoding="utf-8-sig", newline="") as file:
        given = {int(row["Time"]): row for row in csv.DictReader(file) if row["ISO3_code"] == code}
    table = open_pack(folder).table("national")
    for indicator, heading in THOUSANDS.items():
        rows = table.filter(pl.col("indicator") == indicator)
        assert rows["year"].to_list() == list(range(1950, 2024))
        for year, value in rows.select("year", "value").rows():
            assert value == round(float(given[year][heading]) * 1000), (indicator, year)
    assert set(table["status"]) == {"estimate"}


def test_kazakhstan_agrees_with_the_shipped_pack(new, forms):
    made = open_pack(new("KZ", "--from-wpp", forms.indicators)[1]).table("national")
    shipped = (
        open_pack("kazakhstan").table("national").filter(pl.col("source").is_in(["wpp2024", "wpp_portal_populaR"]))
    )
    both = made.join(shipped, on=["year", "indicator"], suffix="_shipped")
    for indicator in (*THOUSANDS, "natural_increase", "total_fertility_rate", "life_expectancy_both"):
        rows = both.filter(pl.col("indicator") == indicator)
        assert rows.height == 74
        assert (rows["value"] - rows["value_shipped"]).abs().max() <= (1 if indicator == "natural_increase" else 1e-9)
    assert set(both["unit"].eq(both["unit_shipped"])) == {True}


def test_projected_years_are_a_projection_and_stand_apart(new, forms):
    pack = open_pack(new("GEO", "--from-wpp", forms.indicators)[1])
    table = pack.table("projection_un")
    assert set(table["status"]) == {"projection"}
    births = table.filter(pl.col("indicator") == "births")
    assert births["year"].to_list() == [2024, 2025, 2026]
    ends = table.filter(pl.col("indicator") == "population")
    assert ends["year"].to_list() == [2024, 2025, 2026]
    with forms.indicators.open(encoding="utf-8-sig", newline="") as file:
        january = {
            row["Time"]: float(row["TPopulation1Jan"]) for row in csv.DictReader(file) if row["ISO3_code"] == "GEO"
        }
    assert ends["value"].to_list() == [pytest.approx(january[str(year + 1)] * 1000) for year in (2024, 2025, 2026)]
    start = pack.table("national").filter((pl.col("indicator") == "population_1_january") & (pl.col("year") == 2024))
    assert start.select("status", "note").rows() == [("estimate", "start of the projection")]


def test_sex_ratio_by_five_years(new, forms):
    rows = open_pack(new("GEO", "--from-wpp", forms.indicators)[1]).table("sex_ratio_birth")
    assert rows["period"].to_list()[0] == "1950-1955"
    assert rows.filter(pl.col("year_start") == 2020)["status"].to_list() == ["estimate_projection_mix"]
    assert set(rows["value"]) == {1.05}


def test_partners_of_the_same_subregion_where_nothing_is_known(new, forms):
    ended, folder, out, _ = new("GEO", "--from-wpp", forms.indicators)
    assert ended == 0
    assert "Partner countries: TUR." in out
    assert set(open_pack(folder).table("partners_wpp")["country"]) == {"GEO", "TUR"}
    assert "TUR" in (folder / "README.md").read_text(encoding="utf-8")


def test_sources_name_the_file_its_licence_and_its_hash(new, forms):
    ages = forms.ages(range(1950, 1952))
    folder = new("GEO", "--from-wpp", forms.indicators, ages)[1]
    rows = {row["file"]: row for row in open_pack(folder).sources().iter_rows(named=True)}
    assert set(rows) == {forms.indicators.name, ages.name}
    for path in (forms.indicators, ages):
        assert rows[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert rows[path.name]["licence"] == "CC BY 3.0 IGO"
    assert rows[forms.indicators.name]["id"] == "wpp2024"


def test_the_descriptor_is_a_valid_data_package(new, forms):
    from frictionless import Package, system

    folder = new("GEO", "--from-wpp", forms.indicators, forms.ages(range(1950, 1952)))[1]
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:3]


def test_titles_are_the_packs_own(new, forms):
    folder = new("GEO", "--from-wpp", forms.indicators)[1]
    text = "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file() and path.suffix != ".csv"
    )
    text += (folder / "labels.csv").read_text(encoding="utf-8")
    assert not re.search("Kazakh|Казах|Қазақ", text)
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in document["resources"]:
        if "qonys:table" in resource:
            assert {"title", "title_ru", "title_kk"} <= set(resource)


def test_only_statements_of_a_model(new, forms):
    rows = open_pack(new("GEO", "--from-wpp", forms.indicators)[1]).statements()
    assert set(rows["kind"]) == {"model"}
    assert set(rows["quantity"]) == {"population", "births", "deaths", "net_migration"}


def test_the_country_file_states_what_the_tables_give_and_leaves_the_rest_to_be_filled_in(new, forms):
    folder = new("KAZ", "--from-wpp", forms.indicators)[1]
    given = country_declaration(open_pack(folder))
    assert (given.account_from, given.span) == (1950, (1950, 2023))
    assert (given.independence, given.names, given.kin_groups) == (None, {}, ())
    file = folder / "country.yaml"
    text = file.read_text(encoding="utf-8")
    filled = text.replace("# independence:", "independence: 1991").replace("# names:", "names:")
    filled = filled.replace(
        "#   en: {nominative: Kazakhstan, adjective: }", "  en: {nominative: Kazakhstan, adjective: Kazakh}"
    )
    file.write_text(filled, encoding="utf-8")
    pack = open_pack(folder)
    assert country_declaration(pack).independence == 1991
    assert [finding.sentence() for result in run_checks(pack) for finding in result.findings] == []
    file.write_text(filled.replace("adjective: Kazakh}", "adjective: }"), encoding="utf-8")
    faults = [finding.sentence() for result in run_checks(open_pack(folder)) for finding in result.findings]
    assert len(faults) == 1
    assert "names.en.adjective" in faults[0]


def test_the_same_files_give_the_same_pack(tmp_path, new, forms):
    first = open_pack(new("GEO", "--from-wpp", forms.indicators)[1]).digest()
    (tmp_path / "made").rename(tmp_path / "before")
    assert open_pack(new("ge", "--from-wpp", forms.indicators)[1]).digest() == first


@pytest.mark.parametrize(("language", "said"), [("ru", "Все проверки пройдены"), ("kk", "Барлық тексеруден өтті")])
def test_the_command_speaks_the_chosen_language(language, said, new, forms):
    assert said in new("GEO", "--from-wpp", forms.indicators, language=language)[2]


def test_what_is_shown_for_programs(new, forms):
    shown = json.loads(new("GEO", "--from-wpp", forms.indicators, "--format", "json")[2])
    assert shown["country"]["iso3"] == "GEO"
    assert shown["tables"]["national"] > 900


def test_codes_and_names_of_countries():
    assert (three_letters("de"), three_letters("cd"), three_letters("XKX")) == ("DEU", "COD", "XKX")
    assert (of_number(250), of_number(412), of_number(903), of_number(158)) == ("FRA", "XKX", None, "TWN")
    assert (two_letters("MMR"), name("QQQ", "ru", "Somewhere"), name("STL", "ru")) == (
        "MM",
        "Somewhere",
        "без гражданства",
    )


def test_a_revision_newer_than_the_program(new, forms):
    later = forms.folder / "WPP2026_Demographic_Indicators_Medium.csv"
    later.write_bytes(forms.indicators.read_bytes())
    ended, folder, _, err = new("GEO", "--from-wpp", later, "--projected-from", "2026")
    assert ended == 0, err
    table = open_pack(folder).table("national")
    assert table.filter(pl.col("indicator") == "births")["year"].max() == 2025
    assert set(table["source"]) == {"wpp2026"}


def test_other_variants_stand_beside_the_medium_one(new, forms):
    with forms.indicators.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["Time"]) >= 2024]
    headings = list(rows[0])[13:]
    named = ("Zero migration", "High", "Accelerated ABR decline")
    more = forms.wpp(
        "WPP2024_Demographic_Indicators_OtherVariants.csv.gz",
        headings,
        [row | {"Variant": name} for name in named for row in rows],
    )
    ended, folder, out, err = new("GEO", "--from-wpp", more, forms.indicators)
    assert ended == 0, err
    table = open_pack(folder).table("projection_un")
    assert set(table["variant"]) == {"median", "zero_migration", "high"}
    assert "Variant “Accelerated ABR decline” is not used in packs; rows omitted: 4." in out
    sources = dict(table.select("variant", "source").unique().rows())
    assert sources["high"] == "wpp2024_demographic_indicators_othervariants"


def test_commands_that_find_nothing_in_a_made_pack_say_so(new, forms, capsys):
    folder = new("GEO", "--from-wpp", forms.indicators)[1]
    assert main(["--pack", str(folder), "claims", "--lang", "en"]) == 0
    assert "There are no rows" in capsys.readouterr().out
    assert main(["--pack", str(folder), "study", "--plan", "--lang", "en"]) == 0
    assert "retrospective" in capsys.readouterr().out
