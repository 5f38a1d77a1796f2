"""Figures of regions as arrays and frames in one boundary vintage.

Regions are those of the newest boundary vintage; the long history stands in the oldest one, in whose regions the
newest lie whole (`qonys.inputs.boundaries`). Nothing is filled: a missing cell is refused by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.ages import SEXES
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.figures import choose, rows
from qonys.inputs.series import in_one_vintage
from qonys.spaces.nested_regions import NestedRegions

Array = NDArray[np.float64]
EVENT_YEARS = 3


def shapes(pack: Pack) -> NestedRegions:
    """Newest and oldest regions of the pack, each in the order of its codes."""
    order = pack.vintages().sort("order")["vintage"].to_list()
    mapping = region_lineage(pack).mapping(order[-1], order[0])
    mapping.pop(pack.whole, None)
    regions, wholes = tuple(sorted(mapping)), tuple(sorted(set(mapping.values())))
    return NestedRegions(order[-1], order[0], regions, wholes, np.array([wholes.index(mapping[r]) for r in regions]))


def grid(frame: pl.DataFrame, down: Sequence[object], across: Sequence[object], names: tuple[str, str]) -> Array:
    """`value` by two columns; a missing cell is refused by its name, nothing is filled."""
    cells = {(a, b): value for a, b, value in frame.select(*names, "value").iter_rows()}
    missing = [f"{a}, {b}" for a in down for b in across if cells.get((a, b)) is None]
    if missing:
        raise BadInput("base.missing", columns=", ".join(names), cells="; ".join(missing[:3]), count=len(missing))
    return np.array([[float(cells[a, b]) for b in across] for a in down])


def residents(pack: Pack, vintage: str, regions: Sequence[str], years: Sequence[int]) -> Array:
    """Residents on 1 January by year, region and sex, (T, R, 2), of one vintage."""
    table = rows(pack, "population_by_region_sex").filter(pl.col("year").is_in(list(years)))
    by_sex = [
        grid(in_one_vintage(pack, table.filter(pl.col("sex") == sex), vintage), years, regions, ("year", "region"))
        for sex in SEXES
    ]
    return np.stack(by_sex, axis=-1)


def residents_carried(pack: Pack, vintage: str, regions: Sequence[str], years: Sequence[int]) -> Array:
    """As `residents`; after the last count by sex it is carried on by what is registered, half of it to either sex.

    So the office's own estimates come about: they are the last less deaths and leavers, with births and arrivals.
    """
    last = int(str(rows(pack, "population_by_region_sex")["year"].max()))
    counted = [year for year in years if year <= last]
    found = dict(zip(counted, residents(pack, vintage, regions, counted), strict=True)) if counted else {}
    now = residents(pack, vintage, regions, [last])[0]
    for year in range(last, max(years)):
        now = now + registered_growth(pack, vintage, regions, year)[:, None] / 2
        found[year + 1] = now
    return np.stack([found[year] for year in years])


def registered_growth(pack: Pack, vintage: str, regions: Sequence[str], year: int) -> Array:
    """Registered births less deaths and net migration of all flows in a year, (R,), persons."""
    frames = (*(registered(pack, vintage, event) for event in ("births", "deaths")), registered_balance(pack, vintage))
    born, died, came = (
        grid(frame.filter(pl.col("year") == year), regions, [year], ("region", "year"))[:, 0] for frame in frames
    )
    return np.asarray(born - died + came)


def registered(pack: Pack, vintage: str, event: str) -> pl.DataFrame:
    """Births or deaths, persons, in the years that can be converted to `vintage`; columns as for `in_vintage`."""
    able = {vintage}
    while True:
        into = pack.lineage().filter(pl.col("vintage_to").is_in(sorted(able)))["vintage_from"]
        if set(into) <= able:
            break
        able |= set(into)
    name = f"{event}_regional"
    vital = rows(pack, name).filter(pl.col("vintage").is_in(sorted(able)))
    return in_one_vintage(pack, choose(pack, name, vital), vintage)


def life_expectancies(pack: Pack, target: str, regions: Sequence[str], years: Sequence[int]) -> Array:
    """Life expectancy by year, region and sex, (T, R, 2); of joined regions the mean weighted by residents."""
    table = rows(pack, "life_expectancy_regions").filter(pl.col("year").is_in(list(years)))
    people = rows(pack, "population_regional_total")
    weighted = table.join(people.select("year", "region", weight="value"), on=["year", "region"])
    placed = []
    for (vintage,), part in weighted.group_by(["vintage"], maintain_order=True):
        mapping = region_lineage(pack).mapping(str(vintage), target)
        placed.append(part.with_columns(pl.col("region").replace_strict(mapping)))
    mean = (
        pl.concat(placed)
        .group_by("year", "region", "sex")
        .agg(value=(pl.col("value") * pl.col("weight")).sum() / pl.col("weight").sum())
    )
    return np.stack(
        [grid(mean.filter(pl.col("sex") == sex), years, regions, ("year", "region")) for sex in SEXES], axis=-1
    )


def youngest(pack: Pack, shape: NestedRegions, base_year: int) -> Array:
    """Share of a part in the births of its whole region by completed age, (R, n), NaN where it is not known."""
    vital = rows(pack, "births_regional").filter(pl.col("region") != pack.whole)
    chosen = choose(pack, "births_regional", vital)
    first = int(str(chosen["year"].min()))
    births = np.full((len(shape.regions), base_year - first + 1), np.nan)
    for (vintage,), part in chosen.group_by(["vintage"], maintain_order=True):
        mapping = region_lineage(pack).mapping(shape.newest, str(vintage))
        alone = {code for code in mapping.values() if list(mapping.values()).count(code) == 1}
        for year, code, value in part.select("year", "region", "value").iter_rows():
            if code in alone and code in shape.regions and year <= base_year:
                births[shape.regions.index(code), base_year - year] = value
    whole = np.stack([births[shape.whole == p].sum(axis=0) for p in range(len(shape.wholes))])
    share = births / whole[shape.whole]
    # Those of completed age x in mid-year were born half in the year base - x - 1, half in base - x.
    both = np.where(np.isnan(share[:, 1:]), share[:, :-1], (share[:, :-1] + share[:, 1:]) / 2)
    parted = np.bincount(shape.whole)[shape.whole] > 1
    return np.where(parted[:, None], both, np.nan)


def events_of(pack: Pack, shape: NestedRegions, event: str, base_year: int) -> Array:
    """Yearly births or deaths of the newest regions, (R,), mean of the years around the base."""
    found = registered(pack, shape.newest, event).filter((pl.col("year") - base_year).abs() <= EVENT_YEARS // 2)
    years = sorted(found["year"].unique())
    return np.asarray(grid(found, years, shape.regions, ("year", "region")).mean(axis=0))


def life_expectancy_of_country(pack: Pack, year: int) -> Array:
    """Life expectancy of females and males of the whole country in a year, (2,), years."""
    table = rows(pack, "life_expectancy_country").filter(pl.col("year") == year)
    return np.asarray(grid(table, [year], SEXES, ("year", "sex"))[0])


def last_life_expectancy(pack: Pack) -> int:
    """Last year for which the pack states life expectancy by region or of the country."""
    return int(str(rows(pack, "life_expectancy_regional")["year"].max()))


def first_residents(pack: Pack) -> int:
    """First year for which the pack states residents by region."""
    return int(str(rows(pack, "population_regional")["year"].min()))


class RegisteredBalances(NamedTuple):
    """Registered balance of all flows and that between regions, (R,) persons each, and the ids of their sources."""

    total: Array
    between: Array
    sources: set[str]


def balances(pack: Pack, year: int, regions: Sequence[str]) -> RegisteredBalances:
    """Registered balances of the regions in a year."""
    names = ("net_migration_regional_total", "net_migration_between_regions")
    found = [rows(pack, name).filter(pl.col("year") == year) for name in names]
    both = [grid(frame, regions, [year], ("region", "year"))[:, 0] for frame in found]
    used = set(rows(pack, "net_migration_regional").filter(pl.col("year") == year)["source"])
    return RegisteredBalances(both[0], both[1], used)


def registered_balance(pack: Pack, vintage: str) -> pl.DataFrame:
    """Registered net migration by year and region in one vintage, persons; columns as for `in_vintage`."""
    return in_one_vintage(pack, rows(pack, "net_migration_regional_total"), vintage)


def recount_years(pack: Pack) -> tuple[int, ...]:
    """Years whose balance holds a recount: the year before each recounted 1 January."""
    found = pack.breaks().filter((pl.col("kind") == "recount") & (pl.col("table") == "population_regional"))
    return tuple(sorted(int(year) - 1 for year in found["year"]))
