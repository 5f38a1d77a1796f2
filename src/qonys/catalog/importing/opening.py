"""Opening of a person's file for a table of the pack: the sheet that fits, wide tables as long ones."""

from __future__ import annotations

from pathlib import Path

from qonys.catalog.importing.understand import ReadingOptions, guessed_columns, needed_columns
from qonys.catalog.pack import Pack
from qonys.catalog.reading.formats.opening import read_file
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.formats.shapes import ACROSS, AGE, SEX, YEAR, Sought, shaped
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.schema import Resource
from qonys.errors import BadInput
from qonys.words.notes import listening

KINDS = {YEAR: "year", SEX: "sex", AGE: "age_start"}


def opened(path: Path, pack: Pack, table: str, options: ReadingOptions) -> RawTable:
    """The file as a table with one figure a row; of a workbook the sheet that has most of the table's columns.

    Raises
    ------
    BadInput
        The file cannot be opened, or is a matrix that does not say what its rows are.

    """
    resource = pack.resources_of(table)[0]

    def fitting(raw: RawTable) -> int:
        try:
            turned = shaped(raw, _sought(raw, pack, resource, options), quiet=True)
        except BadInput:
            return 1
        found = _sought(turned, pack, resource, options).found
        return sum(name in found or name in options.constants for name in needed_columns(resource))

    raw = read_file(path, options.file, fitting)
    return shaped(raw, _sought(raw, pack, resource, options))


def _sought(raw: RawTable, pack: Pack, resource: Resource, options: ReadingOptions) -> Sought:
    """What of the table's columns the file has, and what may stand above its cells."""
    given = {name: column for name, column in options.mapping.items() if name in raw.frame.columns}
    with listening(lambda key, values: None):
        guesses = guessed_columns(raw, pack, resource, given, options.constants)
    needed = [name for name in needed_columns(resource) if name not in options.constants]
    labels = {item.name for item in resource.fields if item.type == "string"} - {"unit", *resource.values}
    words = codes_by_word("columns")
    return Sought(
        found={guess.column: guess.file_column for guess in guesses},
        labels=tuple(name for name in needed if name in labels),
        value=resource.values[0] if len(resource.values) == 1 else "",
        kinds={
            kind: name for kind, name in KINDS.items() if name in resource.columns and name not in options.constants
        },
        meaning=lambda header: words.get(plain(header)),
        across=options.mapping.get(ACROSS),
    )
