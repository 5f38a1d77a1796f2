"""Exact interval of a share of few: how far the share of a small body is decided by single seats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

Array = NDArray[np.float64]
CONFIDENCE = 0.95


def clopper_pearson(part: ArrayLike, whole: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Array, Array]:
    """Exact binomial interval of a share `part` / `whole`, dimensionless; two arrays of the common shape of both.

    Assumes that the seats are filled independently of each other; the interval holds the share at least as often as
    `confidence` says. Source: Clopper and Pearson (1934), Biometrika 26: 404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(0, 10)
    >>> round(low.item(), 4), round(high.item(), 4)
    (0.0, 0.3085)

    """
    k, n = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    tail = (1 - confidence) / 2
    low = np.where(k > 0, beta.ppf(tail, np.maximum(k, 1e-9), n - k + 1), 0.0)
    high = np.where(k < n, beta.ppf(1 - tail, k + 1, np.maximum(n - k, 1e-9)), 1.0)
    return np.asarray(low), np.asarray(high)
