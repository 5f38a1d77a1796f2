"""What may explain moves between the country and its partners: stocks, distance, incomes, beside the reported flows.

Estimated bilateral flows of the pack come from the same stocks that would explain them, so a regression of one on the
other is a circle; the reported flows of the few periods with a table by country are taken. Countries with small flows
are not reported: what is found holds among those reported. No table of common language, confession or cultural
distance with a source is in the pack, so none of them is here.
"""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.study.chapters.indicators import great_circle

PERIODS = ("2022-H1", "2024")
FLOWS = {"immigrants": "immigrant_stock_in_kz", "emigrants": "emigrant_stock_from_kz"}


def partner_frame(pack: Pack) -> pl.DataFrame:
    """Reported flows by partner: flow, period, partner, moves and logs of stock, distance and ratio of incomes.

    `stock`: ln(1 + persons born at the origin who live at the destination) of the last UN date before the period;
    `distance`: km between centres of the outlines; `income`: ln of GDP per head by purchasing power, destination over
    origin, of the last year known. A partner without one of them is left out.
    """
    rows = pack.table("external_flows").filter(
        (pl.col("breakdown") == "country") & (pl.col("reported_by") == str(pack.country["iso3"]))
        & (pl.col("unit") == "persons") & pl.col("flow").is_in(list(FLOWS)) & pl.col("period").is_in(PERIODS)
    )  # fmt: skip
    once = rows.group_by("flow", "period", "category").agg(pl.col("value").max()).sort("flow", "period", "category")
    stocks, far, income = _stocks(pack), _distances(pack), _incomes(pack)
    home = income.get(str(pack.country["iso3"]))
    found = []
    for flow, period, partner, value in once.rows():
        stock = stocks.get((FLOWS[flow], partner))
        if stock is None or partner not in far or partner not in income or home is None:
            continue
        ratio = home / income[partner] if flow == "immigrants" else income[partner] / home
        found.append((flow, period, partner, value, math.log1p(stock), math.log(far[partner]), math.log(ratio)))
    names = ["flow", "period", "partner", "moves", "stock", "distance", "income"]
    return pl.DataFrame(found, schema=names, orient="row")


def _stocks(pack: Pack) -> dict[tuple[str, str], float]:
    """Stocks of the last date before the first period, both sexes: (direction, partner) -> persons."""
    rows = pack.table("migrant_stock").filter(pl.col("revision") == pl.col("revision").max())
    before = int(PERIODS[0][:4])
    rows = rows.filter(pl.col("year") == rows.filter(pl.col("year") < before)["year"].max())
    home = str(pack.country["iso3"])
    partner = pl.when(pl.col("origin") == home).then(pl.col("destination")).otherwise(pl.col("origin"))
    sums = rows.group_by("direction", partner.alias("partner")).agg(pl.col("value").sum())
    return {(direction, name): float(value) for direction, name, value in sums.rows()}


def _incomes(pack: Pack) -> dict[str, float]:
    """GDP per head by purchasing power of the last year known, by country."""
    rows = pack.table("partners_wdi").filter(pl.col("indicator") == "gdp_per_capita_ppp").drop_nulls("value")
    last = rows.sort("year").group_by("country", maintain_order=True).last()
    return {name: float(value) for name, value in last.select("country", "value").rows()}


def _distances(pack: Pack) -> dict[str, float]:
    """Distances of the centres of outlines from the country's own, km."""
    centres = {str(feature["properties"]["iso3"]): _centre(feature) for feature in pack.geometry("world")["features"]}
    home = centres[str(pack.country["iso3"])]
    return {name: great_circle(home, place) for name, place in centres.items() if place != home}


def _centre(feature: dict[str, Any]) -> tuple[float, float]:
    """Centroid of the largest outline (longitude, latitude in radians), on the plane of degrees."""
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    best, place = 0.0, (0.0, 0.0)
    for polygon in polygons:
        ring = polygon[0]
        area = east = north = 0.0
        for (x0, y0, *_), (x1, y1, *_) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = x0 * y1 - x1 * y0
            area, east, north = area + cross / 2, east + (x0 + x1) * cross / 6, north + (y0 + y1) * cross / 6
        if abs(area) > best:
            best, place = abs(area), (math.radians(east / area), math.radians(north / area))
    return place
