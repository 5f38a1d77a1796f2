"""Single draws of the chain of a move: each rests on what all start from and on its own number alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.alignment import Aligned, Targets, aligned
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.micro import MicroOptions, micro
from qonys.behaviour.outcomes import Outcomes
from qonys.behaviour.twin import settling, twin
from qonys.kernels.behaviour.chances import Mechanism
from qonys.kernels.behaviour.persons import COHORTS
from qonys.projection.national import Run
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import forcing_of
from qonys.projection.scenarios import Scenario
from qonys.study.base.behaviour import Country, behaviour_inputs, targets_of
from qonys.study.ensembles.scenario_files import as_document, scenario_of

Array = NDArray[np.float64]
BASELINE = ""
CHUNKS = 8  # runs of persons a thread takes


@dataclass(frozen=True)
class Start:
    """What every draw starts from, and all that decides its numbers.

    `chains`: parameters by draw; `scenarios`: documents by name; `settling`: whether those still there are followed in
    the twin; `persons`: single persons, a `share` of them, instead of expected counts.
    """

    world: World
    country: Country
    wanted: Targets
    chains: tuple[Mechanism, ...]
    scenarios: Mapping[str, Mapping[str, Any]]
    years: int
    seed: int
    settling: bool
    persons: bool
    share: float


@dataclass(frozen=True)
class Draw:
    """Outcomes under each scenario and in the baseline, those of the first year's movers still there, the miss."""

    outcomes: Mapping[str, Outcomes]
    stay: Mapping[str, Array]
    miss: float


def start_of_draws(
    country: Country, world: World, chains: tuple[Mechanism, ...], scenarios: Mapping[str, Scenario], run: Run,
    how: tuple[bool, bool, float],
) -> Start:  # fmt: skip
    """What the draws of a run start from; `how`: settling, persons and share of `Start`."""
    found = []
    for d in range(*run.draws):
        one = Run(run.horizon, (d, d + 1), run.seed)
        found.append(targets_of(country, behaviour_inputs(country, world, one), forcing_of(world, one)[0], world))
    wanted = Targets(*(
        np.mean([getattr(one, name) for one in found], axis=0) for name in ("left", "came", "gone")
    ))  # fmt: skip
    documents = {name: as_document(one) for name, one in scenarios.items()}
    return Start(world, country, wanted, chains, documents, run.horizon, run.seed, *how)


def draw_of(start: Start, number: int, threads: int = 1, memory: float = 0.0) -> Draw:
    """The draw of that number; `threads` change no bit, `memory`: bytes that may be used (0: not checked).

    Raises
    ------
    BadInput
        More persons than the memory holds.

    """
    run = Run(start.years, (number, number + 1), start.seed)
    ready = aligned(start.chains[number], behaviour_inputs(start.country, start.world, run)[0], start.wanted)
    given = {BASELINE: ready.inputs}
    for name, document in start.scenarios.items():
        changed = behaviour_inputs(start.country, start.world, run, scenario_of(given=document))[0]
        given[name] = _moved(ready, changed)
    options = MicroOptions(start.seed, start.share, threads, CHUNKS * threads, memory)
    made = {name: _made(start, start.chains[number], one, ready, options) for name, one in given.items()}
    return Draw({name: one for name, (one, _) in made.items()}, {name: one for name, (_, one) in made.items()},
                ready.miss)  # fmt: skip


def _moved(ready: Aligned, changed: BehaviourInputs) -> BehaviourInputs:
    """Inputs under a scenario: it keeps the offsets of the baseline and adds its own changes to them."""
    places = tuple(
        replace(
            offset, value=offset.value + one.value, leave=offset.leave + one.leave, abroad=offset.abroad + one.abroad,
            eased=one.eased,
        )
        for offset, one in zip(ready.inputs.places, changed.places, strict=True)
    )  # fmt: skip
    return replace(changed, places=places)


def _made(
    start: Start, chain: Mechanism, given: BehaviourInputs, ready: Aligned, options: MicroOptions
) -> tuple[Outcomes, Array]:
    """A run, and those of the first year's movers who are still there, (T, R, G)."""
    if not start.persons:
        stay = settling(chain, given, ready.start) if start.settling else np.zeros(0)
        return twin(chain, given, ready.start), stay
    found = micro(chain, given, options, ready.start)
    return found.outcomes, np.stack([found.stay[t, t] for t in range(min(len(given.years), COHORTS))])
