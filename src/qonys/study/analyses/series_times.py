"""Times of a person's series: years, quarters, months, weeks or days in one column, or a part of a year beside a year.

Every command that reads a series of a person reads its times here, and shows them as they are written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from qonys.catalog.reading.long_tables import LongTable
from qonys.catalog.reading.times.units import FORMS, MONTH, PER, QUARTER, YEAR, read_in, written
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput

PARTS: Mapping[str, tuple[str, ...]] = {
    MONTH: ("month", "месяц", "ай"), QUARTER: ("quarter", "квартал", "тоқсан")
}  # fmt: skip
YEARS = ("year", "год", "жыл", "жылы", "time", "date", "period", "период", "дата", "время", "кезең", "уақыт")
SHOWN = ("time", "date", "until", "low", "high", "start", "end")  # columns of results that hold times
SEASONS: Mapping[str, int] = {QUARTER: 4, MONTH: 12}  # whose times of a year are always as many


def with_parts(wanted: Wanted, columns: Sequence[str]) -> Wanted:
    """What is asked of a series whose time is `time`: with its column of months or quarters where the file has one."""
    known = {name.strip().lower() for name in columns}
    dated = known.intersection(YEARS)
    parts = tuple(part for part, names in PARTS.items() if dated and known.intersection(names))[:1]
    also = {**wanted.also, **{part: PARTS[part] for part in parts}}
    return replace(wanted, whole=(*wanted.whole, *parts), also=also, finer="" if parts else "time")


def counted(table: LongTable) -> tuple[pl.DataFrame, str]:
    """The frame with one whole time, and the unit of it.

    Raises
    ------
    BadInput
        A month outside 1 to 12, a quarter outside 1 to 4; starts of units beside times finer than years.

    """
    frame, unit = with_one_time(table.frame)
    unit = unit if table.unit == YEAR else table.unit
    if unit != YEAR and "start" in frame.columns:
        raise BadInput("effect.parts_and_starts")
    return frame, unit


def with_one_time(frame: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The frame with one whole time in the place of a year and its part, and the unit of it.

    Raises
    ------
    BadInput
        A month outside 1 to 12, a quarter outside 1 to 4.

    Examples
    --------
    >>> made, unit = with_one_time(pl.DataFrame({"time": [2014], "month": [5], "value": [1.0]}))
    >>> made["time"].item(), written(made["time"].item(), unit)
    (24172, '2014-05')

    """
    part = next((name for name in PARTS if name in frame.columns), None)
    if part is None:
        return frame, YEAR
    wrong = frame.filter(~pl.col(part).is_between(1, PER[part]))
    if wrong.height:
        raise BadInput("effect.part", year=wrong["time"][0], value=wrong[part][0], most=PER[part])
    return frame.with_columns(time=pl.col("time") * PER[part] + pl.col(part) - 1).drop(part), part


def read_time(text: str, unit: str) -> int:
    """The time that a person wrote.

    Raises
    ------
    BadInput
        It is not of the form of the file's times.

    Examples
    --------
    >>> read_time("2014-05", "month"), read_time("2014-Q2", "quarter"), read_time("2014", "year")
    (24172, 8057, 2014)

    """
    found = read_in(text, unit)
    if found is None:
        raise BadInput("effect.at_form", value=text, form=FORMS[unit])
    return found


def shown(table: pl.DataFrame, unit: str) -> pl.DataFrame:
    """A table of results with its times as a person writes them.

    Examples
    --------
    >>> shown(pl.DataFrame({"date": [24172], "value": [1.5]}), "month").row(0)
    ('2014-05', 1.5)

    """
    whole = table.schema
    columns = [name for name in SHOWN if unit != YEAR and name in whole and whole[name].is_integer()]
    return table.with_columns(
        pl.col(name).map_elements(lambda time: written(time, unit), return_dtype=pl.String) for name in columns
    )
