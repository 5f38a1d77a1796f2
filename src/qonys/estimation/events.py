"""Registered events of an interval: given for all of it under its start, or for each year and added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from qonys.errors import BadInput
from qonys.estimation.tables import clean_rows, named
from qonys.words.notes import note


@dataclass(frozen=True)
class EventsOfIntervals:
    """Events between neighbouring counts.

    Attributes
    ----------
    frame
        Columns of labels, of numbers, optional time (a year, or the start of an interval).
    what
        Name of the table in errors and notes.
    numbers
        Columns that are added up.
    sparse
        Cells without a row are none, and may be negative (reclassified persons): no year can be missing.

    """

    frame: pl.DataFrame
    what: str
    numbers: tuple[str, ...] = ("value",)
    sparse: bool = False

    def between(self, times: Sequence[int]) -> list[pl.DataFrame]:
        """Events of each interval between neighbouring times, without the column time.

        Years inside an interval (its start, not its end) are added up where any interval has several or has another
        than its start; else the row under the start is of the whole interval.

        Raises
        ------
        BadInput
            Several intervals and no time; a year of an interval without rows; empty, negative or repeated cells.

        """
        intervals = list(pairwise(times))
        if "time" not in self.frame.columns:
            if len(intervals) > 1:
                raise BadInput("estimation.events.no_time", table=self.what, intervals=_listed(intervals))
            return [self.frame]
        rows = self.frame.sort("time")
        years = [int(year) for year in rows["time"].drop_nulls().unique().sort()]
        annual = any(start < year < end for year in years for start, end in intervals)
        outside = [year for year in years if not times[0] <= year < times[-1]]
        if outside:
            note("estimation.events.outside", table=self.what, years=named([(year,) for year in outside]))
        if not annual:
            self._refuse_missing(rows, {start: f"{start}–{end}" for start, end in intervals})
            return [rows.filter(pl.col("time") == start).drop("time") for start, _ in intervals]
        self._refuse_missing(rows, {year: str(year) for year in range(times[0], times[-1])})
        note("estimation.events.annual", table=self.what, intervals=_listed(intervals))
        return [self._sum(rows.filter(pl.col("time").is_between(start, end - 1))) for start, end in intervals]

    def _refuse_missing(self, rows: pl.DataFrame, wanted: dict[int, str]) -> None:
        """Refuse labels without a row for one of the times."""
        if self.sparse:
            return
        labels = self._labels(rows)
        parts = rows.group_by(labels, maintain_order=True) if labels else [((), rows)]
        lost = [
            (*own, shown) for own, part in parts for time, shown in wanted.items() if time not in set(part["time"])
        ]
        if lost:
            raise BadInput("estimation.events.missing", table=self.what, cells=named(lost))

    def _sum(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of several years added up."""
        labels = self._labels(rows)
        for number in self.numbers:
            cells = rows if not self.sparse else rows.with_columns(pl.col(number).abs())
            clean_rows(cells, [*labels, "time"], self.what, number)
        sums = [pl.col(number).sum() for number in self.numbers]
        return rows.group_by(labels, maintain_order=True).agg(sums) if labels else rows.select(sums)

    def _labels(self, rows: pl.DataFrame) -> list[str]:
        return [name for name in rows.columns if name not in (*self.numbers, "time")]


def _listed(intervals: Iterable[tuple[int, int]]) -> str:
    return named([(f"{start}–{end}",) for start, end in intervals])
