"""Records that say again what another record of the same person and day says."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

njit: Any = _njit
KEPT, SAME_RECORD, SAME_EVENT = 0, 1, 2


@njit(cache=True)
def repeats(person, known, day, event, origin, destination, same_record):
    """`KEPT`, `SAME_RECORD` or `SAME_EVENT` of each record, (n,).

    Parameters
    ----------
    person, known
        Key of the person, (n,), sorted; whether there is one.
    day, event, origin, destination
        As in `pairing.sides`; days do not fall within a person.
    same_record
        Whether the record before has the same number, (n,); it then says the same.

    """
    n = len(day)
    found = np.zeros(n, dtype=np.uint8)
    for i in range(n):
        if same_record[i]:
            found[i] = SAME_RECORD
            continue
        if not known[i]:
            continue
        j = i - 1
        while j >= 0 and known[j] and person[j] == person[i] and day[j] == day[i]:
            alike = event[j] == event[i] and origin[j] == origin[i] and destination[j] == destination[i]
            if alike and found[j] == KEPT:
                found[i] = SAME_EVENT
                break
            j -= 1
    return found


@njit(cache=True)
def borne_by_one(person, known, most):
    """Whether each record has a person, (n,): a number borne by more than `most` records is of no one person."""
    n = len(known)
    found = known.copy()
    start = 0
    while start < n:
        stop = start + 1
        while stop < n and known[stop] and person[stop] == person[start]:
            stop += 1
        if known[start] and stop - start > most:
            for i in range(start, stop):
                found[i] = False
        start = stop
    return found
