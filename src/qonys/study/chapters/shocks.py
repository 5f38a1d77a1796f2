"""Breaks of net migration and its split into trend and reaction, for the nation and by region."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.measurement.breakpoints import find_breaks, match_events
from qonys.measurement.shocks import trend_and_shock
from qonys.study.analyses.shocks import dated_events
from qonys.study.runs.results import Number, Results, TableResult

RANK = 4
ACCOUNT = "reconciled"
LONGEST = 30
REGIONAL = "reconciled_regional"


def national_series(pack: Pack, results: Results) -> pl.DataFrame:
    """Net migration by year, the reconciled account and every yearly source: series, time, value, sd."""
    account = results.table("reconciled_national").frame.filter(pl.col("quantity") == "net_migration")
    ours = account.select(
        pl.lit(ACCOUNT).alias("series"), pl.col("year").cast(pl.Int64).alias("time"), pl.col("median").alias("value"),
        ((pl.col("high") - pl.col("low")) / 3.919927969080108).alias("sd"),
    )  # fmt: skip
    rows = inputs.rows(pack, "net_migration")
    theirs = rows.select(
        pl.col("source").alias("series"), pl.col("year").cast(pl.Int64).alias("time"),
        pl.col("value").cast(pl.Float64), pl.lit(None, dtype=pl.Float64).alias("sd"),
    )  # fmt: skip
    return pl.concat([ours, theirs])


def regional_series(results: Results) -> pl.DataFrame:
    """Reconciled net migration of the regions per 1,000 residents: region, time, value."""
    frame = results.table("reconciled_regional").frame.filter(pl.col("quantity").is_in(["net_migration", "population"]))
    wide = frame.pivot(on="quantity", index=["region", "year"], values="median").drop_nulls()
    return wide.select(
        "region",
        pl.col("year").cast(pl.Int64).alias("time"),
        (1000 * pl.col("net_migration") / pl.col("population")).alias("value"),
    )


def compute(pack: Pack, results: Results) -> None:
    """Add breaks, matched events, years, effects and shares."""
    events = dated_events(pack)
    with results.part():
        _nation(pack, results, events)
    if results.has_table(REGIONAL):
        with results.part():
            _regions(results)


def _nation(pack: Pack, results: Results, events: pl.DataFrame) -> None:
    """Breaks, events and shares of the nation."""
    nation = national_series(pack, results)
    found = find_breaks(nation, ["series"])
    matched = match_events(found.breaks, events, ["series"])
    split = trend_and_shock(nation, events, ["series"])
    sources = results.table("reconciled_national").sources
    method = "measurement.breakpoints.find_breaks"
    trend = "measurement.shocks.trend_and_shock"
    first = split.years.filter(pl.col("series") == ACCOUNT)
    empty = pl.DataFrame(
        schema={
            "series": pl.String,
            "event": pl.String,
            "form": pl.String,
            "size": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "alike": pl.String,
            "start": pl.Int64,
        }
    )
    effects = split.effects if split.effects.height else empty
    results.add(
        TableResult("breaks_national", found.breaks, "persons", RANK, sources, method),
        TableResult("breaks_tests", found.tests, "ratio", RANK, sources, method),
        TableResult("breaks_events", matched, "years", RANK, sources, method),
        TableResult("trend_years", split.years, "persons", RANK, sources, trend),
        TableResult("trend_effects", effects, "persons", RANK, sources, trend),
        TableResult("trend_shares", split.shares, "persons", RANK, sources, trend),
        Number("shocks.first", int(str(first["time"].min())), "year"),
        Number("shocks.last", int(str(first["time"].max())), "year"),
        Number("shocks.events", float(events.height), "count"),
    )


def _regions(results: Results) -> None:
    """Breaks by region, where there are accounts of regions."""
    breaks = find_breaks(regional_series(results), ["region"]).breaks
    count = breaks["region"].n_unique() if breaks.height else 0
    sources = results.table(REGIONAL).sources
    results.add(
        TableResult("breaks_regional", breaks, "per_1000", RANK, sources, "measurement.breakpoints.find_breaks"),
        Number("shocks.regions", float(count), "count"),
    )
