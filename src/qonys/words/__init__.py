"""Word catalogues, numbers and sorting in Kazakh, Russian and English.

All text that a person reads stands in gettext files ``words/<language>/*.po`` under symbolic
keys; code holds keys only. Numbers, percentages and sort order come from here too, because
browsers and most tools get Kazakh wrong.
"""

from __future__ import annotations

from qonys.words.agreement import abbreviated, agreed
from qonys.words.catalogue import LANGUAGES, Worded, bound, filled, has, keys, pick_language, plural, template, text
from qonys.words.numbers import (
    date_text,
    integer,
    language_name,
    months_text,
    number,
    percent,
    short_date,
    signed,
    year_range,
    year_ranges,
    years_text,
)
from qonys.words.order import sort_key

__all__ = [
    "LANGUAGES",
    "Worded",
    "abbreviated",
    "agreed",
    "bound",
    "date_text",
    "filled",
    "has",
    "integer",
    "keys",
    "language_name",
    "months_text",
    "number",
    "percent",
    "pick_language",
    "plural",
    "short_date",
    "signed",
    "sort_key",
    "template",
    "text",
    "year_range",
    "year_ranges",
    "years_text",
]
