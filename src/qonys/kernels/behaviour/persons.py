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

from qonys.kernels.behaviour.chances import SETTLED, Chances, intention
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
Whole = NDArray[np.int64]
njit: Any = _njit
GONE, NONE, BEFORE, COHORTS = 255, 255, 255, 11
BYTES = 14


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


def limits_of(vital: VitalYear, school: Schooling, chance: Chances, band: Whole) -> Limits:
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

    people: Whole
    moves: Whole
    returns: Whole
    emigrants: Whole
    movers: Whole
    births: Whole
    deaths: Whole
    stay: Whole

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
    key, region, age, kind, condition, home, years = columns
    alive, half, (young, old), wish, plan, out, move, choice, back, settle, lesson, band = tables
    people, moves, returns, emigrants, movers, _, deaths, stay = sums
    last, each, regions = alive.shape[3] - 1, wish.shape[1] // alive.shape[1], len(alive)
    found = 0
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
        word = mixed(seen + np.uint64(STAGE + 1) * GOLDEN)
        lives = high(word) < alive[r, g, s, a]
        if s == 0 and a >= young and before < old:
            chance = half[r, g, before] + (half[r, g, a] if lives else 0.0)
            if chance > 0.0 and high(mixed(seen + np.uint64(BIRTH + 1) * GOLDEN)) < chance * 4294967296.0:
                born[found, 0], born[found, 1] = seen, np.uint64(r * alive.shape[1] + g)
                found += 1
        if not lives:
            deaths[r, g] += 1
            region[i] = GONE
            continue
        age[i], kind[i] = a, 2 * c + s
        state = condition[i]
        stage, phase, draw, to = np.int64(state & 3), np.int64(state >> 2), low(word), -1
        b = np.int64(band[a])
        if phase < SETTLED:
            other = mixed(seen + np.uint64(PHASE + 1) * GOLDEN)
            if home[i] != NONE and high(other) < back[phase]:
                returns[r, np.int64(home[i]), g] += 1
                r = np.int64(home[i])
                region[i], condition[i], home[i], years[i] = r, SETTLED << 2, NONE, BEFORE
                people[r, c, b, 0] += 1
                continue
            if phase == 0 or low(other) < settle:
                phase += 1
        newly = 1 if (state >> 2) < SETTLED else 0
        if stage == 0:
            if draw < wish[r, c, newly, a]:
                stage = 1
        elif stage == 1:
            if draw < plan[c]:
                stage = 2
            elif draw < out[c]:
                stage = 0
        elif draw < move:
            where, to = high(mixed(seen + np.uint64(PLACE + 1) * GOLDEN)), 0
            while to < choice.shape[2] - 1 and where >= choice[r, g, to]:
                to += 1
        if to >= 0:
            movers[r, c, b] += 1
            if to >= regions:
                emigrants[r, to - regions, g] += 1
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
    return found


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
    """Add the children of `born` (n, 2: hash of the mother's year, place) who live at the end of the year."""
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


def admit(persons: Persons, whole: Whole, root: Any) -> None:
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
            if high(mixed(key[i] + year + np.uint64(BIRTH + 1) * GOLDEN)) < half[r, g, a] * 4294967296.0:
                born[found, 0], born[found, 1] = key[i] + year, np.uint64(r * groups + g)
                found += 1
    return found
