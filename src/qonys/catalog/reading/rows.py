"""Which rows of a file are read, as a person says with `--where`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from qonys.catalog.reading.advice import listed, unknown
from qonys.catalog.reading.labels.alphabets import say_look_alikes
from qonys.errors import BadInput
from qonys.words.notes import note

NUMBER = "__row__"
# the column of a table turned into rows that holds the power of ten above each cell: SDMX's UNIT_MULT, said by a header
OF_HEADER = "UNIT_MULT: header"


def rows_where(path: Path, rows: pl.DataFrame, conditions: Sequence[str]) -> pl.DataFrame:
    """The rows of `rows` that meet all of `conditions` (``FILE_COLUMN=VALUE``, several values with ``|``).

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts of the file, with the number of each row in the column `NUMBER`.
    conditions
        What the person says.

    Raises
    ------
    BadInput
        A condition is not written so, names no column, or no row is left.

    """
    split = [condition.partition("=") for condition in conditions]
    for condition, (_, sign, _) in zip(conditions, split, strict=True):
        if not sign:
            raise BadInput("catalog.long.pair", given=condition)
    strange = unknown((column for column, _, _ in split), rows.columns)
    if strange:
        found = ", ".join(rows.columns[:-1])
        say_look_alikes(path, strange, rows.columns[:-1])
        raise BadInput("catalog.long.no_column", path=str(path), column=listed(strange), found=found)
    for column, _, values in split:
        wanted = values.split("|")
        held = set(rows[column].str.strip_chars().drop_nulls())
        rows = rows.filter(pl.col(column).str.strip_chars().is_in(wanted))
        lacking = [value for value in wanted if value not in held]
        say_look_alikes(path, lacking, held)
        unmet = "|".join(lacking)
        if unmet and rows.height:
            note("catalog.reading.unmet", path=str(path), option="--where", value=f"{column}={unmet}")
    if rows.height == 0:
        raise BadInput("catalog.long.no_rows", path=str(path), where="; ".join(conditions))
    return rows
