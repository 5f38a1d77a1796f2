"""Labour and human capital: stock of schooling, its gain and loss, selection of emigrants, potential years.

Stock of schooling = sum P_e years_e (Lutz, Goujon, KC and Sanderson 2007, Vienna Yearbook of Population Research
2007:193). Brain drain: rate = leavers of a level / (leavers + residents of the level); selection = share of the level
among leavers / its share in the population (Docquier and Marfouk 2006, in International Migration, Remittances and
the Brain Drain, World Bank). Potential years: migrants by age times the years that people of their age have
ahead (Hersch 1944, De la demographie actuelle a la demographie potentielle). Assumes: migrants have the mortality of
residents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.mortality.life_tables import LifeTable

Array = NDArray[np.float64]
WORK = (15, 65)


def schooling_stock(population: Array, years: Array) -> Array:
    """Stock of schooling, person-years (...), of a population (..., E) with `years` (E,) of schooling by level.

    Lutz, Goujon, KC and Sanderson (2007), as in the module's docstring.
    """
    return np.asarray((population * years).sum(axis=-1))


def mean_schooling(population: Array, years: Array) -> Array:
    """Mean years of schooling, (...), of a population (..., E) with `years` (E,) of schooling by level."""
    return np.asarray(schooling_stock(population, years) / population.sum(axis=-1))


@dataclass(frozen=True)
class CohortChange:
    """Cohorts between two dates by level: at the start, expected alive at the end, found, and found less expected.

    Arrays (C, E), persons; `ages` (C,): first age of each cohort at the start.
    """

    ages: Array
    start: Array
    expected: Array
    found: Array

    @property
    def rest(self) -> Array:
        """Residual (C, E), persons: net migration, change of level, mortality differences by level and errors."""
        return np.asarray(self.found - self.expected)


def cohort_change(start: Array, end: Array, survival: Array, ages: Array, steps: int) -> CohortChange:
    """Cohorts of five-year ages over `steps` groups of ages, both by level.

    `start`, `end` (A, E) persons; `survival` (A,) from each age group at the start over the whole time, the same for
    all levels (an assumption that puts the longer life of the schooled into `rest`). Only cohorts that are in a
    closed age group at the end are given.

    Raises
    ------
    BadInput
        Shapes that do not fit, or no cohort left.

    """
    groups = len(ages)
    if start.shape != end.shape or len(start) != groups or len(survival) != groups or not 0 < steps < groups - 1:
        raise BadInput("consequences.cohorts", start=str(start.shape), end=str(end.shape), steps=steps)
    kept = slice(0, groups - 1 - steps)
    begun = start[kept]
    return CohortChange(ages[kept], begun, begun * survival[kept, None], end[steps:-1])


def brain_drain(leavers: Array, residents: Array) -> tuple[Array, Array]:
    """Rate and selection by level, (E,) each, from leavers and residents (E,) of the same ages, persons.

    Examples
    --------
    >>> rate, selection = brain_drain(np.array([10.0, 30.0]), np.array([890.0, 70.0]))
    >>> rate.round(3).tolist(), selection.round(1).tolist()
    ([0.011, 0.3], [0.3, 10.3])
    """
    rate = leavers / (leavers + residents)
    selection = (leavers / leavers.sum()) / (residents / residents.sum())
    return np.asarray(rate), np.asarray(selection)


def expected_years(table: LifeTable, low: float = 0.0, high: float = np.inf) -> Array:
    """Years that a person of each age will live between two ages, (..., A): all years by default.

    For the middle of a single year of age: the mean of its ends. In the open age all that it holds.
    """
    inside = table.L * ((table.ages >= low) & (table.ages < high))
    ahead = np.flip(np.cumsum(np.flip(inside, -1), axis=-1), -1)
    at = np.divide(ahead, table.l, out=np.zeros_like(ahead), where=table.l > 0)
    middle = at.copy()
    middle[..., :-1] = (at[..., :-1] + at[..., 1:]) / 2
    return np.asarray(middle)


def potential_years(migrants: Array, expectation: Array) -> Array:
    """Years that net migrants (..., 2, A) take or bring, (...), by years ahead (..., 2, A)."""
    return np.asarray((migrants * expectation).sum(axis=(-2, -1)))
