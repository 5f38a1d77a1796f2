"""Draws of many unknowns that are normal given weighted linear statements, by a Cholesky factor of the precision.

Source: Rue and Held (2005), Gaussian Markov Random Fields, algorithms 2.4 and 2.9: unknowns in the order of time, of
which each meets only its neighbours, have a banded precision; those that meet all times (the border) are put last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Array = NDArray[np.float64]


def _products(rows: sparse.csr_array) -> tuple[NDArray[np.int64], sparse.csr_array]:
    """Cells of the upper triangle of A'WA that are not zero (row times size plus column), and the matrix that gives
    their values from the weights; A is `rows`.
    """
    counts = np.diff(rows.indptr)
    first = np.repeat(np.arange(rows.nnz), np.repeat(counts, counts))
    start = np.repeat(rows.indptr[:-1], counts**2)
    within = np.arange(len(first)) - np.repeat(np.cumsum(counts**2) - counts**2, counts**2)
    second = start + within % np.repeat(counts, counts**2)
    upper = rows.indices[first] <= rows.indices[second]
    first, second = first[upper], second[upper]
    places, cell = np.unique(
        rows.indices[first].astype(np.int64) * rows.shape[1] + rows.indices[second], return_inverse=True
    )
    statement = np.repeat(np.arange(rows.shape[0]), counts)[first]
    products = rows.data[first] * rows.data[second]
    return places, sparse.csr_array((products, (cell, statement)), shape=(len(places), rows.shape[0]))


class Normal:
    """Draws of x ~ N(Q^-1 A'Wy, Q^-1) with Q = A'WA, by the Cholesky factor of Q.

    Q is a sum of weights times products of two coefficients of one statement; the products and their
    places are found once, so that each Q is one sparse product.
    """

    def __init__(self, coefficients: sparse.csr_array) -> None:
        rows = sparse.csr_array(coefficients, copy=True)
        rows.sum_duplicates()
        self.size = rows.shape[1]
        self.turned = sparse.csr_array(rows.T)
        self.places, self.products = _products(rows)

    def draw(self, weights: Array, values: Array, rng: np.random.Generator) -> Array:
        """One draw of the unknowns (n,) given the `weights` (m,) and `values` (m,) of the statements."""
        precision = np.zeros(self.size * self.size)
        precision[self.places] = self.products @ weights
        right = self.turned @ (weights * values)
        factor = linalg.cholesky(
            precision.reshape(self.size, self.size), lower=False, check_finite=False, overwrite_a=True
        )
        mean = linalg.cho_solve((factor, False), right, check_finite=False)
        noise = linalg.solve_triangular(factor, rng.standard_normal(len(mean)), lower=False, check_finite=False)
        return np.asarray(mean + noise)


@dataclass(frozen=True)
class Banding:
    """Other unknowns y with x = `matrix` y, (n, n), in the order of time; the last `border` of y meet all times."""

    matrix: sparse.csr_array
    border: int


class BandedNormal:
    """Draws as those of `Normal`, in law: through the unknowns of a `Banding`, by a banded factor with a border.

    The lower factor is [[L, 0], [V', M]]: L of the band, V = L^-1 C of the border's columns C, M of what is left.
    """

    def __init__(self, coefficients: sparse.csr_array, banding: Banding) -> None:
        rows = sparse.csr_array(coefficients @ banding.matrix)
        rows.eliminate_zeros()
        rows.sort_indices()
        self.back, self.turned = banding.matrix, sparse.csr_array(rows.T)
        self.inner, self.border = rows.shape[1] - banding.border, banding.border
        places, self.products = _products(rows)
        row, column = np.divmod(places, rows.shape[1])
        banded = column < self.inner
        self.width = int((column - row)[banded].max()) + 1
        wide, narrow = self.inner * self.width, self.inner * self.border
        corner = row >= self.inner
        self.cells = row * self.width + column - row  # of the band, by columns of its lower triangle
        self.cells[~banded] = (wide + (column - self.inner) * self.inner + row)[~banded]
        self.cells[corner] = (wide + narrow + (row - self.inner) * self.border + column - self.inner)[corner]
        self.parts = (wide, wide + narrow)

    def draw(self, weights: Array, values: Array, rng: np.random.Generator) -> Array:
        """One draw of the unknowns (n,) given the `weights` (m,) and `values` (m,) of the statements."""
        whole = np.zeros(self.parts[1] + self.border**2)
        whole[self.cells] = self.products @ weights
        band, side, corner = np.split(whole, self.parts)
        right, noise = self.turned @ (weights * values), rng.standard_normal(self.inner + self.border)
        factor, failed = linalg.lapack.dpbtrf(band.reshape(self.inner, self.width).T, lower=1, overwrite_ab=1)
        if failed:
            raise np.linalg.LinAlgError(failed)
        side = np.concatenate([side.reshape(self.border, self.inner), right[None, : self.inner]]).T
        solved = linalg.lapack.dtbtrs(factor, side, uplo="L")[0]
        along, begun = solved[:, :-1], solved[:, -1]
        rest = linalg.cholesky(corner.reshape(self.border, self.border).T - along.T @ along, lower=True)
        ended = linalg.solve_triangular(rest, right[self.inner :] - along.T @ begun, lower=True)
        last = linalg.solve_triangular(rest, ended + noise[self.inner :], lower=True, trans="T")
        first = linalg.lapack.dtbtrs(factor, begun + noise[: self.inner] - along @ last, uplo="L", trans="T")[0]
        return np.asarray(self.back @ np.concatenate([first.ravel(), last]))
