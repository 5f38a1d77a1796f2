"""A year of the chain for single persons: the same chances as `kernels.behaviour.counts`, one hash for a decision.

A person is 14 bytes: a key of 64 bits and six numbers of 8 bits: region, age, kind (group, education, sex), condition
(stage and phase), previous region, years since the last move. Rooms of the dead and of those who left are not used
again. Chances are compared as numbers of 32 bits; survival and the step of the stage take two halves of one hash, so
that they are independent. A year is made in runs of persons by threads: sums are whole numbers and children stand in
the order of their mothers, so that neither the number of runs nor of threads changes a bit.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator, assignment"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.behaviour.chances import SETTLED, STAGES, Chances, intention
from qonys.kernels.behaviour.hashing import (
    BIRTH,
    CHILD,
    GOLDEN,
    LESSON,
    PHASE,
    PLACE,
    SEX,
    STAGE,
    hashed,
    high,
    low,
    mixed,
    share_of_32,
)
from qonys.kernels.behaviour.vital import Schooling, VitalYear

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
njit: Any = _njit
GONE, NONE, BEFORE, COHORTS = 255, 255, 255, 11
BYTES = 14
WHOLE, BLOCK = 2.0**32, 4096


@dataclass
class Persons:
    """Columns of persons, (n,) each; those in rooms from `count` on are not there yet.

    `region` 255: dead or abroad; `home` 255: no previous region; `years` since the last move inside the country,
    255: none since the start, or a return; `kind`: 2 class + sex, class: group x education; `condition`: stage and
    4 phase.
    """

    key: NDArray[np.uint64]
    region: NDArray[np.uint8]
    age: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    condition: NDArray[np.uint8]
    home: NDArray[np.uint8]
    years: NDArray[np.uint8]
    count: int

    @staticmethod
    def room(capacity: int) -> Persons:
        """Room for so many persons, nobody in it."""
        key, one = np.empty(capacity, dtype=np.uint64), np.empty((6, capacity), dtype=np.uint8)
        return Persons(key, one[0], one[1], one[2], one[3], one[4], one[5], 0)

    def columns(self) -> tuple[Any, ...]:
        """The seven columns."""
        return tuple(getattr(self, one.name) for one in fields(self)[:-1])

    def more_room(self, needed: int) -> None:
        """Make room where fewer than `needed` rooms are left."""
        if self.count + needed <= len(self.key):
            return
        size = self.count + needed + len(self.key) // 50
        for one in fields(self)[:-1]:
            old = getattr(self, one.name)
            new = np.empty(size, dtype=old.dtype)
            new[: self.count] = old[: self.count]
            setattr(self, one.name, new)


@dataclass(frozen=True)
class Limits:
    """Chances of a year as numbers of 32 bits, in the order that `live` reads them."""

    alive: Any
    half: Any
    fertile: tuple[int, int]
    wish: Any
    plan: Any
    out: Any
    move: Any
    choice: Any
    back: Any
    settle: Any
    lesson: Any
    band: Any

    def tables(self) -> tuple[Any, ...]:
        """As a tuple."""
        return tuple(getattr(self, one.name) for one in fields(self))


@njit(cache=True)
def _wishes(level, age):
    """Chances of an intention, (R, C, 2, A)."""
    regions, groups, each, _ = level.shape
    found = np.empty((regions, groups * each, 2, len(age)))
    for r in range(regions):
        for c in range(groups * each):
            for newly in range(2):
                for a in range(len(age)):
                    found[r, c, newly, a] = intention(level[r, c // each, c % each, newly], age[a])
    return found


def limits_of(vital: VitalYear, school: Schooling, chance: Chances, band: Integers) -> Limits:
    """The chances of a year; `band` (A,): band of each age."""
    ages = vital.survival.shape[-1]
    lesson = np.zeros((2, ages))
    for at, gained in zip(school.ages, school.gained, strict=True):
        lesson[:, at] = gained
    plan = chance.plan.reshape(-1)
    chosen = np.cumsum(chance.choice, axis=2)
    return Limits(
        share_of_32(vital.survival), vital.fertility / 2, vital.fertile, share_of_32(_wishes(chance.level, chance.age)),
        share_of_32(plan), share_of_32(plan + (1 - plan) * chance.drop), share_of_32(chance.move), share_of_32(chosen),
        share_of_32(chance.back), share_of_32(chance.settle), share_of_32(lesson), band.astype(np.uint8),
    )  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """Counts of a year by whole persons; shapes as `counts.YearFlows`, `stay` (11, R, G) by years since the move."""

    people: Integers
    moves: Integers
    returns: Integers
    emigrants: Integers
    movers: Integers
    births: Integers
    deaths: Integers
    stay: Integers

    @staticmethod
    def none(shape: tuple[int, int, int, int, int]) -> Sums:
        """Zeros for regions, groups, classes, countries and bands."""
        r, g, c, k, b = shape
        sizes = ((r, c, b, 3), (r, r, g), (r, r, g), (r, k, g), (r, c, b), (r, g), (r, g), (COHORTS, r, g))
        return Sums(*(np.zeros(size, dtype=np.int64) for size in sizes))

    def arrays(self) -> tuple[Any, ...]:
        """As a tuple."""
        return tuple(getattr(self, one.name) for one in fields(self))

    def add(self, other: Sums) -> None:
        """Add the counts of other persons."""
        for one, more in zip(self.arrays(), other.arrays(), strict=True):
            one += more


@njit(cache=True, nogil=True)
def live(columns, span, year, tables, sums, born):
    """A year of the persons of `span`; mothers' keys and regions x groups of births into `born`; their number."""
    found = 0
    for first in range(span[0], span[1], BLOCK):
        block = (first, min(first + BLOCK, span[1]))
        found = _survive(columns, block, year, tables, sums[6], (born, found))
        _follow(columns, block, year, tables, sums)
    return found


@njit(cache=True, nogil=True)
def _survive(columns, span, year, tables, deaths, births):
    """Schooling, survival, ageing and births of some persons; the number of births so far."""
    key, region, age, kind, _, _, _ = columns
    alive, half, (young, old), wish, _, _, _, _, _, _, lesson, _ = tables
    last, each = alive.shape[3] - 1, wish.shape[1] // alive.shape[1]
    born, found = births
    for i in range(span[0], span[1]):
        r = np.int64(region[i])
        if r == GONE:
            continue
        code, seen = kind[i], key[i] + year
        s, c = np.int64(code & 1), np.int64(code >> 1)
        g, before = c // each, np.int64(age[i])
        a = min(before + 1, last)
        learns = lesson[s, a] > 0 and a > before and c % each < each - 1
        if learns and high(mixed(seen + np.uint64(LESSON + 1) * GOLDEN)) < lesson[s, a]:
            c += 1
        lives = high(mixed(seen + np.uint64(STAGE + 1) * GOLDEN)) < alive[r, g, s, a]
        if s == 0 and a >= young and before < old:
            chance = half[r, g, before] + (half[r, g, a] if lives else 0.0)
            if chance > 0.0 and high(mixed(seen + np.uint64(BIRTH + 1) * GOLDEN)) < chance * WHOLE:
                born[found, 0], born[found, 1] = seen, np.uint64(r * alive.shape[1] + g)
                found += 1
        age[i], kind[i] = a, 2 * c + s
        if not lives:
            deaths[r, g] += 1
            region[i] = GONE
    return found


@njit(cache=True, nogil=True)
def _follow(columns, span, year, tables, sums):
    """One step of the chain of the persons of `span` who live."""
    key, region, age, kind, condition, home, years = columns
    alive, _, _, wish, plan, out, move, choice, back, settle, _, band = tables
    people, moves, returns, emigrants, movers, _, _, stay = sums
    each = wish.shape[1] // alive.shape[1]
    for i in range(span[0], span[1]):
        r = np.int64(region[i])
        if r == GONE:
            continue
        seen, c, a, state = key[i] + year, np.int64(kind[i] >> 1), np.int64(age[i]), condition[i]
        g, b, phase = c // each, np.int64(band[a]), np.int64(state >> 2)
        newly = 1 if phase < SETTLED else 0
        if newly == 1:
            other = mixed(seen + np.uint64(PHASE + 1) * GOLDEN)
            if home[i] != NONE and high(other) < back[phase]:
                place = np.int64(home[i])
                returns[r, place, g] += 1
                region[i], condition[i], home[i], years[i] = place, SETTLED << 2, NONE, BEFORE
                people[place, c, b, 0] += 1
                continue
            phase += 1 if phase == 0 or low(other) < settle else 0
        draw = low(mixed(seen + np.uint64(STAGE + 1) * GOLDEN))
        stage = _stage(np.int64(state & 3), draw, (wish[r, c, newly, a], plan[c], out[c], move))
        if stage == STAGES:
            to = _place(high(mixed(seen + np.uint64(PLACE + 1) * GOLDEN)), choice[r, g])
            movers[r, c, b] += 1
            if to >= len(wish):
                emigrants[r, to - len(wish), g] += 1
                region[i] = GONE
                continue
            moves[r, to, g] += 1
            region[i], home[i], years[i] = to, r, 0
            r, stage, phase = to, 0, 0
        elif years[i] < BEFORE - 1:
            years[i] += 1
        condition[i] = stage + (phase << 2)
        people[r, c, b, stage] += 1
        if years[i] < COHORTS:
            stay[np.int64(years[i]), r, g] += 1


@njit(cache=True)
def _place(where, chosen):
    """The place of a uniform number among cumulative chances."""
    to = 0
    while to < len(chosen) - 1 and where >= chosen[to]:
        to += 1
    return to


@njit(cache=True)
def _stage(stage, draw, chances):
    """The stage of the next year; 3: a move."""
    wish, plan, out, move = chances
    if stage == 0:
        return 1 if draw < wish else 0
    if stage == 1:
        if draw < plan:
            return 2
        return 0 if draw < out else 1
    return STAGES if draw < move else 2


@njit(cache=True)
def _bear(columns, count, born, tables, sums):
    """Children of the births, in the room from `count` on; the number of those who live."""
    key, region, age, kind, condition, home, years = columns
    alive, mixing, girls, each = tables
    people, births, deaths = sums
    groups = len(mixing)
    for i in range(len(born)):
        own = hashed(born[i, 0], CHILD)
        r, g = np.int64(born[i, 1]) // groups, np.int64(born[i, 1]) % groups
        which, child = high(own), 0
        while child < groups - 1 and which >= mixing[g, child]:
            child += 1
        births[r, child] += 1
        word = hashed(own, SEX)
        s = 0 if high(word) < girls else 1
        if low(word) >= alive[r, child, s, 0]:
            deaths[r, child] += 1
            continue
        key[count], region[count], age[count], kind[count] = own, r, 0, 2 * child * each + s
        condition[count], home[count], years[count] = SETTLED << 2, NONE, BEFORE
        people[r, child * each, 0, 0] += 1
        count += 1
    return count


def bear(persons: Persons, born: NDArray[np.uint64], limits: Limits, vital: VitalYear, sums: Sums) -> None:
    """Add the children of `born` (n, 2), hash of the mother's year and place, who live at the end of the year."""
    persons.more_room(len(born))
    each = limits.wish.shape[1] // len(vital.mixing)
    mixing = share_of_32(np.cumsum(vital.mixing, axis=1))
    tables = (limits.alive, mixing, share_of_32(1 / (1 + vital.sex_ratio)), each)
    into = (sums.people, sums.births, sums.deaths)
    persons.count = int(_bear(persons.columns(), persons.count, born, tables, into))


@njit(cache=True)
def _fill(columns, count, whole, root):
    """Immigrants, as many as `whole` (R, C, 2, A) says, new and without an intention."""
    key, region, age, kind, condition, home, years = columns
    regions, classes, _, ages = whole.shape
    for r in range(regions):
        for c in range(classes):
            for s in range(2):
                for a in range(ages):
                    cell = hashed(root, ((r * classes + c) * 2 + s) * ages + a)
                    for n in range(whole[r, c, s, a]):
                        key[count], region[count], age[count], kind[count] = hashed(cell, n), r, a, 2 * c + s
                        condition[count], home[count], years[count] = 0, NONE, BEFORE
                        count += 1
    return count


def admit(persons: Persons, whole: Integers, root: Any) -> None:
    """Add immigrants by cell (R, C, 2, A), with keys from `root`."""
    persons.more_room(int(whole.sum()))
    persons.count = int(_fill(persons.columns(), persons.count, whole, root))


@njit(cache=True)
def bear_of_newcomers(columns, span, year, half, born):
    """Births of half a year to the women of `span`, who came at the end; their number."""
    key, region, age, kind = columns
    found, groups = 0, half.shape[1]
    for i in range(span[0], span[1]):
        a = np.int64(age[i])
        if kind[i] & 1 == 0 and a > 0:
            r, g = np.int64(region[i]), np.int64(kind[i] >> 1)
            if high(mixed(key[i] + year + np.uint64(BIRTH + 1) * GOLDEN)) < half[r, g, a] * WHOLE:
                born[found, 0], born[found, 1] = key[i] + year, np.uint64(r * groups + g)
                found += 1
    return found
