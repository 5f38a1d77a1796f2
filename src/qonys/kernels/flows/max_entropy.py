"""The table closest to a seed under exact and approximate linear constraints: maximum entropy, solved by its dual.

Minimise sum p ln(p / q) - p + q over p >= 0, plus `dispersion` x sum ((C p - d) / sd)^2 / 2, subject to A p = b. The
minimum is p = q exp(A'u + C'v), and (u, v) maximise a smooth concave dual with the residuals b - A p and
d - C p - (sd^2 / dispersion) v; Newton's method with a halved step climbs it. Sources: Jaynes (1957), Physical Review
106:620 (the principle); Deming and Stephan (1940), Annals of Mathematical Statistics 11:427 (sums alone: raking);
Dudik, Phillips and Schapire (2007), Journal of Machine Learning Research 8:1217 (relaxed sums: a quadratic term
in the dual). `dispersion` is the seed's variance per person: a cell of q persons errs by sqrt(dispersion q).
Assumes: errors of the relaxed sums are independent of each other and of the seed's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Array = NDArray[np.float64]
STEPS, HALVINGS = 60, 40
_FAR = 30.0


@dataclass(frozen=True)
class MarginSums:
    """Linear constraints on the cells: `matrix` (n, cells) @ p = `target` (n,); `sd` (n,) of zeros: exact."""

    matrix: sparse.csr_array
    target: Array
    sd: Array

    @classmethod
    def joined(cls, *parts: MarginSums) -> MarginSums:
        """Constraints stacked in one set."""
        rows = sparse.csr_array(sparse.vstack([part.matrix for part in parts], format="csr"))
        return cls(rows, np.concatenate([p.target for p in parts]), np.concatenate([p.sd for p in parts]))


@dataclass(frozen=True)
class Nearest:
    """The table, its Lagrange multipliers, and the residual of every constraint.

    `errors` (n,): fitted minus target, in the unit of the table; near 0 for exact constraints that are met.
    `infeasible`: indices of exact constraints that cannot be met. `steps`: Newton steps.
    """

    table: Array
    multipliers: Array
    errors: Array
    infeasible: tuple[int, ...]
    steps: int


def sums_over(labels: NDArray[np.int64], count: int) -> sparse.csr_array:
    """The matrix that sums cells by label (-1: in no sum), (count, cells)."""
    cells = np.flatnonzero(labels >= 0)
    ones = np.ones(len(cells))
    return sparse.csr_array((ones, (labels[cells], cells)), shape=(count, len(labels)))


def nearest(
    seed: Array, sums: MarginSums, dispersion: float = 1.0, start: Array | None = None, tolerance: float = 1e-9,
    disjoint: int = 0,
) -> Nearest:  # fmt: skip
    """The table (cells,) closest to `seed` (cells,) subject to `sums`.

    `start`: multipliers of a similar problem. `tolerance`: largest error of an exact constraint relative to the largest
    target. `disjoint`: number of leading constraints that share no cell, which is faster. Exact constraints must be
    linearly independent (of two margins with a common total omit one cell).

    Examples
    --------
    >>> one = MarginSums(sums_over(np.array([0, 0, 1]), 2), np.array([6.0, 1.0]), np.zeros(2))
    >>> nearest(np.array([1.0, 2.0, 4.0]), one).table.round(6).tolist()
    [2.0, 4.0, 1.0]
    """
    matrix, target = sums.matrix, sums.target
    soft = sums.sd**2 / dispersion
    exact = sums.sd == 0
    limit = tolerance * max(float(np.abs(target).max(initial=0)), 1e-300)
    # Each row is measured in units of its own scale, so that Newton's matrix is well conditioned.
    reach = np.sqrt(np.maximum(abs(matrix).power(2) @ np.maximum(seed, 0) + soft, 1e-300))
    scaled = sparse.csr_array(sparse.diags_array(1 / reach) @ matrix)
    soft_scaled, back = soft / reach**2, sparse.csr_array(scaled.T)
    wanted = target / reach
    u = np.zeros(len(target)) if start is None else start * reach
    table = seed * np.exp(back @ u)
    value = _dual(table, u, wanted, soft_scaled)
    steps = 0
    while steps < STEPS:
        steps += 1
        left = wanted - scaled @ table - soft_scaled * u
        if float(np.abs(left * reach)[exact].max(initial=0)) <= limit and float(np.abs(left).max()) < 1e-6 * (
            1 + float(np.abs(wanted).max())
        ):
            break
        curvature = (scaled @ sparse.diags_array(table) @ back).toarray()
        curvature[np.diag_indices_from(curvature)] += soft_scaled + 1e-12
        step = _solved(curvature, left, disjoint)
        found = _climb(seed, back, (u, step), (wanted, soft_scaled), value + 1e-12 * abs(value))
        if found is None:
            break
        u, table, value = found
    errors = np.asarray(matrix @ table - target)
    return Nearest(table, u / reach, errors, _unmet(errors, exact, max(limit * 10, 1e-9)), steps)


def _solved(curvature: Array, left: Array, disjoint: int) -> Array:
    """Newton's step; the first `disjoint` statements, whose block is diagonal, are eliminated before."""
    if not disjoint:
        return np.asarray(linalg.solve(curvature, left, assume_a="pos", check_finite=False))
    diagonal = np.diagonal(curvature)[:disjoint]
    mixed = curvature[:disjoint, disjoint:]
    over = mixed / diagonal[:, None]
    # Plain loops: threads of a matrix library cost more than so small a product.
    inner = np.einsum("ij,ik->jk", mixed, over)
    rest = linalg.solve(
        curvature[disjoint:, disjoint:] - inner, left[disjoint:] - over.T @ left[:disjoint],
        assume_a="pos", check_finite=False,
    )  # fmt: skip
    return np.concatenate([left[:disjoint] / diagonal - over @ rest, rest])


def _dual(table: Array, u: Array, wanted: Array, soft: Array) -> float:
    """The dual's value, to be minimised."""
    return float(table.sum() - wanted @ u + 0.5 * (soft * u) @ u)


def _climb(
    seed: Array, back: sparse.csr_array, move: tuple[Array, Array], stated: tuple[Array, Array], ceiling: float
) -> tuple[Array, Array, float] | None:
    """The longest of the halved steps that does not make the dual worse; None where none is left."""
    u, step = move
    size = 1.0
    for _ in range(HALVINGS):
        tried = u + size * step
        power = back @ tried
        if float(np.abs(power).max(initial=0)) < _FAR:
            table = seed * np.exp(power)
            value = _dual(table, tried, *stated)
            if value <= ceiling:
                return tried, table, value
        size /= 2
    return None


def _unmet(errors: Array, exact: NDArray[np.bool_], limit: float) -> tuple[int, ...]:
    """Exact statements that stay off, the worst first."""
    off = np.flatnonzero(exact & (np.abs(errors) > limit))
    return tuple(int(i) for i in off[np.argsort(-np.abs(errors[off]))])
