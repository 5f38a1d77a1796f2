"""Which unused column of a file is likely the one that lacks: by its name, else the only one of the right type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

import polars as pl

from qonys.catalog.reading.columns import usual_names
from qonys.catalog.reading.numbers.writing import Signs, plain_number
from qonys.catalog.reading.times.age_notation import age_group
from qonys.catalog.reading.times.years import possible_year
from qonys.catalog.reading.wanted import Wanted

ALIKE = 0.75
LEAST_SHARE = 0.9
LOOKED_AT = 200
NUMBER, YEAR, AGE, TEXT = "number", "year", "age", "text"
TIMES, AGES = ("time", "period", "year"), ("age_start", "age_end", "age")
_WORD = re.compile(r"\w+")


def proposed(frame: pl.DataFrame, lacking: Sequence[str], used: Mapping[str, str], wanted: Wanted) -> dict[str, str]:
    """Name -> column for those of the lacking names that have a likely one.

    Parameters
    ----------
    frame
        Texts of the file.
    lacking
        Names that have no column.
    used
        Name -> column of the names that have one.
    wanted
        Names that the method asks for.

    """
    left = [column for column in frame.columns if column not in used.values()]
    kinds = {column: _kinds(frame[column]) for column in left}
    found: dict[str, str] = {}
    for name in lacking:
        right = [column for column in left if _kind(name, wanted) in kinds[column] and column not in found.values()]
        best = max(right, key=lambda column: _likeness(column, name, wanted), default=None)
        if best is not None and _likeness(best, name, wanted) >= ALIKE:
            found[name] = best
    for name in lacking:
        kind = _kind(name, wanted)
        rivals = [one for one in lacking if one not in found and _kind(one, wanted) == kind]
        right = [column for column in left if kind in kinds[column] and column not in found.values()]
        if name not in (*found, *wanted.own) and len(rivals) == len(right) == 1:
            found[name] = right[0]
    return found


def _kind(name: str, wanted: Wanted) -> str:
    if name in wanted.without_fractions or name in TIMES:
        return YEAR if name in TIMES else AGE if name in AGES else NUMBER
    return NUMBER if name in wanted.counted else AGE if name in AGES else TEXT


def _kinds(texts: pl.Series) -> frozenset[str]:
    """What a column can be; one of years or ages is no number, and one of numbers is no text."""
    some = [str(text) for text in texts.drop_nulls().head(LOOKED_AT) if str(text).strip()]
    if not some:
        return frozenset()

    def most(test: Callable[[str], bool]) -> bool:
        return sum(map(test, some)) >= LEAST_SHARE * len(some)

    if most(lambda text: possible_year(text) is not None):
        return frozenset({YEAR})
    numbers = most(lambda text: any(plain_number(text, Signs(sign)) is not None for sign in ".,"))
    if most(lambda text: age_group(text) is not None):
        return frozenset({AGE, NUMBER}) if numbers else frozenset({AGE})
    return frozenset({NUMBER}) if numbers else frozenset({TEXT})


def _likeness(column: str, name: str, wanted: Wanted) -> float:
    """How much the name of a column, or a word of it, is like a usual one; 1 where it is the same."""
    written = column.strip().lower()
    parts = [written, *(word for word in _WORD.findall(written.replace("_", " ")) if len(word) > 2)]
    usual = [one for one in usual_names(name, wanted) if len(one) > 2]
    return max((SequenceMatcher(None, part, one).ratio() for part in parts for one in usual), default=0.0)
