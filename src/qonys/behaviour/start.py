"""Stages and phases of the people of the base: nothing published gives them by cell, so the chain itself does.

In a steady year as many come to each stage as leave it: of the settled and of the recent the stages stand as
1 : i / (go + stop) : i go / ((go + stop) move); the first phase holds a year's movers, the later ones as many as
pass through them. `burned` then lets the chain run on the base held still, so that ages, networks and norm agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.kernels.behaviour import counts
from qonys.kernels.behaviour.chances import PHASES, SETTLED, STAGES, STATES, Chances, Mechanism, chances
from qonys.kernels.behaviour.counts import Counts, YearFlows
from qonys.kernels.behaviour.holding import held_at

Array = NDArray[np.float64]
ROUNDS, FIRST_NORM, BURNED = 3, 0.15, 12


def start_of(chain: Mechanism, inputs: BehaviourInputs) -> Counts:
    """The base with the stages and phases of a steady year; previous regions as the choice of destinations has them."""
    axes = inputs.axes
    people = inputs.base.sum(axis=(2, 3, 4))
    norm = np.full_like(people, FIRST_NORM)
    nobody = np.zeros((len(axes.abroad), len(axes.groups)))
    cells = inputs.base.sum(axis=3)
    for _ in range(ROUNDS):
        chance = chances(chain, inputs.of_year(0), (people, norm, nobody), len(axes.educations), inputs.ages())
        none, first, second = _stages(chance, slice(0, 1))
        wish = ((first + second) / (none + first + second))[:, :, :, 0]
        norm = np.divide((wish * cells).sum(axis=(2, 3)), people, out=np.zeros_like(people), where=people > 0)
    shares = _shares(chance)
    state = inputs.base[:, :, :, :, None] * shares[:, :, :, None]
    shape = (len(axes.regions), -1, 2, STATES, inputs.ages())
    state = np.ascontiguousarray(state.reshape(shape))
    plans = state.reshape(len(axes.regions), len(axes.groups), -1, 2, STAGES, PHASES, inputs.ages())[:, :, :, :, 2]
    return Counts(state, _homes(state, chance, people), chain.move * plans.sum(axis=(2, 3, 4, 5)))


def _stages(chance: Chances, newly: slice) -> tuple[Array, Array, Array]:
    """People with no intention (1), with one and with a plan, in a steady year, (R, G, E, 1 or 2, A) each."""
    odds = chance.level[..., newly, None] * chance.age
    stop = (1 - chance.plan) * chance.drop
    first = odds / (1 + odds) / (chance.plan + stop)[..., None, None]
    return np.ones_like(first), first, first * (chance.plan / chance.move)[..., None, None]


def _shares(chance: Chances) -> Array:
    """Shares of the stages and phases, (R, G, E, 12, A)."""
    stage = np.stack(_stages(chance, slice(None)), axis=3)
    stage /= stage.sum(axis=3, keepdims=True)
    leaving = stage[:, :, :, 2, 0] * chance.move
    phase = np.stack([leaving, leaving / chance.settle, leaving / chance.settle, np.ones_like(leaving)], axis=3)
    phase /= phase.sum(axis=3, keepdims=True)
    newly = [1, 1, 1, 0]
    found = np.stack([stage[:, :, :, :, n] * phase[:, :, :, p, None] for p, n in enumerate(newly)], axis=4)
    return found.reshape(*found.shape[:3], STATES, -1)


def _homes(state: Array, chance: Chances, people: Array) -> Array:
    """Previous regions as those of the movers of a steady year, (R, R + 1, G, 3)."""
    regions, groups = people.shape
    came = chance.choice[:, :, :regions] * people[..., None]
    came = came / np.maximum(came.sum(axis=0), 1e-300)
    held = counts.by_phase(state, groups)[:, :, :SETTLED]
    homes = np.zeros((regions, regions + 1, groups, SETTLED))
    homes[:, :regions] = came.transpose(2, 0, 1)[..., None] * held[:, None]
    return homes


def burned(chain: Mechanism, inputs: BehaviourInputs, years: int = BURNED) -> Counts:
    """The base after the chain has run `years` on it, each cell of people held at the base."""
    now = start_of(chain, inputs)
    for _ in range(years):
        held_year(chain, inputs, now)
    return now


def held_year(chain: Mechanism, inputs: BehaviourInputs, now: Counts) -> YearFlows:
    """What happens in a first year from `now`, which is carried through it and then held at the base, in place."""
    axes = inputs.axes
    people, wishing = counts.staged(now.state, len(axes.groups))
    whole = people + now.left
    norm = np.divide(wishing + now.left, whole, out=np.zeros_like(whole), where=whole > 0)
    nobody = np.zeros((len(axes.abroad), len(axes.groups)))
    chance = chances(chain, inputs.of_year(0), (people, norm, nobody), len(axes.educations), inputs.ages())
    flows = counts.year(now, inputs.years[0], inputs.school, chance, np.array(axes.bands))
    now.left = flows.moves.sum(axis=1) + flows.emigrants.sum(axis=1)
    people = inputs.base.reshape(len(axes.regions), -1, 2, inputs.ages())
    held_at(now, people, np.ones(len(axes.regions)))
    return flows
