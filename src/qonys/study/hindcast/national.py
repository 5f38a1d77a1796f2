"""What a forecast from a past year takes of the pack, and the country's own cohorts carried forward from there.

Base, death rates, fertility pattern, sex ratio and the gap of the sexes are those of periods that had ended by the
origin; fertility and life expectancy are fitted to years up to it. No gross flows are used: the registers that tell
them began later, and a net balance moves the ages alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from qonys.catalog import Pack
from qonys.inputs.ages import death_rates, fertility_shares, population_by_age, sex_ratios
from qonys.inputs.partners import pool_of
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.level_model import AGES, Family
from qonys.kernels.mortality.life_tables import life_table, survival_ratios
from qonys.projection.backtest.models import History, history_of
from qonys.projection.backtest.run import Record, scored
from qonys.projection.national import NationalInputs, Processes, project_national
from qonys.projection.processes.migration import PER
from qonys.projection.processes.protocol import BoundedLifeExpectancy, FixedPaths
from qonys.projection.processes.vital import fit_fertility, fit_longevity
from qonys.study.base.national import SEXES, schedule

Array = NDArray[np.float64]
GRID = np.arange(52.0, 92.01, 0.25)
GROUPS = {"population": (0, 21), "age_0_14": (0, 3), "age_15_64": (3, 13), "age_65": (13, 21)}
STARTS = np.arange(0, 101, 5)
INDICATORS = {
    "births": "births", "deaths": "deaths", "net_migration": "net_migration", "mid_year_population": "population",
    "population_15_64": "population_15_64",
}  # fmt: skip
DRIVERS = {"cohorts": "process", "cohorts_autoregression": "autoregression", "cohorts_zero": "zero"}
KEPT = 5
EFFECTIVE = 15.0
LIVES = (58.0, 85.0)
FACTORS = np.geomspace(0.02, 8.0, 200)
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)


@dataclass(frozen=True)
class Cohorts:
    """The country's own record: `ages` (as `backtest.scored`, by group), `cells` by sex and age, `fans` by year."""

    ages: pl.DataFrame
    cells: pl.DataFrame
    fans: pl.DataFrame


def history(pack: Pack) -> History:
    """The country and its partners as one source gives them: the UN's estimates of today."""
    pool = pool_of(pack)
    named = [pool[name].rename({"value": column}) for name, column in INDICATORS.items()]
    return history_of(reduce(lambda one, two: one.join(two, on=["country", "year"]), named))


def cohorts(pack: Pack, past: History, record: Record, horizons: Sequence[int], fans: Sequence[int]) -> Cohorts:
    """Carry the country's ages forward from each origin of the record with its migration paths, and score them.

    `fans`: origins whose yearly quantiles are kept.
    """
    frames: dict[str, list[pl.DataFrame]] = {"ages": [], "cells": [], "fans": []}
    for origin in record.drawn:
        found = _from(pack, past, record, origin)
        possible = [h for h in horizons if origin + h <= past.years[-1]]
        for horizon in possible:
            frames["ages"] += _ages(pack, found, origin, horizon)
            frames["cells"].append(_cells(pack, found["cohorts"], origin, horizon))
        if origin in fans:
            place = past.countries.index(pack.country["iso3"])
            net = record.drawn[origin].net["process"][place]
            frames["fans"] += _fans(found["cohorts"].sum(axis=(2, 3))[:, 1:], net, origin)
    return Cohorts(*(pl.concat(frames[name]) for name in ("ages", "cells", "fans")))


def _from(pack: Pack, past: History, record: Record, origin: int) -> dict[str, Array]:
    """Draws of the age groups by model, (D, T + 1, 2, 21)."""
    country = pack.country["iso3"]
    place = past.countries.index(country)
    drawn = record.drawn[origin]
    draws, horizon = drawn.natural.shape[1:]
    pool = pool_of(pack)
    births, lives = (
        pool[name].filter(pl.col("year") <= origin) for name in ("total_fertility_rate", "life_expectancy_both")
    )
    longevity = BoundedLifeExpectancy(process=fit_longevity(lives, draws, 1, EFFECTIVE), limits=LIVES)
    vital = fit_fertility(births, draws, 1, EFFECTIVE), longevity
    inputs = past_inputs(pack, origin, horizon)
    found = {}
    for name, model in DRIVERS.items():
        rates = np.broadcast_to(drawn.net[model][place], (draws, horizon))
        given = FixedPaths(values=rates / PER, countries=past.countries, last_year=origin, rhat=drawn.rhat)
        found[name] = project_national(inputs, Processes(*vital, given), horizon, draws).groups
    return found


def past_inputs(pack: Pack, origin: int, horizon: int) -> NationalInputs:
    """Inputs of a projection from mid-`origin` that use no period that ended later."""
    known, sex_gap = _mortality(pack, origin)
    ended = fertility_shares(pack).filter(pl.col("year_end") <= origin)
    last = ended.filter(pl.col("year_end") == ended["year_end"].max()).sort("age_start")
    low = int(last["age_start"][0])
    ages = single_ages(
        np.append(last["percent_of_tfr"].cast(pl.Float64).to_numpy(), 0.0),
        np.append(last["age_start"].to_numpy() - low, 35), 36,
    )  # fmt: skip
    pattern = np.zeros((horizon, len(AGES)))
    pattern[:, low : low + 35] = ages[:-1] / ages.sum()
    ratio = sex_ratios(pack).filter(pl.col("year_end") <= origin).sort("year_end")["value"][-1]
    moving = schedule()
    return NationalInputs(
        country=pack.country["iso3"],
        base_year=origin,
        base=single_ages(population_by_age(pack, origin), STARTS.astype(float), 101),
        base_error=0.0,
        family=known,
        sex_gap=sex_gap,
        pattern=pattern,
        sex_ratio=np.full(horizon, float(ratio)),
        immigrant_ages=moving,
        emigrant_ages=moving,
        turnover=0.0,
    )


def _mortality(pack: Pack, origin: int) -> tuple[Family, tuple[Array, Array]]:
    """Death rates by life expectancy and the gap of the sexes, both from the tables of periods that had ended.

    Rates at a life expectancy are the last period's, all ages changed by one factor: a family through all past tables
    would follow their wiggles where life is longer than it had ever been.
    """
    rates, ages = death_rates(pack, origin)
    life = np.stack([life_table(rates[:, i], ages, sex).e[:, 0] for i, sex in enumerate(SEXES)], axis=1)
    order = np.argsort(life.mean(axis=1))
    return _scaled(rates[-1], ages), (life.mean(axis=1)[order], (life[:, 0] - life[:, 1])[order])


def _scaled(rates: Array, ages: Array) -> Family:
    """The family of rates (2, G) times one factor; each member has its own life expectancy to about 0.01 years.

    Where nobody reaches an age its survival is 0.
    """
    middles = np.append((ages[:-1] + ages[1:]) / 2, ages[-1] + 0.5)
    single = np.exp(PchipInterpolator(middles, np.log(rates), axis=-1)(AGES + 0.5))
    found, survival = [], []
    for one, sex in zip(single, SEXES, strict=True):
        life = np.asarray(life_table(one * FACTORS[:, None], AGES, sex).e[:, 0])
        factor = np.exp(np.interp(-GRID, -life, np.log(FACTORS)))
        found.append(one * factor[:, None])
        with np.errstate(invalid="ignore"):
            survival.append(np.nan_to_num(survival_ratios(life_table(found[-1], AGES, sex), width=1)))
    return Family(GRID, np.stack(found), np.stack(survival))


def _ages(pack: Pack, found: dict[str, Array], origin: int, horizon: int) -> list[pl.DataFrame]:
    """Scores of the age groups, percent of the origin's: the models, and growth of the past kept."""
    years = (origin, origin - KEPT, origin + horizon)
    now, before, came = (population_by_age(pack, year).sum(axis=0) for year in years)
    frames = []
    for group, (low, high) in GROUPS.items():
        start = now[low:high].sum()
        kept = (start / before[low:high].sum()) ** (horizon / KEPT)
        samples = {name: draws[:, horizon, :, low:high].sum(axis=(1, 2)) / start for name, draws in found.items()}
        samples["mean_5"] = np.array([kept])
        for model, sample in samples.items():
            about: dict[str, str | int] = {"target": group, "model": model, "origin": origin, "horizon": horizon}
            actual = np.array([100 * came[low:high].sum() / start])
            frames.append(scored(100 * sample[None], actual, about, [pack.country["iso3"]]))
    return frames


def _cells(pack: Pack, draws: Array, origin: int, horizon: int) -> pl.DataFrame:
    """Scores of every sex and age, persons."""
    sample = draws[:, horizon].reshape(len(draws), -1).T
    names = [sex for sex in SEXES for _ in STARTS]
    about: dict[str, str | int] = {"origin": origin, "horizon": horizon}
    frame = scored(sample, population_by_age(pack, origin + horizon).ravel(), about, names, "sex")
    return frame.insert_column(3, pl.Series("age_start", np.tile(STARTS, len(SEXES))))


def _fans(population: Array, net: Array, origin: int) -> list[pl.DataFrame]:
    """Yearly quantiles of population (persons) and net rate (per 1,000) from an origin: target, origin, year, q..."""
    frames = []
    for target, values in (("population", population), ("net_migration", net)):
        found = np.quantile(values, QUANTILES, axis=0)
        years = [origin + 1 + t for t in range(values.shape[1])]
        columns = {f"q{100 * level:g}": row for level, row in zip(QUANTILES, found, strict=True)}
        frames.append(pl.DataFrame({"target": [target] * len(years), "origin": origin, "year": years, **columns}))
    return frames
