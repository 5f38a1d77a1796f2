"""Choice by the written order."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.catalog.choose import preferred
from qonys.errors import BadInput


def order(*rows):
    names = ["series", "place", "source", "from_year", "to_year"]
    kinds = {"series": pl.String, "place": pl.Int64, "source": pl.String, "from_year": pl.Int32, "to_year": pl.Int32}
    return pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows], schema=kinds)


def rows(*items):
    return pl.DataFrame(items, schema=["year", "value", "source", "status"], orient="row")


def test_the_written_order_beats_the_rank_only_in_its_years(testland):
    births = testland.table("national").filter(pl.col("indicator") == "births")
    chosen = preferred(births, testland.preferences(), "births", ["year"])
    assert chosen.select("year", "value", "source", "chosen_by").rows() == [
        (2000, 48.0, "un", "order"),
        (2001, 50.0, "un", "order"),
        (2002, 55.0, "office", "order"),
    ]
    assert chosen["alternatives"].to_list() == [2, 2, 1]


def test_where_the_order_is_silent_rank_then_name_decides():
    frame = rows((1, 1.0, "z", "estimate"), (1, 2.0, "b", "official"), (1, 3.0, "a", "official"))
    chosen = preferred(frame, order(), "s", ["year"])
    assert chosen.select("value", "chosen_by", "alternatives").rows() == [(3.0, "rank", 2)]


def test_an_empty_value_is_chosen_only_when_there_is_no_other():
    frame = rows((1, None, "b", "official"), (1, 3.0, "a", "secondary"), (2, None, "b", "official"))
    chosen = preferred(frame, order(("s", 1, "b", None, None)), "s", ["year"])
    assert chosen["value"].to_list() == [3.0, None]


def test_a_rejected_figure_is_never_used_and_its_key_stays():
    frame = rows((1, 9.0, "a", "rejected"), (1, 3.0, "b", "estimate"), (2, 9.0, "a", "rejected"))
    chosen = preferred(frame, order(("s", 1, "a", None, None)), "s", ["year"])
    assert chosen.select("value", "chosen_by").rows() == [(3.0, "rank"), (None, "rejected")]


def test_keys_that_lack_a_column_are_refused():
    frame = rows((1, 1.0, "a", "official"), (1, 2.0, "a", "official"))
    with pytest.raises(BadInput, match=r"“a” gives the same figure twice \(year=1\)"):
        preferred(frame, order(), "s", ["year"])


def test_a_window_without_years_is_refused():
    frame = pl.DataFrame({"region": ["x"], "value": [1.0], "source": ["a"], "status": ["official"]})
    with pytest.raises(BadInput, match="no column “year”"):
        preferred(frame, order(("s", 1, "a", 2000, None)), "s", ["region"])


@given(
    st.lists(
        st.tuples(
            st.integers(1990, 1995), st.sampled_from("abcd"), st.sampled_from(["official", "estimate", "derived"])
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda item: item[:2],
    )
)
def test_no_key_is_dropped_and_every_row_is_counted(items):
    frame = rows(*[(year, 1.0, source, status) for year, source, status in items])
    chosen = preferred(frame, order(("s", 1, "c", 1991, 1993), ("s", 2, "a", None, None)), "s", ["year"])
    assert sorted(chosen["year"]) == sorted({year for year, _, _ in items})
    assert chosen["alternatives"].sum() + chosen.height == frame.height
