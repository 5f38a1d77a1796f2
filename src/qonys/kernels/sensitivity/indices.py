"""Sobol indices of inputs and of chance, from the coefficients of a polynomial chaos by draw.

Under draw w the outcome is y_w(x) = sum_a c_aw P_a(x). With the draw as one more input (Iooss and Ribatet 2009,
Reliability Engineering and System Safety 94:1194) and the sums over the draws,

    V = sum_a mean_w c_aw^2 - (mean_w c_0w)^2,
    S_i = sum of (mean_w c_aw)^2 over terms of x_i alone / V,     ST_i = sum of mean_w c_aw^2 over terms with x_i / V,
    S_w = variance_w c_0w / V,                                    ST_w = 1 - sum of (mean_w c_aw)^2 over a > 0 / V

(first order: Sobol 1993; total: Homma and Saltelli 1996, Reliability Engineering and System Safety 52:1; from squared
coefficients: Sudret 2008, eq. 36 to 39). Draws are a sample, so variances over them have the divisor D - 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.sensitivity.chaos import Terms

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SobolIndices:
    """`first` and `total` (inputs, ...), `variance` (...).

    `luck_first`, `luck_total` (...): of the draws. All are nan where the outcome does not vary.
    """

    first: Array
    total: Array
    luck_first: Array
    luck_total: Array
    variance: Array


def from_chaos(terms: Terms, coefficients: Array) -> SobolIndices:
    """Indices from coefficients (K, D, ...) by term and draw; the constant is the first term.

    Examples
    --------
    >>> terms, flat = np.array([[0, 0], [1, 0], [0, 1]]), np.array([[5.0], [3.0], [4.0]])
    >>> from_chaos(terms, flat).total.round(2).tolist()
    [0.36, 0.64]
    """
    return of_groups(terms, coefficients, np.eye(terms.shape[1], dtype=bool))


def of_groups(terms: Terms, coefficients: Array, groups: NDArray[np.bool_]) -> SobolIndices:
    """Indices of groups of inputs, `groups` (G, inputs): first order of terms inside a group, total of all that touch.

    Examples
    --------
    >>> terms, flat = np.array([[0, 0], [1, 0], [1, 1]]), np.array([[5.0], [3.0], [4.0]])
    >>> of_groups(terms, flat, np.array([[True, True]])).first.round(2).tolist()
    [1.0]
    """
    own, whole, luck, over, variance = _parts(coefficients)
    inside = terms > 0
    touched = (inside @ groups.T.astype(np.int64)) > 0
    closed = touched & ~((inside @ (~groups).T.astype(np.int64)) > 0)
    first, total = (np.tensordot(one.T.astype(float), part, axes=1) for one, part in ((closed, own), (touched, whole)))
    return SobolIndices(first / over, total / over, luck / over, 1 - own[1:].sum(axis=0) / over, np.asarray(variance))


def pairs(terms: Terms, coefficients: Array) -> Array:
    """Indices of second order, (inputs, inputs, ...): what two inputs explain together and neither alone."""
    own, _, _, over, _ = _parts(coefficients)
    inside = terms > 0
    two = inside.sum(axis=1) == 2
    found = np.zeros((terms.shape[1], terms.shape[1], *coefficients.shape[2:]))
    for term in np.flatnonzero(two):
        i, j = np.flatnonzero(inside[term])
        found[i, j] += own[term]
        found[j, i] += own[term]
    return np.asarray(found / over)


def _parts(coefficients: Array) -> tuple[Array, Array, Array, Array, Array]:
    """By term the square of the mean over draws and the mean square, of draws the variance; the whole variance."""
    draws = coefficients.shape[1]
    mean = coefficients.mean(axis=1)
    spread = coefficients.var(axis=1, ddof=1) if draws > 1 else np.zeros_like(mean)
    own = mean**2 - spread / draws  # without the bias of a mean of few draws
    whole, luck = own + spread, spread[0]
    variance = whole[1:].sum(axis=0) + luck
    return own, whole, luck, np.where(variance > 0, variance, np.nan), variance


def shapley(terms: Terms, coefficients: Array) -> Array:
    """Shapley effects of independent inputs, (inputs, ...): each term's variance in equal parts to its inputs.

    Of the mean over draws (K, D, ...), as shares that sum to 1 (Owen 2014, SIAM/ASA Journal on Uncertainty
    Quantification 2:245, theorem 1).
    """
    squares = coefficients.mean(axis=1) ** 2
    inside = terms > 0
    share = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    found = np.tensordot(share.T, squares, axes=1)
    total = squares[1:].sum(axis=0)
    return np.asarray(found / np.where(total > 0, total, np.nan))
