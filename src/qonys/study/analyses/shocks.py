"""Breaks, trend and shock of a person's own series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import AMOUNT
from qonys.catalog.reading.times.units import PER, YEAR, written, year_at
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.measurement.breakpoints import BreakOptions, find_breaks, match_events
from qonys.measurement.shocks import trend_and_shock
from qonys.study.analyses.series_times import counted, shown, with_parts
from qonys.study.analyses.territory import with_territory
from qonys.study.claims.reading import claims_text

KEYS = ("series", "region", "group")
SERIES = Wanted(whole=("time",), optional_labels=KEYS, optional_numbers=("sd",), kinds={"value": AMOUNT}, apart=KEYS)
EVENTS = Wanted(
    labels=("id",),
    numbers=(),
    whole=("start",),
    optional_whole=("end",),
    optional_labels=("kind", "direction"),
    apart=("id", "kind", "direction"),
    codes=("id", "kind", "direction"),
)
YEARLY = ("years", "effects", "shares")
SPANS = ("date", "low", "high")
TABLES = ("breaks", "segments", "selection", "tests", "events", "years", "effects", "shares")


@dataclass(frozen=True)
class SeriesOptions:
    """What to look for: table, trend (lines), criterion, share, most, lags, outliers."""

    table: str = "breaks"
    trend: bool = False
    criterion: str = "bic"
    share: float = 0.15
    most: int = 5
    lags: int = 0
    outliers: bool = False

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))


@dataclass(frozen=True)
class SeriesFound:
    """The asked `table`; `failed` series (keys, reason, n); (labels, least criterion) of series without a break."""

    table: pl.DataFrame
    failed: pl.DataFrame
    unbroken: tuple[tuple[tuple[object, ...], float], ...]
    unit: str = YEAR


def dated_events(pack: Pack) -> pl.DataFrame:
    """The pack's dated events and shocks: id, kind, start, end (inclusive), direction.

    Periods and waves are left out: they are named after the course of migration itself. So is what rests on the text
    whose claims the study checks: its own statement is no independent event.
    """
    dated = pl.col("kind").is_in(["event", "shock"])
    rows = pack.events().filter(dated & pl.col("source").ne_missing(claims_text(pack) or None))
    end = pl.when(pl.col("kind") == "shock").then(pl.col("end") - 1).otherwise(None)
    return rows.select("id", "kind", pl.col("start").cast(pl.Int64), end.cast(pl.Int64).alias("end"), "direction")


def breaks_of_file(
    path: Path, events: pl.DataFrame, options: SeriesOptions, choices: FileChoices = AS_FOUND
) -> SeriesFound:
    """The asked table of a series file, the series that failed, and those without a break.

    Raises
    ------
    BadInput
        A trend with shocks of times finer than years; times finer than years that do not follow each other; what the
        reading and the methods refuse.

    """
    frame, unit = counted(read_long(path, lambda columns: with_parts(SERIES, columns), choices))
    keys = [name for name in KEYS if name in frame.columns]
    if unit != YEAR:
        _refuse_finer(frame, keys, unit, options.table)
    if options.table in YEARLY:
        split = trend_and_shock(frame, events, keys, options.most, options.outliers)
        return SeriesFound(getattr(split, options.table), split.failed, ())
    chosen = BreakOptions(options.share, options.most, options.trend, options.criterion, options.lags)
    found = find_breaks(frame, keys, chosen)
    years = by_year(found.breaks, unit)
    if options.table in ("breaks", "events"):
        years = with_territory(years, keys, choices.regions)
        found = replace(found, breaks=years.with_columns(found.breaks.select(SPANS)))
    if options.table == "events":
        table = match_events(years, events, keys)
    else:
        table = shown(_slope_a_year(getattr(found, options.table), unit), unit)
    return SeriesFound(table, found.failed, found.unbroken(keys, options.criterion), unit)


def by_year(breaks: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Breaks with the years of their dates; `unit`: that of the dates.

    Examples
    --------
    >>> by_year(pl.DataFrame({"date": [24172], "low": [24170], "high": [24181]}), "month").row(0)
    (2014, 2014, 2015)

    """
    if unit == YEAR:
        return breaks
    return breaks.with_columns(pl.col(SPANS).map_elements(lambda time: year_at(time, unit), return_dtype=pl.Int64))


def _slope_a_year(table: pl.DataFrame, unit: str) -> pl.DataFrame:
    return table.with_columns(pl.col("slope") * PER[unit]) if "slope" in table.columns else table


def _refuse_finer(frame: pl.DataFrame, keys: list[str], unit: str, table: str) -> None:
    """Refuse tables that go by years, and times that do not follow each other."""
    if table in YEARLY:
        raise BadInput("breaks.yearly", table=table)
    ordered = frame.sort(*keys, "time")
    step = pl.col("time").diff()
    gaps = ordered.with_columns(step=step.over(keys) if keys else step).filter(pl.col("step") > 1)
    if gaps.height:
        row = gaps.row(0, named=True)
        series = "/".join(str(row[key]) for key in keys) or "–"
        former = written(int(row["time"] - row["step"]), unit)
        raise BadInput("breaks.gap", series=series, time=written(int(row["time"]), unit), former=former)


def events_of_file(path: Path, choices: FileChoices = AS_FOUND) -> pl.DataFrame:
    """Events in a file: id, start; end, kind, direction if there are."""
    return with_event_columns(read_long(path, EVENTS, choices).frame)


def with_event_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Events with all their columns; those that lack are empty."""
    missing = [name for name in ("end", "kind", "direction") if name not in frame.columns]
    types = {"end": pl.Int64, "kind": pl.String, "direction": pl.String}
    return frame.with_columns(pl.lit(None, dtype=types[name]).alias(name) for name in missing)
