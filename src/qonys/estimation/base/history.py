"""Ages of regions carried from an early year to the base: births survived, residents survived, migrants by schedule.

Every year the residents of a region grow older and survive with its own life table, its registered births enter,
and the gap to the counted residents of each sex is net migration, spread over ages: those who come by the schedule's
rates on the nation's people, those who go by the schedule's rates on the region's own. After Shryock and Siegel
(1973), The Methods and Materials of Demography, ch. 23 (component methods for areas). Assumes: births and counted
residents without error; the age schedule of net migration does not change over the years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TILT_STEPS = 40
GROWN = 15
FADED = 18


@dataclass(frozen=True)
class HistoricalRecord:
    """What is registered of P regions in T years.

    `people` (T + 1, P, 2) residents at the start of each year and at the end; `births` (T, P, 2); `survival`
    (T, P, 2, A) to each END age; `moved` (T, P): years in which the boundary of a region changed, so that its gap is
    spread as the residents are.
    """

    people: Array
    births: Array
    survival: Array
    moved: NDArray[np.bool_]


def carried(start: Array, record: HistoricalRecord, schedule: Array) -> Array:
    """Ages at the start of every year and at the end, (T + 1, K, P, 2, A), from `start` (K, P, 2, A).

    `schedule` (K, P, 2, A): relative rates of migration by age.
    """
    states = [start]
    for t in range(len(record.births)):
        now = states[-1]
        new = np.empty_like(now)
        new[..., 1:] = now[..., :-1]
        new[..., -1] += now[..., -1]
        new[..., 0] = record.births[t]
        new *= record.survival[t]
        states.append(_met(new, record.people[t + 1], schedule, record.moved[t]))
    return np.stack(states)


def _met(people: Array, target: Array, schedule: Array, moved: NDArray[np.bool_]) -> Array:
    """`people` (K, P, 2, A) with net migrants that bring it to `target` (P, 2).

    Children move with families, not by sex: those of a region keep their sexes' shares, and the grown make up the gap.
    """
    difference = target - people.sum(axis=-1)
    going = np.where(moved[:, None, None], people, schedule * people)
    coming = np.where(moved[:, None, None], people, schedule * people.sum(axis=1, keepdims=True))
    shape = np.where(difference[..., None] < 0, going, coming)
    change = difference[..., None] * shape / shape.sum(axis=-1, keepdims=True)
    young = people[..., :GROWN]
    children = change[..., :GROWN].sum(axis=-2, keepdims=True) * young / young.sum(axis=-2, keepdims=True)
    grown = shape[..., GROWN:] / shape[..., GROWN:].sum(axis=-1, keepdims=True)
    rest = (difference - children.sum(axis=-1))[..., None]
    return np.asarray(people + np.concatenate([children, rest * grown], axis=-1))


def raked(seed: Array, people: Array, national: Array, rounds: int = 60) -> Array:
    """`seed` (..., P, 2, A) raked to `people` (P, 2) and `national` (2, A) of equal sums; the ages met last."""
    table = np.array(seed)
    for _ in range(rounds):
        table *= (people / table.sum(axis=-1))[..., None]
        table *= (national / table.sum(axis=-3))[..., None, :, :]
    return table


def tilted(shape: Array, tilts: Array) -> Array:
    """`shape` (..., A) with exp(-tilt age): a population that grows faster by `tilts` (...,) is younger so (Lotka)."""
    return np.asarray(shape * np.exp(-tilts[..., None] * (np.arange(shape.shape[-1]) - 30.0)))


def tilts_by_deaths(people: Array, national: Array, rates: Array, deaths: Array) -> Array:
    """Growth tilts (P,) at which the expected deaths of regions stand to each other as the registered ones.

    `people` (P, 2), `national` (2, A), `rates` (P, 2, A) death rates, `deaths` (P,) a year. The seed of a region is
    the nation's age structure tilted (stable population, Lotka 1939; Coale 1957), raked to both margins. One
    factor common to all regions takes up what the rates or the register miss.
    """
    tilts = np.zeros(len(people))
    ages = np.arange(national.shape[-1])
    for _ in range(TILT_STEPS):
        table = raked(
            tilted(np.broadcast_to(national, (len(people), *national.shape)), tilts[:, None]), people, national
        )
        expected = (table * rates).sum(axis=(1, 2))
        difference = np.log(expected / expected.sum()) - np.log(deaths / deaths.sum())
        dying = (table * rates * ages).sum(axis=(1, 2)) / expected
        living = (table * ages).sum(axis=(1, 2)) / table.sum(axis=(1, 2))
        step = 0.7 * difference / (dying - living)
        tilts = tilts + step - np.average(step, weights=people.sum(axis=1))
        if np.abs(difference).max() < 1e-4:
            break
    return tilts


def divided(ages: Array, parents: NDArray[np.int64], people: Array, youngest: Array) -> Array:
    """Ages of the parts of regions, (K, R, 2, A), from those of the whole regions `ages` (K, P, 2, A).

    `people` (R, 2); `youngest` (R, n): share of a part in the births of its region, by completed age of the cohort,
    NaN where only the region's births are known. Children of both sexes are shared out as those births; from the last
    known age to 18 the share fades to that of the residents; the grown make up the residents of each sex.
    """
    whole = np.zeros((ages.shape[1], 2))
    np.add.at(whole, parents, people)
    share = people / whole[parents]
    ratio = np.ones((*share.shape, ages.shape[-1]))
    for r, row in enumerate(youngest):
        known = np.flatnonzero(~np.isnan(row))
        if len(known):
            relative = row[known] / share[r][:, None]
            last, end = int(known[-1]), max(FADED, int(known[-1]))
            ratio[r][:, known] = relative
            ratio[r, :, last : end + 1] = np.linspace(relative[:, -1], 1.0, end + 1 - last, axis=-1)
    parts = ages[:, parents] * share[..., None] * ratio
    rest = people - parts[..., :FADED].sum(axis=-1)
    parts[..., FADED:] *= (rest / parts[..., FADED:].sum(axis=-1))[..., None]
    return np.asarray(parts)
