"""Figures of the country and its partners, and the country's registered flows over its border."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs.figures import rows


def pool_of(pack: Pack) -> dict[str, pl.DataFrame]:
    """Yearly figures of the country and its partners by indicator: country, year, value."""
    found = rows(pack, "partners_wpp").select("country", "year", "indicator", pl.col("value").cast(pl.Float64))
    parts = found.partition_by("indicator", as_dict=True)
    return {str(name[0]): part.drop("indicator") for name, part in parts.items()}


def turnover(pack: Pack, population: pl.DataFrame) -> float:
    """Half of registered arrivals and departures per resident: mean of the whole years in which both are known."""
    totals = rows(pack, "external_flow_totals").filter(pl.col("period").str.contains(r"^\d{4}$"))
    known = totals.filter(pl.col("flow").is_in(["immigrants", "emigrants"]))
    sides = known.group_by("period", "flow").agg(pl.col("value").cast(pl.Float64).mean())
    wide = sides.pivot(on="flow", index="period", values="value").drop_nulls()
    people = population.filter(pl.col("country") == pack.country["iso3"])
    joined = wide.with_columns(pl.col("period").cast(people.schema["year"]).alias("year")).join(people, on="year")
    ratio = (joined["immigrants"] + joined["emigrants"]) / 2 / joined["value"]
    return float(ratio.to_numpy().mean())
