"""Change points of long series by PELT: the exact optimum of a penalised cost, in about linear time.

Killick, Fearnhead and Eckley (2012), Journal of the American Statistical Association 107:1590. Cost of
a segment: twice the negative normal log likelihood, of the mean (variance known and taken as 1) or of
mean and variance. A change point is the index of the first observation of the new segment.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


def change_points(values: Array, penalty: float, variance: bool = False, least: int = 2) -> list[int]:
    """Change points of `values` (n,) that minimise cost + `penalty` x their number; segments of at least `least`.

    With `variance` False the values must be in units of the noise standard deviation. A common penalty is 2 ln n for
    the mean and 3 ln n for mean and variance.

    Examples
    --------
    >>> change_points(np.array([0.0, 0.1, -0.1, 0.0, 8.0, 8.1, 7.9, 8.0]), 4.0)
    [4]
    """
    y = np.ascontiguousarray(values, dtype=np.float64)
    shift = float(np.median(y)) if len(y) else 0.0
    first = np.concatenate([[0.0], np.cumsum(y - shift)])
    second = np.concatenate([[0.0], np.cumsum((y - shift) ** 2)])
    last = _search(first, second, penalty, variance, max(least, 2 if variance else 1))
    points, end = [], len(y)
    while end > 0:
        end = int(last[end])
        points.append(end)
    return sorted(point for point in points if point > 0)


def noise_scale(values: Array) -> float:
    """Standard deviation of the noise of `values` (n,), from first differences, robust to jumps (median)."""
    return float(np.median(np.abs(np.diff(values))) / (np.sqrt(2) * 0.6744897501960817))


def total_cost(values: Array, points: list[int], penalty: float, variance: bool = False) -> float:
    """Cost that `change_points` minimises over `values` (n,), for given change points; penalty included."""
    ends = [0, *points, len(values)]
    total = 0.0
    for a, b in pairwise(ends):
        part = values[a:b]
        left = float(((part - part.mean()) ** 2).sum())
        if variance:
            left = len(part) * (np.log(2 * np.pi) + np.log(max(left / len(part), 1e-12)) + 1)
        total += left
    return total + penalty * len(points)


@njit(cache=True)
def _segment(first: Array, second: Array, i: int, j: int, variance: bool) -> float:  # pragma: no cover
    count = j - i
    total = first[j] - first[i]
    left = second[j] - second[i] - total * total / count
    if left < 0.0:
        left = 0.0
    if variance:
        return float(count * (np.log(2.0 * np.pi) + np.log(max(left / count, 1e-12)) + 1.0))
    return float(left)


@njit(cache=True, nogil=True)
def _search(first: Array, second: Array, penalty: float, variance: bool, least: int) -> Array:  # pragma: no cover
    n = first.size - 1
    best = np.full(n + 1, np.inf)
    last = np.zeros(n + 1)
    best[0] = -penalty
    candidates = np.zeros(n + 1, dtype=np.int64)
    beaten = np.full(n + 1, n + 1, dtype=np.int64)
    costs = np.zeros(n + 1)
    count = 1
    for end in range(least, n + 1):
        lowest, place = np.inf, 0
        for c in range(count):
            start = candidates[c]
            costs[c] = best[start] + _segment(first, second, start, end, variance)
            if costs[c] + penalty < lowest:
                lowest, place = costs[c] + penalty, start
        best[end], last[end] = lowest, place
        kept = 0
        for c in range(count):
            start = candidates[c]
            if costs[c] > lowest and beaten[start] > end:
                beaten[start] = end
            if end < beaten[start] + least:  # `end` itself may open a segment only `least` later
                candidates[kept] = start
                kept += 1
        opened = end - least + 1
        if opened >= least:
            candidates[kept] = opened
            kept += 1
        count = kept
    return last
