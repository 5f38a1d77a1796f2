"""What is known of a country's regions year by year: people, births, deaths, and what moved between two counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.projection.regional.processes import AR1Process, fit_wander

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RegionalHistory:
    """Figures of consecutive years in boundaries that do not change.

    `years` (T,); `people` (T + 1, R) persons at the start of each year and of the one after the last; `births` and
    `deaths` (T, R) persons; `known` (T, R): whether a year's balance is people's moves. It is not where people were
    counted anew or a boundary moved.
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    people: Array
    births: Array
    deaths: Array
    known: NDArray[np.bool_]

    def upto(self, year: int) -> RegionalHistory:
        """The figures of `year` and before.

        Raises
        ------
        BadInput
            The year is not among the figures.

        """
        if year not in self.years:
            raise BadInput("projection.year", year=year, first=self.years[0], last=self.years[-1])
        end = self.years.index(year) + 1
        cut = {name: getattr(self, name)[:end] for name in ("births", "deaths", "known")}
        return replace(self, years=self.years[:end], people=self.people[: end + 1], **cut)

    @property
    def exposed(self) -> Array:
        """Mean population of each year, (T, R)."""
        return np.asarray((self.people[:-1] + self.people[1:]) / 2)

    @property
    def net(self) -> Array:
        """Net migration per person and year, (T, R): growth that births and deaths do not explain; nan: not known."""
        moved = np.diff(self.people, axis=0) - self.births + self.deaths
        return np.where(self.known, moved / self.exposed, np.nan)

    @property
    def natural(self) -> Array:
        """Births less deaths per person and year, (T, R)."""
        return np.asarray((self.births - self.deaths) / self.exposed)

    @property
    def strayed(self) -> Array:
        """Net migration rate less the nation's, (T, R), nan: not known."""
        moved = np.diff(self.people, axis=0) - self.births + self.deaths
        nation = moved.sum(axis=1) / self.exposed.sum(axis=1)
        return np.asarray(self.net - nation[:, None])

    @property
    def bearing(self) -> Array:
        """Log of births per person less that of the nation, (T, R)."""
        nation = self.births.sum(axis=1) / self.exposed.sum(axis=1)
        return np.asarray(np.log(self.births / self.exposed) - np.log(nation)[:, None])

    def fit(self) -> tuple[AR1Process, AR1Process]:
        """Deviations of net migration rates and of the log of births from the nation, one variance per region."""
        return fit_wander(self.strayed), fit_wander(self.bearing)


def last_known(values: Array, years: int) -> Array:
    """Mean of the last `years` known values of each region, (R,), of (T, R), nan: not known.

    Examples
    --------
    >>> last_known(np.array([[1.0, 5.0], [2.0, 6.0], [np.nan, 8.0]]), 2).tolist()
    [1.5, 7.0]
    """
    return np.array([column[np.isfinite(column)][-years:].mean() for column in values.T])
