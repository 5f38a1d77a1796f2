"""The multiregional cohort-component step by region and group, with exact accounts: plain NumPy, the specification.

State (R, G, 2, A): region, group (language, citizenship, education, ...), sex (female, male), single years of
age, the last open; persons. Matrices are origin x destination and act on row vectors of persons by right
multiplication. One year in the order END (the default):

1. everybody ages by one year and survives with s of the age at the end, exp(-m factor) or 1 - q factor;
2. survivors who have reached a given age change group by a transition matrix;
3. births f (P(x) + P'(x)) / 2 to women at the start and survivors at the end of the year (Sevcikova,
   Li, Kantorova, Gerland and Raftery 2016, in Dynamic Demographic Analysis: those who migrate at the END have
   no births in that year); children are assigned to a group by the mixing matrix and survive with s(0);
4. emigrants leave from among the survivors of their own region and group, so nobody moves twice in a year;
5. those who remain move within the country: departure x choice of destination (Rogers 1995, Multiregional
   Demography, ch. 5: survival first, then moves among survivors);
6. immigrants are added as counts by age, never as a rate on the receiving population.

The order EVEN does 4-6 with half of every rate and count before 1 (at the age at the start) and again after
2; births then use the populations after either half. Where a rate or count would remove more people than there are,
all of them leave; the shortfall is reported as `clipped`, persons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EVEN, END = "even", "end"
HAZARD, SHARE = "hazard", "share"
BIRTHS, DEATHS, ENTERED, DEPARTED, IMMIGRANTS, EMIGRANTS, JOINED, LEFT, CLIPPED = range(9)
ACCOUNTS = ("births", "deaths", "entered", "departed", "immigrants", "emigrants", "joined", "left", "clipped")
SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 0.0])
FACTORS = ("fertility", "internal", "emigration", "immigration")
_EXACT = 1e-9


@dataclass(frozen=True)
class Dense:
    """Internal migration: `od` (2, A, R, R), share of the survivors of an origin in each destination.

    Rows sum to 1, stayers on the diagonal; common to all groups. A level k in a year multiplies every share off
    the diagonal by k.
    """

    od: Array

    def leave(self) -> Array:
        """Share who leave their region at level 1, (R, 2, A)."""
        return self._leave

    @cached_property
    def _leave(self) -> Array:
        off = self.od.sum(axis=-1) - np.diagonal(self.od, axis1=-2, axis2=-1)
        return np.ascontiguousarray(off.transpose(2, 0, 1))

    @cached_property
    def choice(self) -> Array:
        """Destinations of those who leave, (2, A, R, R): rows sum to 1, or to 0 where nobody leaves."""
        off = self.od * (1 - np.eye(self.od.shape[-1]))
        total = off.sum(axis=-1, keepdims=True)
        return np.asarray(np.divide(off, total, out=np.zeros_like(off), where=total > 0))

    def arrive(self, leaving: Array) -> Array:
        """Those who leave, where they arrive, (R, G, 2, A) each."""
        return np.asarray(np.matmul(leaving.transpose(2, 3, 1, 0), self.choice).transpose(3, 2, 0, 1))


@dataclass(frozen=True)
class Structured:
    """Internal migration as `level` (R, 2, A), the share who leave, times the choice of destination.

    `choice` (K, R, R), rows sum to 1; `which` (2, A) number of the choice matrix of each sex and age (None:
    one for all). With `second` (K, k, R) the choice is the product choice (K, R, k) @ second, of rank k. Persons
    assigned to their own region (a diagonal that is not 0) count as departed and as entered.
    """

    level: Array
    choice: Array
    second: Array | None = None
    which: NDArray[np.int64] | None = None

    def leave(self) -> Array:
        """Share who leave their region at level 1, (R, 2, A)."""
        return self.level

    def numbers(self) -> NDArray[np.int64]:
        """Number of the choice matrix, (2, A)."""
        return np.zeros(self.level.shape[1:], dtype=np.int64) if self.which is None else self.which

    def arrive(self, leaving: Array) -> Array:
        """Those who leave, where they arrive, (R, G, 2, A) each."""
        found = np.zeros_like(leaving)
        for k in range(len(self.choice)):
            here = self.numbers() == k
            people = leaving[:, :, here].reshape(len(leaving), -1)
            gone = self.choice[k].T @ people if self.second is None else self.second[k].T @ (self.choice[k].T @ people)
            found[:, :, here] = gone.reshape((*found.shape[:2], -1))
        return found


def structured(moves: Dense | Structured) -> Structured:
    """The same moves as departure x choice, one choice matrix (R, R) for each sex and age."""
    if isinstance(moves, Structured):
        return moves
    sexes, ages, regions, _ = moves.od.shape
    which = np.arange(sexes * ages, dtype=np.int64).reshape(sexes, ages)
    return Structured(moves.leave(), moves.choice.reshape(-1, regions, regions), None, which)


@dataclass(frozen=True)
class Tables:
    """Rates and tables common to all years and draws.

    `mortality` (R, G, 2, A) or (R, G, 1, 1) factor on the death rates (or shares) of a year; `fertility` (R, G, A)
    births per woman and year at factor 1; `mixing` (G, G) group of the mother x group of the child;
    `emigration` (R, G, 2, A) share of the own population that leaves the country at factor 1; `immigration`
    (R, G, 2, A) persons at factor 1; `change_ages` (K,) and `change` (K, 2, G, G): transition between groups on
    reaching an age (those of the open age: every year). Rows of `mixing` and `change` sum to 1.
    """

    mortality: Array
    fertility: Array
    mixing: Array
    moves: Dense | Structured
    emigration: Array
    immigration: Array
    change_ages: tuple[int, ...] = ()
    change: Array = field(default_factory=lambda: np.zeros((0, 2, 0, 0)))


@dataclass(frozen=True)
class Drivers:
    """Drivers by draw (D) and year (T): margins only.

    `mortality` (N, 2, A): death rates (HAZARD) or probabilities of dying (SHARE), to the age at the end, the first
    from birth; `place` (D, T, 2): position on 0..N-1 for each sex, linear between two tables. `fertility`,
    `internal`, `emigration`, `immigration`: factors (D, T), (D, T, G) or (D, T, R, G), where R or G may be 1 (one
    for all). `sex_ratio` (T,) males per female at birth. `first`: number of the first of these draws in its
    ensemble; draw d starts from the base population (first + d) modulo the number of base populations.
    """

    mortality: Array
    place: Array
    fertility: Array
    internal: Array
    emigration: Array
    immigration: Array
    sex_ratio: Array
    kind: str = HAZARD
    first: int = 0

    def by_cell(self, name: str) -> Array:
        """One of the factors as (D, T, R or 1, G or 1)."""
        value: Array = getattr(self, name)
        if value.ndim < 4:
            value = value[:, :, None, None] if value.ndim == 2 else value[:, :, None]
        return np.ascontiguousarray(value)

    def part(self, start: int, stop: int) -> Drivers:
        """Draws start .. stop - 1; projected alone they give bitwise the same results as among all."""
        rows = slice(start, stop)
        kept = {name: getattr(self, name)[rows] for name in ("place", *FACTORS)}
        return replace(self, first=self.first + start, **kept)


def direct(rates: Array) -> tuple[Array, Array]:
    """`mortality` and `place` of Drivers for rates given by draw and year, (D, T, 2, A)."""
    draws, years, _, ages = rates.shape
    place = np.arange(draws * years, dtype=np.float64).reshape(draws, years, 1).repeat(2, axis=2)
    return rates.reshape(draws * years, 2, ages), place


def rates_at(table: Array, place: Array) -> Array:
    """Rates (2, A) of one draw and year: `table` (N, 2, A) read at `place` (2,)."""
    low = np.clip(place.astype(np.int64), 0, max(len(table) - 2, 0))
    high = np.minimum(low + 1, len(table) - 1)
    part = (place - low)[:, None]
    sexes = np.arange(2)
    return np.asarray((1 - part) * table[low, sexes] + part * table[high, sexes])


@dataclass(frozen=True)
class Year:
    """One year of one draw: `survival` (R, G, 2, A) to the age at the end, factors (R or 1, G or 1), `sex_ratio`."""

    survival: Array
    fertility: Array
    internal: Array
    emigration: Array
    immigration: Array
    sex_ratio: float


def year_of(tables: Tables, drivers: Drivers, draw: int, t: int) -> Year:
    """The year `t` of a draw."""
    m = rates_at(drivers.mortality, drivers.place[draw, t]) * tables.mortality
    survival = np.exp(-m) if drivers.kind == HAZARD else 1 - m
    factors = {name: drivers.by_cell(name)[draw, t] for name in FACTORS}
    return Year(survival=survival, sex_ratio=float(drivers.sex_ratio[t]), **factors)


@dataclass(frozen=True)
class RegionalStep:
    """The population one year later, (R, G, 2, A), and `accounts` (R, G, 9) in the order of ACCOUNTS, persons.

    Births are counted in the group of the child. Start + births + entered + immigrants + joined = end + deaths +
    departed + emigrants + left in every region and group.
    """

    population: Array
    accounts: Array


def _move(people: Array, tables: Tables, year: Year, share: float, accounts: Array) -> Array:
    """Emigration, moves inside the country and immigration with `share` of a year's rates."""
    wanted = tables.emigration * (share * year.emigration)[..., None, None]
    intended = tables.moves.leave()[:, None] * (share * year.internal)[..., None, None]
    coming = tables.immigration * (share * year.immigration)[..., None, None]
    clipping = wanted.max() > 1 or intended.max() > 1
    out = people * (np.minimum(wanted, 1) if clipping else wanted)
    stay = people - out
    leaving = stay * (np.minimum(intended, 1) if clipping else intended)
    entering = tables.moves.arrive(leaving)
    if clipping:
        lacking = people * np.maximum(wanted - 1, 0) + stay * np.maximum(intended - 1, 0)
        accounts[..., CLIPPED] += _sum(lacking)
    for place, flow in ((EMIGRANTS, out), (DEPARTED, leaving), (ENTERED, entering), (IMMIGRANTS, coming)):
        accounts[..., place] += _sum(flow)
    stay -= leaving
    stay += entering
    stay += coming
    return stay


def _sum(cells: Array) -> Array:
    """Sum over sexes and ages, (R, G)."""
    return np.asarray(cells.reshape(*cells.shape[:2], -1) @ np.ones(cells.shape[2] * cells.shape[3]))


def _change(alive: Array, tables: Tables, accounts: Array, ages: range) -> None:
    """Transitions between groups on reaching an age, in place."""
    for k, age in enumerate(tables.change_ages):
        if age not in ages:
            continue
        for sex in range(2):
            before = alive[:, :, sex, age].copy()
            matrix = tables.change[k, sex]
            stayed = np.diagonal(matrix) * before
            alive[:, :, sex, age] = before @ matrix
            accounts[..., LEFT] += before - stayed
            accounts[..., JOINED] += alive[:, :, sex, age] - stayed


def step(population: Array, tables: Tables, year: Year, timing: str = END) -> RegionalStep:
    """The population (R, G, 2, A), persons, one year later; the module's docstring gives the order of events."""
    regions, groups, _, _ = population.shape
    accounts = np.zeros((regions, groups, len(ACCOUNTS)))
    half = 0.5 if timing == EVEN else 1.0
    start = _move(population, tables, year, half, accounts) if timing == EVEN else population
    exposed = np.empty_like(start)
    exposed[..., 0] = 0
    exposed[..., 1:] = start[..., :-1]
    exposed[..., -1] += start[..., -1]
    alive = exposed * year.survival
    accounts[..., DEATHS] = _sum(exposed) - _sum(alive)
    _change(alive, tables, accounts, range(1, start.shape[-1]))
    scratch = np.zeros_like(accounts)
    later = _move(alive, tables, year, half, scratch) if timing == EVEN else alive
    women = start[:, :, 0].copy()
    women[..., 1:] += later[:, :, 0, 1:]
    mothers = (tables.fertility * women).sum(axis=-1) * year.fertility / 2
    births = mothers @ tables.mixing
    girls = births / (1 + year.sex_ratio)
    born = np.stack([girls, births - girls], axis=-1)
    alive[..., 0] = born * year.survival[..., 0]
    accounts[..., BIRTHS] = births
    accounts[..., DEATHS] += (born - alive[..., 0]).sum(axis=-1)
    _change(alive, tables, accounts, range(1))
    return RegionalStep(_move(alive, tables, year, half, accounts), accounts)


@dataclass(frozen=True)
class RegionalPath:
    """Years of one draw: `population` (T + 1, R, G, 2, A), `accounts` (T, R, G, 9)."""

    population: Array
    accounts: Array

    def residual(self) -> float:
        """Largest residual of the accounts of a region and group, as a share of its population at the start."""
        total = self.population.sum(axis=(-2, -1))
        return float((np.abs(np.diff(total, axis=0) - self.accounts @ SIGNS) / np.maximum(total[:-1], 1)).max())


def project(base: Array, tables: Tables, drivers: Drivers, draw: int = 0, timing: str = END) -> RegionalPath:
    """All years of one draw from `base` (R, G, 2, A) or (K, R, G, 2, A), persons; the fastest way for a single draw."""
    check(base, tables, drivers)
    states, accounts = [base if base.ndim == 4 else base[(drivers.first + draw) % len(base)]], []
    for t in range(drivers.fertility.shape[1]):
        done = step(states[-1], tables, year_of(tables, drivers, draw, t), timing)
        states.append(done.population)
        accounts.append(done.accounts)
    return RegionalPath(np.stack(states), np.stack(accounts))


def _rows(name: str, matrix: Array, used: NDArray[np.bool_] | bool = True) -> None:
    wrong = (np.abs(matrix.sum(axis=-1) - 1) > _EXACT) & used
    if wrong.any() or not (matrix >= 0).all():
        raise ValueError(f"rows of {name} must be shares that sum to 1; {int(wrong.sum())} do not")


def _range(name: str, values: Array, top: float = np.inf) -> None:
    low, high = values.min(initial=0), values.max(initial=0)  # a value that is not a number makes both so
    if not (low >= 0 and high <= top and high < np.inf):
        raise ValueError(f"{name} must lie between 0 and {top}")


def check(base: Array, tables: Tables, drivers: Drivers) -> None:
    """Raise ValueError where shapes disagree or a rate, share or count is out of range.

    Raises
    ------
    ValueError
        A table or driver of another shape, not finite, or outside its range; the message names it.

    """
    regions, groups, _, ages = base.shape[-4:]
    full = (regions, groups, 2, ages)
    moves = structured(tables.moves)
    shapes = {"emigration": full, "immigration": full, "fertility": (regions, groups, ages), "mixing": (groups, groups)}
    for name, shape in shapes.items():
        if getattr(tables, name).shape != shape:
            raise ValueError(f"{name} has the shape {getattr(tables, name).shape}, not {shape}")
    if moves.level.shape != (regions, 2, ages):
        raise ValueError(f"moves {moves.level.shape} do not fit {full}")
    check_drivers(full, drivers)
    _rows("mixing", tables.mixing)
    _rows("change", tables.change)
    if isinstance(tables.moves, Dense):
        _rows("od", tables.moves.od)
    else:
        used = np.stack([(moves.level[:, moves.numbers() == k] > 0).any(axis=1) for k in range(len(moves.choice))])
        chosen = moves.choice if moves.second is None else moves.choice @ moves.second
        _rows("choice", chosen, used)
    _range("population", base)
    _range("level of moves", moves.level, 1)
    _range("emigration", tables.emigration, 1)
    for name in ("immigration", "fertility", "mortality"):
        _range(name, getattr(tables, name))
    if drivers.kind == SHARE:
        _range("shares who die", drivers.mortality.max(axis=0) * tables.mortality, 1)


def check_drivers(full: tuple[int, int, int, int], drivers: Drivers) -> None:
    """The part of `check` that concerns the drivers of `full` (R, G, 2, A) cells.

    Raises
    ------
    ValueError
        A driver of another shape, not finite, or outside its range; the message names it.

    """
    regions, groups, _, ages = full
    if drivers.mortality.shape[1:] != (2, ages):
        raise ValueError(f"mortality {drivers.mortality.shape} does not fit {full}")
    draws, years = drivers.place.shape[:2]
    if drivers.sex_ratio.shape != (years,) or drivers.place.shape[2:] != (2,):
        raise ValueError(
            f"place {drivers.place.shape} and sex_ratio {drivers.sex_ratio.shape} are not of {years} years"
        )
    for name in FACTORS:
        found = drivers.by_cell(name).shape
        if found[:2] != (draws, years) or found[2] not in (1, regions) or found[3] not in (1, groups):
            raise ValueError(
                f"{name} has the shape {getattr(drivers, name).shape}, not {(draws, years, regions, groups)}"
            )
    if drivers.place.min() < 0 or drivers.place.max() > len(drivers.mortality) - 1:
        raise ValueError(f"places reach outside 0 to {len(drivers.mortality) - 1}")
    for name in ("mortality", *FACTORS, "sex_ratio"):
        _range(name, getattr(drivers, name))
