"""Limits of means over windows: by brute force, in closed form, held by every path, and nothing else moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from qonys.kernels.processes import regime_process as rp
from qonys.kernels.processes.window_limits import WindowLimits, held, observed_limits, room, room_at

HORIZON, DRAWS, AFTER = 60, 150, 12


def made_up(seed: int = 1) -> np.ndarray:
    """Rates of five countries over thirty years from a random walk, the fifth known from the ninth year only."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    rates = np.cumsum(rng.standard_normal((5, 30)), axis=1) * 0.7
    rates[4, :8] = np.nan
    return rates


def wandering(rates: np.ndarray, share: float, sd: float = 0.4, after: int = AFTER) -> rp.Posterior:
    """A process close to a random walk, of crises too, with limits from `rates` beyond `after` steps."""
    rng = np.random.Generator(np.random.Philox(key=9))
    shape = (20, len(rates))
    return rp.Posterior(
        rng.normal(0, 0.5, shape), np.full(shape, 0.97), np.full(shape, sd), np.full(20, 3.0), np.full(20, 0.1),
        np.full(20, 0.4), np.zeros(shape, np.int8), np.zeros(rates.shape), rp.Settings(np.inf, True, 30.0, np.inf),
        None, observed_limits(rates, share, after),
    )  # fmt: skip


def test_limits_and_room_by_brute_force() -> None:
    rates = made_up()
    found = observed_limits(rates, 2 / 3)
    assert len(found.low) == 20
    for length in range(1, 21):
        means = [
            np.mean(row[start : start + length])
            for row in rates for start in range(31 - length) if np.isfinite(row[start : start + length]).all()
        ]  # fmt: skip
        assert (found.low[length - 1], found.high[length - 1]) == pytest.approx((min(means), max(means)))
    for path, after in ((rates[:3], 0), (rates[:3], 6), (rates[:3, :4], 4), (np.empty((2, 0)), 0)):
        low, high = room(path, replace(found, after=after))
        for c, row in enumerate(path):
            windows = range(1, min(len(row) - after + 1, 20) + 1)
            sums = {n: row[len(row) - n + 1 :].sum() if n > 1 else 0.0 for n in windows}
            assert low[c] == pytest.approx(max(n * found.low[n - 1] - sums[n] for n in windows))
            assert high[c] == pytest.approx(min(n * found.high[n - 1] - sums[n] for n in windows))
            at = room_at(np.append(row, 0.0), len(row), after, found.low, found.high)
            assert at == pytest.approx((low[c], high[c]))


def test_every_window_of_every_path_keeps_the_limits_and_other_draws_do_not_move() -> None:
    rates = made_up()
    limited = wandering(rates, 2 / 3)
    free = replace(limited, limits=None)
    for country in (0, 4):
        found = rp.drawn_paths(limited, country, rates[country, -1], HORIZON, DRAWS, 3)
        usual = rp.drawn_paths(free, country, rates[country, -1], HORIZON, DRAWS, 3)
        assert not usual.held.any()
        assert not found.held[:, :AFTER].any()
        whole = found.values[:, AFTER:]
        for length, (low, high) in enumerate(zip(limited.limits.low, limited.limits.high, strict=True), 1):
            means = np.lib.stride_tricks.sliding_window_view(whole, length, axis=1).mean(axis=2)
            assert means.min() > low - 1e-9
            assert means.max() < high + 1e-9
        touched = found.held.any(axis=1)
        assert 0.05 < touched.mean() < 0.95
        assert np.array_equal(found.values[~touched], usual.values[~touched])
        first = found.held.argmax(axis=1)
        for d in np.flatnonzero(touched):
            assert np.array_equal(found.values[d, : first[d]], usual.values[d, : first[d]])
            assert found.values[d, first[d]] != usual.values[d, first[d]]


def test_limited_paths_rest_on_seed_and_draw_alone() -> None:
    limited = wandering(made_up(), 0.5)
    many = rp.drawn_paths(limited, 1, 0.3, HORIZON, DRAWS, 7)
    assert many.held.any()
    part = rp.drawn_paths(limited, 1, 0.3, 25, (40, 90), 7)
    assert np.array_equal(part.values, many.values[40:90, :25])
    assert np.array_equal(part.held, many.held[40:90, :25])


def test_a_held_step_has_the_law_of_the_truncated_normal() -> None:
    """Closed form: one step from 0 with limits of one year on one side of the mean, in the far tail, on both sides."""
    one = np.ones((1, 1))
    parts = (0 * one, 0.5 * one, one, one[0], 1e-12 * one[0], one[0], np.zeros((1, 1), np.int8), one)
    for low, high in ((-0.4, 0.9), (1.5, 2.0), (-7.0, -5.0)):
        limits = WindowLimits(np.array([low]), np.array([high]))
        settings = rp.Settings(np.inf, True, np.inf, np.inf)
        process = rp.Posterior(*parts, settings, None, limits)
        law = truncnorm(low, high)
        drawn = rp.paths(process, 0, 0.0, 1, 4000, 2)[:, 0]
        assert kstest(drawn, law.cdf).pvalue > 0.01
        rng = np.random.Generator(np.random.Philox(key=4))
        x, luck = rng.standard_normal(4000), rng.random(4000)
        other = held(x, (np.zeros(4000), np.ones(4000)), (np.full(4000, low), np.full(4000, high)), luck)
        beyond = (x < low) | (x > high)
        assert np.array_equal(other[~beyond], x[~beyond])
        assert other[beyond] == pytest.approx(law.ppf(luck[beyond]), rel=1e-6)


def test_limits_that_cross_leave_the_middle() -> None:
    x = held(np.array([0.0]), (np.zeros(1), np.ones(1)), (np.array([2.0]), np.array([1.0])), np.array([0.3]))
    assert x.tolist() == [1.5]


def test_limits_are_fitted_with_the_process_and_need_normal_errors() -> None:
    rates = made_up()
    limited, _ = rp.fit(rates, 40, 1, rp.Settings(np.inf, True, 20.0, window=0.5, after=7), tuple("ABCDE"), 1)
    free, _ = rp.fit(rates, 40, 1, rp.Settings(np.inf, True, 20.0), tuple("ABCDE"), 1)
    assert np.array_equal(limited.mu, free.mu)
    assert free.limits is None
    assert limited.limits.low == pytest.approx(observed_limits(rates, 0.5).low)
    assert limited.limits.after == 7
    with pytest.raises(ValueError, match="5"):
        rp.Settings(5.0, window=0.5)
