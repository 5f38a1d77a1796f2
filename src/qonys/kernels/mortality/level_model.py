"""Death rates at any life expectancy from a country's own history of rates: a one-parameter family by sex.

ln m_x as a smooth function of e0: local linear regression over the given tables (Cleveland 1979, Journal of the
American Statistical Association 74:829), a free form of the log-linear families of Lee and Carter (1992)
and of the model life tables by level. Beyond the tables the slope of the nearest ones goes on. Rates at
single ages by a monotone spline of ln m through the middles of the groups. Assumes: the age pattern
at a level is that of the tables near it, whenever they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.mortality.life_tables import life_table, survival_ratios

Array = NDArray[np.float64]
AGES = np.arange(101.0)
SEXES = ("female", "male")


@dataclass(frozen=True)
class Family:
    """`e0` (G,) evenly spaced; `rates` (2, G, 101) at single ages; `survival` (2, G, 101) to each end age."""

    e0: Array
    rates: Array
    survival: Array


def family(rates: Array, ages: Array, grid: Array, width: float = 2.0) -> Family:
    """The family at the life expectancies of `grid` from abridged tables.

    `rates` (tables, 2, len(ages)) deaths per person-year of females and males at ages 0, 1, 5, ..., the
    last open at 100; `width` years of life expectancy over which tables are weighed (standard deviation).
    Every member's life table has its own life expectancy to 1e-6 years.
    """
    found = np.empty((2, len(grid), len(AGES)))
    for place, sex in enumerate(SEXES):
        single = np.exp(single_year_logs(np.log(rates[:, place]), ages))
        levels = np.asarray(life_table(single, AGES, sex).e[:, 0])
        aim = grid.copy()
        for _ in range(40):
            drawn = np.exp(_local(np.log(single), levels, aim, width))
            lacking = grid - np.asarray(life_table(drawn, AGES, sex).e[:, 0])
            if np.abs(lacking).max() < 1e-7:
                break
            aim = aim + lacking
        found[place] = drawn
    return Family(grid, found, family_survival(found))


def family_survival(rates: Array) -> Array:
    """Survival to each end age of single-year rates (2, G, 101); 0 where nobody reaches an age."""
    with np.errstate(invalid="ignore"):
        return np.stack(
            [np.nan_to_num(survival_ratios(life_table(rates[i], AGES, sex), width=1)) for i, sex in enumerate(SEXES)]
        )


def single_year_logs(logs: Array, ages: Array) -> Array:
    """Log death rates at single ages 0 .. 100 from groups (..., G)."""
    from scipy.interpolate import PchipInterpolator

    ends = np.append(ages[1:], ages[-1] + 1.0)
    middles = np.where(ages == ages[-1], ages[-1] + 0.5, (ages + ends) / 2)
    return np.asarray(PchipInterpolator(middles, logs, axis=-1)(AGES + 0.5))


def _local(logs: Array, levels: Array, at: Array, width: float) -> Array:
    """Local linear regression of logs (tables, A) on `levels` (tables,) at the points `at` (G,), (G, A)."""
    near = np.clip(at, levels.min(), levels.max())
    weights = np.exp(-0.5 * ((levels - near[:, None]) / width) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    centre, mean = weights @ levels, weights @ logs
    apart = levels - centre[:, None]
    spread = (weights * apart**2).sum(axis=1, keepdims=True)
    slope = np.divide((weights * apart) @ logs, spread, out=np.zeros_like(mean), where=spread > 0)
    return np.asarray(mean + slope * (at - centre)[:, None])


def at_level(family: Family, table: Array, e0: Array) -> Array:
    """`table` (2, G, A) of the family at life expectancies `e0` (..., 2), (..., 2, A)."""
    place = np.clip((e0 - family.e0[0]) / (family.e0[1] - family.e0[0]), 0, len(family.e0) - 1.001)
    low = place.astype(np.int64)
    part = (place - low)[..., None]
    sexes = np.arange(2)
    return np.asarray((1 - part) * table[sexes, low] + part * table[sexes, low + 1])
