"""Years above the columns of a wide table: «2019 г.», «2019*», «2019 (предв.)», «на 01.01.2019», «2019, тыс. чел.».

A mark or a word of revision behind a year is a footnote, a unit behind it is that of the column. What follows a year
and is neither ("2010/11", "2010 (men)", «на конец 2010») leaves the column unread, and is named.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.catalog.reading.numbers.powers import bases_in, power_in

_BEFORE = (
    r"(?:(?:по состоянию на|на|за|в|к|as of|as at|at|on|in|for)\s+)?"
    r"(?:0?1[./]0?1[./]|0?1(?:-?(?:ое|е|го|st))?\s+(?:января|янв\.?|january|jan\.?|қаңтар)\s*,?\s*|"
    r"(?:january|jan\.?)\s+0?1(?:st)?\s*,?\s*|начал[оау]\s+|(?:the\s+)?(?:beginning|start)\s+of\s+)?"
)
_NO_LETTER = r"(?![a-zа-яёәғқңөұүһі])"
_WORD = rf"(?:год[ау]?|гг?|жылдың|жылғы|жылы|жыл|ж|years?){_NO_LETTER}\.?"
_BEGINS = rf"(?:\s*(?:басы(?:на|нда)?|0?1[\s-]+қаңтар(?:ға|да|дағы)?){_NO_LETTER})?"
_HEAD = re.compile(
    rf"{_BEFORE}[xy]?(?P<year>(?:1[5-9]|20|21)\d\d)(?:\s*\[yr\d{{4}}\])?(?:[\s-]*{_WORD})?{_BEGINS}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST_DAY = re.compile(r"(?P<year>(?:1[5-9]|20|21)\d\d)-01-01(?:[ t]0?0:00(?::00)?)?(?P<rest>.*)", re.IGNORECASE)
_MARK = re.compile(r"\s*(?:[*†‡§#⁎∗]+|[⁰¹²³⁴-⁹ᵃ-ᶻ]+[)⁾]?|\d{1,2}\)|[(\[]\s*(?:[*†‡§#]+|\d{1,2})\)?\s*[)\]])")
_BRACKETS = re.compile(r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])")
_SOME_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)|(?<!\d)(?:1[89]|20)\d\d\d?\)")

_LAST_MARK = re.compile(
    r"(?:[*†‡§#⁎∗]{1,9}|[⁰¹²³⁴-⁹ᵃ-ᶻ]{1,9}[)⁾]?|\s\d{1,2}\)|[(\[]\s{0,3}(?:[*†‡§#]{1,9}|\d{1,2})\s{0,3}[)\]])$"
)
_SOME_AGES = re.compile(r"\D{0,12}\d{1,2}\s*(?:[-\u2010-\u2015]\s*\d{1,3}(?!\d)|\+)")


class YearAbove(NamedTuple):
    """A year above a column, with the footnote mark and the unit that stand behind it; empty where none does."""

    year: str
    mark: str = ""
    unit: str = ""


def year_above(text: str) -> YearAbove | None:
    """The year that a header means, also as its first day; None where it means none or says something else with it.

    Examples
    --------
    >>> year_above("2023 г.¹⁾"), year_above("на 01.01.2010"), year_above("2010, тыс. чел.")
    (YearAbove(year='2023', mark='¹⁾', unit=''), YearAbove(year='2010', mark='', unit=''), \
YearAbove(year='2010', mark='', unit='тыс. чел'))
    >>> year_above("2010/11"), year_above("2010 (men)"), year_above("на конец 2010")
    (None, None, None)

    """
    tidied = " ".join(text.split())
    found = _FIRST_DAY.fullmatch(tidied) or _HEAD.fullmatch(tidied)
    if found is None:
        return None
    behind = _behind(found["rest"])
    return None if behind is None else YearAbove(found["year"], *behind)


def without_mark(text: str) -> str:
    """A header without a footnote mark at its end, such as that of ages across.

    Examples
    --------
    >>> without_mark("0-4*"), without_mark("85+ ¹⁾"), without_mark("85+"), without_mark("65 (1)")
    ('0-4', '85+', '85+', '65')

    """
    bare = _LAST_MARK.sub("", text)
    return text if bare in ("", text) else bare.rstrip()


def looks_like_ages(text: str) -> bool:
    """Whether a header begins with a group of ages, whatever else it says: "20-24 чел.", "85+ old"."""
    return _SOME_AGES.match(text) is not None


def looks_like_year(text: str) -> bool:
    """Whether a header has a year in it, whatever else it says.

    Examples
    --------
    >>> looks_like_year("2023 (men)"), looks_like_year("20231)"), looks_like_year("Area 12345")
    (True, True, False)

    """
    return _SOME_YEAR.search(text) is not None


def _behind(rest: str) -> tuple[str, str] | None:
    """The marks and the unit behind a year; None where something else stands there."""
    marks: list[str] = []
    while rest.strip(" ."):
        found = _MARK.match(rest)
        if found is not None:
            marks.append(found[0].strip())
            rest = rest[found.end() :]
            continue
        found = _BRACKETS.match(rest)
        inside = next((one for one in found.groups() if one is not None), "") if found else rest.strip(" ,;:.")
        if not found and rest[0].isdecimal():
            return None
        if found and _is_mark(inside):
            marks.append(found[0].strip())
            rest = rest[found.end() :]
        elif not found and _is_mark(inside):
            return " ".join((*marks, inside)), ""
        elif plain(inside) in words_of("begins", "year_above"):
            rest = rest[found.end() :] if found else ""
        elif _is_unit(inside) and not (found and rest[found.end() :].strip(" .")):
            return " ".join(marks), inside
        else:
            return None
    return " ".join(marks), ""


def _is_mark(text: str) -> bool:
    return plain(text) in words_of("mark", "year_above")


def _is_unit(text: str) -> bool:
    words = plain(text)
    return bool(words) and (bool(power_in(text).powers) or bool(bases_in(text)) or words in words_of("persons", "unit"))
