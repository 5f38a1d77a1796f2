"""From the pack's tables to what the base population by region and group takes.

Regions are those of the newest boundary vintage; figures of groups and the long history stand in the oldest one, in
whose regions the newest lie whole (`qonys.inputs.boundaries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.catalog.choose import preferred
from qonys.errors import BadInput
from qonys.estimation.base.history import Record
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.series import in_one_vintage
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.level_model import Family
from qonys.projection.national import NationalInputs

Array = NDArray[np.float64]
SEXES = ("female", "male")
NAMED_GROUPS = 7
OTHER = "other"
EVENT_YEARS = 3


@dataclass(frozen=True)
class NestedRegions:
    """Regions of the newest vintage, of the oldest, and in which of these each lies."""

    newest: str
    oldest: str
    regions: tuple[str, ...]
    wholes: tuple[str, ...]
    whole: NDArray[np.int64]


def shapes(pack: Pack) -> NestedRegions:
    """Newest and oldest regions of the pack, each in the order of its codes."""
    order = pack.vintages().sort("order")["vintage"].to_list()
    mapping = region_lineage(pack).mapping(order[-1], order[0])
    mapping.pop(pack.whole, None)
    regions, wholes = tuple(sorted(mapping)), tuple(sorted(set(mapping.values())))
    return NestedRegions(order[-1], order[0], regions, wholes, np.array([wholes.index(mapping[r]) for r in regions]))


def grid(frame: pl.DataFrame, rows: Sequence[object], columns: Sequence[object], names: tuple[str, str]) -> Array:
    """`value` by two columns; a missing cell is refused by its name, nothing is filled."""
    cells = {(a, b): value for a, b, value in frame.select(*names, "value").iter_rows()}
    missing = [f"{a}, {b}" for a in rows for b in columns if cells.get((a, b)) is None]
    if missing:
        raise BadInput("base.missing", columns=", ".join(names), cells="; ".join(missing[:3]), count=len(missing))
    return np.array([[float(cells[a, b]) for b in columns] for a in rows])


def residents(pack: Pack, vintage: str, regions: Sequence[str], years: Sequence[int]) -> Array:
    """Residents on 1 January by year, region and sex, (T, R, 2), of one vintage."""
    table = pack.table("population_regional").filter((pl.col("area") == "total") & pl.col("year").is_in(list(years)))
    by_sex = [
        grid(in_one_vintage(pack, table.filter(pl.col("sex") == sex), vintage), years, regions, ("year", "region"))
        for sex in SEXES
    ]
    return np.stack(by_sex, axis=-1)


@dataclass(frozen=True)
class MidYearPopulation:
    """Residents in the middle of the base year by region and sex, (R, 2); those a year on, from 1 January.

    `people` are raked to the nation's sexes; `moved`: greatest relative change of a cell by that.
    """

    people: Array
    january: Array
    next_january: Array
    moved: float


def registered(pack: Pack, vintage: str, event: str) -> pl.DataFrame:
    """Births or deaths by year and region in `vintage`, of the years whose figures can be brought to it."""
    able = {vintage}
    while True:
        into = pack.lineage().filter(pl.col("vintage_to").is_in(sorted(able)))["vintage_from"]
        if set(into) <= able:
            break
        able |= set(into)
    vital = pack.table("vital_regional").filter((pl.col("event") == event) & pl.col("vintage").is_in(sorted(able)))
    return in_one_vintage(pack, preferred(vital, pack.preferences(), "vital_regional", ["year", "region"]), vintage)


def middle_of(pack: Pack, shape: NestedRegions, inputs: NationalInputs) -> MidYearPopulation:
    """Registered residents carried half a year on by the registered balance, then raked to the national base."""
    year, regions = inputs.base_year, shape.regions
    january = residents(pack, shape.newest, regions, [year])[0]
    events = {event: registered(pack, shape.newest, event) for event in ("births", "deaths")}
    table = pack.table("net_migration_regional").filter(pl.col("indicator") == "net_migration_all_flows")
    net = in_one_vintage(pack, table, shape.newest)
    parts = (grid(frame.filter(pl.col("year") == year), regions, [year], ("region", "year"))[:, 0]
             for frame in (events["births"], events["deaths"], net))  # fmt: skip
    born, died, came = parts
    after = january + (born - died + came)[:, None] / 2
    counted = (january + after) / 2
    people = counted.copy()
    total = people.sum(axis=1) * (inputs.base.sum() / people.sum())
    sexes = inputs.base.sum(axis=1)
    for _ in range(200):
        people *= (total / people.sum(axis=1))[:, None]
        people *= sexes / people.sum(axis=0)
    scale = inputs.base.sum() / counted.sum()
    return MidYearPopulation(people, january, after, float(np.abs(people / (counted * scale) - 1).max()))


def groups_of(pack: Pack, named: int = NAMED_GROUPS) -> tuple[str, ...]:
    """The largest groups of the newest table by region, and all the rest as one."""
    table = pack.table("ethnic_regional").filter((pl.col("region") == pack.whole) & (pl.col("ethnic_group") != "total"))
    return (*table.sort("value", descending=True)["ethnic_group"].head(named), OTHER)


def by_group(pack: Pack, shape: NestedRegions, groups: Sequence[str]) -> tuple[int, Array]:
    """(year, residents on its 1 January by whole region and group (P, G)); `other` closes to the total."""
    table = pack.table("ethnic_regional")
    year = int(str(table["year"].max()))
    rows = table.filter((pl.col("year") == year) & (pl.col("region") != pack.whole))
    wide = grid(rows, shape.wholes, [*groups[:-1], "total"], ("region", "ethnic_group"))
    return year, np.column_stack([wide[:, :-1], wide[:, -1] - wide[:, :-1].sum(axis=1)])


def group_counts(pack: Pack, groups: Sequence[str]) -> tuple[list[int], Array]:
    """Censuses (years) that counted all named groups in persons, and their counts (n, G), `other` closing."""
    table = pack.table("ethnic_national").filter((pl.col("basis") == "census") & (pl.col("unit") == "persons"))
    rows = preferred(table, pack.preferences(), "ethnic_national.census", ["year", "ethnic_group"])
    whole = pack.table("census").filter((pl.col("region") == pack.whole) & (pl.col("area") == "total"))
    totals = dict(
        preferred(whole, pack.preferences(), "census.population", ["year"]).select("year", "value").iter_rows()
    )
    years, counts = [], []
    for year in sorted(rows["year"].unique()):
        found = dict(rows.filter(pl.col("year") == year).select("ethnic_group", "value").iter_rows())
        if year in totals and all(found.get(name) for name in groups[:-1]):
            named = [float(found[name]) for name in groups[:-1]]
            years.append(int(year))
            counts.append([*named, float(totals[year]) - sum(named)])
    return years, np.array(counts)


def life_expectancies(pack: Pack, target: str, regions: Sequence[str], years: Sequence[int]) -> Array:
    """Life expectancy by year, region and sex, (T, R, 2); of joined regions the mean weighted by residents."""
    table = pack.table("life_expectancy_regional").filter(
        (pl.col("area") == "total") & (pl.col("region") != pack.whole) & pl.col("year").is_in(list(years))
    )
    people = pack.table("population_regional").filter((pl.col("area") == "total") & (pl.col("sex") == "both"))
    weighted = table.join(people.select("year", "region", weight="value"), on=["year", "region"])
    placed = []
    for (vintage,), rows in weighted.group_by(["vintage"], maintain_order=True):
        mapping = region_lineage(pack).mapping(str(vintage), target)
        placed.append(rows.with_columns(pl.col("region").replace_strict(mapping)))
    mean = (
        pl.concat(placed)
        .group_by("year", "region", "sex")
        .agg(value=(pl.col("value") * pl.col("weight")).sum() / pl.col("weight").sum())
    )
    return np.stack(
        [grid(mean.filter(pl.col("sex") == sex), years, regions, ("year", "region")) for sex in SEXES], axis=-1
    )


def at_level(family: Family, table: Array, e0: Array) -> Array:
    """`table` (2, G, A) of the family at life expectancies `e0` (..., 2), (..., 2, A)."""
    place = np.clip((e0 - family.e0[0]) / (family.e0[1] - family.e0[0]), 0, len(family.e0) - 1.001)
    low = place.astype(np.int64)
    part = (place - low)[..., None]
    sexes = np.arange(2)
    return np.asarray((1 - part) * table[sexes, low] + part * table[sexes, low + 1])


def nation_at(pack: Pack, year: int, sexes: Array) -> Array:
    """The nation's single ages in a year, (2, 101), brought to the sum of each sex in `sexes` (2,)."""
    rows = pack.table("population_age_sex").filter(pl.col("year") == year).sort("age_start")
    groups = np.stack([rows.filter(pl.col("sex") == sex)["value"].cast(pl.Float64).to_numpy() for sex in SEXES])
    single = single_ages(groups, np.arange(0.0, 101, 5), 101)
    return np.asarray(single * (sexes / single.sum(axis=1))[:, None])


def record_of(
    pack: Pack, shape: NestedRegions, inputs: NationalInputs, middle: MidYearPopulation
) -> tuple[Record, int]:
    """Residents, births and survival of the oldest regions from the first year known to the base, and that year."""
    first = int(str(pack.table("population_regional")["year"].min()))
    years = list(range(first, inputs.base_year + 1))
    people = residents(pack, shape.oldest, shape.wholes, years)
    last = np.zeros((len(shape.wholes), 2))
    np.add.at(last, shape.whole, middle.next_january)
    births = grid(registered(pack, shape.oldest, "births"), years, shape.wholes, ("year", "region"))
    ratio = float(inputs.sex_ratio[0])
    known = int(str(pack.table("life_expectancy_regional")["year"].max()))
    e0 = life_expectancies(pack, shape.oldest, shape.wholes, [min(year, known) for year in range(first, known + 1)])
    e0 = np.concatenate([e0, np.repeat(e0[-1:], max(0, len(years) - len(e0)), axis=0)])[: len(years)]
    moved = np.zeros((len(years), len(shape.wholes)), dtype=np.bool_)
    for year, *ends in pack.transfers().select("year", "region_from", "region_to").iter_rows():
        for end in ends:
            if first <= year <= inputs.base_year and end in shape.wholes:
                moved[year - first, shape.wholes.index(end)] = True
    survival = at_level(inputs.family, inputs.family.survival, e0)
    by_sex = births[..., None] * np.array([1, ratio]) / (1 + ratio)
    return Record(np.concatenate([people, last[None]]), by_sex, survival, moved), first


def youngest(pack: Pack, shape: NestedRegions, base_year: int) -> Array:
    """Share of a part in the births of its whole region by completed age, (R, n), NaN where it is not known."""
    vital = pack.table("vital_regional").filter((pl.col("event") == "births") & (pl.col("region") != pack.whole))
    rows = preferred(vital, pack.preferences(), "vital_regional", ["year", "region"])
    first = int(str(rows["year"].min()))
    births = np.full((len(shape.regions), base_year - first + 1), np.nan)
    for (vintage,), part in rows.group_by(["vintage"], maintain_order=True):
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
    rows = registered(pack, shape.newest, event).filter((pl.col("year") - base_year).abs() <= EVENT_YEARS // 2)
    years = sorted(rows["year"].unique())
    return np.asarray(grid(rows, years, shape.regions, ("year", "region")).mean(axis=0))
