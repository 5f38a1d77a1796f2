"""Limits of a rate's means over windows of every length, taken from what was observed in a pool of countries.

An autoregression that is close to a random walk puts no limit on sums over decades, whatever its spread from year to
year. The limits state that, from some step ahead on, the mean over any 1, 2, ... L consecutive steps lies between the
smallest and the largest such mean that a country of the pool had. The rule is that of the probabilistic migration
projections of Azose, Sevcikova and Raftery (2016), PNAS 113:6460, as their package bayesMig applies it (limits on the
cumulated rate over up to 30 years). Here windows reach to a share of the record, means of rates stand for products of
1 + rate, the pool is the one that the process is fitted to, and the first steps ahead, of which a record of skill
exists, are not limited. Windows of one step are limited too: limits of long windows alone would let a path leave them
and force it back in one leap. Assumes: what no country of the pool had does not come; the wider world had more (see
`docs/explanation/processes.md`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WindowLimits:
    """`low`, `high` (L,): least and greatest mean over 1, 2, ... L consecutive steps, in the unit of the rates.

    `after`: steps ahead that no limited window may hold.
    """

    low: Array
    high: Array
    after: int = 0


def observed_limits(rates: Array, share: float, after: int = 0) -> WindowLimits:
    """Extremes of means over windows of up to `share` of the steps of rates (C, T); nan before a country's first.

    A country with fewer steps than a window has no part in its limits. At least windows of one step are limited.

    Examples
    --------
    >>> found = observed_limits(np.array([[0.0, 2.0, 4.0], [1.0, 1.0, -1.0]]), 0.7)
    >>> found.low.tolist(), found.high.tolist()
    ([-1.0, 0.0], [4.0, 3.0])

    """
    longest = max(int(share * rates.shape[1]), 1)
    series = [row[np.isfinite(row)] for row in rates]
    ends = []
    for length in range(1, longest + 1):
        means = [np.convolve(row, np.full(length, 1 / length), "valid") for row in series if len(row) >= length]
        if not means:
            break
        every = np.concatenate(means)
        ends.append((every.min(), every.max()))
    low, high = np.array(ends).T
    return WindowLimits(low, high, after)


def room(path: Array, limits: WindowLimits) -> tuple[Array, Array]:
    """Least and greatest next value, (...), that keep every limited window which ends in it.

    `path` (..., n): the steps so far, at least `after`. Where the least is above the greatest no value satisfies all.
    """
    known = path[..., limits.after :]
    length = min(known.shape[-1] + 1, len(limits.low))
    before = np.cumsum(known[..., ::-1][..., : length - 1], axis=-1)
    before = np.concatenate([np.zeros((*path.shape[:-1], 1)), before], axis=-1)
    steps = np.arange(1, length + 1)
    low = (steps * limits.low[:length] - before).max(axis=-1)
    return low, np.asarray((steps * limits.high[:length] - before).min(axis=-1))


@njit(cache=True)
def room_at(x: Array, t: int, after: int, low: Array, high: Array) -> tuple[float, float]:
    """`room` of the step `t` of one path x (n,), of which the steps before it are known."""
    least, most, before = -np.inf, np.inf, 0.0
    for length in range(1, min(t - after + 1, len(low)) + 1):
        least = max(least, length * low[length - 1] - before)
        most = min(most, length * high[length - 1] - before)
        if length <= t:
            before += x[t - length]
    return least, most


def held(x: Array, law: tuple[Array, Array], ends: tuple[Array, Array], luck: Array) -> Array:
    """Values x (...) where they lie between `ends`; elsewhere the truncated normal's quantile at `luck` (0-1).

    `law`: mean and standard deviation of the normal x was drawn from, so that the result follows the normal truncated
    to the ends. Where the ends cross, the middle between them.
    """
    (mean, sd), (low, high) = law, ends
    side = np.where(low > mean, -1.0, 1.0)  # the tail in which the distribution function is exact
    near, far = np.where(side > 0, low, -high), np.where(side > 0, high, -low)
    start, end = ndtr((near - side * mean) / sd), ndtr((far - side * mean) / sd)
    drawn = side * (side * mean + sd * ndtri(start + np.where(side > 0, luck, 1 - luck) * (end - start)))
    inside = np.clip(drawn, low, np.maximum(low, high))  # rounding alone takes a quantile past an end
    inside = np.where(low > high, (low + high) / 2, inside)
    return np.where((x < low) | (x > high), inside, x)
