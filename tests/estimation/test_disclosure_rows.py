"""Rows tied by several axes: nobody can narrow a small count down, counted over all whole tables."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.estimation.disclosure_rows import KnownSum, known_sums, ranges, withheld_rows


def cube(seed, shape=(2, 3, 2), most=9):
    draw = np.random.default_rng(seed)
    rows = [(f"r{r}", f"s{s}", f"g{g}") for r, s, g in product(*map(range, shape))]
    return pl.DataFrame(rows, schema=["region", "sex", "group"], orient="row").with_columns(
        value=pl.Series(draw.integers(0, most, len(rows)).astype(float))
    )


AXES = (("region",), ("sex",), ("group",))


def with_wholes(frame):
    """The rows and the totals of every axis among them."""
    for axis in ("region", "sex", "group"):
        others = [name for name in ("region", "sex", "group") if name != axis]
        totals = frame.group_by(others, maintain_order=True).agg(pl.col("value").sum()).with_columns(pl.lit("total").alias(axis))
        frame = pl.concat([frame, totals.select(frame.columns)])
    return frame


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("wholes", [False, True])
def test_what_is_withheld_cannot_be_narrowed_down(seed, wholes):
    frame = with_wholes(cube(seed, most=60)) if wholes else cube(seed, most=60)
    sums = known_sums(frame, AXES, dict.fromkeys(("region", "sex", "group"), ("total",)), ())
    counts = frame["value"].to_numpy()
    withheld = withheld_rows(counts, sums)
    assert withheld[(counts > 0) & (counts < 5)].all()
    hidden = np.flatnonzero(withheld).tolist()
    low, high = ranges(counts, hidden, sums)
    narrow = [c for c, w in zip(hidden, high - low, strict=True) if w < 5 - 1e-6]
    for cell in narrow:  # only where all that is tied to it is withheld too
        assert all(withheld[c] for one in sums if cell in one.cells for c in one.cells)


def test_ranges_are_what_counting_all_tables_says():
    counts = np.array([1.0, 2.0, 3.0, 4.0])
    sums = [KnownSum((0, 1), (1, 1)), KnownSum((2, 3), (1, 1)), KnownSum((0, 2), (1, 1)), KnownSum((1, 3), (1, 1))]
    low, high = ranges(counts, [0, 1, 2, 3], sums)
    trials = [t for t in product(range(8), repeat=4) if all(sum(t[c] for c in s.cells) == sum(counts[c] for c in s.cells) for s in sums)]
    np.testing.assert_allclose(low, np.min(trials, axis=0))
    np.testing.assert_allclose(high, np.max(trials, axis=0))


def test_a_total_gives_the_only_withheld_part_away():
    frame = pl.DataFrame({"sex": ["male", "female", "total"], "value": [2.0, 40.0, 42.0]})
    sums = known_sums(frame, (("sex",),), {"sex": ("total",)}, ())
    assert sums == [KnownSum((0, 1, 2), (1, 1, -1))]
    assert withheld_rows(frame["value"].to_numpy(), sums).sum() == 2
    assert withheld_rows(frame["value"].to_numpy(), []).tolist() == [True, False, False]  # without the sum nothing more is hidden


def test_rows_of_other_years_and_without_a_count_are_no_sum():
    frame = pl.DataFrame({"year": [2000, 2001], "sex": ["male", "female"], "value": [2.0, 40.0]})
    assert known_sums(frame, (("sex",),), {}, ("year",)) == []
    assert withheld_rows(np.array([np.nan, 2.0]), [KnownSum((0, 1), (1, 1))]).tolist() == [False, True]


def test_a_large_block_is_withheld_whole():
    counts = np.array([1.0] * 70 + [50.0] * 10)
    assert withheld_rows(counts, [KnownSum(tuple(range(80)), (1,) * 80)]).all()


def test_a_threshold_that_hides_nothing_is_refused():
    with pytest.raises(BadInput, match="threshold"):
        withheld_rows(np.array([1.0]), [], threshold=1)
