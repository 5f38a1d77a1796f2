"""The base that a watched series is judged by: which of its own values lie beyond what the others of it allow.

Pearson residuals over their median absolute deviation (Rousseeuw and Croux 1993, JASA 88:1273), which a few unusual
values hardly move, beside the t of the base with the chance `CHANCE` of one value or more beyond it in a base without
any change (Bonferroni).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.monitoring.seasonal import SeasonalFit

Array = NDArray[np.float64]
CHANCE = 0.01
TO_DEVIATION = 1.4826  # of a median absolute deviation, for normal values


def beyond_own_limits(counts: Array, fit: SeasonalFit, base: int) -> NDArray[np.int64]:
    """Places of the values of the base (the first `base` of `counts`, (t,)) that lie beyond its own limits.

    Examples
    --------
    >>> from qonys.kernels.monitoring.seasonal import seasonal_design, seasonal_fit
    >>> counts = np.random.default_rng(2).poisson(100, 40).astype(float)
    >>> counts[20] = 220.0
    >>> fit = seasonal_fit(counts, seasonal_design(range(40), 1, 0, trend=False), np.arange(40) < 36)
    >>> beyond_own_limits(counts, fit, 36).tolist()
    [20]

    """
    from scipy.special import stdtrit

    expected = fit.expected[:base]
    residuals = (counts[:base] - expected) / np.sqrt(expected)
    spread = TO_DEVIATION * float(np.median(np.abs(residuals)))
    if spread <= 0:
        return np.array([], dtype=np.int64)
    return np.flatnonzero(np.abs(residuals) / spread > stdtrit(fit.degrees, 1 - CHANCE / (2 * base)))


def shorter_base(first: int, cycle: int, least: int, cycles: int) -> int | None:
    """Values of a base that ends before the place `first`: of whole cycles where they suffice; None where none does.

    Examples
    --------
    >>> shorter_base(63, 12, 12, 3), shorter_base(20, 12, 12, 3), shorter_base(5, 1, 12, 3)
    (60, 20, None)

    """
    whole = first // max(cycle, 1) * max(cycle, 1)
    found = whole if whole >= cycles * cycle else first
    return found if found >= least else None
