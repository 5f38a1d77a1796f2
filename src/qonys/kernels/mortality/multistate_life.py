"""Rogers' multiregional life table and projection: regions (or any states) and death, by age.

Matrices of this file stand as in the literature, a column for each region of origin or birth and a row for
each region of residence, and a column of people moves by left multiplication. Rates are of a closed system:
those who leave for elsewhere count among deaths or stand outside. Sources: Rogers (1975), Introduction to
Multiregional Mathematical Demography, ch. 3-5; Rogers and Ledent (1976), Demography 13:287; Willekens and Rogers
(1978), Spatial Population Analysis, IIASA RR-78-18; Schoen (1988), Modeling Multigroup Populations, ch. 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from qonys.errors import BadInput

Array = NDArray[np.float64]
LINEAR, EXPONENTIAL = "linear", "exponential"


def rates(deaths: Array, moves: Array) -> Array:
    """The matrices M(x), (A, R, R): deaths and departures on the diagonal, arrivals less than zero off it.

    `deaths` (A, R) and `moves` (A, R, R), origin x destination: events per person-year lived; the diagonal of
    `moves` is not read.
    """
    regions = deaths.shape[1]
    away = moves * (1 - np.eye(regions))
    found = -away.transpose(0, 2, 1)
    found[:, np.arange(regions), np.arange(regions)] = deaths + away.sum(axis=2)
    return np.asarray(found)


def transitions(m: Array, width: float, method: str = LINEAR) -> tuple[Array, Array]:
    """(P, K) of each age, (A, R, R): where people are `width` years later, and years lived in each region meanwhile.

    LINEAR: P = (I + n M / 2)^-1 (I - n M / 2), survivors a straight line, K = n (I + P) / 2. EXPONENTIAL: constant
    rates, P = exp(-n M), K the integral of exp(-t M) from 0 to n. In both I - P = M K: events are rates times years.
    """
    one = np.broadcast_to(np.eye(m.shape[-1]), m.shape)
    if method == LINEAR:
        p = np.linalg.solve(one + width / 2 * m, one - width / 2 * m)
        return np.asarray(p), np.asarray(width / 2 * (one + p))
    whole = expm(width * np.block([[-m, one], [np.zeros_like(m), np.zeros_like(m)]]))
    size = m.shape[-1]
    return np.asarray(whole[..., :size, :size]), np.asarray(whole[..., :size, size:])


@dataclass(frozen=True)
class MultistateTable:
    """A multiregional life table, radix 1 in each region of birth; all (A, R, R).

    `m` rates, `p` transitions (of the open age: 0), `l` survivors at exact age and `lived` person-years, row of
    residence, column of birth. `width` years of an age group; the last is open.
    """

    m: Array
    p: Array
    l: Array  # noqa: E741
    lived: Array
    width: float

    def expectation(self, age: int = 0) -> Array:
        """Expected years lived in each region (row) by residents of each region (column) at the start of an age group.

        At age 0 these are Rogers' expectations of life by place of birth and residence.
        """
        return np.asarray(np.linalg.solve(self.l[age].T, self.lived[age:].sum(axis=0).T).T)

    def migration_levels(self) -> Array:
        """Share of the expectation at birth that is lived in each region (row), by region of birth (column)."""
        e = self.expectation()
        return np.asarray(e / e.sum(axis=0))

    def survivorship(self, joined: bool = True) -> Array:
        """S(x) = L(x + n) L(x)^-1, (A - 1, R, R).

        The last leads to the open age, from the group before it alone (Rogers 1975), or, `joined`, from both
        together, L(w) (L(w - n) + L(w))^-1.
        """
        below = self.lived[:-1].copy()
        if joined:
            below[-1] += self.lived[-1]
        return np.asarray(
            np.linalg.solve(below.transpose(0, 2, 1), self.lived[1:].transpose(0, 2, 1)).transpose(0, 2, 1)
        )


def life_table(deaths: Array, moves: Array, width: float = 5.0, method: str = LINEAR) -> MultistateTable:
    """The table of `deaths` (A, R) and `moves` (A, R, R; origin x destination), rates per person-year.

    In the open age everybody stays exposed to its rates for life: L = M^-1 l.

    Raises
    ------
    BadInput
        Negative rates, a region whose people of the open age never die, or rates so high that survivors
        on a straight line would be fewer than none (take narrower ages or EXPONENTIAL).

    Examples
    --------
    >>> table = life_table(np.full((21, 2), 0.02), np.full((21, 2, 2), 0.01))
    >>> table.expectation().sum(axis=0).round(6).tolist()
    [50.0, 50.0]
    """
    if min(deaths.min(), moves.min()) < 0:
        raise BadInput("multistate.negative")
    m = rates(deaths, moves)
    if np.linalg.cond(m[-1]) > 1e12:
        raise BadInput("multistate.open")
    p, years = transitions(m, width, method)
    p[-1] = 0
    if p.min() < -1e-12:
        raise BadInput("multistate.too_high")
    years[-1] = np.linalg.inv(m[-1])
    alive = np.empty_like(p)
    alive[0] = np.eye(p.shape[-1])
    for x in range(len(p) - 1):
        alive[x + 1] = p[x] @ alive[x]
    return MultistateTable(m, p, alive, np.asarray(years @ alive), width)


def growth_matrix(table: MultistateTable, fertility: Array, joined: bool = True) -> Array:
    """The generalised Leslie matrix of a step of one age width, (A R, A R), ages then regions.

    `fertility` (A, R) daughters per woman and year. Births n / 2 sum of f(x) (K(x, t) + K(x, t + n)) in the mother's
    region then; of those born L(0) / n are alive, and where, at the end (Willekens and Rogers 1978, section 3.1).
    """
    ages, regions = fertility.shape
    step = np.zeros((ages, regions, ages, regions))
    s = table.survivorship(joined)
    for x in range(ages - 1):
        step[x + 1, :, x] = s[x]
    if joined:
        step[-1, :, -1] = s[-1]
    both = step.copy()
    both[np.arange(ages), :, np.arange(ages)] += np.eye(regions)
    births = table.width / 2 * np.einsum("xr,xrys->rys", fertility, both)
    step[0] += np.einsum("qr,rys->qys", table.lived[0] / table.width, births)
    return np.asarray(step.reshape(ages * regions, ages * regions))


def project(population: Array, table: MultistateTable, fertility: Array, steps: int, joined: bool = True) -> Array:
    """Population (A, R) over `steps` steps of one age width, (steps + 1, A, R)."""
    matrix = growth_matrix(table, fertility, joined)
    states = [population]
    for _ in range(steps):
        states.append((matrix @ states[-1].ravel()).reshape(population.shape))
    return np.stack(states)


@dataclass(frozen=True)
class Stable:
    """The stable population: growth a year, and its distribution over ages and regions (A, R), which sums to 1."""

    growth: float
    shares: Array


def stable(table: MultistateTable, fertility: Array, joined: bool = True) -> Stable:
    """The stable population of constant rates: leading eigenvalue and eigenvector of the growth matrix."""
    values, vectors = np.linalg.eig(growth_matrix(table, fertility, joined))
    first = int(values.real.argmax())
    vector = np.abs(vectors[:, first].real).reshape(fertility.shape)
    return Stable(float(np.log(values[first].real) / table.width), vector / vector.sum())
