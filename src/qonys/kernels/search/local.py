"""Search on a lattice of stops: every move of one input, and every exchange of two, tried until none helps.

A Pareto local search (Paquete, Chiarandini and Stuetzle 2004, Lecture Notes in Economics and Mathematical Systems 535)
for several aims, and hill climbing for one. Points are places of stops, whole numbers (N, inputs).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front, thinned

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Rows = NDArray[np.int64]
Aims = Callable[[Places], tuple[Array, Array]]
Pairs = tuple[tuple[int, int], ...]
EVEN: Pairs = ((1, 1), (4, 4))
UNEVEN: Pairs = (*EVEN, (1, 2), (2, 1), (1, 4), (4, 1))  # for limits to which stops add unequally
MOST, ROUNDS, WIDTH = 40, 12, 0.005


def moves(inputs: int, pairs: Pairs = EVEN) -> Places:
    """One input up or down, or one up and another one down, by each of `pairs` of stops, (M, inputs).

    Examples
    --------
    >>> moves(2, ((2, 1),)).tolist()
    [[2, 0], [-1, 0], [0, 2], [0, -1], [2, -1], [-1, 2]]
    """
    one = np.eye(inputs, dtype=np.int64)
    found = []
    for up, down in pairs:
        found += [step * one[i] for i in range(inputs) for step in (up, -down)]
        found += [up * one[i] - down * one[j] for i in range(inputs) for j in range(inputs) if i != j]
    return np.unique(np.array(found).reshape(-1, inputs), axis=0) if len(pairs) > 1 else np.array(found)


def neighbours(points: Places, counts: Places, home: Places, pairs: Pairs = EVEN) -> Places:
    """Points (N, M, inputs) one move away, within 0 .. counts - 1, and each input back at `home` (inputs,)."""
    moved = np.clip(points[:, None] + moves(points.shape[1], pairs), 0, counts - 1)
    back = np.repeat(points[:, None], points.shape[1], axis=1)
    inputs = np.arange(points.shape[1])
    back[:, inputs, inputs] = home
    return np.concatenate([moved, back], axis=1)


def local_front(
    aims: Aims, points: Places, counts: Places, home: Places, most: int = MOST,
    rounds: int = ROUNDS,
) -> tuple[Places, Array]:  # fmt: skip
    """The front of points within limits and of all that moves from them reach: places (M, inputs), aims (M, K).

    `aims` gives aims, to be made small, and the excess over limits (0: within). Each round tries the neighbours of at
    most `most` points that were not tried yet, evenly along the first aim; it ends when all were, or after `rounds`.

    Raises
    ------
    ValueError
        No point lies within the limits.

    """
    kept, found = _within(aims, points)
    tried: set[bytes] = set()
    for _ in range(rounds):
        new = [i for i in np.argsort(found[:, 0], kind="stable") if kept[i].tobytes() not in tried]
        if not new:
            break
        chosen = np.array(new)[np.unique(np.linspace(0, len(new) - 1, min(most, len(new))).round().astype(int))]
        tried |= {kept[i].tobytes() for i in chosen}
        near = neighbours(kept[chosen], counts, home).reshape(-1, kept.shape[1])
        more, values = _within(aims, np.unique(near, axis=0))
        kept, found = _front_of(np.concatenate([kept, more]), np.concatenate([found, values]))
    return kept, found


def _within(aims: Aims, points: Places) -> tuple[Places, Array]:
    found, excess = aims(points)
    inside = excess <= 0
    if not inside.any():
        raise ValueError("no point lies within the limits")
    return _front_of(points[inside], found[inside])


def _front_of(points: Places, aims: Array) -> tuple[Places, Array]:
    """Thinned to boxes of `WIDTH`; of equal points the first."""
    places = front(aims)
    places = places[thinned(aims[places], WIDTH)]
    _, firsts = np.unique(points[places], axis=0, return_index=True)
    places = places[np.sort(firsts)]
    return points[places], aims[places]


def climbed(
    gain: Callable[[Places, Rows], Array], excess: Callable[[Places], Array], points: Places, counts: Places,
    home: Places,
) -> Places:  # fmt: skip
    """For each of several aims, to be made large, the point reached from its row of `points` (N, inputs).

    `gain` of places (n, M, inputs) and the numbers (n,) of their aims is (n, M). A row moves to its best neighbour
    within limits while that is better.
    """
    now = points.copy()
    value = gain(now[:, None], np.arange(len(now)))[:, 0]
    moving = np.arange(len(now))
    while len(moving):
        near = neighbours(now[moving], counts, home, UNEVEN)
        gains = gain(near, moving)
        gains[excess(near.reshape(-1, now.shape[1])).reshape(gains.shape) > 0] = -np.inf
        best, rows = gains.argmax(axis=1), np.arange(len(moving))
        better = gains[rows, best] > value[moving] + 1e-9 * np.maximum(np.abs(value[moving]), 1)
        moving = moving[better]
        now[moving], value[moving] = near[rows, best][better], gains[rows, best][better]
    return now
