"""Codes and names of countries: ISO 3166 codes, M49 numbers and names in three languages, from CLDR (by Babel).

Reference: Unicode Common Locale Data Repository, territory names and territory aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    from qonys.catalog.pack import nearest

    given = code.strip().upper()
    if len(given) == 2 and given in _three_by_two():
        return _three_by_two()[given]
    two = two_letters(given) if len(given) == 3 else None
    if two is not None:
        return _three_by_two()[two]
    known = tuple(sorted(set(_three_by_two().values())))
    raise UnknownName("packing.country.unknown", code=code, near=nearest(given, known))


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
