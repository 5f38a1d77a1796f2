"""The policy lab: measures projected beside the baseline on common random numbers, by region and ethnic group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.kernels.multiregional import Dense
from qonys.policy.levers import SIDES, Interval, Lever, difference, ranked
from qonys.policy.measures import Changes, Measure, changes_of, checked
from qonys.projection.national import Run
from qonys.projection.regional import Keep, RegionalProjection, World, project_world
from qonys.projection.scenarios import Scenario
from qonys.study.ensemble_fits import world_of
from qonys.study.measures import read_measures
from qonys.study.results import Results

Array = NDArray[np.float64]
AGES = (0, 15, 65)
OUTCOMES = ("population", "working_age", "old_age_dependency", "net_migration", "receiving_regions", "largest_group")


@dataclass(frozen=True)
class Outcome:
    """One run: `measures` by name (D, T + 1), `regions` (D, T + 1, R) and `groups` (D, T + 1, G) persons."""

    measures: Mapping[str, Array]
    regions: Array
    groups: Array


@dataclass
class Lab:
    """Measures and the world they act on; the baseline is computed once."""

    measures: tuple[Measure, ...]
    world: World
    usual: Mapping[str, float]
    receiving: tuple[str, ...]
    until: int
    draws: int
    seed: int = 1
    _base: Outcome | None = field(default=None, repr=False)

    @property
    def years(self) -> tuple[int, ...]:
        """The base year to the last."""
        return tuple(range(self.world.regional.base_year, self.until + 1))

    def baseline(self) -> Outcome:
        """Nothing changed; computed once."""
        if self._base is None:
            self._base = self._run(Changes({}))
        return self._base

    def run(self, settings: Mapping[str, float], side: str = "value", since: int = 0) -> Outcome:
        """Settings of measures, with the effects at one side of their ranges."""
        found = changes_of(settings, self.measures, self.usual, side, since)
        return self._run(found) if found.scenario or found.workers else self.baseline()

    def scenario(self, settings: Mapping[str, float], since: int = 0) -> dict[str, Any]:
        """The scenario file of settings, as `qonys project --scenario` reads it."""
        return dict(changes_of(settings, self.measures, self.usual, "value", since).scenario)

    def sides(self, settings: Mapping[str, float]) -> tuple[str, ...]:
        """Sides that have to be run: one where no effect has a range."""
        moved = checked(settings, self.measures)
        effects = [effect.unit for measure in self.measures if measure.id in moved for effect in measure.effects]
        return SIDES if any(unit.low < unit.high for unit in effects) else SIDES[:1]

    def effects(self, settings: Mapping[str, float], year: int, since: int = 0) -> dict[str, Interval]:
        """Difference to the baseline of each outcome in a year."""
        base, place = self.baseline(), self.years.index(year)
        runs = {side: self.run(settings, side, since) for side in self.sides(settings)}
        return {
            name: difference(base.measures[name][:, place], {s: r.measures[name][:, place] for s, r in runs.items()})
            for name in OUTCOMES
        }

    def levers(self, outcome: str, year: int, by: str = "weight") -> list[Lever]:
        """Measures by their effect on an outcome in a year, each moved by a tenth of its range."""
        found = []
        for measure in self.measures:
            step = (measure.high - measure.low) / 10
            target = measure.now.value + step if measure.now.value + step <= measure.high else measure.now.value - step
            whole = self.effects({measure.id: target}, year)[outcome]
            change = target - measure.now.value
            found.append(Lever(measure.id, change, whole, whole.over(change / measure.step), measure.controllability()))
        return ranked(found, by)

    def _run(self, changes: Changes) -> Outcome:
        run = Run(self.until - self.world.regional.base_year, (0, self.draws), self.seed)
        keep = Keep(("region", "group", "age"), AGES, ())
        found = project_world(self.world, run, Scenario(**changes.scenario), keep)
        return _outcome(found, self.receiving, changes.workers)


def open_lab(pack: Pack, results: Results, draws: int = 100, until: int = 2050) -> Lab:
    """The lab of a country: its measures, and its projection from the reconciled account of the results."""
    world = world_of(pack, results.table("reconciled_national").frame)
    measures = read_measures(pack, results)
    named = {region for measure in measures for effect in measure.effects for region in effect.regions}
    receiving = tuple(region for region in world.regional.regions if region in named)
    return Lab(measures, world, _usual(world), receiving, until, draws)


def _usual(world: World) -> dict[str, float]:
    """Arrivals from other regions a year at the base, persons, by region."""
    inputs = world.regional
    people = inputs.base.mean(axis=0)
    moves = Dense(inputs.od)
    arrived = moves.arrive(people * moves.leave()[:, None]).sum(axis=(1, 2, 3))
    return dict(zip(inputs.regions, map(float, arrived), strict=True))


def _outcome(found: RegionalProjection, receiving: tuple[str, ...], workers: float) -> Outcome:
    cells = found.draws(over=("region", "group", "age"), ages=AGES)
    ages, regions, groups = cells.sum(axis=(2, 3)), cells.sum(axis=(3, 4)), cells.sum(axis=(2, 4))
    total, work = ages.sum(axis=2), ages[..., 1].copy()
    work[:, 1:] += workers
    net = np.zeros_like(total)
    net[:, 1:] = found.draws("net_migration")
    measures = {
        "population": total,
        "working_age": work,
        "old_age_dependency": 100 * ages[..., 2] / ages[..., 1],
        "net_migration": net,
        "receiving_regions": regions[..., np.isin(found.regions, receiving)].sum(axis=2),
        "largest_group": groups[..., 0] / groups.sum(axis=2),
    }
    return Outcome(measures, regions, groups)
