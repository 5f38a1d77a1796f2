"""Agreement of coders, and rank correlation of two series with a lag, each with resampling.

Krippendorff's alpha = 1 - D_o / D_e from the coincidences of values within units, for any number of coders and missing
values (Krippendorff 2004, Content Analysis, ch. 11; 2011, Computing Krippendorff's alpha-reliability). Distances:
nominal 0 or 1, interval (c - k)^2, ordinal (sum of n_g from c to k - (n_c + n_k) / 2)^2. Cohen's kappa (1960), weighted
1968. Spearman's rank correlation over moving blocks of consecutive years (Kuensch 1989, Annals of Statistics 17,
1217-1241). Intervals are percentiles of resampled units or blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
LEVELS = ("nominal", "ordinal", "interval")


def coincidences(counts: Array) -> Array:
    """Pairs of values within each unit, (U, C, C), from how many coders gave each value (U, C).

    A unit with one value has none; each value of a unit of m counts once: pairs are divided by m - 1.

    Examples
    --------
    >>> coincidences(np.array([[2.0, 1.0]]))[0].tolist()
    [[1.0, 1.0], [1.0, 0.0]]
    """
    m = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    place = np.arange(counts.shape[1])
    pairs[:, place, place] -= counts
    return np.asarray(pairs / np.maximum(m - 1, 1)[:, None, None])


def distances(values: Array, numbers: Array, level: str) -> Array:
    """Squared distances (..., C, C) of values (C,), rising, that occur `numbers` (..., C) times.

    Raises
    ------
    ValueError
        No such level.
    """
    size = len(values)
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(size), (*numbers.shape[:-1], size, size))
    if level == "interval":
        return np.broadcast_to(np.subtract.outer(values, values) ** 2, (*numbers.shape[:-1], size, size))
    if level != "ordinal":
        raise ValueError(level)
    middle = np.cumsum(numbers, axis=-1) - numbers / 2
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)


def krippendorff_alpha(pairs: Array, values: Array, level: str = LEVELS[0]) -> Array:
    """Alpha (...) of coincidences (..., C, C) of values (C,), rising; not a number where the values do not vary.

    Examples
    --------
    >>> ratings = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> round(float(krippendorff_alpha(coincidences(ratings).sum(axis=0), np.arange(2.0))), 4)
    0.4444
    """
    numbers = pairs.sum(axis=-1)
    total = numbers.sum(axis=-1)
    apart = distances(values, numbers, level)
    observed = (pairs * apart).sum(axis=(-1, -2))
    expected = (numbers[..., :, None] * numbers[..., None, :] * apart).sum(axis=(-1, -2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - (total - 1) * observed / expected)


def cohen_kappa(table: Array, values: Array, level: str = LEVELS[0]) -> Array:
    """Kappa (...) of tables (..., C, C) of one coder's values (C,) by another's.

    Disagreement counts 1 (nominal), the distance of ranks (ordinal) or the squared distance (interval).

    Examples
    --------
    >>> round(float(cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]), np.arange(2.0))), 2)
    0.4
    """
    size = len(values)
    places = np.arange(size)
    weights = {
        "nominal": 1.0 - np.eye(size), "ordinal": np.abs(np.subtract.outer(places, places)).astype(float),
        "interval": np.subtract.outer(values, values) ** 2,
    }[level]  # fmt: skip
    rows, columns = table.sum(axis=-1), table.sum(axis=-2)
    expected = (rows[..., :, None] * columns[..., None, :] * weights).sum(axis=(-1, -2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - (table * weights).sum(axis=(-1, -2)) * table.sum(axis=(-1, -2)) / expected)


def resampled(units: int, draws: int, seed: int) -> Array:
    """How often each unit is drawn with replacement, (draws, units)."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    return rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(float)


def percentiles(drawn: Array, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """Ends of the interval of draws (draws,); None where fewer than half of them are numbers."""
    known = drawn[np.isfinite(drawn)]
    if len(known) < max(2, len(drawn) / 2):
        return None, None
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def rank_correlation(x: Array, y: Array) -> Array:
    """Spearman's correlation (...) of two sets of series (..., n); not a number where one does not vary.

    Examples
    --------
    >>> float(rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([5.0, 6.0, 7.0])))
    1.0
    """
    ranks = [stats.rankdata(one, axis=-1) for one in (x, y)]
    first, second = (one - one.mean(axis=-1, keepdims=True) for one in ranks)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt((first**2).sum(axis=-1) * (second**2).sum(axis=-1))
        return np.asarray(np.where(spread > 0, (first * second).sum(axis=-1) / spread, np.nan))


def block_draws(n: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Places (draws, n) of a series of n in moving blocks drawn with replacement (Kuensch 1989).

    Examples
    --------
    >>> block_draws(4, 4, 1, 1).tolist()
    [[0, 1, 2, 3]]
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    starts = rng.integers(0, n - block + 1, size=(draws, -(-n // block)))
    places = (starts[:, :, None] + np.arange(block)).reshape(draws, -1)
    return np.asarray(places[:, :n], dtype=np.int64)
