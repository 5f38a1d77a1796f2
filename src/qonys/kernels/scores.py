"""Scores of forecasts given as draws, intervals or point values, and skill relative to a benchmark.

Gneiting and Raftery (2007), Journal of the American Statistical Association 102:359. Samples hold draws in the
last axis and `actual`, what came true, is without it; all leading axes are worked at once and lower scores are
better. A value that is not a number makes its score not a number; nothing is left out silently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Array = NDArray[np.float64]


def crps(sample: Array, actual: Array, fair: bool = False) -> Array:
    """Continuous ranked probability score, (...), in the unit of the forecast.

    The mean distance of the draws from the actual figure, less half the mean distance between two draws. Found by
    sorting, n log n for n draws (Gneiting and Raftery 2007, section 4.2). The standard form scores the draws as
    the whole forecast; `fair` estimates, without bias, the score of the distribution they come
    from: the second mean runs over the n (n - 1) pairs of different draws (Ferro, Richardson and Weigel 2008,
    Meteorological Applications 15:19). Take the fair form to compare ensembles of different sizes.

    Raises
    ------
    ValueError
        The fair form of fewer than two draws.

    Examples
    --------
    >>> float(crps(np.array([0.0, 2.0]), np.array(1.0)))
    0.5
    >>> float(crps(np.array([0.0, 2.0]), np.array(1.0), fair=True))
    0.0
    """
    off = np.sort(sample - np.asarray(actual, dtype=np.float64)[..., None], axis=-1)
    n = off.shape[-1]
    if fair and n < 2:
        raise ValueError("the fair score needs two draws")
    weights = 2.0 * np.arange(1, n + 1) - n - 1
    return np.asarray(np.abs(off).mean(axis=-1) - off @ weights / (n * (n - 1) if fair else n**2))


def crps_normal(mean: Array, sd: Array, actual: Array) -> Array:
    """The same score of a normal forecast in closed form (Gneiting and Raftery 2007, section 4.2), (...).

    sd [z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)], z = (y - mean) / sd; of sd zero the absolute error.

    Examples
    --------
    >>> round(float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))), 6)
    0.233695
    """
    off, sd = np.broadcast_arrays(np.asarray(actual, dtype=np.float64) - mean, np.asarray(sd, dtype=np.float64))
    z = np.divide(off, sd, out=np.zeros(off.shape), where=sd > 0)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    found = sd * (z * (2 * special.ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    return np.asarray(np.where(sd == 0, np.abs(off), found))


def interval(sample: Array, level: float) -> tuple[Array, Array]:
    """Central interval of the share `level` of the draws (..., n): (low, high), each (...), in their unit."""
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return np.asarray(low), np.asarray(high)


def interval_score(low: Array, high: Array, actual: Array, level: float) -> Array:
    """Interval score: width of the interval plus 2 / (1 - level) times the distance by which the outcome lies outside.

    `low`, `high`, `actual` (...), one unit, in which the score (...) is too. Gneiting and Raftery (2007), equation 43;
    least, on average, for the true quantiles.

    Examples
    --------
    >>> low, high = np.array(0.0), np.array(10.0)
    >>> [round(float(interval_score(low, high, np.array(y), 0.8)), 9) for y in (5.0, 11.0)]
    [10.0, 20.0]
    """
    below, above = np.maximum(low - actual, 0), np.maximum(actual - high, 0)
    return np.asarray(high - low + 2 / (1 - level) * (below + above))


def inside(low: Array, high: Array, actual: Array) -> Array:
    """1 if the outcome lies in the closed interval, otherwise 0, (...); the mean is the coverage."""
    held = ((actual >= low) & (actual <= high)).astype(np.float64)
    return np.asarray(np.where(np.isnan(low + high + actual), np.nan, held))


def pit(sample: Array, actual: Array, rng: np.random.Generator | None = None) -> Array:
    """Probability integral transform, (...): share of draws below the outcome, ties counted as half.

    With `rng` it is randomised: (below + u (ties + 1)) / (n + 1), u uniform on (0, 1), which is exactly
    uniform for any number of draws and any atoms if draws and outcome come from one distribution (the rank of
    Hamill 2001, Monthly Weather Review 129:550; Czado, Gneiting and Held 2009, Biometrics 65:1254).
    """
    reached = np.asarray(actual)[..., None]
    if rng is None:
        return np.asarray((sample < reached).mean(axis=-1) + (sample == reached).mean(axis=-1) / 2)
    below, ties = (sample < reached).sum(axis=-1), (sample == reached).sum(axis=-1)
    found = (below + rng.random(below.shape) * (ties + 1)) / (sample.shape[-1] + 1)
    return np.asarray(np.where(np.isnan(reached[..., 0]) | np.isnan(sample).any(axis=-1), np.nan, found))


@dataclass(frozen=True)
class Uniformity:
    """Deviation of values from the uniform distribution on (0, 1).

    `counts` in equal bins; `distance`: the statistic of Cramer and von Mises and its `probability` if all were
    uniform and independent (forecasts of one country, or of horizons that overlap, are not: it is then too
    small); `mean`: 1/2 without bias, more where forecasts lie too low; `spread`: variance times 12, 1 if right,
    more where forecasts are too narrow, less where they are too wide.
    """

    counts: NDArray[np.int64]
    distance: float
    probability: float
    mean: float
    spread: float


def uniformity(values: Array, bins: int = 10) -> Uniformity:
    """Compare values, any shape, with the uniform distribution.

    Raises
    ------
    ValueError
        Fewer than two values, or one outside 0 to 1 or not a number.

    Examples
    --------
    >>> found = uniformity((np.arange(100) + 0.5) / 100)
    >>> found.counts.tolist(), round(found.mean, 3), round(found.spread, 3)
    ([10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 0.5, 1.0)
    """
    flat: Array = np.asarray(values, dtype=np.float64).ravel()
    if flat.size < 2 or not ((flat >= 0) & (flat <= 1)).all():
        raise ValueError("uniformity needs two or more values from 0 to 1")
    counts = np.histogram(flat, bins, (0, 1))[0].astype(np.int64)
    test = stats.cramervonmises(flat, "uniform")
    return Uniformity(counts, float(test.statistic), float(test.pvalue), float(flat.mean()), 12 * float(flat.var()))


def uniform_by_blocks(values: Array, blocks: NDArray[np.int64], draws: int, seed: int) -> float:
    """Probability of a distance from uniform as large as found if all values were uniform, (0, 1].

    For values (n,) that depend on each other within blocks (countries), of any form: whole blocks are drawn
    again and the distance (Cramer and von Mises, n times the integral of (F - u)^2, on 200 points) is taken
    from what was found, not from uniform (Efron and Tibshirani 1993, An Introduction to the Bootstrap, section
    16.4). Assumes independent blocks; few of them make it rough.

    Raises
    ------
    ValueError
        Fewer than two blocks, or a value outside 0 to 1 or not a number.
    """
    names, place = np.unique(blocks, return_inverse=True)
    if len(names) < 2 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("two or more blocks of values from 0 to 1 are needed")
    at = (np.arange(200) + 0.5) / 200
    below = np.stack([(values[place == k, None] <= at).sum(axis=0) for k in range(len(names))]).astype(np.float64)
    size = np.bincount(place).astype(np.float64)
    found = below.sum(axis=0) / size.sum()
    rng = np.random.Generator(np.random.Philox(key=seed))
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), draws).astype(np.float64)
    again = times @ below / (times @ size)[:, None]
    far = ((again - found) ** 2).mean(axis=1) >= ((found - at) ** 2).mean()
    return float((1 + far.sum()) / (draws + 1))


def percent_error(forecast: Array, actual: Array) -> Array:
    """100 (F / A - 1), percent, (...), of forecast and outcome (...) in one unit.

    Raises
    ------
    ValueError
        What came true is not above zero: percentages of net migration, which changes sign, mean nothing.
    """
    reached = np.asarray(actual, dtype=np.float64)
    if (reached <= 0).any():
        raise ValueError("percentage errors need what came true above zero")
    return np.asarray(100 * (forecast / reached - 1))


def mape(forecast: Array, actual: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Mean absolute percentage error over `axis` (all): accuracy (Smith, Tayman and Swanson 2001, ch. 13).

    Examples
    --------
    >>> forecast, actual = np.array([110.0, 80.0]), np.array([100.0, 100.0])
    >>> round(float(mape(forecast, actual)), 9), round(float(malpe(forecast, actual)), 9)
    (15.0, -5.0)
    """
    return np.asarray(np.abs(percent_error(forecast, actual)).mean(axis=axis))


def malpe(forecast: Array, actual: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    """Mean algebraic percentage error over `axis` (all), percent: bias, positive if forecasts were too high.

    Arrays (...) of one shape. Smith, Tayman and Swanson (2001), State and Local Population Projections, chapter 13.
    """
    return np.asarray(percent_error(forecast, actual).mean(axis=axis))


def skill(
    score: Array, benchmark: Array, blocks: NDArray[np.int64], draws: int, seed: int, level: float = 0.95
) -> tuple[float, float, float]:
    """(skill, low, high): 1 - mean score / mean benchmark, with a block bootstrap interval.

    `score`, `benchmark` (n,) of the same forecasts, `blocks` (n,) number of the block (a country) of each pair;
    pairs stay together. Skill 0 is the benchmark's, 1 is perfect. Blocks stand for independent cases; the
    percentile interval is known to be short for few of them. Of one block it is not a number.
    """
    ratio, low, high = _ratio(score, benchmark, blocks, (draws, seed, level))
    return 1 - ratio, 1 - high, 1 - low


def block_mean(
    values: Array, blocks: NDArray[np.int64], draws: int, seed: int, level: float = 0.95
) -> tuple[float, float, float]:
    """(mean, low, high) of values (n,), such as `inside`, with a block bootstrap interval."""
    return _ratio(values, np.ones(len(values)), blocks, (draws, seed, level))


def _ratio(
    above: Array, below: Array, blocks: NDArray[np.int64], luck: tuple[int, int, float]
) -> tuple[float, float, float]:
    """Sum of one over sum of the other, and its interval; not a number where the sum below is zero."""
    draws, seed, level = luck
    names, place = np.unique(blocks, return_inverse=True)
    sums = np.stack([np.bincount(place, weights=np.asarray(x, dtype=np.float64)) for x in (above, below)], axis=1)
    total = sums.sum(axis=0)
    value = float(total[0] / total[1]) if total[1] != 0 else np.nan
    if len(names) < 2:
        return value, np.nan, np.nan
    rng = np.random.Generator(np.random.Philox(key=seed))
    drawn = sums[rng.integers(0, len(names), (draws, len(names)))].sum(axis=1)
    ratios = np.divide(drawn[:, 0], drawn[:, 1], out=np.full(draws, np.nan), where=drawn[:, 1] != 0)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return value, float(low), float(high)
