"""Backtest by region: forecasts of regional totals from past years against outcomes and benchmark models.

A reduced model without ages, groups or destinations. A region's net migration rate is its own mean over the last three
known years, plus the change drawn by the national process, plus its deviation: the autoregression with a variance of
its own that the regional projection uses (`regional.processes`), fitted to figures up to the origin. Deviations
of a year sum to zero over the regions, so the national total is preserved. Natural increase changes with the nation's,
and births deviate by the same kind of process. It therefore tests the two processes and their starting values, not
the ages, the choice of destinations, the level of internal migration or the bounds of the engine.

Rivals: the last year's rates kept, the mean of five years kept, no migration, and the same model without deviations
(`no_deviations`). Figures are today's; years of recounts and of moved boundaries are left out of fits, forecasts and
outcomes alike, so that `population` is growth over the known years, percent of the origin's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.projection.backtest.models import DrawnRates, History, ours
from qonys.projection.backtest.run import OURS, Progress, counted, scored, summary
from qonys.projection.processes.migration import PER
from qonys.projection.regional.history import RegionalHistory, last_known
from qonys.projection.regional.processes import STREAMS

Array = NDArray[np.float64]
Rates = dict[str, tuple[Array, Array]]
ORIGINS = (2007, 2010, 2013, 2015, 2018)
HORIZONS = (1, 5, 10, 15)
NO_DEVIATIONS = "no_deviations"
MODELS = (OURS, NO_DEVIATIONS, "last_rate", "mean_5", "zero")
TARGETS = ("net_migration", "population")
BASE, MEAN, DRAWS, SEED = 3, 5, 400, 1


def nation_ahead(past: History, country: str, origin: int, horizon: int, drawn: DrawnRates | None = None) -> Array:
    """Draws of the nation's net migration and natural increase, (2, D, horizon) per person.

    Figures up to `origin` speak alone. `drawn`: fits of that origin that are there already, if they reach so far.
    """
    place = past.countries.index(country)
    if drawn is not None and drawn.natural.shape[2] >= horizon:
        net, natural = drawn.net[OURS], drawn.natural
    else:
        net, natural, _ = ours(past.upto(origin), horizon, DRAWS)
    return np.stack([net[place, :, :horizon], natural[place, :, :horizon]]) / PER


def rates_ahead(past: RegionalHistory, before: Array, nation: Array) -> Rates:
    """Net migration and natural increase per person by model, each (D, H, R) or one certain draw.

    `before` (2,): the nation's rates of the last `BASE` known years as `nation` (2, D, H) has them; what is drawn are
    changes since.
    """
    draws, horizon = nation.shape[1:]
    moved, born = past.fit()
    start = last_known(past.net, BASE), last_known(past.natural, BASE)
    changes = nation - before[:, None, None]
    size, count = past.people[-1], len(past.regions)
    deviations = moved.paths(STREAMS["attraction"], horizon, count, (0, draws), SEED)
    deviations = deviations - (deviations @ size)[..., None] / size.sum()
    bear = replace(born, lift=-0.5).paths(STREAMS["fertility"], horizon, count, (0, draws), SEED)
    births = last_known(past.births / past.exposed, BASE)
    natural = start[1] + changes[1, ..., None]
    net = start[0] + changes[0, ..., None]
    found = {OURS: (net + deviations, natural + births * np.expm1(bear)), NO_DEVIATIONS: (net, natural)}
    for model, years in (("last_rate", 1), ("mean_5", MEAN)):
        kept = (last_known(values, years) for values in (past.net, past.natural))
        one, two = (np.broadcast_to(rate, (1, horizon, count)) for rate in kept)
        found[model] = (one, two)
    return found | {"zero": (np.zeros((1, 1, 1)), found[OURS][1])}


def targets(net: Array, natural: Array, known: NDArray[np.bool_]) -> dict[str, Array]:
    """The targets over the known years of a horizon, (D, R), from rates (D, H, R) and `known` (H, R)."""
    net, natural = (np.broadcast_to(rate, np.broadcast_shapes(net.shape, natural.shape)) for rate in (net, natural))
    years = np.maximum(known.sum(axis=0), 1)
    inside = np.where(known, net, 0.0)
    return {
        "net_migration": PER * inside.sum(axis=1) / years,
        "population": 100 * np.exp((inside + np.where(known, natural, 0.0)).sum(axis=1)),
    }


def outcomes(history: RegionalHistory, origin: int, horizon: int) -> tuple[dict[str, Array], NDArray[np.bool_]]:
    """What came, (R,), in the units of the targets, and the known years, (horizon, R)."""
    start = history.years.index(origin) + 1
    stop = start + horizon
    known = history.known[start:stop]
    growth = np.diff(np.log(history.people), axis=0)[start:stop]
    moved = np.where(known, history.net[start:stop], 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return {"net_migration": PER * moved, "population": 100 * np.exp((growth * known).sum(axis=0))}, known


def regional_backtest(
    history: RegionalHistory,
    past: History,
    country: str,
    origins: Sequence[int] = ORIGINS,
    horizons: Sequence[int] = HORIZONS,
    drawn: Mapping[int, DrawnRates] | None = None,
    progress: Progress = lambda done, total: None,
) -> pl.DataFrame:
    """Every forecast with its scores (as `backtest.scored`, column `region`).

    `past`: the country among others, whose process the nation follows; `drawn`: its fits by origin. Horizons beyond
    the figures, and cases without a known year, are left out. `progress` hears how many of how many origins are done.

    Raises
    ------
    BadInput
        An origin without figures, or with too few before it for a fit; no known year after any origin.

    """
    last = history.years[-1]
    for origin in origins:
        if not (history.years[0] <= origin < last and origin in past.years):
            raise BadInput("study.project.origin", origin=origin, first=history.years[0], last=last - 1)
    held = drawn or {}

    def one(origin: int) -> list[pl.DataFrame]:
        before = history.upto(origin)
        possible = [h for h in horizons if origin + h <= last]
        if not possible:
            return []
        nation = nation_ahead(past, country, origin, max(possible), held.get(origin))
        found = rates_ahead(before, _before(before, past, country), nation)
        return [frame for horizon in possible for frame in _scored(history, found, origin, horizon)]

    with ThreadPoolExecutor(2) as pool:
        parts = counted(pool.map(one, origins), len(origins), progress)
        found = [frame for frames in parts for frame in frames]
    if not found:
        raise BadInput("regional.no_cases", origins=", ".join(map(str, origins)))
    return pl.concat(found)


def _before(history: RegionalHistory, past: History, country: str) -> Array:
    """The nation's net and natural rates per person, (2,): means of the last `BASE` years that are known."""
    known = np.asarray(history.known.any(axis=1))
    years = np.array(history.years)[known][-BASE:].tolist()
    place, columns = past.countries.index(country), [past.years.index(year) for year in years]
    return np.array([rates[place, columns].mean() for rates in (past.net, past.natural)]) / PER


def _scored(history: RegionalHistory, found: Rates, origin: int, horizon: int) -> list[pl.DataFrame]:
    came, known = outcomes(history, origin, horizon)
    there = np.asarray(known.any(axis=0))
    if not there.any():
        return []
    names = np.array(history.regions)[there].tolist()
    frames = []
    for model in MODELS:
        net, natural = (rate[:, :horizon] for rate in found[model])
        for target, values in targets(net, natural, known).items():
            about: dict[str, str | int] = {"target": target, "model": model, "origin": origin, "horizon": horizon}
            frames.append(scored(values[:, there].T, came[target][there], about, names, "region"))
    return frames


def regional_summary(forecasts: pl.DataFrame) -> pl.DataFrame:
    """Measures by target, horizon and model (as `backtest.summary`); intervals and gains draw whole regions again.

    Regions of one nation share its errors, which no such interval shows.
    """
    place = pl.col("model").replace_strict(list(MODELS), list(range(len(MODELS))), return_dtype=pl.Int64)
    return summary(forecasts.rename({"region": "country"})).sort("target", "horizon", place)


def by_region(forecasts: pl.DataFrame) -> pl.DataFrame:
    """Our forecasts by target, horizon and region: n, coverage_80, crps, bias (median less actual), mean of actual."""
    return (
        forecasts.filter(pl.col("model") == OURS)
        .group_by("target", "horizon", "region", maintain_order=True)
        .agg(
            n=pl.len(),
            coverage_80=pl.col("actual").is_between("low_80", "high_80").mean(),
            crps=pl.col("crps").mean(),
            bias=(pl.col("median") - pl.col("actual")).mean(),
            actual=pl.col("actual").mean(),
        )
    )
