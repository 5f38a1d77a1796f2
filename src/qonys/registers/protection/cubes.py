"""Counts of a table of a register with the keys of its cells, and sums of them over groups of labels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.protection.keys import add_keyed, record_keys
from qonys.quantities import Axis
from qonys.registers.axes import TableChoices, cells_of
from qonys.registers.flows import MOST_CELLS, Counter
from qonys.registers.protection.secret import Secret
from qonys.registers.sorting import column, column_known
from qonys.registers.store import Register

Counts = NDArray[np.int64]
Keys = NDArray[np.uint16]


@dataclass(frozen=True)
class KeyedCube:
    """Moves by cell, with the key of each cell, both of the shape of `axes`.

    `outside`: moves in no cell, as a value that an axis needs is unknown; `within`: moves inside one region.
    """

    axes: tuple[Axis, ...]
    counts: Counts
    keys: Keys
    outside: int = 0
    within: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return self.counts.shape


def keyed_cube(register: Register, choices: TableChoices, secret: Secret) -> KeyedCube:
    """Count the moves of a register and the keys of their persons by cell.

    A record that tells of nobody has a key of its own.

    Raises
    ------
    BadInput
        The table has more cells than are counted densely.

    """
    axes = cells_of(register, choices)
    size = int(np.prod([float(len(axis.labels)) for axis in axes]))
    if size > MOST_CELLS:
        raise BadInput("registers.many_cells", cells=size, most=MOST_CELLS)
    counter = Counter(register, choices, axes, 0)
    counts, keys = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.uint16)
    names = (*(name for axis in axes for name in axis.columns), "record", "day", "origin", "destination")
    for table in register.moves(names):
        add_keyed(counter.places(table), keys_of(table, secret), counts, keys)
    shape = tuple(len(axis.labels) for axis in axes)
    return KeyedCube(tuple(axis.axis for axis in axes), counts.reshape(shape), keys.reshape(shape), counter.outside,
                     counter.within)  # fmt: skip


def keys_of(table: pa.Table, secret: Secret) -> Keys:
    """Keys of the records of a table, (n,): of their persons, or of themselves where they tell of nobody."""
    found: Keys = record_keys(secret.words, column(table, "person"))
    alone = ~column_known(table, "person")
    if alone.any():
        rows = table.filter(pa.array(alone))
        found[alone] = record_keys(secret.separate("records"), _record_numbers(rows))
    return found


def _record_numbers(rows: pa.Table) -> NDArray[np.int64]:
    """A number of each record from its own content, (n,), whatever the order of the file."""
    day, origin, goal = (column(rows, name).astype(np.int64) for name in ("day", "origin", "destination"))
    content = (day << 32) ^ (origin << 16) ^ goal
    known = column_known(rows, "record")
    if pa.types.is_integer(rows.schema.field("record").type):
        return np.where(known, column(rows, "record"), content)
    texts = rows.column("record").to_pylist()
    return np.array(
        [c if text is None else _number(text) for text, c in zip(texts, content, strict=True)], dtype=np.int64
    )


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


@dataclass(frozen=True)
class Grouping:
    """How the labels of an axis are joined: `of` (labels,) the group of each; `labels` of the groups."""

    of: Counts
    labels: tuple[Any, ...]


def apart(axis: Axis) -> Grouping:
    """Every label its own group."""
    return Grouping(np.arange(len(axis.labels)), axis.labels)


def whole(axis: Axis) -> Grouping:
    """All labels one group, named total."""
    return Grouping(np.zeros(len(axis.labels), dtype=np.int64), ("total",))


def sums_by(shape: Sequence[int], groupings: Sequence[Grouping]) -> tuple[Counts, int]:
    """The sum that each cell of a cube is in, (cells,), and how many sums there are."""
    of = np.zeros(shape, dtype=np.int64)
    for place, grouping in enumerate(groupings):
        along = [1] * len(shape)
        along[place] = -1
        of = of * len(grouping.labels) + grouping.of.reshape(along)
    return of.ravel(), int(np.prod([len(one.labels) for one in groupings]))


def joined(cube: KeyedCube, groupings: Sequence[Grouping]) -> KeyedCube:
    """A cube by groups of labels: its counts and keys are sums of those of its cells."""
    counts, keys = cube.counts.astype(np.int64), cube.keys.astype(np.int64)
    for place, grouping in enumerate(groupings):
        order = np.argsort(grouping.of, kind="stable")
        starts = np.searchsorted(grouping.of[order], np.arange(len(grouping.labels)))
        counts = np.add.reduceat(np.take(counts, order, axis=place), starts, axis=place)
        keys = np.add.reduceat(np.take(keys, order, axis=place), starts, axis=place)
    axes = tuple(Axis(axis.name, one.labels) for axis, one in zip(cube.axes, groupings, strict=True))
    return KeyedCube(axes, counts, (keys & 0xFFFF).astype(np.uint16), cube.outside, cube.within)
