"""Which lever stands above which: chances over draws and sides of effects, and the order that is sure.

A lever's weight under one draw and one side of its effect is the size of that effect times controllability, an order
(`policy.levers`). P(i above j) is the share of draws and pairs of sides in which the weight of i is greater, ties
half: draws are common to both levers, sides are taken alike and independently. What is sure is a partial order: i
stands above j where P is at least 0.95. With fewer than twenty levers it has no circle, since the chances along one of
n levers would sum to at most n - 1, and 0.95 n is more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SURE = 0.95


def chances_above(weights: Sequence[Array]) -> Array:
    """P(i above j), (L, L), from the weights of each lever, (sides, D); sides may differ, draws may not.

    Examples
    --------
    >>> chances_above([np.array([[2.0, 2.0]]), np.array([[1.0, 1.0], [3.0, 1.0]])]).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    found = np.full((len(weights), len(weights)), 0.5)
    for i, one in enumerate(weights):
        for j, other in enumerate(weights):
            if i != j:
                gap = one[:, None] - other[None]
                found[i, j] = ((gap > 0) + 0.5 * (gap == 0)).mean()
    return found


def above(chances: Array, sure: float = SURE) -> NDArray[np.bool_]:
    """Who is surely above whom, (L, L), closed: who is above one is above all below it.

    Examples
    --------
    >>> above(np.array([[0.5, 0.97, 0.9], [0.03, 0.5, 0.96], [0.1, 0.04, 0.5]])).tolist()
    [[False, True, True], [False, False, True], [False, False, False]]
    """
    found = chances >= sure
    np.fill_diagonal(found, False)
    for middle in range(len(found)):
        found |= found[:, [middle]] & found[[middle]]
    return np.asarray(found)


def ranks_of(order: NDArray[np.bool_]) -> list[int]:
    """Rank of each lever in a partial order (L, L): 1 where none is above, else one below the lowest of those above.

    Examples
    --------
    >>> ranks_of(np.array([[False, True, True], [False, False, False], [False, False, False]]))
    [1, 2, 2]
    """
    ranks = [0] * len(order)
    for lever in np.argsort(order.sum(axis=0)):
        ranks[lever] = 1 + max((ranks[other] for other in np.flatnonzero(order[:, lever])), default=0)
    return ranks


def next_below(order: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pairs of a closed order, (L, L), with nobody between them: the lines of its diagram.

    Examples
    --------
    >>> next_below(np.array([[False, True, True], [False, False, True], [False, False, False]])).tolist()
    [[False, True, False], [False, False, True], [False, False, False]]
    """
    through = (order.astype(np.int64) @ order.astype(np.int64)) > 0
    return np.asarray(order & ~through)
