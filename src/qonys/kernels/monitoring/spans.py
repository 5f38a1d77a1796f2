"""A local level with seasons observed as means over irregular spans of months.

    y_k = level + mean of the seasons of the span + e_k,   var e_k = s^2 / months + v_k,
    level moves by a random walk of variance q^2 a month from the middle of one span to that of the next.

The seasons of the twelve months are fixed and sum to nought, with standard deviation `SEASON` each at the outset
(Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, ch. 4; West and Harrison 1997, Bayesian
Forecasting and Dynamic Models, ch. 8). Several pairs (s, q) are filtered side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MONTHS = 12
SEASON, UNKNOWN = 0.2, 1.0


@dataclass(frozen=True)
class Span:
    """A logarithm `y` of persons a month over `months`, its own variance, its middle in months, shares of the months of
    the year (12,), and whether the level begins anew with it.
    """

    y: float
    months: float
    variance: float
    middle: float
    shares: Array
    anew: bool = False


def shares_of(first: int, months: int) -> Array:
    """Share of each month of the year (12,) in a span of `months` from month number `first` (0: January).

    Examples
    --------
    >>> shares_of(10, 4).tolist()
    [0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.25]
    """
    return np.bincount((first + np.arange(months)) % MONTHS, minlength=MONTHS) / months


@dataclass
class SpanFilter:
    """States (g, 13), level and seasons, and covariances (g, 13, 13), for pairs of `noise` and `step` (g,) a month."""

    noise: Array
    step: Array
    state: Array
    covariance: Array
    middle: float | None = None

    def forecast(self, span: Span) -> tuple[Array, Array]:
        """Mean and variance (g,) of a span's logarithm before it is known."""
        h = np.append(1.0, span.shares)
        gap = 0.0 if self.middle is None else max(span.middle - self.middle, 0.0)
        variance = np.einsum("i,gij,j->g", h, self.covariance, h) + self.step**2 * gap
        return self.state @ h, variance + self.noise**2 / span.months + span.variance

    def take(self, span: Span) -> None:
        """Learn a span."""
        gap = 0.0 if self.middle is None else max(span.middle - self.middle, 0.0)
        self.covariance[:, 0, 0] += self.step**2 * gap + (UNKNOWN**2 if span.anew else 0.0)
        h = np.append(1.0, span.shares)
        along = self.covariance @ h
        total = along @ h + self.noise**2 / span.months + span.variance
        gain = along / total[:, None]
        self.state = self.state + gain * (span.y - self.state @ h)[:, None]
        self.covariance = self.covariance - gain[:, :, None] * along[:, None, :]
        self.middle = span.middle


def span_filter(noise: Array, step: Array, level: float) -> SpanFilter:
    """A filter that knows no level, about `level`, and no seasons; `noise`, `step` (g,).

    Examples
    --------
    >>> made = span_filter(np.array([0.1]), np.array([0.01]), 0.0)
    >>> made.take(Span(2.0, 12.0, 0.0, 6.0, shares_of(0, 12)))
    >>> [round(float(one[0]), 2) for one in made.forecast(Span(0.0, 12.0, 0.0, 18.0, shares_of(0, 12)))]
    [2.0, 0.0]
    """
    g = len(noise)
    covariance = np.zeros((MONTHS + 1, MONTHS + 1))
    covariance[0, 0] = (10 * UNKNOWN) ** 2
    covariance[1:, 1:] = SEASON**2 * (np.eye(MONTHS) - 1 / MONTHS)
    state = np.zeros((g, MONTHS + 1))
    state[:, 0] = level
    return SpanFilter(noise, step, state, np.tile(covariance, (g, 1, 1)))
