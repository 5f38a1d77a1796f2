"""Codes and names of countries: ISO 3166 codes, M49 numbers and names in three languages, from CLDR (by Babel).

Reference: Unicode Common Locale Data Repository, territory names and territory aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from qonys import words
from qonys.errors import UnknownName

OTHER, STATELESS = "OOO", "STL"
KOSOVO, CHANNEL = "XKX", "CHI"
_OWN = (OTHER, STATELESS, CHANNEL)
_TWO = {KOSOVO: "XK"}
_IN_FORCE = {"CD": "COD", "DE": "DEU", "FR": "FRA", "MM": "MMR", "TL": "TLS", "YE": "YEM"}
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_NUMBERS = {412: KOSOVO, 383: KOSOVO, 830: CHANNEL, 2003: OTHER}
AGGREGATES_FROM = 900
SUGGESTED, LIKE, NEAR = 5, 0.6, 0.2


@cache
def _aliases() -> Mapping[str, str]:
    from babel import Locale
    from babel.core import get_global

    named = set(Locale("en").territories) - _NO_COUNTRIES
    found: Mapping[str, Iterable[str]] = get_global("territory_aliases")
    single = {code: next(iter(targets)) for code, targets in found.items() if len(list(targets)) == 1}
    return {code: two for code, two in single.items() if two in named and two.isalpha()}


@cache
def _three_by_two() -> Mapping[str, str]:
    """ISO 3166 code of three letters by that of two; of several the one in force."""
    pairs = {two: three for three, two in _aliases().items() if len(three) == 3 and three.isalpha()}
    return pairs | _IN_FORCE | {two: three for three, two in _TWO.items()}


def two_letters(code: str) -> str | None:
    """ISO 3166 code of two letters of a country given by three.

    Examples
    --------
    >>> two_letters("GEO"), two_letters("XKX"), two_letters("QQQ")
    ('GE', 'XK', None)

    """
    return _TWO.get(code) or _aliases().get(code)


def of_number(number: int) -> str | None:
    """ISO 3166 code of three letters of an M49 number; None for an aggregate or a number that is none.

    Examples
    --------
    >>> of_number(268), of_number(900), of_number(2003)
    ('GEO', None, 'OOO')

    """
    if number in _NUMBERS:
        return _NUMBERS[number]
    two = _aliases().get(f"{number:03d}")
    return None if two is None or number >= AGGREGATES_FROM else _three_by_two().get(two)


def three_letters(code: str) -> str:
    """The code of three letters of a country given by two or three.

    Examples
    --------
    >>> three_letters("ge"), three_letters("GEO")
    ('GEO', 'GEO')

    Raises
    ------
    UnknownName
        No country has this code.

    """
    given = code.strip().upper()
    if len(given) == 2 and given in _three_by_two():
        return _three_by_two()[given]
    two = two_letters(given)
    if two is not None:
        return _three_by_two()[two]
    raise NoSuchCountry(code)


class NoSuchCountry(UnknownName):
    """A code that no country has; names the countries most like it by name and by code, and how to list all."""

    def __init__(self, code: str) -> None:
        super().__init__("packing.country.unknown", code=code)

    def sentence(self, language: str = "en") -> str:
        """What was given, and the countries most like it, named in `language`."""
        near = similar(str(self.values["code"]), language)
        return " ".join(filter(None, (super().sentence(language), near, words.text("packing.country.list", language))))


def all_codes() -> tuple[str, ...]:
    """Codes of three letters of all countries and territories, in the order of the alphabet."""
    return tuple(sorted(set(_three_by_two().values())))


def listed(text: str, language: str) -> list[tuple[str, str, str]]:
    """Codes of three and of two letters and names of the countries that have `text` in a name or code.

    Examples
    --------
    >>> listed("грузия", "en"), listed("uz", "ru")
    ([('GEO', 'GE', 'Georgia')], [('UZB', 'UZ', 'Узбекистан')])

    """
    part = text.strip().casefold()
    found = []
    for code in all_codes():
        two = two_letters(code) or ""
        held = (code, two, *(name(code, spoken) for spoken in words.LANGUAGES))
        if any(part in text.casefold() for text in held):
            found.append((code, two, name(code, language)))
    return found


def similar(given: str, language: str, known: Sequence[str] | None = None) -> str:
    """A sentence that names the countries most like `given`; empty where none is."""
    near = ", ".join(f"{code} {name(code, language)}" for code in suggestions(given, known))
    return words.text("packing.country.similar", language, near=near) if near else ""


def suggestions(given: str, known: Sequence[str] | None = None) -> tuple[str, ...]:
    """Codes of the countries most like a text, the most like first: by their names in all languages, or by their codes.

    Parameters
    ----------
    given
        What a person wrote: a name, a part of one, or a code with a slip in it.
    known
        Codes among which to look; all countries where none are given.

    Examples
    --------
    >>> suggestions("Kyrgyzstan")[0], suggestions("Узбекстан")[0], suggestions("KZG")[0], suggestions("QQQ")
    ('KGZ', 'UZB', 'KGZ', ())

    """
    text = given.strip().casefold()
    if not text:
        return ()
    scores = {code: _likeness(text, code) for code in (all_codes() if known is None else known)}
    least = max(LIKE, max(scores.values(), default=0) - NEAR)
    ordered = sorted((code for code in scores if scores[code] >= least), key=lambda code: (-scores[code], code))
    return tuple(ordered[:SUGGESTED])


def _likeness(text: str, code: str) -> float:
    """From 0 to 1; the letters of a code in another order, or all but one of them, are much alike."""
    from difflib import SequenceMatcher

    names = {name(code, language).casefold() for language in words.LANGUAGES}
    if any(part.startswith(text) for named in names for part in (named, *named.split())) and len(text) > 1:
        return 1 - 0.01 * min(abs(len(named) - len(text)) for named in names)
    found = [SequenceMatcher(None, text, named).ratio() for named in names] if len(text) > len(code) else []
    if len(text) == len(code):
        own = code.casefold()
        same = sum(a == b for a, b in zip(text, own, strict=True))
        found.append(0.9 if sorted(text) == sorted(own) else (0.7 if same == len(own) - 1 else 0))
    return max(found, default=0.0)


def name(code: str, language: str, published: str = "") -> str:
    """Name of a country; where CLDR has none, the name that the source publishes, else the code.

    Examples
    --------
    >>> name("GEO", "ru"), name("GEO", "kk"), name("OOO", "en")
    ('Грузия', 'Грузия', 'other or unknown origin')

    """
    from babel import Locale

    if code in _OWN:
        return words.text(f"packing.label.country.{code}", language)
    two = two_letters(code)
    found = Locale(language).territories.get(two) if two else None
    return str(found) if found else published or code
