"""Moves of made-up persons, year by year; one hash for a decision, so that no number depends on any other person."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit as _njit

from qonys.kernels.behaviour.hashing import hashed
from qonys.kernels.registers.days import civil, day_number

njit: Any = _njit
BORN, PLACE, COME, MOVES, GOAL, DAY, YEARLY = 0, 1, 2, 3, 4, 8, 16
MOST = 3


class World(NamedTuple):
    """What made-up moves depend on.

    Attributes
    ----------
    root
        The hash of the seed.
    years
        Calendar years, (T,).
    regions
        Places below are in the country, the others abroad.
    start
        Cumulative shares of places at the start, (P,).
    come
        Cumulative shares of the years in which who is abroad at the start comes, (T,).
    ages
        Cumulative shares of sex x age at the start, (2 A,).
    rates
        Moves a year of a resident of a region, (R,).
    schedule
        How many times the mean an age moves, (A,).
    goals
        Cumulative shares of destinations by place, (P, P).
    back
        Chance in a year that one who left comes back.
    returning
        Chance that a mover goes to the place before.

    """

    root: Any
    years: Any
    regions: int
    start: Any
    come: Any
    ages: Any
    rates: Any
    schedule: Any
    goals: Any
    back: float
    returning: float


@njit(cache=True, inline="always")
def uniform(key, number):
    """A number in [0, 1) of 53 bits."""
    return (hashed(key, number) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, inline="always")
def drawn(cumulative, share):
    """The first place whose cumulative share is above `share`."""
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > share:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True)
def person_of(key, world):
    """Place at the start, year in which who is abroad comes, sex and day of birth of a person."""
    years = world.years
    cell = drawn(world.ages, uniform(key, BORN))
    half = len(world.ages) // 2
    sex, age = cell // half, cell % half
    first = day_number(years[0], 1, 1)
    birth = first - int(365.25 * (age + uniform(key, BORN + 5))) - 1
    place = drawn(world.start, uniform(key, PLACE))
    coming = years[drawn(world.come, uniform(key, COME))]
    return place, coming, sex, birth


@njit(cache=True)
def _number(rate, share):
    """How many moves of a Poisson count, at most `MOST`."""
    count, chance = 0, np.exp(-rate)
    below = chance
    while share >= below and count < MOST:
        count += 1
        chance *= rate / count
        below += chance
    return count


@njit(cache=True)
def draw_moves(world, first, count, moves):
    """Write the moves of persons into `moves` and return how many there are.

    Where there is no room for all, the rest is counted and not written.

    Parameters
    ----------
    world
        What moves depend on.
    first, count
        Number of the first person, and how many.
    moves
        Arrays that are filled, (room,) each: person, day, origin, destination.

    """
    person, day, origin, destination = moves
    years, regions, schedule = world.years, world.regions, world.schedule
    n = 0
    for i in range(first, first + count):
        key = hashed(world.root, i)
        place, coming, _, birth = person_of(key, world)
        newcomer, before = place >= regions, -1
        birth_year = civil(birth)[0]
        for t in range(len(years)):
            yearly = hashed(key, YEARLY + t)
            number = 0
            if place < regions:
                age = min(max(years[t] - birth_year, 0), len(schedule) - 1)
                number = _number(world.rates[place] * schedule[age], uniform(yearly, MOVES))
            elif newcomer:
                number = 1 if years[t] == coming else 0
            elif uniform(yearly, MOVES) < world.back:
                number = 1
            begin = day_number(years[t], 1, 1)
            length = day_number(years[t] + 1, 1, 1) - begin
            for j in range(number):
                goal = drawn(world.goals[place], uniform(yearly, GOAL + j))
                if before >= 0 and uniform(yearly, GOAL + DAY + j) < world.returning:
                    goal = before
                if n < len(person):
                    person[n], origin[n], destination[n] = i, place, goal
                    day[n] = begin + int(length * (j + uniform(yearly, DAY + j)) / number)
                n += 1
                before, place, newcomer = place, goal, False
                if place >= regions:
                    break
    return n


@njit(cache=True)
def describe(world, person, sex, birth):
    """Write sex and day of birth of persons, (n,), into the last two arrays."""
    for i in range(len(person)):
        _, _, sex[i], birth[i] = person_of(hashed(world.root, person[i]), world)
