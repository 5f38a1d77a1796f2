"""Shapley effects where two inputs are tied: the rest are independent of them and of each other.

y = sum_b P_b(others) g_b(x_i, x_j), the sum over products of polynomials of the other inputs. The variance explained
by the others in S and by T, a part of the tied pair, is the sum over b inside S of E[E[g_b | x_T]^2], less the squared
mean. Shapley effects of this game (Song, Nelson and Staum 2016, SIAM/ASA Journal on Uncertainty Quantification 4:1060,
eq. 4 and 9) are exact sums over at most four players a term. The pair has any joint distribution, given as weights of a
grid: independence is the weight w_i w_j.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.sensitivity.chaos import Terms, legendre

Array = NDArray[np.float64]


def shapley_tied(terms: Terms, coefficients: Array, pair: tuple[int, int], nodes: Array, weights: Array) -> Array:
    """Shapley effects (inputs,) of one outcome, as shares: `coefficients` (K,), `nodes` (n,) on [-1, 1], `weights`
    (n, n) of the pair's values, the first down, summing to 1.

    Raises
    ------
    ValueError
        Weights below zero or that do not sum to 1.

    """
    if (weights < 0).any() or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("weights must be shares that sum to 1")
    first, second = pair
    values = legendre(nodes, int(terms.max(initial=0)))
    others = np.delete(terms, pair, axis=1)
    names = [i for i in range(terms.shape[1]) if i not in pair]
    keys, which = np.unique(others, axis=0, return_inverse=True)
    found = np.zeros(terms.shape[1])
    for k, key in enumerate(keys):
        mine = np.flatnonzero(which.ravel() == k)
        down, across = values[:, terms[mine, first]], values[:, terms[mine, second]]
        surface = np.einsum("k,ik,jk->ij", coefficients[mine], down, across)
        worth = _worth(surface, weights)
        players = tuple(names[i] for i in np.flatnonzero(key))
        found += _shares(players, pair, worth, terms.shape[1])
    total = found.sum()
    return found / total if total > 0 else np.full_like(found, np.nan)


def _worth(surface: Array, weights: Array) -> dict[tuple[bool, bool], float]:
    """E[E[g | x_T]^2] for T none, the first, the second and both."""
    met = surface * weights
    rows, columns = weights.sum(axis=1), weights.sum(axis=0)
    return {
        (False, False): float(met.sum() ** 2),
        (True, False): float((met.sum(axis=1) ** 2 / np.where(rows > 0, rows, 1.0)).sum()),
        (False, True): float((met.sum(axis=0) ** 2 / np.where(columns > 0, columns, 1.0)).sum()),
        (True, True): float((surface * met).sum()),
    }


def _shares(
    players: tuple[int, ...], pair: tuple[int, int], worth: dict[tuple[bool, bool], float], inputs: int
) -> Array:
    """Shapley values of the game that is worth something only with all of `players`, and with part of the pair."""
    everyone, found = (*players, *pair), np.zeros(inputs)
    count = len(everyone)

    def value(inside: set[int]) -> float:
        if not inside.issuperset(players):
            return 0.0
        empty = worth[False, False] if not players else 0.0  # the squared mean is no variance
        return worth[pair[0] in inside, pair[1] in inside] - empty

    for one in everyone:
        rest = [other for other in everyone if other != one]
        for size in range(count):
            part = factorial(size) * factorial(count - size - 1) / factorial(count)
            found[one] += part * sum(value({*chosen, one}) - value({*chosen}) for chosen in combinations(rest, size))
    return found
