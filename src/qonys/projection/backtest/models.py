"""Forecasts of many countries at once from one past year: the processes of this room, and rivals.

Every forecast sees the figures up to its origin alone. Values stand by country, draw and year ahead,
(C, D, H); a certain forecast has one draw. Targets: `net_migration`, mean net rate of the years so far, per
1,000 and year; `population` and `population_15_64`, percent of the origin's.

Ours: net migration by the pooled process with crises (`qonys.kernels.processes.regime_process`), its means over decades
held from the twenty-first year ahead to those observed by the origin (`qonys.kernels.processes.window_limits`).
Countries without an
age structure have no cohorts to carry forward; for them natural increase is a process of its own (yearly
changes of the crude rate, autoregressive, t errors, pooled), and population follows from the two rates. People of
working age: those who turn 15 are the known births of fifteen years before; the rest of the growth but for
migration (turning 65, deaths) is, in one half of the draws, an autoregression around a mean and, in the other, one of
its changes, because neither alone held as often as it said; migrants come at the rate of the whole
population. Assumes: the processes are independent; the born reach 15; growth within a year is even.

Rivals: last year's count, or rate, kept; no migration; the mean of five years; the pooled autoregression of five-year
means of Azose and Raftery (2015), Demography 52:1627. For populations the kept ones keep growth in persons
or in percent (Smith, Tayman and Swanson 2001, chapter 12), and the other two differ from ours in migration alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.processes import regime_process as process
from qonys.kernels.processes.regime_process import Posterior, Settings
from qonys.kernels.processes.window_limits import held, room
from qonys.kernels.regression.pooling import split_rhat
from qonys.projection.processes.migration import AZOSE_RAFTERY, BOUNDED, PER, table_of

Array = NDArray[np.float64]
Values = dict[str, Array]
COLUMNS = ("births", "deaths", "net_migration", "population", "population_15_64")
TARGETS = ("net_migration", "population", "population_15_64")
MODELS = ("process", "autoregression", "last_rate", "last_count", "mean_5", "zero")
MEAN, ADULT = 5, 15
STEADY, ROUGH = Settings(5.0, False, np.inf, np.inf), Settings(3.0, False, np.inf, np.inf)
GAIN = 5.0
SHORT, LONG = (800, 3), (4000, 12)
AGAIN = 2**32


@dataclass(frozen=True)
class History:
    """Figures by country and year, (C, T): `net` and `natural` increase per 1,000, persons, births."""

    countries: tuple[str, ...]
    years: tuple[int, ...]
    net: Array
    natural: Array
    population: Array
    work: Array
    births: Array

    def upto(self, year: int) -> History:
        """The figures of `year` and before."""
        end = self.years.index(year) + 1
        names = ("net", "natural", "population", "work", "births")
        cut = {name: getattr(self, name)[:, :end] for name in names}
        return replace(self, years=self.years[:end], **cut)


def history_of(frame: pl.DataFrame) -> History:
    """From the columns country, year and `COLUMNS` (persons); gaps and duplicates are errors, see `table_of`."""
    tables = {}
    for name in COLUMNS:
        tables[name], countries, years = table_of(frame.select("country", "year", value=pl.col(name).cast(pl.Float64)))
    people = tables["population"]
    net, natural = PER * tables["net_migration"] / people, PER * (tables["births"] - tables["deaths"]) / people
    return History(countries, years, net, natural, people, tables["population_15_64"], tables["births"])


def fitted(
    rates: Array, draws: int, seed: int, settings: Settings, length: tuple[int, int] = SHORT
) -> tuple[Posterior, float]:
    """Two chains for `rates` (C, T) as one posterior, and the largest split R-hat; `length`: warm-up, thinning."""
    chains = process.chains(rates, draws, seed, settings, *length)
    names = ("mu", "phi", "sd")
    rhat = max(float(split_rhat(np.stack([getattr(chain, name) for chain in chains])).max()) for name in names)
    return process.joined(chains), rhat


def futures(posterior: Posterior, start: Array, horizon: int, seed: int) -> Array:
    """Rates of all countries, (C, D, horizon), after the last ones `start` (C,), one path a posterior draw.

    In law the paths of `regime_process.paths`, which serves one country and keys each draw; here all countries
    are drawn at once.
    """
    settings, limits = posterior.settings, posterior.limits
    rng, again = (np.random.Generator(np.random.Philox(key=key)) for key in (seed, AGAIN + seed))
    x = np.broadcast_to(start, posterior.mu.shape).copy()
    crisis = posterior.last.astype(bool)
    out = np.empty((horizon, *x.shape))
    for t in range(horizon):
        luck = rng.random(x.shape)
        crisis = np.where(crisis, luck >= posterior.leave[:, None], luck < posterior.enter[:, None])
        off = x - posterior.mu
        pulled = settings.pull * np.arcsinh(off / settings.pull) if np.isfinite(settings.pull) else off
        noise = rng.standard_t(settings.tails, x.shape) if np.isfinite(settings.tails) else rng.normal(size=x.shape)
        mean = posterior.mu + posterior.phi * pulled
        scale = posterior.sd * np.where(crisis, posterior.ratio[:, None], 1)
        x = mean + scale * noise
        if limits is not None and t >= limits.after:
            ends = room(np.moveaxis(out[:t], 0, -1), limits)
            x = held(x, (mean, scale), ends, again.random(x.shape))
        out[t] = x
    return process.bounded(out.transpose(2, 1, 0), settings.bound)


@dataclass(frozen=True)
class DrawnRates:
    """Fits of one origin: yearly rates per 1,000, (C, D, H): `net` by model, `natural`, `leaving` work; R-hat."""

    net: Values
    natural: Array
    leaving: Array
    rhat: float


def ours(past: History, horizon: int, draws: int, settings: Settings | None = None) -> tuple[Array, Array, float]:
    """Our net migration and natural increase of the years ahead, (C, D, H) per 1,000, and the greatest R-hat."""
    own, rhat = fitted(past.net, draws, 1, settings or BOUNDED, LONG)
    natural, steady = _by_changes(past.natural, horizon, draws, (2, ROUGH))
    return futures(own, past.net[:, -1], horizon, 71), natural, max(rhat, steady)


def draw(past: History, horizon: int, draws: int, settings: Settings | None = None) -> DrawnRates:
    """Fit the processes to the past and draw the years ahead; `draws` must be even."""
    last = past.net[:, -1]
    moving, natural, rhat = ours(past, horizon, draws, settings)
    length = past.net.shape[1] // MEAN * MEAN
    means = past.net[:, past.net.shape[1] - length :].reshape(len(last), -1, MEAN).mean(axis=2)
    pooled, other = fitted(means, draws, 1, AZOSE_RAFTERY)
    slow = futures(pooled, means[:, -1], -(-horizon // MEAN), 72).repeat(MEAN, axis=2)[:, :, :horizon]
    leaving, rest = _leaving(past, horizon, draws)
    growth = (past.natural[:, -1] + last) / PER
    ahead = np.arange(1, horizon + 1)
    certain = {"last_rate": last, "mean_5": past.net[:, -MEAN:].mean(axis=1), "zero": np.zeros(len(last))}
    net = {name: np.broadcast_to(value[:, None, None], (len(last), 1, horizon)) for name, value in certain.items()}
    net |= {
        "process": moving,
        "autoregression": slow,
        "last_count": (last[:, None] * np.exp(-growth[:, None] * ahead))[:, None],
    }
    return DrawnRates(net, natural, leaving, max(rhat, other, rest))


def _by_changes(level: Array, horizon: int, draws: int, how: tuple[int, Settings]) -> tuple[Array, float]:
    """Levels ahead, (C, D, H), whose yearly changes are a process; `how`: seed, settings. And the R-hat."""
    change = GAIN * np.diff(level, axis=1)
    posterior, rhat = fitted(change, draws, *how)
    drawn = futures(posterior, change[:, -1], horizon, 70 + how[0]) / GAIN
    return level[:, -1, None, None] + np.cumsum(drawn, axis=2), rhat


def _leaving(past: History, horizon: int, draws: int) -> tuple[Array, float]:
    """Growth of people of 15-64 but for those who turn 15 and for migration, per 1,000, years ahead; and the R-hat."""
    growth = PER * np.diff(np.log(past.work), axis=1)[:, ADULT:]
    turning = PER * _halves(past.births)[:, : growth.shape[1]] / past.work[:, ADULT:-1]
    left = growth - turning - _halves(past.net)[:, ADULT:]
    middle = float(left.mean())
    posterior, rhat = fitted(left - middle, draws // 2, 3, STEADY)
    around = middle + futures(posterior, left[:, -1] - middle, horizon, 75)
    wandering, other = _by_changes(left, horizon, draws // 2, (4, STEADY))
    return np.concatenate([around, wandering], axis=1), max(rhat, other)


def _halves(values: Array) -> Array:
    """From the middle of a year to that of the next: means of neighbours in the last axis."""
    return np.asarray((values[..., :-1] + values[..., 1:]) / 2)


def values(past: History, drawn: DrawnRates) -> dict[str, Values]:
    """The targets by model, each (C, D, H)."""
    found: dict[str, Values] = {}
    ahead = np.arange(1, drawn.natural.shape[2] + 1)
    for model in MODELS:
        net = drawn.net[model]
        target = {"net_migration": np.cumsum(net, axis=2) / ahead}
        if model in ("process", "autoregression", "zero"):
            target |= _grown(past, drawn, net)
        else:
            target |= {
                "population": _kept(past.population, model, ahead),
                "population_15_64": _kept(past.work, model, ahead),
            }
        found[model] = target
    return found


def _grown(past: History, drawn: DrawnRates, net: Array) -> Values:
    """Population and people of 15-64, percent of the origin's, by the processes and a net rate."""
    moving = _halves(_joined(past.net, net)) / PER
    population = 100 * np.exp(np.cumsum(moving + _halves(_joined(past.natural, drawn.natural)) / PER, axis=2))
    work = np.broadcast_to(past.work[:, -1, None], drawn.leaving.shape[:2])
    born = _halves(past.births)
    later = born[:, -MEAN:].mean(axis=1)
    levels = []
    for t in range(net.shape[2]):
        place = born.shape[1] + t - ADULT
        adult = born[:, place] if place < born.shape[1] else later
        work = work * np.exp(drawn.leaving[:, :, t] / PER + moving[:, :, t] + adult[:, None] / work)
        levels.append(100 * work / past.work[:, -1, None])
    return {"population": population, "population_15_64": np.stack(levels, axis=2)}


def _joined(past: Array, ahead: Array) -> Array:
    """The last year of the past before the years ahead, (C, D, H + 1)."""
    return np.concatenate([np.broadcast_to(past[:, -1, None, None], (*ahead.shape[:2], 1)), ahead], axis=2)


def _kept(people: Array, model: str, ahead: NDArray[np.int64]) -> Array:
    """Growth kept: last year's persons, last year's rate, or the mean rate of five years; percent of the origin's."""
    if model == "last_count":
        return np.asarray(100 * (1 + (1 - people[:, -2] / people[:, -1])[:, None, None] * ahead))
    years = 1 if model == "last_rate" else MEAN
    rate = np.log(people[:, -1] / people[:, -1 - years]) / years
    return np.asarray(100 * np.exp(rate[:, None, None] * ahead))
