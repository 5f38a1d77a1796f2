"""Scores of probabilistic forecasts given as draws.

Gneiting and Raftery (2007), Journal of the American Statistical Association 102:359. All functions take draws
in the last axis of `sample` and what came true in `actual` without it; lower scores are better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def crps(sample: Array, actual: Array) -> Array:
    """Continuous ranked probability score: mean distance to y less half the mean distance of two draws, by sorting.

    Examples
    --------
    >>> float(crps(np.array([0.0, 2.0]), np.array(1.0)))
    0.5
    """
    ordered = np.sort(sample, axis=-1)
    n = ordered.shape[-1]
    weights = 2 * np.arange(1, n + 1) - n - 1
    spread = (weights * ordered).sum(axis=-1) / n**2
    return np.asarray(np.abs(ordered - np.asarray(actual)[..., None]).mean(axis=-1) - spread)


def interval(sample: Array, level: float) -> tuple[Array, Array]:
    """Central interval of the share `level` of the draws: (low, high)."""
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return np.asarray(low), np.asarray(high)


def interval_score(low: Array, high: Array, actual: Array, level: float) -> Array:
    """Width of the interval, plus 2 / (1 - level) times the distance of what fell outside."""
    below, above = np.maximum(low - actual, 0), np.maximum(actual - high, 0)
    return np.asarray(high - low + 2 / (1 - level) * (below + above))


def pit(sample: Array, actual: Array) -> Array:
    """Probability integral transform: share of draws below what came true, ties by half."""
    reached = np.asarray(actual)[..., None]
    return np.asarray((sample < reached).mean(axis=-1) + (sample == reached).mean(axis=-1) / 2)


def skill(
    score: Array, benchmark: Array, blocks: NDArray[np.int64], draws: int, seed: int
) -> tuple[float, float, float]:
    """(skill, low, high): 1 - mean score / mean benchmark, with a 95 % interval by drawing whole blocks again.

    `blocks` number of the block (a country) of each pair; pairs stay together.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    names = np.unique(blocks)
    sums = np.array([[score[blocks == b].sum(), benchmark[blocks == b].sum()] for b in names])
    drawn = sums[rng.integers(0, len(names), (draws, len(names)))].sum(axis=1)
    low, high = np.quantile(1 - drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    total = sums.sum(axis=0)
    return float(1 - total[0] / total[1]), float(low), float(high)
