"""Totals of some of the places: a place that equals the sum of a block of rows before or after it in every column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.labels.sums import Kept, answers, rounding_unit
from qonys.catalog.reading.labels.totals import KINDS, PLACE, listed
from qonys.errors import BadInput
from qonys.words.notes import note

Array = NDArray[np.float64]
LEAST_PARTS = 3
LEAST_COLUMNS = 2
MOST_LABELS = 4000
MOST_CELLS = 5_000_000
ROUNDED = 1e-4
CERTAIN = 1.5


@dataclass(frozen=True)
class Block:
    """A place that equals the sum of consecutive places.

    `name` of its column, `label`, the `first` and `last` of its `parts`, and how many columns were `compared`.
    """

    name: str
    label: str
    first: str
    last: str
    parts: int
    compared: int


def places_of(labels: Mapping[str, str]) -> dict[str, str]:
    """Those of the labels (name -> column of the file) that are places."""
    return {name: column for name, column in labels.items() if KINDS.get(name) == PLACE}


def refuse_blocks(
    path: Path, frame: pl.DataFrame, labels: Mapping[str, str], values: Sequence[str], kept: Kept
) -> None:
    """Refuse places that equal the sum of others that stand together: whether they are totals is the person's to say.

    Parameters
    ----------
    path
        The file, for errors.
    frame
        The table under names of the method, in the order of the file.
    labels
        Name -> column of the file for the places.
    values
        Names of the numbers that are added up.
    kept
        Column of the file -> labels that the person keeps.

    Raises
    ------
    BadInput
        Names the places and the options that settle it.

    """
    found = [
        one for one in blocks_of(frame, labels, values) if one.label not in kept.get(labels[one.name], frozenset())
    ]
    if found:
        options = answers((labels[one.name], one.label) for one in found)
        raise BadInput("catalog.totals.block", path=str(path), **_shown(found, labels), **options)


def say_blocks(name: str, frame: pl.DataFrame, labels: Mapping[str, str], values: Sequence[str]) -> None:
    """Say which places of a table equal the sum of others, where nobody can be asked; as in `refuse_blocks`."""
    found = blocks_of(frame, labels, values)
    if found:
        note("catalog.totals.kept_block", path=name, **_shown(found, labels))


def _shown(found: Sequence[Block], labels: Mapping[str, str]) -> dict[str, object]:
    one = found[0]
    return {
        "column": labels[one.name], "labels": listed(list(dict.fromkeys(each.label for each in found))),
        "label": one.label, "first": one.first, "last": one.last, "parts": one.parts, "compared": one.compared,
    }  # fmt: skip


def blocks_of(frame: pl.DataFrame, labels: Mapping[str, str], values: Sequence[str]) -> list[Block]:
    """Places that equal, in every column, the sum of at least three places that stand next to them, before or after.

    At least two columns with different numbers must agree, and their figures together be too many for chance: with n
    places there are about 2n sums of the right size, and a number of d figures agrees by chance once in 10^d.

    Parameters
    ----------
    frame
        Rows under names of the method, in the order of the file.
    labels
        Names of the places (see `places_of`).
    values
        Names of the numbers that are added up.

    Examples
    --------
    >>> people = pl.DataFrame({
    ...     "region": ["North", "A", "B", "C", "D"] * 2, "time": [2019] * 5 + [2020] * 5,
    ...     "value": [670.0, 100.0, 250.0, 320.0, 90.0, 691.0, 110.0, 251.0, 330.0, 95.0],
    ... })
    >>> [(one.label, one.first, one.last) for one in blocks_of(people, {"region": "region"}, ("value",))]
    [('North', 'A', 'C')]

    """
    keys = [name for name in frame.columns if name in KINDS or frame[name].dtype == pl.String]
    found: list[Block] = []
    for name in labels:
        others, n = [key for key in keys if key != name], frame[name].n_unique()
        columns = (frame.select(others).n_unique() if others else 1) * len(values)
        if columns and LEAST_PARTS < n <= MOST_LABELS and n * columns <= MOST_CELLS:
            places, cells, unit = _cells(frame, name, others, values)
            found += [Block(name, *parts) for parts in _blocks(places, cells, unit)]
    return found


def _cells(
    frame: pl.DataFrame, name: str, keys: Sequence[str], values: Sequence[str]
) -> tuple[list[str], Array, Array]:
    """Places in the order of the file, their number in each column (not a number: none), and each column's unit."""
    order = frame[name].drop_nulls().unique(maintain_order=True)
    tables, units = [], []
    for value in values:
        cells = frame.select(name, *keys, value).drop_nulls([name, value])
        ranks = cells.select(pl.struct(keys).rank("dense").cast(pl.Int64) - 1).to_series() if keys else None
        columns = np.zeros(cells.height, dtype=np.int64) if ranks is None else ranks.to_numpy()
        grid = np.full((len(order), int(columns.max(initial=0)) + 1), np.nan)
        row = cells[name].replace_strict(order, pl.int_range(len(order), eager=True))
        grid[row.to_numpy(), columns] = cells[value].to_numpy()
        tables.append(grid)
        units += [rounding_unit(cells[value])] * grid.shape[1]
    return order.to_list(), np.hstack(tables), np.array(units)


def _blocks(places: Sequence[str], cells: Array, units: Array) -> list[tuple[str, str, str, int, int]]:
    """For each place that is such a sum: label, first and last of its parts, their number, the number of columns."""
    sums = np.vstack([np.zeros(cells.shape[1]), np.cumsum(np.nan_to_num(cells), axis=0)])
    filled = np.vstack([np.zeros(cells.shape[1]), np.cumsum(np.nan_to_num(cells) != 0, axis=0)])
    certain = CERTAIN + math.log10(2 * len(places))
    found = []
    for own in range(len(places)):
        known = np.flatnonzero(np.nan_to_num(cells[own]) != 0)
        if len(known) < LEAST_COLUMNS:
            continue
        for first, last in _matching(cells[own], sums, own, int(known[np.argmax(np.abs(cells[own, known]))])):
            total = sums[last] - sums[first]
            slack = np.minimum(units * (last - first) / 2, np.abs(total) * ROUNDED) + 1e-9 * np.abs(total)
            far = np.abs(total - cells[own])
            if np.any((far > slack)[~np.isnan(cells[own])]):
                continue
            several = known[(filled[last] - filled[first])[known] > 1]
            different = several[np.unique(cells[own, several], return_index=True)[1]]
            size = np.abs(cells[own, different]) / (units[different] + 2 * slack[different])
            if len(different) >= LEAST_COLUMNS and np.log10(1 + size).sum() >= certain:
                found.append((places[own], places[first], places[last - 1], last - first, len(several)))
                break
    return found


def _matching(own_cells: Array, sums: Array, own: int, column: int) -> list[tuple[int, int]]:
    """First row and the row behind the last of the blocks next to a place whose sum is near its number in a column."""
    value = own_cells[column]
    near = abs(value) * (ROUNDED + 1e-9) + 1e-12
    after = sums[own + 1 + LEAST_PARTS :, column] - sums[own + 1, column]
    before = sums[own, column] - sums[: max(own - LEAST_PARTS + 1, 0), column]
    ends = np.flatnonzero(np.abs(after - value) <= near) + own + 1 + LEAST_PARTS
    starts = np.flatnonzero(np.abs(before - value) <= near)
    return [(own + 1, int(end)) for end in ends] + [(int(start), own) for start in starts]
