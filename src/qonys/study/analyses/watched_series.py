"""A series of counts to watch: a person's file by month, week or day, or a table by month of a pack."""

from __future__ import annotations

import calendar
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
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput, UnknownName
from qonys.monitor.series import MOVING, Watched, WatchOptions, watch, watch_moving

MONTHLY = Wanted(whole=("time", "month"), kinds={"value": "persons"})
NUMBERED = Wanted(
    whole=("number",), kinds={"value": "persons"}, also={"number": ("week", "day", "quarter", "time", "неделя", "апта")}
)
MONTHS = ("month", "месяц", "ай")
BY_MONTH = ("year", "month", "value")


@dataclass(frozen=True)
class CountSeries:
    """Counts (t,) at consecutive whole `times` (t,), and the names of the times.

    Of months also their `days` (t,).
    """

    counts: NDArray[np.float64]
    times: NDArray[np.int64]
    names: pl.Series
    days: NDArray[np.float64] | None = None


def series_of_file(path: Path, choices: FileChoices = AS_FOUND) -> CountSeries:
    """A series in a file: number, week or day (whole numbers that follow each other) or year and month, value.

    Raises
    ------
    BadInput
        A month that there is not, a time that does not follow the one before it: with file, row and column.

    """
    table = read_long(path, _wanted, choices)
    column = "month" if "month" in table.frame.columns else "number"
    frame = table.frame.with_columns(pl.Series("row", [int(str(row)) for row in table.rows]))
    if column == "number":
        frame = frame.sort("number").with_columns(at=pl.col("number").cast(pl.Int64))
        found = CountSeries(_counts(frame), frame["at"].to_numpy(), frame["at"].rename("time"))
    else:
        for row, month in frame.select("row", "month").iter_rows():
            if not 1 <= month <= 12:
                raise BadInput("monitor.months", path=str(path), row=row, column=table.used["month"], value=month)
        frame = frame.sort("time", "month").with_columns(at=pl.col("time").cast(pl.Int64) * 12 + pl.col("month") - 1)
        found = _by_month(frame, "time")
    _refuse_gaps(path, table, frame, found, column)
    return found


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
    return _by_month(frame.with_columns(at=at), "year")


def watched_series(series: CountSeries, options: WatchOptions) -> Watched | pl.DataFrame:
    """The series value by value after its base; charts whose base moves give their table alone.

    Of months their days are the exposure and twelve the cycle.
    """
    options = options if series.days is None else replace(options, cycle=12)
    if options.chart in MOVING:
        return watch_moving(series.counts, series.times, options).with_columns(series.names)
    found = watch(series.counts, series.times, options, series.days)
    return replace(found, values=found.values.with_columns(series.names))


def _counts(frame: pl.DataFrame) -> NDArray[np.float64]:
    return frame["value"].to_numpy().astype(np.float64)


def _by_month(frame: pl.DataFrame, year: str) -> CountSeries:
    pairs = list(frame.select(year, "month").iter_rows())
    days = np.array([calendar.monthrange(max(one, 1), month)[1] for one, month in pairs], dtype=np.float64)
    names = pl.Series("time", [f"{one}-{month:02d}" for one, month in pairs])
    return CountSeries(_counts(frame), frame["at"].to_numpy(), names, days)


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
    """Years with a column of months, or times numbered one after another."""
    return MONTHLY if any(name.strip().lower() in MONTHS for name in columns) else NUMBERED
