"""A structural time series with interventions, by generalised least squares.

y = trend + interventions + noise, where the trend is a line plus a random walk and an integrated random
walk (local linear trend) and interventions (reactions) have known shapes and unknown sizes. The noise is
independent. With a `stiff` trend the level has no shocks and the variance of the slope is at most a hundredth of
that of the noise (the ratio of Hodrick and Prescott 1997, Journal of Money, Credit and Banking 29:1, for annual
data), so that only change over decades is trend; the noise may then be autocorrelated, a first-order
autoregression with coefficient at most one half. Equivalent to the state-space form (Harvey 1989, Forecasting,
Structural Time Series Models and the Kalman Filter, chapters 2 and 7) with a diffuse initial state; written by
its covariance matrix, so missing years need no special treatment and the standard error of any sum of components
follows directly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from qonys.kernels.effort import spent

Array = NDArray[np.float64]
BOUNDS = (-12.0, 8.0)
NEVER = -60.0
PEAK = 4.0
STIFF = float(np.log(0.01))
# derivatives of (noise, level, slope, memory) by the parameters that are searched: rows of `_free` and `_stiff`
_FREE_SLOPES = np.eye(3, 4)
_STIFF_SLOPES = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
_STARTS = [[-3.0, -2.0, -5.0], [-1.0, -6.0, -6.0], [-6.0, -1.0, -8.0], [-4.0, -6.0, -3.0]]


def walk_covariances(times: Array) -> tuple[Array, Array]:
    """Covariance matrices (n, n) of a random walk and an integrated random walk with unit variances, `times` (n,)."""
    t = times - times.min()
    low, high = np.minimum.outer(t, t), np.maximum.outer(t, t)
    level = low
    slope = low * (low - 1) * (3 * high - low - 1) / 6
    return level, slope


def shape(kind: str, times: Array, start: int, end: int, decay: float = 0.7) -> Array:
    """Shape (n,) of an intervention of a `kind` at `times` (n,), years.

    pulse (1 from start to end), step (1 from start), decay (decay^(t - start)), or wave, which rises to 1 within `PEAK`
    years and fades: k/PEAK exp(1 - k/PEAK), k = t - start + 1.

    Raises
    ------
    ValueError
        An unknown shape.

    Examples
    --------
    >>> shape("pulse", np.arange(2000.0, 2005.0), 2001, 2002).tolist()
    [0.0, 1.0, 1.0, 0.0, 0.0]
    """
    after = times >= start
    if kind == "pulse":
        return np.asarray(after & (times <= end), dtype=np.float64)
    if kind == "step":
        return np.asarray(after, dtype=np.float64)
    if kind == "decay":
        return np.where(after, decay ** np.maximum(times - start, 0), 0.0)
    if kind == "wave":
        late = np.maximum(times - start + 1, 0) / PEAK
        return np.asarray(late * np.exp(1 - late))
    raise ValueError(kind)


@dataclass(frozen=True, kw_only=True)
class TrendFit:
    """A fitted model on a grid of years.

    `sizes`, `errors` (m,): reactions and their standard errors, with `covariance` (m, m). `trend`,
    `trend_error` (g,): smoothed trend on the grid. `noise`, `level`, `slope`: standard deviations of the
    three disturbances, `memory`: autoregressive coefficient of the noise. `loglik`: diffuse log-likelihood.
    `converged`: whether the optimiser converged.
    `trend_sum`, `reaction_sum`: (value, standard error) of sums over the observed years.
    """

    sizes: Array
    errors: Array
    covariance: Array
    trend: Array
    trend_error: Array
    noise: float
    level: float
    slope: float
    memory: float
    loglik: float
    converged: bool
    trend_sum: tuple[float, float]
    reaction_sum: tuple[float, float]


class _Design:
    """Observed series, its grid, and the pieces of the covariance."""

    def __init__(self, times: Array, values: Array, reactions: Array, known: Array | None) -> None:
        self.times, self.values, self.reactions = times, values, reactions
        centred = (times - times.mean()) / max(times.std(), 1.0)
        self.base = np.column_stack([np.ones_like(centred), centred])
        self.level, self.slope = walk_covariances(times)
        scale = float(np.var(values)) or 1.0
        self.unit = scale
        self.known = np.zeros_like(values) if known is None else known**2 / scale

        self.apart = np.abs(np.subtract.outer(times, times))

    def covariance(self, logs: Array) -> Array:
        """Covariance of the values for logs of (noise, level, slope) variances and the memory."""
        noise, level, slope = np.exp(logs[:3])
        own = noise * self._powers(logs[3])
        return np.asarray(own + np.diag(self.known) + level * self.level + slope * self.slope)

    def _powers(self, memory: float) -> Array:
        """Memory to the power of the years between two figures."""
        return np.asarray(np.exp(np.log(memory) * self.apart) if memory > 0 else (self.apart == 0).astype(np.float64))

    def loglik(self, logs: Array) -> float:
        """Diffuse log likelihood with sizes of reactions at their best, values in units of their variance."""
        return self.loglik_and_slopes(logs)[0]

    def loglik_and_slopes(self, logs: Array) -> tuple[float, Array]:
        """The same with its derivatives by `logs`, (4,).

        Half the sum of (C^-1 - P - a a') times the derivative of C, with P the part of C^-1 that the base
        explains and a = C^-1 (values less what base and reactions explain).
        """
        n = len(self.values)
        factor, _ = linalg.lapack.dpotrf(self.covariance(logs), lower=1)
        inverse, _ = linalg.lapack.dpotri(factor, lower=1)
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        design = np.column_stack([self.base, self.reactions])
        y = self.values / np.sqrt(self.unit)
        solved = inverse @ design
        normal = design.T @ solved
        beta = linalg.solve(normal, solved.T @ y, assume_a="pos")
        off = y - design @ beta
        weighted = inverse @ off
        inner = normal[:2, :2]
        logdet = 2 * np.log(np.diag(factor)).sum() + np.linalg.slogdet(inner)[1]
        value = -0.5 * ((n - 2) * np.log(2 * np.pi * self.unit) + logdet + off @ weighted)
        pull = inverse - solved[:, :2] @ np.linalg.solve(inner, solved[:, :2].T) - np.outer(weighted, weighted)
        noise, level, slope = np.exp(logs[:3])
        powers, memory = self._powers(logs[3]), max(float(logs[3]), 1e-12)
        lags = self._powers(memory) if logs[3] <= 0 else powers
        parts = (powers * noise, level * self.level, slope * self.slope, noise * self.apart * lags / memory)
        return float(value), np.array([-0.5 * np.vdot(pull, part) for part in parts])


def fit_trend(
    times: Array, values: Array, reactions: Array, grid: Array, known: Array | None = None, stiff: bool = False
) -> TrendFit:
    """Fit by maximum diffuse likelihood over the variances (and `memory`) from several starting points.

    `times` (n,) years with a value, `values` (n,), `reactions` (n, m) shapes at those years (m may be 0),
    `grid` (g,) years for the trend, `known` (n,) standard errors of the values, or None.
    """
    design = _Design(times, values, reactions, known)
    read, back = (_stiff, _STIFF_SLOPES) if stiff else (_free, _FREE_SLOPES)

    def climbed(x: Array) -> tuple[float, Array]:
        value, slopes = design.loglik_and_slopes(read(x))
        return -value, -(back @ slopes)

    spent("trend_fits", 1)
    starts = [[-1.0, -6.0, 0.3], [-1.0, -9.0, 0.45], [-3.0, -5.0, 0.0]] if stiff else _STARTS
    bounds = [BOUNDS, (-12.0, STIFF), (0.0, 0.5)] if stiff else [BOUNDS] * 3
    best = None
    for start in starts:
        found = optimize.minimize(climbed, np.array(start), jac=True, method="L-BFGS-B", bounds=bounds)
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    return _smoothed(design, read(np.asarray(best.x)), grid, bool(best.success))


def _free(x: Array) -> Array:
    return np.append(x, 0.0)


def _stiff(x: Array) -> Array:
    return np.array([x[0], NEVER, x[0] + x[1], x[2]])


def _smoothed(design: _Design, logs: Array, grid: Array, converged: bool) -> TrendFit:
    n, m = len(design.times), design.reactions.shape[1]
    unit = design.unit
    noise, level, slope = np.exp(logs[:3])
    full = np.concatenate([design.times, grid])
    both_level, both_slope = walk_covariances(full)
    walk = level * both_level + slope * both_slope
    inside, across, outside = walk[:n, :n], walk[n:, :n], walk[n:, n:]
    centre, spread = design.times.mean(), max(design.times.std(), 1.0)
    base_grid = np.column_stack([np.ones_like(grid), (grid - centre) / spread])
    h = np.column_stack([design.base, design.reactions])
    inverse = linalg.inv(design.covariance(logs))
    cov = linalg.inv(h.T @ inverse @ h)
    beta = cov @ (h.T @ inverse @ design.values)
    off = inverse @ (design.values - h @ beta)
    trend = base_grid @ beta[:2] + across @ off
    rest = np.column_stack([base_grid, np.zeros((len(grid), m))]) - across @ inverse @ h
    variance = outside - across @ inverse @ across.T + rest @ cov @ rest.T
    ones = np.ones(n)
    line = np.concatenate([design.base.sum(axis=0), np.zeros(m)]) - ones @ inside @ inverse @ h
    total = float(ones @ (design.base @ beta[:2] + inside @ off))
    error = ones @ (inside - inside @ inverse @ inside) @ ones + line @ cov @ line
    weights = np.concatenate([np.zeros(2), design.reactions.sum(axis=0)])
    return TrendFit(
        sizes=beta[2:],
        errors=np.sqrt(unit * np.diag(cov)[2:]),
        covariance=unit * cov[2:, 2:],
        trend=trend,
        trend_error=np.sqrt(unit * np.maximum(np.diag(variance), 0)),
        noise=float(np.sqrt(unit * noise)),
        level=float(np.sqrt(unit * level)),
        slope=float(np.sqrt(unit * slope)),
        memory=float(logs[3]),
        loglik=design.loglik(logs),
        converged=converged,
        trend_sum=(total, float(np.sqrt(unit * max(error, 0.0)))),
        reaction_sum=(float(weights @ beta), float(np.sqrt(unit * max(weights @ cov @ weights, 0.0)))),
    )


def gains(times: Array, values: Array, reactions: Array, candidates: Array, fit: TrendFit) -> Array:
    """Twice the gain in log-likelihood from adding each candidate shape (n, c), (c,), variances held fixed.

    `fit` is the fit without the candidates. A candidate in the span of the shapes in the model gains 0.
    """
    design = _Design(times, values, reactions, None)
    logs = 2 * np.log(np.maximum(np.array([fit.noise, fit.level, fit.slope]), 1e-12)) - np.log(design.unit)
    logs = np.append(np.clip(logs, NEVER, BOUNDS[1]), fit.memory)
    factor = linalg.cho_factor(design.covariance(logs), lower=True)
    white = linalg.solve_triangular(
        factor[0], np.column_stack([design.base, reactions, candidates, values]), lower=True
    )
    k = 2 + reactions.shape[1]
    q, _ = np.linalg.qr(white[:, :k])
    left = white[:, k:] - q @ (q.T @ white[:, k:])
    shapes, y = left[:, :-1], left[:, -1]
    size = (shapes**2).sum(axis=0)
    usual = (white[:, k:-1] ** 2).sum(axis=0)
    gain = np.divide((shapes.T @ y) ** 2, size, out=np.zeros(shapes.shape[1]), where=size > 1e-8 * usual)
    return np.asarray(gain / design.unit)
