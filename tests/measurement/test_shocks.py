"""Trend and shock: the state-space twin, recovery, sums that close; breaks of tidy series and their events."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.kernels.processes.trend_model import fit_trend, gains, shape, walk_covariances
from qonys.measurement.breakpoints import BreakOptions, find_breaks, long_series_breaks, match_events
from qonys.measurement.shocks import trend_and_shock


def simulated(seed: int, n: int = 60, step: float = 0.0, pulse: float = 0.0) -> np.ndarray:
    """A made-up series: smooth trend, noise of 5, a step in 1991, a pulse in 2008-2009 (first year 1960)."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    years = np.arange(1960.0, 1960.0 + n)
    trend = 20 * np.sin((years - 1960) / 18)
    return trend + rng.normal(0, 5, n) + step * (years >= 1991) + pulse * ((years >= 2008) & (years <= 2009))


def frame(values, first: int = 1960, **keys) -> pl.DataFrame:
    made = pl.DataFrame({"time": range(first, first + len(values)), "value": values})
    return made.with_columns(**{name: pl.lit(label) for name, label in keys.items()})


EVENTS = pl.DataFrame(
    {
        "id": ["collapse", "crisis", "fair"],
        "kind": ["event", "shock", "event"],
        "start": [1991, 2008, 1975],
        "end": [None, 2009, None],
        "direction": ["out", "out", "in"],
    }
)


def test_likelihood_and_trend_are_those_of_the_state_space_form() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    years = np.arange(1960.0, 2020.0)
    y = simulated(1, step=-60)
    x = shape("step", years, 1991, 1991)[:, None]
    ours = fit_trend(years, y, x, years)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = UnobservedComponents(y, "lltrend", exog=x, use_exact_diffuse=True)
        peer = model.smooth([ours.noise**2, ours.level**2, ours.slope**2, ours.sizes[0]])
    np.testing.assert_allclose(ours.trend, peer.level.smoothed, atol=1e-2)
    np.testing.assert_allclose(
        ours.trend + x[:, 0] * ours.sizes[0],
        peer.fittedvalues * 0 + peer.level.smoothed + x[:, 0] * ours.sizes[0],
        atol=1e-2,
    )


def test_a_missing_year_changes_little_and_is_counted() -> None:
    y = simulated(2)
    whole = trend_and_shock(frame(y))
    gap = trend_and_shock(frame(y).filter(pl.col("time") != 1985))
    assert gap.models["gaps"].item() == 1
    merged = whole.years.join(gap.years, on="time", suffix="_gap")
    assert (merged["trend"] - merged["trend_gap"]).abs().max() < 6


def test_integrated_walk_covariance_is_that_of_its_sums() -> None:
    rng = np.random.Generator(np.random.Philox(key=1))
    level, slope = walk_covariances(np.arange(6.0))
    steps = rng.normal(size=(200_000, 6))
    walk = np.concatenate([np.zeros((200_000, 1)), steps[:, :5].cumsum(axis=1)], axis=1)
    np.testing.assert_allclose(np.cov(walk.T), level, atol=0.06)
    smooth = np.concatenate([np.zeros((200_000, 1)), walk[:, :5].cumsum(axis=1)], axis=1)
    np.testing.assert_allclose(np.cov(smooth.T), slope, rtol=0.03, atol=0.3)


def test_parts_add_up_to_the_figures_exactly() -> None:
    found = trend_and_shock(frame(simulated(3, step=-60, pulse=-40)), EVENTS)
    total = found.years["trend"] + found.years["reaction"] + found.years["rest"]
    assert (total - found.years["observed"]).abs().max() < 1e-9
    assert found.shares["total"].sum() == pytest.approx(found.years["observed"].sum())
    assert found.shares["share"].sum() == pytest.approx(1)


def test_planted_events_are_found_with_their_size() -> None:
    covered, hits = 0, 0
    for seed in range(10):
        found = trend_and_shock(frame(simulated(40 + seed, step=-60, pulse=-40)), EVENTS)
        effects = {row["event"]: row for row in found.effects.iter_rows(named=True)}
        hits += {"collapse", "crisis"} <= set(effects)
        for name, size in (("collapse", -60), ("crisis", -40)):
            if name in effects:
                covered += effects[name]["low"] <= size <= effects[name]["high"]
    assert hits >= 8
    assert covered >= 15


def test_nothing_is_found_where_nothing_was_planted() -> None:
    wrong = sum(trend_and_shock(frame(simulated(80 + seed)), EVENTS).effects.height for seed in range(10))
    assert wrong <= 1


def test_an_event_of_the_wrong_direction_does_not_enter() -> None:
    inward = EVENTS.with_columns(direction=pl.lit("in"))
    assert trend_and_shock(frame(simulated(3, step=-60)), inward).effects.height == 0


def test_an_event_of_which_no_movement_is_stated_is_no_candidate() -> None:
    y = frame(simulated(3, step=-60))
    assert trend_and_shock(y, EVENTS.with_columns(direction=pl.lit("both"))).effects.height > 0
    assert trend_and_shock(y, EVENTS.with_columns(direction=pl.lit("none"))).effects.height == 0


def test_events_of_one_year_are_named_as_rivals() -> None:
    twins = pl.concat([EVENTS, EVENTS.head(1).with_columns(id=pl.lit("twin"))])
    found = trend_and_shock(frame(simulated(3, step=-60)), twins)
    first = found.effects.row(0, named=True)
    assert {first["event"], *first["alike"].split(", ")} >= {"collapse", "twin"}


def test_outliers_are_found_without_events() -> None:
    y = simulated(5)
    y[30] += 60
    found = trend_and_shock(frame(y), outliers=True)
    assert 1990 in found.effects["start"].to_list()
    assert found.effects["event"].null_count() == found.effects.height


def test_gain_is_what_refitting_with_fixed_variances_would_give() -> None:
    years = np.arange(1960.0, 2020.0)
    y = simulated(6, step=-30)
    fit = fit_trend(years, y, np.zeros((60, 0)), years, stiff=True)
    shapes = np.column_stack([shape("step", years, 1991, 0), np.ones(60)])
    gain = gains(years, y, np.zeros((60, 0)), shapes, fit)
    assert gain[0] > 10
    assert gain[1] == 0  # a constant is in the trend already


def test_known_errors_of_the_figures_widen_the_trend() -> None:
    y = simulated(7)
    plain = trend_and_shock(frame(y))
    noisy = trend_and_shock(frame(y).with_columns(sd=pl.lit(30.0)))
    width = lambda f: (f.years["trend_high"] - f.years["trend_low"]).mean()  # noqa: E731
    assert width(noisy) > width(plain)


def test_breaks_of_several_series_and_failures_are_told() -> None:
    many = pl.concat(
        [frame(simulated(1, step=-90), name="a"), frame(simulated(2), name="b"), frame(np.arange(5.0), name="c")]
    )
    found = find_breaks(many, ["name"])
    assert found.failed.rows() == [("c", "breaks.short", 5, 14)]
    first = found.breaks.filter(pl.col("name") == "a")
    assert 1991 in first["date"].to_list()
    assert found.selection.filter(pl.col("chosen")).height == 2
    assert set(found.tests["name"]) == {"a", "b"}


def test_the_date_is_the_first_year_of_the_new_segment() -> None:
    y = np.concatenate([np.zeros(20), np.full(20, 10.0)]) + np.random.Generator(np.random.Philox(key=1)).normal(
        0, 0.5, 40
    )
    found = find_breaks(frame(y, 1980))
    assert found.breaks["date"].to_list() == [2000]
    assert found.segments["end"].to_list() == [1999, 2019]
    line = find_breaks(
        frame(np.concatenate([np.arange(20.0), 50 - np.arange(20.0)]) + y * 0, 1980), options=BreakOptions(trend=True)
    )
    assert line.breaks["date"].to_list() == [2000]


def test_events_match_by_the_interval_of_the_date() -> None:
    breaks = pl.DataFrame({"number": [1, 2], "date": [1993, 2005], "low": [1990, 2004], "high": [1995, 2006]})
    found = match_events(breaks, EVENTS)
    assert found.select("number", "event", "distance").rows() == [(1, "collapse", 2), (2, None, None)]


def test_an_event_is_not_later_than_the_break() -> None:
    """A quota of December 2004 does not explain a level that began in 2003, though the interval reaches 2004."""
    breaks = pl.DataFrame({"number": [1], "date": [2003], "low": [2002], "high": [2004]})
    events = pl.DataFrame(
        {"id": ["quota", "same", "before", "span"], "kind": ["event"] * 3 + ["shock"], "start": [2004, 2003, 2002, 2001],
         "end": [None, None, None, 2006]}
    )  # fmt: skip
    assert match_events(breaks, events)["event"].to_list() == ["same", "span", "before"]


def test_long_series() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    y = rng.normal(0, 1, 600) + np.repeat([0.0, 5.0, 1.0], 200)
    assert long_series_breaks(frame(y, 0))["date"].to_list() == [200, 400]


def test_faults_are_named() -> None:
    good = frame(simulated(1))
    with pytest.raises(BadInput, match="no column value"):
        find_breaks(good.drop("value"))
    with pytest.raises(BadInput, match="more than once"):
        find_breaks(pl.concat([good, good.head(1)]))
    with pytest.raises(BadInput, match="no finite number"):
        trend_and_shock(good.with_columns(value=pl.when(pl.col("time") == 1970).then(None).otherwise("value")))
    with pytest.raises(BadInput, match="series has 6 years"):
        find_breaks(good.head(6))
    with pytest.raises(BadInput, match="years lacks 1980"):
        find_breaks(good.filter(pl.col("time") != 1980))
    with pytest.raises(BadInput, match="is constant"):
        find_breaks(good.with_columns(value=pl.lit(1.0)))
    with pytest.raises(BadInput, match="must lie between"):
        BreakOptions(share=0.7)
