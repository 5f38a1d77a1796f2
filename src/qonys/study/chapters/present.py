"""Present state: internal flows, external flows, repatriates and quotas, age and sex."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.runs.results import Number, Results, TableResult

PYRAMID_YEARS = (1959, 1979, 1999, 2023)


def compute(pack: Pack, results: Results) -> None:
    """Add the tables of the present state."""
    results.add(*_internal(pack), _external(pack), *_repatriates(pack), _pyramids(pack), _latest(pack))


def _table(name: str, frame: pl.DataFrame, unit: str) -> TableResult:
    rank = frame["rank"].max() if "rank" in frame.columns else 1
    sources = tuple(frame["source"].unique().sort())
    return TableResult(name, frame, unit, int(str(rank)), sources, "catalog")


def _internal(pack: Pack) -> list[TableResult | Number]:
    """The newest whole-year origin-destination table; years under a caution of coverage are not taken."""
    table = pack.table("internal_od")
    partial = pack.breaks().filter((pl.col("kind") == "coverage") & (pl.col("table") == "internal_od"))
    year = int(str(table.filter(~pl.col("year").is_in(partial["year"].to_list()))["year"].max()))
    flows = table.filter(pl.col("year") == year).select("year", "origin", "destination", "value", "source", "rank")
    sources = tuple(flows["source"].unique())
    return [
        _table("internal_flows", flows, "moves"),
        Number("present.internal.year", year, "year"),
        Number("present.internal.total", float(flows["value"].sum()), "moves", rank=3, sources=sources),
    ]


def _external(pack: Pack) -> TableResult:
    rows = pack.table("external_flows").filter(
        (pl.col("breakdown") == "total")
        & (pl.col("unit") == "persons")
        & pl.col("flow").is_in(["immigrants", "emigrants"])
        & pl.col("period").str.contains(r"^\d{4}$")
    )
    frame = rows.select(pl.col("period").cast(pl.Int32).alias("year"), "flow", "value", "source", "rank")
    return _table("external_flows", frame.sort("year", "flow", "value"), "persons")


def _repatriates(pack: Pack) -> list[TableResult]:
    """Cumulative totals since 1991, their differences, and quotas."""
    rows = pack.table("repatriates").filter(
        (pl.col("measure") == "arrivals") & (pl.col("breakdown") == "total") & (pl.col("unit") == "persons")
    )
    cumulative = rows.filter(
        pl.col("start").cast(pl.String).str.starts_with("1991-01-01") & pl.col("end").is_not_null()
    ).select("end", "value", "source", "rank", "note")
    cumulative = cumulative.sort("end", "value")
    quota = pack.table("repatriate_quota").filter(
        (pl.col("region") == pack.whole) & pl.col("measure").is_in(["repatriate_quota", "regional_quota_kandas"])
    )
    return [
        _table("repatriates_cumulative", cumulative, "persons"),
        _table("repatriate_quota", quota.select("year", "measure", "value", "unit", "source", "rank"), "as_unit"),
    ]


def _pyramids(pack: Pack) -> TableResult:
    rows = pack.table("population_age_sex").filter(
        pl.col("year").is_in(PYRAMID_YEARS) & pl.col("sex").is_in(["female", "male"])
    )
    return _table("pyramids", rows.select("year", "sex", "age_start", "age_end", "value", "source", "rank"), "persons")


def _latest(pack: Pack) -> Number:
    rows = pack.table("national").filter(
        (pl.col("indicator") == "net_migration") & (pl.col("source") == "bns_migration_balance")
    )
    last = rows.sort("year").tail(1).row(0, named=True)
    return Number("present.net.latest", last["value"], "persons", sources=(last["source"],))
