"""Collinear regressors, and separation: zeros that a Poisson regression with fixed effects can fit only at infinity.

A Poisson pseudo-likelihood has no maximum where some combination z of regressors and effects is zero on every
row with a positive outcome and of one sign, not always zero, on the rows with a zero: its coefficient diverges
(Santos Silva and Tenreyro 2010, Economics Letters 107:310; Correia, Guimaraes and Zylkin 2021, "Verifying the existence
of maximum likelihood estimates for generalized linear models", arXiv:1903.01633, proposition 2). The rows with z not
zero carry no information on the other coefficients and are left out (their proposition 3). Correia and others find
them by an iterative rectifier; here the same set is found by a linear programme,

    max sum s_i,  0 <= s_i <= 1,  s_i <= z_i where y_i = 0,  z_i = 0 where y_i > 0,  z = X c + D d

(s_i is one where z can be positive, since z can be stretched; Clarkson and Jennrich 1991, Journal of the Royal
Statistical Society B 53:417). Its size stays small because it is written only when the regressors lose rank on the
positive rows, which separation by a regressor needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.regression.demeaning import Codes, demeaned, packed

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
LOST = 1e-7
SEEN = 1e-6


@dataclass(frozen=True)
class Separation:
    """Rows to leave out and why: `rows` (n,), `columns` of the separating regressors.

    `by_effects`: number of rows of groups whose outcomes are all zero.
    """

    rows: Mask
    columns: tuple[int, ...]
    by_effects: int


def repeated_columns(x: ArrayLike, groups: Sequence[ArrayLike]) -> list[tuple[int, tuple[int, ...]]]:
    """Columns of `x` (n, k) collinear with earlier columns and the effects: column, the earlier ones used.

    A column is collinear when its residual on earlier columns and effects is below 1e-7 of its size.

    Examples
    --------
    >>> repeated_columns([[1.0, 3.0], [2.0, 5.0], [4.0, 9.0]], [[0, 0, 0]])
    [(1, (0,))]
    """
    x = np.asarray(x, dtype=np.float64)
    rest = demeaned(x, groups)
    sizes = np.sqrt((x**2).sum(axis=0))
    found: list[tuple[int, tuple[int, ...]]] = []
    basis: list[int] = []
    for j in range(x.shape[1]):
        column, coefficients = rest[:, j], np.zeros(0)
        if basis:
            scaled = rest[:, basis] / np.linalg.norm(rest[:, basis], axis=0)
            coefficients = np.linalg.lstsq(scaled, column, rcond=None)[0]
            column = column - scaled @ coefficients
        if np.linalg.norm(column) <= LOST * max(sizes[j], 1e-300):
            large = np.abs(coefficients) > SEEN * max(sizes[j], 1e-300)
            found.append((j, tuple(b for b, used in zip(basis, large, strict=True) if used)))
        else:
            basis.append(j)
    return found


def separated(y: ArrayLike, x: ArrayLike, groups: Sequence[ArrayLike]) -> Separation:
    """Rows and regressors that separate the zeros of `y` (n,) given regressors (n, k) and groupings.

    First groups whose outcomes are all zero, again and again; then, if regressors lose rank on the positive
    rows, the linear programme above. Combinations of effects alone over several groupings are not sought.

    Raises
    ------
    ValueError
        The linear programme was not solved.

    Examples
    --------
    A dummy that is one only where nothing moves:

    >>> separated([3.0, 5.0, 0.0, 4.0], [[0.0], [0.0], [1.0], [0.0]], [[0, 0, 0, 0]])
    Separation(rows=array([False, False,  True, False]), columns=(0,), by_effects=0)
    """
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    lists = [np.asarray(codes, dtype=np.int64) for codes in groups]
    out = _empty_groups(y, lists)
    by_effects = int(out.sum())
    kept = ~out
    positive = kept & (y > 0)
    if x.shape[1] == 0 or positive.sum() == kept.sum() or not _loses_rank(x, lists, positive):
        return Separation(out, (), by_effects)
    rows, coefficients = _programme(y[kept], x[kept], [packed(codes[kept]) for codes in lists])
    out[np.flatnonzero(kept)[rows]] = True
    columns = np.flatnonzero(np.abs(coefficients) > SEEN) if rows.any() else ()
    return Separation(out, tuple(int(j) for j in columns), by_effects)


def _empty_groups(y: Array, groups: list[Codes]) -> Mask:
    """Rows of groups whose outcomes sum to zero, until no more are found."""
    out = np.zeros(len(y), dtype=bool)
    while True:
        before = int(out.sum())
        for codes in groups:
            sums = np.bincount(codes, weights=np.where(out, 0.0, y))
            out |= sums[codes] == 0
        if int(out.sum()) == before:
            return out


def _loses_rank(x: Array, groups: list[Codes], positive: Mask) -> bool:
    if not positive.any():
        return True
    inside = demeaned(x[positive], [packed(codes[positive]) for codes in groups])
    scaled = inside / np.maximum(np.sqrt((x**2).sum(axis=0)), 1e-300)
    return bool(np.linalg.svd(scaled, compute_uv=False)[-1] <= LOST) if len(scaled) >= x.shape[1] else True


def _programme(y: Array, x: Array, groups: list[Codes]) -> tuple[Mask, Array]:
    """Rows where z can be positive and the coefficients of the regressors, scaled to unit columns."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack, identity

    n = len(y)
    scaled = x / np.maximum(np.abs(x).max(axis=0), 1e-300)
    ones = [csr_matrix((np.ones(n), (np.arange(n), codes))) for codes in groups]
    design = hstack([csr_matrix(scaled), *ones], format="csr")
    zero = y == 0
    many, width = int(zero.sum()), design.shape[1]
    solved = linprog(
        np.concatenate([np.zeros(width), -np.ones(many)]),
        A_ub=hstack([-design[zero], identity(many)], format="csr"),
        b_ub=np.zeros(many),
        A_eq=hstack([design[~zero], csr_matrix((n - many, many))], format="csr"),
        b_eq=np.zeros(n - many),
        bounds=[(None, None)] * width + [(0.0, 1.0)] * many,
        method="highs",
    )
    if solved.x is None:
        raise ValueError(f"the programme of separation was not solved: {solved.message}")
    rows = zero.copy()
    rows[zero] = solved.x[width:] > 0.5
    return rows, np.asarray(solved.x[: x.shape[1]], dtype=np.float64)
