"""What a reader can derive of true counts from tables that overlap: bounds of every count that no table contradicts.

A reader knows the method, its parameters and the tables, not the secret. A published count tells a set of true counts;
tables over the same persons are sums of the same finest cells, and each sum bounds each of its cells. The bounds are
narrowed until nothing changes (bounds propagation; Hundepool et al. 2012, Statistical Disclosure Control, ch. 4, solve
linear programmes instead, which can be narrower: tests compare both on small tables). Noise of bounded size gives way
to a reader who may ask any number of overlapping tables (Asghar and Kaafar 2020, Journal of Privacy and Confidentiality
10(2)): so the tables that are published are a fixed list, and the answer here holds for a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.protection.perturbation import PerturbationTable

Counts = NDArray[np.int64]
ROUNDS = 200


@dataclass(frozen=True)
class KnownTable:
    """A published table over the finest cells: `of` (cells,) the number of the sum that a cell is in, below 0: none.

    `low`, `high` (sums,): least and greatest true count that a reader holds possible.
    """

    of: Counts
    low: Counts
    high: Counts


class Bounds(NamedTuple):
    """Least and greatest possible count, persons, (n,) each."""

    low: Counts
    high: Counts


def exact_bounds(counts: Counts) -> Bounds:
    """Bounds of counts that are published as they are."""
    return Bounds(counts, counts)


def rounded_bounds(published: Counts, base: int) -> Bounds:
    """Bounds of counts rounded to the nearest multiple of a base, halves to either side.

    Examples
    --------
    >>> rounded_bounds(np.array([0, 5]), 5).high.tolist()
    [2, 7]

    """
    return Bounds(np.maximum(published - base // 2, 0), published + base // 2)


def perturbed_bounds(published: Counts, table: PerturbationTable) -> Bounds:
    """Bounds of true counts behind published ones, of all counts and noises that the table holds possible.

    Examples
    --------
    >>> from qonys.kernels.protection.perturbation import perturbation_table
    >>> found = perturbed_bounds(np.array([0, 3, 90]), perturbation_table())
    >>> found.low.tolist(), found.high.tolist()
    ([0, 1, 85], [5, 8, 95])

    """
    possible, largest = table.possible(), table.largest
    offsets = np.arange(-largest, largest + 1)
    true = published[:, None] + offsets[None, :]
    row = np.clip(true, 0, len(possible) - 1)
    open_ = (true >= 0) & possible[row, largest - offsets[None, :]]
    return Bounds(
        np.where(open_, true, np.iinfo(np.int64).max).min(axis=1),
        np.where(open_, true, -1).max(axis=1),
    )


def narrowed(cells: int, tables: Sequence[KnownTable]) -> Bounds:
    """Bounds of the finest cells, (cells,), that all tables allow.

    Parameters
    ----------
    cells
        How many finest cells there are; each count is a whole number from 0.
    tables
        What is published.

    Examples
    --------
    >>> whole = KnownTable(np.zeros(2, dtype=np.int64), np.array([3]), np.array([3]))
    >>> first = KnownTable(np.array([0, -1]), np.array([1]), np.array([1]))
    >>> narrowed(2, [whole, first]).low.tolist()
    [1, 2]

    """
    most = max((int(one.high.max(initial=0)) for one in tables), default=0)
    low, high = np.zeros(cells, dtype=np.int64), np.full(cells, most, dtype=np.int64)
    for _ in range(ROUNDS):
        before = low.copy(), high.copy()
        for one in tables:
            _narrow(one, low, high)
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    return Bounds(low, high)


def _narrow(one: KnownTable, low: Counts, high: Counts) -> None:
    """Bounds of the cells of a table by its sums, changed in place."""
    inside = one.of >= 0
    of = one.of[inside]
    sums = len(one.low)
    least = np.bincount(of, low[inside], sums).astype(np.int64)
    most = np.bincount(of, high[inside], sums).astype(np.int64)
    roof, floor = one.high[of] - (least[of] - low[inside]), one.low[of] - (most[of] - high[inside])
    high[inside], low[inside] = np.minimum(high[inside], roof), np.maximum(low[inside], floor)


def sums_of(bounds: Bounds, one: KnownTable) -> Bounds:
    """Bounds of the sums of a table by the bounds of its cells and by what is published, (sums,) each."""
    inside = one.of >= 0
    low, high = (np.bincount(one.of[inside], side[inside], len(one.low)).astype(np.int64) for side in bounds)
    return Bounds(np.maximum(low, one.low), np.minimum(high, one.high))


def differences(before: Bounds, after: Bounds) -> Bounds:
    """Bounds of how many more are in one table than in another that lies within it, (n,)."""
    return Bounds(np.maximum(before.low - after.high, 0), before.high - after.low)


def sure(bounds: Bounds) -> NDArray[np.bool_]:
    """Counts of which a reader is sure: one value is left, and it is not zero, (n,).

    Examples
    --------
    >>> sure(Bounds(np.array([1, 0, 2]), np.array([1, 0, 3]))).tolist()
    [True, False, False]

    """
    return np.asarray((bounds.low == bounds.high) & (bounds.low > 0))
