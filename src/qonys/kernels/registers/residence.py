"""Where persons are on given days, told by their moves: stocks, transitions, person-days.

A person is at the destination of the last move until the day; before the first move at its origin. Where a move begins
elsewhere than the one before ended, the person went there unrecorded, which is counted as a move of its own kind.
Moves and transitions are different counts: Courgeau (1973), Population 28, 95-129; Rees (1977), Environment and
Planning A 9, 247-272.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

from numba import njit as _njit

njit: Any = _njit


@njit(cache=True)
def end_of(person, start):
    """The row after the last one of the person whose rows begin at `start`; `person` (n,) is sorted."""
    stop = start + 1
    while stop < len(person) and person[stop] == person[start]:
        stop += 1
    return stop


@njit(cache=True)
def add_stocks(person, day, origin, destination, dates, stock, jumps):
    """Add persons to `stock` (dates, places + 1) at the beginning of each date, and unrecorded moves to `jumps`.

    `jumps` (dates + 1, places + 1, 2): unrecorded arrivals and departures by place between the dates (0: before the
    first). The last place is the unknown one (-1). `dates` ascend; rows are of persons, sorted, in whole persons.
    """
    n, count = len(day), len(dates)
    i = 0
    while i < n:
        stop = end_of(person, i)
        k = 0
        place = origin[i]
        for j in range(i, stop):
            while k < count and dates[k] <= day[j]:
                stock[k, place] += 1
                k += 1
            if origin[j] != place:
                jumps[k, origin[j], 0] += 1
                jumps[k, place, 1] += 1
            place = destination[j]
        while k < count:
            stock[k, place] += 1
            k += 1
        i = stop


@njit(cache=True)
def add_transitions(person, day, origin, destination, dates, moved):
    """Add persons whose place differs to `moved`, (dates - 1, places + 1, places + 1), by place on two dates."""
    n, count = len(day), len(dates)
    i = 0
    while i < n:
        stop = end_of(person, i)
        before, place, j = origin[i], origin[i], i
        for k in range(count):
            while j < stop and day[j] < dates[k]:
                place = destination[j]
                j += 1
            if k > 0 and place != before:
                moved[k - 1, before, place] += 1
            before = place
        i = stop


@njit(cache=True)
def add_person_days(person, day, origin, destination, dates, spent):
    """Add days of persons to `spent` (dates - 1, places + 1): between each date and the next, where the person is."""
    n, count = len(day), len(dates)
    i = 0
    while i < n:
        stop = end_of(person, i)
        place, j = origin[i], i
        for k in range(count - 1):
            now = dates[k]
            while j < stop and day[j] < dates[k + 1]:
                if day[j] > now:
                    spent[k, place] += day[j] - now
                    now = day[j]
                place = destination[j]
                j += 1
            spent[k, place] += dates[k + 1] - now
        i = stop
