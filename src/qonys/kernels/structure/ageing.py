"""Measures of the age structure from populations by sex and single years of age.

Populations are (..., 2, A): any leading axes (draw, time, region), sex (female, male), and ages 0, 1, ... A - 1
with the last open; persons. Results are (...). People of a single year are spread evenly over it; of those in the
open age nothing more is known, so a measure that would have to part them is not a number. A ratio of which the
lower part is empty is not a number either.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
WORKING = (20, 65)


def _ratio(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0))


def between(population: Array, low: int, high: int | None = None) -> Array:
    """Persons of ages low <= x < high (None: and older), both sexes, (...).

    Raises
    ------
    ValueError
        Ages out of order or beyond the start of the open age.

    Examples
    --------
    >>> float(between(np.ones((2, 101)), 15, 65))
    100.0
    """
    last = population.shape[-1] - 1
    if not 0 <= low <= last or (high is not None and not low <= high <= last):
        raise ValueError(f"ages {low} to {high} do not lie in order within 0 to {last}")
    return np.asarray(population[..., low:high].sum(axis=(-2, -1)))


def child_dependency(population: Array, working: tuple[int, int] = WORKING) -> Array:
    """Persons below working age per person of working age, low <= x < high, (...).

    Examples
    --------
    >>> round(float(child_dependency(np.ones((2, 101)), (20, 65))), 6)
    0.444444
    """
    return _ratio(between(population, 0, working[0]), between(population, *working))


def old_dependency(population: Array, working: tuple[int, int] = WORKING) -> Array:
    """Persons above working age per person of working age, low <= x < high, (...).

    Examples
    --------
    >>> float(old_dependency(np.ones((2, 101)), (20, 65)))
    0.8
    """
    return _ratio(between(population, working[1]), between(population, *working))


def total_dependency(population: Array, working: tuple[int, int] = WORKING) -> Array:
    """Persons below and above working age per person of working age, (...): the sum of the other two ratios.

    Examples
    --------
    >>> round(float(total_dependency(np.ones((2, 101)), (20, 65))), 6)
    1.244444
    """
    inside = between(population, *working)
    return _ratio(between(population, 0) - inside, inside)


def potential_support(population: Array, working: tuple[int, int] = WORKING) -> Array:
    """Persons of working age per person above it, (...): the potential support ratio (United Nations 2000).

    Examples
    --------
    >>> float(potential_support(np.ones((2, 101)), (20, 65)))
    1.25
    """
    return _ratio(between(population, *working), between(population, working[1]))


def median_age(population: Array) -> Array:
    """Age in years that divides the population into two equal parts, (...); nan inside the open age group.

    Examples
    --------
    >>> float(median_age(np.ones((2, 81))))
    40.5
    """
    both = population.sum(axis=-2)
    below = np.cumsum(both, axis=-1)
    half = below[..., -1:] / 2
    place = np.minimum((below < half).sum(axis=-1, keepdims=True), both.shape[-1] - 1)
    inside = np.take_along_axis(both, place, axis=-1)
    over = np.take_along_axis(below, place, axis=-1) - half
    found = place + 1 - _ratio(over, inside)
    return np.asarray(np.where(place < both.shape[-1] - 1, found, np.nan)[..., 0])


def median_of_groups(groups: Array, width: int = 5) -> Array:
    """Median age, years (...), from age groups of `width` years (..., n), linear interpolation within the group."""
    total = groups.cumsum(axis=-1)
    half = total[..., -1:] / 2
    place = (total < half).sum(axis=-1, keepdims=True)
    before = np.take_along_axis(np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1), place, axis=-1)
    inside = np.take_along_axis(groups, place, axis=-1)
    return np.asarray((width * (place + (half - before) / inside))[..., 0])


def mean_age(population: Array, open_years: float = 2.0) -> Array:
    """Mean age, years, (...); the open age group is assumed `open_years` above its start, others at x + 1/2.

    Examples
    --------
    >>> float(mean_age(np.ones((2, 4)), open_years=0.5))
    2.0
    """
    ages = np.arange(population.shape[-1]) + 0.5
    ages[-1] += open_years - 0.5
    both = population.sum(axis=-2)
    return _ratio(both @ ages, both.sum(axis=-1))


def persons_above(population: Array, age: ArrayLike) -> Array:
    """Persons at or above an age, which may lie inside a year, of each sex, (..., 2).

    `age` broadcasts against (..., 2): for one age of both sexes in each cell give `age[..., None]`. Not a
    number for ages that are negative, not a number, or inside the open age.

    Examples
    --------
    >>> persons_above(np.ones((2, 101)), 64.5).tolist()
    [36.5, 36.5]
    """
    wanted = np.asarray(age, dtype=np.float64)
    last = population.shape[-1] - 1
    known = (wanted >= 0) & (wanted <= last)
    year = np.where(known, np.floor(np.where(known, wanted, 0)), 0).astype(np.int64)
    above = np.flip(np.cumsum(np.flip(population, -1), axis=-1), -1)
    shape = np.broadcast_shapes(population.shape[:-1], year.shape)
    place = np.broadcast_to(year, shape)[..., None]
    wide = (*shape, last + 1)
    from_year = np.take_along_axis(np.broadcast_to(above, wide), place, axis=-1)[..., 0]
    inside = np.take_along_axis(np.broadcast_to(population, wide), place, axis=-1)[..., 0]
    part = np.where(known, wanted, 0) - year
    return np.asarray(np.where(known, from_year - part * inside, np.nan))


def prospective_age(expectation: Array, ages: Array | None = None, remaining: float = 15.0) -> Array:
    """Age at which the remaining life expectancy is `remaining` years: the prospective old-age threshold.

    `expectation` (..., A) years at `ages` (A,) (single years from 0 if None), straight between them; the oldest
    such age is taken. Not a number where it lies beyond the last age or is never reached. Sanderson and
    Scherbov (2010), Science 329:1287.

    Examples
    --------
    >>> float(prospective_age(80.0 - np.arange(81.0)))
    65.0
    """
    years = np.arange(expectation.shape[-1], dtype=np.float64) if ages is None else np.asarray(ages, dtype=np.float64)
    reached = expectation >= remaining
    last = reached.shape[-1] - 1 - np.argmax(np.flip(reached, -1), axis=-1)
    known = reached.any(axis=-1) & (last < reached.shape[-1] - 1)
    place = np.where(known, last, 0)
    here = np.take_along_axis(expectation, place[..., None], axis=-1)[..., 0]
    after = np.take_along_axis(expectation, place[..., None] + 1, axis=-1)[..., 0]
    part = np.divide(here - remaining, here - after, out=np.full(place.shape, np.nan), where=known)
    return np.asarray(years[place] + part * (years[place + 1] - years[place]))


def prospective_dependency(population: Array, threshold: ArrayLike, start: int = WORKING[0]) -> Array:
    """Persons at or above the prospective threshold for one from age `start` to it, (...).

    `threshold` as `age` of `persons_above`. Sanderson and Scherbov (2010), who start at 20.
    """
    old = persons_above(population, threshold).sum(axis=-1)
    grown = between(population, start)
    return _ratio(old, np.where(np.isnan(old), np.nan, grown - old))
