"""From tables of a pack to quantities, by the pack's written order of preference."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.choose import preferred
from qonys.inputs.boundaries import in_vintage, region_lineage
from qonys.kernels.flows.balance import interval_of_two
from qonys.quantities import Axis, Lineage, Population, Series


def _lineage(frame: pl.DataFrame) -> Lineage:
    rank = frame["rank"].max()
    return Lineage(tuple(frame["source"].unique().sort()), int(rank) if isinstance(rank, int) else 1)


def census_rows(pack: Pack) -> pl.DataFrame:
    """Census totals of the whole country, all sources."""
    table = pack.table("census")
    return table.filter((pl.col("region") == pack.whole) & (pl.col("area") == "total"))


def census_population(pack: Pack) -> Population:
    """Census population with the error that the disagreement of its statements shows.

    Where two statements of one census exist the standard error is that of a figure uniform
    between them; where one exists, the root mean square of the relative errors of the others.
    """
    rows = census_rows(pack)
    chosen = preferred(rows, pack.preferences(), "census.population", ["year"]).sort("year")
    values = chosen["value"].to_numpy()
    spread = rows.group_by("year").agg(low=pl.col("value").min(), high=pl.col("value").max(), n=pl.len())
    spread = chosen.select("year").join(spread, on="year", how="left").sort("year")
    sd = interval_of_two(spread["low"].to_numpy(), spread["high"].to_numpy())
    several = spread["n"].to_numpy() > 1
    typical = float(np.sqrt(np.mean((sd[several] / values[several]) ** 2)))
    sd = np.where(several, sd, typical * values)
    axis = Axis("time", tuple(chosen["year"]))
    return Population(values, (axis,), "persons", "residents", sd=sd, lineage=_lineage(chosen))


def national_series(pack: Pack, indicator: str, source: str | None = None) -> Series:
    """Annual national series: of one source, or the preferred figure of each year."""
    rows = pack.table("national").filter(pl.col("indicator") == indicator)
    if source is not None:
        rows = rows.filter(pl.col("source") == source).sort("year")
    else:
        rows = preferred(rows, pack.preferences(), f"national.{indicator}", ["year"]).sort("year")
    axis = Axis("time", tuple(rows["year"]))
    return Series(rows["value"].to_numpy(), (axis,), "persons", indicator, lineage=_lineage(rows))


def natural_increase(births: Series, deaths: Series) -> Series:
    """Births less deaths of the same years."""
    values = births.values - deaths.values
    lineage = births.lineage.joined(deaths.lineage, "births less deaths")
    return Series(values, births.axes, "persons", "natural_increase", lineage=lineage)


def regional_events(pack: Pack, vintage: str) -> dict[str, pl.DataFrame]:
    """Births and deaths by year and region in one vintage, preferred figures: event -> year, region, value."""
    vital = pack.table("vital_regional")
    return {
        event: in_one_vintage(
            pack,
            preferred(vital.filter(pl.col("event") == event), pack.preferences(), "vital_regional", ["year", "region"]),
            vintage,
        )
        for event in ("births", "deaths")
    }


def regional_years(pack: Pack, vintage: str) -> tuple[Population, Series, Series]:
    """Population on 1 January, births and deaths by year and region in one vintage.

    Years run from the first year of the population table while every region has all three.
    """
    people = pack.table("population_regional").filter((pl.col("sex") == "both") & (pl.col("area") == "total"))
    events = regional_events(pack, vintage)
    population = in_one_vintage(pack, people, vintage)
    last = int(str(population["year"].max()))
    first = int(str(population["year"].min()))
    years = tuple(range(first, last))
    regions = tuple(sorted(population["region"].unique()))
    axes = (Axis("time", years), Axis("region", regions))
    births, deaths = (
        Series(_grid(events[e], years, regions), axes, "persons", e, vintage=vintage) for e in ("births", "deaths")
    )
    instants = (*years, last)
    values = _grid(population, instants, regions)
    return (
        Population(values, (Axis("time", instants), axes[1]), "persons", "residents", vintage=vintage),
        births,
        deaths,
    )


def in_one_vintage(pack: Pack, frame: pl.DataFrame, vintage: str) -> pl.DataFrame:
    """Regional rows (without the country) in one vintage, year by year."""
    rows = frame.filter(pl.col("region") != pack.whole).select(
        "year", "region", "vintage", "value", "unit", "status", "source"
    )
    return in_vintage(rows, vintage, region_lineage(pack))


def _grid(frame: pl.DataFrame, years: tuple[int, ...], regions: tuple[str, ...]) -> np.ndarray:
    """Values by year and region; a missing cell raises KeyError, nothing is filled."""
    cells = {(year, region): value for year, region, value in frame.select("year", "region", "value").rows()}
    return np.array([[cells[year, region] for region in regions] for year in years])
