"""Expected counts of a seasonal series and how far each count lies from them.

Quasi-Poisson regression, log link: level, trend, harmonics of the cycle, length of the time as exposure (Serfling 1963,
Public Health Reports 78:494, in logarithms; dispersion: McCullagh and Nelder 1989, Generalized Linear Models, 6.2.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
ITERATIONS, CLOSE = 100, 1e-12


@dataclass(frozen=True)
class SeasonalFit:
    """`expected` (t,) persons at all times, `error` (t,) of its logarithm, `dispersion` (variance over mean, at least
    1), `degrees` of freedom of the base.
    """

    expected: Array
    error: Array
    dispersion: float
    degrees: int

    def deviations(self, counts: ArrayLike) -> Array:
        """(count - expected) / predictive deviation (t,), the error of the expectation included."""
        y = np.asarray(counts, dtype=np.float64)
        variance = self.dispersion * self.expected + (self.error * self.expected) ** 2
        return np.asarray((y - self.expected) / np.sqrt(variance))


def seasonal_design(times: ArrayLike, cycle: int, harmonics: int = 2, trend: bool = True) -> Array:
    """Regressors (t, k) at whole `times`: level, trend a cycle, sines and cosines of the cycle.

    Examples
    --------
    >>> seasonal_design([0, 3, 6], 12, 1).round(3).tolist()
    [[1.0, 0.0, 0.0, 1.0], [1.0, 0.25, 1.0, 0.0], [1.0, 0.5, 0.0, -1.0]]
    """
    t = np.asarray(times, dtype=np.float64)
    columns = [np.ones(len(t))]
    if trend:
        columns.append((t - t[0]) / max(cycle, 1))
    for k in range(1, harmonics + 1 if cycle > 1 else 1):
        if 2 * k < cycle:
            columns.append(np.sin(2 * np.pi * k * t / cycle))
        columns.append(np.cos(2 * np.pi * k * t / cycle))
    return np.column_stack(columns)


def seasonal_fit(
    counts: ArrayLike, design: ArrayLike, base: ArrayLike, exposure: ArrayLike | None = None
) -> SeasonalFit:
    """Fit the counts (t,) where `base` (t,) is true, and expect them everywhere; `exposure` (t,), as days of a month.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> design = seasonal_design(range(60), 12)
    >>> found = seasonal_fit(rng.poisson(100, 60), design, np.arange(60) < 48)
    >>> bool(np.abs(found.deviations(np.full(60, 100.0))).max() < 1.5)
    True
    """
    y, x = np.asarray(counts, dtype=np.float64), np.asarray(design, dtype=np.float64)
    chosen = np.asarray(base, dtype=bool)
    offset = np.zeros(len(y)) if exposure is None else np.log(np.asarray(exposure, dtype=np.float64))
    past, z, shift = y[chosen], x[chosen], offset[chosen]
    eta = np.log(past + 0.1)
    b = np.zeros(x.shape[1])
    for _ in range(ITERATIONS):
        mean = np.exp(eta)
        root = np.sqrt(mean)[:, None]
        new = np.linalg.lstsq(z * root, root[:, 0] * (eta - shift + (past - mean) / mean), rcond=None)[0]
        eta = z @ new + shift
        if np.abs(new - b).max() < CLOSE * (1 + np.abs(new).max()):
            break
        b = new
    mean = np.exp(eta)
    degrees = max(len(past) - x.shape[1], 1)
    dispersion = max(float(((past - mean) ** 2 / mean).sum() / degrees), 1.0)
    covariance = np.linalg.pinv((z * mean[:, None]).T @ z) * dispersion
    return SeasonalFit(
        np.exp(x @ b + offset), np.sqrt(np.einsum("ij,jk,ik->i", x, covariance, x)), dispersion, degrees
    )
