"""The policy lab: measures projected beside the baseline on common random numbers, by region and ethnic group.

So that a run takes a moment, groups which no measure tells apart are run as one; the groups by themselves are run when
they are asked for. `Lab.whole` gives the projection of all regions and groups as `qonys project --scenario` does.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.kernels.multiregional.step import Dense
from qonys.policy.levers import SIDES, Interval, Lever, difference, lever, ranked
from qonys.policy.measures import Changes, Measure, changes_of, checked
from qonys.projection.national import Run
from qonys.projection.regional.project import Keep, RegionalProjection, World, project_world
from qonys.projection.regional.reruns import Reruns, ScenarioSums
from qonys.projection.scenarios import Scenario
from qonys.study.base.merge import merged
from qonys.study.ensembles.fits import world_of
from qonys.study.lab.policy_measures import read_measures
from qonys.study.runs.results import Results

Array = NDArray[np.float64]
Thing = TypeVar("Thing")
AGES = (0, 15, 65)
OUTCOMES = ("population", "working_age", "old_age_dependency", "net_migration", "receiving_regions", "largest_group")
OUTCOMES_KEPT, WORLDS_KEPT = 16, 6


class Outcome:
    """One run: `measures` by name (D, T + 1), `regions` (D, T + 1, R) and `groups` (D, T + 1, G) persons.

    Groups are run when they are first asked for. `missed` (D, T): immigrants whom the scenario takes away and who are
    not there.
    """

    def __init__(
        self, found: ScenarioSums, apart: Callable[[], ScenarioSums], receiving: NDArray[np.bool_], workers: Array
    ) -> None:
        cells = found.cells
        ages, self.regions, self.missed = cells.sum(axis=(2, 3)), cells.sum(axis=(3, 4)), found.missed
        self._apart, self._lock = apart, threading.Lock()
        total = ages.sum(axis=2)
        net = np.zeros_like(total)
        net[:, 1:] = found.net
        self._ready = {
            "population": total,
            "working_age": ages[..., 1] + workers,
            "old_age_dependency": 100 * ages[..., 2] / ages[..., 1],
            "net_migration": net,
            "receiving_regions": self.regions[..., receiving].sum(axis=2),
            "largest_group": cells[:, :, :, 0].sum(axis=(2, 3)) / total,
        }

    @cached_property
    def groups(self) -> Array:
        """Persons by ethnic group, (D, T + 1, G)."""
        with self._lock:
            return self._apart().cells

    @property
    def measures(self) -> Mapping[str, Array]:
        """Outcomes by name."""
        return self._ready


@dataclass(frozen=True)
class Worlds:
    """The country with all groups, and with those joined which no measure tells apart; `of`: group -> joined."""

    whole: World
    joined: World
    of: Mapping[str, str]

    def scenario(self, given: Scenario) -> Scenario:
        """A scenario said of the joined groups."""
        return replace(
            given, emigration_times_by_group=self._renamed(given.emigration_times_by_group),
            immigration_add=self._renamed(given.immigration_add),
        )  # fmt: skip

    def _renamed(self, parts: Mapping[str, Thing]) -> dict[str, Thing]:
        return {self.of.get(name, name): value for name, value in parts.items()}


@dataclass
class Lab:
    """Measures and the worlds they act on; measures hold from `since` on, where a call says no other year."""

    measures: tuple[Measure, ...]
    worlds: Worlds
    usual: Mapping[str, float]
    receiving: tuple[str, ...]
    since: int
    until: int
    draws: int
    seed: int = 1
    _runs: OrderedDict[tuple[int, bool], Reruns] = field(default_factory=OrderedDict, repr=False)
    _found: OrderedDict[str, Outcome] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def years(self) -> tuple[int, ...]:
        """The base year to the last."""
        return self.run_of.years(self.worlds.whole.regional.base_year)

    @property
    def run_of(self) -> Run:
        """Horizon, draws and seed."""
        return Run(self.until - self.worlds.whole.regional.base_year, (0, self.draws), self.seed)

    def fewer(self, draws: int) -> Lab:
        """The same lab on its first draws; itself where it has no more."""
        if draws >= self.draws:
            return self
        return Lab(self.measures, self.worlds, self.usual, self.receiving, self.since, self.until, draws, self.seed)

    def baseline(self, since: int = 0) -> Outcome:
        """Nothing changed."""
        return self._outcome(Changes({}), since)

    def run(self, settings: Mapping[str, float], side: str = "value", since: int = 0) -> Outcome:
        """Settings of measures from a year on, with the effects at one side of their ranges."""
        return self._outcome(changes_of(settings, self.measures, self.usual, side), since)

    def under(
        self, settings: Mapping[str, float], times: Mapping[str, float], side: str = "value", since: int = 0
    ) -> Outcome:
        """Settings in a future where factors of the scenario are `times` as large as the measures leave them."""
        changes = changes_of(settings, self.measures, self.usual, side)
        both = {name: float(changes.scenario.get(name, 1.0)) * times[name] for name in sorted(times)}
        return self._outcome(replace(changes, scenario={**changes.scenario, **both}), since)

    def scenario(self, settings: Mapping[str, float], since: int = 0) -> dict[str, Any]:
        """The scenario file of settings, as `qonys project --scenario` reads it."""
        return dict(changes_of(settings, self.measures, self.usual, "value", since or self.since).scenario)

    def whole(self, settings: Mapping[str, float], since: int = 0, keep: Keep | None = None) -> RegionalProjection:
        """Regions and groups together, as `qonys project --scenario` runs them: slow."""
        return project_world(self.worlds.whole, self.run_of, Scenario(**self.scenario(settings, since)), keep)

    def sides(self, settings: Mapping[str, float]) -> tuple[str, ...]:
        """Sides that have to be run: one where no effect has a range."""
        moved = checked(settings, self.measures)
        effects = [effect.unit for measure in self.measures if measure.id in moved for effect in measure.effects]
        return SIDES if any(unit.low < unit.high for unit in effects) else SIDES[:1]

    def effects(
        self, settings: Mapping[str, float], year: int, since: int = 0, outcomes: tuple[str, ...] = OUTCOMES
    ) -> dict[str, Interval]:
        """Difference to the baseline of each outcome in a year."""
        base, place = self.baseline(since), self.years.index(year)
        runs = {side: self.run(settings, side, since) for side in self.sides(settings)}
        return {
            name: difference(base.measures[name][:, place], {s: r.measures[name][:, place] for s, r in runs.items()})
            for name in outcomes
        }

    def levers(self, outcome: str, year: int, by: str = "weight") -> list[Lever]:
        """Measures by their effect on an outcome in a year, each moved by a tenth of its range."""
        found = []
        for measure in self.measures:
            target = measure.pushed()
            whole = self.effects({measure.id: target}, year, outcomes=(outcome,))[outcome]
            found.append(lever(measure, target - measure.now.value, whole))
        return ranked(found, by)

    def _outcome(self, changes: Changes, since: int) -> Outcome:
        since = since or self.since
        return _recent(self._lock, self._found, f"{since} {changes}", OUTCOMES_KEPT, lambda: self._made(changes, since))

    def _made(self, changes: Changes, since: int) -> Outcome:
        scenario, regions = Scenario(**changes.scenario), self.worlds.whole.regional.regions
        return Outcome(
            self._again(since, joined=True).sums(self.worlds.scenario(scenario)),
            lambda: self._again(since, joined=False).sums(scenario), np.isin(regions, self.receiving),
            changes.workers * np.array([year >= since for year in self.years], dtype=np.float64),
        )  # fmt: skip

    def _again(self, since: int, joined: bool) -> Reruns:
        """Runs of all regions with joined groups by age, or of all groups."""

        def make() -> Reruns:
            if joined:
                return Reruns(self.worlds.joined, self.run_of, Keep(("region", "group", "age"), AGES, ()), since)
            return Reruns(self.worlds.whole, self.run_of, Keep(("group",), accounts=()), since)

        return _recent(self._lock, self._runs, (since, joined), WORLDS_KEPT, make)


def _recent(
    lock: threading.RLock, kept: OrderedDict[Any, Thing], key: object, most: int, make: Callable[[], Thing]
) -> Thing:
    """The thing under `key`, made once while it is among the last used; makers run one at a time."""
    with lock:
        if key not in kept:
            kept[key] = make()
        kept.move_to_end(key)
        while len(kept) > most:
            kept.popitem(last=False)
        return kept[key]


def open_lab(pack: Pack, results: Results, draws: int = 400, until: int = 0) -> Lab:
    """The lab of a country: its measures, and its projection from the reconciled account of the results.

    `until`: last year (0: `regions.until` of the plan that the results follow).
    """
    whole = world_of(pack, results.table("reconciled_national").frame)
    measures = read_measures(pack, results)
    named = {region for measure in measures for effect in measure.effects for region in effect.regions}
    receiving = tuple(region for region in whole.regional.regions if region in named)
    since = max((measure.now_year for measure in measures), default=whole.regional.base_year) + 1
    last = until or results.plan.regions.until
    return Lab(measures, worlds_of(whole, measures), usual_arrivals(whole), receiving, since, last, draws)


def worlds_of(whole: World, measures: tuple[Measure, ...]) -> Worlds:
    """The whole world, and the same with groups joined which no measure tells apart; the largest stays by itself."""
    inputs, effects = whole.regional, [effect.groups for measure in measures for effect in measure.effects]
    alike: dict[tuple[bool, ...], list[str]] = {}
    for group in inputs.groups:
        alike.setdefault((group == inputs.groups[0], *(group in groups for groups in effects)), []).append(group)
    of = {group: "+".join(names) for names in alike.values() for group in names}
    joined = merged(inputs, inputs.base.mean(axis=0), {name: name for name in inputs.regions}, of)
    return Worlds(whole, replace(whole, regional=joined), of)


def usual_arrivals(world: World) -> dict[str, float]:
    """Arrivals from other regions a year at the base, persons, by region."""
    inputs = world.regional
    people = inputs.base.mean(axis=0)
    moves = Dense(inputs.od)
    arrived = moves.arrive(people * moves.leave()[:, None]).sum(axis=(1, 2, 3))
    return dict(zip(inputs.regions, map(float, arrived), strict=True))
