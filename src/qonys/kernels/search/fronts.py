"""Which points of several aims no other point beats, and how much of the space of aims they cover.

Every aim is to be made small. A point dominates another if it is no greater in any aim and smaller in one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLOCK = 512


def dominated(points: Array, by: Array) -> NDArray[np.bool_]:
    """Whether each of `points` (N, K) is dominated by one of `by` (M, K), (N,).

    Examples
    --------
    >>> dominated(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[0.0, 1.0]])).tolist()
    [True, True]
    """
    found = np.zeros(len(points), dtype=bool)
    for start in range(0, len(points), BLOCK):
        mine = points[start : start + BLOCK]
        no_worse, smaller = (np.full((len(mine), len(by)), value) for value in (True, False))
        for own, other in zip(mine.T, by.T, strict=True):
            no_worse &= other <= own[:, None]
            smaller |= other < own[:, None]
        found[start : start + BLOCK] = (no_worse & smaller).any(axis=1)
    return found


def front(points: Array) -> NDArray[np.int64]:
    """Places of the points (N, K) that none dominates, in order; of equal points all.

    Points go by the sum of their aims: none is dominated by a later one, so each is compared with the front so far and
    with its own block (Kung, Luccio and Preparata 1975, Journal of the ACM 22, for the idea of sorting first).

    Raises
    ------
    ValueError
        A point with an aim that is not a number.

    Examples
    --------
    >>> front(np.array([[0.0, 2.0], [1.0, 1.0], [1.0, 2.0], [2.0, 0.0]])).tolist()
    [0, 1, 3]
    """
    if not np.isfinite(points).all():
        raise ValueError("points with aims that are not finite have no front")
    order = np.lexsort((*points.T[::-1], points.sum(axis=1)))
    kept = np.zeros(0, dtype=np.int64)
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        block = block[~dominated(points[block], points[kept])]
        kept = np.concatenate([kept, block[~dominated(points[block], points[block])]])
    return np.sort(kept[~dominated(points[kept], points[kept])])


def thinned(points: Array, width: float) -> NDArray[np.int64]:
    """Places of points (N, K) of a front, one in each box of `width` times the span of each aim, in order.

    Of boxes only those that no other box dominates stay, and in each the point with the smallest sum; the ends of
    each aim stay too. Every point left out is beaten by less than two boxes in each aim (epsilon dominance: Laumanns,
    Thiele, Deb and Zitzler 2002, Evolutionary Computation 10: 263-282).

    Examples
    --------
    >>> thinned(np.array([[0.0, 1.0], [0.44, 0.52], [0.46, 0.51], [1.0, 0.0]]), 0.1).tolist()
    [0, 1, 3]
    """
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scaled = (points - low) / np.where(span > 0, span, 1.0)
    boxes = np.floor(scaled / width)
    order = np.argsort(scaled.sum(axis=1), kind="stable")
    _, firsts = np.unique(boxes[order], axis=0, return_index=True)
    chosen = order[firsts]
    chosen = chosen[front(boxes[chosen])]
    return np.unique(np.concatenate([chosen, scaled.argmin(axis=0)]))


def hypervolume(points: Array, reference: Array) -> float:
    """Volume that the points (N, K) dominate below `reference` (K,), exactly, for 1 to 3 aims.

    Two aims: a staircase. Three: slices along the third aim, each a staircase of the points so far (Zitzler and Thiele
    1998; Fonseca, Paquete and Lopez-Ibanez 2006, section II). Points not below the reference add nothing.

    Raises
    ------
    ValueError
        More than three aims.

    Examples
    --------
    >>> hypervolume(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([2.0, 2.0]))
    3.0
    >>> hypervolume(np.array([[0.0, 0.0, 0.0]]), np.array([1.0, 2.0, 3.0]))
    6.0
    """
    if points.shape[1] > 3:
        raise ValueError("the volume is found for at most three aims")
    inside = points[(points < reference).all(axis=1)]
    if not len(inside):
        return 0.0
    if points.shape[1] == 1:
        return float(reference[0] - inside.min())
    if points.shape[1] == 2:
        return _staircase(inside, reference)
    inside = inside[np.argsort(inside[:, 2], kind="stable")]
    ends = np.append(inside[1:, 2], reference[2])
    heights = ends - inside[:, 2]
    slices = [height * _staircase(inside[: i + 1, :2], reference[:2]) for i, height in enumerate(heights) if height > 0]
    return float(sum(slices))


def _staircase(points: Array, reference: Array) -> float:
    order = np.lexsort((points[:, 1], points[:, 0]))
    across, down = points[order, 0], np.minimum.accumulate(points[order, 1])
    widths = np.append(across[1:], reference[0]) - across
    return float((widths * (reference[1] - down)).sum())
