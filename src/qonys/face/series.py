"""Time series: structural breaks, and trend and shocks."""

from __future__ import annotations

from typing import TypedDict, Unpack

import polars as pl

from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.labels import known_regions
from qonys.face.options import checked
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.measurement.breakpoints import BreakOptions, find_breaks, match_events
from qonys.measurement.shocks import trend_and_shock as split_series
from qonys.study.analyses.shocks import EVENTS, KEYS, SERIES, with_event_columns
from qonys.study.analyses.territory import with_territory


class BreakChoices(TypedDict, total=False):
    """Further options of `breaks`."""

    share: float
    most: int
    lags: int


@offered
def breaks(
    series: Table,
    *,
    trend: bool = False,
    criterion: str = "bic",
    events: Table | None = None,
    columns: Columns = None,
    **options: Unpack[BreakChoices],
) -> Result:
    """Structural breaks of a time series: number, dates and confidence interval of each date.

    Parameters
    ----------
    series
        time (years without gaps), value; optional series, region, group: each is analysed separately.
    trend
        Fit a linear trend in each segment instead of a mean.
    criterion
        bic, or lwz (fewer breaks).
    events
        id, start, optional end, kind, direction: dated events to be compared with the break dates.
    columns
        Standard column name to your column name.
    options
        `share`: minimum proportion of the series in a segment (0.15); `most`: maximum number of breaks (5); `lags` of
        the long-run variance (0).

    Returns
    -------
    number, date (first year of the new segment), low, high (95%), before, after (fitted values at the break),
    change; territory, where a date may be that of a change of the region's territory: its year. Tables: `segments`
    (slope a year with `trend`), `selection` (BIC by number of breaks), `tests` (supF with p), `events` (if given),
    `failed` (series that cannot be analysed, and why).

    Raises
    ------
    BadInput
        Empty values, a repeated year, no series long enough.

    Notes
    -----
    Source: Bai and Perron (1998, 2003); dates: Bai (1997); supF: Andrews (1993).

    Examples
    --------
    >>> import qonys
    >>> series = {"time": range(1980, 2000), "value": [1, 2] * 5 + [11, 12] * 5}
    >>> qonys.breaks(series).frame.select("date", "low", "high").row(0)
    (1990, 1989, 1991)
    """
    known = checked(options, tuple(BreakChoices.__annotations__), "breaks")
    frame = frame_of(series, SERIES, "series", columns)
    keys = [name for name in KEYS if name in frame.columns]
    found = find_breaks(frame, keys, BreakOptions(trend=trend, criterion=criterion, **known))
    marked = with_territory(found.breaks, keys, known_regions())
    tables = {"segments": found.segments, "selection": found.selection, "tests": found.tests, "failed": found.failed}
    if events is not None and found.breaks.height:
        dated = with_event_columns(frame_of(events, EVENTS, "events", columns))
        tables["events"] = match_events(found.breaks, dated, keys)
    schema = {"number": pl.Int64, "date": pl.Int64, "low": pl.Int64, "high": pl.Int64}
    shown = marked if marked.width else pl.DataFrame(schema=schema)
    view = View("dots", "date", keys[0], "low", "high") if keys else View("dots", "date", "number", "low", "high")
    return Result("breaks", shown, tables, _failed(found.failed), (view,), found, sources_of(series))


def _failed(frame: pl.DataFrame) -> tuple[Note, ...]:
    return (("face.failed", {"n": frame.height}),) if frame.height else ()


@offered
def trend_and_shock(
    series: Table,
    events: Table | None = None,
    *,
    most: int = 5,
    outliers: bool = False,
    columns: Columns = None,
) -> Result:
    """A series decomposed into long-term trend, responses to dated events, and a remainder.

    Parameters
    ----------
    series
        time (years; gaps allowed), value, optional sd (standard error), series, region, group.
    events
        id, start, optional end, kind, and direction (in: increases, out: decreases): candidate events.
    most
        Maximum number of responses in a series.
    outliers
        Whether single outlying years are also candidates.
    columns
        Standard column name to your column name.

    Returns
    -------
    time, observed, trend, trend_low, trend_high (95%), reaction, rest, in the unit of value; the three sum exactly to
    the observed value. Tables: `effects` (each response with its form, size, error, and events that would fit almost
    equally well), `shares`, `models`, `failed`.

    Raises
    ------
    BadInput
        Empty values, a repeated year, no series of twelve years or more.

    Notes
    -----
    Source: structural time series (Harvey 1989); choice of responses: Chen and Chen (2008), extended Bayesian
    criterion; outliers: Chen and Liu (1993). Coincidence in time does not prove causation.

    Examples
    --------
    >>> import qonys
    >>> values = [10.0 + (t % 3) + (50 if t == 12 else 0) for t in range(24)]
    >>> events = {"id": ["crisis"], "start": [2012], "direction": ["in"]}
    >>> found = qonys.trend_and_shock({"time": range(2000, 2024), "value": values}, events)
    >>> found.table("effects").select("event", "form", "start").row(0)
    ('crisis', 'pulse', 2012)
    """
    frame = frame_of(series, SERIES, "series", columns)
    keys = [name for name in KEYS if name in frame.columns]
    dated = None if events is None else with_event_columns(frame_of(events, EVENTS, "events", columns))
    found = split_series(frame, dated, keys, most, outliers)
    tables = {"effects": found.effects, "shares": found.shares, "models": found.models, "failed": found.failed}
    view = View("line", "time", "trend", "trend_low", "trend_high", panel=keys[0] if keys else "", points="observed")
    return Result("trend_and_shock", found.years, tables, _failed(found.failed), (view,), found, sources_of(series))
