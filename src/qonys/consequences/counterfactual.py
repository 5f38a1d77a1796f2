"""A population with and without migration from a given date, and a decomposition of the difference.

With migration, the cohort-component step is adjusted in every year and draw to the births and deaths of an account:
all death rates of the year are multiplied by one factor and all fertility rates by another. Net migrants by age are
the residual of the counted ages (`as_counted`), or a total distributed by a schedule (`calibrated`). Without
migration, the same base is projected with the same rates and no migration. The difference is the effect of migration
(Philipov and Schuster 2010, Effect of Migration on Population Size and Age Composition in Europe, European
Demographic Research Papers 2010-2: a projection closed to migration compared with the observed population). Direct
effect: surviving net migrants of the years since; indirect: births to them less deaths among those born (exact,
because the step is linear). Assumes: migrants have the rates of all others, and rates do not respond to migration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts.component import END, EVEN, CohortFlows, CohortStep, gross, migrants_of, step

Array = NDArray[np.float64]
ROUNDS = 60
CLOSE = 1e-6


@dataclass(frozen=True)
class VitalRates:
    """Survival (..., T, 2, A) to each end age, fertility (..., T, A) births a woman and year, sex ratio (T,)."""

    survival: Array
    fertility: Array
    sex_ratio: Array

    def year(self, t: int) -> tuple[Array, Array, Array]:
        """Survival (..., 2, A), fertility (..., A), births per woman, and sex ratio of year number `t`."""
        return self.survival[..., t, :, :], self.fertility[..., t, :], self.sex_ratio[t]


@dataclass(frozen=True)
class MigrationSchedules:
    """How net totals become ages: schedules (2, A) that sum to 1, immigrants per resident at a balance of zero."""

    immigrant_ages: Array
    emigrant_ages: Array
    turnover: float

    def by_age(self, net: Array, population: Array) -> Array:
        """Net migrants (..., 2, A) of a net total (...); the geometric mean of the flows is `turnover` per resident."""
        return self.spread(*gross(net, population.sum(axis=(-2, -1)), self.turnover), population)

    def spread(self, arriving: Array, leaving: Array, population: Array) -> Array:
        """Net migrants (..., 2, A) of immigrants and emigrants (...); emigrants are rates on the population."""
        coming, going, _ = migrants_of(
            population, CohortFlows(arriving, leaving, self.immigrant_ages, self.emigrant_ages)
        )
        return np.asarray(coming - going)


@dataclass(frozen=True)
class Account:
    """Births, deaths and net migration of each year, persons, (..., T)."""

    births: Array
    deaths: Array
    net: Array


@dataclass(frozen=True)
class Carried:
    """Population (..., T + 1, 2, A), births and deaths (..., T), net migrants that moved (..., T, 2, A); persons.

    `timing`: when they moved, evenly over a year or at its end; `clipped`: persons who were to leave and were not
    there.
    """

    population: Array
    births: Array
    deaths: Array
    migrants: Array
    clipped: float
    timing: str = EVEN

    def residual(self) -> float:
        """Largest residual of start + births + net migrants = end + deaths, persons."""
        change = np.diff(self.population.sum(axis=(-2, -1)), axis=-1)
        return float(np.abs(change - (self.births - self.deaths + self.migrants.sum(axis=(-2, -1)))).max())


def carry(base: Array, rates: VitalRates, migrants: Array | None = None, timing: str = EVEN) -> Carried:
    """Carry `base` (..., 2, A) over the years of `rates` with net migrants (..., T, 2, A), or none."""
    states, kept = [np.asarray(base, dtype=np.float64)], _Kept(timing)
    for t in range(len(rates.sex_ratio)):
        survival, fertility, ratio = rates.year(t)
        moved = np.zeros_like(states[-1]) if migrants is None else migrants[..., t, :, :]
        states.append(kept.add(step(states[-1], survival, fertility, ratio, moved, 1, timing)))
    return kept.carried(states)


def carry_moving(base: Array, rates: VitalRates, flows: tuple[Array, Array], moves: MigrationSchedules) -> Carried:
    """As `carry`, with immigrants and emigrants (..., T) spread over ages year by year."""
    states, kept = [np.asarray(base, dtype=np.float64)], _Kept()
    for t in range(len(rates.sex_ratio)):
        survival, fertility, ratio = rates.year(t)
        moved = moves.spread(flows[0][..., t], flows[1][..., t], states[-1])
        states.append(kept.add(step(states[-1], survival, fertility, ratio, moved)))
    return kept.carried(states)


class _Kept:
    """Accounts of the years so far."""

    def __init__(self, timing: str = EVEN) -> None:
        self.timing = timing
        self.births: list[Array] = []
        self.deaths: list[Array] = []
        self.migrants: list[Array] = []
        self.clipped = 0.0

    def add(self, done: CohortStep) -> Array:
        self.births.append(done.births.sum(axis=-1))
        self.deaths.append(done.deaths.sum(axis=(-2, -1)))
        self.migrants.append(done.migrants)
        self.clipped += float(done.clipped.sum())
        return done.population

    def carried(self, states: list[Array]) -> Carried:
        return Carried(
            np.stack(states, axis=-3), np.stack(self.births, axis=-1), np.stack(self.deaths, axis=-1),
            np.stack(self.migrants, axis=-3), self.clipped, self.timing,
        )  # fmt: skip


def calibrated(
    base: Array, rates: VitalRates, account: Account, moves: MigrationSchedules
) -> tuple[Carried, VitalRates]:
    """The population with migration that has the account's births, deaths and net migration in every year.

    Returns it and the rates that were used, so that the population without migration can be carried by them.

    Raises
    ------
    BadInput
        A year's deaths that no factor of the death rates gives (more than the population, or none).

    """
    states, kept = [np.asarray(base, dtype=np.float64)], _Kept()
    survivals, fertilities = [], []
    for t in range(len(rates.sex_ratio)):
        now = states[-1]
        survival, fertility, ratio = rates.year(t)
        moved = moves.by_age(account.net[..., t], now)
        born = account.births[..., t]
        survival = survival ** _hazard_factor(now + moved / 2, survival, born, ratio, account.deaths[..., t], t)
        first = step(now, survival, fertility, ratio, moved)
        fertility = fertility * (born / first.births.sum(axis=-1))[..., None]
        states.append(kept.add(step(now, survival, fertility, ratio, moved)))
        survivals.append(survival)
        fertilities.append(fertility)
    used = VitalRates(np.stack(survivals, axis=-3), np.stack(fertilities, axis=-2), rates.sex_ratio)
    return kept.carried(states), used


def as_counted(counts: Array, rates: VitalRates, account: Account) -> tuple[Carried, VitalRates]:
    """The population with migration that is `counts` (..., T + 1, 2, A), with the account's births and deaths.

    Net migrants of each age, at the end of the year, are what counts, births and deaths leave over: they hold the
    errors of the ages too, and sum to the account's net migration where the counts have the account's totals.
    Returns it and the rates used.

    Raises
    ------
    BadInput
        As `calibrated`.

    """
    kept = _Kept(END)
    survivals, fertilities = [], []
    for t in range(len(rates.sex_ratio)):
        now = counts[..., t, :, :]
        survival, fertility, ratio = rates.year(t)
        born = account.births[..., t]
        survival = survival ** _hazard_factor(now, survival, born, ratio, account.deaths[..., t], t)
        none = np.zeros_like(now)
        first = step(now, survival, fertility, ratio, none)
        fertility = fertility * (born / first.births.sum(axis=-1))[..., None]
        alone = step(now, survival, fertility, ratio, none).population
        kept.add(step(now, survival, fertility, ratio, counts[..., t + 1, :, :] - alone, 1, END))
        survivals.append(survival)
        fertilities.append(fertility)
    used = VitalRates(np.stack(survivals, axis=-3), np.stack(fertilities, axis=-2), rates.sex_ratio)
    return kept.carried(list(np.moveaxis(counts, -3, 0))), used


def _hazard_factor(start: Array, survival: Array, born: Array, ratio: Array, deaths: Array, t: int) -> Array:
    """The power k with sum of exposed (1 - s^k) = deaths, (..., 1, 1): Newton's steps on a concave function."""
    exposed = np.empty_like(start)
    exposed[..., 1:] = start[..., :-1]
    exposed[..., -1] = start[..., -2] + start[..., -1]
    girls = born / (1 + ratio)
    exposed[..., 0] = np.stack([girls, born - girls], axis=-1)
    both = (-2, -1)
    people = exposed.sum(axis=both)
    logs = np.log(survival)
    k = np.ones(np.shape(deaths))
    for _ in range(ROUNDS if ((deaths > 0) & (deaths < people)).all() else 0):
        left = exposed * np.exp(k[..., None, None] * logs)
        miss = (exposed - left).sum(axis=both) - deaths
        if np.abs(miss).max() < CLOSE:
            return np.asarray(k[..., None, None])
        k = np.maximum(k + miss / (left * logs).sum(axis=both), k / 4)
    worst = int(np.argmax(deaths / people))
    raise BadInput(
        "consequences.deaths", year=t, deaths=float(np.ravel(deaths)[worst]), people=float(np.ravel(people)[worst])
    )


@dataclass(frozen=True)
class MigrationEffect:
    """With less without migration, persons: all (..., T + 1, 2, A) and, summed over years, its accounts (..., T + 1).

    total = direct + indirect by age; its sum = net + births - deaths, where `net` is the sum of net migration since
    the start, `births` and `deaths` those that would not have been without migration.
    """

    total: Array
    direct: Array
    net: Array
    births: Array
    deaths: Array

    @property
    def indirect(self) -> Array:
        """Births to the migrants and their descendants less deaths among those born, (..., T + 1, 2, A)."""
        return np.asarray(self.total - self.direct)

    def persons(self) -> dict[str, Array]:
        """Named sums over ages and sexes, (..., T + 1)."""
        both = (-2, -1)
        return {
            "total": self.total.sum(axis=both),
            "direct": self.direct.sum(axis=both),
            "indirect": self.indirect.sum(axis=both),
            "net_migration": self.net,
            "births": self.births,
            "deaths": self.deaths,
        }

    def residual(self) -> float:
        """Largest residual of total = net + births - deaths, persons."""
        sums = self.persons()
        return float(np.abs(sums["total"] - (sums["net_migration"] + sums["births"] - sums["deaths"])).max())


@dataclass(frozen=True)
class Before:
    """What an earlier time without migration left at the start: alive by age (..., 2, A), sums (...), persons."""

    direct: Array
    net: Array
    births: Array
    deaths: Array


def effect_of(
    moved: Carried, alone: Carried, survival: Array, apart: Array | None = None, before: Before | None = None
) -> MigrationEffect:
    """The effect of `moved` against `alone`, carried by the same rates, and its direct part.

    `apart` (..., T, 2, A): net migrants of `moved` that `alone` is without (None: all of them).
    """
    migrants = moved.migrants if apart is None else apart
    zero = np.zeros(migrants.shape[:-3])
    start = before or Before(np.zeros(migrants.shape[:-3] + migrants.shape[-2:]), zero, zero, zero)
    return MigrationEffect(
        moved.population - alone.population, line_of(migrants, survival, start.direct, moved.timing),
        start.net[..., None] + _since(migrants.sum(axis=(-2, -1))),
        start.births[..., None] + _since(moved.births - alone.births),
        start.deaths[..., None] + _since(moved.deaths - alone.deaths),
    )  # fmt: skip


def line_of(migrants: Array, survival: Array, start: Array, timing: str, births: VitalRates | None = None) -> Array:
    """Net migrants (..., T, 2, A) since the start and, with `births`, those born to them, alive at each date.

    (..., T + 1, 2, A), below zero where lost. `start` (..., 2, A): those of an earlier time. The step of
    `kernels.cohort_component` without its floor of zero. With the fertility of the others in `births` the
    line is the whole effect of migration; with less, that of migrants who have fewer children.
    """
    states = [start]
    for t in range(migrants.shape[-3]):
        early = migrants[..., t, :, :] / 2 if timing == EVEN else np.zeros_like(migrants[..., t, :, :])
        before = states[-1] + early
        later = early.copy()
        later[..., 1:] += before[..., :-1] * survival[..., t, :, 1:]
        later[..., -1] += before[..., -1] * survival[..., t, :, -1]
        if births is not None:
            women = (before[..., 0, 1:] + later[..., 0, 1:]) / 2
            born = (births.fertility[..., t, 1:] * women).sum(axis=-1)
            girls = born / (1 + births.sex_ratio[t])
            later[..., 0] += np.stack([girls, born - girls], axis=-1) * survival[..., t, :, 0]
        states.append(later if timing == EVEN else later + migrants[..., t, :, :])
    return np.stack(states, axis=-3)


def _since(flows: Array) -> Array:
    total = np.cumsum(flows, axis=-1)
    return np.concatenate([np.zeros_like(total[..., :1]), total], axis=-1)
