"""What each kind of quantity can be at all; written once. A number outside is a slip of the file, not a finding.

Persons: the world has 8.2 billion people and is projected to have at most 10.3 billion (United Nations, World
Population Prospects 2024); nothing that is counted in persons exceeds twice that. Lengths and areas: the Earth's,
in metres. Years: projections are published to 2150 at most, and no figure of a population is older than 1000.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from qonys.errors import RefusedCells
from qonys.words.each import in_each

PERSONS, AMOUNT, LENGTH, SURFACE, YEAR, AGE = "persons", "amount", "length", "surface", "year", "age"
BOUNDS: Mapping[str, tuple[float, float]] = {
    PERSONS: (0, 2e10),
    AMOUNT: (-1e15, 1e15),
    LENGTH: (0, 4.1e7),
    SURFACE: (0, 5.2e14),
    YEAR: (1000, 2150),
    AGE: (0, 130),
}
NEAREST = 1e-30
KINDS: Mapping[str, str] = {
    "population": PERSONS,
    "births": PERSONS,
    "deaths": PERSONS,
    "arrivals": PERSONS,
    "departures": PERSONS,
    "arrived": PERSONS,
    "remaining": PERSONS,
    "counted": PERSONS,
    "exposure": PERSONS,
    "distance": LENGTH,
    "area": SURFACE,
}


def kind_of(name: str, kinds: Mapping[str, str]) -> str:
    """The kind of a quantity by its name: as a method says, else the usual one."""
    return kinds.get(name) or KINDS.get(name, AMOUNT)


def refuse_impossible(path: Path, column: str, numbers: pl.Series, rows: pl.Series, kind: str) -> None:
    """Refuse a number that its kind cannot have.

    Parameters
    ----------
    path, column
        The file and the column, for errors.
    numbers, rows
        Numbers, and the number of each row in the file.
    kind
        One of `BOUNDS`.

    Raises
    ------
    BadInput
        Names the first such row, the number and the bounds.

    """
    tiny = ((numbers != 0) & (numbers.abs() < NEAREST)).fill_null(value=False).arg_true()
    if len(tiny):
        index = int(tiny[0])
        others = [(rows[int(one)], f"{numbers[int(one)]:.3g}") for one in tiny[1:]]
        raise RefusedCells("catalog.reading.near_zero", others, path=str(path), row=rows[index], column=column,
                           value=f"{numbers[index]:.3g}")  # fmt: skip
    least, most = BOUNDS[kind]
    bad = ((numbers < least) | (numbers > most)).fill_null(value=False).arg_true()
    if len(bad):
        index = int(bad[0])
        others = [(rows[int(one)], f"{numbers[int(one)]:.15g}") for one in bad[1:]]
        raise RefusedCells(
            f"catalog.reading.impossible.{kind}", others, path=str(path), row=rows[index], column=column,
            value=f"{numbers[index]:.15g}", least=in_each(least), most=in_each(most),
        )  # fmt: skip
