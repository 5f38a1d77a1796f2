"""A year of the chain in expected counts (the twin): the mean field of the persons of `kernels.behaviour.persons`.

State (R, C, 2, 12, A): region, group x education, sex, stage x phase, single years of age; persons. It is what a large
population of persons tends to (Kurtz 1970, Journal of Applied Probability 7:49), with one closure: the previous regions
of those not settled are known by region, group and phase, not by age, sex and education. Order of a year: half of the
immigrants; schooling; ageing and survival; the chain among survivors; births, to women at the start and at the end by
halves; the other half of the immigrants. The order and the rates of births, deaths and immigration are those of
`kernels.multiregional.step` (EVEN), so that without the chain and without moves the two agree.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.behaviour.chances import PHASES, SETTLED, STAGES, Chances, intention
from qonys.kernels.behaviour.vital import Schooling, VitalYear

Array = NDArray[np.float64]
njit: Any = _njit
FAST = {"contract", "reassoc", "nsz"}
# rows of the scratch of one class, each WIDE numbers: aged by stage, movers and those who return, chances of an
# intention, sums by stage; one array, so that the compiler works on many ages at once
WIDE, MOVING, WISH, SUMS, ROWS = 128, 3, 5, 7, 10


@dataclass(frozen=True)
class YearFlows:
    """Events of a year, persons: `moves` (R, R, G) origin x destination and `returns` (R, R, G) to the previous region.

    `emigrants` (R, K, G); `movers` (R, C, B) who left by the chain, inside or abroad, by origin and band of age;
    `births`, `deaths`, `immigrants` (R, G); `people` (R, C, B, 3) at the end of the year, by stage; `newcomers`
    (R, C, 2, A) who moved and came this year, by region of arrival.
    """

    moves: Array
    returns: Array
    emigrants: Array
    movers: Array
    births: Array
    deaths: Array
    immigrants: Array
    people: Array
    newcomers: Array


@dataclass
class Counts:
    """People: `state` (R, C, 2, 12, A), and the previous regions of those not settled, `homes` (R, R + 1, G, 3).

    The last of the previous regions is none: they came from abroad. `left` (R, G): who moved or emigrated in the year
    before.
    """

    state: Array
    homes: Array
    left: Array

    def copy(self) -> Counts:
        """A copy that can be carried forward."""
        return Counts(self.state.copy(), self.homes.copy(), self.left.copy())


@dataclass(frozen=True)
class _Made:
    """What the survivors of a year did: those who move and return by cell, and sums by region, group and phase."""

    moving: Array
    returning: Array
    share: Array
    sums: tuple[Array, Array, Array, Array]
    deaths: Array
    births: Array
    movers: Array


def year(now: Counts, vital: VitalYear, school: Schooling, chance: Chances, bands: NDArray[np.int64]) -> YearFlows:
    """Carry `now` one year forward, in place; `bands` (B,): lower limits of the bands of age, the first 0."""
    state, (regions, classes) = now.state, now.state.shape[:2]
    groups, ages = vital.fertility.shape[1], state.shape[-1]
    limits = np.append(bands, ages)
    people = np.zeros((regions, classes, len(bands), STAGES))
    come(now, vital, school, people, limits)
    people[:] = 0.0
    made = _decide(now, vital, school, chance, (people, limits))
    newcomers = np.empty((regions, classes, 2, ages))
    _land(state, (chance.choice, made.share), (made.moving, made.returning, newcomers), people, limits)
    flows = _flows(chance.choice, made.share, made.moving, made.returning, groups)
    _remember(now.homes, made.sums, flows[0], chance)
    come(now, vital, school, people, limits)
    births = (made.births + vital.borne) @ vital.mixing
    newborn(state, births, vital.survival, vital.sex_ratio, people, made.deaths)
    return YearFlows(*flows, made.movers, births, made.deaths, 2 * vital.came, people, newcomers)


def stay_year(now: Counts, vital: VitalYear, school: Schooling, chance: Chances) -> None:
    """Carry `now` one year forward, in place, without anybody who comes or is born: who leaves is gone for good."""
    regions, classes, _, _, ages = now.state.shape
    people, limits = np.zeros((regions, classes, 1, STAGES)), np.array([0, ages])
    made = _decide(now, vital, school, chance, (people, limits))
    _remember(now.homes, made.sums, np.zeros((regions, regions, vital.fertility.shape[1])), chance)


def _decide(
    now: Counts, vital: VitalYear, school: Schooling, chance: Chances, sums: tuple[Array, NDArray[np.int64]]
) -> _Made:
    """Schooling, survival and the chain; `sums`: people (R, C, B, 3) to add to, limits of their bands of age."""
    state, homes, (people, limits) = now.state, now.homes, sums
    regions, classes, _, _, ages = state.shape
    groups = vital.fertility.shape[1]
    learn(state, school.ages, school.gained, groups)
    held = homes.sum(axis=1)
    known = np.ones((regions, groups, PHASES))
    known[:, :, :SETTLED] = np.divide(held - homes[:, -1], held, out=np.zeros_like(held), where=held > 0)
    moving, returning = np.zeros((2, regions, classes, 2, ages))
    alive, left, back = np.zeros((3, regions, groups, PHASES))
    deaths, first, later = np.zeros((3, regions, groups))
    movers = np.zeros((regions, classes, len(limits) - 1))
    chain(
        state, (chance.level, chance.age, chance.plan, chance.drop, chance.move, chance.settle, chance.back * known),
        (vital.survival, vital.fertility, vital.fertile, limits), (moving, returning, alive, left, back),
        (deaths, first, later, people, movers),
    )  # fmt: skip
    wanted = (homes[:, :-1] * chance.back[:SETTLED]).sum(axis=3)
    whole = wanted.sum(axis=1, keepdims=True)
    share = np.divide(wanted, whole, out=np.zeros_like(wanted), where=whole > 0).transpose(0, 2, 1).copy()
    return _Made(moving, returning, share, (held, alive, left, back), deaths, first + later, movers)


def come(now: Counts, vital: VitalYear, school: Schooling, people: Array, limits: NDArray[np.int64]) -> None:
    """Add half of a year's immigrants to the cells and to `people` (R, C, B, 3), without a previous region."""
    _come(now.state, vital.arriving, school.newcomers, people, limits)
    now.homes[:, -1, :, 0] += vital.came


@njit(cache=True)
def learn(state, at, gained, groups):
    """Those about to reach an age gain the next level of education, which changes no rate of dying."""
    regions, classes, _, states, _ = state.shape
    each = classes // groups
    for k in range(len(at)):
        for r in range(regions):
            for c in range(classes - 2, -1, -1):
                if c % each < each - 1:
                    for s in range(2):
                        for q in range(states):
                            some = state[r, c, s, q, at[k] - 1] * gained[k, s]
                            state[r, c, s, q, at[k] - 1] -= some
                            state[r, c + 1, s, q, at[k] - 1] += some


@njit(cache=True, fastmath=FAST)
def chain(state, odds, vital, out, sums):
    """Ageing, survival and one step of stages and phases; those who leave and who return are taken out."""
    regions, classes, _, states, ages = state.shape
    level, age, plan, drop, move, settle, home = odds
    survival, fertility, (young, old), limits = vital
    moving, returning, alive, left, back = out
    deaths, first, later, people, movers = sums
    each, work = level.shape[2], np.zeros(ROWS * WIDE)
    for r in range(regions):
        for c in range(classes):
            g, e = c // each, c % each
            for newly in range(2):
                for a in range(ages):
                    work[(WISH + newly) * WIDE + a] = intention(level[r, g, e, newly], age[a])
            go = plan[g, e]
            stop = (1.0 - go) * drop
            for s in range(2):
                one = state[r, c, s]
                work[MOVING * WIDE : WISH * WIDE] = 0.0
                work[SUMS * WIDE :] = 0.0
                if s == 0:
                    for q in range(states):
                        first[r, g] += _bearing(one[q], fertility[r, g], young, old)
                for p in range(PHASES - 1, -1, -1):
                    for k in range(STAGES):
                        row = one[k * PHASES + p]
                        deaths[r, g] += _survive(row, k * WIDE, survival[r, g, s], work, alive[r, g, p : p + 1])
                        if s == 0:
                            later[r, g] += _bearing(work[k * WIDE :], fertility[r, g], young, old)
                    _step(work, p, ages, (go, stop, move, home[r, g, p]), (left[r, g], back[r, g]))
                    _settle(work, p, settle, one)
                for a in range(ages):
                    moving[r, c, s, a] = work[MOVING * WIDE + a]
                    returning[r, c, s, a] = work[(MOVING + 1) * WIDE + a]
                for b in range(len(limits) - 1):
                    for k in range(STAGES):
                        people[r, c, b, k] += _between(work, (SUMS + k) * WIDE, limits[b], limits[b + 1])
                    movers[r, c, b] += _between(work, MOVING * WIDE, limits[b], limits[b + 1])


@njit(cache=True, fastmath=FAST, inline="always")
def _between(work, at, low, high):
    """Sum of a row over ages."""
    total = 0.0
    for a in range(low, high):
        total += work[at + a]
    return total


@njit(cache=True, fastmath=FAST, inline="always")
def _bearing(row, fertility, young, old):
    """Births to women of half a year."""
    total = 0.0
    for a in range(young, old):
        total += fertility[a] * row[a]
    return 0.5 * total


@njit(cache=True, fastmath=FAST, inline="always")
def _survive(row, at, chance, work, living):
    """The people of one stage and phase a year older, into `work`; deaths. Those of the open age stay in it."""
    last = len(row) - 1
    lost, left = 0.0, 0.0
    work[at] = 0.0
    for a in range(1, last + 1):
        stay = row[a - 1] * chance[a]
        lost += row[a - 1] - stay
        left += stay
        work[at + a] = stay
    stay = row[last] * chance[last]
    work[at + last] += stay
    living[0] += left + stay
    return lost + row[last] - stay


@njit(cache=True, fastmath=FAST, inline="always")
def _step(work, p, ages, rates, out):
    """The people of one phase, aged, to their stages at the end of the year."""
    go, stop, move, home = rates
    left, back = out
    stay, keep = 1.0 - home, 1.0 - go - stop
    wish = (WISH + (1 if p < SETTLED else 0)) * WIDE
    gone, came = 0.0, 0.0
    for a in range(ages):
        n0, n1, n2 = work[a], work[WIDE + a], work[2 * WIDE + a]
        returned = home * (n0 + n1 + n2)
        n0, n1, n2 = stay * n0, stay * n1, stay * n2
        moved, wished = move * n2, n0 * work[wish + a]
        n0, n1, n2 = n0 - wished + n1 * stop, wished + n1 * keep, n1 * go + n2 - moved
        work[MOVING * WIDE + a] += moved
        work[(MOVING + 1) * WIDE + a] += returned
        work[SUMS * WIDE + a] += n0
        work[(SUMS + 1) * WIDE + a] += n1
        work[(SUMS + 2) * WIDE + a] += n2
        work[a], work[WIDE + a], work[2 * WIDE + a] = n0, n1, n2
        gone += moved
        came += returned
    left[p] += gone
    back[p] += came


@njit(cache=True, fastmath=FAST, inline="always")
def _settle(work, p, settle, one):
    """The people of one phase into the state: to the next phase, or to stay in it; those above it are there already."""
    for k in range(STAGES):
        at = k * WIDE
        here, up = one[k * PHASES + p], one[k * PHASES + min(p + 1, SETTLED)]
        if p == SETTLED:
            for a in range(len(here)):
                here[a] = work[at + a]
        elif p == 0:
            for a in range(len(here)):
                up[a] += work[at + a]
            here[:] = 0.0
        else:
            for a in range(len(here)):
                up[a] += settle * work[at + a]
            for a in range(len(here)):
                here[a] = (1.0 - settle) * work[at + a]


@njit(cache=True, fastmath=FAST)
def _land(state, shares, flows, people, limits):
    """Those who move arrive new, those who return are settled at once."""
    regions, classes, _, _, ages = state.shape
    choice, share = shares
    moving, returning, newcomers = flows
    each, work = classes // choice.shape[1], np.empty(2 * WIDE)
    for j in range(regions):
        for c in range(classes):
            g = c // each
            for s in range(2):
                work[:] = 0.0
                for r in range(regions):
                    if r != j:
                        part, again = choice[r, g, j], share[r, g, j]
                        for a in range(ages):
                            work[a] += part * moving[r, c, s, a]
                        for a in range(ages):
                            work[WIDE + a] += again * returning[r, c, s, a]
                for a in range(ages):
                    newcomers[j, c, s, a] = work[a]
                for a in range(ages):
                    state[j, c, s, 0, a] += work[a]
                for a in range(ages):
                    state[j, c, s, SETTLED, a] += work[WIDE + a]
                for b in range(len(limits) - 1):
                    total = _between(work, 0, limits[b], limits[b + 1])
                    people[j, c, b, 0] += total + _between(work, WIDE, limits[b], limits[b + 1])


@njit(cache=True)
def _come(state, more, shares, people, limits):
    """Add immigrants of half a year (R, G, 2, A) by level of education, to the cells and to their sums."""
    regions, classes, _, _, ages = state.shape
    each = classes // more.shape[1]
    for r in range(regions):
        for c in range(classes):
            for s in range(2):
                part, b = shares[c % each, s], 0
                for a in range(ages):
                    some = more[r, c // each, s, a] * part[a]
                    state[r, c, s, 0, a] += some
                    if a == limits[b + 1]:
                        b += 1
                    people[r, c, b, 0] += some


@njit(cache=True)
def newborn(state, births, alive, ratio, people, lost):
    """Add the children born (R, G), by survival to the end of the year (R, G, 2, A), without education."""
    each = state.shape[1] // births.shape[1]
    for r in range(births.shape[0]):
        for g in range(births.shape[1]):
            girls = births[r, g] / (1.0 + ratio)
            for s in range(2):
                born = girls if s == 0 else births[r, g] - girls
                living = born * alive[r, g, s, 0]
                lost[r, g] += born - living
                state[r, g * each, s, SETTLED, 0] += living
                people[r, g * each, 0, 0] += living


@njit(cache=True, fastmath=FAST)
def by_phase(state, groups):
    """People by region, group and phase, (R, G, 4)."""
    regions, classes, _, states, ages = state.shape
    each = classes // groups
    found = np.zeros((regions, groups, PHASES))
    for r in range(regions):
        for c in range(classes):
            for s in range(2):
                for q in range(states):
                    total = 0.0
                    for a in range(ages):
                        total += state[r, c, s, q, a]
                    found[r, c // each, q % PHASES] += total
    return found


def _flows(choice: Array, share: Array, moving: Array, returning: Array, groups: int) -> tuple[Array, Array, Array]:
    """Moves (R, R, G), returns (R, R, G) and emigrants (R, K, G)."""
    regions = len(moving)
    out, again = (one.reshape(regions, groups, -1).sum(axis=2) for one in (moving, returning))
    gone = (choice * out[..., None]).transpose(0, 2, 1)
    return (
        np.ascontiguousarray(gone[:, :regions]),
        (share * again[..., None]).transpose(0, 2, 1).copy(),
        np.ascontiguousarray(gone[:, regions:]),
    )


def _remember(homes: Array, sums: tuple[Array, Array, Array, Array], moves: Array, chance: Chances) -> None:
    """Previous regions a year later: those who died, returned or moved on are gone, those who came are new."""
    held, alive, left, back = (one[:, :, :SETTLED] for one in sums)
    living = np.divide(alive, held, out=np.zeros_like(held), where=held > 0)
    there = alive - back
    staying = living * (1 - np.divide(left, there, out=np.zeros_like(there), where=there > 0))
    stay = homes * staying[:, None]
    stay[:, :-1] *= 1 - chance.back[:SETTLED]
    homes[..., 0] = 0.0
    homes[:, :-1, :, 0] = moves.transpose(1, 0, 2)
    homes[..., 1] = stay[..., 0] + (1 - chance.settle) * stay[..., 1]
    homes[..., 2] = chance.settle * stay[..., 1] + (1 - chance.settle) * stay[..., 2]


def staged(state: Array, groups: int) -> tuple[Array, Array]:
    """People (R, G), and those of them who intend or plan (R, G)."""
    by = state.reshape(len(state), groups, -1, 2, STAGES, PHASES, state.shape[-1]).sum(axis=(2, 3, 5, 6))
    return np.asarray(by.sum(axis=2)), np.asarray(by[..., 1:].sum(axis=2))
