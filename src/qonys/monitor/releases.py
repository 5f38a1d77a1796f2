"""Cumulative releases of a year: increments with their error, and each beside what was expected before it.

The unit is the release: figures from the beginning of the year to a month, rounded, revised, at irregular months. An
increment is the difference of two releases of a year. The logarithm of its monthly rate follows a local level (Harvey
1989, Forecasting, Structural Time Series Models and the Kalman Filter, ch. 4) with seasons, seen over irregular spans
(`qonys.kernels.monitoring.spans`), with noise s a month, rounding, and a random walk of the level by q a month.

Forecasts are mixed over a grid of s and q by the likelihood of the errors so far, each release weighing `MEMORY` of the
next, and a prior of the weight of `PRIOR` errors. Limits are those of t with the weight of errors and prior as degrees.
After an alarm the level begins anew; the seasons, which sum to nought, stay. The prior
and `MEMORY` were set on simulated series without change, whose red lights stay under their nominal 0.5 % a release (a
test holds this), and on the releases of Kazakhstan 2016-2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.monitoring.spans import Span, shares_of, span_filter
from qonys.monitor.levels import RED, light, normal_scale, states, t_quantile

Array = NDArray[np.float64]
PRIOR, PRIOR_NOISE, PRIOR_STEP = 4.0, 0.1, 0.015
NOISES, STEPS = np.geomspace(0.04, 0.6, 9), np.geomspace(0.01, 0.2, 9)
MEMORY = 0.8
FIRST = 2


@dataclass(frozen=True)
class Release:
    """Persons from `start` to `end`, both included, as released; `rounding` is the unit that they are rounded to."""

    start: date
    end: date
    value: float
    rounding: float = 1.0

    @property
    def months(self) -> float:
        """Months from the start to the end."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1.0


@dataclass(frozen=True)
class Increment:
    """What a release adds to the one before it: persons over `months`, their rounding error, the middle of the span in
    months since the year 0, its first and last month.
    """

    release: Release
    value: float
    months: float
    error: float
    middle: float
    first: int


def increments(releases: Sequence[Release]) -> list[Increment]:
    """Increments in the order of time; releases of one start follow each other.

    Raises
    ------
    BadInput
        A figure is below the former one of the same start; one span has two values.

    Examples
    --------
    >>> made = [Release(date(2024, 1, 1), date(2024, 3, 31), 300), Release(date(2024, 1, 1), date(2024, 6, 30), 900)]
    >>> [(one.value, one.months) for one in increments(made)]
    [(300.0, 3.0), (600.0, 3.0)]
    """
    found: list[Increment] = []
    before: Release | None = None
    for one in sorted(releases, key=lambda each: (each.start, each.end)):
        same = before is not None and before.start == one.start
        if same and before is not None:
            if before.end == one.end:
                raise BadInput("monitor.twice", start=one.start.isoformat(), end=one.end.isoformat())
            if one.value < before.value:
                raise BadInput(
                    "monitor.shrinks", end=one.end.isoformat(), value=one.value, former=before.value,
                    before=before.end.isoformat(),
                )  # fmt: skip
        last: Release | None = before if same else None
        value = float(one.value - (last.value if last else 0.0))
        months = one.months - (last.months if last else 0.0)
        error = float(np.hypot(one.rounding, last.rounding if last else 0.0)) / np.sqrt(12)
        end = one.end.year * 12 + one.end.month
        found.append(Increment(one, value, months, error, end - months / 2, int(end - months)))
        before = one
    return found


def rounding_of(value: float) -> float:
    """The unit that a figure seems rounded to: thousands, hundreds, or none.

    Examples
    --------
    >>> rounding_of(31000), rounding_of(9300), rounding_of(9233)
    (1000.0, 100.0, 1.0)
    """
    return next((unit for unit in (1000.0, 100.0) if value and value % unit == 0), 1.0)


def watch_releases(releases: Sequence[Release]) -> pl.DataFrame:
    """Each increment beside its forecast from the releases before it.

    Returns
    -------
    start, end (of the increment), months, value, expected, low, high (95 % predictive, persons), z, light, direction,
    alarm (new or continues). The first increments have no forecast.

    Raises
    ------
    BadInput
        What `increments` refuses; an increment of nought persons or fewer.

    Examples
    --------
    >>> steady = [Release(date(y, 1, 1), date(y, m, 28), 100.0 * m) for y in (2020, 2021, 2022) for m in (3, 6, 9, 12)]
    >>> set(watch_releases(steady)["light"].drop_nulls())
    {'green'}
    """
    rows, lights, directions = [], [], []
    for one in forecasts(releases):
        if one.forecast is None:
            rows.append((one.increment, None, None, None, None))
            continue
        middle, spread, degrees = one.forecast
        lights.append(light(one.z, abs(one.z) > RED))
        directions.append("" if lights[-1] == "green" else "up" if one.z > 0 else "down")
        ends = np.exp(middle + np.array([0.0, -1.0, 1.0]) * t_quantile(degrees) * spread) * one.increment.months
        rows.append((one.increment, *ends.tolist(), one.z))
    none: list[str | None] = [None] * (len(rows) - len(lights))
    return pl.DataFrame({
        "start": [_first_day(one.first) for one, *_ in rows], "end": [one.release.end for one, *_ in rows],
        "months": [one.months for one, *_ in rows], "value": [one.value for one, *_ in rows],
        **{name: [row[place] for row in rows] for place, name in enumerate(("expected", "low", "high", "z"), 1)},
        "light": none + lights, "direction": none + directions, "alarm": none + states(lights, directions),
    }, schema_overrides=dict.fromkeys(("expected", "low", "high", "z"), pl.Float64))  # fmt: skip


@dataclass(frozen=True)
class Forecasted:
    """An increment, the t forecast of the logarithm of its monthly rate (middle, deviation, degrees; none for the
    first), and what came on the normal scale.
    """

    increment: Increment
    forecast: tuple[float, float, float] | None = None
    z: float = float("nan")


def forecasts(releases: Sequence[Release]) -> list[Forecasted]:
    """Each increment in the order of time with the forecast made from those before it.

    Raises
    ------
    BadInput
        As `watch_releases`.

    Examples
    --------
    >>> steady = [Release(date(y, 1, 1), date(y, m, 28), 100.0 * m) for y in (2020, 2021, 2022) for m in (6, 12)]
    >>> [one.forecast is None for one in forecasts(steady)]
    [True, True, False, False, False, False]
    """
    steps = increments(releases)
    for one in steps:
        if one.value <= 0:
            raise BadInput("monitor.nothing_added", end=one.release.end.isoformat())
    found: list[Forecasted] = []
    learnt = _Learnt(_span(steps[0]).y if steps else 0.0)
    for place, one in enumerate(steps):
        span, alarm = _span(one), False
        if place >= FIRST:
            middle, spread, degrees = learnt.forecast(span)
            z = float(normal_scale(np.array([(span.y - middle) / spread]), degrees)[0])
            alarm = abs(z) > RED
            found.append(Forecasted(one, (middle, spread, degrees), z))
        else:
            found.append(Forecasted(one))
        learnt.take(_span(one, alarm), place > 0)
    return found


class _Learnt:
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


def _span(one: Increment, anew: bool = False) -> Span:
    return Span(
        float(np.log(one.value / one.months)), one.months, (one.error / one.value) ** 2, one.middle,
        shares_of(one.first % 12, int(one.months)), anew,
    )  # fmt: skip


def _first_day(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
