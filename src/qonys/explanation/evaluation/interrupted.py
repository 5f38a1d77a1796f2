"""Interrupted series: what came after a date beside what the level and slope before it would have given.

Segmented regression (`qonys.kernels.evaluation.interrupted`) with errors that allow for autocorrelation. Assumes that
the line before the date would have gone on and that nothing else changed then: one series cannot show that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from qonys.errors import BadInput
from qonys.kernels.evaluation import interrupted as kernel

Array = NDArray[np.float64]
EXACT = 1e-9  # residuals over the range of the values, below which only rounding is left
BEFORE, AFTER = 8, 3
ROBUST, AUTOREGRESSIVE = "robust", "autoregressive"
ERRORS = (ROBUST, AUTOREGRESSIVE)


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error, 95 % interval and p against zero."""

    value: float
    error: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Interrupted:
    """`step` at the date, `slope` change a unit of time (none without one), `mean` effect over the times from the date
    on; `expected`, `low`, `high` (t,): the path without the change and its 95 % interval; `memory` of the errors.
    """

    step: Estimate
    slope: Estimate | None
    mean: Estimate
    expected: Array
    low: Array
    high: Array
    memory: float
    degrees: int


@dataclass(frozen=True)
class InterruptedModel:
    """What the regression holds: errors (robust or autoregressive), season (times a cycle), slope change, trend."""

    errors: str = ROBUST
    season: int = 0
    slope: bool = True
    trend: bool = True


DEFAULT = InterruptedModel()


def interrupted_series(values: Array, times: Array, at: float, model: InterruptedModel = DEFAULT) -> Interrupted:
    """Fit `values` (t,) at `times` (t,), evenly spaced, changed from the time `at` on.

    Raises
    ------
    BadInput
        Gaps; all values alike; fewer than eight times before or three after; more regressors than the times can carry.

    Examples
    --------
    >>> times = np.arange(2000.0, 2020.0)
    >>> values = 10.0 + times % 2 + 5.0 * (times >= 2012)
    >>> round(interrupted_series(values, times, 2012, InterruptedModel(slope=False, trend=False)).step.value, 3)
    5.0
    """
    _check(values, times, at, model)
    design = kernel.segmented_design(times, at, model.season, model.slope, model.trend)
    if model.errors == ROBUST:
        fit = kernel.robust_fit(values, design, kernel.lag_rule(len(values)))
    else:
        fit = kernel.autoregressive_fit(values, design)
    if np.abs(values - design @ fit.coefficients).max() <= EXACT * np.ptp(values):
        raise BadInput("effect.exact")
    changes = 2 if model.slope else 1
    after = times >= at
    effect = np.zeros_like(design)
    effect[:, -changes:] = design[:, -changes:]
    before = design - effect
    variance = np.maximum(np.einsum("ij,jk,ik->i", before, fit.covariance, before), 0.0)
    spread = stdtrit(fit.degrees, 0.975) * np.sqrt(variance)
    expected = before @ fit.coefficients
    rows = np.eye(design.shape[1])
    return Interrupted(
        _estimate(fit, rows[-changes]), _estimate(fit, rows[-1]) if model.slope else None,
        _estimate(fit, effect[after].mean(axis=0)), expected, expected - spread, expected + spread,
        fit.memory, fit.degrees,
    )  # fmt: skip


def _estimate(fit: kernel.SegmentedFit, of: Array) -> Estimate:
    value, error = float(of @ fit.coefficients), float(np.sqrt(max(float(of @ fit.covariance @ of), 0.0)))
    half = float(stdtrit(fit.degrees, 0.975)) * error
    p = 2 * float(stdtr(fit.degrees, -abs(value) / error)) if error > 0 else float("nan")
    return Estimate(value, error, value - half, value + half, p)


def _check(values: Array, times: Array, at: float, model: InterruptedModel) -> None:
    steps = np.diff(times)
    if not np.isfinite(values).all() or (len(steps) and (steps != steps[0]).any()):
        raise BadInput("effect.uneven")
    before, after = int((times < at).sum()), int((times >= at).sum())
    regressors = kernel.segmented_design(times, at, model.season, model.slope, model.trend).shape[1]
    if before < max(BEFORE, 2 * (regressors - 1)):
        raise BadInput("effect.short", n=before, need=max(BEFORE, 2 * (regressors - 1)))
    if after < AFTER:
        raise BadInput("effect.short_after", n=after, need=AFTER)
    if np.ptp(values) == 0:
        raise BadInput("effect.constant")
