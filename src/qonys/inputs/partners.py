"""Figures of the country and its partners, and the country's registered flows over its border."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs.figures import available, rows


def pool_of(pack: Pack) -> dict[str, pl.DataFrame]:
    """Yearly figures of the country and its partners by indicator: country, year, value."""
    found = rows(pack, "partners_wpp").select("country", "year", "indicator", pl.col("value").cast(pl.Float64))
    parts = found.partition_by("indicator", as_dict=True)
    return {str(name[0]): part.drop("indicator") for name, part in parts.items()}


GROSS = "external_flow_totals"


def turnover(pack: Pack, population: pl.DataFrame) -> float:
    """Mean of registered arrivals and departures per resident and year, over whole years with both known.

    `population`: columns country, year, value (persons). 0 where no such year is published: migration by age then
    follows the net balance alone.
    """
    years = gross_years(pack)
    people = population.filter(pl.col("country") == pack.country["iso3"])
    joined = years.with_columns(pl.col("year").cast(people.schema["year"])).join(people, on="year")
    ratio = (joined["immigrants"] + joined["emigrants"]) / 2 / joined["value"]
    return float(ratio.to_numpy().mean()) if joined.height else 0.0


def gross_years(pack: Pack) -> pl.DataFrame:
    """Whole years with both registered arrivals and departures: year, immigrants, emigrants, persons; maybe none."""
    none = pl.DataFrame(schema={"year": pl.Int64, "immigrants": pl.Float64, "emigrants": pl.Float64})
    if available(pack, (GROSS,)):
        return none
    totals = rows(pack, GROSS).filter(pl.col("period").str.contains(r"^\d{4}$"))
    known = totals.filter(pl.col("flow").is_in(["immigrants", "emigrants"]))
    sides = known.group_by("period", "flow").agg(pl.col("value").cast(pl.Float64).mean())
    if sides["flow"].n_unique() < len(none.columns) - 1:
        return none
    wide = sides.pivot(on="flow", index="period", values="value").drop_nulls()
    return wide.select(pl.col("period").cast(pl.Int64).alias("year"), "immigrants", "emigrants")
