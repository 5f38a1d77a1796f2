"""Dates as people and programs write them: 2020-03-01, with a time, 01.03.2020, 1/3/2020, the numbers of spreadsheets.

Points stand between day, month and year in this order wherever they are used (Unicode CLDR, short dates of all
locales); between slashes or hyphens either may come first: the column decides where a number is above 12, else the
person does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from qonys.catalog.reading.numbers.writing import tidy
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.years import EPOCH, SERIALS
from qonys.errors import BadInput
from qonys.words.notes import note

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
_TIME = r"(?:[ t]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]m)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.]?)(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.IGNORECASE)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_TOGETHER = 8
_MONTH = re.compile(r"\d{4}[-/.]\d{1,2}")


def date_of(text: str, order: str = "") -> date | None:
    """The date that a text means; None where it means none, or day and month may be either.

    Parameters
    ----------
    text
        A cell.
    order
        ``day-first`` or ``month-first`` for dates whose year stands last; empty: between points the day is first.

    Examples
    --------
    >>> [str(date_of(text)) for text in ("2020-03-01T10:30:00Z", "01.03.2020", "1/3/2020", "43891")]
    ['2020-03-01', '2020-03-01', 'None', '2020-03-01']
    >>> str(date_of("1/3/2020", "month-first"))
    '2020-01-03'

    """
    plain = tidy(text)
    first, last = _YEAR_FIRST.fullmatch(plain), _YEAR_LAST.fullmatch(plain)
    if first is not None and (first[2] or len(re.split("[ tT]", plain)[0]) == _TOGETHER):
        return _day(first[1], first[3], first[4])
    if last is not None:
        order = order or (DAY_FIRST if last[2] == "." else "")
        day, month = (last[1], last[3]) if order == DAY_FIRST else (last[3], last[1])
        return _day(last[4], month, day) if order else None
    if _SERIAL.fullmatch(plain) and SERIALS[0] <= float(plain.replace(",", ".")) <= SERIALS[1]:
        return EPOCH + timedelta(days=int(float(plain.replace(",", "."))))
    return None


def looks_like_date(text: str) -> bool:
    """Whether a text is written as a date, though there may be no such day.

    Examples
    --------
    >>> [looks_like_date(text) for text in ("2020-02-30", "31/04/2020", "2020-13", "spring")]
    [True, True, True, False]

    """
    plain = tidy(text)
    return any(kind.fullmatch(plain) for kind in (_YEAR_FIRST, _YEAR_LAST, _MONTH))


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def with_dates(path: Path, rows: pl.DataFrame, column: str, order: str = "") -> pl.DataFrame:
    """Rows whose dates are written as 2020-03-01; a text that is no date stays. What was read otherwise is said.

    Parameters
    ----------
    path
        The file, for errors and notes.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    column
        The column of dates.
    order
        What the person says: ``day-first``, ``month-first`` or nothing.

    Raises
    ------
    BadInput
        Day and month may be either and nothing decides, or two rows contradict each other or what the person says.

    """
    texts: Sequence[str | None] = rows[column].to_list()
    order = order or _shown_order(path, rows, column)
    dates = {text: date_of(text, order) for text in dict.fromkeys(texts) if text is not None}
    read = [(text, day) for text, day in dates.items() if day is not None and tidy(text) != day.isoformat()]
    if read:
        text, day = read[0]
        note("catalog.dates.read", path=str(path), column=column, text=text, date=day.isoformat(), n=len(read))
    written = {text: text if day is None else day.isoformat() for text, day in dates.items()}
    new = [None if text is None else written[text] for text in texts]
    return rows.with_columns(pl.Series(column, new, dtype=pl.String))


def _shown_order(path: Path, rows: pl.DataFrame, column: str) -> str:
    """What the column shows of its order; empty where it has no such dates, or points alone."""
    first: dict[str, tuple[object, str]] = {}
    doubtful: tuple[object, str, str, str] | None = None
    for text, row in zip(rows[column], rows[NUMBER], strict=True):
        found = None if text is None else _YEAR_LAST.fullmatch(tidy(text))
        if found is None:
            continue
        if int(found[1]) > 12 >= int(found[3]):
            first.setdefault(DAY_FIRST, (row, text))
        elif int(found[3]) > 12 >= int(found[1]):
            first.setdefault(MONTH_FIRST, (row, text))
        elif found[2] != "." and found[1] != found[3] and doubtful is None:
            doubtful = (row, text, f"{found[4]}-{int(found[3]):02d}-{int(found[1]):02d}",
                        f"{found[4]}-{int(found[1]):02d}-{int(found[3]):02d}")  # fmt: skip
    shown = {"path": str(path), "column": column}
    if len(first) > 1:
        (one, text), (other, second) = first[DAY_FIRST], first[MONTH_FIRST]
        raise BadInput("catalog.dates.both", **shown, row=one, text=text, other=other, second=second)
    if first:
        return next(iter(first))
    if doubtful is not None:
        row, text, day, month = doubtful
        raise BadInput("catalog.dates.either", **shown, row=row, text=text, day=day, month=month)
    return ""
