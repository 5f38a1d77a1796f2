"""What reading a table says in Python: notes are warnings and notes of the result, refusals name no option."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from qonys import words
from qonys.errors import BadInput
from qonys.face.result import Note
from qonys.words.notes import listening

IN_PYTHON = {
    "catalog.reading.either": "face.told.either",
    "catalog.reading.powers": "face.told.powers",
    "catalog.reading.exponent": "face.told.exponent",
    "catalog.reading.multiplied": "face.told.multiplied",
    "catalog.ages.none": "face.told.no_age",
    "catalog.ages.impossible": "face.told.age",
    "catalog.ages.overlap": "face.told.overlap",
    "catalog.ages.last": "face.told.last_age",
    "catalog.reading.absent.none": "face.told.absent",
    "catalog.reading.beside": "face.told.beside",
    "catalog.reading.beside_parts": "face.told.beside_parts",
    "catalog.reading.beside_asked": "face.told.beside_asked",
    "catalog.reading.beside_kinds": "face.told.beside_kinds",
    "catalog.reading.beside_kinds_asked": "face.told.beside_kinds_asked",
    "catalog.reading.beside_twice": "face.told.beside_twice",
    "catalog.reading.shares": "face.told.shares",
    "explanation.perhaps_shares": "face.told.perhaps_shares",
    "catalog.dates.either": "face.told.dates",
    "catalog.regions.joined": "face.told.regions",
    "catalog.distinct.told": "face.told.twice",
    "catalog.distinct.told_map": "face.told.twice",
    "catalog.distinct.pooled": "face.told.pooled",
    "catalog.distinct.pooled_same": "face.told.pooled_same",
    "catalog.long.not_number": "face.table.not_number",
    "catalog.long.missing": "face.table.missing",
    "catalog.long.missing_proposed": "face.table.missing",
    "catalog.long.mixed": "face.table.mixed",
}
# what a method takes by rule, no doubt: a note of the result, no warning
IN_RESULT = (
    "surveys.note.ends", "schedules.passed_over", "schedules.passed_over_of",
    *(f"behaviour.note.{name}" for name in ("education", "countries", "stages", "returns", "identity")),
    "behaviour.dates", "behaviour.dates_fitted", "behaviour.stated",
)  # fmt: skip
IMPOSSIBLE = "catalog.reading.impossible."
OF_OPTIONS = ("catalog.totals.", "catalog.spellings.")
_NOTES: ContextVar[list[Note] | None] = ContextVar("notes", default=None)


@contextmanager
def collected_notes() -> Iterator[list[Note]]:
    """What is said while tables are read inside the block, as notes of a result."""
    said: list[Note] = []
    earlier = _NOTES.set(said)
    try:
        yield said
    finally:
        _NOTES.reset(earlier)


@contextmanager
def in_python() -> Iterator[None]:
    """Notes of what is read inside the block as warnings; refusals in the words of Python.

    Raises
    ------
    BadInput
        What the block raises.
    """
    try:
        with listening(_warn):
            yield
    except BadInput as error:
        key = "face.told.impossible" if error.key.startswith(IMPOSSIBLE) else _key(error.key)
        if key == error.key:
            raise
        raise BadInput(key, **error.values, table=error.values.get("path", "")) from None


def _key(key: str) -> str:
    """The key of the sentence for a table given in Python."""
    start = next((start for start in OF_OPTIONS if key.startswith(start)), None)
    return IN_PYTHON.get(key, key) if start is None else "face." + key.removeprefix("catalog.")


def _warn(key: str, values: dict[str, object]) -> None:
    values = {"table": values.get("path", ""), **values}
    said = _NOTES.get()
    if said is not None:
        said.append((_key(key), values))
    if key in IN_RESULT:
        return
    warnings.warn(words.text(_key(key), "en", **values), UserWarning, stacklevel=6)
