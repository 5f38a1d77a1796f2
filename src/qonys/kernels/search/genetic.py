"""NSGA-II: a population that moves towards the front of several aims (Deb, Pratap, Agarwal and Meyarivan 2002).

IEEE Transactions on Evolutionary Computation 6(2): ranks by domination, crowding within a rank (section III), crossover
and mutation of real numbers (Deb and Agrawal 1995; Deb and Goyal 1996), feasible before infeasible (section VI).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front

Array = NDArray[np.float64]
CROSSED, ALIKE, NEAR = 0.9, 15.0, 20.0  # share of pairs crossed; indices of crossover and of mutation


@dataclass(frozen=True)
class Population:
    """Points (N, inputs) on [0, 1], their aims (N, K) to be made small, and their excess over limits (N,)."""

    points: Array
    aims: Array
    excess: Array


def as_drawn(points: Array) -> Array:
    """Points (n, inputs) as they are."""
    return points


@dataclass(frozen=True)
class Start:
    """What a search begins with: `points` (n, inputs), the rest is drawn; `mend` moves new points (n, inputs) to those
    that may be taken, such as stops of a lattice.
    """

    points: Array | None = None
    mend: Callable[[Array], Array] = as_drawn


def genetic(
    aims: Callable[[Array], tuple[Array, Array]], inputs: int, *, size: int = 100, rounds: int = 250, seed: int = 1,
    start: Start = Start(), tell: Callable[[int, int], None] | None = None,
) -> Population:  # fmt: skip
    """The front of all points within limits seen in `rounds`; the last population where there is none.

    `aims` gives aims (N, K) and excess (N,) over the limits (0: within) of points (N, inputs) on [0, 1]; `size` is
    even.
    """
    rng, first = np.random.default_rng(seed), start.points
    drawn = start.mend(rng.random((size, inputs)))
    if first is not None:
        drawn[: min(len(first), size)] = first[:size]
    now = Population(drawn, *aims(drawn))
    seen = [now]
    for done in range(1, rounds + 1):
        ranks, room = standing(now)
        children = start.mend(_mutated(_crossed(now.points[_winners(ranks, room, rng)], rng), rng))
        found, excess = aims(children)
        seen.append(Population(children, found, excess))
        both = Population(
            np.concatenate([now.points, children]), np.concatenate([now.aims, found]),
            np.concatenate([now.excess, excess]),
        )  # fmt: skip
        now = _survivors(both, size)
        if tell is not None:
            tell(done, rounds)
    return _front_of(seen) or now


def _front_of(seen: list[Population]) -> Population | None:
    points, aims = np.concatenate([one.points for one in seen]), np.concatenate([one.aims for one in seen])
    within = np.concatenate([one.excess for one in seen]) <= 0
    if not within.any():
        return None
    points, aims = points[within], aims[within]
    kept = front(aims)
    return Population(points[kept], aims[kept], np.zeros(len(kept)))


def standing(found: Population) -> tuple[NDArray[np.int64], Array]:
    """Rank of each point (0: none dominates it) and its room in its rank (infinite at the ends), (N,) each."""
    better = _better(found)
    beaten = better.sum(axis=0)
    ranks = np.full(len(beaten), -1, dtype=np.int64)
    rank = 0
    while (ranks < 0).any():
        here = (beaten == 0) & (ranks < 0)
        ranks[here] = rank
        beaten = beaten - better[here].sum(axis=0)
        rank += 1
    room = np.zeros(len(ranks))
    for one in range(rank):
        places = np.flatnonzero(ranks == one)
        room[places] = crowding(found.aims[places])
    return ranks, room


def crowding(aims: Array) -> Array:
    """Room around each point (N, K): the distance of its neighbours in each aim over the aim's span, summed.

    Examples
    --------
    >>> crowding(np.array([[0.0, 4.0], [1.0, 2.0], [4.0, 0.0]])).tolist()
    [inf, 2.0, inf]
    """
    room = np.zeros(len(aims))
    for values in aims.T:
        order = np.argsort(values, kind="stable")
        span = values[order[-1]] - values[order[0]]
        room[order[[0, -1]]] = np.inf
        if span > 0:
            room[order[1:-1]] += (values[order[2:]] - values[order[:-2]]) / span
    return room


def _better(found: Population) -> NDArray[np.bool_]:
    """Whether i stands before j: smaller excess, or no excess in both and dominates (N, N)."""
    aims, excess = found.aims, found.excess
    size = len(excess)
    no_worse, smaller = np.ones((size, size), dtype=bool), np.zeros((size, size), dtype=bool)
    for values in aims.T:  # by aim: an axis of two or three is slow to reduce
        no_worse &= values[:, None] <= values
        smaller |= values[:, None] < values
    dominates = no_worse & smaller
    return np.asarray((excess[:, None] < excess) | ((excess[:, None] <= 0) & (excess <= 0) & dominates), dtype=bool)


def _winners(ranks: NDArray[np.int64], room: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """As many as there are, each the winner of two: lower rank, then more room."""
    one, other = (rng.permutation(len(ranks)) for _ in range(2))
    first = (ranks[one] < ranks[other]) | ((ranks[one] == ranks[other]) & (room[one] >= room[other]))
    return np.asarray(np.where(first, one, other), dtype=np.int64)


def _crossed(parents: Array, rng: np.random.Generator) -> Array:
    """Pairs of neighbours crossed by a simulated binary crossover within [0, 1] (Deb and Agrawal 1995)."""
    one, other = parents[0::2], parents[1::2]
    low, high = np.minimum(one, other), np.maximum(one, other)
    gap = high - low
    apart = gap > 1e-14
    drawn, safe = rng.random(one.shape), np.where(apart, gap, 1.0)
    left = (low + high - _spread(1 + 2 * low / safe, drawn) * gap) / 2
    right = (low + high + _spread(1 + 2 * (1 - high) / safe, drawn) * gap) / 2
    swapped = rng.random(one.shape) < 0.5
    left, right = np.where(swapped, right, left), np.where(swapped, left, right)
    takes = apart & (rng.random(one.shape) < 0.5) & (rng.random((len(one), 1)) < CROSSED)
    children = np.empty_like(parents)
    children[0::2], children[1::2] = np.where(takes, left, one), np.where(takes, right, other)
    return np.clip(children, 0.0, 1.0)  # of rounding only


def _spread(beta: Array, drawn: Array) -> Array:
    alpha = 2 - beta ** -(ALIKE + 1)
    inner = drawn * alpha
    return np.asarray(np.where(inner <= 1, inner, 1 / (2 - np.minimum(inner, 2 - 1e-12))) ** (1 / (ALIKE + 1)))


def _mutated(points: Array, rng: np.random.Generator) -> Array:
    """Each number with chance 1 / inputs moved by the polynomial mutation within [0, 1] (Deb and Goyal 1996)."""
    moves, drawn = rng.random(points.shape) < 1 / points.shape[1], rng.random(points.shape)
    power = NEAR + 1
    down = (2 * drawn + (1 - 2 * drawn) * (1 - points) ** power).clip(0) ** (1 / power) - 1
    up = 1 - (2 * (1 - drawn) + (2 * drawn - 1) * points**power).clip(0) ** (1 / power)
    return np.clip(np.where(moves, points + np.where(drawn < 0.5, down, up), points), 0.0, 1.0)  # of rounding only


def _survivors(both: Population, size: int) -> Population:
    """The best `size` by rank, then room; a point that is there already comes after all others."""
    _, firsts = np.unique(both.points, axis=0, return_index=True)
    firsts = np.sort(firsts)
    ranks, room = standing(Population(both.points[firsts], both.aims[firsts], both.excess[firsts]))
    order = firsts[np.lexsort((-room, ranks))]
    kept = np.concatenate([order, np.setdiff1d(np.arange(len(both.points)), firsts)])[:size]
    return Population(both.points[kept], both.aims[kept], both.excess[kept])
