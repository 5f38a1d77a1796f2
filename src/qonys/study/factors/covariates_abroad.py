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
from qonys.inputs import rows
from qonys.study.factors.places import great_circle

FLOWS = {"immigrants": "immigrant_stock", "emigrants": "emigrant_stock"}
TABLE = 6


def periods_of(pack: Pack) -> tuple[str, ...]:
    """Periods for which both flows are reported for at least six countries."""
    sizes = rows(pack, "external_flows_by_country").group_by("period", "flow").len().filter(pl.col("len") >= TABLE)
    both = sizes.group_by("period").len().filter(pl.col("len") == len(FLOWS))
    return tuple(both["period"].drop_nulls().sort())


def partner_frame(pack: Pack) -> pl.DataFrame:
    """Reported flows by partner: flow, period, partner, moves and logs of stock, distance and ratio of incomes.

    `stock`: ln(1 + persons born at the origin who live at the destination) of the last UN date before the period;
    `distance`: km between centres of the outlines; `income`: ln of GDP per head by purchasing power, destination over
    origin, of the last year known. A partner without one of them is left out.
    """
    reported = rows(pack, "external_flows_by_country").filter(pl.col("period").is_in(periods_of(pack)))
    once = reported.group_by("flow", "period", "category").agg(pl.col("value").max()).sort("flow", "period", "category")
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
    before = int(periods_of(pack)[0][:4])
    found = {}
    for figure, partner in (("immigrant_stock", "origin"), ("emigrant_stock", "destination")):
        stock = rows(pack, figure).filter(pl.col("revision") == pl.col("revision").max())
        last = stock.filter(pl.col("year") == stock.filter(pl.col("year") < before)["year"].max())
        sums = last.group_by(partner).agg(pl.col("value").sum())
        found.update({(figure, str(name)): float(value) for name, value in sums.rows()})
    return found


def _incomes(pack: Pack) -> dict[str, float]:
    """GDP per head by purchasing power of the last year known, by country."""
    known = rows(pack, "income_per_head_partners").drop_nulls("value")
    last = known.sort("year").group_by("country", maintain_order=True).last()
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
