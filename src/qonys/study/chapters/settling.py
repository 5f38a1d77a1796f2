"""Programmes for repatriates by region: quotas against arrivals; who stayed is not published."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.runs.results import Number, Results, TableResult

RANK = 3
YEAR, HALF = 2007, "2016-01-01/2016-06-30"
TOTAL = 2016


def compute(pack: Pack, results: Results) -> None:
    """Add quotas by year, arrivals beside them, and both by region."""
    quotas, regions = quotas_by_year(pack), by_region(pack)
    sources = tuple(sorted({*pack.table("repatriate_quota")["source"], *pack.table("repatriates")["source"]}))
    first, last = regions.sort("quota_share").row(0, named=True), regions.sort("quota_share").row(-1, named=True)
    apart = float((regions["quota_share"] - regions["arrivals_share"]).abs().sum()) / 2
    covered = _covered(quotas)
    results.add(
        TableResult("settling_quotas", quotas, "persons", RANK, sources, "catalog"),
        TableResult("settling_regions", regions, "share", RANK, sources, "catalog"),
        TableResult("settling_shares", shares_of_arrivals(pack), "share", RANK, sources, "catalog"),
        Number("settling.year", YEAR, "year"),
        Number("settling.later", TOTAL, "year"),
        Number("settling.regions", float(regions.height), "count"),
        Number("settling.apart", apart, "share", rank=RANK, sources=sources, method="study.settling"),
        Number("settling.least", first["quota_share"], "share"),
        Number("settling.most", last["quota_share"], "share"),
        Number("settling.covered_low", min(covered), "share", rank=RANK),
        Number("settling.covered_high", max(covered), "share", rank=RANK),
        Number("settling.total", float(total_arrivals(pack)), "persons", rank=RANK, sources=sources),
    )


def _covered(quotas: pl.DataFrame) -> list[float]:
    """Quota over arrivals in years with arrivals of eight months or more, persons."""
    beside = quotas.filter((pl.col("unit") == "persons") & (pl.col("until").dt.month() >= 8))
    return [quota / arrivals for quota, arrivals in beside.select("quota", "arrivals").rows()]


def total_arrivals(pack: Pack) -> float:
    """Largest cumulative number of repatriates since 1991, persons."""
    rows = pack.table("repatriates").filter(
        (pl.col("breakdown") == "total")
        & (pl.col("unit") == "persons")
        & pl.col("period").str.starts_with("1991-01-01/")
    )
    return float(str(rows["value"].max()))


def quotas_by_year(pack: Pack) -> pl.DataFrame:
    """National quotas: year, kind, quota, unit, arrivals of the year in the same unit, `until` (last day), source.

    Arrivals are of the longest published part of the year; null where none is published in the unit.
    """
    quotas = pack.table("repatriate_quota").filter(
        (pl.col("region") == "KZ") & pl.col("measure").is_in(["repatriate_quota", "regional_quota_kandas"])
    )
    arrivals = pack.table("repatriates").filter(
        (pl.col("measure") == "arrivals") & (pl.col("breakdown") == "total") & pl.col("start").is_not_null()
    ).with_columns(
        pl.col("start").cast(pl.Date).dt.year().cast(pl.Int64).alias("year"),
        pl.col("end").cast(pl.Date).alias("until"),
    ).filter(pl.col("until").dt.year() == pl.col("year"))  # fmt: skip
    longest = arrivals.sort("until", "value").group_by("year", "unit", maintain_order=True).last()
    joined = quotas.with_columns(pl.col("year").cast(pl.Int64)).join(
        longest.select("year", "unit", pl.col("value").alias("arrivals"), "until"), on=["year", "unit"], how="left"
    )
    return joined.select(
        "year", pl.col("measure").alias("kind"), pl.col("value").cast(pl.Float64).alias("quota"), "unit",
        pl.col("arrivals").cast(pl.Float64), "until", "source", "status",
    ).sort("year", "kind")  # fmt: skip


def by_region(pack: Pack) -> pl.DataFrame:
    """Quota of 2007 and arrivals of the first half of 2016 by region (boundaries before 2018).

    region, quota (families), arrivals (persons), residents in each year, shares, and per 1,000 residents.
    """
    quota = pack.table("repatriate_quota").filter((pl.col("year") == YEAR) & (pl.col("region") != "KZ"))
    arrived = pack.table("repatriates").filter(
        (pl.col("period") == HALF) & (pl.col("breakdown") == "region_of_settlement") & (pl.col("unit") == "persons")
    ).unique(["category", "value"], maintain_order=True)  # fmt: skip
    people = pack.table("population_regional").filter((pl.col("sex") == "both") & (pl.col("area") == "total"))
    sizes = [
        people.filter((pl.col("year") == year) & (pl.col("vintage") == "pre2018"))
        .group_by("region").agg(pl.col("value").first().cast(pl.Float64).alias(f"people_{year}"))
        for year in (YEAR, TOTAL)
    ]  # fmt: skip
    frame = quota.select("region", pl.col("value").cast(pl.Float64).alias("quota")).join(
        arrived.select(pl.col("category").alias("region"), pl.col("value").cast(pl.Float64).alias("arrivals")),
        on="region", how="left",
    )  # fmt: skip
    for size in sizes:
        frame = frame.join(size, on="region", how="left")
    return frame.with_columns(
        (pl.col("quota") / pl.col("quota").sum()).alias("quota_share"),
        (pl.col("arrivals") / pl.col("arrivals").sum()).alias("arrivals_share"),
        (1000 * pl.col("quota") / pl.col(f"people_{YEAR}")).alias("quota_rate"),
        (1000 * pl.col("arrivals") / pl.col(f"people_{TOTAL}")).alias("arrivals_rate"),
    ).sort("region")


def shares_of_arrivals(pack: Pack) -> pl.DataFrame:
    """Published shares of regions among arrivals, by period: period, region, share, source."""
    rows = pack.table("repatriates").filter(
        (pl.col("breakdown") == "region_of_settlement")
        & (pl.col("unit") == "percent")
        & (pl.col("category") != "other")
    )
    return rows.select(
        "period", pl.col("category").alias("region"), (pl.col("value").cast(pl.Float64) / 100).alias("share"), "source"
    ).sort("period", "region")
