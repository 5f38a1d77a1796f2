"""Days of the calendar as whole numbers: days since 1 January 1970, Gregorian throughout.

Howard Hinnant (2021), chrono-Compatible Low-Level Date Algorithms: `civil_from_days` and `days_from_civil`.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

from numba import njit as _njit

njit: Any = _njit
ERA, SHIFT = 146_097, 719_468
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@njit(cache=True, inline="always")
def civil(day):
    """Year, month and day of the month.

    Examples
    --------
    >>> civil(0), civil(19_782)
    ((1970, 1, 1), (2024, 2, 29))

    """
    z = day + SHIFT
    era = (z if z >= 0 else z - ERA + 1) // ERA
    doe = z - era * ERA
    yoe = (doe - doe // 1460 + doe // 36_524 - doe // 146_096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return yoe + era * 400 + (1 if month <= 2 else 0), month, doy - (153 * mp + 2) // 5 + 1


@njit(cache=True, inline="always")
def day_number(year, month, day):
    """Days since 1 January 1970.

    Examples
    --------
    >>> day_number(2024, 2, 29)
    19782

    """
    y = year - 1 if month <= 2 else year
    era = (y if y >= 0 else y - 399) // 400
    yoe = y - era * 400
    doy = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * ERA + yoe * 365 + yoe // 4 - yoe // 100 + doy - SHIFT


@njit(cache=True)
def months_later(day, months):
    """The day so many months later; the first of the next month where the month has no such day.

    So a month is complete when its day of the month is reached, as in `measurement.typology.history`.

    Examples
    --------
    >>> civil(months_later(day_number(2024, 2, 29), 12)), civil(months_later(day_number(2023, 1, 31), 1))
    ((2025, 3, 1), (2023, 3, 1))

    """
    year, month, dom = civil(day)
    place = year * 12 + month - 1 + months
    year, month = place // 12, place % 12 + 1
    length = LENGTHS[month - 1]
    if month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        length = 29
    if dom <= length:
        return day_number(year, month, dom)
    return day_number(year, month, length) + 1
