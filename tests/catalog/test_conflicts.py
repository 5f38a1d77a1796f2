"""Conflicts within tables and in declared comparisons."""

import polars as pl
import pytest

from qonys.catalog.comparisons import compared, declared_comparisons
from qonys.catalog.conflicts import conflicts
from qonys.catalog.differences import table_conflicts
from qonys.catalog.ranks import with_rank
from qonys.errors import BadInput


def frame(*items):
    names = ["year", "indicator", "value", "unit", "status", "source"]
    return with_rank(pl.DataFrame(items, schema=names, orient="row"))


KEY = ("year", "indicator", "unit")


def test_every_pair_that_differs_is_found_once(testland):
    found = conflicts(testland, ["national"]).filter(pl.col("comparison").is_null())
    births = found.filter(pl.col("indicator") == "births").select("key", "source_a", "value_a", "source_b", "value_b")
    assert sorted(births.rows()) == [
        ("year=2000; indicator=births", "office", 50.0, "un", 48.0),
        ("year=2000; indicator=births", "un", 48.0, "page", 50.0),
        ("year=2001; indicator=births", "office", 52.0, "page", 60.0),
        ("year=2001; indicator=births", "office", 52.0, "un", 50.0),
        ("year=2001; indicator=births", "un", 50.0, "page", 60.0),
        ("year=2002; indicator=births", "office", 55.0, "un", 53.0),
    ]


def test_differences_by_pencil():
    found = table_conflicts(
        frame((1, "x", 10.0, "p", "official", "a"), (1, "x", -30.0, "p", "estimate", "b")), "t", KEY
    )
    assert found.select("difference", "relative").rows() == [(40.0, 2.0)]


def test_equal_values_other_units_and_other_keys_are_no_conflict():
    rows = frame(
        (1, "x", 1.0, "p", "official", "a"),
        (1, "x", 1.0, "p", "estimate", "b"),
        (1, "x", 5.0, "q", "estimate", "c"),
        (2, "x", 9.0, "p", "estimate", "d"),
    )
    assert table_conflicts(rows, "t", KEY).height == 0


def test_two_empty_key_cells_are_the_same_and_rejected_rows_are_out():
    rows = frame(
        (None, "x", 1.0, "p", "official", "a"),
        (None, "x", 2.0, "p", "estimate", "b"),
        (None, "x", 9.0, "p", "rejected", "c"),
    )
    assert table_conflicts(rows, "t", KEY).select("source_a", "source_b").rows() == [("a", "b")]


def test_zero_against_zero_is_no_conflict_and_zero_against_one_is():
    rows = frame(
        (1, "x", 0.0, "p", "official", "a"), (1, "x", 0.0, "p", "estimate", "b"), (1, "x", 1.0, "p", "estimate", "c")
    )
    assert table_conflicts(rows, "t", KEY)["relative"].to_list() == [-2.0, -2.0]


def test_sorted_by_size_within_unit(testland):
    found = conflicts(testland)
    sizes = found.group_by("unit", maintain_order=True).agg(pl.col("difference").abs())
    for row in sizes["difference"]:
        assert row.to_list() == sorted(row.to_list(), reverse=True)


def test_a_persons_own_figure_conflicts_even_under_the_same_source(testland):
    own = testland.table("national").with_columns(pl.lit("pack").alias("owner"))
    added = own.filter((pl.col("year") == 2000) & (pl.col("indicator") == "deaths")).with_columns(
        pl.lit(25.0).alias("value"), pl.lit("user").alias("owner")
    )
    found = conflicts(testland, ["national"], {"national": pl.concat([own, added])})
    deaths = found.filter(pl.col("indicator") == "deaths")
    assert deaths.select("source_a", "source_b", "difference").rows() == [("office", "office", -5.0)]


def test_declared_comparisons_across_tables(testland):
    found = compared(testland, comparison="model_net")
    assert found.select("table", "key", "source_a", "value_a", "source_b", "value_b", "difference").rows() == [
        ("national | model", "year=2000", "office", -10.0, "model", -9.0, -1.0)
    ]
    assert declared_comparisons(testland)[0].texts["ru"] == "Модель и ведомство"


def test_a_summed_side_adds_up_before_it_is_compared(spoil):
    pack = spoil(
        "comparisons.csv",
        "moves_births,moves,,yes,national,indicator=births;source=office,,year,",
        "moves_births,moves,,yes,population_regional,region=TL;sex=both;area=total;source=un,,year,",
    )
    found = compared(pack, comparison="moves_births")
    assert found.select("value_a", "value_b").rows() == [(210.0, 1015.0)]


def test_a_comparison_by_an_absent_column_is_refused(spoil):
    pack = spoil("comparisons.csv", "measure=mean,,year,", "measure=mean,,region,")
    with pytest.raises(BadInput, match="“model_net”: the table national has no column “region”"):
        conflicts(pack)
