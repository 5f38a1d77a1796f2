"""The country's own cohorts carried forward from past years, and what came of them.

Base, death rates, fertility pattern, sex ratio and the gap of the sexes are those of periods that had ended by the
origin; fertility and life expectancy are fitted to years up to it. No gross flows are used: the registers that tell
them began later, and a net balance moves the ages alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.level_model import AGES, Family
from qonys.kernels.mortality.life_tables import life_table, survival_ratios
from qonys.projection.backtest.models import DrawnRates, History
from qonys.projection.backtest.run import compact, restored, scored
from qonys.projection.national import SEXES, NationalInputs, Processes, project_national
from qonys.projection.processes.migration import PER
from qonys.projection.processes.protocol import BoundedLifeExpectancy, CachedPaths, FixedPaths
from qonys.projection.processes.vital import VitalProcess, fit_fertility, fit_longevity

Array = NDArray[np.float64]
GRID = np.arange(52.0, 92.01, 0.25)
GROUPS = {"population": (0, 21), "age_0_14": (0, 3), "age_15_64": (3, 13), "age_65": (13, 21)}
STARTS = np.arange(0, 101, 5)
DRIVERS = {"cohorts": "process", "cohorts_autoregression": "autoregression", "cohorts_zero": "zero"}
KEPT = 5
EFFECTIVE = 15.0
LIVES = (58.0, 85.0)
FACTORS = np.geomspace(0.02, 8.0, 200)
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)


@dataclass(frozen=True)
class Cohorts:
    """The country's own record: `ages` (as `backtest.scored`, by group), `cells` by sex and age, `fans` by year.

    `rhat`, `ess`: greatest split R-hat and least effective sample size of the fits of fertility and life expectancy.
    """

    ages: pl.DataFrame
    cells: pl.DataFrame
    fans: pl.DataFrame
    rhat: float
    ess: float

    def packed(self) -> Cohorts:
        """The record as it is stored, see `compact`."""
        return replace(self, ages=compact(self.ages), cells=compact(self.cells))

    def unpacked(self) -> Cohorts:
        """The record of which `packed` was made."""
        return replace(self, ages=restored(self.ages), cells=restored(self.cells))


@dataclass(frozen=True)
class PastFigures:
    """Published figures from which the cohorts of a country are carried forward.

    `births`, `lives`: total fertility (births per woman) and life expectancy (years) of all countries: country, year,
    value. `people` by year: persons by sex and five-year group, (2, 21). `deaths` by origin: death rates of the periods
    that had ended, (T, 2, A), and first ages, (A,). `shares` and `ratios`: see `inputs.ages.fertility_shares` and
    `sex_ratios`. `moving` (2, 101): age schedule of migrants.
    """

    country: str
    births: pl.DataFrame
    lives: pl.DataFrame
    people: Mapping[int, Array]
    deaths: Mapping[int, tuple[Array, Array]]
    shares: pl.DataFrame
    ratios: pl.DataFrame
    moving: Array


def cohorts(
    figures: PastFigures, past: History, drawn: Mapping[int, DrawnRates], horizons: Sequence[int], fans: Sequence[int]
) -> Cohorts:
    """Carry the country's ages forward from each origin with the migration paths `drawn`, and score them.

    `fans`: origins whose yearly quantiles are kept.
    """
    frames: dict[str, list[pl.DataFrame]] = {"ages": [], "cells": [], "fans": []}
    place = past.countries.index(figures.country)
    fits: list[VitalProcess] = []
    for origin, rates in drawn.items():
        vital = fits_of(figures, origin, rates.natural.shape[1])
        fits += vital
        found = _from(figures, place, rates, origin, vital)
        for horizon in (h for h in horizons if origin + h <= past.years[-1]):
            frames["ages"] += _ages(figures, found, origin, horizon)
            frames["cells"].append(_cells(figures, found["cohorts"], origin, horizon))
        if origin in fans:
            net = rates.net["process"][place]
            frames["fans"] += _fans(found["cohorts"].sum(axis=(2, 3))[:, 1:], net, origin)
    ages, cells, kept = (pl.concat(frames[name]) for name in ("ages", "cells", "fans"))
    ess = min(check.ess for fit in fits for check in fit.checks)
    return Cohorts(ages, cells, kept, max(fit.rhat for fit in fits), ess)


def fits_of(figures: PastFigures, origin: int, draws: int) -> tuple[VitalProcess, VitalProcess]:
    """Fertility and life expectancy as known at the origin, fitted to all countries."""
    births, lives = (frame.filter(pl.col("year") <= origin) for frame in (figures.births, figures.lives))
    return fit_fertility(births, draws, 1, EFFECTIVE), fit_longevity(lives, draws, 1, EFFECTIVE)


def _from(
    figures: PastFigures, place: int, drawn: DrawnRates, origin: int, vital: tuple[VitalProcess, VitalProcess]
) -> dict[str, Array]:
    """Draws of the age groups by model, (D, T + 1, 2, 21); `place`: of the country among those drawn."""
    draws, horizon = drawn.natural.shape[1:]
    fertility, longevity = CachedPaths(vital[0]), CachedPaths(BoundedLifeExpectancy(process=vital[1], limits=LIVES))
    inputs = past_inputs(figures, origin, horizon)
    found = {}
    for name, model in DRIVERS.items():
        rates = np.broadcast_to(drawn.net[model][place], (draws, horizon))
        given = FixedPaths(values=rates / PER, countries=(figures.country,), last_year=origin, rhat=drawn.rhat)
        found[name] = project_national(inputs, Processes(fertility, longevity, given), horizon, draws).groups
    return found


def past_inputs(figures: PastFigures, origin: int, horizon: int) -> NationalInputs:
    """Inputs of a projection from mid-`origin` that use no period that ended later."""
    known, sex_gap = _mortality(*figures.deaths[origin])
    ended = figures.shares.filter(pl.col("year_end") <= origin)
    last = ended.filter(pl.col("year_end") == ended["year_end"].max()).sort("age_start")
    low = int(last["age_start"][0])
    ages = single_ages(
        np.append(last["percent_of_tfr"].cast(pl.Float64).to_numpy(), 0.0),
        np.append(last["age_start"].to_numpy() - low, 35), 36,
    )  # fmt: skip
    pattern = np.zeros((horizon, len(AGES)))
    pattern[:, low : low + 35] = ages[:-1] / ages.sum()
    ratio = figures.ratios.filter(pl.col("year_end") <= origin).sort("year_end")["value"][-1]
    return NationalInputs(
        country=figures.country,
        base_year=origin,
        base=single_ages(figures.people[origin], STARTS.astype(float), 101),
        base_error=0.0,
        family=known,
        sex_gap=sex_gap,
        pattern=pattern,
        sex_ratio=np.full(horizon, float(ratio)),
        immigrant_ages=figures.moving,
        emigrant_ages=figures.moving,
        turnover=0.0,
    )


def _mortality(rates: Array, ages: Array) -> tuple[Family, tuple[Array, Array]]:
    """Death rates by life expectancy and the gap of the sexes, both from the tables of periods that had ended.

    Rates at a life expectancy are the last period's, all ages changed by one factor: a family through all past tables
    would follow their wiggles where life is longer than it had ever been.
    """
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


def _ages(figures: PastFigures, found: dict[str, Array], origin: int, horizon: int) -> list[pl.DataFrame]:
    """Scores of the age groups, percent of the origin's: the models, and growth of the past kept."""
    years = (origin, origin - KEPT, origin + horizon)
    now, before, came = (figures.people[year].sum(axis=0) for year in years)
    frames = []
    for group, (low, high) in GROUPS.items():
        start = now[low:high].sum()
        kept = (start / before[low:high].sum()) ** (horizon / KEPT)
        samples = {name: draws[:, horizon, :, low:high].sum(axis=(1, 2)) / start for name, draws in found.items()}
        samples["mean_5"] = np.array([kept])
        for model, sample in samples.items():
            about: dict[str, str | int] = {"target": group, "model": model, "origin": origin, "horizon": horizon}
            actual = np.array([100 * came[low:high].sum() / start])
            frames.append(scored(100 * sample[None], actual, about, [figures.country]))
    return frames


def _cells(figures: PastFigures, draws: Array, origin: int, horizon: int) -> pl.DataFrame:
    """Scores of every sex and age, persons."""
    sample = draws[:, horizon].reshape(len(draws), -1).T
    names = [sex for sex in SEXES for _ in STARTS]
    about: dict[str, str | int] = {"origin": origin, "horizon": horizon}
    frame = scored(sample, figures.people[origin + horizon].ravel(), about, names, "sex")
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
