"""Minimum of minus a log density by scoring with damping, and the pieces of negative binomial counts.

Levenberg 1944, Quarterly of Applied Mathematics 2:164; Marquardt 1963, SIAM Journal 11:431, with the expected curvature
of a likelihood (Fisher's scoring) in place of the squared Jacobian: each step solves (H + damping W) d = -g, with W the
precisions of a prior, so that directions of which figures say little are not held back by those of which they say much.
The damping falls fourfold after a step that lowers the value nearly as the quadratic said, and rises fourfold after one
that does less than a quarter of it (Nielsen 1999, report IMM-REP-1999-05). It assumes a
smooth value with one minimum near the start; whether the slopes given are those of the value is not checked here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIRST, LEAST, MOST = 1.0, 1e-6, 1e6
EASE, GOOD, POOR, TWICE = 4.0, 0.75, 0.25, 2
ENOUGH = 2e-3


@dataclass(frozen=True)
class Minimum:
    """Where the search ended: `place` (n,), its `value`, `curvature` (n, n), `steps` taken, whether it `converged`."""

    place: Array
    value: float
    curvature: Array
    steps: int
    converged: bool


def levenberg(
    value: Callable[[Array], float],
    slopes: Callable[[Array], tuple[Array, Array]],
    start: Array,
    bounds: tuple[Array, Array],
    weights: Array,
    most: int = 40,
    enough: float = ENOUGH,
) -> Minimum:
    """Minimum of `value` from `start`; `slopes` gives gradient (n,) and curvature (n, n); places stay in `bounds`.

    `weights` (n,): what the damping multiplies.
    The search ends where the undamped step would lower the value by less than `enough`, or two in turn have.

    Examples
    --------
    >>> far = np.array([3.0, -1.0])
    >>> wide = (np.full(2, -9.0), np.full(2, 9.0))
    >>> found = levenberg(lambda x: float(((x - far) ** 2).sum()), lambda x: (2 * (x - far), 2 * np.eye(2)),
    ...                   np.zeros(2), wide, np.ones(2), enough=1e-15)
    >>> found.place.round(6).tolist(), found.converged
    ([3.0, -1.0], True)

    """
    place, damping = np.clip(start, *bounds), FIRST
    now = value(place)
    gradient, curvature = slopes(place)
    steps = little = 0
    while steps < most:
        if _left(place, gradient, curvature, bounds) < enough:
            return Minimum(place, now, curvature, steps, True)
        steps += 1
        moved = _step(place, gradient, curvature, bounds, damping * weights)
        lower = value(moved)
        step = moved - place
        part = (now - lower) / max(-float(gradient @ step + step @ curvature @ step / 2), 1e-300)
        damping = damping / EASE if part > GOOD else damping * EASE if part < POOR else damping
        damping = max(damping, LEAST)
        if lower < now:
            little = little + 1 if now - lower < enough else 0
            place, now = moved, lower
            gradient, curvature = slopes(place)
            if little == TWICE:
                return Minimum(place, now, curvature, steps, True)
        elif damping > MOST:
            break
    return Minimum(place, now, curvature, steps, False)


def _free(place: Array, gradient: Array, bounds: tuple[Array, Array]) -> NDArray[np.bool_]:
    """Places that are not at a bound towards which the value falls."""
    low, high = bounds
    return np.asarray(~(((place <= low) & (gradient > 0)) | ((place >= high) & (gradient < 0))))


def _step(place: Array, gradient: Array, curvature: Array, bounds: tuple[Array, Array], damping: Array) -> Array:
    free = _free(place, gradient, bounds)
    inner = curvature[np.ix_(free, free)]
    moved = place.copy()
    moved[free] -= np.linalg.solve(inner + np.diag(damping[free]), gradient[free])
    return np.asarray(np.clip(moved, *bounds))


def _left(place: Array, gradient: Array, curvature: Array, bounds: tuple[Array, Array]) -> float:
    """By how much the undamped quadratic lies lower at its minimum."""
    free = _free(place, gradient, bounds)
    if not free.any():
        return 0.0
    step = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
    return float(step @ gradient[free]) / 2


def count_value(counts: Array, logs: Array, dispersion: float) -> float:
    """Minus the log likelihood of counts with means exp(logs) and variance m + m^2 / dispersion, up to a constant.

    `counts`, `logs` (n,).
    """
    whole = np.logaddexp(np.log(dispersion), logs)
    return float(((counts + dispersion) * whole - counts * logs).sum())


def count_slopes(counts: Array, logs: Array, dispersion: float) -> tuple[Array, Array]:
    """Slope of `count_value` by each log of a mean, and its expected curvature, (n,) each.

    Examples
    --------
    >>> [one.tolist() for one in count_slopes(np.array([4.0]), np.log([2.0]), 2.0)]
    [[-1.0], [1.0]]

    """
    odds = logs - np.log(dispersion)
    share = np.exp(odds - np.logaddexp(0.0, odds))
    return np.asarray(dispersion * share - counts * (1 - share)), np.asarray(dispersion * share)


def dispersion_of(counts: Array, means: Array, freedom: float, high: float = 1e6) -> float:
    """Dispersion at which Pearson's chi-square is its degrees of freedom (Breslow 1984, Applied Statistics 33:38).

    `counts`, `means` (n,); `high` where the counts are no wider than Poisson's.

    Examples
    --------
    >>> dispersion_of(np.array([0.0, 4.0]), np.array([2.0, 2.0]), 2.0)
    2.0

    """

    def excess(log: float) -> float:
        return float(((counts - means) ** 2 / (means + means**2 * np.exp(-log))).sum()) - freedom

    low, top = np.log(1e-3), np.log(high)
    if excess(top) <= 0:
        return high
    for _ in range(60):
        middle = (low + top) / 2
        low, top = (low, middle) if excess(middle) > 0 else (middle, top)
    return round(float(np.exp(low)), 9)
