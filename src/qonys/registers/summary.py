"""Spells of a register by calendar year."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.registers.chains import BREAK, CIRCULAR, FIRST, LEFT, OPEN, RETURN, STAYED
from qonys.kernels.registers.survival import spread
from qonys.registers.sorting import column
from qonys.registers.spells import SLACK, Curves, SpellChoices, Spells, curves, spells
from qonys.registers.store import Register

Array = NDArray[Any]
COUNTS = (
    "moves", "without_person", "first_moves", "returns", "onward", "chain_breaks", "circular", "left_before", "stayed",
    "open",
)  # fmt: skip
Opened = dict[tuple[int, int], list[tuple[Array, Array]]]


def spell_summary(register: Register, choices: SpellChoices) -> pl.DataFrame:
    """One row per calendar year: moves, place in the chain, breaks, and migrants of so many months with their error.

    Columns: year, `COUNTS` (left_before: before the months were over; open: of persons who are there on the
    last day), migrants (stayed, and what is expected of all whose stay is not known), migrants_sd, provisional.
    """
    sums: dict[int, Array] = {}
    opened: Opened = {}
    known = curves(register, choices)
    for one in spells(register, choices, ("year",), known):
        years = column(one.table, "year").astype(np.int64)
        if not len(years):
            continue
        first = int(years.min())
        by_year = np.array([np.bincount(years - first, weights=part) for part in _parts(one)])
        for at in np.unique(years - first).tolist():
            sums[first + at] = sums.get(first + at, np.zeros(len(COUNTS) + 1)) + by_year[:, at]
        _keep_open(opened, one, years, known.end)
    rows = [_row(year, found, opened, known) for year, found in sorted(sums.items())]
    schema = {"year": pl.Int64, **dict.fromkeys(COUNTS, pl.Int64), "migrants": pl.Float64, "migrants_sd": pl.Float64,
              "provisional": pl.Boolean}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _parts(one: Spells) -> tuple[Array, ...]:
    """What is summed, (n,) each: the counts, then the weight."""
    first, back = (one.flags & FIRST) != 0, (one.flags & RETURN) != 0
    return (
        np.ones(len(one.day)), ~one.known, first, back, one.known & ~first & ~back, (one.flags & BREAK) != 0,
        (one.flags & CIRCULAR) != 0, one.known & (one.status == LEFT), one.status == STAYED, one.provisional,
        one.weight,
    )  # fmt: skip


def _keep_open(opened: Opened, one: Spells, years: Array, end: int) -> None:
    """Days passed and weights of stays that are not known, by year and stratum."""
    rows = np.flatnonzero(one.status == OPEN)
    rows = rows[np.lexsort((one.stratum[rows], years[rows]))]
    passed = np.where(one.known[rows], end - one.day[rows] + 1, 1)
    year, stratum = years[rows], one.stratum[rows]
    cuts = np.flatnonzero((np.diff(year) != 0) | (np.diff(stratum) != 0)) + 1
    for part in np.split(np.arange(len(rows)), cuts) if len(rows) else ():
        key = int(year[part[0]]), int(stratum[part[0]])
        opened.setdefault(key, []).append((passed[part], one.weight[rows[part]]))


def _row(year: int, found: Array, opened: Opened, known: Curves) -> tuple[object, ...]:
    threshold = known.chance.shape[1] - SLACK
    variance = sum(
        spread(
            np.concatenate([days for days, _ in some]), np.concatenate([weight for _, weight in some]), threshold,
            known.chance[stratum], known.risk[stratum],
        )
        for (of, stratum), some in opened.items() if of == year
    )  # fmt: skip
    *counts, weight = found.tolist()
    return year, *(int(count) for count in counts), weight, float(np.sqrt(variance)), counts[-1] > 0
