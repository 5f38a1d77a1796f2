"""What a run of the chain gives: counts by year, whichever engine made them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import Axes
from qonys.kernels.behaviour.chances import STAGES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Outcomes:
    """Persons by year: stocks at its end (the first: the base), events within it.

    `people` (T + 1, R, G, E, B, 3) by stage; `moves` and `returns` (T, R, R, G), origin x destination; `emigrants`
    (T, R, K, G); `movers` (T, R, G, E, B) who left by the chain, inside or abroad, by age at the end of the year;
    `births`, `deaths`, `immigrants` (T, R, G). B: bands of age of the axes.
    """

    axes: Axes
    base_year: int
    people: Array
    moves: Array
    returns: Array
    emigrants: Array
    movers: Array
    births: Array
    deaths: Array
    immigrants: Array

    @property
    def years(self) -> tuple[int, ...]:
        """The base year to the last."""
        return tuple(range(self.base_year, self.base_year + len(self.people)))

    def residual(self) -> float:
        """Largest residual of the account of a region and group, as a share of its population at the start."""
        total = self.people.sum(axis=(3, 4, 5))
        inside = self.moves + self.returns
        change = self.births - self.deaths + self.immigrants - self.emigrants.sum(axis=2)
        change = change + inside.sum(axis=1) - inside.sum(axis=2)
        return float((np.abs(np.diff(total, axis=0) - change) / np.maximum(total[:-1], 1)).max())


def band_of(axes: Axes, ages: int) -> NDArray[np.int64]:
    """Band of each single year of age."""
    return np.searchsorted(np.array(axes.bands), np.arange(ages), side="right") - 1


def by_band(axes: Axes, cells: Array) -> Array:
    """Sums (..., B) of cells by single years of age (..., A)."""
    return np.asarray(np.add.reduceat(cells, np.array(axes.bands), axis=-1))


def stocks(axes: Axes, state: Array) -> Array:
    """People (R, G, E, B, 3) of a state (R, C, 2, 12, A)."""
    shape = (len(axes.regions), len(axes.groups), len(axes.educations))
    by = state.reshape(*shape, 2, STAGES, -1, state.shape[-1]).sum(axis=(3, 5))
    return np.asarray(np.moveaxis(by_band(axes, by), -2, -1))
