"""What every process of a projection offers, and three processes that are made of others or of given paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
Draws = int | tuple[int, int]


class Process(Protocol):
    """A process of fertility, longevity or net migration that has been fitted to, or given for, some countries.

    Whatever has these members can take part in a projection; `registry.PROCESSES` lists those that can be named.
    """

    @property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries whose paths can be drawn."""

    @property
    def last_year(self) -> int:
        """Last year of the data; the paths begin in the year after it."""

    @property
    def rhat(self) -> float:
        """Greatest split R-hat of the unknowns (nan: nothing was fitted)."""

    def paths(self, country: str, horizon: int, draws: Draws, seed: int, start: Array | None = None) -> Array:
        """Values of the years after the last, (draws, horizon), in the unit of the process.

        `draws`: a number of draws, or the first and, excluded, the last; draw d depends only on (seed, d), and its
        first years do not depend on the horizon. `start` (draws,): values of the last year in place of the observed
        one, where it is uncertain.
        """


def place_of(country: str, countries: tuple[str, ...]) -> int:
    """Place of a country among those of a process.

    Raises
    ------
    BadInput
        The process does not know the country.

    """
    if country not in countries:
        raise BadInput("projection.country", found=country, known=", ".join(countries))
    return countries.index(country)


@dataclass(frozen=True, kw_only=True)
class FixedPaths:
    """Paths drawn elsewhere: `values` (D, H) of one country, in the unit in which a process gives them."""

    values: Array
    countries: tuple[str, ...]
    last_year: int
    rhat: float = np.nan

    def paths(self, country: str, horizon: int, draws: Draws, seed: int, start: Array | None = None) -> Array:
        """The first years of the given paths, (draws, horizon), in their unit; nothing is drawn.

        Raises
        ------
        BadInput
            Another country, more draws or years than there are, or another last value (`start`).

        """
        place_of(country, self.countries)
        first, last = (0, draws) if isinstance(draws, int) else draws
        if last > len(self.values) or horizon > self.values.shape[1] or start is not None:
            raise BadInput("processes.fixed", draws=len(self.values), years=self.values.shape[1])
        return self.values[first:last, :horizon]


@dataclass(frozen=True, kw_only=True)
class BoundedLifeExpectancy:
    """A process of life expectancy with paths bounded by `limits` (years), for countries with few data.

    A part of the model, stated where it is used: values beyond a limit are set to it.
    """

    process: Process
    limits: tuple[float, float]

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of the process."""
        return self.process.countries

    @property
    def last_year(self) -> int:
        """Last year of the process's data."""
        return self.process.last_year

    @property
    def rhat(self) -> float:
        """Greatest split R-hat of the process."""
        return self.process.rhat

    def paths(self, country: str, horizon: int, draws: Draws, seed: int, start: Array | None = None) -> Array:
        """The paths of the process, (draws, horizon), years of life, truncated at the limits."""
        return np.clip(self.process.paths(country, horizon, draws, seed, start), *self.limits)


class CachedPaths:
    """A process whose drawn paths are kept and given again; they may not be written to."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._paths: dict[tuple[object, ...], Array] = {}

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of the process."""
        return self._process.countries

    @property
    def last_year(self) -> int:
        """Last year of the process's data."""
        return self._process.last_year

    @property
    def rhat(self) -> float:
        """Greatest split R-hat of the process."""
        return self._process.rhat

    def paths(self, country: str, horizon: int, draws: Draws, seed: int, start: Array | None = None) -> Array:
        """The paths of the process, (draws, horizon), in its unit, drawn once and read-only."""
        key = (country, horizon, draws, seed, None if start is None else start.tobytes())
        if key not in self._paths:
            found = self._process.paths(country, horizon, draws, seed, start)
            found.flags.writeable = False
            self._paths[key] = found
        return self._paths[key]
