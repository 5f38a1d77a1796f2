"""Total fertility and life expectancy by the published models: double logistics and a third phase.

Fertility falls along a country's double logistic (Alkema et al. 2011) until, below `THIRD` births per woman, it
has risen twice in a row; from then it is an autoregression around the country's own mean (Raftery, Alkema
and Gerland 2014, Statistical Science 29:58), pooled as in `hierarchical_ar`; a country without such steps
yet draws its mean, return and spread from the pool. Life expectancy rises by a double logistic of its
level (Raftery et al. 2013). Departures from the papers: both sexes together (the tables of partners hold no
life expectancy by sex), t errors instead of exclusions of crises, hyperpriors on the published centres. Steps of
five years as published, drawn straight between. `vital` holds the rival and says which is better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.processes import double_logistic as model
from qonys.kernels.processes import regime_process as process
from qonys.kernels.processes.chain_checks import ChainCheck, checks, effective_size
from qonys.kernels.processes.regime_process import AZOSE_RAFTERY, Posterior
from qonys.projection.processes.migration import diagnosed, table_of
from qonys.projection.processes.protocol import place_of
from qonys.projection.processes.vital import STEP, yearly

Array = NDArray[np.float64]
THIRD = 2.0
KINDS = {"fertility": model.FERTILITY, "longevity": model.LONGEVITY}
NAMES = (("start", "d", "d4", "d1_d2", "d3_d2"), ("d1", "d2", "d3", "d4", "k", "z"))
WARM, BLOCK, MOST, GOAL = 2000, 2500, 8, 100.0
LIMITS = {"fertility": (0.5, np.inf), "longevity": (20.0, 110.0)}


@dataclass(frozen=True)
class LogisticPaths:
    """Paths of one country, `values` (draws, horizon), and what the limits took from them.

    `cut` (draws, 2): how many steps of five years of each draw, the one that the horizon ends in among them, were set
    to the lower and to the upper limit of `LIMITS`. The published models have no such limits: where steps are cut the
    paths are no longer theirs, and the lower or upper ends of intervals stand at a limit.
    """

    values: Array
    cut: NDArray[np.int64]

    def share(self) -> float:
        """Share of draws with a step that was cut."""
        return float((self.cut.sum(axis=1) > 0).mean())


@dataclass(frozen=True, kw_only=True)
class LogisticProcess:
    """A fitted process; `theta` (draws, C, P), `world` (draws, 2, P), `error` (draws, 2); `late`: the third phase
    of `late_countries`; `recent` (C, 3) the last three steps; `in_third` whether a country is there by then.
    """

    kind: str
    theta: Array
    world: Array
    error: Array
    late: Posterior | None
    late_countries: tuple[str, ...]
    countries: tuple[str, ...]
    last_year: int
    recent: Array
    in_third: NDArray[np.bool_]
    checks: tuple[ChainCheck, ...]

    @property
    def rhat(self) -> float:
        """Greatest split R-hat of all unknowns."""
        return max(check.rhat for check in self.checks)

    @property
    def last(self) -> dict[str, float]:
        """Last value by country."""
        return dict(zip(self.countries, map(float, self.recent[:, -1]), strict=True))

    def diagnostics(self) -> pl.DataFrame:
        """Columns parameter, country (null: common), rhat, ess, accepted (acceptance rate; null: exact draws)."""
        return diagnosed(self.checks)

    def paths(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> Array:
        """Total fertility, or life expectancy of both sexes, of the years after the data, (draws, horizon).

        Draw d depends only on (seed, d), and its first years do not depend on the horizon. Levels stay within `LIMITS`;
        `drawn` also says how many steps were cut there. `start` (draws,): values of the last year in place of that of
        the data.
        """
        return self.drawn(country, horizon, draws, seed, start).values

    def drawn(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> LogisticPaths:
        """The paths of `paths`, (draws, horizon), with the number of steps truncated at a limit.

        Raises
        ------
        BadInput
            The process was not fitted to the country.

        """
        place, steps = place_of(country, self.countries), -(-horizon // STEP)
        span = range(draws) if isinstance(draws, int) else range(*draws)
        levels, cut = np.empty((len(span), steps + 1)), np.zeros((len(span), 2), dtype=np.int64)
        law = (KINDS[self.kind], *LIMITS[self.kind])
        for row, d in enumerate(span):
            normal, heavy, own = (
                np.random.Generator(np.random.Philox(key=np.array([4 * seed + stream, d], dtype=np.uint64)))
                for stream in (1, 2, 3)
            )
            noise = normal.standard_normal(steps)
            weight = np.sqrt(heavy.standard_gamma(model.TAILS / 2, steps) / (model.TAILS / 2))
            i = d % len(self.theta)
            third = self._third(country, i, own)
            recent = self.recent[place].copy()
            if start is not None:
                recent[-1] = start[row]
            begin = (recent, bool(self.in_third[place]))
            cut[row] = _walk(law, begin, self.theta[i, place], self.error[i], third, (noise, weight), levels[row])
        return LogisticPaths(yearly(levels, horizon), cut)

    def _third(self, country: str, i: int, own: np.random.Generator) -> Array:
        """Mean, return and spread of the third phase in posterior draw i."""
        if self.late is None or self.late.pool is None:
            return np.array([1.75, 0.8, 0.15])
        i %= len(self.late.mu)
        if country in self.late_countries:
            c = self.late_countries.index(country)
            return np.array([self.late.mu[i, c], self.late.phi[i, c], self.late.sd[i, c]])
        centre, tau, a, b = self.late.pool[i]
        return np.array([centre + tau * own.standard_normal(), own.random(), np.sqrt(b / own.standard_gamma(a))])


@njit(cache=True)
def _walk(
    law: tuple[int, float, float],
    begin: tuple[Array, bool],
    theta: Array,
    error: Array,
    third: Array,
    luck: tuple[Array, Array],
    out: Array,
) -> tuple[int, int]:
    """Levels of one path at the steps, the last known first; how many steps were cut at the lower and upper limit.

    `law`: kind, lower and upper limit; `luck`: standard normals and weights of each step.
    """
    kind, lowest, highest = law
    below, above = 0, 0
    recent, late = begin
    noise, weight = luck
    before, then, now = recent[0], recent[1], recent[2]
    out[0] = now
    for t in range(len(noise)):
        if late:
            new = third[0] + third[1] * (now - third[0]) + third[2] * noise[t]
        else:
            new = now + model.change(now, theta, kind) + model.spread(now, error, kind) * noise[t] / weight[t]
        if new < lowest:
            new, below = lowest, below + 1
        elif new > highest:
            new, above = highest, above + 1
        before, then, now = then, now, new
        if kind == 0 and not late and before < 2.0 and before < then < now:
            late = True
        out[t + 1] = now
    return below, above


def third_from(steps: Array) -> int | None:
    """Index in `steps` (S,), births per woman, of the lowest below `THIRD` followed by two rises; None if none.

    Examples
    --------
    >>> third_from(np.array([3.0, 2.2, 1.8, 1.9, 2.4]))
    2
    """
    for t in range(len(steps) - 2):
        if steps[t] < THIRD and steps[t] < steps[t + 1] < steps[t + 2]:
            return t
    return None


def fit_logistic(kind: str, frame: pl.DataFrame, draws: int = 1000, seed: int = 1) -> LogisticProcess:
    """Fit `kind` fertility or longevity from the columns country, year, value (births per woman, or years).

    Sources: Alkema et al. (2011), Raftery et al. (2013, 2014), as in the module's docstring. Two chains, run until they
    have mixed.

    Raises
    ------
    BadInput
        A value that is not positive, or fewer than twenty years.

    """
    table, countries, years = table_of(frame)
    for c, t in np.argwhere(table <= 0)[:1]:
        raise BadInput("projection.not_positive", country=countries[c], year=years[t], value=float(table[c, t]))
    steps = np.ascontiguousarray(table[:, ::-1][:, ::STEP][:, ::-1])
    if steps.shape[1] < 4:
        raise BadInput("projection.short", need=4 * STEP)
    second, third, in_third = steps.copy(), np.full(steps.shape, np.nan), np.zeros(len(steps), dtype=bool)
    if kind == "fertility":
        for c, row in enumerate(steps):
            place = third_from(row)
            if place is not None:
                second[c, place + 1 :], third[c, place:], in_third[c] = np.nan, row[place:], True
    (theta, world, error), found = _chains(second, KINDS[kind], draws, seed, countries)
    late, late_countries = None, tuple(c for c, there in zip(countries, in_third, strict=True) if there)
    if len(late_countries) > 2:
        late, more = process.fit(third[in_third], draws, seed, AZOSE_RAFTERY, late_countries)
        found += [ChainCheck(f"third_{c.parameter}", c.unit, c.rhat, c.ess, c.accepted) for c in more]
    recent = steps[:, -3:].copy()
    return LogisticProcess(
        kind=kind,
        theta=theta,
        world=world,
        error=error,
        late=late,
        late_countries=late_countries,
        countries=countries,
        last_year=years[-1],
        recent=recent,
        in_third=in_third,
        checks=tuple(found),
    )


def _chains(
    steps: Array, kind: int, draws: int, seed: int, countries: tuple[str, ...]
) -> tuple[tuple[Array, Array, Array], list[ChainCheck]]:
    states = [model.start(steps, kind) for _ in range(2)]
    luck = [np.random.Generator(np.random.Philox(key=2 * seed + k)) for k in range(2)]
    blocks: list[list[tuple[Array, Array, Array]]] = [[], []]
    for state, rng in zip(states, luck, strict=True):
        model.run(steps, kind, state, model.PRIOR[kind], (WARM, WARM, 0), rng)
        state[-1][:] = 0
    for _ in range(MOST):
        for kept, state, rng in zip(blocks, states, luck, strict=True):
            kept.append(model.run(steps, kind, state, model.PRIOR[kind], (BLOCK, 1, -1), rng))
        whole = [[np.concatenate([part[i] for part in kept]) for i in range(3)] for kept in blocks]
        theta, world, error = (np.stack([chain[i] for chain in whole]) for i in range(3))
        flat = [part.reshape(2, part.shape[1], -1) for part in (theta, world, error)]
        if min(effective_size(part).min() for part in flat) >= GOAL:
            break
    accepted = np.mean([state[-1][:, 1] / np.maximum(state[-1][:, 0], 1) for state in states], axis=0)
    found = [c for j, name in enumerate(NAMES[kind]) for c in checks(name, theta[..., j], countries, accepted[:-2])]
    for j, name in enumerate(NAMES[kind]):
        found += checks(f"world_{name}", world[:, :, 0, j : j + 1], (None,), accepted[-1])
    found += [c for j in range(2) for c in checks(f"error_{j}", error[..., j : j + 1], (None,), accepted[-2])]
    chosen = np.linspace(0, theta.shape[1] - 1, -(-draws // 2)).astype(int)
    one, two, three = (part[:, chosen].reshape(-1, *part.shape[2:]) for part in (theta, world, error))
    return (one, two, three), found
