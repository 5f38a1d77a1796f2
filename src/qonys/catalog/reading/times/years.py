"""Years as people and programs write them: 2019, «2019 г.», 2019-жыл, 2019-01-01; what is no year is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.bounds import BOUNDS, YEAR
from qonys.catalog.reading.numbers.writing import tidy
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput, RefusedCells

WHOLE = frozenset({"time", "start", "end", "cohort"})
PERIOD = "period"
_WORD = r"(?:год[а-я]*|гг?\.?|жыл[а-я]*|ж\.?|years?)"
_WRITTEN = re.compile(
    rf"(?:[xy]|yr|fy)?(\d{{4}})(?:[.,]0+)?(?:[ -]?{_WORD})?(?:-?a1?)?(?: ?\[yr\d{{4}}\])?|(\d[ ,]\d{{3}})|"
    r"(\d{4})-01-01(?:[ t]00:00(?::00(?:\.0+)?)?)?|0?1[./]0?1[./](\d{4})(?: 0?0:00(?::00)?)?",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d{4}-(?:\d{1,2}|q\d|m\d+|w\d+).*|\d{4}(?:q\d|m\d+)|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*", re.IGNORECASE
)
_SPAN = re.compile(rf"(\d{{4}})(?: ?{_WORD})? ?[-\u2012-\u2015/] ?(\d{{4}}|\d{{2}})(?: ?{_WORD})?", re.IGNORECASE)
_BARE = re.compile(r"[+-]?\d+(?:[.,]0+)?")
SERIALS = (10_000, 80_000)
EPOCH = date.fromordinal(693_594)


def year_of(text: str) -> int | None:
    """The year that a text means; None where it means none.

    Examples
    --------
    >>> [year_of(text) for text in ("2019", "2019 г.", "2019-жыл", "2019-01-01 00:00:00", "19", "2019-03")]
    [2019, 2019, 2019, 2019, None, None]

    """
    own, sign, label = text.partition(":")
    for part in (text, own) if sign and tidy(label) else (text,):
        found = _WRITTEN.fullmatch(tidy(part))
        if found is not None:
            return int(re.sub(r"\D", "", next(group for group in found.groups() if group)))
    return None


def possible_year(text: str) -> int | None:
    """The same, None where no figure can be of such a year."""
    year = year_of(text)
    least, most = BOUNDS[YEAR]
    return year if year is not None and least <= year <= most else None


def fault_of_year(text: str) -> str:
    """Why a text is no year: serial (the number of a date), span (several years), part (a month, a day) or "" (other).

    Examples
    --------
    >>> fault_of_year("2020-06-30"), fault_of_year("45292"), fault_of_year("2009-2018"), fault_of_year("soon")
    ('part', 'serial', 'span', '')

    """
    plain_text = tidy(text)
    if _BARE.fullmatch(plain_text):
        return "serial" if SERIALS[0] <= float(plain_text.replace(",", ".")) <= SERIALS[1] else ""
    if _is_span(text):
        return "span"
    return "part" if year_of(text) is None and _DATED.fullmatch(plain_text) else ""


def _is_span(text: str) -> bool:
    """Whether a text is several years: 2009-2018, 2009/10."""
    found = _SPAN.fullmatch(tidy(text)) if year_of(text) is None else None
    if found is None:
        return False
    first, last = int(found[1]), int(found[2])
    if len(found[2]) == 4:
        return last > first
    return last == (first + 1) % 100 and (last > 12 or "/" in text)


def with_years(path: Path, rows: pl.DataFrame, used: Mapping[str, str], wanted: Wanted) -> pl.DataFrame:
    """Rows whose years are written in four figures.

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    used
        Name of the method -> column of the file.
    wanted
        Names the method asks for: years are the whole numbers `WHOLE`, and the label `PERIOD`, which may also be a
        span, a quarter or a name.

    Raises
    ------
    BadInput
        A text is no year, or a year is impossible.

    """
    for name, column in used.items():
        if name in WHOLE and name in wanted.without_fractions:
            rows = rows.with_columns(_years(path, rows, column, any_label=False))
        elif name == PERIOD:
            rows = rows.with_columns(_years(path, rows, column, any_label=True))
    return rows


def _years(path: Path, rows: pl.DataFrame, column: str, any_label: bool) -> pl.Series:
    of_year = codes_by_word("columns").get(plain(column)) == "year"
    written: dict[str, str] = {}
    faults: list[tuple[object, str]] = []
    first = rows.group_by(column, maintain_order=True).agg(pl.col(NUMBER).first())
    for text, row in zip(first[column], first[NUMBER], strict=True):
        if text is None or not text.strip():
            continue
        year = possible_year(text)
        number = _BARE.fullmatch(tidy(text)) is not None
        small = number and abs(float(tidy(text).replace(",", "."))) < 1000 and not tidy(text).startswith("-")
        if year is not None:
            written[text] = str(year)
        elif any_label and (not number or (small and not of_year)):
            written[text] = text
        else:
            faults.append((row, text))
    if faults:
        own = _refusal(path, faults[0][0], column, faults[0][1])
        others = [one for one in faults[1:] if _refusal(path, one[0], column, one[1]).key == own.key]
        raise RefusedCells(own.key, others, **own.values)
    return pl.Series(column, [None if text is None else written.get(text) for text in rows[column]], dtype=pl.String)


def _refusal(path: Path, row: object, column: str, text: str) -> BadInput:
    """Why a text is no year."""
    shown = {"path": str(path), "row": row, "column": column, "value": text}
    plain_text = tidy(text)
    number = float(plain_text.replace(",", ".")) if _BARE.fullmatch(plain_text) else None
    if number is not None and SERIALS[0] <= number <= SERIALS[1]:
        return BadInput("catalog.years.serial", **shown, date=(EPOCH + timedelta(days=int(number))).isoformat())
    if number is not None and 0 <= number < 100:
        return BadInput("catalog.years.two_figures", **shown)
    if number is not None or year_of(text) is not None:
        least, most = BOUNDS[YEAR]
        return BadInput("catalog.years.impossible", **shown, least=int(least), most=int(most))
    if _is_span(text):
        return BadInput("catalog.years.span", **shown)
    return BadInput(f"catalog.years.{'date' if _DATED.fullmatch(plain_text) else 'none'}", **shown)
