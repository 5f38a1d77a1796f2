"""Regions as places: moves between them, their residents, distances of their centres, common borders."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.statements import moves_between_regions
from qonys.study.runs.results import Results

EARTH_KM = 6371.0088


def internal_moves(pack: Pack, vintage: str) -> pl.DataFrame:
    """Moves between regions of one vintage: period, origin, destination, value."""
    return moves_between_regions(pack, vintage).select(
        pl.col("year").cast(pl.Int64).alias("period"), "origin", "destination", "value"
    )


def residents(pack: Pack, vintage: str, results: Results) -> pl.DataFrame:
    """Population on 1 January by region; after the last count, the median of the reconciled accounts, if any."""
    people, _, _ = series.regional_years(pack, vintage)
    counted = people.to_frame().select(
        pl.col("time").cast(pl.Int64).alias("period"), "region", pl.col("value").alias("population")
    )
    if not results.has_table("reconciled_regional"):
        return counted
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
