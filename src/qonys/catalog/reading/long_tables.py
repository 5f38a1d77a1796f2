"""A person's own long table under the names that a method asks for.

Columns are named by the person (``FILE_COLUMN=NAME``), else taken by their own name or a usual one.
Every cell that cannot be read is told with its row; nothing is filled or left out silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.catalog.reading.cells import label_cells, number_cells
from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.columns import one_basis, used_columns
from qonys.catalog.reading.files import read_file
from qonys.catalog.reading.rows import NUMBER, rows_where
from qonys.catalog.reading.wanted import Wanted

AS_FOUND = FileChoices()


@dataclass(frozen=True)
class LongTable:
    """The table read: `frame` under canonical names, `used` file column by name, `left_out` what was not read."""

    frame: pl.DataFrame
    used: dict[str, str]
    left_out: tuple[str, ...] = field(default=())


def read_long(path: Path, wanted: Wanted, choices: FileChoices = AS_FOUND) -> LongTable:
    """Read a long table (CSV, Excel, Parquet, SDMX-CSV, JSON-stat).

    Parameters
    ----------
    path
        The file.
    wanted
        Names the method asks for.
    choices
        What the person says about the file.

    Raises
    ------
    BadInput
        A column is missing or named twice; a number cannot be read; a label is empty; no row is left;
        rows of several definitions, units or boundary vintages stand together.

    """
    raw = read_file(path, choices)
    used = used_columns(path, raw.frame.columns, wanted, pairs(choices.mapping, wanted.names))
    rows = rows_where(path, raw.frame.with_columns(pl.Series(NUMBER, raw.rows)), choices.where)
    one_basis(path, rows, used)
    columns = {}
    for name, column in used.items():
        if name in wanted.counted or name in wanted.without_fractions:
            kind = (name not in wanted.needed, name in wanted.without_fractions)
            columns[name] = number_cells(path, column, rows[column], rows[NUMBER], kind, choices)
        else:
            columns[name] = label_cells(path, column, rows[column], rows[NUMBER], name not in wanted.needed)
    rest = tuple(column for column in raw.frame.columns if column not in used.values())
    return LongTable(pl.DataFrame(columns), used, (*raw.left_out, *rest))
