"""Births, deaths, immigration and schooling of a year: the rates of the regional projection, handed to both engines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.multiregional.step import Drivers, Tables, year_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class VitalYear:
    """One year: `survival` (R, G, 2, A) to the age at the end, `fertility` (R, G, A) births per woman, `sex_ratio`.

    `arriving` (R, G, 2, A): immigrants of half a year, persons; they come at the start and again at the end. `mixing`
    (G, G): group of the mother x group of the child, rows sum to 1.
    """

    survival: Array
    fertility: Array
    arriving: Array
    sex_ratio: float
    mixing: Array

    @cached_property
    def came(self) -> Array:
        """Immigrants of half a year, (R, G)."""
        return np.asarray(self.arriving.sum(axis=(2, 3)))

    @cached_property
    def borne(self) -> Array:
        """Births to the women who come at the end of the year, (R, G)."""
        return np.asarray((self.fertility * self.arriving[:, :, 0])[..., 1:].sum(axis=2) / 2)

    @cached_property
    def fertile(self) -> tuple[int, int]:
        """The first age with births, and the age after the last."""
        ages = np.flatnonzero(self.fertility.any(axis=(0, 1)))
        return (int(ages[0]), int(ages[-1]) + 1) if len(ages) else (0, 0)


def vital_years(tables: Tables, drivers: Drivers, draw: int = 0) -> tuple[VitalYear, ...]:
    """The years of one draw of the regional projection, as rates and counts by cell.

    Raises
    ------
    ValueError
        The tables let people change their group, which the chain does not follow.

    """
    if tables.change_ages:
        raise ValueError("people change their group on reaching an age: the chain does not follow it")
    found = []
    for t in range(drivers.fertility.shape[1]):
        year = year_of(tables, drivers, draw, t)
        found.append(
            VitalYear(
                np.ascontiguousarray(np.broadcast_to(year.survival, tables.emigration.shape)),
                np.ascontiguousarray(tables.fertility * year.fertility[..., None]),
                np.ascontiguousarray(tables.immigration * (0.5 * year.immigration)[..., None, None]),
                year.sex_ratio,
                tables.mixing,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Schooling:
    """Chances to gain the next level of education on reaching an age: `ages` (K,), `gained` (K, 2) by sex.

    `newcomers` (E, 2, A): levels of education of immigrants, sums over E are 1.
    """

    ages: NDArray[np.int64]
    gained: Array
    newcomers: Array

    @staticmethod
    def none(ages: int) -> Schooling:
        """One level of education, and nobody learns."""
        return Schooling(np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.ones((1, 2, ages)))
