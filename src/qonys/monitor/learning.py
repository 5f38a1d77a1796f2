"""What releases so far teach of the next: the filter over a grid of noises and steps, mixed by its errors so far.

Forecasts are mixed over a grid of s and q by the likelihood of the errors so far, each release weighing `MEMORY` of the
next, and a prior of the weight of `PRIOR` errors. Limits are those of t with the weight of errors and prior as degrees.
The prior and `MEMORY` were set on simulated series without change, whose red lights stay under their nominal 0.5 % a
release (a test holds this), and on the releases of Kazakhstan 2016-2025.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.monitoring.spans import Span, shares_of, span_filter
from qonys.monitor.increments import Increment
from qonys.monitor.levels import YELLOW

Array = NDArray[np.float64]
PRIOR, PRIOR_NOISE, PRIOR_STEP = 4.0, 0.1, 0.015
NOISES, STEPS = np.geomspace(0.04, 0.6, 9), np.geomspace(0.01, 0.2, 9)
MEMORY = 0.8


class Learning:
    """The filter over a grid of noises and steps, and the errors of the forecasts so far."""

    def __init__(self, level: float) -> None:
        noise, step = (grid.ravel() for grid in np.meshgrid(NOISES, STEPS, indexing="ij"))
        self.filter = span_filter(noise, step, level)
        self.prior = -0.5 * PRIOR * (np.log(noise / PRIOR_NOISE) ** 2 + np.log(step / PRIOR_STEP) ** 2)
        self.gained = np.zeros(len(noise))
        self.n = 0.0

    def forecast(self, span: Span) -> tuple[float, float, float]:
        """Middle, deviation and degrees of the predictive t, mixed over the grid by likelihood and prior."""
        means, variances = self.filter.forecast(span)
        weights = self.weights()
        middle = float(weights @ means)
        return middle, float(np.sqrt(weights @ (variances + (means - middle) ** 2))), PRIOR + self.n

    def season_error(self, shares: Array) -> float:
        """Standard deviation of the mean season of a span with `shares` of the months (12,), mixed over the grid."""
        h = np.append(0.0, shares)
        variance = float(self.weights() @ np.einsum("i,gij,j->g", h, self.filter.covariance, h))
        return float(np.sqrt(max(variance, 0.0)))  # of all twelve months it is nought but for rounding

    def weights(self) -> Array:
        """Weight of each pair of noise and step, (g,), sum 1."""
        logs = self.prior + self.gained
        raw = np.exp(logs - logs.max())
        return np.asarray(raw / raw.sum())

    def take(self, span: Span, known: bool) -> None:
        """Learn a span; older errors weigh less. An alarm tells of a new level, not of the noise."""
        if known and not span.anew:
            means, variances = self.filter.forecast(span)
            self.gained = MEMORY * self.gained - 0.5 * (np.log(variances) + (span.y - means) ** 2 / variances)
            self.n = MEMORY * self.n + 1
        self.filter.take(span)


def span_of(one: Increment, anew: bool = False) -> Span:
    """The span of an increment; `anew`: the level begins anew with it."""
    return Span(
        float(np.log(one.value / one.months)), one.months, (one.error / one.value) ** 2, one.middle,
        shares_of(one.first % 12, int(one.months)), anew,
    )  # fmt: skip


def two_sided(degrees: float) -> float:
    """The quantile of t that leaves 5 % outside, 2.5 % on each side.

    Examples
    --------
    >>> round(two_sided(10), 2)
    2.23
    """
    from scipy.special import ndtr, stdtrit

    return float(stdtrit(degrees, ndtr(YELLOW)))
