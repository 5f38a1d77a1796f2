"""Structural breaks: optimal partition of a series into segments, break dates and their confidence intervals.

Bai and Perron (1998), Econometrica 66:47; (2003), Journal of Applied Econometrics 18:1: least total
residual sum of squares over all partitions with segments of at least `least` observations, by
dynamic programming on the triangular matrix of segment sums. A break is the index of the FIRST
observation of the new segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


def segment_sums(values: Array, trend: bool = False) -> Array:
    """Residual sum of squares of every segment: cell [i, j] of observations i..j-1, (n + 1, n + 1).

    Each segment has its own mean or, with `trend`, its own line. Cells that are not segments are inf.
    """
    n = len(values)
    table = np.full((n + 1, n + 1), np.inf)
    for i in range(n):
        y = values[i:] - values[i]
        t = np.arange(len(y), dtype=np.float64)
        count = t + 1
        sy, syy = np.cumsum(y), np.cumsum(y * y)
        left = syy - sy**2 / count
        if trend:
            st, stt, sty = np.cumsum(t), np.cumsum(t * t), np.cumsum(t * y)
            spread, joint = stt - st**2 / count, sty - st * sy / count
            left = left - np.divide(joint**2, spread, out=np.zeros_like(spread), where=spread > 0)
        table[i, i + 1 :] = np.maximum(left, 0)
    return table


@dataclass(frozen=True)
class Partition:
    """The best partition with a given number of breaks: breaks, residual sum of squares, BIC and LWZ."""

    breaks: tuple[int, ...]
    rss: float
    bic: float
    lwz: float


def partitions(values: Array, least: int, most: int, trend: bool = False) -> list[Partition]:
    """Optimal partitions of `values` (n,) with 0, 1, ..., `most` breaks, as far as the length of the series allows.

    BIC = n (ln(RSS / n) + 1 + ln 2 pi) + (k + 1)(m + 1) ln n with k coefficients per segment, counted as
    in Bai and Perron's practice (Zeileis et al. 2003, Computational Statistics and Data Analysis 44:109);
    LWZ after Liu, Wu and Zidek (1997), Statistica Sinica 7:497, with their constants 0.299 and 2.1.
    """
    n, k = len(values), 2 if trend else 1
    sums = segment_sums(values, trend)
    cost = np.full(n + 1, np.inf)
    cost[least:] = sums[0, least:]
    found = [_judged((), float(cost[n]), n, k)]
    back: list[Whole] = []
    for m in range(1, most + 1):
        if (m + 1) * least > n:
            break
        best, arg = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
        for end in range((m + 1) * least, n + 1):
            starts = np.arange(m * least, end - least + 1)
            total = cost[starts] + sums[starts, end]
            place = int(np.argmin(total))
            best[end], arg[end] = total[place], starts[place]
        cost = best
        back.append(arg)
        found.append(_judged(_walk(back, n), float(cost[n]), n, k))
    return found


def _walk(back: list[Whole], n: int) -> tuple[int, ...]:
    breaks, end = [], n
    for arg in reversed(back):
        end = int(arg[end])
        breaks.append(end)
    return tuple(reversed(breaks))


def _judged(breaks: tuple[int, ...], rss: float, n: int, k: int) -> Partition:
    m = len(breaks)
    level = np.log(max(rss, 1e-300) / n)
    bic = n * (level + 1 + np.log(2 * np.pi)) + (k + 1) * (m + 1) * np.log(n)
    free = (m + 1) * k + m
    lwz = np.log(max(rss, 1e-300) / max(n - free, 1)) + free * 0.299 * np.log(n) ** 2.1 / n
    return Partition(breaks, rss, float(bic), float(lwz))


def sup_f(values: Array, share: float = 0.15, trend: bool = False) -> tuple[float, int]:
    """Maximum of k times the Chow F over breaks in the central 1 - 2 `share` of `values` (n,), and its index.

    Andrews (1993), Econometrica 61:821; k coefficients per segment.
    """
    n, k = len(values), 2 if trend else 1
    sums = segment_sums(values, trend)
    low = max(int(np.floor(share * n)), k + 1)
    places = np.arange(low, n - low + 1)
    parted = np.maximum(sums[0, places] + sums[places, n], 1e-12 * sums[0, n])
    statistic = (sums[0, n] - parted) / (parted / (n - 2 * k))
    best = int(np.argmax(statistic))
    return float(statistic[best]), int(places[best])


def sup_f_pvalue(statistic: float, k: int, share: float = 0.15, draws: int = 4000, seed: int = 1) -> float:
    """P-value of `sup_f` under no break: simulated supremum of the squared tied-down Bessel process.

    Andrews (1993), Econometrica 61:821: the supremum of (W(l) - l W(1))² / (l (1 - l)). `draws` paths of 1,000
    steps; the same seed gives the same value. Never below 1 / (draws + 1).
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    steps = 1000
    time = np.arange(1, steps + 1) / steps
    inside = (time >= share) & (time <= 1 - share)
    above = 0
    for _ in range(draws // 500):
        paths = rng.standard_normal((500, k, steps)).cumsum(axis=2) / np.sqrt(steps)
        bridge = paths - time * paths[:, :, -1:]
        process = (bridge**2).sum(axis=1)[:, inside] / (time * (1 - time))[inside]
        above += int((process.max(axis=1) >= statistic).sum())
    return (above + 1) / (draws + 1)


def long_run_variance(residuals: Array, lags: int) -> float:
    """Long-run variance of residuals (n,), Newey and West (1987), Bartlett weights; 0 lags give the mean square."""
    n = len(residuals)
    total = float(residuals @ residuals)
    for lag in range(1, min(lags, n - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(residuals[lag:] @ residuals[:-lag])
    return max(total / n, 1e-300)


def date_interval(jump: float, before: float, after: float, level: float = 0.95) -> tuple[int, int]:
    """Confidence limits of the break date: observations before and after the estimate.

    Bai (1997), Review of Economics and Statistics 79:551: the estimation error is distributed as the
    location of the maximum of two Brownian motions with negative drift, one on each side, here with the variances
    `before` and `after` of the two segments and a `jump` of the fitted values. Its tail probability is
    integrated from the joint density of the maximum and its location.
    """
    drift = jump**2 / 2
    least = 1e-6 * jump**2
    sides = (jump**2 * max(before, least), jump**2 * max(after, least))
    tail = (1 - level) / 2
    reach = []
    for own, other in (sides, sides[::-1]):
        scale = own / drift**2

        def excess(x: float, own: float = own, other: float = other, scale: float = scale) -> float:
            return _beyond(x * scale, drift, own, other) - tail

        if excess(0.0) <= 0:
            reach.append(0.0)
            continue
        high = 1.0
        while excess(high) > 0:
            high *= 2
        reach.append(float(optimize.brentq(excess, 0.0, high, xtol=1e-10)) * scale)
    return int(np.ceil(reach[1] - 1e-9)), int(np.ceil(reach[0] - 1e-9))


def _beyond(x: float, drift: float, own: float, other: float) -> float:
    """P(the maximum lies on the own side, later than x); drift and variances per observation.

    The time s of the maximum m of a Brownian motion with drift -a and variance v has the joint density
    (2a/v) m / sqrt(2 pi v s^3) exp(-(m + a s)^2 / (2 v s)); the other side stays below m with
    probability 1 - exp(-2 a m / w). Integrated over m, then over s from x on, in closed form (`_tail`).
    """
    return 2 * drift / own * (_tail(x, drift, own, 2 * drift / other) - _tail(x, drift, own, 0.0))


def _tail(x: float, drift: float, variance: float, rate: float) -> float:
    """Integral over s from x on of sqrt(v) exp(-p s) k erfcx(k sqrt(s / 2)) / 2, by parts.

    With p = a^2 / (2 v) and k = (a + rate v) / sqrt(v), the integral over m of the density times exp(-rate m)
    is sqrt(v) exp(-p s) (1 / sqrt(2 pi s) - k erfcx(k sqrt(s / 2)) / 2), up to 2a/v; its first term is the same
    for every rate and cancels.
    """
    slow = drift**2 / (2 * variance)
    k = (drift + rate * variance) / np.sqrt(variance)
    edge = k * np.sqrt(x / 2)
    if rate == 0:
        whole = (0.25 - edge**2 / 2) * special.erfc(edge) + edge * np.exp(-(edge**2)) / (2 * np.sqrt(np.pi))
        return float(np.sqrt(variance) * 2 / k * whole)
    q = k**2 / 2 - slow
    end = k / (q * np.sqrt(2 * slow)) * special.erfc(np.sqrt(slow * x)) - np.exp(-slow * x) * special.erfcx(edge) / q
    return float(np.sqrt(variance) * k / 2 * end)
