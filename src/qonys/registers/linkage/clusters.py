"""Persons from pairs: connected identities at a threshold, and the errors that are to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qonys.registers.linkage.model import Pairs

THRESHOLDS = (0.5, 0.9, 0.99)
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """Persons at a threshold: `of` (identities,) the person of each.

    `links`: pairs at or above it; `false`, `missed`: of them expected to be of two persons, and pairs of one person
    expected to be left out; `crossed`: persons to whom different numbers were joined.
    """

    threshold: float
    of: Labels
    links: int
    false: float
    missed: float
    crossed: int


def clusters(pairs: Pairs, numbers: NDArray[np.int64], threshold: float) -> Clusters:
    """Connected identities: those of one number surely, pairs of the chance or more, never two of different numbers.

    Parameters
    ----------
    pairs, threshold
        Probable pairs, and the least chance of a link.
    numbers
        (identities,) person numbers, below 0: none.

    """
    left, right = numbers[pairs.left], numbers[pairs.right]
    free = (left < 0) | (right < 0)
    linked = free & (pairs.chance >= threshold)
    known = np.flatnonzero(numbers >= 0)
    order = known[np.argsort(numbers[known], kind="stable")]
    same = numbers[order[1:]] == numbers[order[:-1]]
    starts = np.concatenate([pairs.left[linked], order[:-1][same]])
    ends = np.concatenate([pairs.right[linked], order[1:][same]])
    n = len(numbers)
    _, of = connected_components(
        coo_array((np.ones(len(starts), dtype=np.int8), (starts, ends)), shape=(n, n)), directed=False
    )
    chance = pairs.chance[free]
    missed = float(chance[chance < threshold].sum()) + float(chance.sum()) * (1 / pairs.covered - 1)
    return Clusters(threshold, of.astype(np.int64), int(linked.sum()), float((1 - pairs.chance[linked]).sum()), missed,
                    _crossed(of, numbers))  # fmt: skip


def _crossed(of: Labels, numbers: NDArray[np.int64]) -> int:
    known = numbers >= 0
    found = np.unique(np.stack([of[known], numbers[known]]), axis=1)
    return int((np.bincount(found[0]) > 1).sum()) if found.size else 0


@dataclass(frozen=True)
class Quality:
    """How persons agree with a truth, over pairs of records that have a label."""

    precision: float
    recall: float
    records: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def quality(found: Labels, truth: Labels) -> Quality:
    """Precision and recall of pairs of records: `found` and `truth` (n,) the person of each.

    Examples
    --------
    >>> quality(np.array([0, 0, 1, 1]), np.array([5, 5, 5, 6]))
    Quality(precision=0.5, recall=0.3333333333333333, records=4)

    """
    _, both = np.unique(np.stack([found, truth]), axis=1, return_counts=True)
    _, own = np.unique(found, return_counts=True)
    _, true = np.unique(truth, return_counts=True)
    joint, linked, real = (float((n.astype(np.float64) * (n - 1) / 2).sum()) for n in (both, own, true))
    return Quality(joint / linked if linked else 1.0, joint / real if real else 1.0, len(found))


def reliability(chance: NDArray[np.float64], true: NDArray[np.bool_], bins: Sequence[float] = BINS) -> pl.DataFrame:
    """Chances beside the share of pairs of one person.

    Columns: chance_from, chance_to, pairs, percent_expected, percent_observed.

    Examples
    --------
    >>> reliability(np.array([0.2, 0.95]), np.array([False, True])).select("pairs", "percent_observed").rows()
    [(1, 0.0), (1, 100.0)]

    """
    at = np.clip(np.digitize(chance, bins) - 1, 0, len(bins) - 2)
    rows = []
    for b in range(len(bins) - 1):
        inside = at == b
        if inside.any():
            shares = (100 * float(chance[inside].mean()), 100 * float(true[inside].mean()))
            rows.append((bins[b], bins[b + 1], int(inside.sum()), *shares))
    schema = {
        "chance_from": pl.Float64,
        "chance_to": pl.Float64,
        "pairs": pl.Int64,
        "percent_expected": pl.Float64,
        "percent_observed": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
