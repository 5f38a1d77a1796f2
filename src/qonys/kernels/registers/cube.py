"""Counts in a dense cube: one number for a cell, one addition for a record."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

from numba import njit as _njit

njit: Any = _njit


@njit(cache=True)
def advance(place, code, size):
    """Cells of records, (n,), one axis further, changed in place: place times `size` plus code; -1 stays and is given.

    `code` (n,) below 0 or from `size` on: the record is in no cell.
    """
    for i in range(len(place)):
        at = code[i]
        if place[i] >= 0:
            place[i] = place[i] * size + at if 0 <= at < size else -1


@njit(cache=True)
def add_counts(place, cells):
    """Add records to the counts of their cells, (cells,), changed in place; how many are in no cell."""
    outside = 0
    for i in range(len(place)):
        if place[i] >= 0:
            cells[place[i]] += 1
        else:
            outside += 1
    return outside


@njit(cache=True)
def add_weights(place, weight, cells):
    """Add weights of records to the sums of their cells, (cells,), in the order of the records, changed in place."""
    for i in range(len(place)):
        if place[i] >= 0:
            cells[place[i]] += weight[i]
