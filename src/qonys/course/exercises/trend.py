"""Trend or shock: breaks of net migration, the events that could explain them, and the trend that remains."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.inputs.annual import annual
from qonys.measurement.breakpoints import find_breaks, match_events
from qonys.measurement.shocks import trend_and_shock
from qonys.study.analyses.shocks import dated_events

NEEDS = ("net_migration:register",)
ONE, SEVERAL, NONE = "one", "several", "none"


def series(pack: Pack) -> pl.DataFrame:
    """Net migration by year as the records of moves have it: time, value, persons."""
    found = annual(pack, "net_migration", "register")
    assert found is not None
    return found.to_frame().select(pl.col("time").cast(pl.Int64), "value")


def breaks(pack: Pack) -> pl.DataFrame:
    """Its breaks: number, date, low, high, before, after, change."""
    found: pl.DataFrame = pack.cached("lab trend breaks", lambda: find_breaks(series(pack)).breaks)
    return found


def greatest(pack: Pack) -> dict[str, float]:
    """The break with the greatest change of level."""
    row = breaks(pack).sort(pl.col("change").abs(), descending=True).row(0, named=True)
    return {name: float(value) for name, value in row.items() if value is not None}


def near(pack: Pack) -> pl.DataFrame:
    """Dated events within the interval of each break: number, date, low, high, event, kind, distance."""
    return match_events(breaks(pack), dated_events(pack))


def last(pack: Pack) -> pl.DataFrame:
    """Events within the interval of the last break; no rows where there is none."""
    rows = near(pack)
    return rows.filter((pl.col("number") == rows["number"].max()) & pl.col("event").is_not_null())


def shares(pack: Pack) -> dict[str, float]:
    """Shares of the movement of the series, percent: trend, reaction, rest."""
    table: pl.DataFrame = pack.cached(
        "lab trend shares", lambda: trend_and_shock(series(pack), dated_events(pack)).shares
    )
    return {str(name): 100 * float(share) for name, share in table.select("component", "share").rows()}


def change(pack: Pack) -> Right:
    """Change of level at the greatest break, persons; its error is that of a difference of two means."""
    one, years = greatest(pack), series(pack)
    dates = [*(int(date) for date in breaks(pack)["date"]), int(years["time"].max()) + 1]  # type: ignore[arg-type]
    date = int(one["date"])
    first = max((other for other in dates if other < date), default=int(years["time"].min()))  # type: ignore[arg-type]
    until = min(other for other in dates if other > date)
    parts = [years.filter(pl.col("time").is_between(*ends))["value"] for ends in ((first, date - 1), (date, until - 1))]
    error = float(np.sqrt(sum(part.to_numpy().var(ddof=1) / len(part) for part in parts)))
    found = within(one["change"], error)
    return Right(found.value, found.tolerance, {"date": date})


def _one_year(pack: Pack) -> float:
    values, date = dict(series(pack).rows()), int(greatest(pack)["date"])
    return float(values[date] - values[date - 1])


def trend_share(pack: Pack) -> Right:
    """Share of the movement that the long trend has, percent."""
    years = series(pack)["time"]
    return Right(shares(pack)["trend"], 0.5, {"start": years[0], "end": years[-1]})


def explained(pack: Pack) -> Right:
    """Whether one dated event, several or none lie within the interval of the last break."""
    count, one = last(pack).height, breaks(pack).row(-1, named=True)
    code = NONE if count == 0 else ONE if count == 1 else SEVERAL
    return Right(code, 0.0, {name: one[name] for name in ("date", "low", "high")})


EXERCISES = (
    Exercise(
        "trend-1", change, "persons", NEEDS,
        {
            "level": lambda pack: greatest(pack)["after"],
            "earlier": lambda pack: greatest(pack)["before"],
            "one_year": _one_year,
        },
    ),
    Exercise(
        "trend-2", trend_share, "percent", NEEDS,
        {
            "rest": lambda pack: shares(pack)["rest"],
            "not_trend": lambda pack: 100 - shares(pack)["trend"],
        },
    ),
    Exercise("trend-3", explained, "", NEEDS, {"first_found": lambda pack: ONE}, lambda pack: (ONE, SEVERAL, NONE)),
)  # fmt: skip


def yearly(pack: Pack) -> LabTable:
    """Net migration by year, persons."""
    return LabTable(series(pack), ("net_migration:register",))


def dated(pack: Pack) -> LabTable:
    """Dated events and shocks within the years of the series: event, kind, start, end, direction."""
    years = series(pack)["time"]
    inside = dated_events(pack).filter(pl.col("start").is_between(years.min(), years.max()))
    cited = pack.events().filter(pl.col("id").is_in(inside["id"].implode()))["source"]
    shown = inside.select(pl.col("id").alias("event"), "start", "end", "kind", "direction").sort("start")
    return LabTable(shown, sources=tuple(cited.drop_nulls().unique()))


TABLES = {"yearly": yearly, "dated": dated}
