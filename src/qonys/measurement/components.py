"""Components of population change between two counts, with the error of the residual.

Reference: United Nations (1970), Manual VI, chapter I; Siegel and Swanson (2004), chapter 19.
Assumes: counts stand at the beginning of their year; vital events are summed over the calendar
years [start, end). The count error is the disagreement between published statements of the same
count; the error of natural increase is the disagreement between the registered and the
estimated totals, which is one shared error and is therefore taken on the sum, not year by year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qonys.errors import AxisMismatch
from qonys.kernels.flows import balance
from qonys.quantities import Lineage, Population, Series

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Components:
    """Components of one period [start, end); persons unless said otherwise.

    `residual_sd`, `offset_sd` are standard errors; `registered` is the published net migration of
    the same years or None where some year is missing.
    """

    start: int
    end: int
    population_start: float
    population_end: float
    births: float
    deaths: float
    residual: float
    residual_sd: float
    offset: float
    offset_sd: float
    registered: float | None
    lineage: Lineage

    @property
    def growth(self) -> float:
        """P(end) - P(start), persons."""
        return self.population_end - self.population_start

    @property
    def natural(self) -> float:
        """Births less deaths, persons."""
        return self.births - self.deaths

    @property
    def natural_rate(self) -> float:
        """Natural increase per 1,000 person-years."""
        return self._rate(self.natural)

    @property
    def migration_rate(self) -> float:
        """Residual net migration per 1,000 person-years."""
        return self._rate(self.residual)

    def _rate(self, events: float) -> float:
        years = self.end - self.start
        return float(balance.annual_rate(events, self.population_start, self.population_end, years))

    def interval(self) -> tuple[float, float]:
        """95 % interval of the residual, persons."""
        return self.residual - Z95 * self.residual_sd, self.residual + Z95 * self.residual_sd

    def offset_interval(self) -> tuple[float, float]:
        """95 % interval of the share of natural increase taken by migration."""
        return self.offset - Z95 * self.offset_sd, self.offset + Z95 * self.offset_sd


def period_total(series: Series, start: int, end: int) -> float | None:
    """Sum of an annual series (axis time) over the years [start, end), in its unit; None when a year is missing."""
    labels = series.axis("time").labels
    years = range(start, end)
    if any(year not in labels for year in years):
        return None
    return float(sum(series.at(time=year) for year in years))


def components(
    population: Population,
    vital: tuple[Series, Series],
    rival_natural: Series | None,
    registered: Series | None,
    period: tuple[int, int],
) -> Components:
    """Components of [start, end) from two counts and annual births and deaths.

    `population` has an axis time with both years, persons; `vital` is (births, deaths), persons by calendar year.
    `rival_natural` is another estimate of natural increase, whose difference from births less deaths gives the error
    of natural increase. Source: United Nations (1970), Manual VI, chapter I.
    """
    start, end = period
    births, deaths = (period_total(series, start, end) for series in vital)
    if births is None or deaths is None:
        raise AxisMismatch("measurement.no_vital", start=start, end=end)
    p0, p1 = population.at(time=start), population.at(time=end)
    sd0, sd1 = _sd(population, start), _sd(population, end)
    rival = period_total(rival_natural, start, end) if rival_natural is not None else None
    natural = births - deaths
    natural_sd = 0.0 if rival is None else float(balance.interval_of_two(natural, rival))
    lineage = population.lineage.joined(vital[0].lineage, "").joined(
        vital[1].lineage, "measurement.components.components"
    )
    residual = float(balance.residual_migration(p0, p1, births, deaths))
    growth_sd = float(np.hypot(sd0, sd1))
    return Components(
        start=start,
        end=end,
        population_start=p0,
        population_end=p1,
        births=births,
        deaths=deaths,
        residual=residual,
        residual_sd=float(balance.residual_error(sd0, sd1, natural_sd)),
        offset=float(balance.offset_ratio(natural, residual)),
        offset_sd=float(balance.offset_error(p1 - p0, growth_sd, natural, natural_sd)),
        registered=None if registered is None else period_total(registered, start, end),
        lineage=lineage,
    )


def _sd(population: Population, year: int) -> float:
    if population.sd is None:
        return 0.0
    return float(population.sd[population.axis("time").labels.index(year)])
