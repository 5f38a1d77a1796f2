"""The convex combination of donors that is nearest to a target.

Least squares on the unit simplex is the point of least norm in the polytope of the differences donor - target (Wolfe
1976, Mathematical Programming 11:128): exact after finitely many steps, the donors in use stay affinely independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

Array = NDArray[np.float64]
STEPS = 10_000
TOLERANCE = 1e-10


@dataclass(frozen=True)
class SimplexFit:
    """`weights` (j,), none negative, sum 1; `tied` (k,): donors that some nearest combination may use."""

    weights: Array
    tied: NDArray[np.int64]


def nearest_combination(target: ArrayLike, donors: ArrayLike) -> SimplexFit:
    """Weights (j,) of `donors` (t, j) whose combination is nearest to `target` (t,), same unit.

    Examples
    --------
    >>> nearest_combination([2.0, 2.0], [[0.0, 4.0, 9.0], [0.0, 4.0, 0.0]]).weights.round(6).tolist()
    [0.5, 0.5, 0.0]
    """
    y, x = np.asarray(target, dtype=np.float64), np.asarray(donors, dtype=np.float64)
    scale = float(np.abs(x - y[:, None]).max()) or 1.0
    points = (x - y[:, None]) / scale
    gram = points.T @ points
    used = [int(np.argmin(np.diag(gram)))]
    share = np.ones(1)
    level = TOLERANCE * max(float(np.diag(gram).max()), TOLERANCE)
    for _ in range(STEPS):
        slopes = gram[:, used] @ share
        reached = float(share @ slopes[used])
        best = int(np.argmin(slopes))
        if slopes[best] >= reached - level or best in used:
            break
        used.append(best)
        share = np.append(share, 0.0)
        used, share = _onto_simplex(gram, used, share)
    weights = np.zeros(x.shape[1])
    weights[used] = share / share.sum()
    slopes = gram @ weights
    tied = np.flatnonzero(slopes <= float(weights @ slopes) + 1e3 * level)
    return SimplexFit(weights, tied)


def _onto_simplex(gram: Array, used: list[int], share: Array) -> tuple[list[int], Array]:
    """The nearest point of the simplex of `used`: minor cycles that drop donors of no weight."""
    while True:
        wanted = _affine(gram[np.ix_(used, used)])
        if (wanted > TOLERANCE).all():
            return used, wanted
        falling = wanted <= TOLERANCE
        room = share[falling] / np.maximum(share[falling] - wanted[falling], TOLERANCE**2)
        share = share + min(float(room.min()), 1.0) * (wanted - share)
        kept = share > TOLERANCE
        if kept.all():
            kept[np.argmin(share)] = False
        used, share = [one for one, stays in zip(used, kept, strict=True) if stays], share[kept]
        share = share / share.sum()


def _affine(gram: Array) -> Array:
    """Weights (k,), sum 1, of the point of least norm in the affine hull."""
    k = len(gram)
    system = np.zeros((k + 1, k + 1))
    system[:k, :k], system[k, :k], system[:k, k] = gram, 1.0, 1.0
    return np.asarray(np.linalg.lstsq(system, np.eye(k + 1)[k], rcond=None)[0][:k])


def combination_range(fit: SimplexFit, donors: ArrayLike, of: ArrayLike) -> tuple[float, float]:
    """Least and greatest sum of weight times `of` (j,) over all combinations as near as `fit`; `donors` (t, j).

    One value twice where the nearest combination is unique.

    Examples
    --------
    >>> twins = [[1.0, 1.0, 5.0]]
    >>> combination_range(nearest_combination([1.0], twins), twins, [3.0, 7.0, 0.0])
    (3.0, 7.0)
    """
    x, value = np.asarray(donors, dtype=np.float64), np.asarray(of, dtype=np.float64)
    point = float(fit.weights @ value)
    tied = x[:, fit.tied]
    augmented = np.vstack([tied / (np.abs(tied).max() or 1.0), np.ones(len(fit.tied))])
    if np.linalg.matrix_rank(augmented, tol=1e-9) == len(fit.tied):
        return point, point
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * value[fit.tied], A_eq=augmented, b_eq=augmented @ fit.weights[fit.tied], bounds=(0, None)
        )
        ends.append(sign * float(found.fun) if found.success else point)
    return min(ends[0], point), max(ends[1], point)
