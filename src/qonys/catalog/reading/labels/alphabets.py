"""Keys of names: what all spellings of one name share, and what names share that only look alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from qonys.catalog.reading.unseen import seen
from qonys.words.notes import note

_DASH = re.compile(r"(?<=\w)\s*[-‐‑‒–—―−]\s*(?=\w)")
_APOSTROPHE = re.compile("[’‘ʼʹ`´′ʻ]")
_STOP = re.compile(r"\.(?=\w)")
_LOOKS = str.maketrans("авсенһіјкморѕтухαβεζηικμνορτυχ", "abcehhijkmopstyxabezhikmnoptyx")


def alike(text: str) -> str:
    """The key that all spellings of one name share.

    Examples
    --------
    >>> alike("Западно‑Казахстанская") == alike("западно - казахстанская")
    True
    >>> alike("Артём") == alike("Артем"), alike("г.Астана") == alike("г. Астана"), alike("-5") == alike("5")
    (True, True, False)

    """
    folded = seen(unicodedata.normalize("NFKC", text)).casefold().replace("ё", "е")
    folded = _APOSTROPHE.sub("'", unicodedata.normalize("NFKC", folded))
    return " ".join(_STOP.sub(". ", _DASH.sub(" ", folded)).split())


def looks(text: str) -> str:
    """The key that names share which look alike, whatever alphabet their letters are of.

    Examples
    --------
    >>> looks("C") == looks("С"), looks("C") == looks("K")
    (True, False)

    """
    return alike(text).translate(_LOOKS)


def letters(first: str, second: str) -> str:
    """The first letters that differ, with their names in Unicode."""
    pairs = zip(alike(first), alike(second), strict=False)
    one, other = next(((a, b) for a, b in pairs if a != b), (first[0], second[0]))
    return f"{_named(one)} / {_named(other)}"


def _named(letter: str) -> str:
    return unicodedata.name(letter, f"U+{ord(letter):04X}").replace(" SMALL", "").replace(" CAPITAL", "")


def say_look_alikes(path: Path | str, said: Iterable[str], known: Iterable[str]) -> None:
    """Say which names of an option only look like names of the file: their letters are of other alphabets.

    Parameters
    ----------
    path
        The file, for notes.
    said
        Names that the person gives and the file does not have.
    known
        Names of the file.

    """
    held = {looks(str(name)): str(name) for name in known}
    for name in said:
        other = held.get(looks(name))
        if other is not None and alike(other) != alike(name):
            note("catalog.spellings.said", path=str(path), said=name, held=other, letters=letters(name, other))
