"""Indicators of the internal system and of external flows, and their dependence on the zones."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.boundaries import in_vintage, region_lineage
from qonys.inputs.statements import whole_years
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators, indicators_from_totals
from qonys.measurement.indicators.pairs import pair_indicators
from qonys.measurement.indicators.scale import ScaleOptions, indicators_by_scale
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "measurement.indicators.all.indicators"
EARTH_KM = 6371.0088
RANK = 3


def internal_moves(pack: Pack, vintage: str) -> pl.DataFrame:
    """Moves between regions of one vintage: period, origin, destination, value."""
    rows = whole_years(pack).select("year", "origin", "destination", "vintage", "value", "unit", "status", "source")
    joined = in_vintage(rows, vintage, region_lineage(pack), regions=("origin", "destination"))
    moves = joined.filter(pl.col("origin") != pl.col("destination"))
    return moves.select(
        pl.col("year").cast(pl.Int64).alias("period"), "origin", "destination", pl.col("value").cast(pl.Float64)
    )


def residents(pack: Pack, vintage: str, results: Results) -> pl.DataFrame:
    """Population on 1 January by region; after the last count, the median of the reconciled accounts."""
    people, _, _ = series.regional_years(pack, vintage)
    counted = people.to_frame().select(
        pl.col("time").cast(pl.Int64).alias("period"), "region", pl.col("value").alias("population")
    )
    account = results.table("reconciled_regional").frame.filter(pl.col("quantity") == "population")
    later = account.filter(pl.col("year") > counted["period"].max()).select(
        pl.col("year").cast(pl.Int64).alias("period"), "region", pl.col("median").alias("population")
    )
    return pl.concat([counted, later])


def centre_distances(pack: Pack, regions: list[str]) -> pl.DataFrame:
    """Great-circle distances between the centres of regions, km."""
    rows = pack.regions().filter(pl.col("region").is_in(regions)).select("region", "centre_lon", "centre_lat").rows()
    places = {region: (math.radians(lon), math.radians(lat)) for region, lon, lat in rows}
    pairs = [(a, b, great_circle(places[a], places[b])) for a, b in permutations(regions, 2)]
    return pl.DataFrame(pairs, schema=["origin", "destination", "distance"], orient="row")


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine distance of two points (longitude, latitude in radians), km."""
    half = math.sin((b[1] - a[1]) / 2) ** 2 + math.cos(a[1]) * math.cos(b[1]) * math.sin((b[0] - a[0]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def compute(pack: Pack, results: Results) -> None:
    """Add indicators of every year with an origin-destination table, of pairs and scales, and of external flows."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    moves = internal_moves(pack, vintage)
    people = residents(pack, vintage, results)
    years = sorted(set(moves["period"]) & set(people["period"]))
    moves, people = (frame.filter(pl.col("period").is_in(years)) for frame in (moves, people))
    regions = sorted(people["region"].unique())
    aids = AuxiliaryTables(distances=centre_distances(pack, regions))
    plan = results.plan.indicators
    table = indicators(moves, people, aids, SystemOptions(draws=plan.draws, seed=plan.seed))
    last = years[-1]
    pairs = pair_indicators(moves.filter(pl.col("period") == last), people.filter(pl.col("period") == last))
    zones = [n for n in (4, 6, 8, 10, 12, 14) if n < len(regions)] + [len(regions)]
    scale = indicators_by_scale(
        moves.filter(pl.col("period") == last),
        people.filter(pl.col("period") == last),
        zones,
        adjacency=touching(pack, vintage, regions),
        options=ScaleOptions(repeats=plan.repeats, seed=plan.seed),
    )
    sources = tuple(sorted({*whole_years(pack)["source"], *inputs.sources_of(pack, ("population_regional",))}))
    results.add(
        TableResult("internal_indicators", table, "as_indicator", RANK, sources, METHOD),
        TableResult(
            "internal_pairs", pairs, "as_indicator", RANK, sources, "measurement.indicators.pairs.pair_indicators"
        ),
        TableResult(
            "internal_scale", scale, "as_indicator", RANK, sources, "measurement.indicators.scale.indicators_by_scale"
        ),
        Number("measures.first", years[0], "year"),
        Number("measures.last", last, "year"),
        Number("measures.regions", float(len(regions)), "count"),
    )
    if not inputs.available(pack, ("external_flow_totals_own_report",)):
        results.add(_external(pack))


def touching(pack: Pack, vintage: str, regions: list[str]) -> pl.DataFrame:
    """Pairs of regions that share a stretch of border in the pack's outlines."""
    edges: dict[tuple[tuple[float, float], tuple[float, float]], set[str]] = {}
    for feature in pack.geometry(vintage)["features"]:
        region = feature["properties"]["region"]
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for ring in (ring for polygon in polygons for ring in polygon):
            points = [(round(x, 5), round(y, 5)) for x, y, *_ in ring]
            for a, b in pairwise(points):
                edges.setdefault((min(a, b), max(a, b)), set()).add(region)
    pairs = {(a, b) for sharing in edges.values() for a, b in permutations(sorted(sharing), 2)}
    return pl.DataFrame(sorted(p for p in pairs if p[0] in regions), schema=["origin", "destination"], orient="row")


def _external(pack: Pack) -> TableResult:
    """Effectiveness of external migration in the whole years for which arrivals and departures are reported."""
    rows = inputs.rows(pack, "external_flow_totals_own_report").filter(
        pl.col("flow").is_in(["immigrants", "emigrants"]) & pl.col("period").str.contains(r"^\d{4}$")
    )
    most = rows.group_by("period", "flow").agg(pl.col("value").max())
    wide = most.pivot(on="flow", index="period", values="value").drop_nulls().sort("period")
    totals = wide.select(
        pl.col("period").cast(pl.Int64),
        pl.lit(pack.whole).alias("region"),
        pl.col("immigrants").cast(pl.Float64).alias("arrivals"),
        pl.col("emigrants").cast(pl.Float64).alias("departures"),
    )
    found = indicators_from_totals(totals)
    sources = tuple(sorted(set(rows.filter(pl.col("period").is_in(wide["period"].to_list()))["source"])))
    return TableResult(
        "external_indicators", found, "as_indicator", RANK, sources, "measurement.indicators.all.indicators_from_totals"
    )
