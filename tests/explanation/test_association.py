"""The association of two figures of places and years, against least squares with dummies of another hand."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from qonys.errors import BadInput
from qonys.explanation.association import association


def panel(seed=3, places=12, years=9) -> pl.DataFrame:
    rng = np.random.Generator(np.random.Philox(key=seed))
    place, year = np.repeat(np.arange(places), years), np.tile(np.arange(2000, 2000 + years), places)
    x = rng.normal(size=place.size) + place * 0.3 + (year - 2000) * 0.2
    y = 0.4 * x + place - (year - 2000) + rng.normal(size=place.size) * (1 + place % 3)
    return pl.DataFrame({"place": [f"p{i:02d}" for i in place], "year": year, "x": x, "y": y})


def test_it_is_least_squares_with_dummies() -> None:
    frame = panel()
    dummies = frame.select("place", pl.col("year").cast(pl.String)).to_dummies(drop_first=True).to_numpy()
    design = sm.add_constant(np.column_stack([frame["x"].to_numpy(), dummies]))
    groups = frame["place"].rank("dense").to_numpy().astype(int)
    other = sm.OLS(frame["y"].to_numpy(), design.astype(float)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = association(frame, "y", "x")
    assert found.value == pytest.approx(other.params[1])
    own_error, other_error = (found.high - found.value) / 2.2009851600829506, other.bse[1]  # t of 11 degrees
    # The small-sample factor of the other counts the effects of places that lie inside the clusters, ours does not.
    assert own_error == pytest.approx(other_error, rel=0.12)
    assert (found.places, found.rows, found.first, found.last) == (12, 108, 2000, 2008)


def test_its_intervals_hold_the_truth() -> None:
    held = [one.low <= 0.4 <= one.high for one in (association(panel(seed), "y", "x") for seed in range(200))]
    assert 0.90 <= np.mean(held) <= 0.99


def test_what_is_constant_of_a_place_or_a_year_is_taken_out() -> None:
    frame = panel()
    moved = frame.with_columns(y=pl.col("y") + 100 * pl.col("place").rank("dense") - 50 * pl.col("year"))
    assert association(moved, "y", "x").value == pytest.approx(association(frame, "y", "x").value)


def test_too_little_is_refused() -> None:
    with pytest.raises(BadInput, match="places"):
        association(panel(places=5), "y", "x")
    with pytest.raises(BadInput, match="years"):
        association(panel(years=2), "y", "x")
    constant = panel().with_columns(x=pl.col("place").rank("dense").cast(pl.Float64))
    with pytest.raises(BadInput, match="vary"):
        association(constant, "y", "x")
