"""Life tables, abridged (0, 1-4, 5-9, ...) and by single years, and the survival ratios they give.

All functions take death rates per person-year of shape (..., ages) and work on all leading axes at
once. Person-years per death: age 0 after Andreev and Kingkade (2015), Demographic Research 33:363;
ages 1-4 after Coale and Demeny (1983); 5-14 one half; other ages of an abridged table by the cubic rule of Greville
(1943) as the United Nations apply it: a = 2.5 - 25/12 (m - k), k = 0.1 ln(m of the next group / m of the one before),
from 45 on at least 0.97; the group before the open one, whose next is no group of five years, has the k of the one
before it (the C engine of MortCast and bayesPop, Sevcikova and others 2016). Where a neighbour has no deaths, k is 0.
Single years one half. The last age is open.

The chance of dying n m / (1 + (n - a) m) exceeds 1 where a m > 1, which no population has: it is set to 1, so that
nobody reaches the next age, and `LifeTable.certain` says where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
SEXES = ("female", "male")
SHORTEST = 5.0  # years of life at birth: below any famine (7.3, men of Ukraine in 1933; Vallin and others 2002)
GROWN = 20.0
MOST, OLDEST = 2.0, 90.0  # single years: a chance of dying above one; models extrapolate beyond it at the oldest
_INFANT = {
    "female": ((0.01724, 0.14903, -2.05527), (0.06891, 0.04667, 3.88089), (np.inf, 0.31411, 0.0)),
    "male": ((0.02300, 0.14929, -1.99545), (0.08307, 0.02832, 3.26021), (np.inf, 0.29915, 0.0)),
}
_CHILD = {"female": ((1.522, -1.518), 1.361), "male": ((1.651, -2.816), 1.352)}


@dataclass(frozen=True, kw_only=True)
class LifeTable:
    """Columns of life tables, (..., ages), radix 1: ages at start, m, a, q, l, d, L, T, e.

    `certain` (..., ages): where n m / (1 + (n - a) m) was above 1, and q was set to 1.
    """

    ages: Array
    m: Array
    a: Array
    q: Array
    l: Array  # noqa: E741
    d: Array
    L: Array
    T: Array
    e: Array
    certain: NDArray[np.bool_]


def refuse_high_rates(m: Array, ages: Array) -> None:
    """Refuse death rates (ages) above 2 per person-year at `ages` below 90: they are per 1,000 or per 100,000.

    Raises
    ------
    BadInput
        Names the age and the rate.

    Examples
    --------
    >>> refuse_high_rates(np.array([0.02, 0.001, 2.4]), np.array([0.0, 1.0, 95.0]))
    """
    high = (m > MOST) & (ages < OLDEST)
    if high.any():
        place = int(np.argmax(high))
        raise BadInput("mortality.high_rate", age=f"{ages[place]:g}", value=f"{m[place]:g}", most=f"{MOST:g}")


def infant_years(m0: Array, sex: str) -> Array:
    """Years lived in the first year by those who die in it (Andreev and Kingkade 2015, table 4-2).

    `m0` (...) deaths per person-year at age 0, `sex` female or male; years between 0 and 1, (...).

    Examples
    --------
    >>> round(float(infant_years(np.array(0.01), "male")), 4)
    0.1293
    """
    found = np.zeros_like(m0)
    done = np.zeros(m0.shape, dtype=bool)
    for limit, level, slope in _INFANT[sex]:
        here = (m0 < limit) & ~done
        found = np.where(here, level + slope * m0, found)
        done |= here
    return found


def _years_lived(m: Array, ages: Array, sex: str) -> Array:
    """Mean years lived in each age by those who die in it."""
    widths = np.diff(ages)
    a = np.zeros_like(m)
    a[..., :-1] = widths / 2
    a[..., 0] = infant_years(m[..., 0], sex) if widths[0] == 1 else widths[0] / 2
    if len(widths) > 1 and widths[0] == 1 and widths[1] == 4:
        (level, slope), high = _CHILD[sex]
        a[..., 1] = np.where(m[..., 0] < 0.107, level + slope * m[..., 0], high)
    k = np.zeros_like(m[..., 0])
    for i in np.flatnonzero(widths == 5):
        if ages[i] < 15 or widths[i - 1] != 5:
            continue
        if i + 2 < len(ages):
            k = 0.1 * _log_ratio(m[..., i + 1], m[..., i - 1])
        rule = 2.5 - (25 / 12) * (m[..., i] - k)
        a[..., i] = np.maximum(rule, 0.97) if ages[i] >= 45 else rule
    a[..., -1] = 1 / np.maximum(m[..., -1], 1e-300)
    return a


def _log_ratio(above: Array, below: Array) -> Array:
    """ln(above / below), 0 where either is 0 and says nothing of the slope."""
    both = (above > 0) & (below > 0)
    return np.asarray(np.log(np.where(both, above, 1.0) / np.where(both, below, 1.0)))


def life_table(m: Array, ages: Array, sex: str) -> LifeTable:
    """Life tables from death rates.

    `ages` are starts of the age groups, the last open.

    Examples
    --------
    >>> table = life_table(np.full((1, 101), 0.02), np.arange(101.0), "female")
    >>> round(float(table.e[0, 30]), 1)
    50.0
    """
    m = np.asarray(m, dtype=np.float64)
    widths = np.diff(ages)
    a = _years_lived(m, ages, sex)
    q = np.ones_like(m)
    q[..., :-1] = widths * m[..., :-1] / (1 + (widths - a[..., :-1]) * m[..., :-1])
    certain = q > 1
    q = np.minimum(q, 1.0)
    survivors = np.ones_like(m)
    survivors[..., 1:] = np.cumprod(1 - q[..., :-1], axis=-1)
    deaths = survivors * q
    lived = np.empty_like(m)
    lived[..., :-1] = widths * survivors[..., 1:] + a[..., :-1] * deaths[..., :-1]
    lived[..., -1] = survivors[..., -1] * a[..., -1]
    above = np.flip(np.cumsum(np.flip(lived, -1), axis=-1), -1)
    expect = np.divide(above, survivors, out=np.zeros_like(above), where=survivors > 0)
    return LifeTable(
        ages=np.asarray(ages, dtype=np.float64), m=m, a=a, q=q, l=survivors, d=deaths, L=lived, T=above, e=expect,
        certain=certain,
    )  # fmt: skip


def refuse_short_life(table: LifeTable) -> None:
    """Refuse life tables (..., ages) with a life expectancy at birth below 5 years: their rates are no rates.

    Tables whose open age begins before 20 are not judged: a part of a table says little.

    Raises
    ------
    BadInput
        Names the life expectancy.

    Examples
    --------
    >>> refuse_short_life(life_table(np.full(101, 0.02), np.arange(101.0), "female"))
    """
    least = float(table.e[..., 0].min())
    if least < SHORTEST and table.ages[-1] >= GROWN:
        raise BadInput("mortality.short_life", value=f"{least:.2g}", least=f"{SHORTEST:g}")


def certain_ages(table: LifeTable) -> str:
    """Ages at which a chance of dying above 1 was set to 1, as a sentence names them; empty where there is none.

    Examples
    --------
    >>> certain_ages(life_table(np.array([0.02, 2.5, 0.5]), np.arange(3.0), "male"))
    '1'
    """
    places = np.flatnonzero(table.certain.reshape(-1, len(table.ages)).any(axis=0))
    return ", ".join(f"{age:g}" for age in table.ages[places])


def survival_ratios(table: LifeTable, width: int = 5) -> Array:
    """Survival ratios of `width`-year groups over `width` years, (..., groups).

    The first is from births to the first group, the next from the first group to the second, the last
    from the two last groups together to the open one. Abridged ages 0 and 1-4 are joined.
    """
    lived, ages = table.L, table.ages
    if width == 5 and ages[1] == 1:
        lived = np.concatenate([lived[..., :1] + lived[..., 1:2], lived[..., 2:]], axis=-1)
    ratio = np.empty_like(lived)
    ratio[..., 0] = lived[..., 0] / width
    ratio[..., 1:-1] = lived[..., 1:-1] / lived[..., :-2]
    ratio[..., -1] = lived[..., -1] / (lived[..., -1] + lived[..., -2])
    return np.asarray(ratio)


def expectation_error(table: LifeTable, deaths: Array) -> Array:
    """Standard error of life expectancy at each age from numbers of deaths (Chiang 1984, The Life Table, ch. 8).

    var e_x = sum over ages y >= x of (l_y / l_x)^2 (e_{y+n} + n - a_y)^2 var q_y, var q = q^2 (1 - q) / D.
    """
    variance = np.divide(table.q**2 * (1 - table.q), deaths, out=np.zeros_like(table.q), where=deaths > 0)
    width = np.append(np.diff(table.ages), 0.0)
    later = np.concatenate([table.e[..., 1:], np.zeros_like(table.e[..., :1])], axis=-1)
    term = (table.l**2) * (later + width - table.a) ** 2 * variance
    term[..., -1] = 0
    total = np.flip(np.cumsum(np.flip(term, -1), axis=-1), -1)
    return np.asarray(np.sqrt(np.divide(total, table.l**2, out=np.zeros_like(total), where=table.l > 0)))
