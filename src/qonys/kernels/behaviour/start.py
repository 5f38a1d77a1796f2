"""Whole persons from expected counts: systematic sampling, exact in every running total.

Cell i of a sequence gets floor(S_i + u) - floor(S_(i-1) + u) persons, S the running total and u one number in [0, 1)
(Madow 1949, Annals of Mathematical Statistics 20:333): each cell and every run of cells is within 1 of what is
expected, and over u the expectation is exact.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.behaviour.chances import PHASES, SETTLED
from qonys.kernels.behaviour.hashing import keys_of
from qonys.kernels.behaviour.persons import BEFORE, GONE, NONE, Persons

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
njit: Any = _njit
RATIO = 0.6180339887498949


def systematic(expected: Array, offset: float = 0.5) -> Whole:
    """Whole persons of `expected` (...), same shape; `offset` in [0, 1).

    Examples
    --------
    >>> systematic(np.array([0.4, 0.4, 0.4, 0.8])).tolist()
    [0, 1, 0, 1]

    """
    totals = np.floor(np.cumsum(expected.reshape(-1)) + offset).astype(np.int64)
    return np.diff(totals, prepend=np.int64(np.floor(offset))).reshape(expected.shape)


def persons_of(whole: Whole, homes: Array, seed: int, capacity: int = 0, threads: int = 1) -> Persons:
    """Persons by cell (R, C, 2, 12, A), room for `capacity` or just for them; `threads` change no bit.

    Previous regions by `homes` (R, R + 1, G, 3): in each region, group and phase along the golden-ratio sequence, so
    that every run of persons has them in proportion.
    """
    count = int(whole.sum())
    found = Persons.room(max(capacity, count))
    total = homes.sum(axis=1, keepdims=True)
    share = np.cumsum(np.divide(homes, total, out=np.zeros_like(homes), where=total > 0), axis=1)
    share, ends = np.ascontiguousarray(share), np.cumsum([0, *whole.sum(axis=(1, 2, 3, 4))]).tolist()

    def fill(region: int) -> None:
        low, high = ends[region], ends[region + 1]
        found.key[low:high] = keys_of(seed, low, high - low)
        _fill(found.columns()[1:], low, region, whole[region], share[region])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(len(whole))))
    found.count = count
    return found


@njit(cache=True, nogil=True)
def _fill(columns, i, r, whole, share):
    """The persons of region `r`, from `i` on: `whole` (C, 2, 12, A), `share` (R + 1, G, 3)."""
    region, age, kind, condition, home, years = columns
    classes, _, states, ages = whole.shape
    regions, groups = len(share) - 1, share.shape[1]
    each = classes // groups
    met = np.zeros((groups, SETTLED), dtype=np.int64)
    for c in range(classes):
        for s in range(2):
            for q in range(states):
                for a in range(ages):
                    for _ in range(whole[c, s, q, a]):
                        g, p = c // each, q % PHASES
                        region[i], age[i], kind[i], condition[i] = r, a, 2 * c + s, q // PHASES + (p << 2)
                        home[i], years[i] = NONE, BEFORE
                        if p < SETTLED:
                            met[g, p] += 1
                            place, h = (met[g, p] * RATIO) % 1.0, 0
                            while h < regions and place >= share[h, g, p]:
                                h += 1
                            if h < regions:
                                home[i] = h
                        i += 1


@njit(cache=True)
def counted(columns, count, state, homes):
    """Add persons to the cells `state` (R, C, 2, 12, A) and to the previous regions `homes` (R, R + 1, G, 3)."""
    _, region, age, kind, condition, home, _ = columns
    each = state.shape[1] // homes.shape[2]
    for i in range(count):
        if region[i] != GONE:
            r, c, p = region[i], kind[i] >> 1, condition[i] >> 2
            state[r, c, kind[i] & 1, (condition[i] & 3) * PHASES + p, age[i]] += 1.0
            if p < SETTLED:
                homes[r, len(state) if home[i] == NONE else home[i], c // each, p] += 1.0
