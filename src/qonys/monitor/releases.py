"""Cumulative releases of a year: increments with their error, and each beside what was expected before it.

The unit is the release: figures from the beginning of the year to a month, rounded, revised, at irregular months. An
increment is the difference of two releases of a year (`qonys.monitor.increments`). The logarithm of its monthly rate
follows a local level (Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, ch. 4) with
seasons, seen over irregular spans (`qonys.kernels.monitoring.spans`), with noise s a month, rounding, revisions to
come, and a random walk of the level by q a month (`qonys.monitor.learning`).

Each forecast rests on the editions that were known when its release was due. After an alarm the level begins anew; the
seasons, which sum to nought, stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.monitor.increments import Increment, increments, newest, revision_error
from qonys.monitor.increments import Release as Release
from qonys.monitor.learning import Learning, span_of, two_sided
from qonys.monitor.levels import RED, light, normal_scale, states

FIRST = 2


@dataclass(frozen=True)
class Judged:
    """An increment beside its forecast: `expected`, `low`, `high` (95 %, persons), `z`, `light`, `direction`; None and
    empty where there was no forecast. `forecast`: middle, deviation and degrees of the t of its logarithm a month.
    """

    increment: Increment
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    z: float | None = None
    light: str | None = None
    direction: str = ""
    forecast: tuple[float, float, float] | None = None


def watch_releases(releases: Sequence[Release], revision: float | None = None) -> pl.DataFrame:
    """Each increment beside its forecast from the releases before it, in the editions known by then.

    `revision`: standard deviation of revisions to come, as a share of a figure (None: from the releases themselves).

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
    rows, _ = watched(releases, revision)
    lit = [one for one in rows if one.light is not None]
    lights, directions = [one.light or "" for one in lit], [one.direction for one in lit]
    none: list[str | None] = [None] * (len(rows) - len(lit))
    return pl.DataFrame({
        "start": [first_day(one.increment.first) for one in rows], "end": [one.increment.release.end for one in rows],
        "months": [one.increment.months for one in rows], "value": [one.increment.value for one in rows],
        **{name: [getattr(one, name) for one in rows] for name in ("expected", "low", "high", "z")},
        "light": none + lights, "direction": none + directions, "alarm": none + states(lights, directions),
    }, schema_overrides=dict.fromkeys(("expected", "low", "high", "z"), pl.Float64))  # fmt: skip


def watched(releases: Sequence[Release], revision: float | None = None) -> tuple[list[Judged], Learning | None]:
    """The increments of `watch_releases`, and what all of them taught; None without releases."""
    share = revision_error(releases) if revision is None else revision
    rows: list[Judged] = []
    learning: Learning | None = None
    before: list[Increment] = []
    for steps in _as_known(releases, share):
        if learning is None or steps[:-1] != before:
            learning = _learnt(steps, rows)
        rows.append(_judged(steps[-1], learning if len(steps) > FIRST else None))
        learning.take(span_of(steps[-1], rows[-1].light == "red"), len(steps) > 1)
        before = steps
    latest = increments(releases, share)
    return rows, learning if latest == before or learning is None else _learnt([*latest, latest[-1]], rows)


def _as_known(releases: Sequence[Release], revision: float) -> Iterator[list[Increment]]:
    """The increments up to each span as they were known when its release was due."""
    latest = newest(releases)
    steps = increments(releases, revision)
    for place, last in enumerate(latest):
        if len(latest) < len(releases):
            there = [one for one in releases if (one.start, one.end) <= (last.start, last.end)]
            due = min((one for one in there if one.end == last.end), key=lambda one: one.edition).due
            steps = increments(newest(there, due), revision)
        known = steps[: place + 1]
        if known[-1].value <= 0:
            raise BadInput("monitor.nothing_added", end=last.end.isoformat())
        yield known


def _learnt(steps: Sequence[Increment], rows: Sequence[Judged]) -> Learning:
    """What all but the last of the increments teach, with the alarms that were raised at their time."""
    made = Learning(span_of(steps[0]).y)
    for place, (one, row) in enumerate(zip(steps[:-1], rows, strict=False)):
        made.take(span_of(one, row.light == "red"), place > 0)
    return made


def _judged(one: Increment, learning: Learning | None) -> Judged:
    if learning is None:
        return Judged(one)
    span = span_of(one)
    middle, spread, degrees = learning.forecast(span)
    z = float(normal_scale(np.array([(span.y - middle) / spread]), degrees)[0])
    shown = light(z, abs(z) > RED)
    ends = np.exp(middle + np.array([0.0, -1.0, 1.0]) * two_sided(degrees) * spread) * one.months
    expected, low, high = ends.tolist()
    direction = "" if shown == "green" else "up" if z > 0 else "down"
    return Judged(one, expected, low, high, z, shown, direction, (middle, spread, degrees))


def first_day(months: int) -> date:
    """The first day of a month counted from the year 0.

    Examples
    --------
    >>> first_day(2024 * 12 + 2)
    datetime.date(2024, 3, 1)
    """
    return date(months // 12, months % 12 + 1, 1)
