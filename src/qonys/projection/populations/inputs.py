"""What a projection from tables starts from: frames read, checked against each other and placed on axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.projection.populations import mortality
from qonys.projection.populations.ages import AgeGroups, starts_of
from qonys.projection.populations.rates import SEXES, YearlyTable, placed, refuse_outside

Array = NDArray[np.float64]
NUMBERS, RATES = "numbers", "rates"
MIGRATION_KINDS = (NUMBERS, RATES)
MOST_BIRTHS = 1.0  # births per woman and year


@dataclass(frozen=True)
class PopulationTables:
    """Frames: population, births, deaths, migrants as the columns say; `names` of the tables, for errors.

    `population`: sex, age_start, value, optional age_end, region, time. `fertility`: age_start, value, optional
    region, time, draw; `total`: value (births per woman), optional region, time, draw, where `fertility` has only the
    pattern. `mortality`: sex, age_start, value. `migration`: sex, age_start, value, with region if the population has
    regions (net, from outside), or with origin and destination. `moves`: the latter beside the former.
    """

    population: pl.DataFrame
    fertility: pl.DataFrame
    mortality: pl.DataFrame
    migration: pl.DataFrame | None = None
    moves: pl.DataFrame | None = None
    total: pl.DataFrame | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, table: str) -> str:
        """What a table is called in an error."""
        return self.names.get(table, table)


@dataclass(frozen=True)
class PopulationInputs:
    """The tables on axes: base (R, 2, A), fertility (D, Y, R, A), mortality (D, Y, R, 2, G), years lived by one birth
    or rates; migration (D, Y, R, 2, A) and moves (D, Y, R, R, 2, A), numbers or rates a year; None: there is none.
    """

    base: Array
    regions: tuple[str, ...]
    ages: AgeGroups
    start: int
    fertility: YearlyTable
    total: YearlyTable | None
    mortality: YearlyTable
    mortality_starts: tuple[int, ...]
    mortality_kind: str
    migration: YearlyTable | None
    moves: YearlyTable | None
    migration_kind: str

    @property
    def yearly(self) -> tuple[YearlyTable, ...]:
        """All tables by year."""
        every = (self.fertility, self.total, self.mortality, self.migration, self.moves)
        return tuple(one for one in every if one is not None)

    @property
    def draws(self) -> tuple[int, ...]:
        """The draws of the tables; () where no table has any."""
        return next((one.draws for one in self.yearly if one.draws), ())

    @property
    def parted(self) -> bool:
        """Whether regions are kept apart."""
        return self.regions != ("",)


def inputs_of(
    tables: PopulationTables, start: int = 0, mortality_kind: str = mortality.RATES, migration_kind: str = NUMBERS
) -> PopulationInputs:
    """The tables placed on the ages, regions and sexes of the population.

    `start`: year of the population (0: as its column time says).

    Raises
    ------
    BadInput
        Ages that do not fit each other, regions or sexes that lack, several years of population, draws that
        differ, negative persons or rates, rates per 1,000.

    """
    _one_of("mortality_kind", mortality_kind, mortality.KINDS)
    _one_of("migration_kind", migration_kind, MIGRATION_KINDS)
    population, year = _of_one_year(tables, start)
    regions = tuple(population["region"].unique(maintain_order=True)) if "region" in population.columns else ("",)
    if len(regions) == 1:
        regions = ("",)
        population = population.drop("region", strict=False)
    name = tables.name("population")
    ages = AgeGroups.of(starts_of(population, name), name)
    refuse_outside(population, name, (0, np.inf), "negative")
    axes = {"region": regions, "sex": SEXES, "age_start": ages.starts}
    base = placed(_grouped(population, ages), name, axes).values[0, 0]
    dead, starts = _mortality(tables, ages, regions, mortality_kind)
    migration, moves = _migration(tables, ages, axes, migration_kind)
    found = PopulationInputs(
        base, regions, ages, year, _fertility(tables, ages, regions), _total(tables, regions), dead, starts,
        mortality_kind, migration, moves, migration_kind,
    )  # fmt: skip
    _refuse_unlike_draws(found)
    return found


def _of_one_year(tables: PopulationTables, start: int) -> tuple[pl.DataFrame, int]:
    """The rows of the population's year, and the year."""
    frame, name = tables.population, tables.name("population")
    if "time" not in frame.columns:
        if not start:
            raise BadInput("populations.start.none", table=name)
        return frame, start
    known = frame["time"].unique().sort().to_list()
    if start and start not in known:
        raise BadInput("populations.start.other", table=name, year=start, known=", ".join(map(str, known[-8:])))
    if not start and len(known) > 1:
        raise BadInput("populations.start.several", table=name, known=", ".join(map(str, known[-8:])))
    chosen = start or int(known[0])
    return frame.filter(pl.col("time") == chosen).drop("time"), chosen


def _grouped(frame: pl.DataFrame, ages: AgeGroups) -> pl.DataFrame:
    """Counts in the groups of the population."""
    keys = [column for column in frame.columns if column not in ("value", "age_end")]
    starts = pl.col("age_start").map_elements(lambda age: ages.starts[ages.place(age)], return_dtype=pl.Int64)
    return frame.with_columns(starts).group_by(keys, maintain_order=True).agg(pl.col("value").sum())


def _own_regions(frame: pl.DataFrame, regions: tuple[str, ...]) -> pl.DataFrame:
    """Without the column of one region where the population has none."""
    alone = regions == ("",) and "region" in frame.columns and frame["region"].n_unique() == 1
    return frame.drop("region") if alone else frame


def _fertility(tables: PopulationTables, ages: AgeGroups, regions: tuple[str, ...]) -> YearlyTable:
    name = tables.name("fertility")
    frame = _own_regions(tables.fertility, regions)
    refuse_outside(frame, name, (0, np.inf if tables.total is not None else MOST_BIRTHS), "births")
    starts = sorted(frame["age_start"].unique())
    _refuse_gap(starts, ages, name, frame)
    table = placed(frame, name, {"region": regions, "age_start": starts})
    values = np.zeros((*table.values.shape[:-1], len(ages.starts)))
    values[..., [ages.starts.index(start) for start in starts]] = table.values
    if tables.total is not None:
        whole = values.sum(axis=-1, keepdims=True)
        if (whole <= 0).any():
            raise BadInput("populations.fertility.pattern", table=name)
        values = values / whole / ages.width
    return YearlyTable(name, table.draws, table.years, values)


def _refuse_gap(starts: list[int], ages: AgeGroups, name: str, frame: pl.DataFrame) -> None:
    """Refuse ages of mothers that are not groups of the population, or skip one between them."""
    for place, start in enumerate(starts):
        if start not in ages.starts or ages.starts.index(start) != ages.starts.index(starts[0]) + place:
            raise BadInput(
                "populations.ages.mothers", table=name, age=start, found=", ".join(map(str, starts[:8])),
                groups=", ".join(ages.labels[ages.place(starts[0]) :][:3]),
            )  # fmt: skip
    if "age_end" in frame.columns:
        wide = frame.filter(pl.col("age_end") - pl.col("age_start") + 1 != ages.width)
        if wide.height:
            start, end = wide.select("age_start", "age_end").row(0)
            raise BadInput(
                "populations.ages.mothers", table=name, age=start, found=f"{start}-{end}",
                groups=", ".join(ages.labels[ages.place(start) :][:3]),
            )  # fmt: skip


def _total(tables: PopulationTables, regions: tuple[str, ...]) -> YearlyTable | None:
    if tables.total is None:
        return None
    name, frame = tables.name("total"), _own_regions(tables.total, regions)
    refuse_outside(frame, name, (0, 20), "births")
    return placed(frame, name, {"region": regions})


def _mortality(
    tables: PopulationTables, ages: AgeGroups, regions: tuple[str, ...], kind: str
) -> tuple[YearlyTable, tuple[int, ...]]:
    name, frame = tables.name("mortality"), _own_regions(tables.mortality, regions)
    starts = starts_of(frame, name)
    ages.refuse_parted(starts, name)
    mortality.refuse_unlikely(frame, name, kind)
    table = placed(frame, name, {"region": regions, "sex": SEXES, "age_start": starts})
    if kind == mortality.RATES:
        mortality.say_certain(table.values, starts)
    return table, starts


def _migration(
    tables: PopulationTables, ages: AgeGroups, axes: Mapping[str, tuple[object, ...]], kind: str
) -> tuple[YearlyTable | None, YearlyTable | None]:
    """Net migration from outside, and moves between regions."""
    found: dict[str, YearlyTable] = {}
    for table, frame in (("migration", tables.migration), ("moves", tables.moves)):
        if frame is None:
            continue
        between = "origin" in frame.columns and "destination" in frame.columns
        part = "moves" if between else "migration"
        name = tables.name(table)
        regions = tuple(str(one) for one in axes["region"])
        if part in found or (table == "moves" and not between):
            raise BadInput("populations.migration.twice", table=name)
        if between and len(regions) < 2:
            raise BadInput("populations.migration.one_region", table=name)
        rows = frame.filter(pl.col("origin") != pl.col("destination")) if between else _own_regions(frame, regions)
        if not between and len(regions) > 1 and "region" not in rows.columns:
            raise BadInput("populations.migration.no_region", table=name)
        if between:
            refuse_outside(rows, name, (0, np.inf), "negative")
        places = {"origin": regions, "destination": regions} if between else {"region": regions}
        found[part] = _events(rows, name, {**places, "sex": axes["sex"]}, (ages, kind))
    return found.get("migration"), found.get("moves")


def _events(
    rows: pl.DataFrame, name: str, axes: Mapping[str, tuple[object, ...]], about: tuple[AgeGroups, str]
) -> YearlyTable:
    """Numbers in the groups of the population, or rates of these groups; moves that have no row are none."""
    ages, kind = about
    starts = sorted(rows["age_start"].unique())
    ages.refuse_parted(starts, name)
    if kind == RATES:
        unfit = [start for start in starts if start not in ages.starts]
        if unfit:
            ages_found = ", ".join(map(str, starts[:8]))
            raise BadInput("populations.ages.unfit", table=name, age=unfit[0], found=ages_found, groups=ages.labels[1])
        refuse_outside(rows, name, (-1.0, 5.0), "rate")
    frame = rows if kind == RATES else _grouped(rows, ages)
    return placed(frame, name, {**axes, "age_start": ages.starts}, empty=0.0 if "origin" in axes else None)


def _refuse_unlike_draws(inputs: PopulationInputs) -> None:
    for table in inputs.yearly:
        if table.draws and table.draws != inputs.draws:
            first = next(one for one in inputs.yearly if one.draws)
            raise BadInput(
                "populations.draws", first=first.name, second=table.name, one=len(first.draws), other=len(table.draws)
            )


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadInput("estimation.choice", option=option, value=value, known=", ".join(known))
