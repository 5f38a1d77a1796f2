"""The cohort-component step of one country and the reference projection over years, in plain NumPy with all accounts.

Populations are (..., 2, A): sex (female, male) and age groups of `width` years, the last open. Net
migrants are classified by age at the end of the step. The step is that of the United Nations' engine
(ccmppWPP; Sevcikova, Li, Kantorova, Gerland and Raftery 2016, in Dynamic Demographic Analysis):
P*(x) = P(x) + Ms(x), P'(x) = P*(x - n) s(x) + Mm(x), births n f(x) (P*f(x) + P'f(x)) / 2, deaths
P*(x - n) (1 - s(x)), with Ms = Mm = M / 2 if migration is spread evenly, Me = M if it occurs at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EVEN, END = "even", "end"


@dataclass(frozen=True)
class CohortStep:
    """One step: the new population and its accounts, persons, (..., 2, A) each; births (..., 2).

    `migrants`: net migrants actually applied; `clipped`: persons by which departures exceeded the population
    (the new population is zero there and `migrants` are the actual departures). Start + births + migrants =
    end + deaths holds for each sex.
    """

    population: Array
    births: Array
    deaths: Array
    migrants: Array
    clipped: Array


def step(
    population: Array,
    survival: Array,
    fertility: Array,
    sex_ratio: Array | float,
    migrants: Array,
    width: int = 1,
    timing: str = EVEN,
) -> CohortStep:
    """The population one age-group width later.

    `survival` (..., 2, A) to each end age (the first from birth, the last of the two oldest groups
    together), `fertility` (..., A) births per woman and year, `sex_ratio` males per female at birth,
    `migrants` (..., 2, A) net. `deaths` are classified by age at the end.
    """
    early = migrants / 2 if timing == EVEN else np.zeros_like(migrants)
    start = population + early
    exposed = np.empty_like(start)
    exposed[..., 1:] = start[..., :-1]
    exposed[..., -1] = start[..., -2] + start[..., -1]
    later = np.zeros_like(start)
    later[..., 1:] = exposed[..., 1:] * survival[..., 1:] + early[..., 1:]
    women = (start[..., 0, :] + np.where(np.arange(start.shape[-1]) == 0, 0, later[..., 0, :])) / 2
    born = width * (fertility * women).sum(axis=-1)
    girls = born / (1 + np.asarray(sex_ratio))
    births = np.stack([girls, born - girls], axis=-1)
    exposed[..., 0] = births
    later[..., 0] = births * survival[..., 0] + early[..., 0]
    deaths = exposed * (1 - survival)
    end = later if timing == EVEN else later + migrants
    clipped = np.maximum(-end, 0)
    return CohortStep(np.maximum(end, 0), births, deaths, migrants + clipped, clipped)


@dataclass(frozen=True)
class CohortFlows:
    """Migration of one step: target immigrants and emigrants, persons (...,); age schedules (2, A), each summing to 1.

    Emigrants are spread by `emigrant_ages` times the population of each cell (a rate on the own population); a cell
    loses at most the share `most` of its persons; emigrants in excess of it are reported as `short`.
    """

    arriving: Array
    leaving: Array
    immigrant_ages: Array
    emigrant_ages: Array
    most: float = 0.8


def migrants_of(population: Array, flows: CohortFlows) -> tuple[Array, Array, Array]:
    """(immigrants, emigrants (..., 2, A), short (...,)) by age and sex."""
    weights = flows.emigrant_ages * population
    total = weights.sum(axis=(-2, -1), keepdims=True)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    wanted = np.asarray(flows.leaving)[..., None, None] * share
    going = np.minimum(wanted, flows.most * population)
    return (
        np.asarray(flows.arriving)[..., None, None] * flows.immigrant_ages,
        going,
        (wanted - going).sum(axis=(-2, -1)),
    )


def gross_rates(net: Array, mean: Array) -> tuple[Array, Array]:
    """Immigration i and emigration e, i - e = `net`, sqrt(i e) = `mean`, in their unit; both above 0 where the mean is.

    Shapes: `net` and `mean` (...), as both results. i = (n + sqrt(n^2 + 4 g^2)) / 2, e = i - n, the smaller of the two
    as g^2 over the larger: nothing is lost to rounding. With a mean of 0 one of them is 0 and the other abs(n).

    Examples
    --------
    >>> [float(flow) for flow in gross_rates(np.array(-3.0), np.array(2.0))]
    [1.0, 4.0]

    """
    larger = (np.abs(net) + np.sqrt(net**2 + 4 * mean**2)) / 2
    smaller = mean**2 / np.where(larger > 0, larger, 1.0)
    return np.where(net > 0, larger, smaller), np.where(net > 0, smaller, larger)


def gross(net: Array, population: Array, mean: float | Array) -> tuple[Array, Array]:
    """(immigrants, emigrants), persons, of a net total whose geometric mean is `mean` per resident."""
    return gross_rates(net, mean * population)


@dataclass(frozen=True)
class CohortPath:
    """Years of one projection (or of many, in the leading axes): population (..., T + 1, 2, A) and accounts by year."""

    population: Array
    births: Array
    deaths: Array
    arrivals: Array
    departures: Array
    short: Array

    def residual(self) -> float:
        """Largest residual of the identity start + births + in = end + deaths + out, persons."""
        total = self.population.sum(axis=(-2, -1))
        change = np.diff(total, axis=-1)
        return float(np.abs(change - (self.births - self.deaths + self.arrivals - self.departures)).max())


def project(
    base: Array,
    survival: Array,
    fertility: Array,
    sex_ratio: Array,
    flows: list[CohortFlows],
    width: int = 1,
    timing: str = EVEN,
) -> CohortPath:
    """Consecutive steps: survival (..., T, 2, A), fertility (..., T, A), sex_ratio (T,), flows of each step."""
    states = [base]
    totals: dict[str, list[Array]] = {name: [] for name in ("births", "deaths", "arrivals", "departures", "short")}
    for t, flow in enumerate(flows):
        coming, going, short = migrants_of(states[-1], flow)
        done = step(
            states[-1], survival[..., t, :, :], fertility[..., t, :], sex_ratio[t], coming - going, width, timing
        )
        both = (-2, -1)
        totals["births"].append(done.births.sum(axis=-1))
        totals["deaths"].append(done.deaths.sum(axis=both))
        totals["arrivals"].append(np.broadcast_to(coming.sum(axis=both), done.births.shape[:-1]))
        totals["departures"].append((going - done.clipped).sum(axis=both))
        totals["short"].append(short + done.clipped.sum(axis=both))
        states.append(done.population)
    parts = {name: np.stack(values, axis=-1) for name, values in totals.items()}
    return CohortPath(np.stack(states, axis=-3), **parts)
