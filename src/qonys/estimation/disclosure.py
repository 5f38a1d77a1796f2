"""Disclosure protection of small counts: suppression with complementary cells, and rounding.

A count of few persons is withheld (primary suppression). Because totals are published, one withheld cell of a row
can be found by subtraction, so further cells are withheld until nobody can narrow a small cell down (Cox 1980, JASA
75: 377-385). A withheld cell can be told from the others exactly when it lies on no cycle of withheld cells in the
graph of rows and columns (Gusfield 1988, SIAM J. Comput. 17: 552-571); how far it can be narrowed down is found by
linear programming over all tables that a reader cannot rule out (Hundepool et al. 2012, Statistical Disclosure
Control, ch. 4). Assumed: readers know that counts are not negative, and nothing else about the withheld cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
WITHHELD = "c"
TOTAL = "total"
THRESHOLD = 5
EXACT = 1e-6


@dataclass(frozen=True)
class Protected:
    """A table with its totals in the last row and column, persons.

    `table`: all counts (R + 1, C + 1); `primary`: small ones; `withheld`: those not shown; `low`, `high`: what a
    reader can still find out about every cell.
    """

    table: Array
    primary: Flags
    withheld: Flags
    low: Array
    high: Array

    def shown(self, base: int = 1) -> Array:
        """The counts as published, persons (R + 1, C + 1), rounded to multiples of `base`, NaN where withheld."""
        return np.where(self.withheld, np.nan, np.rint(self.table / base) * base)


def protect(counts: Array, threshold: int = THRESHOLD) -> Protected:
    """Withhold counts of 1 ... threshold - 1 and as few persons more as keep them hidden.

    Parameters
    ----------
    counts
        (R, C) persons, without totals; one row is a plain list with its total.
    threshold
        The smallest count that is shown. A reader must be left with a range at least this wide for every withheld cell.

    Raises
    ------
    BadInput
        A count is negative or not finite, the threshold is below 2, or no choice of cells hides the small ones:
        there are too few cells that could stand for each other.

    Examples
    --------
    >>> found = protect(np.array([[20.0, 3.0], [30.0, 40.0]]))
    >>> int(found.withheld.sum()), bool(found.withheld[0, 1])
    (4, True)
    """
    table = with_totals(counts)
    if threshold < 2:
        raise BadInput("disclosure.threshold", found=threshold)
    primary = (table > 0) & (table < threshold)
    withheld = primary.copy()
    low, high = derivable(table, withheld)
    while (open_cells := _open(withheld, low, high, threshold)).size:
        place = min(open_cells, key=lambda cell: (-(high - low)[tuple(cell)], table[tuple(cell)]))
        more = _best_cycle(table, withheld, (int(place[0]), int(place[1])), threshold)
        if more is None:
            raise BadInput(
                "disclosure.cannot", value=int(table[tuple(place)]), row=int(place[0]) + 1, column=int(place[1]) + 1
            )
        for cell in more:
            withheld[cell] = True
        low, high = derivable(table, withheld)
    return Protected(table, primary, *_spared(table, primary, withheld, threshold))


def with_totals(counts: Array) -> Array:
    """Counts with totals in a last row and column; one row keeps only its total.

    Raises
    ------
    BadInput
        A table of another shape than two axes, or negative counts.

    """
    given = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if given.ndim != 2 or not given.size:
        raise BadInput("disclosure.shape", found=str(np.shape(counts)))
    if not np.isfinite(given).all() or (given < 0).any():
        raise BadInput("disclosure.negative", found=float(np.nanmin(given)))
    wide = np.hstack([given, given.sum(axis=1, keepdims=True)])
    return wide if len(given) == 1 else np.vstack([wide, wide.sum(axis=0, keepdims=True)])


class DerivableRange(NamedTuple):
    """Least and greatest value of each cell that a reader can derive, of the shape of the table, persons."""

    low: Array
    high: Array


def derivable(table: Array, withheld: Flags) -> DerivableRange:
    """Least and greatest value of each cell that agrees with the shown cells and totals.

    A shown cell has both equal to its value; a withheld cell with both equal is found out. `table` persons with totals
    in the last row and column, `withheld` flags of its shape. Found by linear programming; infinite without a bound.
    """
    from scipy.optimize import linprog

    low, high = table.copy(), table.copy()
    cells = [(int(i), int(j)) for i, j in np.argwhere(withheld)]
    if not cells:
        return DerivableRange(low, high)
    equations, known = _equations(table, withheld, cells)
    for place, cell in enumerate(cells):
        goal = np.zeros(len(cells))
        for sign, ends in ((1.0, low), (-1.0, high)):
            goal[place] = sign
            found = linprog(goal, A_eq=equations, b_eq=known, bounds=(0, None), method="highs")
            ends[cell] = sign * found.fun if found.status == 0 else np.inf
    return DerivableRange(low, high)


def _signs(shape: tuple[int, int]) -> Array:
    """Every row and column of the table times these signs sums to zero: totals count against their parts."""
    rows = np.where(np.arange(shape[0]) == shape[0] - 1, -1.0, 1.0) if shape[0] > 1 else np.ones(1)
    columns = np.where(np.arange(shape[1]) == shape[1] - 1, -1.0, 1.0)
    return np.outer(rows, columns)


def _equations(table: Array, withheld: Flags, cells: list[tuple[int, int]]) -> tuple[Array, Array]:
    """What a reader knows: each row and column with withheld cells must close."""
    signed = _signs((table.shape[0], table.shape[1]))
    shown = np.where(withheld, 0.0, table) * signed
    lines: list[tuple[list[float], float]] = []
    for row in sorted({i for i, _ in cells}):
        lines.append(([signed[c] * (c[0] == row) for c in cells], -float(shown[row].sum())))
    if table.shape[0] > 1:
        for column in sorted({j for _, j in cells}):
            lines.append(([signed[c] * (c[1] == column) for c in cells], -float(shown[:, column].sum())))
    return np.array([line for line, _ in lines]), np.array([value for _, value in lines])


def _open(withheld: Flags, low: Array, high: Array, threshold: int) -> NDArray[np.int64]:
    """Withheld cells that a reader can narrow down to less than the threshold."""
    return np.argwhere(withheld & (high - low < threshold - EXACT))


def _best_cycle(
    table: Array, withheld: Flags, cell: tuple[int, int], threshold: int
) -> tuple[tuple[int, int], ...] | None:
    """The cells to withhold beside `cell` with the fewest persons, of those that leave a wide enough range."""
    signs, best, price = _signs((table.shape[0], table.shape[1])), None, (False, np.inf, 0.0)
    for corners in _cycles(table.shape, cell):
        new = tuple(c for c in corners if not withheld[c])
        if not new:
            continue
        width = _slack(table, signs, (cell, *corners), 1.0) + _slack(table, signs, (cell, *corners), -1.0)
        cost = (width < threshold, float(sum(table[c] for c in new)), -width)
        if width > EXACT and (best is None or cost < price):
            best, price = new, cost
    return best


def _cycles(shape: tuple[int, ...], cell: tuple[int, int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Other corners of every rectangle through `cell`; in a list, every other cell."""
    row, column = cell
    if shape[0] == 1:
        yield from (((0, j),) for j in range(shape[1]) if j != column)
        return
    for i, j in product(range(shape[0]), range(shape[1])):
        if i != row and j != column:
            yield (row, j), (i, j), (i, column)


def _slack(table: Array, signs: Array, cycle: tuple[tuple[int, int], ...], direction: float) -> float:
    """How far the cells of a cycle can move together, up and down in turn, before one is below zero."""
    room = [table[c] for turn, c in enumerate(cycle) if direction * (-1) ** turn * signs[c] < 0]
    return float(min(room)) if room else float(table.sum())


def _spared(table: Array, primary: Flags, withheld: Flags, threshold: int) -> tuple[Flags, Array, Array]:
    """Give back withheld cells that are not needed, those with most persons first."""
    for i, j in sorted(np.argwhere(withheld & ~primary).tolist(), key=lambda c: -table[c[0], c[1]]):
        fewer = withheld.copy()
        fewer[i, j] = False
        low, high = derivable(table, fewer)
        if not _open(fewer, low, high, threshold).size:
            withheld = fewer
    return withheld, *derivable(table, withheld)


def protected_frame(
    frame: pl.DataFrame, axes: tuple[str, str], threshold: int = THRESHOLD, base: int = 1
) -> pl.DataFrame:
    """A tidy table of counts, protected: the axes, value and `flag`, with totals as rows named `total`.

    `frame` holds the two axes and `value`; a pair without a row is a count of zero. Withheld values are empty and
    flagged `c`, as Eurostat does; the others are rounded to multiples of `base`.

    Raises
    ------
    BadInput
        A column is missing, a pair stands twice, or the table cannot be protected.

    """
    missing = [name for name in (*axes, "value") if name not in frame.columns]
    if missing:
        raise BadInput("disclosure.column", column=missing[0], found=", ".join(frame.columns))
    if frame.select(pl.struct(axes).is_duplicated().any()).item():
        raise BadInput("disclosure.twice", axes=", ".join(axes))
    names = [frame[axis].cast(pl.String).unique().sort().to_list() for axis in axes]
    counts = np.zeros((len(names[0]), len(names[1])))
    for row, column, value in frame.select(*(pl.col(a).cast(pl.String) for a in axes), "value").rows():
        counts[names[0].index(row), names[1].index(column)] = value
    found = protect(counts, threshold)
    shown = found.shown(base)
    labels = [[*names[0], TOTAL] if len(names[0]) > 1 else names[0], [*names[1], TOTAL]]
    rows = [
        (row, column, None if found.withheld[i, j] else float(shown[i, j]), WITHHELD if found.withheld[i, j] else "")
        for i, row in enumerate(labels[0])
        for j, column in enumerate(labels[1])
    ]
    schema = {axes[0]: pl.String, axes[1]: pl.String, "value": pl.Float64, "flag": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
