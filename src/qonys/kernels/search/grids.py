"""Every combination of a few levels of each input, by blocks: a search that misses nothing on its grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front

Array = NDArray[np.float64]
BLOCK = 4096


def combinations(levels: Array, start: int, stop: int) -> Array:
    """Combinations `start` to `stop` of the levels (inputs, n) of every input, (stop - start, inputs); last fastest.

    Examples
    --------
    >>> combinations(np.array([[0.0, 1.0], [5.0, 6.0]]), 1, 3).tolist()
    [[0.0, 6.0], [1.0, 5.0]]
    """
    inputs, count = levels.shape
    digits = np.arange(start, stop)[:, None] // count ** np.arange(inputs - 1, -1, -1) % count
    return np.asarray(levels[np.arange(inputs), digits], dtype=np.float64)


def front_of_grid(
    aims: Callable[[Array], Array], levels: Array, allowed: Callable[[Array], NDArray[np.bool_]] | None = None
) -> tuple[Array, Array]:
    """The front of all combinations of levels: points (M, inputs) and their aims (M, K), to be made small.

    `aims`: of points (N, inputs); `allowed`: which points may be taken. Memory is that of a block and of the front.

    Raises
    ------
    ValueError
        There are no combinations.

    """
    inputs, count = levels.shape
    kept: tuple[Array, Array] | None = None
    for start in range(0, count**inputs, BLOCK):
        points = combinations(levels, start, min(start + BLOCK, count**inputs))
        if allowed is not None:
            points = points[allowed(points)]
        found = aims(points)
        if kept is not None:
            points, found = np.concatenate([kept[0], points]), np.concatenate([kept[1], found])
        places = front(found)
        kept = points[places], found[places]
    if kept is None:
        raise ValueError("no combinations")
    return kept
