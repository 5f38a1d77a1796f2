"""Alphabetical order of Kazakh, Russian and English names."""

from __future__ import annotations

_KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_PLACE = {
    "kk": {letter: place for place, letter in enumerate(_KAZAKH)},
    "ru": {letter: place for place, letter in enumerate(_KAZAKH)},
    "en": {},
}


def sort_key(name: str, language: str = "en") -> tuple[tuple[int, int], ...]:
    """Key for `sorted()`: letters of the language's alphabet in its own order.

    Examples
    --------
    >>> sorted(["Қостанай", "Көкшетау", "Ақтау"], key=lambda name: sort_key(name, "kk"))
    ['Ақтау', 'Көкшетау', 'Қостанай']
    """
    places = _PLACE[language]
    return tuple((1, places[c]) if c in places else (0, ord(c)) for c in name.casefold())
