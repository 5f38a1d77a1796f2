"""Reading of the gettext catalogues; symbolic keys, one folder per language."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qonys.words.agreement import agreed, plural_form

LANGUAGES: tuple[str, ...] = ("ru", "kk", "en")
_FOLDER = Path(__file__).parent
_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?"((?:[^"\\]|\\[nt"\\])*)"')
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
KEY = -2
_PERCENT = re.compile(r"(?<=[\d}]) %")


@dataclass(frozen=True)
class Worded:
    """A name in each language, as a value of a place of a text: the text takes the one of its language.

    Examples
    --------
    >>> Worded({"en": "Shymkent city", "ru": "город Шымкент", "kk": "Шымкент қаласы"}).names["ru"]
    'город Шымкент'
    """

    names: Mapping[str, str]


@cache
def _entries(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """All entries of one language: key -> text, or a tuple of plural forms."""
    entries: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((_FOLDER / language).glob("*.po")):
        for key, forms in messages(path.read_text(encoding="utf-8")):
            if key in entries:
                raise ValueError(f"{path.name}: key {key!r} stands twice in {language}")
            texts = tuple(bound(form) for form in forms.values())
            entries[key] = texts if 0 in forms else texts[0]
    return entries


def messages(catalogue: str) -> Iterator[tuple[str, Mapping[int, str]]]:
    r"""Keys of a gettext catalogue with their texts by plural form; -1: a text without plural forms.

    Read line by line: a start of every command that loads a general parser and uses it costs twice the time of this.

    Raises
    ------
    ValueError
        A line that is no part of an entry; a key with two texts.

    Examples
    --------
    >>> list(messages('msgid "a"\nmsgstr "one "\n"line"\n'))
    [('a', {-1: 'one line'})]
    """
    key, forms, place = "", dict[int, str](), 0
    for line in (*catalogue.split("\n"), 'msgid ""'):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"no line of a catalogue: {line!r}")
        word, form, quoted = found.groups()
        part = _ESCAPED.sub(lambda one: _ESCAPES[one[1]], quoted) if "\\" in quoted else quoted
        if word == "msgid":
            if key:
                yield key, forms
            key, forms, place = part, {}, KEY
        elif word == "msgstr":
            place = -1 if form is None else int(form)
            if place in forms:
                raise ValueError(f"two texts of the key {key!r}")
            forms[place] = part
        elif word is None and place != KEY:
            forms[place] += part


def bound(text: str) -> str:
    r"""A text whose percent signs stay on the line of their numbers.

    Examples
    --------
    >>> bound("95 % interval of {share} %")
    '95\xa0% interval of {share}\xa0%'
    """
    return _PERCENT.sub("\u00a0%", text)


def keys(language: str) -> frozenset[str]:
    """All keys that `language` holds."""
    return frozenset(_entries(language))


def has(key: str, language: str = "en") -> bool:
    """Whether `language` holds `key`."""
    return key in _entries(language)


def template(key: str, language: str = "en") -> str:
    """The text under `key` with its places not filled.

    Raises `KeyError` when the key is missing or has plural forms.

    Examples
    --------
    >>> template("settling.unit.persons", "en")
    'persons'
    """
    entry = _entries(language)[key]
    if not isinstance(entry, str):
        raise KeyError(f"{key} has plural forms; use plural()")
    return entry


def text(key: str, language: str = "en", /, **values: object) -> str:
    """The text under `key` with `{name}` places filled from `values`.

    Raises `KeyError` when the key is missing: a missing word is a fault of the package.

    Examples
    --------
    >>> text("unit.persons", "en")
    'persons'
    """
    return filled(template(key, language), language, **values)


def filled(entry: str, language: str, /, **values: object) -> str:
    """A text with its places filled, the words after its numbers in the form that they ask for.

    Examples
    --------
    >>> filled("{n} [row|rows]", "en", n=1)
    '1 row'
    >>> filled("{times} есе", "kk", times=4.1)
    '4,1 есе'
    """
    shown = {name: _written(value, language) for name, value in values.items()}
    return agreed(entry.format(**shown), language) if shown else entry


def _written(value: object, language: str) -> object:
    """A name in the language; a number with the decimal sign of the language."""
    if isinstance(value, Worded):
        return value.names[language]
    if not isinstance(value, float):
        return value
    from qonys.words.numbers import POINT

    return str(value).replace(".", POINT[language])


def plural(key: str, count: int, language: str = "en", /, **values: object) -> str:
    """The plural form of `key` for `count`; `{n}` is the count, formatted.

    Examples
    --------
    >>> plural("count.sources", 2, "en")
    '2 sources'
    """
    from qonys.words.numbers import integer

    forms = _entries(language)[key]
    if isinstance(forms, str):
        forms = (forms,)
    place = plural_form(count, language)
    return filled(forms[min(place, len(forms) - 1)], language, n=integer(count, language), **values)


def pick_language(wanted: str | None = None) -> str:
    """`wanted`, else `QONYS_LANG`, else the system's language if we speak it, else English."""
    for candidate in (wanted, os.environ.get("QONYS_LANG"), os.environ.get("LC_ALL"), os.environ.get("LANG")):
        if candidate and candidate[:2].lower() in LANGUAGES:
            return candidate[:2].lower()
    return "en"
