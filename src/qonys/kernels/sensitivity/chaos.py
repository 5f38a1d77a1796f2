"""Polynomial chaos: an outcome as a sum of orthonormal Legendre polynomials of uniform inputs.

y(x) = sum_a c_a prod_i P_ai(x_i) with inputs uniform and independent on [-1, 1] and E[P_m P_n] = 1(m = n); coefficients
by least squares over a design (Sudret 2008, Reliability Engineering and System Safety 93:964, eq. 13 to 20). How well
it predicts is told by the outcomes left out one by one, which the hat matrix gives without refitting:
Q2 = 1 - sum (e_n / (1 - h_n))^2 / sum (y_n - mean)^2 (Allen 1974, Technometrics 16:125; Blatman and Sudret 2010,
Probabilistic Engineering Mechanics 25:183, eq. 20). Many outcomes are fitted at once: columns share the design.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Terms = NDArray[np.int64]


def total_degree(inputs: int, degree: int) -> Terms:
    """Degrees by term and input of all products up to a total degree, the constant first: (K, inputs).

    Examples
    --------
    >>> total_degree(2, 2).tolist()
    [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
    """
    rows = [
        np.bincount(np.asarray(chosen, dtype=np.int64), minlength=inputs)
        for total in range(degree + 1)
        for chosen in combinations_with_replacement(range(inputs), total)
    ]
    return np.asarray(rows, dtype=np.int64).reshape(-1, inputs)


def legendre(points: Array, degree: int) -> Array:
    """Orthonormal Legendre polynomials 0 .. degree of values on [-1, 1]: (..., degree + 1).

    Three-term recurrence (n + 1) P_n+1 = (2n + 1) x P_n - n P_n-1, times sqrt(2n + 1).

    Examples
    --------
    >>> legendre(np.array([1.0]), 2).round(3).tolist()
    [[1.0, 1.732, 2.236]]
    """
    found = np.ones((*points.shape, degree + 1))
    if degree:
        found[..., 1] = points
    for n in range(1, degree):
        found[..., n + 1] = ((2 * n + 1) * points * found[..., n] - n * found[..., n - 1]) / (n + 1)
    return np.asarray(found * np.sqrt(2 * np.arange(degree + 1) + 1))


def basis(points: Array, terms: Terms) -> Array:
    """Products of polynomials at `points` (N, inputs) on [-1, 1], one column a term: (N, K)."""
    by_input = legendre(points, int(terms.max(initial=0)))
    found = np.ones((len(points), len(terms)))
    for i in range(terms.shape[1]):
        found *= by_input[:, i, terms[:, i]]
    return found


@dataclass(frozen=True, kw_only=True)
class Chaos:
    """A fitted sum: `terms` (K, inputs), `coefficients` (K, ...) of the outcomes' trailing axes.

    `left_out` (...): Q2 of each outcome, nan where the outcome does not vary. `residuals` (N, ...), and `pull` (K, N),
    which turns outcomes into coefficients; `leverage` (N,) of the design's points.
    """

    terms: Terms
    coefficients: Array
    left_out: Array
    residuals: Array
    pull: Array
    leverage: Array

    def at(self, points: Array) -> Array:
        """The outcomes at `points` (N, inputs) on [-1, 1]: (N, ...)."""
        found = basis(points, self.terms) @ self.coefficients.reshape(len(self.terms), -1)
        return found.reshape(len(points), *self.coefficients.shape[1:])

    def gradient(self, point: Array) -> Array:
        """Slopes of the outcomes at one point (inputs,), by input: (inputs, ...), per unit of [-1, 1].

        The derivative of a product of polynomials, exactly, from P'_n = ((2n - 1) P_n-1 + P'_n-2) of the plain ones.
        """
        top = int(self.terms.max(initial=0))
        values, scale = legendre(point, top), np.sqrt(2 * np.arange(top + 1) + 1)
        slopes = np.zeros_like(values)
        for n in range(1, top + 1):
            before = slopes[:, n - 2] / scale[n - 2] if n > 1 else 0.0
            slopes[:, n] = scale[n] * ((2 * n - 1) * values[:, n - 1] / scale[n - 1] + before)
        inputs = np.arange(self.terms.shape[1])
        plain = values[inputs, self.terms]
        rows = []
        for i in inputs:
            part = plain.copy()
            part[:, i] = slopes[i, self.terms[:, i]]
            rows.append(part.prod(axis=1))
        return np.tensordot(np.asarray(rows), self.coefficients, axes=1)

    def bootstrapped(self, outcomes: Array, count: int, seed: int) -> Array:
        """Coefficients of `count` samples of residuals, (count, K, ...).

        Residuals over sqrt(1 - h), centred, are drawn with replacement, those of a point together (Davison and Hinkley
        1997, Bootstrap Methods and their Application, section 6.2.3).
        """
        flat = outcomes.reshape(len(outcomes), -1)
        room = np.sqrt(np.maximum(1 - self.leverage, 1e-12))[:, None]
        spread = self.residuals.reshape(flat.shape) / room
        spread = spread - spread.mean(axis=0)
        middle = self.coefficients.reshape(len(self.terms), -1)
        rng = np.random.default_rng(seed)
        found = [middle + self.pull @ spread[rng.integers(0, len(flat), len(flat))] for _ in range(count)]
        return np.stack(found).reshape(count, *self.coefficients.shape)


def fitted(points: Array, outcomes: Array, terms: Terms) -> Chaos:
    """Least squares over a design: `points` (N, inputs) on [-1, 1], `outcomes` (N, ...).

    Raises
    ------
    ValueError
        Not more points than terms, or points that do not tell the terms apart.

    """
    if len(points) <= len(terms):
        raise ValueError(f"{len(points)} points do not fit {len(terms)} terms")
    columns, flat = basis(points, terms), outcomes.reshape(len(outcomes), -1)
    left, sizes, right = np.linalg.svd(columns, full_matrices=False)
    if sizes[-1] < 1e-10 * sizes[0]:
        raise ValueError("the points do not tell the terms apart")
    pull = (right.T / sizes) @ left.T
    leverage = (left**2).sum(axis=1)
    middle = flat.mean(axis=0)
    found = pull @ (flat - middle)
    residuals = flat - middle - columns @ found
    found[0] += middle
    total = ((flat - middle) ** 2).sum(axis=0)
    missed = ((residuals / np.maximum(1 - leverage, 1e-12)[:, None]) ** 2).sum(axis=0)
    moved = total > (1e-12 * np.abs(middle)) ** 2 * len(flat)
    left_out = np.where(moved, 1 - missed / np.where(moved, total, 1.0), np.nan)
    shape = outcomes.shape[1:]
    return Chaos(
        terms=terms, coefficients=found.reshape(len(terms), *shape), left_out=left_out.reshape(shape),
        residuals=residuals.reshape(outcomes.shape), pull=pull, leverage=leverage,
    )  # fmt: skip
