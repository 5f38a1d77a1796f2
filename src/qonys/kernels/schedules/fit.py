"""Fitting of model age schedules: Poisson likelihood with exposure, or least squares of rates.

Counts of an age group are Poisson with mean exposure x mean rate of its single years. Because the likelihood has
several local maxima (Rogers, Little and Raymer 2010, chapter 2), scoring begins at each of a fixed list of starting
points, the two best are iterated to convergence, and the better one is kept. Standard errors by the delta
method from the observed information.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.schedules.curves import BOUNDS, MODELS, from_free, to_free, values_and_slopes

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ScheduleGroups:
    """Data by age group: `counts` (g,) of moves, or rates; `exposure` (g,) person-years (None: rates, least squares).

    `ages` (s,) exact single ages; `means` (g, s) averages rates at these ages over the groups.
    """

    counts: Array
    exposure: Array | None
    ages: Array
    means: Array


@dataclass(frozen=True, kw_only=True)
class ScheduleFit:
    """A fitted model: `names`, `values` (p,), `covariance` (p, p) (None: the information is singular), BIC.

    `deviance`: -2 log-likelihood; `fitted` (g,): rates of the groups per person-year; `starts`: how many starting
    points reached the maximum; `dispersion`: Pearson chi-square over degrees of freedom (1 for least squares).
    """

    size: int
    names: tuple[str, ...]
    values: Array
    covariance: Array | None
    deviance: float
    bic: float
    fitted: Array
    starts: int
    dispersion: float


def objective(free: Array, names: tuple[str, ...], data: ScheduleGroups) -> tuple[float, Array]:
    """Minus the log-likelihood (up to a constant) and its gradient (p,) by the unbounded parameters `free` (p,)."""
    return _expected(free, names, data)[:2]


def starting_points(names: tuple[str, ...], data: ScheduleGroups, count: int = 12) -> list[Array]:
    """Starting points (p,) around the standard schedule, scaled to the level of the data; the list is fixed."""
    rates = data.counts / data.exposure if data.exposure is not None else data.counts
    level = max(float(np.max(rates)), 1e-12)
    rng = np.random.Generator(np.random.Philox(key=81))
    usual = {
        "a1": 0.5, "alpha1": 0.1, "a2": 2.0, "alpha2": 0.1, "mu2": 21.0, "lambda2": 0.4,
        "a3": 0.3, "alpha3": 0.3, "mu3": 65.0, "lambda3": 0.3, "a4": 0.01, "lambda4": 0.03, "c": 0.1,
    }  # fmt: skip
    scale = np.array([level if (name[0] == "a" and name[1:].isdigit()) or name == "c" else 1.0 for name in names])
    base = np.array([usual[name] for name in names]) * scale
    starts = [to_free(names, base)]
    for _ in range(count - 1):
        starts.append(starts[0] + rng.normal(0, 0.7, len(names)))
    return starts


def fit(size: int, data: ScheduleGroups, count: int = 12) -> ScheduleFit:
    """The model with `size` parameters (7, 9, 11 or 13) fitted from `count` starting points; the best fit is kept."""
    names = MODELS[size]
    low, high = np.array([_limits(name) for name in names]).T
    starts = [np.clip(start, low, high) for start in starting_points(names, data, count)]
    ends = sorted((_scored(start, names, data, (low, high)) for start in starts), key=lambda end: end[0])
    ends = [_scored(point, names, data, (low, high), 1000, 1e-9) for _, point in ends[:2]] + ends[2:]
    ends.sort(key=lambda end: end[0])
    best, free = ends[0]
    values, steps = from_free(names, free)
    curve, _ = values_and_slopes(names, values, data.ages)
    rates = data.means @ curve
    n = len(data.counts)
    deviance = 2 * best
    return ScheduleFit(
        size=size,
        names=names,
        values=values,
        covariance=_covariance(free, steps, names, data),
        deviance=deviance,
        bic=deviance + (len(names) + (data.exposure is None)) * float(np.log(n)),
        fitted=rates,
        starts=sum(1 for value, _ in ends if value < best + 0.05),
        dispersion=_dispersion(data, rates, len(names)),
    )


def _scored(
    start: Array,
    names: tuple[str, ...],
    data: ScheduleGroups,
    bounds: tuple[Array, Array],
    rounds: int = 60,
    least: float = 1e-6,
) -> tuple[float, Array]:
    """A climb by scoring with the expected information, damped (Marquardt 1963, J. SIAM 11:431).

    It ends when a step gains less than `least` of log likelihood. A step that would leave the bounds stops
    at them, and parameters that press on a bound are held.
    """
    free, damp = start, 1e-2
    value, slope, information = _expected(free, names, data)
    for _ in range(rounds):
        held = ((free <= bounds[0]) & (slope > 0)) | ((free >= bounds[1]) & (slope < 0))
        moving = np.flatnonzero(~held)
        inside = information[np.ix_(moving, moving)]
        ridge = np.diag(damp * np.diag(inside) + 1e-12 * max(float(np.diag(inside).max(initial=0)), 1e-300))
        trial = free.copy()
        trial[moving] -= np.clip(np.linalg.lstsq(inside + ridge, slope[moving], rcond=None)[0], -2, 2)
        trial = np.clip(trial, *bounds)
        there = _expected(trial, names, data)
        if there[0] >= value:
            damp *= 5
            if damp > 1e8:
                break
            continue
        gain, damp = value - there[0], max(damp / 5, 1e-9)
        free, (value, slope, information) = trial, there
        if gain < least:
            break
    return value, free


def _expected(free: Array, names: tuple[str, ...], data: ScheduleGroups) -> tuple[float, Array, Array]:
    """`objective` with the expected information of the free parameters."""
    values, steps = from_free(names, free)
    with np.errstate(over="ignore", invalid="ignore"):
        curve, slopes = values_and_slopes(names, values, data.ages)
    if not np.isfinite(curve).all() or not np.isfinite(slopes).all() or curve.max() > 1e6:
        return 1e15, np.zeros_like(free), np.eye(len(free))
    rates = data.means @ curve
    change = (data.means @ slopes) * steps
    if data.exposure is None:
        off = data.counts - rates
        rss, n = max(float(off @ off), 1e-300), len(off)
        return n / 2 * float(np.log(rss / n)), -n * (change.T @ off) / rss, n * (change.T @ change) / rss
    rates = np.maximum(rates, 1e-300)
    mean = data.exposure * rates
    value = float((mean - data.counts * np.log(mean)).sum())
    slope = change.T @ (data.exposure - data.counts / rates)
    return value, slope, change.T @ (change * (data.exposure / rates)[:, None])


def _limits(name: str) -> tuple[float, float]:
    """Bounds of a free parameter that no schedule of people leaves."""
    if name in BOUNDS:
        return -9.0, 9.0
    if name.startswith(("alpha", "lambda")):
        return (-8.0, 1.5) if name != "lambda4" else (-8.0, -1.5)
    return -27.0, 12.0


def _covariance(free: Array, steps: Array, names: tuple[str, ...], data: ScheduleGroups) -> Array | None:
    """Inverse of the observed information, brought back to the parameters; None where it is not positive.

    Of rates the variance is held at its estimate: with it free, the likelihood of rates that the curve meets nearly
    exactly is sharper than any step of a difference quotient, and the information the same at the maximum.
    """
    size, best = len(free), objective(free, names, data)[0]

    def slope(point: Array) -> Array:
        value, found = objective(point, names, data)
        return found if data.exposure is not None else found * np.exp(2 * (value - best) / len(data.counts))

    information = np.empty((size, size))
    for i in range(size):
        step = 1e-4 * max(1.0, abs(free[i]))
        up, down = free.copy(), free.copy()
        up[i] += step
        down[i] -= step
        information[i] = (slope(up) - slope(down)) / (2 * step)
    information = (information + information.T) / 2
    roots, axes = np.linalg.eigh(information)
    if roots.min() <= 1e-9 * max(roots.max(), 1e-300):
        return None
    inverse = (axes / roots) @ axes.T
    return np.asarray(inverse * np.outer(steps, steps))


def _dispersion(data: ScheduleGroups, rates: Array, size: int) -> float:
    if data.exposure is None:
        return 1.0
    mean = np.maximum(data.exposure * rates, 1e-300)
    free = len(data.counts) - size
    return float(((data.counts - mean) ** 2 / mean).sum() / free) if free > 0 else 1.0
