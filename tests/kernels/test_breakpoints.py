"""Breaks against R strucchange's Nile, an exhaustive twin, and the closed form of Yao (1987)."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfcx, ndtr

from qonys.kernels.breaks import breakpoints as bp
from qonys.kernels.breaks.change_points import change_points, noise_scale, total_cost


@pytest.fixture(scope="module")
def nile():
    import statsmodels.api as sm

    return sm.datasets.nile.load().data["volume"].to_numpy(float)


def test_nile_is_strucchanges_nile(nile) -> None:
    """breakpoints(Nile ~ 1): one break, the last year of the old regime 1898, 95 % interval 1895-1902; supF 75.93."""
    found = bp.partitions(nile, 15, 5)
    best = min(found, key=lambda p: p.bic)
    assert best.breaks == (28,)
    assert 1871 + best.breaks[0] - 1 == 1898
    assert best.rss == pytest.approx(1597457, abs=1)
    assert [p.breaks for p in found[2:5]] == [(28, 83), (28, 68, 83), (28, 45, 68, 83)]
    before, after = nile[:28], nile[28:]
    low, high = bp.date_interval(after.mean() - before.mean(), before.var(), after.var())
    assert (1898 - low, 1898 + high) == (1895, 1902)
    statistic, place = bp.sup_f(nile)
    assert statistic == pytest.approx(75.93, abs=0.005)
    assert place == 28
    assert bp.sup_f_pvalue(statistic, 1) < 0.001


def test_critical_value_of_andrews() -> None:
    """5 % critical value of supF with one coefficient and 15 % trimming: 8.85 (Andrews 1993, table 1)."""
    assert bp.sup_f_pvalue(8.85, 1, draws=8000) == pytest.approx(0.05, abs=0.012)


def yao(x: float) -> float:
    """Distribution of the place of the maximum with equal variances (Yao 1987; Bai 1997)."""
    return (
        1
        + np.sqrt(x / (2 * np.pi)) * np.exp(-x / 8)
        - 0.5 * (x + 5) * ndtr(-np.sqrt(x) / 2)
        + 1.5 * np.exp(x) * ndtr(-1.5 * np.sqrt(x))
    )


@pytest.mark.parametrize("x", [0.5, 2.0, 7.69, 11.03])
def test_tail_of_the_date_is_the_closed_form_when_variances_agree(x) -> None:
    assert bp._beyond(x, 0.5, 1.0, 1.0) == pytest.approx(1 - yao(x), abs=1e-8)


def by_quadrature(x, drift, own, other):
    """Slow twin: the density of the place of the maximum, first over its height, then over its time."""

    def moment(s, rate):
        centre, root = drift * s + rate * own * s, np.sqrt(own * s)
        tail = 0.5 * erfcx(centre / root / np.sqrt(2))
        return np.exp(-(drift**2) * s / (2 * own)) / s * (root / np.sqrt(2 * np.pi) - centre * tail)

    density = lambda s: 2 * drift / own * (moment(s, 0.0) - moment(s, 2 * drift / other))  # noqa: E731
    return quad(density, x, np.inf, limit=400)[0]


@pytest.mark.parametrize(("x", "drift", "own", "other"), [(3, 0.3, 2, 0.2), (0.5, 1.4, 0.1, 5), (10, 0.5, 3, 0.1)])
def test_tail_of_the_date_is_the_integral_of_its_density(x, drift, own, other) -> None:
    assert bp._beyond(x, drift, own, other) == pytest.approx(by_quadrature(x, drift, own, other), rel=1e-6)


@given(st.floats(0.2, 5), st.floats(0.2, 5))
def test_both_tails_make_one(before, after) -> None:
    assert bp._beyond(0, 0.5, before, after) + bp._beyond(0, 0.5, after, before) == pytest.approx(1, abs=1e-6)


def test_dates_cover_as_they_promise() -> None:
    rng = np.random.Generator(np.random.Philox(key=4))
    inside = 0
    for _ in range(120):
        y = np.concatenate([rng.normal(0, 1, 40), rng.normal(1.2, 1.6, 40)])
        best = bp.partitions(y, 8, 1)[1].breaks[0]
        a, b = y[:best], y[best:]
        low, high = bp.date_interval(b.mean() - a.mean(), a.var(), b.var())
        inside += best - low <= 40 <= best + high
    assert inside / 120 > 0.88


def exhaustive(y, least, m, trend):
    def rss(part):
        t = np.arange(len(part))
        fit = np.polyval(np.polyfit(t, part, 1), t) if trend else part.mean()
        return float(((part - fit) ** 2).sum())

    best = None
    for cut in combinations(range(least, len(y)), m):
        ends = [0, *cut, len(y)]
        if min(np.diff(ends)) < least:
            continue
        total = sum(rss(y[a:b]) for a, b in pairwise(ends))
        if best is None or total < best[0]:
            best = (total, cut)
    return best


@given(st.integers(0, 1000), st.booleans())
def test_partitions_equal_the_search_over_all(seed, trend) -> None:
    rng = np.random.Generator(np.random.Philox(key=seed))
    y = rng.normal(0, 1, 18) + np.repeat([0, 3, -1], 6)
    for m in (1, 2):
        total, cut = exhaustive(y, 4, m, trend)
        found = bp.partitions(y, 4, 2, trend)[m]
        assert found.breaks == cut
        assert found.rss == pytest.approx(total, rel=1e-8)


@given(st.integers(0, 1000), st.floats(0.1, 1e4), st.floats(-1e6, 1e6))
def test_scale_and_shift_leave_the_dates(seed, scale, shift) -> None:
    rng = np.random.Generator(np.random.Philox(key=seed))
    y = rng.normal(0, 1, 30) + np.repeat([0, 4], 15)
    assert bp.partitions(y * scale + shift, 5, 2)[1].breaks == bp.partitions(y, 5, 2)[1].breaks


def test_a_series_without_a_break_has_none() -> None:
    y = np.random.Generator(np.random.Philox(key=8)).normal(0, 1, 80)
    assert min(bp.partitions(y, 12, 5), key=lambda p: p.bic).breaks == ()


def plain_optimum(y, penalty, least, variance):
    n = len(y)
    best, last = [-penalty] + [np.inf] * n, [0] * (n + 1)
    for end in range(least, n + 1):
        for start in range(0, end - least + 1):
            if start and start < least:
                continue
            cost = best[start] + total_cost(y[start:end], [], 0.0, variance) + penalty
            if cost < best[end]:
                best[end], last[end] = cost, start
    points, end = [], n
    while end:
        end = last[end]
        points.append(end)
    return sorted(p for p in points if p)


@given(st.integers(0, 1000), st.booleans())
def test_pelt_is_the_optimum(seed, variance) -> None:
    rng = np.random.Generator(np.random.Philox(key=seed))
    y = rng.normal(0, 1, 40) * np.repeat([1, 1, 3, 1], 10) + np.repeat([0, 3, 3, -2], 10)
    found = change_points(y, 6.0, variance)
    plain = plain_optimum(y, 6.0, 2, variance)
    assert total_cost(y, found, 6.0, variance) <= total_cost(y, plain, 6.0, variance) + 1e-8


def test_pelt_equals_ruptures() -> None:
    ruptures = pytest.importorskip("ruptures")
    rng = np.random.Generator(np.random.Philox(key=3))
    y = rng.normal(0, 1, 1500) + np.repeat(rng.normal(0, 3, 15), 100)
    peer = ruptures.KernelCPD(kernel="linear", min_size=2).fit(y.reshape(-1, 1)).predict(pen=15.0)
    assert change_points(y, 15.0) == peer[:-1]


def test_noise_is_not_moved_by_jumps() -> None:
    rng = np.random.Generator(np.random.Philox(key=5))
    y = rng.normal(0, 2, 4000) + np.repeat([0, 50, -30, 10], 1000)
    assert noise_scale(y) == pytest.approx(2, rel=0.05)


def test_long_run_variance_grows_with_dependence() -> None:
    rng = np.random.Generator(np.random.Philox(key=6))
    e = rng.normal(0, 1, 500)
    for t in range(1, 500):
        e[t] += 0.7 * e[t - 1]
    assert bp.long_run_variance(e, 12) > 2 * bp.long_run_variance(e, 0)
    assert bp.long_run_variance(e, 0) == pytest.approx(np.mean(e**2))
