"""Death rates by age at any life expectancy: Lee and Carter's model for both sexes together, its pattern rotated.

ln m_xst = a_xs + b_x k_t with b common to the sexes, so that their rates keep their distance by age (Lee and
Carter 1992, Journal of the American Statistical Association 87:659; coherent form of Li and Lee 2005, Demography
42:575). b by singular values of what is left without the means; k is then set so that life expectancy of the
table is the given one, as in modified Lee-Carter of Sevcikova et al. (2016). Rotation after Li, Lee and Gerland (2013,
Demography 50:2037): above a life expectancy of 80 of both sexes b turns towards an ultimate pattern, by
W = (sin(pi / 2 w))^p, w = (e0 - 80) / (102 - 80), p = 1/2: the ultimate b is the mean of b at 15-64 below age 65 and
falls from there as b does. Assumes: the country's own tables span how its ages change; declines do not turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.mortality.level_model import AGES, Family, family_survival, single_year_logs
from qonys.kernels.mortality.life_tables import life_table

Array = NDArray[np.float64]
SEXES = ("female", "male")
START, END, POWER = 80.0, 102.0, 0.5
WORK = (15.0, 65.0)
REACH = 25.0
LEAST = 4


@dataclass(frozen=True)
class LeeCarter:
    """`ages` (A,) starts; `a` (2, A) log rates at the last table or the mean; `b` (A,) and `ultimate` (A,), sum 1;
    `k` (T,) of the tables; `explained`: share of the variation that one index holds.
    """

    ages: Array
    a: Array
    b: Array
    ultimate: Array
    k: Array
    explained: float

    def pattern(self, e0: float) -> Array:
        """The speed of change by age at a life expectancy of both sexes, (A,), sum 1."""
        w = float(np.clip((e0 - START) / (END - START), 0.0, 1.0))
        share = np.sin(np.pi / 2 * w) ** POWER if w > 0 else 0.0
        return np.asarray((1 - share) * self.b + share * self.ultimate)

    def rates(self, e0: tuple[float, float]) -> Array:
        """Death rates of females and males, (2, A), whose life tables have the life expectancies `e0` to 1e-10.

        Raises
        ------
        BadInput
            A life expectancy beyond the reach of the model.

        """
        speed = self.pattern((e0[0] + e0[1]) / 2)
        return np.stack([self._matched(s, e0[s], speed) for s in range(2)])

    def _matched(self, sex: int, target: float, speed: Array) -> Array:
        """Rates of one sex; k by bisection."""

        def off(k: float) -> float:
            table = life_table(np.exp(self.a[sex] + speed * k), self.ages, SEXES[sex])
            return float(table.e[0]) - target

        unit = 1 / float(np.abs(speed).max())
        low, high = -REACH * unit, REACH * unit / 4
        at = off(low), off(high)
        if not at[1] <= 0 <= at[0]:
            low, high = (round(target + one, 1) for one in (at[1], at[0]))
            raise BadInput("processes.life", found=round(target, 2), low=low, high=high)
        for _ in range(200):
            middle = (low + high) / 2
            if off(middle) > 0:
                low = middle
            else:
                high = middle
            if high - low < 1e-13 * unit:
                break
        return np.asarray(np.exp(self.a[sex] + speed * (low + high) / 2))


def fit_lee_carter(rates: Array, ages: Array, last: bool = False) -> LeeCarter:
    """The model from rates (T, 2, A) of females and males by table; `last`: jump off from the last table's rates.

    Raises
    ------
    BadInput
        Fewer than four tables, or a rate of zero.

    """
    if len(rates) < LEAST or not (np.isfinite(rates).all() and (rates > 0).all()):
        raise BadInput("processes.tables", tables=len(rates), need=LEAST)
    logs = np.log(rates)
    mean = logs.mean(axis=0)
    both = (logs - mean).mean(axis=1)
    left, sizes, right = np.linalg.svd(both, full_matrices=False)
    b = np.maximum(right[0] * np.sign(right[0].sum()), 0.0)
    scale = b.sum()
    b = b / scale
    k = left[:, 0] * sizes[0] * np.sign(right[0].sum()) * scale
    explained = float(sizes[0] ** 2 / (sizes**2).sum())
    return LeeCarter(ages, logs[-1] if last else mean, b, ultimate_pattern(b, ages), k, explained)


def ultimate_pattern(b: Array, ages: Array) -> Array:
    """The pattern of a long life: as the mean of 15-64 up to there, falling as b does after; (A,), sum 1."""
    inside = (ages >= WORK[0]) & (ages < WORK[1])
    young = ages < WORK[1]
    level = b[inside].mean()
    edge = b[young][-1]
    found = np.where(young, level, b * (level / edge if edge > 0 else 1.0))
    return np.asarray(found / found.sum())


def lee_carter_family(rates: Array, ages: Array, grid: Array) -> Family:
    """Death rates at single ages by life expectancy, as `level_model.family` gives them, from this model.

    `rates` (tables, 2, len(ages)) deaths per person-year of females and males at ages 0, 1, 5, ..., the last open at
    100, in the order of time; the model starts from the last of them. Each sex turns by its own life expectancy:
    a family knows the level of one sex at a time, so here the mean of both is taken to be that of the one.

    Raises
    ------
    BadInput
        Fewer than four tables, a rate of zero, or a life expectancy of `grid` beyond the reach of the model.

    """
    single = np.exp(np.stack([single_year_logs(np.log(rates[:, place]), ages) for place in range(2)], axis=1))
    model = fit_lee_carter(single, AGES, last=True)
    found = np.stack([model.rates((level, level)) for level in grid], axis=1)
    return Family(grid, found, family_survival(found))
