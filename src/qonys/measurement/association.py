"""Rank correlation of two indicators over few units, with an interval and the exact distribution of permutations.

References: Spearman (1904) American Journal of Psychology 15:72; Bonett and Wright (2000) Psychometrika 65:23, eq. 4
(standard error of the transformed coefficient).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata

from qonys.errors import BadInput

LEAST = 6  # units below which the ranks of a coefficient say nothing
EXACT = 8  # units up to which every order is counted
ORDERS = 20_000  # orders drawn above that
SEED = 15_072
LEVEL = 0.95


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's coefficient: `value` and 95 % interval in [-1, 1], two-sided `p` of independent ranks, `n` units."""

    value: float
    low: float
    high: float
    p: float
    n: int


def rank_correlation(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> RankCorrelation | None:
    """Spearman's rank correlation; None below `LEAST` units, or where one indicator has one value only.

    Parameters
    ----------
    first, second
        Values of the two indicators, (n,), in any unit; equal values share the mean of their ranks.
    level
        Coverage of the interval.

    Raises
    ------
    BadInput
        The two have different lengths.

    Examples
    --------
    >>> found = rank_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(found.value, 3), found.n
    (0.829, 6)
    >>> rank_correlation([1, 2, 3], [1, 2, 3])

    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.shape != two.shape:
        raise BadInput("measurement.association.lengths", first=one.size, second=two.size)
    if one.size < LEAST or np.ptp(one) == 0 or np.ptp(two) == 0:
        return None
    ranks = rankdata(one), rankdata(two)
    value = _pearson(*ranks)
    at = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    reach = norm.ppf((1 + level) / 2) * np.sqrt((1 + value**2 / 2) / (one.size - 3))
    low, high = np.tanh([at - reach, at + reach])
    return RankCorrelation(value, float(low), float(high), _chance(*ranks, value), int(one.size))


def _pearson(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first, second)[0, 1])


def _chance(first: np.ndarray, second: np.ndarray, value: float) -> float:
    """Share of the orders of the second ranks whose coefficient is at least as far from zero."""
    if first.size <= EXACT:
        orders = np.array(list(permutations(range(first.size))))
    else:
        orders = np.random.default_rng(SEED).permuted(np.tile(np.arange(first.size), (ORDERS, 1)), axis=1)
    centred, other = first - first.mean(), second - second.mean()
    found = other[orders] @ centred / np.sqrt((centred**2).sum() * (other**2).sum())
    return float((np.abs(found) >= abs(value) - 1e-9).mean())
