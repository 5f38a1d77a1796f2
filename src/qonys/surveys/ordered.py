"""The ordered logit: probabilities, scores and a start. Parameters: thresholds, then coefficients.

Reference: McCullagh, P. (1980), Regression models for ordinal data, Journal of the Royal Statistical Society B 42.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from qonys.surveys.design import Array


def ordered_probabilities(parameters: Array, matrix: Array, outcomes: int) -> Array:
    """P(y = j) = F(t_j - x b) - F(t_(j-1) - x b), (n, outcomes) (McCullagh 1980).

    `parameters` (outcomes - 1 + k,), `matrix` (n, k). Negative where thresholds do not increase, so that a fit rejects
    such parameters.
    """
    cuts, slope = parameters[: outcomes - 1], parameters[outcomes - 1 :]
    below = expit(cuts[None, :] - (matrix @ slope)[:, None])
    ends = np.column_stack([np.zeros(len(matrix)), below, np.ones(len(matrix))])
    return np.diff(ends, axis=1)


def ordered_scores(parameters: Array, matrix: Array, answer: NDArray[np.int64], outcomes: int) -> Array:
    """Scores (n, outcomes - 1 + k): derivatives of each log-likelihood by thresholds, then coefficients."""
    cuts, slope = parameters[: outcomes - 1], parameters[outcomes - 1 :]
    below = expit(cuts[None, :] - (matrix @ slope)[:, None])
    density = below * (1 - below)
    rows = np.arange(len(matrix))
    p = np.diff(np.column_stack([np.zeros(len(matrix)), below, np.ones(len(matrix))]), axis=1)[rows, answer]
    padded = np.column_stack([np.zeros(len(matrix)), density, np.zeros(len(matrix))])
    high, low = padded[rows, answer + 1] / p, padded[rows, answer] / p
    scores = np.zeros((len(matrix), len(parameters)))
    for cut in range(outcomes - 1):
        scores[:, cut] = np.where(answer == cut, high, 0.0) - np.where(answer == cut + 1, low, 0.0)
    scores[:, outcomes - 1 :] = -(high - low)[:, None] * matrix
    return scores


def ordered_start(answer: NDArray[np.int64], weight: Array, outcomes: int, slopes: int) -> Array:
    """Starting values (outcomes - 1 + slopes,): thresholds of the weighted shares, and zero coefficients."""
    shares = np.bincount(answer, weights=weight, minlength=outcomes) / weight.sum()
    return np.concatenate([logit(np.cumsum(shares)[:-1]), np.zeros(slopes)])
