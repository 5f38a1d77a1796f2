"""A column of times that may be finer than years: months, quarters, weeks and days as whole numbers of one unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.dates import looks_like_date, with_dates
from qonys.catalog.reading.times.units import (
    DAY,
    FORMS,
    YEAR,
    in_unit,
    looks_finer,
    number_of,
    read_in,
    unit_of_days,
    written,
)
from qonys.catalog.reading.times.years import year_of
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.words.notes import note


def with_units(path: Path, rows: pl.DataFrame, used: Mapping[str, str], wanted: Wanted) -> tuple[pl.DataFrame, str]:
    """Rows whose times are whole numbers of one unit, and the unit; years and plain numbers stay as they are.

    Parameters
    ----------
    path
        The file, for errors and notes.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    used
        Name of the method -> column of the file.
    wanted
        Names the method asks for; `finer` is the time that need not be a year.

    Raises
    ------
    BadInput
        Times of several units stand in one column, or a time is none of its unit; what `with_dates` refuses.

    """
    column = used.get(wanted.finer, "")
    texts = rows[column].drop_nulls().unique().to_list() if column else []
    if not any(map(_finer, texts)) or _mostly_years(texts):
        return rows, YEAR
    if any(looks_like_date(text) and number_of(text) is None for text in texts):
        rows = with_dates(path, rows, column)
    found: dict[str, int] = {}
    unit = ""
    for text, row in zip(rows[column], rows[NUMBER], strict=True):
        if text is None or not text.strip() or text in found:
            continue
        one = number_of(text)
        where = {"path": str(path), "row": row, "column": column, "value": text}
        if one is None:
            raise BadInput("catalog.times.none", **where, form=FORMS[unit] if unit else FORMS[DAY])
        if unit not in ("", one[0]):
            raise BadInput("catalog.times.mixed", **where, first=next(iter(found)))
        unit, found[text] = one
    shown, unit = _of_days(found, path, column) if unit == DAY else (found, unit)
    numbers = [None if text is None or not text.strip() else str(shown[text]) for text in rows[column]]
    return rows.with_columns(pl.Series(column, numbers, dtype=pl.String)), unit


def _mostly_years(texts: Collection[str]) -> bool:
    """Whether half of the times or more are plain years, among which a finer one is the error."""
    return 2 * sum(read_in(text, YEAR) is not None for text in texts) >= len(texts)


def _finer(text: str) -> bool:
    """Whether a text names a time finer than a year; the first day of a year may stand for the year."""
    return (looks_finer(text) or looks_like_date(text)) and year_of(text) is None


def _of_days(found: Mapping[str, int], path: Path, column: str) -> tuple[dict[str, int], str]:
    """Days as the times of the unit that they stand for, which is said where it is not the day."""
    unit = unit_of_days(found.values())
    shown = {text: in_unit(day, unit) for text, day in found.items()}
    if unit != DAY:
        text, number = next(iter(shown.items()))
        values = {"path": str(path), "column": column, "text": text, "time": written(number, unit), "n": len(shown)}
        note("catalog.times.dates", **values)
    return shown, unit


def with_written(frame: pl.DataFrame, column: str, unit: str) -> pl.DataFrame:
    """The frame with its times as they are written, where they are finer than years.

    Examples
    --------
    >>> with_written(pl.DataFrame({"time": [24172]}), "time", "month")["time"].item()
    '2014-05'

    """
    if unit == YEAR or column not in frame.columns:
        return frame
    return frame.with_columns(
        pl.col(column).cast(pl.Int64).map_elements(lambda time: written(time, unit), return_dtype=pl.String)
    )
