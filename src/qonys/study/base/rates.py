"""Rates by region and group for a projection: fertility, mortality, moves inside the country and over its border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs import rows
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.regions import balances, grid
from qonys.inputs.statements import whole_years
from qonys.kernels.flows.partial_raking import PartialMargin, partially_raked
from qonys.kernels.mortality.level_model import AGES, SEXES, at_level
from qonys.kernels.mortality.life_tables import life_table
from qonys.projection.national import NationalInputs
from qonys.spaces.nested_regions import NestedRegions

Array = NDArray[np.float64]
CHOICE_YEARS = 3


def fertility(replicates: Array, births: Array, shares: Array, pattern: Array) -> tuple[Array, Array]:
    """Births per woman, year and unit of the national total fertility, (R, G, A), and factors of groups kept (G,).

    `replicates` (K, R, G, 2, A) of the base; `births` (R,) registered; `shares` (G,) of groups in the nation's births,
    NaN where not stated; `pattern` (A,) shares of fertility by age. Regions are met exactly. A group's factor is shrunk
    to 1 by the variance of its expected births over the replicates against that between the groups.
    """
    women = replicates[:, :, :, 0] @ pattern
    expected = women.mean(axis=0)
    level = births / expected.sum(axis=1)
    seed = expected * level[:, None]
    kept = np.ones(len(shares))
    if np.isfinite(shares).any() and len(shares) > 1:
        total = float(births.sum())
        met = partially_raked(seed, PartialMargin.of(births, total), PartialMargin.of(shares * total, total))
        wanted = np.log(met.sum(axis=0) / seed.sum(axis=0))
        between = float(np.var(wanted[np.isfinite(shares)]))
        within = np.var(np.log((women * level[:, None]).sum(axis=1)), axis=0)
        kept = np.exp(wanted * between / (between + within))
        seed = seed * kept
        seed *= (births / seed.sum(axis=1))[:, None]
    ratio = np.divide(seed, expected, out=np.zeros_like(seed), where=expected > 0) * expected.sum() / births.sum()
    return ratio[:, :, None] * pattern, kept


def mortality(inputs: NationalInputs, e0: Array, nation: Array, by_age: Array) -> Array:
    """Factor on the national death rates by region, (R,), at which the mean of both life expectancies is the region's.

    `e0` (R, 2) of regions and `nation` (2,) of the country in the same year; expected deaths of the base `by_age`
    (R, 2, A) with the factors equal those without.
    """
    rates = at_level(inputs.family, inputs.family.rates, nation)
    low, high = np.full(len(e0), 0.2), np.full(len(e0), 5.0)
    for _ in range(50):
        middle = np.sqrt(low * high)
        found = np.mean(
            [life_table(middle[:, None] * rates[s], AGES, sex).e[:, 0] for s, sex in enumerate(SEXES)], axis=0
        )
        long = found > e0.mean(axis=1)
        low, high = np.where(long, middle, low), np.where(long, high, middle)
    deaths = (by_age * rates).sum(axis=(1, 2))
    return np.asarray(middle * deaths.sum() / (middle @ deaths))


@dataclass(frozen=True)
class Moves:
    """`od` (2, A, R, R) shares of survivors at level 1, `levels` year -> moves per resident against level 1."""

    od: Array
    levels: dict[int, float]
    year: int


def moves(pack: Pack, shape: NestedRegions, inputs: NationalInputs, by_age: Array) -> Moves:
    """Moves between regions: level of the base year, choice of the last whole tables, one schedule of ages.

    Level 1 is the table of the base year (or the last before it); the choice of a destination and the origins' shares
    are the mean of the last tables up to the year after the base; those that do not hold a whole year are left out.
    Moves of a year are taken as changes of residence between its ends.
    """
    table = whole_years(pack)
    years = [y for y in sorted(table["year"].unique()) if y <= inputs.base_year + 1]
    flows = {int(y): _square(table.filter(pl.col("year") == y), shape.regions) for y in years}
    level_year = max(y for y in flows if y <= inputs.base_year)
    whole = flows[level_year].sum()
    mean = np.mean([flows[y] * whole / flows[y].sum() for y in sorted(flows)[-CHOICE_YEARS:]], axis=0)
    schedule = inputs.emigrant_ages
    reach = (schedule * by_age).sum(axis=(1, 2))
    od = schedule[:, :, None, None] * (mean / reach[:, None])
    away = od.sum(axis=-1)
    if away.max() >= 1:
        raise BadInput(
            "base.leaving", region=shape.regions[int(away.max(axis=(0, 1)).argmax())], share=round(float(away.max()), 2)
        )
    place = np.arange(len(shape.regions))
    od[:, :, place, place] = 1 - away
    return Moves(od, _levels(pack, inputs.base_year, level_year), level_year)


def _square(table: pl.DataFrame, regions: tuple[str, ...]) -> Array:
    """Origin x destination without moves inside a region; a missing pair is refused."""
    inside = pl.DataFrame({"origin": regions, "destination": regions, "value": [0.0] * len(regions)})
    between = table.filter(pl.col("origin") != pl.col("destination"))
    whole = pl.concat([between.select("origin", "destination", pl.col("value").cast(pl.Float64)), inside])
    return grid(whole, regions, regions, ("origin", "destination"))


def _levels(pack: Pack, base_year: int, level_year: int) -> dict[int, float]:
    """Interregional moves per resident by year against the year of level 1."""
    totals = rows(pack, "moves_between_regions").filter(pl.col("year") <= base_year + 1)
    totals = totals.filter(~pl.col("year").is_in(_partial(pack)))
    people = rows(pack, "population_1_january")
    known = dict(people.group_by("year").agg(pl.col("value").cast(pl.Float64).mean()).iter_rows())
    last = max(known)
    rates = {
        int(y): float(v) / known[min(int(y), last)] for y, v in totals.select("year", "value").sort("year").iter_rows()
    }
    return {year: rate / rates[level_year] for year, rate in rates.items()}


def _partial(pack: Pack) -> list[int]:
    """Years whose table of moves does not hold a whole year."""
    every, whole = (set(table["year"].to_list()) for table in (rows(pack, "internal_od"), whole_years(pack)))
    return sorted(every - whole)


@dataclass(frozen=True)
class External:
    """`emigration` (R, G, 2, A) relative rates, mean over residents 1; `immigration` (R, G, 2, A) shares, sum 1.

    `used`: sources. `lacking`: persons a year that the balance of a region asked for below zero immigrants.
    """

    emigration: Array
    immigration: Array
    used: frozenset[str]
    lacking: float


def external(
    pack: Pack, shape: NestedRegions, groups: tuple[str, ...], inputs: NationalInputs, base: Array
) -> External:
    """Who leaves the country and who comes, by region and group, from scattered figures of several years.

    Emigrants: shares of groups and of regions by the newest figures that name them; what no figure names is shared as
    residents are. Immigrants of a region: its registered balance of all flows less that between regions, and
    its emigrants; their groups by the newest shares. Ages and sexes by the schedules of the national inputs.
    """
    table = rows(pack, "external_flows_own_report")
    people = base.sum(axis=(2, 3))
    used: set[str] = set()
    away_groups = _stated(
        table, "emigrants", "ethnic_group", used, {name: i for i, name in enumerate(groups[:-1])}, len(groups)
    )
    places, labels = _places(pack, table, shape)
    away_regions = _stated(table, "emigrants", "region", used, places, len(shape.regions), labels)
    leaving = partially_raked(people / people.sum(), away_regions, away_groups)
    balance, ratio = _balance(pack, table, shape, inputs.base_year, used)
    immigrants = balance.sum() / (1 - ratio)
    arriving = balance + ratio * immigrants * leaving.sum(axis=1)
    lacking = float(-np.minimum(arriving, 0).sum())
    arriving = np.maximum(arriving, 0)
    come_groups = _stated(
        table, "immigrants", "ethnic_group", used, {name: i for i, name in enumerate(groups[:-1])}, len(groups)
    )
    coming = partially_raked(people / people.sum(), PartialMargin.of(arriving / arriving.sum(), 1.0), come_groups)
    rates = (leaving / people)[..., None, None] * inputs.emigrant_ages
    rates = np.asarray(rates * base.sum() / (rates * base).sum())
    arrivals = coming[..., None, None] * inputs.immigrant_ages
    return External(rates, arrivals / arrivals.sum(), frozenset(used), lacking)


def _stated(
    table: pl.DataFrame, flow: str, breakdown: str, used: set[str], places: dict[str, int], count: int,
    labels: NDArray[np.int64] | None = None,
) -> PartialMargin:  # fmt: skip
    """Shares of the newest period that states a total and the most cells of a breakdown in persons."""
    known_rows = table.filter((pl.col("flow") == flow) & (pl.col("unit") == "persons") & pl.col("period").is_not_null())
    totals = known_rows.filter(pl.col("breakdown") == "total").group_by("period", "source").agg(pl.col("value").mean())
    cells = known_rows.filter((pl.col("breakdown") == breakdown) & pl.col("category").is_in(list(places)))
    joined = cells.join(totals.rename({"value": "total"}), on=["period", "source"])
    if joined.is_empty():
        return PartialMargin(np.zeros(count, dtype=np.int64), np.ones(1))
    most = joined.group_by("period", "source").len().sort("len", "period", descending=True).row(0, named=True)
    chosen = joined.filter((pl.col("period") == most["period"]) & (pl.col("source") == most["source"]))
    used.add(str(most["source"]))
    known = sorted(places[name] for name in chosen["category"])
    share = {
        places[name]: float(value) / float(total)
        for name, value, total in chosen.select("category", "value", "total").iter_rows()
    }
    own = np.arange(count) if labels is None else labels
    found = np.array([known.index(label) if label in known else len(known) for label in own.tolist()])
    return PartialMargin(found, np.array([*(share[k] for k in known), 1 - sum(share.values())]))


def _places(pack: Pack, table: pl.DataFrame, shape: NestedRegions) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Codes of the vintage before the newest, in which emigrants' regions are named, and where regions lie in it."""
    order = pack.vintages().sort("order")["vintage"].to_list()
    mapping = region_lineage(pack).mapping(shape.newest, order[-2] if len(order) > 1 else order[-1])
    codes = sorted({mapping[r] for r in shape.regions})
    return {code: i for i, code in enumerate(codes)}, np.array([codes.index(mapping[r]) for r in shape.regions])


def _balance(pack: Pack, table: pl.DataFrame, shape: NestedRegions, year: int, used: set[str]) -> tuple[Array, float]:
    """External balance of regions, (R,), and emigrants per immigrant of the nation in the base year."""
    everything, between, sources = balances(pack, year, shape.regions)
    used |= sources
    totals = table.filter(
        (pl.col("breakdown") == "total") & (pl.col("unit") == "persons") & pl.col("period").str.starts_with(str(year))
    )
    wide = totals.pivot(on="flow", index=["period", "source"], values="value", aggregate_function="mean").drop_nulls(
        ["immigrants", "emigrants"]
    )
    last = wide.sort(pl.col("period") == str(year), "period", descending=True).row(0, named=True)
    used.add(str(last["source"]))
    return everything - between, float(last["emigrants"]) / float(last["immigrants"])
