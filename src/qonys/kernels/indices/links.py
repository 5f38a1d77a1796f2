"""Indices of the Russian school: intensity of migration ties, effectiveness of exchange, retention of newcomers.

Tables are as in `qonys.kernels.indices.intensity`: origin in rows, destination in columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.indices.intensity import between, divide

Array = NDArray[np.float64]
BASES = ("others", "all", "flows")


def link_intensity(flows: ArrayLike, population: ArrayLike | None, by: str = "arrivals", base: str = "others") -> Array:
    """Coefficient of intensity of migration ties (КИМС) of each pair; shape (..., n, n), diagonal nan.

    By `arrivals`: share of origin i in all who arrive in j, over the share of i in a base; by
    `departures`: share of destination j in all who leave i, over the share of j in a base. Bases:
    `others`, the population of all regions but the one whose migrants are shared out; `all`, the
    population of all regions; `flows`, all departures (or arrivals) but those of that region, so that
    only the choice of partner is left (`population` may then be None). 1 is an average tie; above 1
    the tie is closer than size explains. With base `others` the mean of a column (by arrivals) or row
    (by departures), weighted by the base, is exactly 1.

    Source: the coefficient is due to L. L. Rybakovsky; see Рыбаковский Л. Л., Кожевникова Н. И.,
    Савинков В. И. (2019), Межрайонные миграционные связи, их особенности и измерение, DOI
    10.24411/1999-9836-2019-10070, and Рыбаковский О. Л. (2009), Миграция населения между регионами:
    совершенствование методологии анализа. The ratio of shares is given from the definition; the
    printed formulas could not be compared, and the names of the bases are ours.

    Examples
    --------
    >>> link_intensity([[0, 10, 30], [5, 0, 10], [5, 30, 0]], [100, 100, 300])[2, 1].item()
    1.0
    """
    moves = between(flows)
    if by == "departures":
        share = divide(moves, moves.sum(axis=-1, keepdims=True))
    else:
        share = divide(moves, moves.sum(axis=-2, keepdims=True))
    return divide(share, link_base(moves, population, by, base))


def link_base(flows: ArrayLike, population: ArrayLike | None, by: str = "arrivals", base: str = "others") -> Array:
    """Share expected of each pair in `link_intensity`; shape (..., n, n), diagonal nan.

    `flows` (..., n, n), `population` (..., n) persons, or None for base `flows`.

    Raises
    ------
    BadInput
        An unknown `by` or `base`, or none of the population that a base needs.

    Examples
    --------
    >>> link_base([[0, 10, 30], [5, 0, 10], [5, 30, 0]], [100, 100, 300])[2, 1].item()
    0.75
    """
    if by not in ("arrivals", "departures"):
        raise BadInput("indicators.choice", option="by", value=by, known="arrivals, departures")
    if base not in BASES:
        raise BadInput("indicators.choice", option="base", value=base, known=", ".join(BASES))
    moves = between(flows)
    if by == "departures":
        return np.swapaxes(link_base(np.swapaxes(moves, -1, -2), population, "arrivals", base), -1, -2)
    n = moves.shape[-1]
    if base == "flows":
        left = np.where(np.eye(n, dtype=bool), 0.0, moves.sum(axis=-1)[..., :, None] - moves)
        size = divide(left, left.sum(axis=-2, keepdims=True))
    else:
        if population is None:
            raise BadInput("indicators.needs_population", indicator="kims")
        people = np.asarray(population, np.float64)
        total = people.sum(axis=-1)[..., None]
        whole = total - people if base == "others" else np.broadcast_to(total, people.shape)
        size = divide(people[..., :, None], whole[..., None, :])
    return np.where(np.eye(n, dtype=bool), np.nan, size)


def departures_per_1000(arrivals: ArrayLike, departures: ArrayLike) -> Array:
    """Coefficient of results of exchange (результативность): departures per 1,000 arrivals.

    Under 1,000 the region gains. Source: usage of Soviet and Russian migration statistics; the other
    published form is net over turnover, `qonys.kernels.indices.intensity.effectiveness`.

    Examples
    --------
    >>> departures_per_1000(200, 150).item()
    750.0
    """
    return 1000 * divide(departures, arrivals)


def settled_share(remaining: ArrayLike, arrived: ArrayLike) -> Array:
    """Retention of newcomers (приживаемость): share of a cohort of arrivals still resident after n years.

    Both are persons of the same cohort, followed in a register, of one shape or scalars; nan where nobody arrived.
    Deaths count as not remaining; give `settled_share_census` a survival to take them out.

    Examples
    --------
    >>> settled_share(80, 100).item()
    0.8
    """
    return divide(remaining, arrived)


def settled_share_census(counted: ArrayLike, arrivals: ArrayLike, survival: ArrayLike = 1.0) -> Array:
    """Retention from a census: persons enumerated by year of arrival over surviving arrivals of that year.

    `arrivals` are the registered arrivals of the years in which the counted came, `survival` the
    probability to live from arrival to the census. Above 1 says that the registration is incomplete
    (or that one person came twice): nothing is cut off. Arguments of one shape or scalars; the result has that shape.

    Examples
    --------
    >>> settled_share_census(72, 100, 0.9).item()
    0.8
    """
    return divide(counted, np.asarray(arrivals, np.float64) * np.asarray(survival, np.float64))
