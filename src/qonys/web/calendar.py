"""Names of months and days for the charts: browsers do not know Kazakh, Babel does."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def time_locale(language: str) -> dict[str, Any]:
    """A time locale as Vega reads it.

    Examples
    --------
    >>> time_locale("kk")["months"][0]
    'Қаңтар'
    """
    from babel import Locale

    locale = Locale.parse(language)
    days, months = locale.days["stand-alone"], locale.months["stand-alone"]
    order = (6, 0, 1, 2, 3, 4, 5)
    return {
        "dateTime": "%A, %e %B %Y, %X" if language == "en" else "%A, %e %B %Y, %H:%M:%S",
        "date": "%d.%m.%Y" if language != "en" else "%Y-%m-%d",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][i] for i in order],
        "shortDays": [days["abbreviated"][i] for i in order],
        "months": [months["wide"][i] for i in range(1, 13)],
        "shortMonths": [months["abbreviated"][i] for i in range(1, 13)],
    }
