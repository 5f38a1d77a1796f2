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
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.cohorts.component import CohortFlows, CohortStep, gross_rates, migrants_of, step
from qonys.kernels.mortality.level_model import Family, at_level
from qonys.projection.processes.vital import by_sex

Array = NDArray[np.float64]
HALVINGS = 60
PUBLISHED, PARTLY, ESTIMATED, FORECAST = "published", "partly", "estimated", "forecast"


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


def status_of(known: PublishedYears | None, measure: str, ahead: int) -> str:
    """Whether a measure `ahead` years after the base is published, partly published, estimated or forecast.

    Published: of both half-years; of a population the official count, whose ages are an estimate. The measures of
    people are partly published while births, deaths and net migration up to then are, or half of the last year.

    Examples
    --------
    >>> known = PublishedYears(births=(9,), deaths=(5,), net=(2, 1), fertility=2.0, longevity=70.0, gross=(3, 2))
    >>> [status_of(known, "births", 1), status_of(known, "net_migration", 1), status_of(known, "net_migration", 2)]
    ['partly', 'published', 'partly']
    >>> [status_of(known, "population", ahead) for ahead in range(3)]
    ['published', 'partly', 'forecast']
    >>> status_of(None, "population", 0)
    'estimated'
    """
    if known is None:
        return FORECAST if ahead else ESTIMATED
    births, deaths, net, gross = (len(one) for one in (known.births, known.deaths, known.net, known.gross))
    of_flows = {
        "births": births, "total_fertility": births, "deaths": deaths, "life_expectancy_female": deaths,
        "life_expectancy_male": deaths, "net_migration": net, "immigrants": gross, "emigrants": gross,
    }  # fmt: skip
    if ahead == 0:
        return PUBLISHED if measure == "population" else ESTIMATED
    halves = of_flows.get(measure, min(births, deaths, net))
    whole = ahead < halves and (measure in of_flows or measure == "population")
    return PUBLISHED if whole else PARTLY if ahead <= halves else FORECAST


class AgePatterns(Protocol):
    """Age patterns of steps, as the inputs of a projection have them."""

    @property
    def family(self) -> Family:
        """Death rates by life expectancy."""

    @property
    def sex_gap(self) -> tuple[Array, Array]:
        """Levels of life expectancy, (L,), and the difference of the sexes there, (L,)."""

    @property
    def pattern(self) -> Array:
        """Shares of fertility by age, (T, A)."""

    @property
    def sex_ratio(self) -> Array:
        """Males per female at birth, (T,)."""

    @property
    def immigrant_ages(self) -> Array:
        """Age schedule of immigrants, (2, A)."""

    @property
    def emigrant_ages(self) -> Array:
        """Age schedule of emigration rates, (2, A)."""


@dataclass(frozen=True, kw_only=True)
class CohortRates:
    """Age patterns of some steps, see `AgePatterns`."""

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
    people: Array, rates: AgePatterns, year: int, counts: StepCounts, gross: Array
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
    people: Array, rates: AgePatterns, year: int, drivers: tuple[Array, Array], moves: tuple[Array, Array]
) -> CohortStep:
    """A year under given drivers, (D,) each: total fertility and life expectancy; net and gross migrants, persons."""
    return _step(people, rates, year, drivers, _moving(people, rates, *moves))


def _moving(people: Array, rates: AgePatterns, net: Array, gross: Array) -> Array:
    arriving, leaving = gross_rates(net, gross)
    flows = CohortFlows(arriving, leaving, rates.immigrant_ages, rates.emigrant_ages)
    coming, going, _ = migrants_of(people, flows)
    return np.asarray(coming - going)


def _step(people: Array, rates: AgePatterns, year: int, drivers: tuple[Array, Array], moving: Array) -> CohortStep:
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


def held(people: Array, rates: AgePatterns, known: PublishedYears, drawn: DrawnDrivers) -> DrawnDrivers:
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
