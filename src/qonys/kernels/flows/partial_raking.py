"""Raking of a table to two margins that are known only in part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROUNDS = 200


@dataclass(frozen=True)
class PartialMargin:
    """A partly known margin: `labels` (n,) index of the margin cell of each row, `stated` (cells,).

    The last cell contains all rows without a figure; its total is the remainder of the grand total.
    """

    labels: NDArray[np.int64]
    stated: Array

    @classmethod
    def of(cls, values: Array, total: float) -> PartialMargin:
        """From one value a row, NaN where none is stated."""
        known = np.flatnonzero(np.isfinite(values))
        labels = np.full(len(values), len(known), dtype=np.int64)
        labels[known] = np.arange(len(known))
        rest = [total - values[known].sum()] if len(known) < len(values) else []
        return cls(labels, np.concatenate([values[known], rest]))


def partially_raked(seed: Array, rows: PartialMargin, columns: PartialMargin) -> Array:
    """`seed` (R, G) raked to two margins of which some cells only are stated (Deming and Stephan 1940)."""
    table = np.array(seed)
    for _ in range(ROUNDS):
        for axis, margin in ((0, columns), (1, rows)):
            sums = np.bincount(margin.labels, table.sum(axis=axis), len(margin.stated))
            factor = np.divide(margin.stated, sums, out=np.zeros_like(sums), where=sums > 0)[margin.labels]
            table *= factor[None, :] if axis == 0 else factor[:, None]
    return table
