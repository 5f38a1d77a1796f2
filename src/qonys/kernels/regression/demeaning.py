"""Weighted demeaning over several groupings: many fixed effects without dummy columns.

By the theorem of Frisch and Waugh (1933) a regression on regressors and dummies equals that of the residuals of
both on the dummies. The residuals are found by alternating projections (von Neumann 1950; Gaure 2013,
Computational Statistics & Data Analysis 66:8): the weighted means of each grouping in turn are subtracted until
convergence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
TOLERANCE = 1e-10
SWEEPS = 20_000


def codes_of(labels: ArrayLike) -> Codes:
    """Integer codes 0 ... G - 1, (n,), of labels (n,).

    Examples
    --------
    >>> codes_of(["b", "a", "b"]).tolist()
    [1, 0, 1]
    """
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64).reshape(-1)


def packed(codes: Codes) -> Codes:
    """Codes 0 ... G - 1 without gaps, (n,), of integers from zero up (n,), in their order.

    Examples
    --------
    >>> packed(np.array([4, 0, 4])).tolist()
    [1, 0, 1]
    """
    there = np.bincount(codes) > 0
    return np.asarray((np.cumsum(there) - 1)[codes], dtype=np.int64)


def demeaned(
    columns: ArrayLike,
    groups: Sequence[ArrayLike],
    weights: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
) -> Array:
    """Residuals (n, k) of the columns on all groupings together, of the same unit.

    `columns`: (n, k) or (n,); `groups`: for each grouping the codes 0 ... G - 1 of the rows (n,); `weights`: (n,),
    above zero, one by default. Stops when a sweep changes nothing by more than `tolerance` of the column's size.

    Raises
    ------
    ValueError
        Lengths differ, or no convergence within 20,000 sweeps.

    Examples
    --------
    >>> demeaned([1.0, 3.0, 5.0, 9.0], [[0, 0, 1, 1]]).ravel().tolist()
    [-1.0, 1.0, -2.0, 2.0]
    """
    x = np.array(columns, dtype=np.float64, ndmin=2)
    if np.ndim(columns) == 1:
        x = x.T
    n = len(x)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    lists = [np.ascontiguousarray(codes, dtype=np.int64) for codes in groups]
    if len(w) != n or any(len(codes) != n for codes in lists):
        raise ValueError("columns, groupings and weights need one length")
    if not lists:
        return x
    sizes = np.array([int(codes.max()) + 1 if n else 0 for codes in lists])
    out = np.empty_like(x)
    for j in range(x.shape[1]):
        column = np.ascontiguousarray(x[:, j])
        if not _demean(column, np.stack(lists), sizes, w, tolerance, SWEEPS):
            raise ValueError(f"the means of {len(lists)} groupings are not removed after {SWEEPS} sweeps")
        out[:, j] = column
    return out


@njit(cache=True)
def _demean(x: Array, groups: Codes, sizes: Codes, weights: Array, tolerance: float, sweeps: int) -> bool:
    """Take the means of all groupings from `x` in place; whether it settled."""
    many = len(sizes)
    most = sizes.max()
    totals = np.zeros((many, most))
    for g in range(many):
        for i in range(len(x)):
            totals[g, groups[g, i]] += weights[i]
    scale = 0.0
    for i in range(len(x)):
        scale = max(scale, abs(x[i]))
    if scale == 0.0:
        return True
    sums = np.zeros(most)
    for _ in range(sweeps):
        largest = 0.0
        for g in range(many):
            sums[: sizes[g]] = 0.0
            for i in range(len(x)):
                sums[groups[g, i]] += weights[i] * x[i]
            for level in range(sizes[g]):
                if totals[g, level] > 0:
                    sums[level] /= totals[g, level]
                largest = max(largest, abs(sums[level]))
            for i in range(len(x)):
                x[i] -= sums[groups[g, i]]
        if largest <= tolerance * scale or many == 1:
            return True
    return False
