"""Arrival and departure sheets of one move: which two records tell of the same move."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

njit: Any = _njit
MOVE, ARRIVAL, DEPARTURE = 0, 1, 2
WHOLE, TWO_SIDED, REPEATED_SIDE, ONLY_ARRIVAL, ONLY_DEPARTURE = range(5)


@njit(cache=True)
def _pair_within(start, stop, day, origin, destination, reach, side):
    """Pairs among the rows of one person, the nearest in time first; of equal ones the earlier departure."""
    while True:
        best, best_a, best_d = reach + 1, -1, -1
        for d in range(start, stop):
            if side[d] != ONLY_DEPARTURE:
                continue
            for a in range(start, stop):
                if side[a] != ONLY_ARRIVAL or origin[a] != origin[d] or destination[a] != destination[d]:
                    continue
                gap = abs(day[a] - day[d])
                if gap < best:
                    best, best_a, best_d = gap, a, d
        if best_a < 0:
            return
        side[best_a], side[best_d] = TWO_SIDED, REPEATED_SIDE


@njit(cache=True)
def sides(person, known, day, event, origin, destination, reach):
    """How each record tells of its move, (n,) of 8 bits.

    `WHOLE`: the record is of the move itself. `TWO_SIDED`: an arrival sheet with its departure sheet; `REPEATED_SIDE`:
    that departure sheet, which is not counted again. `ONLY_ARRIVAL`, `ONLY_DEPARTURE`: the other sheet is missing.

    Two sheets are of one move where person, origin and destination agree and their days differ by no more than `reach`
    days; the nearest are joined first, one to one. Records without a person have no other sheet.

    Parameters
    ----------
    person, known
        Key of the person, (n,), sorted; whether there is one.
    day
        Days since 1 January 1970, (n,), not falling within a person.
    event
        `MOVE`, `ARRIVAL` or `DEPARTURE`, (n,).
    origin, destination
        Codes of places, (n,).
    reach
        Greatest difference in days.

    """
    n = len(day)
    side = np.empty(n, dtype=np.uint8)
    for i in range(n):
        side[i] = WHOLE if event[i] == MOVE else (ONLY_ARRIVAL if event[i] == ARRIVAL else ONLY_DEPARTURE)
    start = 0
    while start < n:
        stop = start + 1
        if known[start]:
            while stop < n and known[stop] and person[stop] == person[start]:
                stop += 1
            if stop - start > 1:
                _pair_within(start, stop, day, origin, destination, reach, side)
        start = stop
    return side
