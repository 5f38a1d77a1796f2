"""Texts that stand for no value, as a person says with `--na`: such cells are empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput
from qonys.words.notes import note

Marks = Mapping[str, pl.Series]


def without_na(path: Path, rows: pl.DataFrame, said: Sequence[str]) -> tuple[pl.DataFrame, Marks]:
    """Rows whose cells with such a text are empty, and for each column which cells these are.

    Parameters
    ----------
    path
        The file, for errors and notes.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    said
        ``FILE_COLUMN=TEXT``, or ``TEXT`` for every column; an empty text after the sign stands for an empty cell.
        A text that nobody has is said.

    Raises
    ------
    BadInput
        A column that the file does not have.

    """
    marks: dict[str, pl.Series] = {}
    names = [name for name in rows.columns if name != NUMBER]
    for item in said:
        column, sign, text = item.partition("=")
        if sign and column not in names:
            raise BadInput("catalog.long.no_column", path=str(path), column=column, found=", ".join(names))
        met = False
        for name in [column] if sign else names:
            stripped = rows[name].str.strip_chars().fill_null("")
            same = stripped == (text.strip() if sign else item.strip())
            met = met or bool(same.any())
            marks[name] = marks[name] | same if name in marks else same
        if not met:
            note("catalog.reading.unmet", path=str(path), option="--na", value=item)
    emptied = [pl.when(same).then(None).otherwise(rows[name]).alias(name) for name, same in marks.items()]
    return rows.with_columns(emptied), marks


def with_values(path: Path, rows: pl.DataFrame, marks: Marks, needed: Collection[str]) -> pl.DataFrame:
    """Rows less those that `--na` left without a number that is needed; how many these are is said.

    Parameters
    ----------
    path, rows
        As in `without_na`.
    marks
        Cells that stand for no value, by column.
    needed
        Columns of numbers that a row cannot do without.

    Raises
    ------
    BadInput
        No row is left.

    """
    gone = pl.Series([False] * rows.height, dtype=pl.Boolean)
    for name in needed:
        gone = gone | marks[name] if name in marks else gone
    if not gone.any():
        return rows
    if gone.all():
        raise BadInput("catalog.reading.no_value_at_all", path=str(path), rows=rows.height)
    note("catalog.reading.without_value", path=str(path), rows=int(gone.sum()), first=int(rows[NUMBER].filter(gone)[0]))
    return rows.filter(~gone)


def say_absent(path: Path, cells: int, absent: str) -> None:
    """Say how many cells have no value, and what a method takes them for (`Wanted.absent`; "": nothing is said)."""
    if cells > 0 and absent:
        note(f"catalog.reading.absent.{absent}", path=str(path), n=cells)
