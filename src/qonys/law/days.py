"""Days as a register writes them: whole (2011-07-22), or as much as was read (2007-02, 1993)."""

from __future__ import annotations

import calendar
import re
from datetime import date

from qonys.errors import BadInput
from qonys.law.names import plain

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def span(written: str) -> tuple[date, date] | None:
    """The first and the last day that a written date can mean; None where it is no date.

    Examples
    --------
    >>> span("2007-02")
    (datetime.date(2007, 2, 1), datetime.date(2007, 2, 28))
    >>> span("2007-02-30") is None
    True

    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last = month or 12
    return first, date(year, last, calendar.monthrange(year, last)[1])


def day_of(written: str) -> date:
    """A whole day, with figures of any width and blanks around them.

    Raises
    ------
    BadInput
        The text is no day of the calendar.

    Examples
    --------
    >>> day_of("2011-07-22"), day_of(" ２０１１-07-22 ")
    (datetime.date(2011, 7, 22), datetime.date(2011, 7, 22))

    """
    found = span(plain(written))
    if found is None or found[0] != found[1]:
        raise BadInput("law.no_day", given=plain(written))
    return found[0]


def certain(written: str) -> date | None:
    """The day by which a written date has come: its last one; None where nothing is written."""
    found = span(written)
    return None if found is None else found[1]


def earliest(written: str) -> date | None:
    """The first day that a written date can mean; None where nothing is written."""
    found = span(written)
    return None if found is None else found[0]
