"""The balancing equation and the standard error of its residual.

All functions take arrays of one shape (or scalars) and return arrays of that shape. Populations
are persons at an instant; births, deaths and migration are events of the interval between.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _array(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64)


def residual_migration(start: ArrayLike, end: ArrayLike, births: ArrayLike, deaths: ArrayLike) -> Array:
    """Net migration as the residual N = P(t+n) - P(t) - (B - D), persons.

    Source: United Nations (1970), Manual VI, chapter I; Siegel and Swanson (2004), chapter 19.
    Assumes: births and deaths completely registered, both counts equally complete.

    Examples
    --------
    >>> residual_migration(16199100, 14953100, 2799573, 1558388).item()
    -2487185.0
    """
    return _array(end) - _array(start) - (_array(births) - _array(deaths))


def residual_error(start: ArrayLike, end: ArrayLike, natural: ArrayLike) -> Array:
    """Standard error of the residual from the standard errors of its three parts, persons.

    var(N) = var(P1) + var(P0) + var(B - D), the parts taken as independent. Arguments are standard errors, persons, of
    one shape or scalars; the result has that shape. Source: Joint Committee for Guides in Metrology (2008), 5.1.2.

    Examples
    --------
    >>> residual_error(3.0, 4.0, 12.0).item()
    13.0
    """
    variance: Array = _array(start) ** 2 + _array(end) ** 2 + _array(natural) ** 2
    return np.asarray(np.sqrt(variance))


def offset_ratio(natural: ArrayLike, migration: ArrayLike) -> Array:
    """Share of natural increase offset by net migration, -N / (B - D); negative if net migration is positive.

    Both are persons over the same interval, of one shape or scalars; dimensionless, of that shape. Values are not
    bounded: above 1 the population declines. Natural increase of zero gives nan.

    Examples
    --------
    >>> offset_ratio([100.0, 100.0], [-28.0, 10.0]).tolist()
    [0.28, -0.1]
    """
    increase, balance = _array(natural), _array(migration)
    empty: Array = np.full(np.broadcast_shapes(increase.shape, balance.shape), np.nan)
    ratio: Array = np.divide(-balance, increase, out=empty, where=increase != 0)
    return ratio


def offset_error(growth: ArrayLike, growth_sd: ArrayLike, natural: ArrayLike, natural_sd: ArrayLike) -> Array:
    """Standard error of `offset_ratio` when migration is the residual of the same figures.

    The ratio is then 1 - G / (B - D) with G = P(t+n) - P(t), so that the error of natural
    increase enters once (delta method): var = var(G)/nat^2 + G^2 var(nat)/nat^4. Natural increase of zero gives nan.
    Growth, natural increase and their standard errors in persons, of one shape or scalars; dimensionless, of that
    shape. Source: Joint Committee for Guides in Metrology (2008), 5.1.2.

    Examples
    --------
    >>> offset_error(20.0, 3.0, 100.0, 20.0).item()
    0.05
    """
    growth, natural = _array(growth), _array(natural)
    natural = np.where(natural == 0, np.nan, natural)
    variance: Array = (_array(growth_sd) / natural) ** 2 + (growth * _array(natural_sd) / natural**2) ** 2
    return np.asarray(np.sqrt(variance))


def mid_population(start: ArrayLike, end: ArrayLike) -> Array:
    """Arithmetic mean of the populations at both ends, persons, of their common shape.

    The person-years of an interval divided by its length if the population changes linearly.

    Examples
    --------
    >>> mid_population(1000.0, 1100.0).item()
    1050.0
    """
    return (_array(start) + _array(end)) / 2


def annual_rate(events: ArrayLike, start: ArrayLike, end: ArrayLike, years: ArrayLike) -> Array:
    """Events per 1,000 person-years, with mid-period population times years as exposure.

    `events` of the interval, `start` and `end` persons, `years` its length; scalars or of one shape, that of the
    result. Source: Preston, Heuveline and Guillot (2001), Demography, section 1.4 (linear exposure).

    Examples
    --------
    >>> annual_rate(105.0, 1000.0, 1100.0, 5.0).item()
    20.0
    """
    return 1000 * _array(events) / (mid_population(start, end) * _array(years))


def interval_of_two(first: ArrayLike, second: ArrayLike) -> Array:
    """Standard deviation of a quantity known only to lie between two reported values.

    Uniform between the two: ``abs(a - b) / sqrt(12)``. Source: Joint Committee for Guides in Metrology
    (2008), Guide to the expression of uncertainty in measurement, 4.3.7.

    Examples
    --------
    >>> round(interval_of_two(0.0, 12.0).item(), 4)
    3.4641
    """
    return np.asarray(np.abs(_array(first) - _array(second)) / np.sqrt(12))
