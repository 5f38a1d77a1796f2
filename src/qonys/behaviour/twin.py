"""The macro twin: expected counts of the chain year by year, from the same chances as single persons.

`twin(parameters, inputs)` is a pure function; calibration, sensitivity and search call it. Without the chain
(`without_chain`) people move at the rates of the regional projection, and the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.outcomes import Outcomes, stocks
from qonys.behaviour.start import start_of
from qonys.kernels.behaviour import counts
from qonys.kernels.behaviour.chances import SETTLED, STATES, Chances, Mechanism, chances
from qonys.kernels.behaviour.counts import Counts, YearFlows
from qonys.kernels.behaviour.usual import UsualMoves, usual_year
from qonys.kernels.effort import spent

Array = NDArray[np.float64]


class Memory:
    """What behaviour knows of the year before: people, who intended or left of them, and those abroad."""

    def __init__(self, start: Counts, groups: int, countries: int) -> None:
        self.people, self.wishing = counts.staged(start.state, groups)
        self.left = start.left
        self.gone = np.zeros((countries, groups))

    def chances(self, chain: Mechanism, inputs: BehaviourInputs, t: int) -> Chances:
        """Chances of the year `t`."""
        whole = self.people + self.left
        norm = np.divide(self.wishing + self.left, whole, out=np.zeros_like(whole), where=whole > 0)
        known = (self.people, norm, self.gone)
        return chances(chain, inputs.of_year(t), known, len(inputs.axes.educations), inputs.ages())

    def after(self, people: tuple[Array, Array], moves: Array, emigrants: Array) -> None:
        """A year later: `people` and those who intend (R, G), moves (R, R, G), emigrants (R, K, G)."""
        self.people, self.wishing = people
        self.left = moves.sum(axis=1) + emigrants.sum(axis=1)
        self.gone = self.gone + emigrants.sum(axis=0)


def twin(chain: Mechanism, inputs: BehaviourInputs, start: Counts | None = None) -> Outcomes:
    """Expected counts of all years; `start` None: stages and phases of the base as `start_of` gives them.

    Examples
    --------
    >>> from qonys.behaviour.made_up import small_country
    >>> from qonys.behaviour.parameters import mechanism
    >>> found = twin(mechanism(), small_country())
    >>> found.years[:2], found.residual() < 1e-12
    ((0, 1), True)

    """
    made = _run(chain, inputs, start_of(chain, inputs) if start is None else start.copy())
    return _outcomes(inputs, made.held, made.flows)


@dataclass
class _Trace:
    """What a run leaves: stocks, flows and chances of each year."""

    held: list[Array]
    flows: list[YearFlows]
    chances: list[Chances]


def _run(chain: Mechanism, inputs: BehaviourInputs, now: Counts) -> _Trace:
    axes, bands = inputs.axes, np.array(inputs.axes.bands)
    memory = Memory(now, len(axes.groups), len(axes.abroad))
    found = _Trace([stocks(axes, now.state)], [], [])
    spent("chain_cell_years", now.state.size * len(inputs.years))
    for t, vital in enumerate(inputs.years):
        found.chances.append(memory.chances(chain, inputs, t))
        found.flows.append(counts.year(now, vital, inputs.school, found.chances[t], bands))
        people = found.flows[t].people.reshape(found.held[0].shape)
        memory.after(totals(people), found.flows[t].moves, found.flows[t].emigrants)
        found.held.append(people)
    return found


def settling(chain: Mechanism, inputs: BehaviourInputs, start: Counts | None = None, cohort: int = 0) -> Array:
    """Those who moved inside the country in year `cohort` (0: the first) and are still there, (T - cohort, R, G).

    The first row: all of them at the end of that year. Those who died, returned or moved on are not there.
    """
    made = _run(chain, inputs, start_of(chain, inputs) if start is None else start.copy())
    came, groups = made.flows[cohort], len(inputs.axes.groups)
    regions, classes, _, ages = came.newcomers.shape
    state = np.zeros((regions, classes, 2, STATES, ages))
    state[:, :, :, 0] = came.newcomers
    homes = np.zeros((regions, regions + 1, groups, SETTLED))
    homes[:, :-1, :, 0] = came.moves.transpose(1, 0, 2)
    now, found = Counts(state, homes, np.zeros((regions, groups))), [state.reshape(regions, groups, -1).sum(axis=2)]
    for t in range(cohort + 1, len(inputs.years)):
        counts.stay_year(now, inputs.years[t], inputs.school, made.chances[t])
        found.append(state.reshape(regions, groups, -1).sum(axis=2))
    return np.stack(found)


def totals(people: Array) -> tuple[Array, Array]:
    """People and those who intend or plan, (R, G) each, of stocks (R, G, E, B, 3)."""
    by = people.sum(axis=(2, 3))
    return np.asarray(by.sum(axis=2)), np.asarray(by[..., 1:].sum(axis=2))


def _outcomes(inputs: BehaviourInputs, held: list[Array], flows: list[YearFlows]) -> Outcomes:
    axes = inputs.axes
    movers = [one.movers.reshape(held[0].shape[:-1]) for one in flows]
    named = ("moves", "returns", "emigrants", "births", "deaths", "immigrants")
    events = {name: np.stack([getattr(one, name) for one in flows]) for name in named}
    return Outcomes(axes=axes, base_year=inputs.base_year, people=np.stack(held), movers=np.stack(movers), **events)


def without_chain(inputs: BehaviourInputs, moves: tuple[UsualMoves, ...]) -> Outcomes:
    """The people of `inputs` who move at the rates of the regional projection: nobody intends, and nobody returns.

    Emigrants all stand in the first group of countries.
    """
    axes, bands = inputs.axes, np.array(inputs.axes.bands)
    regions, groups, countries = len(axes.regions), len(axes.groups), len(axes.abroad)
    state = np.zeros((regions, groups * len(axes.educations), 2, STATES, inputs.ages()))
    state[:, :, :, SETTLED] = inputs.base.reshape(regions, -1, 2, inputs.ages())
    now = Counts(state, np.zeros((regions, regions + 1, groups, SETTLED)), np.zeros((regions, groups)))
    held, flows = [stocks(axes, state)], []
    for t, vital in enumerate(inputs.years):
        flows.append(usual_year(now, vital, inputs.school, moves[t], bands))
        held.append(flows[-1].people.reshape(held[0].shape))
    emigrants = np.zeros((len(flows), regions, countries, groups))
    emigrants[:, :, 0] = np.stack([one.emigrants for one in flows])
    events = {name: np.stack([getattr(one, name) for one in flows]) for name in ("births", "deaths", "immigrants")}
    inside, none = np.stack([one.moves for one in flows]), np.zeros((len(flows), *held[0].shape[:-1]))
    return Outcomes(
        axes=axes, base_year=inputs.base_year, people=np.stack(held), moves=inside, returns=np.zeros_like(inside),
        emigrants=emigrants, movers=none, **events,
    )  # fmt: skip
