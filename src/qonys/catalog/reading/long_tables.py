"""A person's own long table under the names that a method asks for.

Columns are named by the person (``FILE_COLUMN=NAME``), else taken by their own name or a usual one.
Every cell that cannot be read is told with its row; nothing is filled or left out silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.catalog.reading.bounds import kind_of, refuse_impossible
from qonys.catalog.reading.cells import label_cells, number_cells
from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.columns import one_basis, used_columns
from qonys.catalog.reading.files import read_file
from qonys.catalog.reading.no_value import with_values, without_na
from qonys.catalog.reading.rows import NUMBER, rows_where
from qonys.catalog.reading.signs import signs_of
from qonys.catalog.reading.units import Places, bare_units, counts, factors_of
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
        rows of several definitions, units or boundary vintages stand together; a number that may be a
        thousand or a fraction; multipliers that contradict each other.

    """
    raw = read_file(path, choices)
    used = used_columns(path, raw.frame.columns, wanted, pairs(choices.mapping, wanted.names))
    rows = rows_where(path, raw.numbered, choices.where)
    rows, marks = without_na(path, rows, choices.na)
    rows = with_values(path, rows, marks, {used[name] for name in wanted.numbers})
    numbers = {name: column for name, column in used.items() if name in wanted.counted}
    factors = factors_of(path, Places(rows, counts(numbers), raw.sayings), choices)
    one_basis(path, rows if choices.multiplier else bare_units(rows), used)
    whole = {used[name]: True for name in wanted.without_fractions if name in used}
    signs = signs_of(path, rows, dict.fromkeys(numbers.values(), False) | whole, choices, raw.typed)
    columns = {}
    for name, column in used.items():
        if column in signs:
            kind = (name not in wanted.needed, name in wanted.without_fractions)
            columns[name] = number_cells(
                path, column, rows[column], rows[NUMBER], kind, signs[column], factors.get(column)
            )
        else:
            columns[name] = label_cells(path, column, rows[column], rows[NUMBER], name not in wanted.needed)
        if name in numbers:
            refuse_impossible(path, column, columns[name], rows[NUMBER], kind_of(name, wanted.kinds))
    rest = tuple(column for column in raw.frame.columns if column not in used.values())
    return LongTable(pl.DataFrame(columns), used, (*raw.left_out, *rest))
