"""From the pack, the account and the projection to populations with and without migration.

The past: ages of the country on 1 January (mean of the mid-years beside it; after the UN's last, those from which the
projection starts and one more year of the last rates) brought to the account's total, UN
tables of mortality and fertility by the UN's life expectancy and total fertility of the year, which are then
brought to the account's births and deaths. The future: the drivers of the projection, draw by draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.consequences.counterfactual import (
    Account,
    Before,
    Carried,
    MigrationEffect,
    MigrationSchedules,
    VitalRates,
    as_counted,
    calibrated,
    carry,
    carry_moving,
    effect_of,
)
from qonys.errors import BadInput
from qonys.inputs import chosen, sources_of
from qonys.inputs.ages import population_of_all_years, population_years, sex_ratios
from qonys.inputs.partners import pool_of, turnover
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.level_model import AGES, SEXES, Family
from qonys.kernels.mortality.life_tables import life_table
from qonys.kernels.structure.ageing import prospective_age
from qonys.projection.national import Projection
from qonys.study.base.national import Prepared, carried_ages, family_of, fertility_pattern, schedule

Array = NDArray[np.float64]
GRID = np.arange(40.0, 97.01, 1.0)


@dataclass(frozen=True, kw_only=True)
class PastAccount:
    """What the past rests on: years, totals by draw (D, T + 1), flows (D, T), ages (T + 1, 2, A), rates.

    `ages` are shares of the country; `longevity` (T, 2) years by sex; `sources`: ids.
    """

    years: tuple[int, ...]
    population: Array
    account: Account
    ages: Array
    rates: VitalRates
    longevity: Array
    tables: Family
    moves: MigrationSchedules
    sources: tuple[str, ...]


def fewer(found: PastAccount, count: int) -> PastAccount:
    """The same with the first draws only."""
    part = Account(found.account.births[:count], found.account.deaths[:count], found.account.net[:count])
    return replace(found, population=found.population[:count], account=part)


def known(pack: Pack, draws: pl.DataFrame, count: int) -> PastAccount:
    """Everything the past rests on, from the pack and the account's draws."""
    rows = draws.filter(pl.col("draw") < count).sort("draw", "year")
    years = tuple(int(year) for year in rows["year"].unique().sort())
    width = len(years)
    grid = {name: rows[name].to_numpy().reshape(-1, width) for name in rows.columns[2:]}
    flows = {name: grid[name][:, :-1] for name in ("births", "deaths", "net_migration")}
    pool = pool_of(pack)
    tables = family_of(pack, GRID)
    longevity, rates = _rates(pack, years[:-1], tables)
    moving = schedule()
    people = pool["mid_year_population"]
    used = ("population_age_sex", "mortality_age", "fertility_age", "sex_ratio_birth", "national")
    sources = sources_of(pack, used)
    account = Account(flows["births"], flows["deaths"], flows["net_migration"])
    moves = MigrationSchedules(moving, moving, turnover(pack, people))
    return PastAccount(
        years=years,
        population=grid["population"],
        account=account,
        ages=_ages(pack, years, rates),
        rates=rates,
        longevity=longevity,
        tables=tables,
        moves=moves,
        sources=sources,
    )


def at_level(table: Array, levels: Array, grid: Array) -> Array:
    """Rows of a table (2, G, A) at levels (..., 2) between rows of an even grid, (..., 2, A)."""
    place = (levels - grid[0]) / (grid[1] - grid[0])
    low = np.clip(place.astype(int), 0, len(grid) - 2)
    part = (place - low)[..., None]
    return np.stack(
        [(1 - part[..., s, :]) * table[s, low[..., s]] + part[..., s, :] * table[s, low[..., s] + 1] for s in (0, 1)],
        axis=-2,
    )


def _yearly(pack: Pack, indicator: str, years: tuple[int, ...]) -> Array:
    """The model's figure of each year; the last one known goes on."""
    cells = dict(chosen(pack, indicator, role="model").select("year", "value").rows())
    last = max(cells)
    return np.array([float(cells[min(year, last)]) for year in years])


def _rates(pack: Pack, years: tuple[int, ...], tables: Family) -> tuple[Array, VitalRates]:
    longevity = np.stack([_yearly(pack, f"life_expectancy_{sex}", years) for sex in SEXES], axis=-1)
    survival = at_level(tables.survival, longevity, tables.e0)
    total = _yearly(pack, "total_fertility_rate", years)
    ratios = sex_ratios(pack)
    place = np.searchsorted(ratios["year_start"].to_numpy(), years, side="right") - 1
    ratio = ratios["value"].cast(pl.Float64).to_numpy()[place]
    fertility = total[:, None] * fertility_pattern(pack, np.array(years) + 0.5)
    return longevity, VitalRates(survival, fertility, np.asarray(ratio))


def _ages(pack: Pack, years: tuple[int, ...], rates: VitalRates) -> Array:
    """Shares by sex and single age on 1 January of each year, (T, 2, A); before the first mid-year that one."""
    first = population_years(pack)[0]
    groups, starts = population_of_all_years(pack)
    single = single_ages(groups, starts, len(AGES))
    middles = np.concatenate([single, later_ages(pack, single[-1], years, rates)])
    shares = middles / middles.sum(axis=(1, 2), keepdims=True)
    place = np.array(years) - first
    return np.asarray((shares[np.clip(place, 0, None)] + shares[np.clip(place - 1, 0, None)]) / 2)


def later_ages(pack: Pack, people: Array, years: tuple[int, ...], rates: VitalRates) -> Array:
    """Ages in the middle of the years after the last age structure, to the last of `years`, (T, 2, A).

    `people` (2, A): the last age structure. Of the year in which a projection starts they are those of its start
    (`study.base.carried`); of another year those of the year before after one year of its `rates`, without migration.
    """
    last, start = population_years(pack)[1], carried_ages(pack)
    found = []
    for year in range(last + 1, years[-1] + 1):
        i = years.index(year - 1)
        step = VitalRates(rates.survival[i : i + 1], rates.fertility[i : i + 1], rates.sex_ratio[i : i + 1])
        people = start[1] if start and start[0] == year else carry(people[None], step).population[0, -1]
        found.append(people)
    return np.array(found).reshape(-1, *people.shape)


@dataclass(frozen=True)
class PastCounterfactual:
    """Populations with and without migration from 1 January of `years[0]` on, and the effect."""

    years: tuple[int, ...]
    moved: Carried
    alone: Carried
    rates: VitalRates
    effect: MigrationEffect


def past_counterfactual(found: PastAccount, since: int, moves: MigrationSchedules | None = None) -> PastCounterfactual:
    """With and without migration since a year of the account, to its end.

    Who moved: what the counted ages leave over, or the account's net total spread by `moves`.

    Raises
    ------
    BadInput
        A year that the account does not have.

    """
    if since not in found.years[:-1]:
        raise BadInput("consequences.since", year=since, first=found.years[0], last=found.years[-2])
    i = found.years.index(since)
    counts = found.population[:, i:, None, None] * found.ages[i:]
    part = Account(found.account.births[:, i:], found.account.deaths[:, i:], found.account.net[:, i:])
    rates = VitalRates(found.rates.survival[i:], found.rates.fertility[i:], found.rates.sex_ratio[i:])
    moved, used = as_counted(counts, rates, part) if moves is None else calibrated(counts[:, 0], rates, part, moves)
    alone = carry(counts[:, 0], used)
    return PastCounterfactual(found.years[i:], moved, alone, used, effect_of(moved, alone, used.survival))


def threshold(tables: Family, longevity: Array) -> Array:
    """Age with 15 years of life left by sex, (..., 2), at life expectancies (..., 2) between tables of the family."""
    limits = [prospective_age(life_table(tables.rates[s], AGES, sex).e) for s, sex in enumerate(SEXES)]
    return np.stack([np.interp(longevity[..., s], tables.e0, limits[s]) for s in (0, 1)], axis=-1)


@dataclass(frozen=True)
class ProjectedCounterfactual:
    """Mid-year populations from the base year on, with and without migration since a year before or after it."""

    years: tuple[int, ...]
    moved: Carried
    alone: Carried
    rates: VitalRates
    effect: MigrationEffect
    longevity: Array
    residual: float


def projected_counterfactual(
    ready: Prepared, projection: Projection, since: int, before: PastCounterfactual | None = None
) -> ProjectedCounterfactual:
    """The projection's draws again by single ages, and the same without migration from mid-year `since` on.

    `before`: the past since that year; then the population without migration starts from what nobody having moved had
    left by the base year. `residual`: greatest difference from the projection's own five-year groups, persons.
    """
    inputs, length = ready.inputs, projection.fertility.shape[1]
    share = projection.groups[:, 0].sum(axis=(1, 2)) / inputs.base.sum()
    base = inputs.base * share[:, None, None]
    survival = at_level(inputs.family.survival, projection.longevity, inputs.family.e0)
    fertility = projection.fertility[..., None] * inputs.pattern[:length]
    rates = VitalRates(survival, fertility, inputs.sex_ratio[:length])
    moves = MigrationSchedules(inputs.immigrant_ages, inputs.emigrant_ages, inputs.turnover)
    flows = projection.gross()
    moved = carry_moving(base, rates, (flows["immigrants"], flows["emigrants"]), moves)
    kept = moved.migrants.copy()
    kept[:, max(0, since - inputs.base_year) :] = 0
    left, earlier = (base, None) if before is None else _middle(before, inputs.base_year, base)
    alone = carry(left, rates, kept)
    groups = np.add.reduceat(moved.population, np.arange(0, len(AGES), 5), axis=-1)
    return ProjectedCounterfactual(
        projection.years, moved, alone, rates, effect_of(moved, alone, survival, moved.migrants - kept, earlier),
        projection.longevity, float(np.abs(groups - projection.groups).max()),
    )  # fmt: skip


def _middle(before: PastCounterfactual, year: int, base: Array) -> tuple[Array, Before]:
    """The base without earlier migration and what that time left; the account's draws go round if they are fewer."""
    i, effect = before.years.index(year), before.effect
    picked = np.arange(len(base)) % len(effect.total)

    def at(values: Array) -> Array:
        return np.asarray((values[picked, i] + values[picked, i + 1]) / 2)

    left = base - at(effect.total)
    return left, Before(at(effect.direct), at(effect.net), at(effect.births), at(effect.deaths))
