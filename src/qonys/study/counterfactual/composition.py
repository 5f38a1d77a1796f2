"""Groups and regions of the pack: diversity of the censuses, group sizes forward, where people left and came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.consequences.composition import GroupProcess, diasporas, diversity_bounds, fit_groups
from qonys.consequences.loads import loads
from qonys.consequences.settlement import block_paths, depopulation, hoover, redistribution
from qonys.inputs import choose, chosen, rows
from qonys.inputs.ages import population_by_age, population_years
from qonys.inputs.boundaries import in_vintage, region_lineage
from qonys.inputs.groups import census_counts, current_estimates
from qonys.inputs.regions import recount_years
from qonys.inputs.series import regional_years
from qonys.study.base.national import schedule
from qonys.study.plan import Groups

Array = NDArray[np.float64]
REST = "rest"


def composition(pack: Pack) -> pl.DataFrame:
    """Persons by year and group with the year's total, censuses and current estimates: year, group, value, total."""
    totals = chosen(pack, "census_population_of_groups")
    people = census_counts(pack).join(totals.select("year", total="value"), on="year", how="inner")
    current = current_estimates(pack)
    return pl.concat([people, current.select(people.columns)]).sort("year", "ethnic_group")


def diversity_table(people: pl.DataFrame) -> pl.DataFrame:
    """Diversity by year between its bounds: year, index, low, high, known_share (of people whose group is known)."""
    made = []
    for (year,), part in people.partition_by("year", as_dict=True, maintain_order=True).items():
        sizes, total = part["value"].to_numpy(), np.array(part["total"].to_numpy()[0])
        share = float(sizes.sum() / total)
        if share > 1:
            total = np.array(sizes.sum())
        for name, (low, high) in diversity_bounds(sizes, total).items():
            ends = {"low": float(low), "high": _number(float(high))}
            made.append({"year": year, "index": name, **ends, "known_share": share})
    return pl.DataFrame(made)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def group_counts(people: pl.DataFrame, first: int) -> tuple[tuple[str, ...], Array, Array]:
    """Groups known in every count since `first`, and the rest: names, years (K,), persons (K, G)."""
    recent = people.filter(pl.col("year") >= first)
    years = recent["year"].unique().sort().to_list()
    known = recent.group_by("ethnic_group").len().filter(pl.col("len") == len(years))["ethnic_group"].to_list()
    wide = recent.filter(pl.col("ethnic_group").is_in(known)).pivot(on="ethnic_group", index="year", values="value")
    names = tuple(sorted(known, key=lambda name: -float(wide[name][-1])))
    sizes = wide.sort("year").select(names).to_numpy()
    totals = recent.group_by("year").agg(pl.col("total").first()).sort("year")["total"].to_numpy()
    rest = np.maximum(totals - sizes.sum(axis=1), 1.0)
    return (*names, REST), np.array(years, dtype=float), np.column_stack([sizes, rest])


@dataclass(frozen=True)
class GroupPaths:
    """The fitted process of groups, its draws (D, T, G) at the last count and the plan's years, and how it did before.

    `hits` of `tried`: counts of groups that lay inside the 80 % interval found from the three or more counts before.
    """

    process: GroupProcess
    years: Array
    draws: Array
    hits: int
    tried: int


def groups_forward(people: pl.DataFrame, plan: Groups) -> GroupPaths:
    """Group sizes ahead by the process of `consequences.composition`."""
    names, years, sizes = group_counts(people, plan.first)
    process = fit_groups(names, years, sizes)
    ahead = np.array([years[-1], *plan.years])
    hits, tried = 0, range(3, len(years))
    for k in tried:
        before = fit_groups(names, years[:k], sizes[:k]).draws(years[k : k + 1], 500, plan.seed)[:, 0]
        low, high = np.quantile(before, (0.1, 0.9), axis=0)
        hits += int(((low < sizes[k]) & (sizes[k] < high)).sum())
    return GroupPaths(process, ahead, process.draws(ahead, plan.draws, plan.seed), hits, len(tried) * len(names))


def diaspora_table(found: GroupPaths, share: float) -> pl.DataFrame:
    """Chances that each group's share lies or comes below or above `share`."""
    return diasporas(found.draws, found.process.groups, found.years, share)


@dataclass(frozen=True)
class Regions:
    """Regions in the oldest common boundaries: names, years, population (T + 1, R), area (R,), growth (Y, R)."""

    names: tuple[str, ...]
    years: tuple[int, ...]
    population: Array
    area: Array
    growth: Array


def regions_of(pack: Pack) -> Regions:
    """Population on 1 January; `growth` of ln N in the years without a recount."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    people, _, _ = regional_years(pack, vintage)
    names = tuple(str(label) for label in people.axis("region").labels)
    years = tuple(int(str(label)) for label in people.axis("time").labels)
    steps = np.diff(np.log(people.values), axis=0)
    good = np.array([year not in recount_years(pack) for year in years[:-1]])
    areas = _areas(pack, names)
    return Regions(names, years, people.values, areas, steps[good])


def _areas(pack: Pack, names: tuple[str, ...]) -> Array:
    """Areas of regions, with those carved from them later, km2."""
    rows = pack.regions().select("region", "carved_from", "area_km2")
    own = {region: area or 0.0 for region, _, area in rows.rows()}
    parts = {region: parent for region, parent, _ in rows.rows() if parent and region not in names}
    carved = {name: sum(own[child] for child, parent in parts.items() if parent == name) for name in names}
    return np.array([own[name] + carved[name] for name in names])


def concentration_table(found: Regions) -> pl.DataFrame:
    """Hoover's index by year and redistribution since the first year, per cent."""
    moved = redistribution(found.population[0], found.population)
    return pl.DataFrame({"year": found.years, "hoover": hoover(found.population, found.area), "redistributed": moved})


def depopulation_table(found: Regions, plan: Groups) -> pl.DataFrame:
    """Chance that each region has fewer people than now, by blocks of past years."""
    last = found.years[-1]
    horizon = plan.years[-1] - last
    paths = block_paths(found.growth, found.population[-1], horizon, plan.draws, plan.seed)
    years = np.arange(last, last + horizon + 1)
    kept = np.isin(years, (last, *plan.years))
    return depopulation(paths[:, kept], found.names, years[kept].astype(float))


def load_table(pack: Pack) -> pl.DataFrame:
    """Net migration of the last year with all flows by region, and what it asks of services at the region's averages.

    Columns as `consequences.loads.loads`, with year, population_year (residents on 1 January of it, the last count not
    later than the flows) and housing (square metres) of the last year known. Regions of today.
    """
    net = rows(pack, "net_migration_regional_total", role="register").filter(pl.col("region") != pack.whole)
    year = int(str(net["year"].max()))
    now = net.filter(pl.col("year") == year).select("region", "vintage", net="value")
    vintage = str(now["vintage"][0])
    frame = now.select("region", "net").join(_people(pack, vintage, year), on="region")
    frame = frame.join(_births(pack, vintage, year), on="region", how="left")
    frame = frame.join(_housing(pack, vintage), on="region", how="left")
    last = population_by_age(pack, population_years(pack)[1])
    resident = np.column_stack([np.repeat(last[:, :20] / 5, 5, axis=1), last[:, 20]])
    return loads(frame, resident, schedule()).with_columns(year=pl.lit(year)).sort("net_rate")


def _people(pack: Pack, vintage: str, year: int) -> pl.DataFrame:
    found = rows(pack, "population_regional_total").filter(pl.col("region") != pack.whole)
    last = min(year, int(str(found["year"].max())))
    counted = _in(pack, found.filter(pl.col("year") == last), vintage)
    return counted.select("region", population="value", population_year="year")


def _births(pack: Pack, vintage: str, year: int) -> pl.DataFrame:
    found = rows(pack, "births_regional").filter((pl.col("year") == year) & (pl.col("region") != pack.whole))
    return _in(pack, choose(pack, "births_regional", found), vintage).select("region", births="value")


def _housing(pack: Pack, vintage: str) -> pl.DataFrame:
    found = rows(pack, "housing_commissioned").filter(pl.col("vintage") == vintage)
    last = found.filter(pl.col("period") == found["period"].max())
    return last.filter(pl.col("region") != pack.whole).select("region", housing="value", housing_year="period")


def _in(pack: Pack, found: pl.DataFrame, vintage: str) -> pl.DataFrame:
    columns = ("year", "region", "vintage", "value", "unit", "status", "source")
    return in_vintage(found.select(columns), vintage, region_lineage(pack))
