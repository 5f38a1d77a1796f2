"""Words by which columns and codes are recognised, read from `vocabulary.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("vocabulary.toml")
_BEGINS = re.compile(r"[(\[]")
_ENDS = {"(": ")", "[": "]"}
_SIGNS = re.compile(r"[^\w%‰]+")


@cache
def _groups() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def codes_by_word(group: str) -> Mapping[str, str]:
    """Word -> code for a group of the file (columns, sex, area, status, unit).

    Examples
    --------
    >>> codes_by_word("sex")["женщины"], codes_by_word("columns")["жыл"]
    ('female', 'year')

    """
    return {plain(word): code for code, words in _groups()[group].items() for word in (code, *words)}


@cache
def words_of(name: str, group: str = "words") -> frozenset[str]:
    """Plain words of a name of a group, such as region, city, country and year of the group `words`."""
    return frozenset(plain(word) for word in _groups()[group][name])


@cache
def words_in(group: str, name: str) -> tuple[str, ...]:
    """The words of one name of a group, as the file writes them."""
    return tuple(_groups()[group][name])


def plain(text: str) -> str:
    """Text without case, signs and bracketed parts, with single spaces; ё counts as е.

    Examples
    --------
    >>> plain("Boundary_vintage "), plain("г. Алматы"), plain("Население (чел.)")
    ('boundary vintage', 'г алматы', 'население')

    """
    lowered = _without_brackets(text).casefold().replace("ё", "е").replace("_", " ")
    return " ".join(_SIGNS.sub(" ", lowered).split())


def _without_brackets(text: str) -> str:
    """`text` with a space for each bracketed part; a bracket that none closes stays. Time is linear in the length."""
    last = {sign: text.rfind(end) for sign, end in _ENDS.items()}
    parts, place = [], 0
    for found in _BEGINS.finditer(text):
        if place <= found.start() < last[found[0]]:
            parts.append(text[place : found.start()])
            place = text.index(_ENDS[found[0]], found.end()) + 1
    return " ".join((*parts, text[place:]))
