"""Flows with partner countries, estimated from stocks by birthplace, and what is reported of them."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.estimation.flows_from_stocks import Choice, StockFlows, flows_from_stocks
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

METHOD = "estimation.flows_from_stocks.flows_from_stocks"
METHODS = ("minimum", "pseudo_bayes", "independence", "difference_zero", "difference_reverse")
RANK = 2


def stock_tables(pack: Pack) -> dict[int, pl.DataFrame]:
    """Stocks of the country and its partners by birthplace and residence, native-born on the diagonal.

    The native-born are the population in the middle of the year less those born in the other countries
    of the table; people born elsewhere in the world are among them. A pair without a figure holds none.
    Stocks of a year whose population is not in the pack are left out.
    """
    home = str(pack.country["iso3"])
    own = inputs.rows(pack, "migrant_stock").filter(pl.col("revision") == pl.col("revision").max())
    columns = ("year", "origin", "destination", "value")
    partners = inputs.rows(pack, "partners_stock").select(columns)
    places = {home, *partners["origin"].unique(), *partners["destination"].unique()}
    inside = own.filter(pl.col("origin").is_in(list(places)) & pl.col("destination").is_in(list(places))).select(
        columns
    )
    pairs = pl.concat([partners, inside]).group_by("year", "origin", "destination").agg(pl.col("value").sum())
    people = inputs.rows(pack, "partners_population_mid_year")
    tables = {}
    for year in sorted(set(pairs["year"]) & set(people["year"])):
        rows = pairs.filter((pl.col("year") == year) & (pl.col("origin") != pl.col("destination")))
        rows = rows.select(
            pl.col("origin").alias("birthplace"),
            pl.col("destination").alias("residence"),
            pl.col("value").cast(pl.Float64),
        )
        born = rows.group_by("residence").agg(foreign=pl.col("value").sum())
        natives = (
            people.filter((pl.col("year") == year) & pl.col("country").is_in(list(places)))
            .select(pl.col("country").alias("residence"), "value")
            .join(born, on="residence", how="left")
            .select(
                pl.col("residence").alias("birthplace"), "residence",
                (pl.col("value") - pl.col("foreign").fill_null(0)).cast(pl.Float64).alias("value"),
            )
        )  # fmt: skip
        tables[int(year)] = pl.concat([rows, natives])
    return tables


def vital_events(pack: Pack, start: int, end: int) -> pl.DataFrame:
    """Births and deaths from mid-year `start` to mid-year `end`: half of both end years."""
    rows = inputs.rows(pack, "partners_vital_events").filter(pl.col("year").is_between(start, end))
    half = pl.when(pl.col("year").is_in([start, end])).then(0.5).otherwise(1.0)
    sums = rows.group_by("country", "indicator").agg(value=(pl.col("value") * half).sum(), years=pl.len())
    assert (sums["years"] == end - start + 1).all()
    return (
        sums.pivot(on="indicator", index="country", values="value").rename({"country": "residence"}).sort("residence")
    )


def compute(pack: Pack, results: Results) -> None:
    """Add flows by interval, partner and method, kinds of flow, the balance, and mirror statistics."""
    with results.part():
        _estimated(pack, results)
    if not inputs.available(pack, ("external_flows_with_mirror",)):
        with results.part():
            results.add(_mirror(pack))


def _estimated(pack: Pack, results: Results) -> None:
    """Flows between stocks."""
    home = str(pack.country["iso3"])
    tables = stock_tables(pack)
    years = sorted(tables)
    flows, kinds, balances, zeros = [], [], [], 0
    for start, end in pairwise(years):
        vital = vital_events(pack, start, end)
        for method in METHODS:
            found = flows_from_stocks(tables[start], tables[end], vital, choice=Choice(method, "open", missing="zero"))
            label = [pl.lit(start).alias("start"), pl.lit(end).alias("end"), pl.lit(method).alias("method")]
            flows.append(found.flows().select(*label, pl.all()))
            if method == "pseudo_bayes":
                kinds.append(_kinds(found, home).select(*label, pl.all()))
                balances.append(found.balance.filter(pl.col("place") == home).select(*label, pl.all()))
                zeros += found.zeros
    table = pl.concat(flows)
    ours = table.filter((pl.col("origin") == home) | (pl.col("destination") == home))
    sources = inputs.sources_of(pack, ("partners_stock", "partners_population_mid_year"))
    results.add(
        TableResult("bilateral_flows", ours, "persons", RANK, sources, METHOD),
        TableResult("bilateral_range", _ranges(ours, home), "persons", RANK, sources, METHOD),
        TableResult("bilateral_latest", _latest(table), "persons", RANK, sources, METHOD),
        TableResult("bilateral_kinds", pl.concat(kinds), "persons", RANK, sources, METHOD),
        TableResult("bilateral_balance", pl.concat(balances), "persons", RANK, sources, METHOD),
        Number("bilateral.zeros", float(zeros), "count"),
        Number("bilateral.first", years[0], "year"),
        Number("bilateral.last", years[-1], "year"),
        Number(
            "bilateral.places",
            float(len(tables[years[0]].filter(pl.col("birthplace") == pl.col("residence")))),
            "count",
        ),
    )


def _kinds(found: StockFlows, home: str) -> pl.DataFrame:
    """Arrivals and departures of the country by kind: from the birthplace, back to it, onward."""
    split = found.split()
    return pl.concat(
        [
            split.filter(pl.col(end) == home)
            .group_by("kind")
            .agg(pl.col("value").sum())
            .with_columns(direction=pl.lit(direction))
            for end, direction in (("destination", "in"), ("origin", "out"))
        ]
    ).sort("direction", "kind")


def _ranges(ours: pl.DataFrame, home: str) -> pl.DataFrame:
    """Per interval, partner and direction: the fewest moves, the pseudo-Bayes mix and independence."""
    directed = ours.with_columns(
        direction=pl.when(pl.col("destination") == home).then(pl.lit("in")).otherwise(pl.lit("out")),
        partner=pl.when(pl.col("destination") == home).then("origin").otherwise("destination"),
    )
    return directed.pivot(on="method", index=["start", "end", "partner", "direction"], values="value").sort(
        "start", "direction", "partner"
    )


def _latest(table: pl.DataFrame) -> pl.DataFrame:
    """All flows of the last interval by the pseudo-Bayes mix."""
    rows = table.filter((pl.col("start") == pl.col("start").max()) & (pl.col("method") == "pseudo_bayes"))
    return rows.select("start", "end", "origin", "destination", "value")


def _mirror(pack: Pack) -> TableResult:
    """Flows that both the country and its partner report for the same whole year."""
    home = str(pack.country["iso3"])
    rows = inputs.rows(pack, "external_flows_with_mirror").filter(pl.col("period").str.contains(r"^\d{4}$"))
    pairs = {"immigrants": "in", "emigrants": "out"}
    own = rows.filter(pl.col("reported_by") == home).with_columns(
        direction=pl.col("flow").replace(pairs), partner="category"
    )
    theirs = rows.filter(pl.col("reported_by") != home).with_columns(
        direction=pl.col("flow").replace(pairs), partner="reported_by"
    )
    keys = ["period", "partner", "direction"]
    both = own.select(*keys, pl.col("value").alias("own"), pl.col("source").alias("own_source")).join(
        theirs.select(*keys, pl.col("value").alias("theirs"), pl.col("source").alias("their_source")), on=keys
    )
    frame = both.with_columns(ratio=pl.col("theirs") / pl.col("own")).sort(keys)
    sources = tuple(sorted({*frame["own_source"], *frame["their_source"]}))
    return TableResult("mirror_flows", frame, "persons", 3, sources, PUBLISHED)
