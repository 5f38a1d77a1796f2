"""Flows of a register: moves, or migrants of so many months, by period, origin, destination and what else is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.registers.chains import OPEN
from qonys.kernels.registers.cube import add_counts, add_weights, advance
from qonys.quantities import Flows, Lineage
from qonys.registers.axes import Cells, TableChoices, cells_of, place_cells
from qonys.registers.sorting import column
from qonys.registers.spells import SpellChoices, Spells, spells
from qonys.registers.store import Register

MOST_CELLS = 200_000_000
METHOD = "qonys.registers.flows.flows"
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class FlowTable:
    """Flows with what is said of them.

    `outside`: moves in no cell, as a value that an axis needs is unknown or out of its range; `within`: moves inside
    one region of the boundaries asked for; `provisional`: first year of which some stays are open, None: none is.
    """

    flows: Flows
    outside: int
    within: int
    provisional: int | None = None


def vintage_of(register: Register, choices: TableChoices) -> str | None:
    """The boundaries in which the regions of a table stand: those asked for, or the newest, as codes are of today."""
    return choices.vintage or str(register.pack.vintages().sort("order")["vintage"][-1])


def definition(register: Register, what: str) -> str:
    """What a table of a register counts; of a made-up one the name says it."""
    return f"simulated_{what}" if register.simulated else what


def lineage(register: Register, method: str) -> Lineage:
    """Where a table of a register comes from."""
    return Lineage(sources=(register.name,), rank=4, method=method)


def flows(register: Register, choices: TableChoices | None = None, stays: SpellChoices | None = None) -> FlowTable:
    """Moves of a register by the axes asked for, as a quantity.

    With `stays` only moves that make a migrant count: those whose stay reaches its months, and of stays that are still
    open the part that is expected to (Kaplan and Meier 1958 by origin); `sd` is then the binomial error of these.

    Raises
    ------
    BadInput
        The table has more cells than are counted densely.

    """
    choices = choices or TableChoices()
    axes = cells_of(register, choices)
    size = int(np.prod([float(len(axis.labels)) for axis in axes]))
    if size > MOST_CELLS:
        raise BadInput("registers.many_cells", cells=size, most=MOST_CELLS)
    names = tuple(name for axis in axes for name in axis.columns)
    counter = Counter(register, choices, axes, size)
    if stays is None:
        for table in register.moves((*names, "origin", "destination")):
            counter.moves(table)
    else:
        for one in spells(register, stays, (*names, "year")):
            counter.migrants(one)
    return counter.answer(stays)


class Counter:
    """The cells of a table while records go by."""

    def __init__(self, register: Register, choices: TableChoices, axes: list[Cells], size: int) -> None:
        self.register, self.choices, self.axes = register, choices, axes
        self.labels, self.cell = place_cells(register, choices)
        self.counts, self.outside, self.within = np.zeros(size, dtype=np.int64), 0, 0
        self.sums, self.variance = np.zeros(0), np.zeros(0)
        self.open_year: int | None = None

    def places(self, table: pa.Table) -> Counts:
        """The cell of each record, -1: none."""
        place = np.zeros(table.num_rows, dtype=np.int64)
        for axis in self.axes:
            advance(place, axis.of(table), len(axis.labels))
        origin, goal = (self.cell[column(table, name)] for name in ("origin", "destination"))
        inside = (origin == goal) & (origin >= 0)
        abroad = (origin < 0) | (goal < 0) if self.choices.places == "regions" else np.zeros(len(place), dtype=bool)
        self.within += int(inside.sum())
        self.outside += int(((place < 0) & ~inside & ~abroad).sum())
        place[inside | abroad] = -1
        return place

    def moves(self, table: pa.Table) -> None:
        """Count moves."""
        add_counts(self.places(table), self.counts)

    def migrants(self, one: Spells) -> None:
        """Count migrants."""
        table, weight, open_ = one.table, one.weight, one.status == OPEN
        if not len(self.sums):
            self.sums, self.variance = np.zeros(len(self.counts)), np.zeros(len(self.counts))
        place = self.places(table)
        add_weights(place, weight, self.sums)
        add_weights(place, np.where(open_, weight * (1 - weight), 0.0), self.variance)
        if one.provisional.any():
            year = int(column(table, "year")[one.provisional].min())
            self.open_year = year if self.open_year is None else min(self.open_year, year)

    def answer(self, stays: SpellChoices | None) -> FlowTable:
        """The quantity."""
        shape = tuple(len(axis.labels) for axis in self.axes)
        values = self.counts.astype(np.float64) if stays is None else self.sums
        what = "register_moves" if stays is None else f"register_migrants_{stays.months}"
        sd = None if stays is None else np.sqrt(self.variance).reshape(shape)
        found = Flows(
            values.reshape(shape), tuple(axis.axis for axis in self.axes), "moves", definition(self.register, what), sd,
            vintage_of(self.register, self.choices), lineage(self.register, METHOD),
        )  # fmt: skip
        return FlowTable(found, self.outside, self.within, self.open_year)
