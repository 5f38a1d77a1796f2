"""The cohort-component step of several regions with rates of moves between them: constant hazards along each cohort.

Populations are (..., R, 2, A): region, sex (female, male), age groups of `width` years, the last open. Matrices stand
origin x destination. A cohort that ends a step in age group x dies at -ln s(x) / n a year in each region and moves at
the mean of the rates of its two age groups; where it is after n years is exp(n G), and the years that it lived in each
region are the integral of exp(t G), so that deaths and moves are rates times years lived and every account closes
(Rogers 1995, Multiregional Demography, ch. 4; van Imhoff 1990, The exponential multidimensional demographic projection
model, Mathematical Population Studies 2:171). Children are born evenly over the step. Without moves the step is that of
`cohorts.component`, whose timing of net migration and whose births it has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from qonys.kernels.cohorts.component import EVEN

Array = NDArray[np.float64]
_LEAST = 1e-12  # of a survival ratio, so that its logarithm exists
_NEWTON = 40


@dataclass(frozen=True)
class RegionalTransitions:
    """A step of each cohort by the region in which it begins: where it is, years lived, and the rates that act on it.

    `places` and `years` (..., 2, A + 1, R, R), row of the region at the start; `deaths` (..., 2, A + 1, R) and `moves`
    (..., 2, A + 1, R, R) rates a year. Along the cohorts: 0 those born in the step, x those who reach group x, A those
    who were in the open age already.
    """

    places: Array
    years: Array
    deaths: Array
    moves: Array


def transitions(survival: Array, moves: Array, width: int = 1) -> RegionalTransitions:
    """What survival to each end age, (..., R, 2, A), and moves a year, (..., 2, A, R, R), do to each cohort in a step.

    The diagonal of `moves` is not read.

    Examples
    --------
    >>> survival, moves = np.full((2, 2, 3), 0.9), np.zeros((2, 3, 2, 2))
    >>> transitions(survival, moves).places[0, 1].round(6).tolist()
    [[0.9, 0.0], [0.0, 0.9]]
    """
    regions = moves.shape[-1]
    away = moves * (1 - np.eye(regions))
    whole = np.moveaxis(np.clip(survival, _LEAST, 1.0), -3, -1)
    hazard = -np.log(whole) / width
    hazard[..., 0, :] = _infant_hazard(whole[..., 0, :]) / width
    dying = np.concatenate([hazard, hazard[..., -1:, :]], axis=-2)
    moving = np.concatenate(
        [away[..., :1, :, :], (away[..., 1:, :, :] + away[..., :-1, :, :]) / 2, away[..., -1:, :, :]], axis=-3
    )
    shape = np.broadcast_shapes(dying.shape[:-1], moving.shape[:-2])
    dying = np.broadcast_to(dying, (*shape, regions))
    moving = np.broadcast_to(moving, (*shape, regions, regions))
    generator = moving - np.eye(regions) * (dying + moving.sum(axis=-1))[..., None]
    one, none = np.broadcast_to(np.eye(regions), generator.shape), np.zeros_like(generator)
    block = np.block([[generator, one, none], [none, none, one], [none, none, none]])
    done = expm(width * block)
    places, years, twice = (np.array(done[..., :regions, i * regions : (i + 1) * regions]) for i in range(3))
    places[..., 0, :, :], years[..., 0, :, :] = years[..., 0, :, :] / width, twice[..., 0, :, :] / width
    return RegionalTransitions(places, years, dying, moving)


def _infant_hazard(survival: Array) -> Array:
    """The hazard times the step under which births spread evenly over it survive so: (1 - exp(-y)) / y = s."""
    y = 2 * (1 - survival)
    for _ in range(_NEWTON):
        safe = np.maximum(y, 1e-9)
        value = -np.expm1(-safe) / safe
        slope = (np.exp(-safe) - value) / safe
        y = np.maximum(safe - (value - survival) / slope, 0.0)
    return np.where(survival >= 1, 0.0, y)


@dataclass(frozen=True)
class RegionalStep:
    """One step: the new population (..., R, 2, A), births (..., R, 2), and events by age at the end of the step.

    `deaths` (..., R, 2, A) where they occur, `moves` (..., R, R, 2, A) origin x destination, `migrants` (..., R, 2, A)
    net from outside as applied; `clipped` persons by which departures to the outside exceeded the population.
    """

    population: Array
    births: Array
    deaths: Array
    moves: Array
    migrants: Array
    clipped: Array


def step(
    population: Array,
    change: RegionalTransitions,
    fertility: Array,
    sex_ratio: float,
    migrants: Array,
    width: int = 1,
    timing: str = EVEN,
) -> RegionalStep:
    """The population (..., R, 2, A) one age-group width later.

    `fertility` (..., R, A) births per woman and year, `sex_ratio` males per female at birth, `migrants` (..., R, 2, A)
    net from outside all regions, by age at the end.
    """
    early = migrants / 2 if timing == EVEN else np.zeros_like(migrants)
    start = population + early
    cohorts = np.concatenate([np.zeros_like(start[..., :1]), start], axis=-1)
    later = _arrived(cohorts, change.places)
    women = start[..., 0, :] / 2
    women[..., 1:] += (later + early)[..., 0, 1:] / 2
    born = width * (fertility * women).sum(axis=-1)
    girls = born / (1 + sex_ratio)
    births = np.stack([girls, born - girls], axis=-1)
    cohorts[..., 0] = births
    later = _arrived(cohorts, change.places)
    lived = np.einsum("...rsa,...sarq->...qsa", cohorts, change.years)
    deaths = _joined(lived * np.moveaxis(change.deaths, -1, -3))
    moves = _joined(np.einsum("...rsa,...sarq->...rqsa", lived, change.moves))
    end = later + (early if timing == EVEN else migrants)
    clipped = np.maximum(-end, 0)
    return RegionalStep(np.maximum(end, 0), births, deaths, moves, migrants + clipped, clipped)


def _arrived(cohorts: Array, places: Array) -> Array:
    return _joined(np.einsum("...rsa,...sarq->...qsa", cohorts, places))


def _joined(cohorts: Array) -> Array:
    """The two cohorts that end in the open age together."""
    found = cohorts[..., :-1].copy()
    found[..., -1] += cohorts[..., -1]
    return found
