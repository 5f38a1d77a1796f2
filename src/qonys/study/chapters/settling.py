"""Programmes for repatriates by region: quotas against arrivals; who stayed is not published."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
PLACES = {"repatriates": "quota_places_repatriates", "resettlers": "quota_places_resettlers"}
BY_REGION = "study.chapters.settling.by_region"


def compute(pack: Pack, results: Results) -> None:
    """Add quotas by year, arrivals beside them, and both by region."""
    sources = inputs.sources_of(pack, ("repatriate_quota", "repatriates"))
    with results.part(keys=("year",)):
        _quotas(pack, results, sources)
    with results.part():
        _regions(pack, results, sources)
    if not inputs.available(pack, PLACES.values()):
        with results.part(keys=("region",)):
            own = inputs.sources_of(pack, tuple(PLACES.values()))
            results.add(TableResult("settling_places", places_by_region(pack), "persons", RANK, own, PUBLISHED))
    with results.part():
        shares = shares_of_arrivals(pack)
        results.add(TableResult("settling_shares", shares, "share", RANK, sources, PUBLISHED))
    with results.part():
        total, until = total_arrivals(pack)
        results.add(
            Number("settling.total", total, "persons", rank=RANK, sources=sources),
            Number("settling.until", float(until), "year"),
        )


def _quotas(pack: Pack, results: Results, sources: tuple[str, ...]) -> None:
    quotas = quotas_by_year(pack)
    beside = _beside(quotas)
    covered = [quota / arrivals for quota, arrivals in beside.select("quota", "arrivals").rows()]
    results.add(
        TableResult("settling_quotas", quotas, "persons", RANK, sources, PUBLISHED),
        Number("settling.beside_from", int(str(beside["year"].min())), "year"),
        Number("settling.beside_to", int(str(beside["year"].max())), "year"),
        Number("settling.covered_low", min(covered), "share", rank=RANK, sources=sources),
        Number("settling.covered_high", max(covered), "share", rank=RANK, sources=sources),
    )


def _regions(pack: Pack, results: Results, sources: tuple[str, ...]) -> None:
    regions, (asked, arrived) = by_region(pack), years_of(pack)
    first, last = regions.sort("quota_share").row(0, named=True), regions.sort("quota_share").row(-1, named=True)
    apart = float((regions["quota_share"] - regions["arrivals_share"]).abs().sum()) / 2
    results.add(
        TableResult("settling_regions", regions, "share", RANK, sources, PUBLISHED),
        Number("settling.year", asked, "year"),
        Number("settling.later", arrived, "year"),
        Number("settling.regions", float(regions.height), "count"),
        Number("settling.apart", apart, "share", rank=RANK, sources=sources, method=BY_REGION),
        Number("settling.least", first["quota_share"], "share"),
        Number("settling.most", last["quota_share"], "share"),
    )


def _beside(quotas: pl.DataFrame) -> pl.DataFrame:
    """Quotas in persons of the years with arrivals of eight months or more."""
    return quotas.filter((pl.col("unit") == "persons") & (pl.col("until").dt.month() >= 8))


def total_arrivals(pack: Pack) -> tuple[float, int]:
    """Largest cumulative number of repatriates since independence, persons, and the year to which it counts."""
    since = f"{inputs.country(pack).independence}-01-01/"
    rows = inputs.rows(pack, "repatriates_total").filter(pl.col("period").str.starts_with(since))
    last = rows.sort("value").row(-1, named=True)
    return float(last["value"]), int(str(last["end"])[:4])


def years_of(pack: Pack) -> tuple[int, int]:
    """The year of the quotas by region, and that of the arrivals by region."""
    quota, arrived = inputs.rows(pack, "repatriate_quota_by_region"), inputs.rows(pack, "repatriates_by_region")
    return int(str(quota["year"].max())), int(arrived["start"].cast(pl.Date).dt.year().to_numpy().max())


def quotas_by_year(pack: Pack) -> pl.DataFrame:
    """National quotas: year, kind, quota, unit, arrivals of the year in the same unit, `until` (last day), source.

    Arrivals are of the longest published part of the year; null where none is published in the unit.
    """
    quotas = inputs.rows(pack, "repatriate_quota_national")
    arrivals = inputs.rows(pack, "repatriates_arrived_any_unit").drop_nulls("start").with_columns(
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
    """Quotas and later arrivals by region, in the oldest boundaries.

    region, quota (families), arrivals (persons), residents in each year, shares, and per 1,000 residents.
    """
    years, vintage = years_of(pack), str(pack.vintages().sort("order")["vintage"][0])
    quota = inputs.rows(pack, "repatriate_quota_by_region")
    arrived = inputs.rows(pack, "repatriates_by_region").unique(["category", "value"], maintain_order=True)
    people = inputs.rows(pack, "population_regional_total").filter(pl.col("vintage") == vintage)
    sizes = [
        people.filter(pl.col("year") == year)
        .group_by("region").agg(pl.col("value").first().cast(pl.Float64).alias(f"people_{year}"))
        for year in years
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
        (1000 * pl.col("quota") / pl.col(f"people_{years[0]}")).alias("quota_rate"),
        (1000 * pl.col("arrivals") / pl.col(f"people_{years[1]}")).alias("arrivals_rate"),
    ).sort("region")


def places_by_region(pack: Pack) -> pl.DataFrame:
    """Quota of the latest year with figures by region: year, region, repatriates, resettlers, all (persons).

    A region without a quota of one kind has null there.
    """
    rows = pl.concat(
        inputs.rows(pack, figure).select("year", "region", pl.col("value").cast(pl.Float64), pl.lit(kind).alias("kind"))
        for kind, figure in PLACES.items()
    )
    last = rows.filter(pl.col("year") == pl.col("year").max())
    wide = last.pivot(on="kind", index=["year", "region"], values="value").select("year", "region", *PLACES)
    return wide.with_columns(pl.sum_horizontal(*PLACES).alias("all")).sort("all", "region", descending=[True, False])


def shares_of_arrivals(pack: Pack) -> pl.DataFrame:
    """Published shares of regions among arrivals, by period: period, region, share, source."""
    return inputs.rows(pack, "repatriates_shares_of_regions").select(
        "period", pl.col("category").alias("region"), (pl.col("value").cast(pl.Float64) / 100).alias("share"), "source"
    ).sort("period", "region")
