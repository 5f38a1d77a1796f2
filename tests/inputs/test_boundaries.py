"""Regional figures brought to coarser boundaries."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qonys.errors import VintageMismatch
from qonys.inputs.boundaries import in_vintage, lineage_of, region_lineage


def test_joined_regions_add_up_and_the_others_stay(testland):
    frame = testland.table("population_regional").filter(
        (pl.col("year") == 2018) & (pl.col("source") == "office") & (pl.col("region") != "TL")
    )
    result = in_vintage(frame, "before", region_lineage(testland))
    assert result.select("region", "vintage", "value", "parts").sort("region").rows() == [
        ("TL-10", "before", 405.0, 2),
        ("TL-20", "before", 305.0, 1),
        ("TL-30", "before", 205.0, 1),
        ("TL-40", "before", 95.0, 1),
    ]


def test_rows_already_in_the_vintage_pass_unchanged(testland):
    frame = testland.table("population_regional").filter(pl.col("year") == 2016)
    result = in_vintage(frame, "before", region_lineage(testland))
    assert result["value"].to_list() == frame["value"].to_list()


def test_moves_between_joined_regions_stay_inside(testland):
    moves = testland.table("moves")
    result = in_vintage(moves, "before", region_lineage(testland), regions=("origin", "destination"))
    inside = result.filter(pl.col("origin") == pl.col("destination"))
    both = moves.filter(pl.col("origin").is_in(["TL-10", "TL-50"]) & pl.col("destination").is_in(["TL-10", "TL-50"]))
    assert inside.select("origin", "value", "parts").rows() == [("TL-10", both["value"].sum(), 2)]
    assert result["value"].sum() == moves["value"].sum()


def test_coarse_to_fine_is_refused(testland):
    frame = testland.table("population_regional").filter(pl.col("year") == 2016)
    with pytest.raises(VintageMismatch, match="'before' cannot be converted to 'after'"):
        in_vintage(frame, "after", region_lineage(testland))


def regional(values, **more):
    base = {"region": list(values), "value": [float(v) for v in values.values()]}
    return pl.DataFrame(base | {"vintage": "after", "unit": "persons", "status": "official", "source": "s"} | more)


@pytest.mark.parametrize("unit", ["percent", "per_1000", "years", "children_per_woman"])
def test_units_that_do_not_add_up_are_refused(testland, unit):
    frame = regional({"TL-10": 1, "TL-50": 2}, unit=unit)
    with pytest.raises(VintageMismatch, match=f"“{unit}” are not additive"):
        in_vintage(frame, "before", region_lineage(testland))


def test_a_rate_of_a_region_that_did_not_change_passes(testland):
    frame = regional({"TL-20": 7}, unit="percent")
    assert in_vintage(frame, "before", region_lineage(testland))["value"].to_list() == [7.0]


def test_a_missing_part_is_refused(testland):
    with pytest.raises(VintageMismatch, match="TL-10 needs 2 figures and has 1"):
        in_vintage(regional({"TL-10": 1, "TL-20": 2}), "before", region_lineage(testland))


def test_an_empty_part_leaves_the_sum_empty(testland):
    frame = regional({"TL-10": 1, "TL-50": 2}).with_columns(pl.when(pl.col("region") == "TL-10").then(pl.col("value")))
    assert in_vintage(frame, "before", region_lineage(testland))["value"].to_list() == [None]


def test_two_sources_of_one_region_are_refused(testland):
    frame = pl.concat([regional({"TL-10": 1, "TL-50": 2}), regional({"TL-10": 1}, source="t")])
    with pytest.raises(VintageMismatch, match="choose one source first"):
        in_vintage(frame, "before", region_lineage(testland))


def test_the_weakest_status_and_all_sources_are_kept(testland):
    frame = regional({"TL-10": 1, "TL-50": 2}, status=["official", "secondary"], source=["a", "b"])
    result = in_vintage(frame, "before", region_lineage(testland))
    assert result.select("status", "source").rows() == [("secondary", "a; b")]


def test_a_region_of_another_vintage_and_an_empty_vintage_are_refused(testland):
    with pytest.raises(VintageMismatch, match="TL-99 does not exist"):
        in_vintage(regional({"TL-99": 1}), "before", region_lineage(testland))
    nowhere = regional({"TL-10": 1}).with_columns(pl.lit(None, dtype=pl.String).alias("vintage"))
    with pytest.raises(VintageMismatch, match="1 row does not state"):
        in_vintage(nowhere, "before", region_lineage(testland))


def test_a_split_region_is_refused(testland):
    lineage = pl.concat([testland.lineage(), testland.lineage().with_columns(pl.lit("TL-20").alias("region_to"))])
    with pytest.raises(VintageMismatch, match="TL-50 of the boundaries 'after' is divided"):
        lineage_of(lineage, testland.membership()).mapping("after", "before")


def test_lineage_over_two_steps():
    lineage = pl.DataFrame(
        [("c", "3", "b", "2", "whole"), ("b", "2", "a", "1", "whole")],
        schema=["vintage_from", "region_from", "vintage_to", "region_to", "part"],
        orient="row",
    )
    membership = pl.DataFrame(
        [("a", "1"), ("b", "1"), ("b", "2"), ("c", "1"), ("c", "2"), ("c", "3")],
        schema=["vintage", "region"],
        orient="row",
    )
    assert lineage_of(lineage, membership).mapping("c", "a") == {"1": "1", "2": "1", "3": "1"}


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=5))
def test_joining_keeps_the_total(values):
    lineage = pl.DataFrame(
        {
            "vintage_from": ["after"],
            "region_from": ["e"],
            "vintage_to": ["before"],
            "region_to": ["a"],
            "part": ["whole"],
        }
    )
    membership = pl.DataFrame({"vintage": ["before"] * 4 + ["after"] * 5, "region": list("abcd") + list("abcde")})
    result = in_vintage(regional(dict(zip("abcde", values, strict=True))), "before", lineage_of(lineage, membership))
    assert result["value"].sum() == sum(values)
