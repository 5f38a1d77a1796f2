"""Fields of a record of a register, and how columns of a file are found for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qonys.catalog.reading.choices import pairs
from qonys.catalog.reading.columns import refuse_no_columns
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.errors import BadInput
from qonys.measurement.typology.records import VOCABULARIES

NEEDED = ("day", "origin", "destination")
TEXTS = ("record", "person", "surname", "name", "patronymic")
FORMS = ("citizenship", "birth_country", *VOCABULARIES)
CODED = ("day", "event", "origin", "destination", "birth", "age", "sex", "group", *FORMS, "simulated")
FIELDS = (*TEXTS, *CODED)


def columns_of(path: Path, columns: Sequence[str], mapping: Sequence[str]) -> dict[str, str]:
    """Field -> column of a file, as the person says (``FILE_COLUMN=FIELD``), else by their usual names.

    Parameters
    ----------
    path, columns
        The file, and its columns.
    mapping
        What the person says.

    Raises
    ------
    BadInput
        A column that is mapped is not there, a field is said for two columns, or a field that is needed has none.

    Examples
    --------
    >>> columns_of(Path("a.csv"), ["ИИН", "Дата", "Откуда", "to"], [])
    {'person': 'ИИН', 'day': 'Дата', 'origin': 'Откуда', 'destination': 'to'}

    """
    given = pairs(mapping, FIELDS)
    refuse_no_columns(path, {name: column for name, column in given.items() if column not in columns}, columns)
    found = dict(given)
    for column in columns:
        field = _field(column)
        if field is not None and column not in found.values():
            found.setdefault(field, column)
    missing = [field for field in NEEDED if field not in found]
    if missing:
        raise BadInput("registers.no_field", path=str(path), fields=", ".join(missing), found=", ".join(columns))
    return {field: found[field] for field in FIELDS if field in found}


def _field(column: str) -> str | None:
    if column in FIELDS:
        return column
    found = codes_by_word("records").get(plain(column)) or codes_by_word("moves").get(plain(column))
    return found if found in FIELDS else None
