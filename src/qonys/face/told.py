"""What reading a table says to a person who works in Python: notes are warnings, refusals name no option."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from qonys import words
from qonys.errors import BadInput
from qonys.words.notes import listening

IN_PYTHON = {
    "catalog.reading.either": "face.told.either",
    "catalog.reading.powers": "face.told.powers",
    "catalog.reading.exponent": "face.told.exponent",
    "catalog.reading.multiplied": "face.told.multiplied",
    "catalog.ages.none": "face.told.no_age",
    "catalog.ages.impossible": "face.told.age",
    "catalog.ages.overlap": "face.told.overlap",
    "catalog.distinct.told": "face.told.twice",
    "catalog.distinct.told_map": "face.told.twice",
    "catalog.distinct.pooled": "face.told.pooled",
    "catalog.long.not_number": "face.table.not_number",
    "catalog.long.missing": "face.table.missing",
    "catalog.long.mixed": "face.table.mixed",
}
IMPOSSIBLE = "catalog.reading.impossible."


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
        key = "face.told.impossible" if error.key.startswith(IMPOSSIBLE) else IN_PYTHON.get(error.key)
        if key is None:
            raise
        raise BadInput(key, **error.values, table=error.values.get("path", "")) from None


def _warn(key: str, values: dict[str, object]) -> None:
    warnings.warn(words.text(IN_PYTHON.get(key, key), "en", **values), UserWarning, stacklevel=6)
