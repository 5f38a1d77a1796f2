"""Figures of the country and its partners, and the country's registered flows over its border."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.inputs.figures import available, choose, rows


def pool_of(pack: Pack) -> dict[str, pl.DataFrame]:
    """Yearly figures of the country and its partners by indicator: country, year, value."""
    found = rows(pack, "partners_wpp").select("country", "year", "indicator", pl.col("value").cast(pl.Float64))
    parts = found.partition_by("indicator", as_dict=True)
    return {str(name[0]): part.drop("indicator") for name, part in parts.items()}


GROSS, SIDES, MONTHS = "external_flow_totals", ("immigrants", "emigrants"), 12
WHOLE, ONE_YEAR, LEAST_ERROR = 0.02, 0.15, 0.05


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
    return gross_spans(pack).filter(pl.col("months") == MONTHS).drop("months").sort("year")


def gross_spans(pack: Pack) -> pl.DataFrame:
    """Spans from January on with both registered flows: year, months, immigrants, emigrants, persons; maybe none.

    Where several sources state a span, the pack's written order of sources says which is taken.
    """
    whole = pl.DataFrame(schema={"year": pl.Int64, "months": pl.Int64} | dict.fromkeys(SIDES, pl.Float64))
    if available(pack, (GROSS,)):
        return whole
    start, end = pl.col("start").dt, pl.col("end").dt
    inside = (
        (start.ordinal_day() == 1)
        & (start.year() == end.year())
        & ((pl.col("end") + pl.duration(days=1)).dt.day() == 1)
    )
    spans = rows(pack, GROSS).filter(pl.col("flow").is_in(SIDES) & inside)
    taken = choose(pack, GROSS, spans).drop_nulls("value")
    sides = taken.select(
        start.year().cast(pl.Int64).alias("year"), end.month().cast(pl.Int64).alias("months"),
        "flow", pl.col("value").cast(pl.Float64),
    )  # fmt: skip
    if sides["flow"].n_unique() < len(SIDES):
        return whole
    wide = sides.pivot(on="flow", index=["year", "months"], values="value", aggregate_function="mean").drop_nulls()
    return wide.select(whole.columns).sort("year", "months")


def gross_record(pack: Pack, population: pl.DataFrame, until: int | None = None) -> pl.DataFrame:
    """Geometric mean of registered immigrants and emigrants per resident, one row a year: what the years tell.

    year, months of the span, immigrants, emigrants (persons in the span), rate (per resident and whole year), error
    (of its logarithm). Of a year without a total the longest span is taken and divided by the share that the same
    months had in the years in which both are known (mean of logarithms; error from their spread, not below
    `LEAST_ERROR`; `ONE_YEAR` where it is one year); spans whose share is not known are left out. A whole year has the
    error `WHOLE`: rounding to hundreds, and what final figures change. `population`: country, year, value; after its
    last year it goes on growing as before. `until`: the last year told (None: all).
    """
    spans = gross_spans(pack).with_columns(mean=(pl.col("immigrants") * pl.col("emigrants")).sqrt())
    if until is not None:
        spans = spans.filter(pl.col("year") <= until)
    spans = spans.filter((pl.col("immigrants") > 0) & (pl.col("emigrants") > 0))
    whole = dict(spans.filter(pl.col("months") == MONTHS).select("year", "mean").rows())
    people = dict(population.filter(pl.col("country") == pack.country["iso3"]).select("year", "value").rows())
    rows_ = []
    for year in spans["year"].unique().sort():
        for row in spans.filter(pl.col("year") == year).sort("months", descending=True).iter_rows(named=True):
            share, error = _share(spans, whole, row["months"])
            if error is not None:
                rate = row["mean"] / share / _residents(people, year)
                rows_.append((year, row["months"], row["immigrants"], row["emigrants"], rate, error))
                break
    schema = {"year": pl.Int64, "months": pl.Int64} | dict.fromkeys((*SIDES, "rate", "error"), pl.Float64)
    return pl.DataFrame(rows_, schema=schema, orient="row")


def _share(spans: pl.DataFrame, whole: dict[int, float], months: int) -> tuple[float, float | None]:
    """Share of a year's flows in its first `months`, and the error of its logarithm (None: no year tells it)."""
    if months == MONTHS:
        return 1.0, WHOLE
    same = spans.filter((pl.col("months") == months) & pl.col("year").is_in(list(whole)))
    logs = np.array([math.log(mean / whole[year]) for year, mean in same.select("year", "mean").rows()])
    if not len(logs):
        return 1.0, None
    if len(logs) == 1:
        return math.exp(logs[0]), ONE_YEAR
    spread = float(logs.std(ddof=1)) * math.sqrt(1 + 1 / len(logs))
    return math.exp(logs.mean()), max(spread, LEAST_ERROR)


def _residents(people: dict[int, float], year: int) -> float:
    """Mid-year population; after the last year known it goes on growing as in that year."""
    last = max(people)
    if year <= last:
        return float(people[year])
    return float(people[last]) * (float(people[last]) / float(people[last - 1])) ** (year - last)
