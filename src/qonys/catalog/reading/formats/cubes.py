"""A table that its file stores as a block of cells: dimensions with their codes, and values in one order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.errors import BadInput

VALUE = "value"
MOST_CELLS = 2**53


def refuse_value_dimension(path: Path, names: Iterable[str]) -> None:
    """Refuse a dimension that is called as the column of the values is.

    Raises
    ------
    BadInput
        Names the file and the dimension.

    """
    if VALUE in names:
        raise BadInput("catalog.reading.value_dimension", path=str(path), name=VALUE)


@dataclass(frozen=True)
class Cube:
    """Dimensions and the values of their cells, the last dimension moving fastest.

    `codes` (dimension -> its codes in order), `values` (number of a cell, from 0 -> its text; cells without a value
    are not there), `attributes` (name of a column -> code of any dimension -> text).
    """

    codes: Mapping[str, Sequence[str]]
    values: Mapping[int, str]
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """Cells that the dimensions span, with a value or without."""
        return math.prod(len(codes) for codes in self.codes.values())

    def rows(self) -> tuple[pl.DataFrame, pl.Series]:
        """One row per cell that has a value, as texts, and the number of each cell, from 1."""
        columns: dict[str, list[str | None]] = {name: [] for name in [*self.codes, VALUE, *self.attributes]}
        numbers = sorted(self.values)
        backwards = list(self.codes.items())[::-1]
        for number in numbers:
            here, rest = {}, number
            for name, codes in backwards:
                rest, place = divmod(rest, len(codes))
                here[name] = codes[place]
            for name in self.codes:
                columns[name].append(here[name])
            columns[VALUE].append(self.values[number])
            for name, texts in self.attributes.items():
                columns[name].append(next((texts[here[one]] for one in self.codes if here[one] in texts), None))
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        return frame, pl.Series("row", [number + 1 for number in numbers], dtype=pl.Int64)
