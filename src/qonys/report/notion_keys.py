"""The keys of a value of a notion in words: its years or days, then its place, its group and which of several it is."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date

from qonys import words
from qonys.errors import UnknownName
from qonys.report.context import Context

YEARS = ("since", "start", "year", "end", "period")
OPEN = ".."  # an interval of which only the end is known
REST = "rest"
LABELLED = ("country", "language")  # keys whose codes have labels in the pack
SAID = {  # key -> texts of the catalogues that name its codes
    "area": "settlement.area", "bound": "notion.at.bound", "criterion": "consequences.criterion",
    "index": "notion.at.index", "level": "consequences.level", "moment": "notion.at.moment", "what": "notion.at.what",
}  # fmt: skip
_PART = re.compile(r"(\d{4})-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|M(?P<first>\d\d)(?:-M(?P<last>\d\d))?)")


def key_text(context: Context, keys: str) -> str:
    """The keys of a value in words: years with a dash, then the place and the group."""
    found = dict(part.split("=", 1) for part in keys.split("; ") if part)
    years = [found[name] for name in YEARS if found.get(name)]
    whole = len(years) == 2 and all(year.isdigit() for year in years)
    dated = [period_text(year, context.language) for year in years]
    named = [words.year_range(*(int(year) for year in years)) if whole else "–".join(dated)]
    named += [context.region(found["region"])] if "region" in found else []
    named += [_pair(context, found)] if {"origin", "destination"} <= found.keys() else []
    named += [context.group(found["group"])] if "group" in found else []
    named += [_category(context, found)] if "category" in found else []
    named += [context.say(f"consequences.measure.{found['age']}")] if found.get("age", "").startswith("age_") else []
    named += [_label(context, axis, found[axis]) for axis in LABELLED if axis in found]
    named += [_said(context, f"{stem}.{found[key]}") for key, stem in SAID.items() if key in found]
    return ", ".join(text for text in named if text)


def period_text(period: str, language: str) -> str:
    """A year, years, months or days as words say them; another text as it is.

    Examples
    --------
    >>> period_text("2025", "en"), period_text("2025-Q1", "en"), period_text("2026-01-01/2026-03-17", "en")
    ('2025', 'January – March 2025', 'January 1, 2026 – March 17, 2026')
    >>> period_text("2011/2015", "en"), period_text("2016-M01-M08", "en"), period_text("2026-03-17", "en")
    ('2011–2015', 'January – August 2016', 'March 17, 2026')
    >>> period_text("../2016", "en")
    '2016 or earlier'

    """
    part = _PART.fullmatch(period)
    if part is not None:
        year, (first, last) = int(part.group(1)), _months(part)
        return words.months_text(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), language)
    ends = period.split("/")
    if ends[0] == OPEN:
        return words.text("notion.at.upto", language, year=ends[1])
    if all(end.isdigit() for end in ends):
        return words.year_range(*(int(end) for end in ends)) if len(ends) == 2 else period
    try:
        days = [date.fromisoformat(end) for end in ends]
    except ValueError:
        return period
    return words.months_text(days[0], days[1], language) if len(days) == 2 else words.date_text(days[0], language)


def _months(part: re.Match[str]) -> tuple[int, int]:
    """First and last month of a half, a quarter or months of a year."""
    for name, length in (("half", 6), ("quarter", 3)):
        if part[name]:
            return length * (int(part[name]) - 1) + 1, length * int(part[name])
    return int(part["first"]), int(part["last"] or part["first"])


def _pair(context: Context, found: Mapping[str, str]) -> str:
    """Where a flow starts and where it ends."""
    return f"{context.region(found['origin'])} → {context.region(found['destination'])}"


def _category(context: Context, found: Mapping[str, str]) -> str:
    """Name of a country, group, level or speciality of emigrants."""
    if found["category"] == REST:
        return context.say("emigrants.rest")
    breakdown = found.get("breakdown", "")
    return _label(context, breakdown if breakdown in ("country", "ethnic_group") else "category", found["category"])


def _label(context: Context, axis: str, code: str) -> str:
    """Name of a code; empty where the pack has none."""
    try:
        return context.pack.label(axis, code, context.language)
    except UnknownName:
        return ""


def _said(context: Context, key: str) -> str:
    return context.say(key) if words.has(key, context.language) else ""
