"""Times of one unit as whole numbers one after another: years, quarters, months, weeks (ISO 8601) and days.

A year is its own number; quarters and months are counted from the year 0, weeks and days from the beginning of the
calendar, so that times that follow each other differ by one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Mapping
from datetime import date

from qonys.catalog.reading.numbers.writing import tidy

YEAR, QUARTER, MONTH, WEEK, DAY = "year", "quarter", "month", "week", "day"
PER: Mapping[str, int] = {YEAR: 1, QUARTER: 4, MONTH: 12, WEEK: 52, DAY: 365}  # times in a year, weeks and days whole
FORMS: Mapping[str, str] = {
    YEAR: "YYYY", QUARTER: "YYYY-Qn", MONTH: "YYYY-MM", WEEK: "YYYY-Wnn", DAY: "YYYY-MM-DD"
}  # fmt: skip
LENGTH = 7  # of a week
_QUARTER = re.compile(r"(\d{4})[- ]?[qкт]([1-4])|[qкт]([1-4])[- /]?(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})(?:-|-?m)(\d{1,2})|(\d{1,2})[./-](\d{4})", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})(?:-?1)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEAR = re.compile(r"-?\d{1,4}")


def number_of(text: str) -> tuple[str, int] | None:
    """The unit of a time that is finer than a year, and its number; None where the text is no such time.

    Examples
    --------
    >>> [number_of(text) for text in ("2014-05", "2014M5", "05.2014", "2014-Q2", "Q2 2014", "2014-13", "2014")]
    [('month', 24172), ('month', 24172), ('month', 24172), ('quarter', 8057), ('quarter', 8057), None, None]
    >>> number_of("2024-W01"), number_of("2024-01-01")
    (('week', 105555), ('day', 738886))

    """
    plain = tidy(text)
    parted = _parted(plain)
    if parted is not None:
        unit, year, place = parted
        return (unit, year * PER[unit] + place - 1) if 1 <= place <= PER[unit] else None
    week, day = _WEEK.fullmatch(plain), _DAY.fullmatch(plain)
    try:
        if week is not None:
            return WEEK, (date.fromisocalendar(int(week[1]), int(week[2]), 1).toordinal() - 1) // LENGTH
        return None if day is None else (DAY, date(*map(int, day.groups())).toordinal())
    except ValueError:
        return None


def _parted(plain: str) -> tuple[str, int, int] | None:
    """Unit, year and place in it of a text that is written as a quarter or a month; there may be no such place."""
    for unit, kind in ((QUARTER, _QUARTER), (MONTH, _MONTH)):
        found = kind.fullmatch(plain)
        if found is not None:
            year, place = (found[1], found[2]) if found[1] else (found[4], found[3])
            return unit, int(year), int(place)
    return None


def looks_finer(text: str) -> bool:
    """Whether a text is written as a time finer than a year, though there may be none.

    Examples
    --------
    >>> [looks_finer(text) for text in ("2014-13", "2014-W99", "2014-02-30", "2014", "spring")]
    [True, True, True, False, False]

    """
    plain = tidy(text)
    return _parted(plain) is not None or any(kind.fullmatch(plain) for kind in (_WEEK, _DAY))


def read_in(text: str, unit: str) -> int | None:
    """The number of a time in a unit; None where it is no such time.

    Examples
    --------
    >>> read_in("2014-05", "month"), read_in("2014", "year"), read_in("2014-Q2", "month"), read_in("2024-01-03", "week")
    (24172, 2014, None, 105555)

    """
    plain = tidy(text)
    if unit == YEAR:
        return int(plain) if _YEAR.fullmatch(plain) else None
    found = number_of(plain)
    if found is None:
        return None
    return found[1] if found[0] == unit else in_unit(found[1], unit) if found[0] == DAY else None


def in_unit(day: int, unit: str) -> int:
    """The time of a unit in which a day lies.

    Examples
    --------
    >>> in_unit(738886, "month"), in_unit(738886, "quarter"), in_unit(738886, "year")
    (24288, 8096, 2024)

    """
    when = date.fromordinal(day)
    if unit in (WEEK, DAY):
        return (day - 1) // LENGTH if unit == WEEK else day
    return when.year * PER[unit] + (when.month - 1) * PER[unit] // 12


def written(number: int, unit: str) -> str:
    """A time as it is written.

    Examples
    --------
    >>> [written(*one) for one in ((24172, "month"), (8057, "quarter"), (2014, "year"), (105555, "week"))]
    ['2014-05', '2014-Q2', '2014', '2024-W01']
    >>> written(738886, "day")
    '2024-01-01'

    """
    if unit in (WEEK, DAY):
        when = date.fromordinal(number * LENGTH + 1 if unit == WEEK else number)
        year, week, _ = when.isocalendar()
        return f"{year}-W{week:02d}" if unit == WEEK else when.isoformat()
    year, place = divmod(number, PER[unit])
    return {YEAR: f"{year}", QUARTER: f"{year}-Q{place + 1}", MONTH: f"{year}-{place + 1:02d}"}[unit]


def year_at(number: int, unit: str) -> int:
    """The year in which a time lies; of a week that of its Thursday.

    Examples
    --------
    >>> year_at(24172, "month"), year_at(105555, "week"), year_at(2014, "year")
    (2014, 2024, 2014)

    """
    if unit in (WEEK, DAY):
        when = date.fromordinal(number * LENGTH + 1 if unit == WEEK else number)
        return when.isocalendar().year if unit == WEEK else when.year
    return number // PER[unit]


def days_in(number: int, unit: str) -> int:
    """Days of a quarter or a month.

    Examples
    --------
    >>> days_in(24289, "month"), days_in(8096, "quarter")
    (29, 91)

    """
    year, place = divmod(number, PER[unit])
    length = 12 // PER[unit]
    return sum(calendar.monthrange(max(year, 1), place * length + one + 1)[1] for one in range(length))


def unit_of_days(days: Collection[int]) -> str:
    """The unit whose times a column of days names: the first or the last days of years, quarters or months, one day of
    each week, or days.

    Examples
    --------
    >>> unit_of_days([date(2024, month, 1).toordinal() for month in (1, 2, 3)])
    'month'
    >>> unit_of_days([date(2024, 1, day).toordinal() for day in (1, 8, 22)]), unit_of_days([738886, 738887])
    ('week', 'day')

    """
    found = [date.fromordinal(one) for one in sorted(set(days))]
    if len(found) > 1 and (all(_begins(one) for one in found) or all(_ends(one) for one in found)):
        months = {one.month for one in found}
        for unit, length in ((YEAR, 12), (QUARTER, 3)):
            if months <= _edges(found[0], length):
                return unit
        return MONTH
    one_day = len(found) > 1 and len({one.weekday() for one in found}) == 1
    return WEEK if one_day else DAY


def _begins(day: date) -> bool:
    return day.day == 1


def _ends(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _edges(first: date, length: int) -> set[int]:
    """The months in which spans of some months begin, or end where the days are the last ones."""
    shift = 1 if _begins(first) else length
    return {start + shift for start in range(0, 12, length)}
