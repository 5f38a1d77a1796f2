"""The shipped pack of Kazakhstan: its checks, its known disagreements, its store."""

import time

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.choose import preferred
from qonys.catalog.comparisons import compared, declared_comparisons
from qonys.catalog.conflicts import conflicts
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.reading.labels.names import region_names
from qonys.catalog.store import open_store
from qonys.inputs.boundaries import in_vintage, region_lineage


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_every_check_passes(pack):
    bad = [
        (result.check, result.where, finding.sentence()) for result in run_checks(pack) for finding in result.findings
    ]
    assert bad == []


def test_sums_are_really_tested(pack):
    tested = {result.where: result.tested for result in run_checks(pack, ["sums"])}
    assert len(tested) >= 16
    assert tested["population_regional: population_regions"] == 24
    assert tested["vital_regional: vital_regions"] == 50


def test_the_three_answers_to_net_migration_of_2000(pack):
    found = conflicts(pack, ["national", "net_migration_model"]).filter(
        pl.col("key").str.contains("year=2000") & pl.col("indicator").eq("net_migration")
    )
    pairs = {
        (row["source_a"], row["source_b"]): (row["value_a"], row["value_b"]) for row in found.iter_rows(named=True)
    }
    assert pairs["bns_migration_balance", "wpp2024"] == (-108307.0, -8754.0)
    assert pairs["bns_migration_balance", "gaskin_abel_2025"] == (-108307.0, -76411.0)
    assert pairs["wpp2024", "gaskin_abel_2025"] == (-8754.0, -76411.0)


def test_every_comparison_compares_something(pack):
    for item in declared_comparisons(pack):
        assert all(item.texts.values())
        for side in (item.a, item.b):
            assert filtered(pack.table(side.table), split_conditions(side.where)).height, item.id
    assert compared(pack, comparison="net_regions_national").height == 0
    assert compared(pack, comparison="stock_revisions").height > 400
    first = compared(pack, comparison="net_reported_official").filter(pl.col("key") == "period=2007")
    assert first.select("value_a", "value_b").rows() == [(10878.0, 10962.0)]


def test_two_sources_of_the_ethnic_census_of_1897(pack):
    found = conflicts(pack, ["ethnic_national"]).filter(pl.col("key").str.contains("year=1897"))
    pairs = {
        (row["key"].rsplit("=")[-1], row["source_a"], row["source_b"]): (row["value_a"], row["value_b"])
        for row in found.iter_rows(named=True)
    }
    two = ("gh_census_ethnic", "liquisearch_kazssr")
    assert pairs["uyghur", *two] == (5815.0, 55815.0)
    assert pairs["uzbek", *two] == (19564.0, 29564.0)
    assert pairs["kazakh", *two] == (3391268.0, 3392751.0)


def test_sources_of_the_census_of_1939_stand_beside_each_other(pack):
    found = conflicts(pack, ["ethnic_national", "census"]).filter(pl.col("key").str.contains("year=1939"))
    values = {(row["value_a"], row["value_b"]) for row in found.iter_rows(named=True)}
    assert {(2127625.0, 2300000.0), (36.4, 38.0)} <= values
    assert any({6151102.0, 6081000.0} == set(pair) for pair in values)


def test_the_preferred_counts_agree_with_the_published_shares(pack):
    order, rows = pack.preferences(), pack.table("ethnic_national")
    counted = rows.filter((pl.col("basis") == "census") & (pl.col("unit") == "persons"))
    chosen = preferred(counted, order, "ethnic_national.census", ["year", "ethnic_group"])
    found = {(row["year"], row["ethnic_group"]): row["source"] for row in chosen.iter_rows(named=True)}
    assert found[1939, "kazakh"] == "wiki_ethnic_groups_kz"
    assert found[1939, "russian"] == found[1926, "kazakh"] == "gh_census_ethnic"
    assert found[1897, "uyghur"] == "liquisearch_kazssr"
    totals = preferred(pack.table("census").filter(pl.col("area") == "total"), order, "ethnic_national.total", ["year"])
    whole = dict(totals.select("year", "value").iter_rows())
    for year, summed in chosen.filter(pl.col("ethnic_group") != "total").group_by("year").agg(
        pl.col("value").sum()).iter_rows():  # fmt: skip
        assert year == 2009 or summed <= whole[year], year


def test_the_written_order_gives_one_figure_a_year(pack):
    order = pack.preferences()
    for series in order["series"].unique():
        table, _, indicator = series.partition(".")
        if table == "national":
            rows = pack.table(table).filter(pl.col("indicator") == indicator)
            chosen = preferred(rows, order, series, ["year"])
            assert chosen["year"].to_list() == sorted(set(rows["year"]))


def test_population_of_2022_in_the_boundaries_before_2018_keeps_its_total(pack):
    frame = pack.table("population_regional").filter(
        (pl.col("year") == 2023) & (pl.col("sex") == "both") & (pl.col("area") == "total")
    )
    older = in_vintage(frame, "pre2018", region_lineage(pack))
    regions = older.filter(pl.col("region") != "KZ")
    assert regions.height == 16
    assert regions["value"].sum() == older.filter(pl.col("region") == "KZ")["value"].item()
    east = frame.filter(pl.col("region").is_in(["KZ-10", "KZ-63"]))["value"].sum()
    assert older.filter(pl.col("region") == "KZ-63")["value"].item() == east


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("г. Алматы", "KZ-75"),
        ("Алматы қаласы", "KZ-75"),
        ("Алматинская область", "KZ-19"),
        ("Алматы облысы", "KZ-19"),
        ("Астана", "KZ-71"),
        ("ЗАПАДНО-КАЗАХСТАНСКАЯ", "KZ-27"),
        ("Солтүстік Қазақстан облысы", "KZ-59"),
        ("Mangystau", "KZ-47"),
        ("Республика Казахстан", "KZ"),
        ("область Абай", "KZ-10"),
        ("Жетісу", "KZ-33"),
        ("550000000", "KZ-55"),
        ("KZ-SHY", "KZ-79"),
    ],
)
def test_names_of_regions(pack, text, code):
    assert region_names(pack).code(text) == code


def test_all_regions_are_known_by_all_their_names(pack):
    names = region_names(pack)
    for row in pack.regions().iter_rows(named=True):
        for language in ("en", "ru", "kk"):
            assert names.code(row[f"name_{language}"]) == row["region"]


def test_the_store_is_built_within_five_seconds(pack):
    start = time.perf_counter()
    with open_store(pack) as store:
        assert time.perf_counter() - start < 5
        assert sum(store.table(name).height for name in store.tables()) > 60_000
        moves = store.sql("SELECT sum(value) AS n FROM internal_od WHERE year = 2024")
        assert moves["n"].to_list() == [689497.0]
