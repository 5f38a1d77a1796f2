"""Many draws of a national projection in parallel: Numba, one thread per draw; stores totals and buckets, not cells.

Results agree with `cohorts.component.project` (timing even, width 1; sources there). Drivers are compact: total
fertility, life expectancy by sex, net and gross migration by draw and year; survival is read from a
table by life expectancy. Results do not depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from qonys.kernels.effort import spent

Array = NDArray[np.float64]
BIRTHS, DEATHS, ARRIVALS, DEPARTURES, SHORT = range(5)


@dataclass(frozen=True, kw_only=True)
class CohortTables:
    """What is common to all draws.

    `e0` (G,) evenly spaced life expectancies, `survival` (2, G, A) to each end age at them; `pattern`
    (T, A) shares of total fertility by age of mother; `sex_ratio` (T,); `immigrant_ages`, `emigrant_ages` (2, A)
    schedules, each summing to 1; `added` (T,) persons added to the balance of each year; `buckets` (2, A) number of
    the bucket of each cell; `levers` (T, 3): factors on immigration and on emigration, and additional immigrants,
    persons (None: 1, 1, 0).
    """

    e0: Array
    survival: Array
    pattern: Array
    sex_ratio: Array
    immigrant_ages: Array
    emigrant_ages: Array
    added: Array
    buckets: NDArray[np.int64]
    levers: Array | None = None


@dataclass(frozen=True)
class CohortDrivers:
    """By draw and year: total fertility (D, T), life expectancy (D, T, 2), migration per person (D, T).

    `net_rate`: immigration less emigration; `gross_mean`: geometric mean of the two, not below 0.
    """

    fertility: Array
    longevity: Array
    net_rate: Array
    gross_mean: Array


@dataclass(frozen=True)
class CohortEnsemble:
    """`buckets` (D, T + 1, K) persons; `accounts` (D, T, 5): births, deaths, arrivals, departures, short.

    `kept` (D, len(years), 2, A): populations of the asked steps (0 is the base).
    """

    buckets: Array
    accounts: Array
    kept: Array
    years: tuple[int, ...]

    def residual(self) -> float:
        """Largest error in the accounting identities, persons."""
        change = np.diff(self.buckets.sum(axis=-1), axis=1)
        a = self.accounts
        return float(np.abs(change - (a[..., 0] - a[..., 1] + a[..., 2] - a[..., 3])).max())


def run(base: Array, tables: CohortTables, drivers: CohortDrivers, years: tuple[int, ...] = ()) -> CohortEnsemble:
    """Project `base` (D or 1, 2, A) over the drivers; `years`: steps whose populations are kept whole.

    Raises
    ------
    ValueError
        Tables or drivers whose shapes do not agree, or life expectancies outside the table (nothing is truncated).

    """
    low, high = tables.e0[0], tables.e0[-1]
    if drivers.longevity.min() < low or drivers.longevity.max() > high:
        raise ValueError(f"life expectancies reach outside {low} to {high}")
    draws, length = drivers.fertility.shape
    spent("national_years", draws * length)
    count = int(tables.buckets.max()) + 1
    buckets = np.zeros((draws, length + 1, count))
    accounts = np.zeros((draws, length, 5))
    kept = np.zeros((draws, len(years), *base.shape[1:]))
    places = np.full(length + 1, -1, dtype=np.int64)
    places[list(years)] = np.arange(len(years))
    levers = np.tile([1.0, 1.0, 0.0], (length, 1)) if tables.levers is None else tables.levers
    straight = np.ascontiguousarray  # one layout: Numba compiles once, whatever made the arrays
    _run(
        straight(base),
        tuple(straight(getattr(drivers, one.name)) for one in fields(CohortDrivers)),
        (float(low), float(tables.e0[1] - low), straight(tables.survival), straight(tables.pattern), tables.sex_ratio),
        (
            straight(tables.immigrant_ages),
            straight(tables.emigrant_ages),
            tables.added,
            levers,
        ),
        (straight(tables.buckets), places),
        (buckets, accounts, kept),
    )
    return CohortEnsemble(buckets, accounts, kept, years)


@njit(cache=True, parallel=True, nogil=True)
def _run(base, drivers, vital, moving, labels, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    fertility, longevity, net_rate, gross_mean = drivers
    buckets, accounts, kept = out
    for d in prange(fertility.shape[0]):
        first = base[d] if base.shape[0] > 1 else base[0]
        own = (fertility[d], longevity[d], net_rate[d], gross_mean[d])
        _draw(first, own, vital, moving, labels, (buckets[d], accounts[d], kept[d]))


@njit(cache=True)
def _draw(first, drivers, vital, moving, labels, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """All years of one draw."""
    fertility, longevity, net_rate, gross_mean = drivers
    buckets, accounts, kept = out
    names, places = labels
    now = first.copy()
    new, move = np.empty_like(now), np.empty_like(now)
    _keep(now, names, buckets[0])
    if places[0] >= 0:
        _copy(now, kept[places[0]])
    for t in range(len(fertility)):
        arriving, leaving, short = _moves(now, (net_rate[t], gross_mean[t]), moving, t, move)
        births, deaths, clipped = _step(now, move, new, vital, t, (fertility[t], longevity[t, 0], longevity[t, 1]))
        accounts[t, 0], accounts[t, 1] = births, deaths
        accounts[t, 2], accounts[t, 3], accounts[t, 4] = arriving, leaving - clipped, short + clipped
        now, new = new, now
        _keep(now, names, buckets[t + 1])
        if places[t + 1] >= 0:
            _copy(now, kept[places[t + 1]])


@njit(cache=True)
def _copy(now, place):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cell by cell: an assignment of slices compiles a long message on shapes as well."""
    for s in range(2):
        for x in range(now.shape[1]):
            place[s, x] = now[s, x]


@njit(cache=True)
def _keep(now, names, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for s in range(2):
        for x in range(now.shape[1]):
            row[names[s, x]] += now[s, x]


@njit(cache=True)
def _moves(now, rates, moving, t, move):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Net migrants by cell into `move`; arrivals, departures, short. Gross flows as `component.gross_rates`."""
    immigrant_ages, emigrant_ages, added, levers = moving
    people, weight = 0.0, 0.0
    for s in range(2):
        for x in range(now.shape[1]):
            people += now[s, x]
            weight += emigrant_ages[s, x] * now[s, x]
    net, mean = rates[0] * people + added[t], rates[1] * people
    larger = (abs(net) + np.sqrt(net * net + 4 * mean * mean)) / 2
    smaller = mean * mean / larger if larger > 0 else 0.0
    arriving, leaving = (larger, smaller) if net > 0 else (smaller, larger)
    leaving = leaving * levers[t, 1]
    arriving = arriving * levers[t, 0] + levers[t, 2]
    gone, short = 0.0, max(-arriving, 0.0)  # immigrants who were to stay away and are not there
    arriving = max(arriving, 0.0)
    for s in range(2):
        for x in range(now.shape[1]):
            wanted = leaving * emigrant_ages[s, x] * now[s, x] / weight if weight > 0 else 0.0
            left = min(wanted, 0.8 * now[s, x])
            gone += left
            short += wanted - left
            move[s, x] = arriving * immigrant_ages[s, x] - left
    return arriving, gone, short


@njit(cache=True)
def _survive(vital, sex, life, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Survival to age x at a life expectancy, linear between two rows of the table."""
    place = (life - vital[0]) / vital[1]
    i = min(int(place), vital[2].shape[1] - 2)
    w = place - i
    return (1 - w) * vital[2][sex, i, x] + w * vital[2][sex, i + 1, x]


@njit(cache=True)
def _step(now, move, new, vital, t, driver):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One year; births, deaths, clipped."""
    pattern, ratio = vital[3][t], vital[4][t]
    ages = now.shape[1]
    deaths, mothers, clipped = 0.0, pattern[0] * (now[0, 0] + move[0, 0] / 2) / 2, 0.0
    for s in range(2):
        for x in range(1, ages):
            exposed = now[s, x - 1] + move[s, x - 1] / 2
            if x == ages - 1:
                exposed += now[s, x] + move[s, x] / 2
            alive = exposed * _survive(vital, s, driver[1 + s], x)
            deaths += exposed - alive
            new[s, x] = alive + move[s, x] / 2
            if s == 0:
                mothers += pattern[x] * (now[s, x] + move[s, x] / 2 + new[s, x]) / 2
    births = driver[0] * mothers
    for s in range(2):
        born = births / (1 + ratio) if s == 0 else births - births / (1 + ratio)
        alive = born * _survive(vital, s, driver[1 + s], 0)
        deaths += born - alive
        new[s, 0] = alive + move[s, 0] / 2
        for x in range(ages):
            if new[s, x] < 0:
                clipped -= new[s, x]
                new[s, x] = 0.0
    return births, deaths, clipped
