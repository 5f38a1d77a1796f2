"""Two-margin raking of many tables at once that share one seed, as matrix products.

Each of K tables has rows r_k and columns c_k and the same seed M, so that Y_k = diag(u_k) M diag(v_k):
u = r / (v M'), v = c / (u M), one matrix product for all tables together. The tables stay factored;
their sum over k is M * (u' v), again one product. Source: Sinkhorn (1967), American Mathematical
Monthly 74:402; Deming and Stephan (1940).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RUNAWAY = 1e60


@dataclass(frozen=True)
class Factored:
    """K tables of I origins x J destinations kept as row factors u (K, I), column factors v (K, J) and a seed.

    `seed` None stands for a seed of ones. `error` is the greatest distance of a margin from its target that
    is left, in the unit of the margins; `iterations` 0 means a closed form.
    """

    u: Array
    v: Array
    seed: Array | None = None
    iterations: int = 0
    error: float = 0.0

    def total(self) -> Array:
        """Sum over the K tables, (I, J), without forming them."""
        product: Array = self.u.T @ self.v
        return product if self.seed is None else product * self.seed

    def tables(self) -> Array:
        """All K tables written out, (K, I, J)."""
        written: Array = self.u[:, :, None] * self.v[:, None, :]
        if self.seed is not None:
            written *= self.seed
        return written

    def own_destination(self) -> Array:
        """Cells whose destination is the table's own place, y[k, i, k], as (I, K); needs J = K."""
        found: Array = self.u.T * np.diagonal(self.v)[None, :]
        return found if self.seed is None else found * self.seed

    def own_origin(self) -> Array:
        """Cells whose origin is the table's own place, y[k, k, j], as (K, J); needs I = K."""
        found: Array = np.diagonal(self.u)[:, None] * self.v
        return found if self.seed is None else found * self.seed


def closed_form(rows: Array, columns: Array) -> Factored:
    """Tables r_i c_j / total of each k: raking of a seed of ones, exact, no iteration.

    `rows` (K, I), `columns` (K, J), equal sums for each k.

    Examples
    --------
    >>> found = closed_form(np.array([[3.0, 1.0]]), np.array([[2.0, 2.0]]))
    >>> found.total().tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    sums = rows.sum(axis=1, keepdims=True)
    return Factored(np.divide(rows, sums, out=np.zeros_like(rows), where=sums > 0), columns)


def scale(rows: Array, columns: Array, seed: Array, tolerance: float = 1e-10, max_iterations: int = 2000) -> Factored:
    """Rake the common `seed` (I, J) to `rows` (K, I) and `columns` (K, J) for all K at once.

    The columns are met exactly, the rows to `tolerance` times the greatest row. Where the seed's
    zeros forbid the margins the factors run away; the iteration stops and `error` shows what is left.
    """
    greatest = max(float(rows.max(initial=0)), 1e-300)
    v = (columns > 0).astype(np.float64)
    error, iterations = np.inf, 0
    u = np.zeros_like(rows)
    while error > tolerance * greatest and iterations < max_iterations:
        iterations += 1
        reach = v @ seed.T
        error = float(np.abs(u * reach - rows).max(initial=0))
        if u.max(initial=0) > RUNAWAY * greatest or v.max(initial=0) > RUNAWAY * greatest:
            break
        u = np.divide(rows, reach, out=np.zeros_like(rows), where=reach > 0)
        reach = u @ seed
        v = np.divide(columns, reach, out=np.zeros_like(columns), where=reach > 0)
    error = max(
        float(np.abs(u * (v @ seed.T) - rows).max(initial=0)), float(np.abs(v * (u @ seed) - columns).max(initial=0))
    )
    return Factored(u, v, seed, iterations, error)
