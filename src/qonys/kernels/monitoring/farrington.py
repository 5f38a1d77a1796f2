"""Upper limits of the next count of a seasonal series by regression on the same part of past years.

Farrington, Andrews, Beale and Catchpole (1996), Journal of the Royal Statistical Society A 159:547; improved by
Noufaily, Enki, Farrington et al. (2013), Statistics in Medicine 32:1206: all past values enter with a seasonal factor
of ten periods, a trend where it is significant, past outbreaks weighted down from Anscombe residuals above 2.58.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]
ANSCOMBE = 2.58
ITERATIONS, CLOSE = 50, 1e-10


@dataclass(frozen=True)
class SeasonalBase:
    """What of the past a limit rests on: values a year, years back, half window, periods of the season, values left
    out before the present, one-sided chance above the limit, p under which a trend is kept, and
    whether the uncertainty of the expected count is in the limit.
    """

    frequency: int = 12
    years: int = 5
    half: int = 3
    periods: int = 10
    left_out: int = 26
    alpha: float = 0.05
    trend_p: float = 0.05
    mean_too: bool = True


@dataclass(frozen=True)
class SeasonalLimit:
    """`expected` and `upper` limit of the next count, dispersion (variance over mean, at least 1), whether a trend is
    held, and how many past values had weight.
    """

    expected: float
    upper: float
    dispersion: float
    trend: bool
    n: int


def seasonal_limit(counts: ArrayLike, at: int, base: SeasonalBase) -> SeasonalLimit | None:
    """Limit of `counts[at]` from the values before it, (t,); none where the past is too short.

    The quantile is that of a negative binomial of that dispersion, about the expected count or, with `mean_too`, about
    the same quantile of its estimate.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = seasonal_limit(rng.poisson(50, 90), 89, SeasonalBase(left_out=3))
    >>> 45 < found.expected < 55 < found.upper < 75
    True
    """
    y = np.asarray(counts, dtype=np.float64)
    factor, used = seasonal_groups(at, base)
    if used[0] < 0:
        return None
    past, groups = y[used], factor
    times = (used - at).astype(np.float64)
    fit = _weighted(past, times, groups, True)
    trend = fit is not None and fit.p_trend < base.trend_p and fit.expected <= past.max()
    if not trend:
        fit = _weighted(past, times, groups, False)
    if fit is None:
        return None
    mean = fit.expected * float(np.exp(ndtri(1 - base.alpha) * fit.error)) if base.mean_too else fit.expected
    upper = _quantile(mean, fit.dispersion, 1 - base.alpha)
    return SeasonalLimit(fit.expected, upper, fit.dispersion, trend, len(past))


def seasonal_groups(at: int, base: SeasonalBase) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group of the season of each past place and the places, (n,); group 0 is the window about the same date.

    Examples
    --------
    >>> groups, places = seasonal_groups(40, SeasonalBase(12, 2, 1, 3, 3))
    >>> int(places.min()), int(places.max()), np.unique(groups).tolist()
    (15, 36, [0, 1, 2])
    """
    anchors = [at - base.frequency * year for year in range(base.years, -1, -1)]
    groups = np.full(at + base.half + 1, -1, dtype=np.int64)
    for first, second in pairwise(anchors):
        if first + base.half + 1 < 0:
            continue
        inner = np.arange(first + base.half + 1, second - base.half)
        inner = inner[inner >= 0]
        edges = np.linspace(0, second - first - 2 * base.half - 1, base.periods)[1:-1]
        groups[inner] = 1 + np.searchsorted(np.ceil(edges), inner - (first + base.half + 1), side="right")
    for anchor in anchors[:-1]:
        groups[max(anchor - base.half, 0) : anchor + base.half + 1] = 0
    start = anchors[0] - base.half
    places = np.arange(start, at - base.left_out)
    return groups[places] if start >= 0 else groups[:0], places


@dataclass(frozen=True)
class _Fit:
    expected: float
    error: float
    dispersion: float
    p_trend: float


def _weighted(y: Array, times: Array, groups: NDArray[np.int64], trend: bool) -> _Fit | None:
    """Quasi-Poisson regression, fitted again with the weights of the first fit's Anscombe residuals."""
    kinds = np.unique(groups)
    columns = [np.ones(len(y)), *((groups == one).astype(np.float64) for one in kinds if one != 0)]
    if trend:
        columns.insert(1, times)
    x = np.column_stack(columns)
    weights = np.ones(len(y))
    fit = _poisson(y, x, weights)
    if fit is None:
        return None
    for _ in range(1):
        b, mean, spread, hat = fit
        residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean)) / np.sqrt(spread * (1 - hat))
        raw = np.maximum(residual, 1.0) ** -2.0
        raw[residual <= ANSCOMBE] = 1.0
        weights = raw * len(y) / raw.sum()
        fit = _poisson(y, x, weights)
        if fit is None:
            return None
    b, mean, spread, hat = fit
    covariance = np.linalg.inv((x * (weights * mean)[:, None]).T @ x) * spread
    p = 1.0
    if trend:
        statistic = abs(b[1]) / np.sqrt(covariance[1, 1])
        p = 2 * float(ndtr(-statistic))
    return _Fit(float(np.exp(b[0])), float(np.sqrt(covariance[0, 0])), spread, p)


def _poisson(y: Array, x: Array, weights: Array) -> tuple[Array, Array, float, Array] | None:
    """Coefficients, means, dispersion (at least 1) and leverages of a weighted log-linear fit; none if it diverges."""
    b: Array = np.zeros(x.shape[1])
    eta: Array = np.log(y + 0.1)
    before = np.inf
    for _ in range(ITERATIONS):
        mean = np.exp(eta)
        working = weights * mean
        root = np.sqrt(working)[:, None]
        b = np.asarray(np.linalg.lstsq(x * root, root[:, 0] * (eta + (y - mean) / mean), rcond=None)[0])
        eta = np.asarray(np.clip(x @ b, -30, 30))
        mean = np.exp(eta)
        parts = np.where(y > 0, y * np.log(np.maximum(y, 1e-300) / mean), 0.0) - y + mean
        deviance = 2 * float((weights * parts).sum())
        if abs(deviance - before) < CLOSE * (abs(deviance) + 0.1):
            break
        before = deviance
    else:
        return None
    root = np.sqrt(weights * mean)[:, None]
    q, _ = np.linalg.qr(x * root)
    spread = float((weights * (y - mean) ** 2 / mean).sum() / (len(y) - x.shape[1]))
    return np.asarray(b), mean, max(spread, 1.0), np.asarray((q**2).sum(axis=1))


def _quantile(mean: float, dispersion: float, level: float) -> float:
    """Quantile of a negative binomial with variance `dispersion` times mean; of a Poisson count where that is 1."""
    from scipy.stats import nbinom, poisson

    if dispersion <= 1:
        return float(poisson.ppf(level, mean))
    return float(nbinom.ppf(level, mean / (dispersion - 1), 1 / dispersion))
