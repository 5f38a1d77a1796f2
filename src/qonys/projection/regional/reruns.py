"""One world run again and again under scenarios: the numbers of `project_world`, and only what changes is new.

Kept from run to run are the drawn paths of the national processes, the deviations of regions, the base of each draw,
the people at the start of the year from which scenarios hold (no scenario changes them), and the factors that bring
regions to the nation (`regional_alignment`), by the scenario without its parts. The engine runs in single precision;
its error is below 1e-5 of a sum.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts import engine as cohort_engine
from qonys.kernels.multiregional import engine as multiregional_engine
from qonys.kernels.multiregional import step as multiregional
from qonys.kernels.multiregional.step import EVEN, Dense, Drivers, Tables
from qonys.projection.national import Processes, Run
from qonys.projection.processes.protocol import CachedPaths
from qonys.projection.regional.alignment import Factors, factors
from qonys.projection.regional.drivers import FixedRates, RegionalForcing, attraction, driven, standing
from qonys.projection.regional.project import World, drawn_to, stretch
from qonys.projection.regional.result import Keep, labels_of
from qonys.projection.scenarios import Scenario

Array = NDArray[np.float64]
NOTHING = multiregional_engine.KeptSums()
FACTORS_KEPT = 64


def remembering(world: World) -> World:
    """The same world; its processes draw their paths once."""
    own = world.processes
    vital, gross = (CachedPaths(own.fertility), CachedPaths(own.longevity)), own.gross
    kept = Processes(*vital, CachedPaths(own.migration), None if gross is None else CachedPaths(gross))
    return replace(world, processes=kept)


@dataclass(frozen=True)
class ScenarioSums:
    """Of one run: `cells` (D, T + 1, ...) persons by the axes kept; `accounts` (D, T, 9) of all together.

    `missed` (D, T): immigrants whom the scenario takes away and who are not there.
    """

    cells: Array
    accounts: Array
    missed: Array

    @property
    def net(self) -> Array:
        """Immigrants less emigrants, (D, T)."""
        immigrants, emigrants = (
            self.accounts[..., kind] for kind in (multiregional.IMMIGRANTS, multiregional.EMIGRANTS)
        )
        return np.asarray(immigrants - emigrants)


@dataclass
class Reruns:
    """Runs scenarios that hold from the year `since` on over one world.

    `keep` says which sums are kept; all draws of `run` are in memory at once.

    Raises
    ------
    BadInput
        `since` lies beyond the horizon.

    """

    world: World
    run: Run
    keep: Keep
    since: int
    _fixed: FixedRates = field(init=False, repr=False)
    _base: RegionalForcing = field(init=False, repr=False)
    _labels: NDArray[np.int64] = field(init=False, repr=False)
    _sizes: tuple[int, ...] = field(init=False, repr=False)
    _before: tuple[Array, Array] = field(init=False, repr=False)
    _people: Array = field(init=False, repr=False)
    _checked: bool = field(default=False, init=False, repr=False)
    _factors: OrderedDict[str, Factors] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        years = self.run.years(self.world.regional.base_year)
        if self.since > years[-1]:
            raise BadInput("projection.year", year=self.since, first=years[1], last=years[-1])
        self.world = remembering(self.world)
        inputs = self.world.regional
        shape = (inputs.base.shape[1], inputs.base.shape[2], 2, inputs.base.shape[-1])
        self._fixed = standing(self.world)
        self._labels, self._sizes = labels_of(self.keep, shape)
        self._base = driven(self.world, self._fixed, self.run, Scenario())
        self._people, self._before = self._base.base, (np.empty(0), np.empty(0))
        table = self._base.accounts
        usual = factors(self._base.drivers, *_wanted(table), self._totals)
        self._factors[_key(Scenario())] = usual
        self._settle(shape, usual)

    @property
    def start(self) -> int:
        """Years that no scenario changes."""
        return max(self.since - self.world.regional.base_year - 1, 0)

    def _settle(self, shape: tuple[int, int, int, int], usual: Factors) -> None:
        """Sums of the years before `since` and the people at its start."""
        base, start, cells = self._people, self.start, np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
        if start:
            drivers = stretch(usual.on(self._base.drivers), 0, start)
            found = self._engine(self._fixed.tables, drivers, multiregional_engine.KeptSums(cells))
            people, accounts = found.buckets, found.accounts[:, :, 0]
        else:
            people, accounts = base.reshape(len(base), 1, -1), np.zeros((len(base), 0, len(multiregional.ACCOUNTS)))
        kept = [self._labels.ravel() == one for one in range(int(self._labels.max()) + 1)]
        summed = np.stack([people[..., inside].sum(axis=2) for inside in kept], axis=-1)
        self._before, self._people = (summed[:, :start], accounts), _laid(people[:, -1].reshape(-1, *shape))

    def sums(self, scenario: Scenario) -> ScenarioSums:
        """The sums of a scenario.

        Raises
        ------
        ValueError
            The scenario holds from another year than `since`, or ends.

        """
        scenario = self._held(scenario)
        found = self._corrected(scenario)
        given = driven(self.world, self._fixed, self.run, scenario, self._base)
        drivers = stretch(found.on(given.drivers), self.start, self.run.horizon)
        later = self._engine(self._tables(scenario), drivers, multiregional_engine.KeptSums(self._labels))
        cells = np.concatenate([self._before[0], later.buckets], axis=1)
        accounts = np.concatenate([self._before[1], later.accounts[:, :, 0]], axis=1)
        return ScenarioSums(cells.reshape(*cells.shape[:2], *self._sizes), accounts, given.missed)

    def _held(self, scenario: Scenario) -> Scenario:
        if scenario.until or scenario.since not in (0, self.since):
            raise ValueError("the scenario must hold from the year of these runs to their end")
        return replace(scenario, since=self.since)

    def _corrected(self, scenario: Scenario) -> Factors:
        plain = replace(scenario, **{name: getattr(Scenario(), name) for name in scenario.parts()})
        usual, key = _key(Scenario()), _key(plain)
        with self._lock:
            if key in self._factors:
                self._factors.move_to_end(key)
                return self._factors[key]
        given = driven(self.world, self._fixed, self.run, plain, self._base)
        found = self._aligned(given)
        with self._lock:
            self._factors[key] = found
            while len(self._factors) > FACTORS_KEPT:
                del self._factors[next(name for name in self._factors if name != usual)]
        return found

    def _aligned(self, given: RegionalForcing) -> Factors:
        """Factors of a scenario: those of the baseline before `since`, its own after."""
        start, usual = self.start, self._factors[_key(Scenario())]
        drivers = stretch(given.drivers, start, self.run.horizon)
        births, departures = (part[:, start:] for part in _wanted(given.accounts))
        later = factors(drivers, births, departures, self._totals)
        return Factors(
            np.concatenate([usual.births[:, :start], later.births], axis=1),
            np.concatenate([usual.emigrants[:, :start], later.emigrants], axis=1),
        )

    def _totals(self, drivers: Drivers) -> Array:
        return np.asarray(self._engine(self._fixed.tables, drivers).accounts[:, :, 0])

    def _tables(self, scenario: Scenario) -> Tables:
        if not scenario.region_attraction:
            return self._fixed.tables
        inputs = self.world.regional
        return replace(self._fixed.tables, moves=Dense(drawn_to(inputs.od, attraction(inputs, scenario))))

    def _engine(
        self, tables: Tables, drivers: Drivers, keep: multiregional_engine.KeptSums = NOTHING
    ) -> multiregional_engine.Ensemble:
        found = multiregional_engine.run(self._people, tables, drivers, keep, EVEN, np.float32, checked=self._checked)
        self._checked = True
        return found


def _laid(people: Array) -> Any:
    """The same people as the engine holds them: single precision, sex and age outside: it copies whole lines."""
    turned: Any = np.moveaxis(people, (1, 2), (-2, -1)).astype(np.float32, order="C")
    return np.moveaxis(turned, (-2, -1), (1, 2))


def _key(scenario: Scenario) -> str:
    return repr(replace(scenario, since=0))


def _wanted(table: Array) -> tuple[Array, Array]:
    return table[..., cohort_engine.BIRTHS], table[..., cohort_engine.DEPARTURES]
