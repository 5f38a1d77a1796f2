"""From tables of a pack to quantities, by the pack's written order of preference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.ranks import SECONDARY
from qonys.inputs.boundaries import in_vintage, region_lineage
from qonys.inputs.figures import chosen, lineage, rows
from qonys.kernels.flows.balance import interval_of_two
from qonys.quantities import Axis, Population, Series


def census_rows(pack: Pack) -> pl.DataFrame:
    """Census totals of the whole country, all sources: columns of the figure census_population, value in persons."""
    return rows(pack, "census_population")


def census_population(pack: Pack) -> Population:
    """Census population, persons, with a standard error from the disagreement of published totals.

    Where two totals of one census are published the standard error is that of a value uniform between them; where
    there is one, the root mean square of the relative errors of the others. Of these only the censuses of which an
    office states a total speak, where there are any: what second-hand pages say of an old count, often in other
    boundaries, is no measure of a modern one. No error (None) where no census has two totals.
    """
    stated = census_rows(pack)
    preferred = chosen(pack, "census_population")
    values = preferred["value"].to_numpy()
    office = (pl.col("rank") < SECONDARY).any()
    spread = stated.group_by("year").agg(
        low=pl.col("value").min(), high=pl.col("value").max(), n=pl.len(), office=office
    )
    spread = preferred.select("year").join(spread, on="year", how="left").sort("year")
    sd = interval_of_two(spread["low"].to_numpy(), spread["high"].to_numpy())
    several = spread["n"].to_numpy() > 1
    axis = Axis("time", tuple(preferred["year"]))
    held = lineage(pack, "census_population", preferred)
    if not several.any():
        return Population(values, (axis,), "persons", "residents", lineage=held)
    first_hand = several & spread["office"].to_numpy()
    speak = first_hand if first_hand.any() else several
    typical = float(np.sqrt(np.mean((sd[speak] / values[speak]) ** 2)))
    sd = np.where(several, sd, typical * values)
    return Population(values, (axis,), "persons", "residents", sd=sd, lineage=held)


def national_series(pack: Pack, name: str, role: str | None = None) -> Series:
    """A figure of the whole country by year: by the written order of preference, or by the sources of a role."""
    found = chosen(pack, name, role)
    unit = str(found["unit"][0]) if "unit" in found.columns else "persons"
    held = lineage(pack, name, found)
    return Series(found["value"].to_numpy(), (Axis("time", tuple(found["year"])),), unit, name, lineage=held)


def natural_increase(births: Series, deaths: Series) -> Series:
    """Births less deaths of the same years (axis time), persons."""
    values = births.values - deaths.values
    lineage = births.lineage.joined(deaths.lineage, "births less deaths")
    return Series(values, births.axes, "persons", "natural_increase", lineage=lineage)


def regional_events(pack: Pack, vintage: str) -> dict[str, pl.DataFrame]:
    """Births and deaths by year and region in one vintage, preferred figures: event -> year, region, value."""
    return {
        event: in_one_vintage(pack, chosen(pack, f"{event}_regional"), vintage) for event in ("births", "deaths")
    }


class RegionalSeries(NamedTuple):
    """Population at the ends of years, births and deaths within them, by year and region; persons."""

    population: Population
    births: Series
    deaths: Series


def regional_years(pack: Pack, vintage: str) -> RegionalSeries:
    """Population on 1 January, births and deaths by year and region in one vintage.

    Years run from the first year of the population table while every region has all three.
    """
    events = regional_events(pack, vintage)
    population = in_one_vintage(pack, rows(pack, "population_regional_total"), vintage)
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
    people = Population(values, (Axis("time", instants), axes[1]), "persons", "residents", vintage=vintage)
    return RegionalSeries(people, births, deaths)


def in_one_vintage(pack: Pack, frame: pl.DataFrame, vintage: str) -> pl.DataFrame:
    """Regional rows (without the country) in one vintage, year by year."""
    regional = frame.filter(pl.col("region") != pack.whole).select(
        "year", "region", "vintage", "value", "unit", "status", "source"
    )
    return in_vintage(regional, vintage, region_lineage(pack))


def _grid(frame: pl.DataFrame, years: tuple[int, ...], regions: tuple[str, ...]) -> np.ndarray:
    """Values by year and region; a missing cell raises KeyError, nothing is filled."""
    cells = {(year, region): value for year, region, value in frame.select("year", "region", "value").rows()}
    return np.array([[cells[year, region] for region in regions] for year in years])
