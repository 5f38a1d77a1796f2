"""Chains of moves: each move beside the one before and the one after it of the same person, in one pass.

Places of a chain follow Courgeau (1973), Population 28, 95-129, and Rees (1977), Environment and Planning A 9, 247-272:
moves are events, several of one person in a year among them. Circular migration: UNECE (2016), Defining and Measuring
Circular Migration, with the places of the move for the national border.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit

from qonys.kernels.registers.days import months_later

njit: Any = _njit
FIRST, RETURN, ONWARD, BREAK, CIRCULAR = 1, 2, 4, 8, 16
UNKNOWN = -1
LEFT, OPEN, STAYED = 0, 1, 2


@njit(cache=True, inline="always")
def _same_pair(a, b, c, d):
    return (a == c and b == d) or (a == d and b == c)


@njit(cache=True)
def chains(person, known, day, origin, destination, end, window):
    """The day of the next move and the flags of each move, (n,) each.

    The next day is `end` + 1 where the person makes no further move until the day `end`, and for records without a
    person. Flags: `FIRST` of the person in the records, else `RETURN` (to the place that the move before left) or
    `ONWARD` (to another); `BREAK`: it begins elsewhere than the move before ended; `CIRCULAR`: with it the person has
    made the moves of `window` between its two places within its years, each followed by a stay of its days or more.

    Parameters
    ----------
    person, known
        Key of the person, (n,), sorted; whether there is one.
    day
        Days since 1 January 1970, (n,), not falling within a person.
    origin, destination
        Codes of places, (n,), -1 unknown.
    end
        The last day of the register.
    window
        Years, the least number of moves and the least days of a stay of circular moves.

    """
    years, moves, stay = window
    n = len(day)
    after = np.empty(n, dtype=np.int32)
    flags = np.zeros(n, dtype=np.uint8)
    for i in range(n):
        last = i + 1 == n or not known[i] or not known[i + 1] or person[i + 1] != person[i]
        after[i] = end + 1 if last else day[i + 1]
    for i in range(n):
        if not known[i]:
            continue
        if i == 0 or person[i - 1] != person[i] or not known[i - 1]:
            flags[i] = FIRST
            start = i
            continue
        back = destination[i] != UNKNOWN and destination[i] == origin[i - 1]
        flags[i] = RETURN if back else ONWARD
        apart = origin[i] != destination[i - 1]
        if apart and origin[i] != UNKNOWN and destination[i - 1] != UNKNOWN:
            flags[i] |= BREAK
        if i - start + 1 < moves or origin[i] == UNKNOWN or destination[i] == UNKNOWN:
            continue
        since, count = months_later(day[i], -12 * years), 0
        for j in range(i, start - 1, -1):
            if day[j] < since:
                break
            if _same_pair(origin[i], destination[i], origin[j], destination[j]) and after[j] - day[j] >= stay:
                count += 1
        if count >= moves:
            flags[i] |= CIRCULAR
    return after, flags


@njit(cache=True)
def statuses(day, after, end, months):
    """Whether the stay behind each move reaches so many months, (n,): `LEFT` before, `STAYED`, or `OPEN`.

    `OPEN`: the person is there on the day `end` and the months are not over. A person is known to be there until the
    end of the day `end`.
    """
    n = len(day)
    found = np.empty(n, dtype=np.uint8)
    for i in range(n):
        until = months_later(day[i], months)
        if after[i] >= until:
            found[i] = STAYED
        else:
            found[i] = LEFT if after[i] <= end else OPEN
    return found
