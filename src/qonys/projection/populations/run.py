"""A population forward in steps of its age width, every birth, death and move in an account that closes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts import component, regions
from qonys.projection.populations import mortality
from qonys.projection.populations.inputs import NUMBERS, PopulationInputs
from qonys.projection.populations.rates import JANUARY, MIDYEAR, YearlyTable, say_last, years_of_step
from qonys.words.notes import note

Array = NDArray[np.float64]
LONGEST = 200
ALIKE = 1e-9
MOST_GROWTH = 1.0  # of the population, a year


@dataclass(frozen=True)
class Timing:
    """When migrants come (`component.EVEN` half at the start and half at the end of a step, or all at the END), and
    whether populations stand at 1 January or in the middle of the year. `sex_ratio` males per female at birth.
    """

    migrants: str = component.EVEN
    reference: str = JANUARY
    sex_ratio: float = 1.05

    def __post_init__(self) -> None:
        known = {
            "timing": (self.migrants, (component.EVEN, component.END)),
            "reference": (self.reference, (JANUARY, MIDYEAR)),
        }
        for option, (value, names) in known.items():
            if value not in names:
                raise BadInput("estimation.choice", option=option, value=value, known=", ".join(names))
        if not 0.5 <= self.sex_ratio <= 2:
            raise BadInput("populations.sex_ratio", found=f"{self.sex_ratio:g}")


@dataclass(frozen=True)
class PopulationPath:
    """Populations (T + 1, D, R, 2, A) and what happened in each step: births (T, D, R, 2), deaths and net migrants from
    outside (T, D, R, 2, A), moves (T, D, R, R, 2, A; None: there are none); persons, ages at the end of the step.
    """

    inputs: PopulationInputs
    years: tuple[int, ...]
    population: Array
    births: Array
    deaths: Array
    migrants: Array
    moves: Array | None
    clipped: float

    def residual(self) -> float:
        """The largest error of start + births - deaths + net migration = end over draws, regions and steps, persons."""
        whole = self.population.sum(axis=(-2, -1))
        events = self.births.sum(axis=-1) - self.deaths.sum(axis=(-2, -1)) + self.net().sum(axis=(-2, -1))
        return float(np.abs(np.diff(whole, axis=0) - events).max())

    def net(self) -> Array:
        """Net migrants, from outside and from other regions, (T, D, R, 2, A)."""
        if self.moves is None:
            return self.migrants
        return np.asarray(self.migrants + self.moves.sum(axis=2) - self.moves.sum(axis=3))


def project_population(inputs: PopulationInputs, last: int, timing: Timing | None = None) -> PopulationPath:
    """The population of `inputs` to the year `last`.

    Each step is that of the United Nations (`kernels.cohorts.component`); with rates of moves between regions that of
    `kernels.cohorts.regions`.

    Raises
    ------
    BadInput
        A last year that no step ends in, a step before the first year of a table, regions that more people leave
        than live there.

    """
    chosen = timing or Timing()
    width = inputs.ages.width
    if not width <= last - inputs.start <= LONGEST or (last - inputs.start) % width:
        raise BadInput("populations.horizon", year=last, start=inputs.start, width=width, last=inputs.start + LONGEST)
    years = tuple(range(inputs.start, last + 1, width))
    for table in inputs.yearly:
        say_last(table, last)
    steps = _Steps(inputs, chosen)
    now = np.broadcast_to(inputs.base, (max(len(inputs.draws), 1), *inputs.base.shape))
    states, done = [now], []
    for start in years[:-1]:
        one = steps.step(states[-1], start)
        if inputs.migration_kind != NUMBERS:
            _refuse_growth(states[-1], one.population, start, width)
        states.append(one.population)
        done.append(one)
    clipped = float(sum(one.clipped.sum() for one in done))
    if clipped > ALIKE:
        note("populations.clipped", persons=round(clipped, 1))
    moves = np.stack([one.moves for one in done]) if inputs.moves is not None else None
    births, deaths = np.stack([one.births for one in done]), np.stack([one.deaths for one in done])
    migrants = np.stack([one.migrants for one in done])
    return PopulationPath(inputs, years, np.stack(states), births, deaths, migrants, moves, clipped)


def _refuse_growth(before: Array, after: Array, start: int, width: int) -> None:
    """Refuse a population (D, R, 2, A) that grows by more than itself a year, as one with rates per 1,000 does."""
    whole, grown = before.sum(axis=(1, 2, 3)), after.sum(axis=(1, 2, 3))
    if (grown > whole * (1 + MOST_GROWTH * width)).any():
        times = float((grown / np.maximum(whole, 1e-300)).max())
        raise BadInput("populations.growth", start=start, end=start + width, times=f"{times:.3g}")


class _Steps:
    """The steps of a projection: what the tables say of each."""

    def __init__(self, inputs: PopulationInputs, timing: Timing) -> None:
        self.inputs, self.timing = inputs, timing
        self._survival = lru_cache(maxsize=4)(self._survival_of)
        self._transitions = lru_cache(maxsize=4)(self._transitions_of)

    def weights(self, start: int) -> dict[int, float]:
        """The years of a step."""
        return years_of_step(start, self.inputs.ages.width, self.timing.reference)

    def step(self, population: Array, start: int) -> regions.RegionalStep:
        """One step of all draws, from the year `start`."""
        inputs, width, weights = self.inputs, self.inputs.ages.width, self.weights(start)
        fertility = inputs.fertility.in_step(weights)
        if inputs.total is not None:
            fertility = fertility * inputs.total.in_step(weights)[..., None]
        fertility = np.broadcast_to(fertility, (*population.shape[:-2], population.shape[-1]))
        migrants = self._events(inputs.migration, population, weights)
        if inputs.moves is not None and inputs.migration_kind != NUMBERS:
            change = self._transitions(self._key(inputs.mortality, weights), self._key(inputs.moves, weights))
            return regions.step(
                population, change, fertility, self.timing.sex_ratio, migrants, width, self.timing.migrants
            )
        survival = np.broadcast_to(self._survival(self._key(inputs.mortality, weights)), population.shape)
        moves = self._numbers_moved(population, weights)
        net = migrants + moves.sum(axis=-4) - moves.sum(axis=-3)
        one = component.step(population, survival, fertility, self.timing.sex_ratio, net, width, self.timing.migrants)
        if inputs.moves is not None and one.clipped.sum() > ALIKE:
            self._refuse_emptied(one.clipped, start + width)
        return regions.RegionalStep(
            one.population, one.births, one.deaths, moves, one.migrants - (net - migrants), one.clipped
        )

    def _events(self, table: YearlyTable | None, population: Array, weights: dict[int, float]) -> Array:
        """Net migrants of a step from outside; rates are of the population at its start."""
        if table is None:
            return np.zeros(population.shape)
        whole = self.inputs.ages.width * table.in_step(weights)
        if self.inputs.migration_kind != NUMBERS:
            return np.asarray(whole * population)
        return np.array(np.broadcast_to(whole, population.shape))

    def _numbers_moved(self, population: Array, weights: dict[int, float]) -> Array:
        """Moves of a step between regions as counted, (D, R, R, 2, A)."""
        count = population.shape[-3]
        if self.inputs.moves is None:
            return np.zeros((population.shape[0], 1, 1, *population.shape[-2:]))
        whole = self.inputs.ages.width * self.inputs.moves.in_step(weights)
        return np.broadcast_to(whole, (population.shape[0], count, count, *population.shape[-2:]))

    @staticmethod
    def _key(table: YearlyTable, weights: dict[int, float]) -> tuple[tuple[int, float], ...]:
        """The years of the table that hold in a step, to keep what was computed for them."""
        return tuple((place, float(share)) for place, share in enumerate(table.shares(weights)) if share)

    def _survival_of(self, key: tuple[tuple[int, float], ...]) -> Array:
        inputs = self.inputs
        values = sum(share * inputs.mortality.values[:, place] for place, share in key)
        lived = mortality.lived_years(np.asarray(values), inputs.mortality_starts, inputs.mortality_kind)
        return mortality.survival_of(lived, inputs.mortality_starts, inputs.ages)

    def _transitions_of(
        self, key: tuple[tuple[int, float], ...], moving: tuple[tuple[int, float], ...]
    ) -> regions.RegionalTransitions:
        inputs = self.inputs
        assert inputs.moves is not None
        survival = self._survival(key)
        rates = sum(share * inputs.moves.values[:, place] for place, share in moving)
        moves = np.moveaxis(np.asarray(rates), (-4, -3), (-2, -1))
        shape = (*survival.shape[:-3], len(inputs.regions), *survival.shape[-2:])
        return regions.transitions(np.broadcast_to(survival, shape), moves, inputs.ages.width)

    def _refuse_emptied(self, clipped: Array, year: int) -> None:
        """Refuse moves of more people than a region has: they arrive elsewhere, so none can be left out."""
        draw, region, sex, age = (int(i) for i in np.argwhere(clipped > ALIKE)[0])
        raise BadInput(
            "populations.emptied", region=self.inputs.regions[region], sex=("female", "male")[sex],
            age=self.inputs.ages.labels[age], year=year, draw=self.inputs.draws[draw] if self.inputs.draws else "–",
        )  # fmt: skip
