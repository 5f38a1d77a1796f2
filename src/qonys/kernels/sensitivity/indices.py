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
    """`first` and `total` (inputs, ...), `pairs` (inputs, inputs, ...) of second order, `variance` (...).

    `luck_first`, `luck_total` (...): of the draws. All are nan where the outcome does not vary.
    """

    first: Array
    total: Array
    pairs: Array
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
    draws = coefficients.shape[1]
    mean = coefficients.mean(axis=1)
    spread = coefficients.var(axis=1, ddof=1) if draws > 1 else np.zeros_like(mean)
    own, whole = mean**2 - spread / draws, mean**2 - spread / draws + spread
    luck = spread[0]
    variance = whole[1:].sum(axis=0) + luck
    held = variance > 0
    over = np.where(held, variance, np.nan)
    inside = terms > 0
    count = inside.sum(axis=1)
    first = np.stack([own[(count == 1) & inside[:, i]].sum(axis=0) for i in range(terms.shape[1])])
    total = np.stack([whole[inside[:, i]].sum(axis=0) for i in range(terms.shape[1])])
    pairs = np.stack([
        np.stack([
            own[(count == 2) & inside[:, i] & inside[:, j] & (i != j)].sum(axis=0) for j in range(terms.shape[1])
        ])
        for i in range(terms.shape[1])
    ])  # fmt: skip
    return SobolIndices(
        first / over, total / over, pairs / over, luck / over, 1 - own[1:].sum(axis=0) / over, np.asarray(variance)
    )


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
