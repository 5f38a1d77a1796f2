"""Expectation and maximisation of latent classes, as plain loops compiled by Numba.

Reference: Goodman, L. A. (1974), Biometrika 61, 215-231; Dempster, Laird and Rubin (1977).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True)
def posteriors(
    codes: NDArray[np.int64], first: NDArray[np.int64], shares: Array, answers: Array, joint: Array
) -> Array:
    """Fill `joint` (patterns x classes) with pi_c prod_m rho; give the sum over classes by pattern.

    `codes`: answer of each item (patterns x items, -1 missing: counts as one); `first`: column of `answers`
    (classes x all answers) where an item begins.
    """
    total = np.zeros(codes.shape[0])
    for i in range(codes.shape[0]):
        for c in range(len(shares)):
            p = shares[c]
            for m in range(codes.shape[1]):
                if codes[i, m] >= 0:
                    p *= answers[c, first[m] + codes[i, m]]
            joint[i, c] = max(p, 1e-300)
            total[i] += joint[i, c]
    return total


@njit(cache=True)
def climb(
    codes: NDArray[np.int64],
    weight: Array,
    first: NDArray[np.int64],
    shares: Array,
    answers: Array,
    rounds: int,
    tolerance: float,
) -> float:
    """Update `shares` (C,) and `answers` (C, all answers) in place by EM; returns the log-likelihood.

    Stops when it changes by less than `tolerance` of itself; `codes`, `weight`, `first` as for `posteriors`.
    """
    joint = np.zeros((codes.shape[0], len(shares)))
    before = -np.inf
    likelihood = before
    everyone = weight.sum()
    for _ in range(rounds):
        total = posteriors(codes, first, shares, answers, joint)
        likelihood = 0.0
        for i in range(len(weight)):
            likelihood += weight[i] * np.log(total[i])
        if likelihood - before < tolerance * max(1.0, abs(likelihood)):
            break
        before = likelihood
        counts = np.zeros(answers.shape)
        new = np.zeros(len(shares))
        for i in range(codes.shape[0]):
            for c in range(len(shares)):
                part = joint[i, c] / total[i] * weight[i]
                new[c] += part
                for m in range(codes.shape[1]):
                    if codes[i, m] >= 0:
                        counts[c, first[m] + codes[i, m]] += part
        for c in range(len(shares)):
            shares[c] = new[c] / everyone
            for m in range(codes.shape[1]):
                end = first[m + 1]
                held = counts[c, first[m] : end].sum()
                for k in range(first[m], end):
                    answers[c, k] = counts[c, k] / held if held > 0 else 1.0 / (end - first[m])
    return likelihood
