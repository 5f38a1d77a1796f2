"""Segmented regression of one series: level and slope before a date, their changes from it.

    y_t = a + b t + s(t) + [t >= T] (c + d (t - T)) + e_t

(Wagner et al. 2002, Journal of Clinical Pharmacy and Therapeutics 27:299; Bernal et al. 2017, International Journal of
Epidemiology 46:348). Errors of the coefficients: heteroskedasticity and autocorrelation (Newey and West 1987,
Econometrica 55:703), or e_t = r e_t-1 + u_t by exact maximum likelihood (Beach and MacKinnon 1978, Econometrica 46:51).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

Array = NDArray[np.float64]
EDGE = 0.999


@dataclass(frozen=True)
class SegmentedFit:
    """`coefficients` (k,), the last ones the changes; `covariance` (k, k); `fitted`, `residuals` (n,), of the unit of
    the series; `memory`: autocorrelation of the errors; `degrees` of freedom of the errors.
    """

    coefficients: Array
    covariance: Array
    fitted: Array
    residuals: Array
    memory: float
    degrees: int


def segmented_design(times: ArrayLike, at: float, season: int = 0, slope: bool = True, trend: bool = True) -> Array:
    """Regressors (n, k): constant, time from the first, seasons of a length, then step and change of slope at `at`.

    Examples
    --------
    >>> segmented_design([1.0, 2.0, 3.0], 2.0).tolist()
    [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], [1.0, 2.0, 1.0, 1.0]]
    """
    t = np.asarray(times, dtype=np.float64)
    columns = [np.ones(len(t))]
    if trend:
        columns.append(t - t[0])
    phase = np.mod(t - t[0], season) if season > 1 else t
    columns += [(phase == one).astype(np.float64) for one in range(1, season)]
    after = (t >= at).astype(np.float64)
    columns.append(after)
    if slope:
        columns.append(np.maximum(t - at, 0.0))
    return np.column_stack(columns)


def lag_rule(n: int) -> int:
    """Lags of the long-run variance by the rule 4 (n / 100)^(2/9), whole part (Newey and West 1994).

    Examples
    --------
    >>> lag_rule(30), lag_rule(100)
    (3, 4)
    """
    return int(4 * (n / 100) ** (2 / 9))


def robust_fit(y: ArrayLike, x: ArrayLike, lags: int) -> SegmentedFit:
    """Least squares of `y` (n,) on `x` (n, k); Bartlett weights over `lags`, times n / (n - k).

    Examples
    --------
    >>> line = segmented_design([0.0, 1.0, 2.0, 3.0], 9.0)[:, :2]
    >>> robust_fit([1.0, 2.0, 4.0, 4.0], line, 1).coefficients.round(6).tolist()
    [1.1, 1.1]
    """
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    n, k = x.shape
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ b
    scores = x * rest[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    bread = np.linalg.inv(x.T @ x)
    covariance = bread @ middle @ bread * n / (n - k)
    return SegmentedFit(np.asarray(b), covariance, x @ b, rest, autocorrelation(rest), n - k)


def autoregressive_fit(y: ArrayLike, x: ArrayLike) -> SegmentedFit:
    """Regression of `y` (n,) on `x` (n, k) with first-order autoregressive errors, exact maximum likelihood.

    The covariance is that of generalised least squares at the estimate, its variance over n - k - 1 degrees.

    Examples
    --------
    >>> steps = autoregressive_fit([1.0, 2.0, 1.5, 2.5, 1.2, 2.2], [[1.0]] * 6)
    >>> bool(steps.memory < 0)
    True
    """
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    n, k = x.shape

    def minus_likelihood(memory: float) -> float:
        _, rest, _ = _whitened(y, x, memory)
        return float(0.5 * n * np.log(rest @ rest / n) - 0.5 * np.log1p(-(memory**2)))

    grid = np.linspace(-EDGE, EDGE, 81)
    best = int(np.argmin([minus_likelihood(one) for one in grid]))
    ends = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)]))
    memory = float(minimize_scalar(minus_likelihood, bounds=ends, method="bounded", options={"xatol": 1e-10}).x)
    b, rest, white = _whitened(y, x, memory)
    covariance = np.linalg.inv(white.T @ white) * float(rest @ rest) / (n - k - 1)
    return SegmentedFit(b, covariance, x @ b, y - x @ b, memory, n - k - 1)


def autocorrelation(rest: Array) -> float:
    """First autocorrelation of residuals (n,); 0 where they have no spread."""
    spread = float(rest @ rest)
    return float(rest[1:] @ rest[:-1]) / spread if spread > 0 else 0.0


def _whitened(y: Array, x: Array, memory: float) -> tuple[Array, Array, Array]:
    """Coefficients, whitened residuals and whitened regressors (Prais and Winsten 1954)."""
    first = np.sqrt(1 - memory**2)
    white_y = np.concatenate([[first * y[0]], y[1:] - memory * y[:-1]])
    white_x = np.vstack([first * x[:1], x[1:] - memory * x[:-1]])
    b = np.asarray(np.linalg.lstsq(white_x, white_y, rcond=None)[0])
    return b, white_y - white_x @ b, white_x
