"""One form of a personal name for its spellings in Kazakh, Russian and Latin letters.

Ә and а, қ and к, й and ы, gh and г are one letter, doubled letters are single, signs and hyphens are nothing: names
that only differ so have one form. Names that are different may share a form as well, so that it is a key to compare
by, no name. A vowel that Russian spells otherwise (Өтеген, Утеген) stays another.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

_TWICE = re.compile(r"([a-z])\1+")
_OTHER = re.compile(r"[^a-z]+")
LEAST = 3  # letters of a name without its ending


class NameParts(NamedTuple):
    """A name in its one form without its ending, and the ending."""

    stem: str
    ending: str


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("qonys.registers").joinpath("folding.toml").read_text(encoding="utf-8"))


@cache
def _latin() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_table()["latin"], key=len, reverse=True)))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted((one for kind in _table()["endings"].values() for one in kind), key=len, reverse=True))


def _letters(name: str) -> str:
    """The letters of the one form, doubled ones double."""
    table = _table()
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold().replace("\u0307", ""))
    letters = "".join(table["cyrillic"].get(letter, letter) for letter in plain)
    letters = _OTHER.sub("", _latin().sub(lambda found: table["latin"][found[0]], letters))
    for several, one in table["together"].items():
        letters = letters.replace(several, one)
    return letters


@cache
def folded(name: str) -> str:
    """The one form of a name.

    Examples
    --------
    >>> folded("Жұмабаев"), folded("Zhumabayev"), folded("Jumabaev")
    ('jumabaev', 'jumabaev', 'jumabaev')
    >>> folded("Қасым-Жомарт") == folded("Kassym-Jomart")
    True

    """
    return _TWICE.sub(r"\1", _letters(name))


def parts(name: str) -> NameParts:
    """The stem of a name and the ending that tells of sex or father: -ов, -ова, -ұлы, -қызы.

    Examples
    --------
    >>> parts("Ахметова"), parts("Axmetov"), parts("Серікұлы")
    (NameParts(stem='ahmet', ending='ova'), NameParts(stem='ahmet', ending='ov'), NameParts(stem='serik', ending='uli'))

    """
    whole = _letters(name)
    for ending in _endings():
        if whole.endswith(ending) and len(whole) - len(ending) >= LEAST:
            return NameParts(_TWICE.sub(r"\1", whole.removesuffix(ending)), ending)
    return NameParts(_TWICE.sub(r"\1", whole), "")
