"""Age groups as offices, programs and people print them, in completed years.

Groups ("0-4", "15 to 19 years", Y15T19, "[15,20)"), open groups ("85+", «85 лет и старше», Y_GE85), groups from birth
("under 1", «до 1 года», Y_LT1) and single years. What can mean two groups ("over 85") is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from qonys.catalog.reading.labels.vocabulary import words_in

Pattern = tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int | None]]]
_DASHES = re.compile(r" ?[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_-] ?| ?\.{2,3} ?")
_BRACKETS = re.compile(r"\([^()]*\)$")
_NUMBER = r"(\d{1,3})(?:[.,]0+)?"
_MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт|ноя|дек|"
    "қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр|қаз|қар|жел)"
)
_DATE = re.compile(rf"\d{{4}}-\d\d-\d\d.*|\d{{1,2}}[-.]{_MONTH}\.?|{_MONTH}[-.]\d{{2}}")


class Ages(NamedTuple):
    """Ages from `start` to `end` in completed years, both included; without `end` the group is open."""

    start: int
    end: int | None = None

    def __str__(self) -> str:
        if self.end is None:
            return f"{self.start}+"
        return str(self.start) if self.end == self.start else f"{self.start}-{self.end}"


def age_group(text: str) -> Ages | None:
    """The age group that a text means, or None where it means none or may mean two.

    Examples
    --------
    >>> [str(age_group(text)) for text in ("0–4", "85 лет и старше", "до 1 года", "Y15T19", "[5,10)", "20 to 24 years")]
    ['0-4', '85+', '0', '15-19', '5-9', '20-24']
    >>> age_group("over 85"), age_group("999 apples")
    (None, None)

    """
    code, sign, label = text.partition(":")
    for part in (text, code, label) if sign else (text,):
        for form in (_tidy(part), _BRACKETS.sub("", _tidy(part)).strip()):
            for pattern, read in _patterns():
                found = pattern.fullmatch(form)
                if found is not None:
                    return _group(*read(found))
    return None


def looks_dated(text: str) -> bool:
    """Whether a text is a date, such as a spreadsheet makes of "5-9".

    Examples
    --------
    >>> looks_dated("2019-05-09 00:00:00"), looks_dated("окт.14"), looks_dated("10-14")
    (True, True, False)

    """
    return _DATE.fullmatch(text.strip().casefold()) is not None


def _group(start: int, end: int | None) -> Ages | None:
    return None if start < 0 or (end is not None and end < start) else Ages(start, end)


def _tidy(text: str) -> str:
    lowered = " ".join(text.casefold().replace("ё", "е").replace("\u221e", "inf").split())
    return _DASHES.sub("-", lowered).strip(" .;")


def _any(name: str) -> str:
    words = sorted(words_in("age", name), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(" ".join(word.casefold().replace("ё", "е").split())) for word in words) + ")"


@cache
def _patterns() -> tuple[Pattern, ...]:
    years = rf"(?: ?-?{_any('years')}\.?)?"
    lead = rf"(?:{_any('lead')}[ -]?)?"
    over, under, after = _any("over"), _any("under"), _any("under_after")
    code = r"(?:age-[a-z0-9-]*?-)?y-?"
    group_code = rf"(?:{code}|a)"
    to = rf"(?:-| ?{_any('to')} ?| {_any('to_apart')} )"
    table: list[tuple[str, Callable[[re.Match[str]], tuple[int, int | None]]]] = [
        (rf"{lead}{_NUMBER}{years}", lambda m: (int(m[1]), int(m[1]))),
        (rf"{lead}{_NUMBER}{years}{to}{_NUMBER}{years}", lambda m: (int(m[1]), int(m[2]))),
        (rf"{lead}{_NUMBER} (?:and|и|және|пен) {_NUMBER}{years}", _neighbours),
        (rf"{lead}{_NUMBER}{years}[ -]?(?:\+|{over}){years}", lambda m: (int(m[1]), None)),
        (rf"{lead}{_NUMBER}-(?:inf|w|ω)", lambda m: (int(m[1]), None)),
        (rf"(?:>=|≥) ?{_NUMBER}{years}", lambda m: (int(m[1]), None)),
        (rf"{lead}(?:{under}|<) ?{_NUMBER}{years}", lambda m: (0, int(m[1]) - 1)),
        (rf"{_NUMBER}[ -]?{after}", lambda m: (0, int(m[1]) - 1)),
        (rf"(?:<=|≤) ?{_NUMBER}{years}", lambda m: (0, int(m[1]))),
        (_any("first"), lambda m: (0, 0)),
        (rf"{code}{_NUMBER}", lambda m: (int(m[1]), int(m[1]))),
        (rf"{group_code}{_NUMBER}(?:-|-?t-?o?-?){_NUMBER}", lambda m: (int(m[1]), int(m[2]))),
        (rf"{code}ge-?{_NUMBER}", lambda m: (int(m[1]), None)),
        (rf"{code}gt-?{_NUMBER}", lambda m: (int(m[1]) + 1, None)),
        (rf"{group_code}{_NUMBER}(?:\+|-?(?:over|plus|up))", lambda m: (int(m[1]), None)),
        (rf"{code}lt-?{_NUMBER}", lambda m: (0, int(m[1]) - 1)),
        (rf"{code}le-?{_NUMBER}", lambda m: (0, int(m[1]))),
        (rf"\[{_NUMBER} ?[,;] ?{_NUMBER}\)", lambda m: (int(m[1]), int(m[2]) - 1)),
        (rf"\({_NUMBER} ?[,;] ?{_NUMBER}\]", lambda m: (int(m[1]) + 1, int(m[2]))),
        (rf"\[{_NUMBER} ?[,;] ?{_NUMBER}\]", lambda m: (int(m[1]), int(m[2]))),
        (rf"\[{_NUMBER} ?[,;] ?\+?inf[\])]", lambda m: (int(m[1]), None)),
    ]
    return tuple((re.compile(pattern), read) for pattern, read in table)


def _neighbours(found: re.Match[str]) -> tuple[int, int | None]:
    """Two ages one after the other ("65 and 66 years"); any two others are no group."""
    first, last = int(found[1]), int(found[2])
    return (first, last) if last == first + 1 else (-1, None)


def bare(text: str) -> bool:
    """Whether a text is a number and nothing else: an age, or where a group begins."""
    return re.fullmatch(_NUMBER, text.strip()) is not None


def last_in_doubt(groups: Mapping[str, Ages]) -> tuple[str, str] | None:
    """A number that comes last, after a group of several ages that ends before it: that age alone, or all above?

    The texts of the group and of the number; None where there is no such doubt.

    Examples
    --------
    >>> last_in_doubt({text: age_group(text) for text in ("75-79", "80-84", "85")})
    ('80-84', '85')
    >>> last_in_doubt({text: age_group(text) for text in ("83", "84", "85")})

    """
    ordered = sorted(groups.items(), key=lambda item: item[1].start)
    if len(ordered) < 2 or not bare(ordered[-1][0]):
        return None
    (text, group), (last, age) = ordered[-2:]
    closes = group.end is not None and group.start < group.end == age.start - 1
    return (text, last) if closes else None


def overlapping(groups: Iterable[Ages]) -> tuple[Ages, Ages] | None:
    """The first two groups that share an age.

    Examples
    --------
    >>> overlapping([Ages(0, 4), Ages(5, 9), Ages(0, 14)])
    (Ages(start=0, end=14), Ages(start=0, end=4))

    """
    ordered = sorted(groups, key=lambda group: (group.start, -(10**9 if group.end is None else group.end)))
    for first, second in pairwise(ordered):
        if first.end is None or second.start <= first.end:
            return first, second
    return None


def gap(groups: Iterable[Ages]) -> tuple[Ages, Ages] | None:
    """The first two groups, of those that do not overlap, between which an age lacks.

    Examples
    --------
    >>> gap([Ages(0, 4), Ages(10, 14)])
    (Ages(start=0, end=4), Ages(start=10, end=14))

    """
    ordered = sorted(groups, key=lambda group: group.start)
    for first, second in pairwise(ordered):
        if first.end is not None and second.start > first.end + 1:
            return first, second
    return None
