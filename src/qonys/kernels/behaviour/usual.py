"""A year without the chain: people move at the rates of the regional projection, half of them at either end of it.

Births, deaths, schooling and immigration are made by the functions of the chain's year (`kernels.behaviour.counts`)
with nobody who intends, so that what is common to both is one code; moves are those of `kernels.multiregional.step`
(EVEN).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.behaviour.chances import PHASES, SETTLED, STAGES
from qonys.kernels.behaviour.counts import Counts, chain, come, learn, newborn
from qonys.kernels.behaviour.vital import Schooling, VitalYear
from qonys.kernels.multiregional.step import Dense, Drivers, Structured, Tables, year_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class UsualMoves:
    """Half of a year's shares: `emigration` and, of those who stay, `leave`, (R, G, 2, A) each; `moves` lands them."""

    emigration: Array
    leave: Array
    moves: Dense | Structured


@dataclass(frozen=True)
class UsualFlows:
    """Events of a year (R, G), persons; `people` (R, C, B, 3) at its end; `moves` (R, R, G) origin x destination."""

    moves: Array
    emigrants: Array
    births: Array
    deaths: Array
    immigrants: Array
    people: Array


def usual_moves(tables: Tables, drivers: Drivers, draw: int = 0) -> tuple[UsualMoves, ...]:
    """Half-yearly shares of one draw of the regional projection; a share above 1 takes all there are, as there."""
    found = []
    for t in range(drivers.fertility.shape[1]):
        now = year_of(tables, drivers, draw, t)
        away = tables.emigration * (0.5 * now.emigration)[..., None, None]
        leave = tables.moves.leave()[:, None] * (0.5 * now.internal)[..., None, None]
        leave = np.broadcast_to(leave, away.shape)
        found.append(UsualMoves(np.minimum(away, 1.0), np.minimum(leave, 1.0), tables.moves))
    return tuple(found)


def usual_year(
    now: Counts, vital: VitalYear, school: Schooling, moves: UsualMoves, bands: NDArray[np.int64]
) -> UsualFlows:
    """Carry `now` (everybody settled, without an intention) one year forward; `bands` (B,): lower limits of ages."""
    state = now.state
    regions, classes, _, _, ages = state.shape
    groups = vital.fertility.shape[1]
    limits, people = np.append(bands, ages), np.zeros((regions, classes, len(bands), STAGES))
    flows, gone = np.zeros((regions, regions, groups)), np.zeros((regions, groups))
    _half(state, moves, flows, gone, slice(None))
    come(now, vital, school, people, limits)
    _gather(state)
    learn(state, school.ages, school.gained, groups)
    deaths, first, later = np.zeros((3, regions, groups))
    spare, sums = np.zeros((2, regions, classes, 2, ages)), np.zeros((3, regions, groups, PHASES))
    nobody = (np.zeros((regions, groups, classes // groups, 2)), np.zeros(ages), np.zeros((groups, classes // groups)))
    chain(
        state, (*nobody, 0.0, 0.0, 0.0, np.zeros((regions, groups, PHASES))),
        (vital.survival, vital.fertility, vital.fertile, limits), (*spare, *sums),
        (deaths, first, later, people, np.zeros((regions, classes, len(bands)))),
    )  # fmt: skip
    _half(state, moves, flows, gone, slice(1, None))
    women = state[:, :, 0, SETTLED].reshape(regions, groups, -1, ages).sum(axis=2)
    births = (first + (vital.fertility * women).sum(axis=2) / 2 + vital.borne) @ vital.mixing
    newborn(state, births, vital.survival, vital.sex_ratio, people, deaths)
    _half(state, moves, flows, gone, slice(0, 1))
    come(now, vital, school, people, limits)
    _gather(state)
    people[:] = 0.0
    people[..., 0] = np.add.reduceat(state[:, :, :, SETTLED].sum(axis=2), bands, axis=-1)
    return UsualFlows(flows, gone, births, deaths, 2 * vital.came, people)


def _gather(state: Array) -> None:
    """Those who came count as settled."""
    state[:, :, :, SETTLED] += state[:, :, :, 0]
    state[:, :, :, 0] = 0.0


def _half(state: Array, moves: UsualMoves, flows: Array, gone: Array, ages: slice) -> None:
    """Emigration and moves of half a year among the people of some ages, in place."""
    groups = moves.emigration.shape[1]
    regions, classes = state.shape[:2]
    people = state[:, :, :, SETTLED]
    each = classes // groups
    away, leave = (np.repeat(one, each, axis=1)[..., ages] for one in (moves.emigration, moves.leave))
    out = people[..., ages] * away
    leaving = np.zeros_like(people)
    leaving[..., ages] = (people[..., ages] - out) * leave
    gone += out.reshape(regions, groups, -1).sum(axis=2)
    for r in range(regions):
        alone = np.zeros_like(leaving)
        alone[r] = leaving[r]
        flows[r] += moves.moves.arrive(alone).reshape(regions, groups, -1).sum(axis=2)
    people[..., ages] -= out
    people -= leaving
    people += moves.moves.arrive(leaving)
