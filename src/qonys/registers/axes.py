"""Axes of a table of a register: which cell a value of a record falls into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.inputs.boundaries import region_lineage
from qonys.quantities import Axis
from qonys.registers.sorting import column
from qonys.registers.standard import EPOCH, SEXES
from qonys.registers.store import Register

Codes = NDArray[np.int32]
NAMES = ("year", "month", "origin", "destination", "group", "sex", "age")
PLACES = ("all", "regions")
OPEN_AGE = 85
MONTHS = 12


@dataclass(frozen=True)
class Cells:
    """An axis: the columns of records that it needs, the labels of cells, and the cell of each record (-1: none)."""

    name: str
    columns: tuple[str, ...]
    labels: tuple[Any, ...]
    of: Callable[[pa.Table], Codes]

    @property
    def axis(self) -> Axis:
        """The axis of the quantity."""
        return Axis("time" if self.name in ("year", "month") else self.name, self.labels)


@dataclass(frozen=True)
class TableChoices:
    """What a table counts.

    `by`: axes of `NAMES`; `places`: all, or regions (moves inside the country alone); `vintage`: boundaries to which
    regions are brought, empty: as recorded; `width`: years of an age group; `years`: first and last, None: all.
    """

    by: tuple[str, ...] = ("year", "origin", "destination")
    places: str = "all"
    vintage: str = ""
    width: int = 5
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.by if name not in NAMES]
        if unknown or len(set(self.by)) < len(self.by):
            raise BadInput("estimation.choice", option="--by", value=", ".join(self.by), known=", ".join(NAMES))
        if "year" in self.by and "month" in self.by:
            raise BadInput("registers.year_and_month")
        if self.places not in PLACES:
            raise BadInput("estimation.choice", option="--places", value=self.places, known=", ".join(PLACES))
        if self.years is not None and self.years[1] < self.years[0]:
            raise BadInput("registers.years", first=self.years[0], last=self.years[1])


def cells_of(register: Register, choices: TableChoices) -> list[Cells]:
    """The axes of a table, in the order of quantities."""
    ordered = sorted(choices.by, key=NAMES.index)
    return [_MADE[name](register, choices, name) for name in ordered]


def span(register: Register, choices: TableChoices) -> tuple[int, int]:
    """First and last calendar year of a table."""
    return choices.years or (register.first.year, register.last.year)


def _time(register: Register, choices: TableChoices, name: str) -> Cells:
    first, last = span(register, choices)
    if name == "year":
        labels: tuple[Any, ...] = tuple(range(first, last + 1))
        return Cells(name, ("year",), labels, lambda table: _within(column(table, "year") - first, labels))
    months = tuple(f"{year}-{month:02d}" for year in range(first, last + 1) for month in range(1, MONTHS + 1))
    begin = (first - EPOCH.year) * MONTHS

    def of(table: pa.Table) -> Codes:
        days = column(table, "day").astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return _within((days - begin).astype(np.int32), months)

    return Cells(name, ("day",), months, of)


def _within(place: NDArray[Any], labels: Sequence[Any]) -> Codes:
    return np.where((place >= 0) & (place < len(labels)), place, -1).astype(np.int32)


def place_cells(register: Register, choices: TableChoices) -> tuple[tuple[str, ...], Codes]:
    """Labels of places, and the cell of each place of the register, (places + 1,); the last one, unknown, has none.

    Raises
    ------
    BadInput
        There are no such boundaries.

    """
    to = _merged(register, choices.vintage)
    inside = register.regions
    kept = [code for code in register.places if choices.places == "all" or code in inside]
    labels = tuple(sorted({to.get(code, code) for code in kept}))
    at = {label: place for place, label in enumerate(labels)}
    cell = [at.get(to.get(code, code), -1) if code in kept else -1 for code in register.places]
    return labels, np.array([*cell, -1], dtype=np.int32)


def _merged(register: Register, vintage: str) -> Mapping[str, str]:
    if not vintage:
        return {}
    order = register.pack.vintages().sort("order")["vintage"].to_list()
    if vintage not in order:
        raise BadInput("estimation.choice", option="--vintage", value=vintage, known=", ".join(order))
    return region_lineage(register.pack).mapping(order[-1], vintage)


def _place(register: Register, choices: TableChoices, name: str) -> Cells:
    labels, cell = place_cells(register, choices)
    return Cells(name, (name,), labels, lambda table: cell[column(table, name)])


def _age(register: Register, choices: TableChoices, name: str) -> Cells:
    starts = list(range(0, OPEN_AGE, choices.width))
    labels = [f"{a}-{min(a + choices.width, OPEN_AGE) - 1}" if choices.width > 1 else str(a) for a in starts]

    def of(table: pa.Table) -> Codes:
        age = column(table, "age").astype(np.int32)
        group = np.where(age >= OPEN_AGE, len(starts), age // choices.width)
        return np.where(age < 0, -1, group).astype(np.int32)

    return Cells(name, ("age",), (*labels, f"{OPEN_AGE}+"), of)


def _sex(register: Register, choices: TableChoices, name: str) -> Cells:
    return Cells(name, ("sex",), SEXES, lambda table: column(table, "sex").astype(np.int32))


def _group(register: Register, choices: TableChoices, name: str) -> Cells:
    return Cells(name, ("group",), register.groups, lambda table: column(table, "group").astype(np.int32))


_MADE: Mapping[str, Callable[[Register, TableChoices, str], Cells]] = {
    "year": _time, "month": _time, "origin": _place, "destination": _place, "age": _age, "sex": _sex, "group": _group,
}  # fmt: skip
