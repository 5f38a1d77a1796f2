"""Effect of a dated act or event."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.result import Result
from qonys.figures.results import View
from qonys.study.analyses.effect import METHODS, PANEL, EffectOptions, effect_of_frame
from qonys.study.analyses.shocks import EVENTS, with_event_columns

NO_EVENTS = pl.DataFrame(schema={"id": pl.String, "kind": pl.String, "start": pl.Int64, "end": pl.Int64})
DRAWN = {
    "path": View("line", "time", "expected", points="observed", table="path"),
    "since": View("dots", "since", "value", "low", "high", table="since"),
}


@offered
def effect(
    panel: Table,
    at: int | None = None,
    *,
    treated: str = "",
    events: Table | None = None,
    errors: str = "robust",
    season: int = 0,
    columns: Columns = None,
) -> Result:
    """Effect of a dated act or event on a series or panel, by the method that the figures allow.

    One series: interrupted series. Several units and one `treated`: synthetic control. A column `start`: event study by
    cohorts. What cannot be answered is refused.

    Parameters
    ----------
    panel
        time, value; region, group or series of a panel; start, the first time of each unit (empty: never).
    at
        First time of the effect.
    treated
        The unit that was touched; the others are donors.
    events
        id, start, optional end and kind: other dated events, of which those near are rivals of the explanation.
    errors
        robust (Newey and West) or autoregressive, of an interrupted series.
    season
        Times in a cycle (12 for months).
    columns
        Standard column name to your column name.

    Returns
    -------
    effect (step, slope, mean), value, error or level, low, high, p, percent of what was expected. Tables: `path`,
    `curve` (of specifications), `rivals`, of a synthetic control `donors`, `placebos` and `earlier`, of an event study
    `since`.

    Raises
    ------
    BadInput
        A unit lacks a time; too few times before or after the date; too few donors; the treated unit lies outside what
        they can combine to; nobody to compare with.

    Notes
    -----
    Source: Abadie, Diamond and Hainmueller (2010); Firpo and Possebom (2018); Sun and Abraham (2021); Bernal et al.
    (2017).

    Examples
    --------
    >>> import qonys
    >>> values = [10.0 + t % 2 + 5.0 * (t >= 12) for t in range(20)]
    >>> found = qonys.effect({"time": range(2000, 2020), "value": values}, at=2012)
    >>> round(found.frame["value"][0])
    5
    """
    frame = frame_of(panel, PANEL, "panel", columns)
    dated = NO_EVENTS if events is None else with_event_columns(frame_of(events, EVENTS, "events", columns))
    choices = EffectOptions("effect", at, treated, errors, season)
    found = effect_of_frame(frame, dated, choices)
    others = [name for name in METHODS[found.method] if name != "effect"]
    tables = {name: effect_of_frame(frame, dated, replace(choices, table=name)).table for name in others}
    views = tuple(view for name, view in DRAWN.items() if name in tables)
    return Result("effect", found.table, tables, (), views[:1], found, sources_of(panel))
