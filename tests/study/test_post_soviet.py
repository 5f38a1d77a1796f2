"""One group by state: counts chosen, change and places by hand, stocks in both directions, planted faults."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.study.chapters import post_soviet
from qonys.study.runs.results import Results

NO_MOVES = pl.DataFrame(schema={"country": pl.String, "left": pl.Float64, "upto": pl.Int64, "left_source": pl.String})


def counts(*rows):
    """Counts: country, year, basis, value, share; the population follows."""
    columns = ["country", "year", "basis", "value", "share"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return frame.with_columns(population=pl.col("value") / pl.col("share"), source=pl.lit("page"), rank=pl.lit(3))


MADE = counts(
    ("A", 1989, "census", 100.0, 0.2), ("A", 1999, "census", 60.0, 0.1), ("A", 2024, "current_estimate", 30.0, 0.05),
    ("B", 1989, "census", 100.0, 0.1), ("B", 2020, "census", 50.0, 0.05),
    ("C", 1989, "census", 100.0, 0.9), ("C", 2020, "census", 95.0, 0.9),
)  # fmt: skip


def test_the_place_follows_what_is_compared():
    assert post_soviet.common_census(MADE) == 1989
    found = {row["country"]: row for row in post_soviet.change(MADE, 1989, NO_MOVES).iter_rows(named=True)}
    assert found["A"]["changed_newest"] == pytest.approx(-0.7)
    assert found["A"]["changed_census"] == pytest.approx(-0.4)
    assert (found["A"]["place_newest"], found["A"]["place_census"]) == (1, 2)
    assert found["A"]["changed_yearly"] == pytest.approx(0.3 ** (1 / 35) - 1)
    assert found["C"]["own"]
    assert found["C"]["place_newest"] is None


def test_a_year_in_which_one_state_was_not_counted_is_no_common_census():
    """Planted: state B without its count of 1989."""
    left = MADE.filter(~((pl.col("country") == "B") & (pl.col("year") == 1989)))
    with pytest.raises(ValueError, match="None"):
        post_soviet.common_census(left)


@pytest.fixture(scope="module")
def computed():
    results = Results("r")
    post_soviet.compute(open_pack("kazakhstan"), results)
    return results


def test_kazakhstan_by_hand(computed):
    """6,227,549 Russians in 1989 and 2,963,938 in 2025; 1,340,300 moved to Russia until 2007."""
    assert computed.number("post_soviet.change.KAZ.2025").value == pytest.approx(2_963_938 / 6_227_549 - 1)
    assert computed.number("post_soviet.left_share.KAZ.2007").value == pytest.approx(1_340_300 / 6_227_549)
    frame = computed.table("post_soviet_change").frame
    assert frame["country"].n_unique() == 15
    assert frame.filter(pl.col("own"))["country"].to_list() == ["RUS"]
    assert 1 <= computed.number("post_soviet.place_low").value <= computed.number("post_soviet.place_high").value <= 14


def test_the_count_that_is_not_rounded_is_taken(computed):
    frame = computed.table("post_soviet_counts").frame
    first = frame.filter((pl.col("country") == "KAZ") & (pl.col("year") == 1989))
    assert first["value"].to_list() == [6_227_549]


def test_between_the_states_every_stock_is_told_twice(computed):
    """Who is abroad for one is here for another: both sums of a year are one."""
    sums = computed.table("post_soviet_stocks").frame.group_by("year").agg(pl.col("abroad", "here", "net").sum())
    assert sums["abroad"].to_list() == pytest.approx(sums["here"].to_list())
    assert sums["net"].to_list() == pytest.approx([0.0] * sums.height)
