"""Disclosure protection of rows that several additive axes tie together, totals among the rows or not.

The same rule as for a table of two axes (`qonys.estimation.disclosure`), for a list of cells and of sums that a reader
knows: a cell is hidden when the sums leave a range at least as wide as the threshold, found by linear programming
(Hundepool et al. 2012, Statistical Disclosure Control, ch. 4). Totals among the rows are known sums along every axis;
the lines of the two longest axes are so also where no total is given, because somebody else may publish it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.disclosure import EXACT, THRESHOLD

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
LARGEST = 40  # withheld cells of one block whose ranges are solved one by one; of a larger block all is withheld


@dataclass(frozen=True)
class KnownSum:
    """Cells (their places) with signs, whose signed sum a reader knows, persons."""

    cells: tuple[int, ...]
    signs: tuple[int, ...]


def known_sums(frame: pl.DataFrame, axes: Sequence[tuple[str, ...]], totals: Mapping[str, Sequence[str | None]],
               within: Sequence[str]) -> list[KnownSum]:  # fmt: skip
    """The sums of a table: along each axis, the parts of every line against each total of the line.

    Parameters
    ----------
    frame
        One row a cell, in order.
    axes
        Axes whose parts add up; an axis is the columns that name a part (`age_start` with `age_end`).
    totals
        Codes that mean the whole of an axis, by its first column; None where an empty cell means it.
    within
        Columns that part the rows into tables of their own, such as year, unit and source.

    Returns
    -------
    Sums over places of `frame`, persons; on the two longest axes a line of several parts without a total is a sum too.

    """
    found = []
    longest = sorted(axes, key=lambda axis: -frame[axis[0]].n_unique())[:2]
    for axis in axes:
        others = [*within, *(column for other in axes if other != axis for column in other)]
        whole = set(totals.get(axis[0], ()))
        keys = frame.select(*others).rows() if others else [()] * frame.height
        parts: dict[tuple[object, ...], list[int]] = defaultdict(list)
        wholes: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for place, (key, code) in enumerate(zip(keys, frame[axis[0]].to_list(), strict=True)):
            (wholes if (None if code is None else str(code)) in whole else parts)[key].append(place)
        for key, line in parts.items():
            if not wholes[key] and len(line) > 1 and axis in longest:
                found.append(KnownSum(tuple(line), (1,) * len(line)))
            found += [KnownSum((*line, total), (*(1,) * len(line), -1)) for total in wholes[key]]
    return found


def withheld_rows(counts: Array, sums: Sequence[KnownSum], threshold: int = THRESHOLD) -> Flags:
    """Which cells are withheld: counts above 0 and below `threshold`, and as many others as keep them hidden.

    Parameters
    ----------
    counts
        (n,) persons; NaN where a cell states no count: it is neither withheld nor part of a sum.
    sums
        What a reader knows.
    threshold
        The smallest count that is shown.

    Returns
    -------
    (n,) flags.

    Raises
    ------
    BadInput
        The threshold is below 2.

    Examples
    --------
    >>> row = KnownSum((0, 1, 2), (1, 1, 1))
    >>> withheld_rows(np.array([2.0, 40.0, 30.0]), [row]).tolist()
    [True, False, True]

    """
    if threshold < 2:
        raise BadInput("disclosure.threshold", found=threshold)
    withheld = (counts > 0) & (counts < threshold)
    tied = _tied(counts, sums)
    while True:
        more: set[int] = set()
        for block in _blocks(withheld, tied):
            if len(block) > LARGEST:
                more |= {cell for cell in _reached(block, tied) if not withheld[cell]}
                continue
            low, high = ranges(counts, block, tied)
            narrow = {c for c, width in zip(block, high - low, strict=True) if width < threshold - EXACT}
            extra = _next(counts, withheld, narrow, tied)
            more |= set() if extra is None else {extra}  # else everything that a sum ties to them is withheld
        if not more:
            return withheld
        withheld[list(more)] = True


def ranges(counts: Array, block: Sequence[int], sums: Sequence[KnownSum]) -> tuple[Array, Array]:
    """Least and greatest value of each withheld cell of `block` that agrees with all sums, persons, each (n,)."""
    from scipy.optimize import linprog

    place = {cell: i for i, cell in enumerate(block)}
    rows = [one for one in sums if any(cell in place for cell in one.cells)]
    matrix, known = np.zeros((len(rows), len(block))), np.zeros(len(rows))
    for number, one in enumerate(rows):
        for cell, sign in zip(one.cells, one.signs, strict=True):
            if cell in place:
                matrix[number, place[cell]] = sign
                known[number] += sign * counts[cell]
    low, high = np.zeros(len(block)), np.full(len(block), np.inf)
    for i in range(len(block) if rows else 0):
        for side, ends in ((1.0, low), (-1.0, high)):
            goal = np.zeros(len(block))
            goal[i] = side
            found = linprog(goal, A_eq=matrix, b_eq=known, bounds=(0, None), method="highs")
            ends[i] = side * found.fun if found.status == 0 else (np.inf if side < 0 else 0.0)
    return low, high


def _tied(counts: Array, sums: Sequence[KnownSum]) -> list[KnownSum]:
    """The sums over cells that state a count."""
    kept = []
    for one in sums:
        pairs = [(c, s) for c, s in zip(one.cells, one.signs, strict=True) if np.isfinite(counts[c])]
        if len(pairs) > 1:
            kept.append(KnownSum(tuple(c for c, _ in pairs), tuple(s for _, s in pairs)))
    return kept


def _blocks(withheld: Flags, sums: Sequence[KnownSum]) -> list[list[int]]:
    """Withheld cells in groups that share no sum with each other."""
    parent = {int(cell): int(cell) for cell in np.flatnonzero(withheld)}

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for one in sums:
        inside = [cell for cell in one.cells if withheld[cell]]
        for cell in inside[1:]:
            parent[root(cell)] = root(inside[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for cell in parent:
        groups[root(cell)].append(cell)
    return list(groups.values())


def _reached(block: Sequence[int], sums: Sequence[KnownSum]) -> set[int]:
    """All cells that sums tie to the block, directly or through others."""
    found, grown = set(block), True
    while grown:
        grown = False
        for one in sums:
            if not found.isdisjoint(one.cells) and not found.issuperset(one.cells):
                found |= set(one.cells)
                grown = True
    return found


def _next(counts: Array, withheld: Flags, narrow: set[int], sums: Sequence[KnownSum]) -> int | None:
    """The cell to withhold beside the `narrow` ones: of their sum with the fewest withheld, what opens fewest sums.

    Of several such, the one with fewest persons, a count of zero last.
    """
    hidden = [sum(bool(withheld[c]) for c in one.cells) for one in sums]
    opened: dict[int, int] = defaultdict(int)
    for number, one in zip(hidden, sums, strict=True):
        for c in one.cells:
            opened[c] += number == 0
    prices = [
        (number, counts[c] == 0, opened[c], float(counts[c]), c)
        for number, one in zip(hidden, sums, strict=True)
        if not narrow.isdisjoint(one.cells)
        for c in one.cells
        if not withheld[c]
    ]
    return min(prices)[-1] if prices else None
