"""The pack of Georgia: its checks, the sums that close to the person, its territory, its known disagreements."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.choose import preferred
from qonys.catalog.comparisons import compared, declared_comparisons
from qonys.catalog.conflicts import conflicts
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.reading.labels.names import region_names
from qonys.catalog.rules import regions
from qonys.catalog.store import open_store
from qonys.cli import main

COUNTED = 11
CENSUS_2014 = 3_713_804
# Balances of the office: 2014 from its release of 2015, the others as Eurostat republishes them.
OFFICE = {2014: -6543, 2018: -10783, 2019: -8243, 2020: 15732, 2021: -25966}


@pytest.fixture(scope="module")
def pack():
    return open_pack("georgia")


def sums(frame, *keys):
    return {row[:-1] if len(keys) > 1 else row[0]: row[-1] for row in frame.group_by(keys).agg(pl.sum("value")).rows()}


def test_every_check_passes(pack):
    bad = [
        (result.check, result.where, finding.sentence()) for result in run_checks(pack) for finding in result.findings
    ]
    assert bad == []


def test_sums_are_really_tested(pack):
    tested = {result.where: result.tested for result in run_checks(pack, ["sums"])}
    assert len(tested) >= 20
    assert tested["population_regional: population_regions"] == 3 * 29
    assert tested["vital_regional: vital_regions"] == 7 * 28
    assert tested["vital_regional: vital_natural"] == 12 * 28
    assert min(tested.values()) > 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["check"]),
        ("ru", ["list"]),
        ("kk", ["sources"]),
        ("ru", ["conflicts"]),
        ("kk", ["show", "national"]),
        ("en", ["show", "census", "--where", "region=GE"]),
        ("ru", ["show", "external_flows", "--where", "period=2022"]),
    ],
)
def test_commands_of_the_catalog(language, words, capsys):
    assert main(["--lang", language, "--pack", "georgia", "catalog", *words]) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("year", sorted(OFFICE))
def test_implied_balances_of_the_regions_add_up_to_the_balance_of_the_office(pack, year):
    implied = pack.table("net_migration_regional").filter(pl.col("year") == year)
    assert implied.height == COUNTED
    assert implied["value"].sum() == OFFICE[year]
    reported = pack.table("external_flows").filter(
        (pl.col("period") == str(year)) & (pl.col("flow") == "net") & (pl.col("status") != "rejected")
    )
    assert reported["value"].to_list() == [OFFICE[year]]


def test_implied_balance_is_change_less_natural_increase(pack):
    people = pack.table("population_regional").filter((pl.col("area") == "total") & (pl.col("region") != "GE"))
    count = {(year, region): value for year, region, value in people.select("year", "region", "value").rows()}
    natural = sums(pack.table("vital_regional").filter(pl.col("event") == "natural_increase"), "year", "region")
    table = pack.table("net_migration_regional")
    assert table.height == COUNTED * 28
    for year, region, value in table.select("year", "region", "value").rows():
        assert value == count[year + 1, region] - count[year, region] - natural[year, region]


def test_registered_events_of_the_regions_are_the_published_national_ones(pack):
    quoted = pack.table("national").filter(pl.col("source") == "ersa_ge")
    regional = pack.table("vital_regional").filter(pl.col("region") != "GE")
    for event in ("births", "deaths"):
        published = sums(quoted.filter(pl.col("indicator") == event), "year")
        summed = sums(regional.filter(pl.col("event") == event), "year")
        both = sorted(set(published) & set(summed))
        assert both == list(range(2013, 2022))
        assert all(published[year] == summed[year] for year in both)


def test_municipalities_of_the_census_of_2014_add_up(pack):
    people = pack.table("population_age_sex_municipal").filter(pl.col("age_group") == "all")
    assert people["municipality"].n_unique() == 64
    assert people["value"].sum() == CENSUS_2014
    census = pack.table("census").filter((pl.col("year") == 2014) & (pl.col("region") != "GE"))
    assert sums(people, "region") == sums(census, "region")
    final = pack.table("census").filter((pl.col("year") == 2014) & (pl.col("source") == "agenda_2016"))
    assert final["value"].to_list() == [CENSUS_2014]


def test_ethnic_groups_and_suppressed_cells_of_each_region_make_its_total(pack):
    table = pack.table("ethnic_regional").filter(pl.col("region") != "GE")
    parts = sums(table.filter(pl.col("ethnic_group") != "total"), "region")
    assert parts == sums(table.filter(pl.col("ethnic_group") == "total"), "region")
    assert sum(parts.values()) == CENSUS_2014
    assert table.filter(pl.col("ethnic_group") == "suppressed")["value"].is_between(0, 26).all()


def test_deaths_by_age_agree_with_the_events(pack):
    assert compared(pack, comparison="deaths_ages_regions").height == 0
    ages = pack.table("deaths_age_sex_regional").filter((pl.col("age_group") == "all") & (pl.col("sex") == "both"))
    assert ages.height == COUNTED * 8


def test_every_comparison_compares_something(pack):
    for item in declared_comparisons(pack):
        assert all(item.texts.values())
        for side in (item.a, item.b):
            assert filtered(pack.table(side.table), split_conditions(side.where)).height, item.id
    assert compared(pack, comparison="net_regions_national").filter(
        (pl.col("source_a") == "geostat_regions_portal") & (pl.col("source_b") == "geostat_regions_portal")
    ).height == 0  # fmt: skip
    assert compared(pack, comparison="census_regions_2014").height == 0
    assert compared(pack, comparison="births_regional_national").filter(pl.col("source_b") == "ersa_ge").height == 0
    assert compared(pack, comparison="stock_revisions").height > 150


def test_the_back_cast_stands_as_a_conflict_of_two_releases(pack):
    found = compared(pack, comparison="january_releases").filter(pl.col("key").str.contains("2012"))
    assert found.select("value_a", "value_b").rows() == [(4_497_600.0, 3_739_323.0)]
    broken = pack.breaks().filter(pl.col("kind") == "back_cast")
    assert set(broken["year"]) == {2014}
    assert {"population_regional", "national", "net_migration_regional"} <= set(broken["table"])


def test_two_answers_to_net_migration_of_2005(pack):
    found = conflicts(pack, ["national"]).filter(
        pl.col("key").str.contains("year=2005") & pl.col("indicator").eq("net_migration")
    )
    values = {tuple(sorted((a, b))) for a, b in found.select("value_a", "value_b").rows()}
    assert (-25500.0, 76264.0) in values


def test_the_step_of_2014_is_kept_as_rejected(pack):
    table = pack.table("external_flows")
    assert table.filter(pl.col("status") == "rejected")["value"].to_list() == [-772546.0]
    national = pack.table("national").filter((pl.col("indicator") == "net_migration") & (pl.col("year") == 2014))
    assert -772546.0 not in national["value"].to_list()


def test_the_written_order_gives_one_figure_a_year(pack):
    order = pack.preferences()
    for series in order["series"].unique():
        table, _, indicator = series.partition(".")
        if table == "national":
            rows = pack.table(table).filter(pl.col("indicator") == indicator)
            chosen = preferred(rows, order, series, ["year"])
            assert chosen["year"].to_list() == sorted(set(rows["year"]))
    net = pack.table("national").filter(pl.col("indicator") == "net_migration")
    chosen = dict(preferred(net, order, "national.net_migration", ["year"]).select("year", "value").rows())
    assert {year: chosen[year] for year in OFFICE} == OFFICE
    assert chosen[2022] == 54509


def test_abkhazia_is_drawn_and_not_counted(pack):
    assert pack.not_covered() == {"GE-AB"}
    drawn = {feature["id"]: feature["properties"]["kind"] for feature in pack.geometry("1994")["features"]}
    assert drawn["GE-AB"] == "not_covered"
    assert len(drawn) == COUNTED + 1
    assert "Tskhinvali" in pack.geometry("1994")["note"]
    for table in pack.tables():
        for resource in pack.resources_of(table):
            frame = pack.file_frame(resource)
            assert regions.covered(frame, pack.not_covered(), resource.region_columns) == ()


def test_fault_a_figure_of_a_region_that_is_not_counted(pack):
    frame = pack.table("population_regional").with_columns(
        region=pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("GE-AB")).otherwise("region")
    )
    found = regions.covered(frame, pack.not_covered())
    assert [(item.row, item.values["region"]) for item in found] == [(4, "GE-AB")]
    assert "GE-AB" in found[0].sentence("ru")


def test_the_two_territories_of_the_censuses_are_kept_apart(pack):
    census = pack.table("census").filter(pl.col("region").is_in(["GE", "GE-CT"]))
    whole = census.filter(pl.col("year") <= 1989)
    years = whole.filter(pl.col("region") == "GE-CT")["year"].to_list()
    assert years == [1959, 1970, 1979, 1989]
    assert set(whole.filter(pl.col("region") == "GE")["vintage"]) == {"soviet", "as_published"}
    assert set(census.filter((pl.col("year") >= 2002) & (pl.col("region") == "GE"))["vintage"]) == {"1994"}


def test_regions_published_together_stand_once(pack):
    joint = pack.table("economy_joint")
    assert set(joint["region"]) == {"GE-GU+MM+SJ", "GE-IM+RL"}
    assert joint.select("period", "region", "indicator").is_unique().all()
    single = pack.table("economy_regional").filter(pl.col("indicator") == "population_15_plus")
    people = pack.table("population_regional").filter((pl.col("area") == "total") & (pl.col("region") != "GE"))
    both = single.with_columns(pl.col("period").cast(pl.Int32).alias("year")).join(
        people.select("year", "region", people="value"), on=["year", "region"]
    )
    assert both.height == 146
    assert (1000 * both["value"] / both["people"]).is_between(0.7, 0.95).all()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("თბილისი", "GE-TB"),
        ("იმერეთი", "GE-IM"),
        ("Тбилиси", "GE-TB"),
        ("Имеретия", "GE-IM"),
        ("KVEMO KARTLI", "GE-KK"),
        ("Adjara", "GE-AJ"),
        ("Грузия", "GE"),
        ("საქართველო", "GE"),
        ("GE-SZ", "GE-SZ"),
    ],
)
def test_names_of_regions(pack, text, code):
    assert region_names(pack).code(text) == code


def test_names_in_georgian_and_in_a_language_the_pack_lacks(pack):
    assert pack.region_name("GE-RL", "ka").startswith("რაჭა")
    assert pack.region_name("GE-RL", "de") == pack.region_name("GE-RL", "en")
    assert pack.label("municipality", "Gori", "ka") == "გორი"


def test_the_store_opens(pack):
    with open_store(pack) as store:
        assert sum(store.table(name).height for name in store.tables()) > 70_000
        net = store.sql("SELECT sum(value) AS n FROM net_migration_regional WHERE year = 2021")
        assert net["n"].to_list() == [-25966.0]
