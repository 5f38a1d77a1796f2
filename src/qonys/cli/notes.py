"""Notes of what reading left out, turned or multiplied: a line for each kind and file, before what a command prints."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from qonys import words
from qonys.cli.options import settings
from qonys.cli.written import figure

_WAITING: list[tuple[str, dict[str, object]]] = []
APART = frozenset({"catalog.reading.unmet", "catalog.regions.territory_apart", "catalog.regions.territory_passed"})


def hear(key: str, values: Mapping[str, object]) -> None:
    """Keep a note until `say`."""
    _WAITING.append((key, dict(values)))


def say() -> None:
    """Print what was heard on standard error, and forget it."""
    language = settings().language
    for notes in _together(_WAITING):
        print(_line(notes, language), file=sys.stderr, flush=True)
    _WAITING.clear()


def _together(heard: Sequence[tuple[str, dict[str, object]]]) -> list[list[tuple[str, dict[str, object]]]]:
    """Notes of one kind about one file, in the order of the first of them; each is said once."""
    found: dict[object, list[tuple[str, dict[str, object]]]] = {}
    for place, one in enumerate(heard):
        key, values = one
        alone = key in APART or "path" not in values
        own = found.setdefault((key, place if alone else values["path"]), [])
        if one not in own:
            own.append(one)
    return list(found.values())


def _line(notes: Sequence[tuple[str, dict[str, object]]], language: str) -> str:
    """The sentence of the first note; of the others their columns, or how many they are."""
    key, values = notes[0]
    shown = {name: figure(value, language) if isinstance(value, float) else value for name, value in values.items()}
    text = words.text(key, language, **shown)
    columns = list(dict.fromkeys(str(more["column"]) for _, more in notes[1:] if more.get("column")))
    columns = [column for column in columns if column != values.get("column")]
    if columns:
        return text + " " + words.text("cli.notes.columns", language, columns=", ".join(columns))
    more = len(notes) - 1
    return text + (" " + words.text("cli.notes.more", language, n=more) if more else "")
