"""Periods of numbers that a year does not tell: a half-year, the time of a survey, years with gaps."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qonys.study.runs.results import PUBLISHED, TableResult

DATES = "_dates"  # ends the name of such a table


def dated(chapter: str, periods: Mapping[str, str]) -> TableResult:
    """The table of periods of a chapter: name, period ("2022-H1", "2024-11-13/2024-11-24", "../2016", "2017, 2019").

    Examples
    --------
    >>> dated("labour", {"labour.leavers_period": "2022-H1"}).frame.rows()
    [('labour.leavers_period', '2022-H1')]

    """
    frame = pl.DataFrame({"name": list(periods), "period": list(periods.values())}, schema=dict.fromkeys(
        ("name", "period"), pl.String
    ))  # fmt: skip
    return TableResult(f"{chapter}{DATES}", frame, "text", 1, (), PUBLISHED)


def periods_in(tables: Mapping[str, TableResult]) -> dict[str, str]:
    """Period by name, of all such tables."""
    found = (table.frame for name, table in tables.items() if name.endswith(DATES))
    return {str(name): str(period) for frame in found for name, period in frame.select("name", "period").iter_rows()}
