"""Components of change by region: births, deaths and net migration as the residual.

The years in which the population estimates were revised after a census are kept separate: their residual is
migration and revision together, and is never called migration. Source: United Nations (1970), Manual VI, chapter I.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qonys.kernels.flows.balance import residual_migration
from qonys.quantities import Population, Series
from qonys.quantities.axes import Axis, check_same_axes
from qonys.quantities.quantity import Array


@dataclass(frozen=True)
class RegionalComponents:
    """Sums by region over the years of the input, persons; arrays follow `regions`."""

    regions: Axis
    years: tuple[int, ...]
    recount_years: tuple[int, ...]
    natural: Array
    migration: Array
    recount: Array
    start: Array
    end: Array

    def discrepancy(self) -> float:
        """Largest difference between the sum of components and the growth, persons; 0 by construction."""
        difference = self.end - self.start - self.natural - self.migration - self.recount
        return float(np.max(np.abs(difference)))


def regional_residual(population: Population, births: Series, deaths: Series) -> Array:
    """Residual by year and region, persons, shape (years, regions).

    `population` has one time label more than the vital events: 1 January of each year and of the
    year after the last.
    """
    check_same_axes(births.axes, deaths.axes, "regional balance")
    check_same_axes(population.axes[1:], births.axes[1:], "regional balance")
    return residual_migration(population.values[:-1], population.values[1:], births.values, deaths.values)


def regional_components(
    population: Population, births: Series, deaths: Series, recount_years: tuple[int, ...]
) -> RegionalComponents:
    """Natural increase, residual migration and recounts summed over the years, by region, persons.

    `population`, `births`, `deaths`: as for `regional_residual`; `recount_years`: see the module's docstring.
    """
    residual = regional_residual(population, births, deaths)
    years = tuple(int(str(year)) for year in births.axis("time").labels)
    recounted = np.array([year in recount_years for year in years])
    return RegionalComponents(
        regions=births.axis("region"),
        years=years,
        recount_years=tuple(year for year in years if year in recount_years),
        natural=(births.values - deaths.values).sum(axis=0),
        migration=residual[~recounted].sum(axis=0),
        recount=residual[recounted].sum(axis=0),
        start=population.values[0],
        end=population.values[-1],
    )
