"""A series of counts to watch: a person's file by month, week or day, or a table by month of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.filters import filtered, parsed_conditions
from qonys.catalog.pack import nearest
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, LongTable, read_long
from qonys.catalog.reading.times.units import MONTH, PER, QUARTER, WEEK, YEAR, days_in, written
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput, UnknownName
from qonys.monitor.series import MOVING, Watched, WatchOptions, watch, watch_moving
from qonys.study.analyses.series_times import PARTS, with_one_time, with_parts

NUMBERS = ("week", "day", "time", "неделя", "апта", *PARTS[MONTH], *PARTS[QUARTER])
DATED = Wanted(whole=("time",), kinds={"value": "persons"})
NUMBERED = Wanted(whole=("number",), kinds={"value": "persons"}, also={"number": NUMBERS}, finer="number")
CYCLED = (MONTH, QUARTER, WEEK)  # units whose times of a year are a cycle
BY_MONTH = ("year", "month", "value")


@dataclass(frozen=True)
class CountSeries:
    """Counts (t,) at consecutive whole `times` (t,), and the names of the times.

    Of months and quarters also their `days` (t,); `cycle`: how many times a year has, 0 where they do not say it.
    """

    counts: NDArray[np.float64]
    times: NDArray[np.int64]
    names: pl.Series
    days: NDArray[np.float64] | None = None
    cycle: int = 0


def series_of_file(path: Path, choices: FileChoices = AS_FOUND) -> CountSeries:
    """A series in a file: value, and time: numbers, years, quarters, months, weeks or days that follow each other.

    Raises
    ------
    BadInput
        A month that there is not, a time that does not follow the one before it, a part of a person: with file, row
        and column.

    """
    table = read_long(path, _wanted, choices)
    part = next((name for name in (*PARTS, "number") if name in table.frame.columns), "time")
    rows = pl.Series("row", [int(str(row)) for row in table.rows])
    whole = table.frame.rename({"number": "time"}, strict=False).with_columns(rows)
    _refuse_cells(path, table, whole, part)
    frame, unit = with_one_time(whole)
    unit = unit if table.unit == YEAR else table.unit
    frame = frame.with_columns(pl.col("time").cast(pl.Int64)).sort("time")
    found = counts_in(frame, unit)
    _refuse_gaps(path, table, frame, found, part)
    return found


def counts_in(frame: pl.DataFrame, unit: str) -> CountSeries:
    """The series of a frame with whole times of a unit in their order (`time`), and `value`."""
    times = frame["time"].to_numpy().astype(np.int64)
    if unit == YEAR:
        return CountSeries(_counts(frame), times, frame["time"])
    names = pl.Series("time", [written(int(one), unit) for one in times])
    days = None
    if unit in (MONTH, QUARTER):
        days = np.array([days_in(int(one), unit) for one in times], dtype=np.float64)
    return CountSeries(_counts(frame), times, names, days, PER[unit] if unit in CYCLED else 0)


def series_of(pack: Pack, given: Path, choices: FileChoices = AS_FOUND) -> CountSeries:
    """The series of a file; where there is none and the name has no ending, of the table of that name in the pack.

    Raises
    ------
    BadInput
        As `series_of_file` and `series_of_pack`.

    """
    if given.exists() or given.suffix or given.name != str(given):
        return series_of_file(given, choices)
    return series_of_pack(pack, given.name, choices.where)


def series_of_counts(counts: NDArray[np.float64]) -> CountSeries:
    """Counts (t,) one after another, numbered from 1."""
    times = np.arange(1, len(counts) + 1)
    return CountSeries(counts, times, pl.Series("time", times))


def series_of_pack(pack: Pack, name: str, where: Sequence[str] = ()) -> CountSeries:
    """A table by month of a pack (`deaths_monthly`, or `deaths` in short); `where`: conditions that choose its rows.

    Raises
    ------
    UnknownName
        The pack has no such table by month.
    BadInput
        Its rows, so chosen, are not one series.

    """
    by_month = tuple(one for one in pack.tables() if {*BY_MONTH} <= {*pack.resources_of(one)[0].columns})
    table = next((one for one in (name, f"{name}_monthly") if one in by_month), None)
    if table is None:
        near = nearest(name, by_month)
        raise UnknownName("monitor.no_series", name=name, near=near or "–", known=", ".join(by_month) or "–")
    frame = filtered(inputs.rows(pack, table), parsed_conditions(list(where))).sort("year", "month")
    at = frame["year"].cast(pl.Int64) * 12 + frame["month"].cast(pl.Int64) - 1
    if not frame.height or (at.diff().drop_nulls() != 1).any():
        key = [one for one in pack.resources_of(table)[0].statement_key() if one not in BY_MONTH]
        raise BadInput("monitor.not_one_series", table=table, columns=", ".join(key))
    return counts_in(frame.select("value", time=at), MONTH)


def watched_series(series: CountSeries, options: WatchOptions) -> Watched | pl.DataFrame:
    """The series value by value after its base; charts whose base moves give their table alone.

    Of months and quarters their days are the exposure; the times that a year has of them, and of weeks, are the cycle.
    """
    options = replace(options, cycle=series.cycle) if series.cycle else options
    if options.chart in MOVING:
        return watch_moving(series.counts, series.times, options).with_columns(series.names)
    found = watch(series.counts, series.times, options, series.days)
    return replace(found, values=found.values.with_columns(series.names))


def _counts(frame: pl.DataFrame) -> NDArray[np.float64]:
    return frame["value"].to_numpy().astype(np.float64)


def _refuse_cells(path: Path, table: LongTable, frame: pl.DataFrame, part: str) -> None:
    """Refuse a month or a quarter that there is not, and a part of a person, naming the row."""
    for row, value in frame.select("row", "value").iter_rows():
        if value != round(value):
            raise BadInput("monitor.fraction", path=str(path), row=row, column=table.used["value"], value=value)
    if part not in PARTS:
        return
    for row, place in frame.select("row", part).iter_rows():
        if not 1 <= place <= PER[part]:
            key = "monitor.months" if part == MONTH else "monitor.quarters"
            raise BadInput(key, path=str(path), row=row, column=table.used[part], value=place)


def _refuse_gaps(path: Path, table: LongTable, frame: pl.DataFrame, series: CountSeries, column: str) -> None:
    """Refuse a time that does not follow the one before it, naming its row."""
    gaps = np.flatnonzero(np.diff(series.times) != 1)
    if len(gaps):
        place = int(gaps[0]) + 1
        raise BadInput(
            "monitor.gap_before", path=str(path), row=frame["row"][place], column=table.used[column],
            time=series.names[place], former=series.names[place - 1],
        )  # fmt: skip


def _wanted(columns: Sequence[str]) -> Wanted:
    """Times named as dates or years, with their parts; or times numbered one after another."""
    dated = with_parts(DATED, columns)
    known = {name.strip().lower() for name in columns}
    return NUMBERED if dated.finer and known.intersection((*NUMBERS, "number")) else dated
