"""From the pack's tables to what a national projection takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs import available, sources_of
from qonys.inputs.ages import (
    death_rates,
    fertility_shares,
    population_by_age,
    population_years,
    projected_longevity,
    sex_ratios,
)
from qonys.inputs.country import country as declared
from qonys.inputs.counts import newest_base
from qonys.inputs.partners import GROSS, gross_record, pool_of, turnover
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.lee_carter import lee_carter_family
from qonys.kernels.mortality.level_model import AGES, Family, family
from qonys.kernels.schedules.curves import curve
from qonys.projection.national import NationalInputs, Processes
from qonys.projection.processes.dependence import fitted_correlation, linked
from qonys.projection.processes.gross import GrossProcess, fit_gross
from qonys.projection.processes.migration import MigrationProcess
from qonys.projection.processes.protocol import Process
from qonys.projection.processes.registry import ProcessChoices
from qonys.projection.processes.vital import VitalProcess
from qonys.projection.published import CohortRates, PublishedYears
from qonys.study.base.carried import FIGURES, Carried, carried
from qonys.study.ensembles.shipped import FitKey, Fits, frame_digest, taken

Array = NDArray[np.float64]
SEXES = ("female", "male")
MODULE = "qonys.projection.processes.registry"
GRID = np.arange(30.0, 97.01, 0.25)
SCHEDULE = "western_standard"
HORIZON = 77
TABLES = (
    "population_age_sex", "mortality_age", "fertility_age", "sex_ratio_birth", "projection_un", "partners_wpp",
    "national",
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """Inputs, fitted processes, and the ids of their sources."""

    inputs: NationalInputs
    processes: Processes
    sources: tuple[str, ...]


def prepare(
    pack: Pack,
    account: pl.DataFrame,
    draws: int,
    seed: int,
    choices: ProcessChoices | None = None,
    base_year: int = 0,
    fits: Fits | None = None,
) -> Prepared:
    """Everything a projection of the pack's country needs.

    `account`: the reconciled account of the nation, tidy: quantity, year, low, median, high. `choices`: which
    processes are fitted (None: the defaults). `base_year`: 0 for the newest (`inputs.counts.newest_base`); then
    what is published of later years is used too, as it is known. `fits`: where fitted processes may be found (None:
    with the pack).
    """
    choices = choices or ProcessChoices()
    country = pack.country["iso3"]
    first, newest = population_years(pack)[0], newest_base(pack)
    base_year = base_year or newest
    if not first <= base_year <= newest:
        raise BadInput("study.plan.base_year", year=base_year, first=first, last=newest)
    pool = pool_of(pack)
    frames = {
        "fertility": _upto(pool["total_fertility_rate"], base_year),
        "longevity": _upto(pool["life_expectancy_both"], base_year),
        "migration": migration_of(pool, account, country, base_year),
    }
    people = pool["mid_year_population"]
    gross = _gross(pack, people, base_year, base_year == newest, (draws, seed))
    processes = replace(processes_of(frames, choices, (draws, seed), fits or taken(pack)), gross=gross)
    moving = schedule()
    family, gap = _death_rates(pack, choices, base_year), _sex_gap(pack)
    base, error, published = _start(pack, account, base_year, (family, gap, moving))
    inputs = NationalInputs(
        country=country,
        base_year=base_year,
        base=base,
        base_error=error,
        family=family,
        sex_gap=gap,
        pattern=fertility_pattern(pack, ahead(base_year)),
        sex_ratio=_sex_ratio(pack, base_year),
        immigrant_ages=moving,
        emigrant_ages=moving,
        turnover=turnover(pack, people),
        last_net=_last_net(account, base, base_year, published),
        published=published,
    )
    named = (*(() if gross is None else (GROSS,)), *(() if published is None else FIGURES))
    also = [name for name in named if not available(pack, (name,))]
    return Prepared(inputs, processes, sources_of(pack, (*TABLES, *also)))


def _start(
    pack: Pack, account: pl.DataFrame, year: int, patterns: tuple[Family, tuple[Array, Array], Array]
) -> tuple[Array, float, PublishedYears | None]:
    """Ages in the middle of the base year, their relative error, and what is published from then on.

    Up to the last age structure: that, brought to the account. Later: `base.carried`, with the account's error.
    """
    last = population_years(pack)[1]
    if year <= last:
        return *_base(population_by_age(pack, year), account, year), None
    found = _carried(pack, last, year, patterns)
    return found.base, _error(account, year), found.published


def _carried(pack: Pack, last: int, year: int, patterns: tuple[Family, tuple[Array, Array], Array]) -> Carried:
    family, gap, moving = patterns
    rates = CohortRates(
        family=family, sex_gap=gap, pattern=fertility_pattern(pack, np.append(ahead(last)[: year - last], year + 0.5)),
        sex_ratio=_sex_ratio(pack, last)[: year - last + 1], immigrant_ages=moving, emigrant_ages=moving,
    )  # fmt: skip
    return carried(pack, single_ages(population_by_age(pack, last), np.arange(0.0, 101, 5), 101), last, year, rates)


def carried_ages(pack: Pack) -> tuple[int, Array] | None:
    """Persons by sex and single age, (2, 101), where a projection of the default processes starts, and its mid-year.

    None where that is the last age structure.
    """
    last, year = population_years(pack)[1], newest_base(pack)
    if year <= last:
        return None
    family = _death_rates(pack, ProcessChoices(), year)
    return year, _carried(pack, last, year, (family, _sex_gap(pack), schedule())).base


def _gross(pack: Pack, people: pl.DataFrame, base_year: int, newest: bool, how: tuple[int, int]) -> GrossProcess | None:
    """The process of gross flows; its years begin with the state: before it, the border was another."""
    record = gross_record(pack, people, None if newest else base_year)
    first = declared(pack).independence or base_year
    return fit_gross(record, pack.country["iso3"], base_year, first, *how)


def processes_of(
    frames: dict[str, pl.DataFrame], choices: ProcessChoices, how: tuple[int, int], fits: Fits
) -> Processes:
    """The chosen processes of fertility, longevity and migration, fitted to the frames of each; `how`: draws, seed."""

    def fit(name: str) -> Process:
        setting = f"{getattr(choices, name)}, {how[0]} draws, seed {how[1]}"
        key = FitKey(name, setting, frame_digest(frames[name]), MODULE)
        found: Process = fits(key, lambda: choices.fitted(name, frames[name], *how))
        return found

    fertility, longevity, migration = map(fit, frames)
    if choices.dependence == "correlated":
        if not (
            isinstance(fertility, VitalProcess)
            and isinstance(longevity, VitalProcess)
            and isinstance(migration, MigrationProcess)
        ):
            raise BadInput("processes.correlated")
        shared = fitted_correlation((fertility, longevity, migration), frames)
        fertility, longevity = linked(fertility, longevity, shared.matrix)
    return Processes(fertility, longevity, migration)


def _upto(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    return frame.filter(pl.col("year") <= year)


def migration_of(pool: dict[str, pl.DataFrame], account: pl.DataFrame, country: str, base_year: int) -> pl.DataFrame:
    """Net migration and population by country and year; the country's own from its reconciled account."""
    net = _upto(pool["net_migration"], base_year).rename({"value": "net_migration"})
    both = net.join(pool["mid_year_population"].rename({"value": "population"}), on=["country", "year"])
    own = account.filter((pl.col("quantity") == "net_migration") & (pl.col("year") <= base_year)).select(
        pl.lit(country).alias("country"), pl.col("year").cast(both.schema["year"]), own="median"
    )
    joined = both.join(own, on=["country", "year"], how="left")
    return joined.with_columns(net_migration=pl.coalesce("own", "net_migration")).drop("own")


def _base(groups: Array, account: pl.DataFrame, year: int) -> tuple[Array, float]:
    """Single ages of the UN's age structure brought to the account's mid-year population, and its relative error."""
    single = single_ages(groups, np.arange(0.0, 101, 5), 101)
    ends = account.filter((pl.col("quantity") == "population") & pl.col("year").is_in([year, year + 1]))
    middle = float(str(ends["median"].mean()))
    return single * (middle / single.sum()), _error(account, year)


def _error(account: pl.DataFrame, year: int) -> float:
    """Relative standard error of the account's mid-year population."""
    ends = account.filter((pl.col("quantity") == "population") & pl.col("year").is_in([year, year + 1]))
    return float(((ends["high"] - ends["low"]) / (2 * 1.96 * ends["median"])).to_numpy().mean())


def _last_net(account: pl.DataFrame, base: Array, year: int, published: PublishedYears | None) -> tuple[float, float]:
    """Net migration of the last year per 1,000 residents: the account's median and standard error.

    Where it is published of the base year and later the last published number, with the account's error.
    """
    row = account.filter((pl.col("quantity") == "net_migration") & (pl.col("year") == year)).row(0, named=True)
    scale = 1000 / float(base.sum())
    middle = row["median"] if published is None else published.net[-1]
    return middle * scale, (row["high"] - row["low"]) / (2 * 1.96) * scale


def family_of(pack: Pack, grid: Array) -> Family:
    """Mortality by sex and single age at the life expectancies of `grid`, from the pack's tables."""
    return family(*death_rates(pack), grid)


def _death_rates(pack: Pack, choices: ProcessChoices, base_year: int) -> Family:
    """The chosen family of death rates; Lee and Carter's from the tables whose periods began by the base year."""
    if choices.mortality == "levels":
        return family_of(pack, GRID)
    return lee_carter_family(*death_rates(pack, begun_by=base_year), GRID)


def _sex_gap(pack: Pack) -> tuple[Array, Array]:
    """Gap of the sexes' life expectancy by that of both: the UN's projection, in rising order."""
    wide = projected_longevity(pack)
    difference = wide["life_expectancy_female"] - wide["life_expectancy_male"]
    return wide["life_expectancy_both"].cast(pl.Float64).to_numpy(), difference.cast(pl.Float64).to_numpy()


def ahead(base_year: int) -> Array:
    """Times in the middle of the projected years, which run from mid-year to mid-year, (HORIZON,)."""
    return np.asarray(base_year + 0.5 + np.arange(HORIZON) + 0.5)


def fertility_pattern(pack: Pack, at: Array) -> Array:
    """Shares of fertility at single ages at the times `at`, (T, 101), straight between the periods' middles."""
    rows = fertility_shares(pack)
    periods = rows["year_start"].unique().sort().to_list()
    shares = []
    for period in periods:
        part = rows.filter(pl.col("year_start") == period)
        low = int(part["age_start"][0])
        groups = np.append(part["percent_of_tfr"].cast(pl.Float64).to_numpy(), 0.0)
        ages = single_ages(groups, np.append(part["age_start"].to_numpy() - low, 35), 36)
        row = np.zeros(len(AGES))
        row[low : low + 35] = ages[:-1] / ages.sum()
        shares.append(row)
    middles, table = np.array(periods) + 2.5, np.stack(shares)
    return np.stack([np.interp(at, middles, table[:, age]) for age in range(len(AGES))], axis=1)


def _sex_ratio(pack: Pack, base_year: int) -> Array:
    rows = sex_ratios(pack)
    place = np.searchsorted(rows["year_start"].to_numpy(), base_year + 1 + np.arange(HORIZON), side="right") - 1
    return np.asarray(rows["value"].cast(pl.Float64).to_numpy()[place])


def schedule() -> Array:
    """Age schedule of immigrants and of emigration rates, (2, 101), half for each sex."""
    from qonys.measurement.schedules import family_parameters

    both = np.stack([curve(family_parameters(SCHEDULE, sex), AGES + 0.5) for sex in SEXES])
    return np.asarray(both / both.sum(axis=1, keepdims=True) / 2)
