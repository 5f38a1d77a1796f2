"""What is published is not forecast: the first years of a projection meet the numbers published for them.

Years of a projection run from mid-year to mid-year, published years are calendar years: the first projected year holds
half of the base year and half of the year after. Births, deaths, net migration and the geometric mean of immigrants and
emigrants of a published half are half of the published number, in every draw; of a half that is not published they are
half of what the drawn rates give. The drivers of those years (total fertility, life expectancy, net and gross rate) are
those at which the cohorts have these counts
(the step of `kernels.cohorts.component`), so that whatever uses the drivers meets the numbers too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.cohorts.component import CohortFlows, CohortStep, gross_rates, migrants_of, step
from qonys.kernels.mortality.level_model import Family, at_level
from qonys.projection.processes.vital import by_sex

Array = NDArray[np.float64]
HALVINGS = 60
PUBLISHED, PARTLY, FORECAST = "published", "partly", "forecast"


@dataclass(frozen=True, kw_only=True)
class PublishedYears:
    """Numbers of the calendar years from the base year on, persons; the first of each is of the base year.

    `births` and `deaths` of years without a gap; `net`: net migration, perhaps of more years. `fertility` (births per
    woman) and `longevity` (years, both sexes) are those of the base year at which its population has these births and
    deaths: the paths of the processes begin there. `gross`: geometric mean of immigrants and emigrants.
    """

    births: tuple[float, ...]
    deaths: tuple[float, ...]
    net: tuple[float, ...]
    fertility: float
    longevity: float
    gross: tuple[float, ...] = ()

    @property
    def later(self) -> int:
        """Years after the base year of which net migration is published."""
        return len(self.net) - 1

    def status(self, measure: str, ahead: int) -> str:
        """Whether a measure `ahead` years after the base is published, partly published or forecast.

        Examples
        --------
        >>> known = PublishedYears(births=(9,), deaths=(5,), net=(2, 1), fertility=2.0, longevity=70.0, gross=(3, 2))
        >>> [known.status("births", 1), known.status("net_migration", 1), known.status("net_migration", 2)]
        ['partly', 'published', 'partly']
        >>> [known.status("population", 0), known.status("population", 1), known.status("population", 2)]
        ['published', 'partly', 'forecast']
        """
        halves = {
            "births": len(self.births), "deaths": len(self.deaths), "net_migration": len(self.net),
            "immigrants": len(self.gross), "emigrants": len(self.gross), "total_fertility": len(self.births),
            "life_expectancy_female": len(self.deaths), "life_expectancy_male": len(self.deaths),
        }  # fmt: skip
        if measure in halves:
            known = halves[measure]
        elif ahead == 0:
            return PUBLISHED
        else:
            known = min(len(self.births), len(self.deaths), len(self.net))
        return PUBLISHED if ahead < known else PARTLY if ahead == known else FORECAST


@dataclass(frozen=True, kw_only=True)
class CohortRates:
    """Age patterns of a step: family of death rates, gap of the sexes, fertility (T, A), sex ratio (T,), schedules."""

    family: Family
    sex_gap: tuple[Array, Array]
    pattern: Array
    sex_ratio: Array
    immigrant_ages: Array
    emigrant_ages: Array


@dataclass(frozen=True)
class StepCounts:
    """Persons in a year of every draw, (D,) each."""

    births: Array
    deaths: Array
    net: Array


def met(
    people: Array, rates: CohortRates, year: int, counts: StepCounts, gross: Array
) -> tuple[Array, Array, CohortStep]:
    """Total fertility (D,) and life expectancy of both sexes (D,) at which a year has the counts, and that year.

    `people` (D, 2, A) at its start; `gross` (D,): geometric mean of immigrants and emigrants, persons. The life
    expectancy is found by halving within the family's range: outside of it the deaths are not met.
    """
    moving = _moving(people, rates, counts.net, gross)
    gap = float(np.max(np.abs(rates.sex_gap[1]))) / 2
    low = np.full(len(people), float(rates.family.e0[0]) + gap)
    high = np.full(len(people), float(rates.family.e0[-1]) - gap)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = _step(people, rates, year, (np.ones(len(people)), middle), moving)
        per = found.births.sum(axis=-1)
        scaled = counts.births / per
        first = found.deaths[..., 0].sum(axis=-1)
        deaths = found.deaths.sum(axis=(-2, -1)) + first * (scaled - 1)
        low, high = np.where(deaths > counts.deaths, middle, low), np.where(deaths > counts.deaths, high, middle)
    longevity = (low + high) / 2
    fertility = counts.births / _step(people, rates, year, (np.ones(len(people)), longevity), moving).births.sum(-1)
    return fertility, longevity, _step(people, rates, year, (fertility, longevity), moving)


def drawn_counts(
    people: Array, rates: CohortRates, year: int, drivers: tuple[Array, Array], moves: tuple[Array, Array]
) -> CohortStep:
    """A year under given drivers, (D,) each: total fertility and life expectancy; net and gross migrants, persons."""
    return _step(people, rates, year, drivers, _moving(people, rates, *moves))


def _moving(people: Array, rates: CohortRates, net: Array, gross: Array) -> Array:
    arriving, leaving = gross_rates(net, gross)
    flows = CohortFlows(arriving, leaving, rates.immigrant_ages, rates.emigrant_ages)
    coming, going, _ = migrants_of(people, flows)
    return np.asarray(coming - going)


def _step(people: Array, rates: CohortRates, year: int, drivers: tuple[Array, Array], moving: Array) -> CohortStep:
    fertility, longevity = drivers
    survival = at_level(rates.family, rates.family.survival, by_sex(longevity, rates.sex_gap))
    return step(people, survival, fertility[:, None] * rates.pattern[year], float(rates.sex_ratio[year]), moving)


@dataclass(frozen=True)
class DrawnDrivers:
    """As drawn or met: total fertility, life expectancy of both sexes, net and gross migration per person, (D, T)."""

    fertility: Array
    longevity: Array
    net: Array
    gross: Array


def held(people: Array, rates: CohortRates, known: PublishedYears, drawn: DrawnDrivers) -> DrawnDrivers:
    """The drivers with those years brought to the published numbers of which a half or a whole is published.

    `people` (D, 2, A) in the middle of the base year. In `drawn` the net rate of a year stands for the calendar year
    that begins in it.
    """
    copies = (values.copy() for values in (drawn.fertility, drawn.longevity, drawn.net, drawn.gross))
    fertility, longevity, net, gross = copies
    lengths = len(known.births), len(known.deaths), len(known.net), len(known.gross)
    for t in range(min(max(lengths), net.shape[1])):
        total = people.sum(axis=(1, 2))
        moved, both = _halves(known.net, t, net[:, t] * total), _halves(known.gross, t, gross[:, t] * total)
        net[:, t], gross[:, t] = moved / total, both / total
        free = drawn_counts(people, rates, t, (fertility[:, t], longevity[:, t]), (moved, both))
        born = _halves(known.births, t, free.births.sum(axis=-1))
        died = _halves(known.deaths, t, free.deaths.sum(axis=(1, 2)))
        done = free
        if t < max(lengths[:2]):
            fertility[:, t], longevity[:, t], done = met(people, rates, t, StepCounts(born, died, moved), both)
        people = done.population
    return DrawnDrivers(fertility, longevity, net, gross)


def _halves(published: tuple[float, ...], t: int, drawn: Array) -> Array:
    """The count of projected year t (0: the first), (D,): half of either calendar year, as drawn where unpublished."""
    if t >= len(published):
        return drawn
    later = published[t + 1] if t + 1 < len(published) else drawn
    return np.asarray((published[t] + later) / 2 + np.zeros_like(drawn))
