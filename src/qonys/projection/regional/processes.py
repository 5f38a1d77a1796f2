"""Deviations of regions from the nation: autoregressions in logs with a factor common to all regions.

x_rt = phi x_r,t-1 + s_r (sqrt(c) f_t + sqrt(1 - c) e_rt), f and e standard normal: a region's deviation starts at
zero (what is known of the base), wanders and returns; c is the correlation of the yearly shocks of two regions (one
factor, equal loadings). phi is pooled over regions by least squares about each region's mean, weighed by the inverse of
its variance, and corrected for its bias of order 1/T (Kendall 1954, Biometrika 41:403). s_r comes from the region's
residuals, moderated over regions: s_r^2 = (d0 s0^2 + d_r own_r^2) / (d0 + d_r), d0 and s0 from all regions together
(Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3:3, section 6.2); c from residuals over s.
Outliers have full weight: a value that reflects a change of boundaries or a recount has to be given as not known.
The level of internal moves is one autoregression about its mean, by maximum likelihood where years are missing
(Jones 1980, Technometrics 22:389). Parameters are taken as sure; regions share phi and c.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
STREAMS = {"fertility": 21, "attraction": 22, "level": 23}
TOP, LEAST_YEARS, LEAST_LEVELS, ALIKE = 0.98, 6, 5, 1e5
GRID = np.linspace(0.0, TOP, 50)


@dataclass(frozen=True)
class AR1Process:
    """An autoregression: `phi`, `sd` of its yearly shocks, `common` share of their variance that all regions share.

    `sd`: one for all regions, or one a region. `mean` to which it returns and `last`, where it stands (both 0 for
    deviations). `figures`: how many it was fitted to; 0: stated, not estimated. `lift`: times the variance of a
    year that is added to its value: with -0.5 the mean of exp(x) is exp of the path without shocks, with 0.5 that of
    exp(-x).
    """

    phi: float
    sd: float | tuple[float, ...]
    common: float = 0.0
    mean: float = 0.0
    last: float = 0.0
    figures: int = 0
    lift: float = 0.0

    def paths(self, stream: int, horizon: int, regions: int, draws: tuple[int, int], seed: int) -> Array:
        """Values of the years after the last, (draws, horizon, regions); draw d depends only on (seed, stream, d)."""
        out = np.empty((draws[1] - draws[0], horizon, regions))
        sd = np.broadcast_to(np.asarray(self.sd, dtype=float), (regions,))
        for row, d in enumerate(range(*draws)):
            key = np.array([100 * seed + stream, d], dtype=np.uint64)
            drawn = np.random.Generator(np.random.Philox(key=key)).standard_normal((horizon, regions + 1))
            shock = sd * (np.sqrt(self.common) * drawn[:, :1] + np.sqrt(1 - self.common) * drawn[:, 1:])
            now = np.full(regions, self.last - self.mean)
            for t in range(horizon):
                now = self.phi * now + shock[t]
                out[row, t] = self.mean + now
        return np.asarray(out + self.lifted(horizon))

    def lifted(self, horizon: int) -> Array:
        """What is added to the values of each year for their variance, (horizon, 1 or regions)."""
        spread = np.cumsum(self.phi ** (2.0 * np.arange(horizon)))[:, None] * np.square(np.atleast_1d(self.sd))
        return np.asarray(self.lift * spread)


@dataclass(frozen=True)
class Deviations:
    """Of the logs of fertility and of the pull of each region, and of the log level of internal moves.

    A region whose pull is x times the usual takes x times its share of immigrants, and its people leave, inside
    and abroad, 1/x times as often; the national totals are kept at the base. The defaults are stated, not
    estimated: use them where a country has no figures.
    """

    fertility: AR1Process = field(default_factory=lambda: AR1Process(0.9, 0.03))
    attraction: AR1Process = field(default_factory=lambda: AR1Process(0.8, 0.15))
    level: AR1Process = field(default_factory=lambda: AR1Process(0.8, 0.15))

    def fixed(self) -> Deviations:
        """The same levels without any wandering."""
        level = self.level
        kept = AR1Process(level.phi, 0, 0, level.mean, level.last, level.figures)
        return Deviations(AR1Process(0, 0), AR1Process(0, 0), kept)


def fit_wander(values: Array, scale: float = 1.0) -> AR1Process:
    """Fit deviations (T, R) of consecutive years (nan: not known), one sd a region; they are divided by `scale`.

    Raises
    ------
    BadInput
        Fewer than six pairs of consecutive years in a typical region.

    """
    x = (values - np.nanmean(values, axis=0)) / scale
    before, after = x[:-1], x[1:]
    known = np.isfinite(before) & np.isfinite(after)
    years = float(known.sum(axis=0).mean())
    if years < LEAST_YEARS:
        raise BadInput("regional.short", found=round(years, 1), need=LEAST_YEARS)
    a, b = np.where(known, before, 0.0), np.where(known, after, 0.0)
    variance = np.nanvar(x, axis=0)
    weight = 1 / np.maximum(variance, 1e-12 * variance.max())
    raw = float((a * b * weight).sum() / (a * a * weight).sum())
    phi = float(np.clip(raw + (1 + 3 * raw) / years, 0.0, TOP))
    residual = np.where(known, after - phi * before, np.nan)
    residual = residual - np.nanmean(residual, axis=0)
    freedom = known.sum(axis=0) - 1.0
    sd = np.sqrt(moderated(np.nansum(residual**2, axis=0) / freedom, freedom))
    return AR1Process(phi, tuple(sd.tolist()), _common(residual / sd), figures=int(np.isfinite(x).sum()))


def moderated(variance: Array, freedom: Array) -> Array:
    """Variances (R,) with their degrees of `freedom` (R,), drawn to each other by as much as all of them are alike.

    Smyth (2004), section 6.2: the variance of ln s^2 in excess of its sampling variance, trigamma(d / 2), gives the
    degrees d0 of the prior, and the mean its value s0^2; without excess variance all become s0^2.

    Examples
    --------
    >>> moderated(np.array([1.0, 1.0, 1.0]), np.array([20.0, 20.0, 20.0])).round(2).tolist()
    [1.05, 1.05, 1.05]
    """
    from scipy.optimize import brentq  # slow to load
    from scipy.special import digamma, polygamma

    if len(variance) < 2:
        return variance
    log = np.log(np.maximum(variance, 1e-12 * variance.max())) - digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(log.var(ddof=1) - polygamma(1, freedom / 2).mean())
    if excess <= polygamma(1, ALIKE / 2):
        return np.full_like(variance, np.exp(log.mean()))
    prior = 2 * float(brentq(lambda half: polygamma(1, half) - excess, 1e-6, ALIKE / 2))
    middle = np.exp(log.mean() + digamma(prior / 2) - np.log(prior / 2))
    return np.asarray((prior * middle + freedom * variance) / (prior + freedom))


def _common(residual: Array) -> float:
    """Mean correlation of two regions' residuals, not below zero."""
    regions = residual.shape[1]
    if regions < 2:
        return 0.0
    whole = residual[np.isfinite(residual).all(axis=1)]
    cross = whole.T @ whole
    off = (cross.sum() - np.trace(cross)) / (regions - 1)
    return float(np.clip(off / np.trace(cross), 0.0, 1.0))


def fit_level(levels: dict[int, float], base_year: int) -> AR1Process:
    """Fit the log level of internal moves, years may be missing; where too few are known, the stated default.

    The process stands at the base year where that is known, else at the last year before it.
    """
    years = np.array(sorted(levels))
    if len(years) == 0:
        return Deviations().level
    x = np.log([levels[int(year)] for year in years])
    upto = np.flatnonzero(years <= base_year)
    last = float(x[upto[-1]]) if len(upto) else float(x[0])
    if len(years) < LEAST_LEVELS:
        stated = Deviations().level
        return AR1Process(stated.phi, stated.sd, 0.0, last, last)
    best = max((_profile(x, years, phi) for phi in GRID), key=lambda one: one[0])
    return AR1Process(best[1], best[3], 0.0, best[2], last, len(years))


def _profile(x: Array, years: NDArray[np.int64], phi: float) -> tuple[float, float, float, float]:
    """Log likelihood at phi (mean and variance at their best), phi, mean, sd of a yearly shock."""
    gaps = np.diff(years)
    carry = phi**gaps
    width = np.append(1 / (1 - phi**2), (1 - carry**2) / (1 - phi**2))
    load, value = np.append(1.0, 1 - carry), np.append(x[0], x[1:] - carry * x[:-1])
    mean = float((load * value / width).sum() / (load**2 / width).sum())
    variance = float((((value - load * mean) ** 2) / width).mean())
    score = -0.5 * (len(x) * np.log(max(variance, 1e-12)) + np.log(width).sum())
    return float(score), float(phi), mean, float(np.sqrt(variance * len(x) / (len(x) - 1)))
