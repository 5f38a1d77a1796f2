"""Indicators: one over the years, and one year by region."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.report.charts.style import BLUE, GREY, Spec
from qonys.study.analyses.indicators import definitions
from qonys.web.charts.kit import (
    Chart,
    Drawing,
    Sheet,
    about,
    amount,
    document,
    ends,
    heads,
    interval_tips,
    layer,
    named,
    years_axis,
)
from qonys.web.charts.mapping import level_map_svg, rate_map_svg, round_step
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

TABLES = ("internal_indicators", "external_indicators")
WHOLE = "whole"
DECIMALS = {"moves": 0, "pairs": 0, "regions": 0, "distance": 0, "percent": 1, "per_1000": 2, "per_100": 2}


def _table(site: Site) -> pl.DataFrame:
    """Indicators of the internal system: region `whole` for the system."""
    return site.keep(
        "indicators",
        lambda: site.results.table("internal_indicators").frame.with_columns(region=pl.col("region").fill_null(WHOLE)),
    )


def described(site: Site, language: str) -> dict[str, dict[str, Any]]:
    """Every indicator with values: name, definition, unit, reference by code."""
    have = set(_table(site)["indicator"]) if site.has("internal_indicators") else set()
    rows = site.keep(f"definitions:{language}", lambda: definitions(language)).iter_rows(named=True)
    return {row["indicator"]: row for row in rows if row["indicator"] in have}


def variants(site: Site) -> tuple[str, ...]:
    """All indicators with their variants as `code.variant`, in the order of the table."""
    pairs = _table(site).select("indicator", "variant").unique(maintain_order=True).rows()
    return tuple(f"{code}.{variant or 'value'}" for code, variant in pairs)


def parameters(site: Site) -> tuple[Parameter, ...]:
    """Indicator with variant, and region."""
    regions = (WHOLE, *sorted(set(_table(site)["region"]) - {WHOLE}))
    return (
        Parameter("what", variants(site), "cmi.crude", texts="variant"),
        Parameter("place", regions, WHOLE, texts="place"),
    )


def map_parameters(site: Site) -> tuple[Parameter, ...]:
    """Indicator of regions, and year."""
    local = _table(site).filter(pl.col("region") != WHOLE)
    pairs = local.select("indicator", "variant").unique(maintain_order=True).rows()
    years = tuple(str(y) for y in local["period"].unique().sort())
    return (
        Parameter("map", tuple(f"{c}.{v}" for c, v in pairs), "rate.net", texts="variant"),
        Parameter("period", years, years[-1], "slider"),
    )


def _rows(site: Site, what: str) -> pl.DataFrame:
    code, _, variant = what.partition(".")
    wanted = "" if variant == "value" else variant
    return _table(site).filter((pl.col("indicator") == code) & (pl.col("variant") == wanted))


def line(view: View) -> Drawing:
    """An indicator over the years that have a table, with its interval."""
    rows = _rows(view.site, view.state["what"])
    place = view.state["place"]
    if place not in set(rows["region"]):
        place = WHOLE if WHOLE in set(rows["region"]) else view.sorted_names(rows["region"].unique().to_list())[0]
    frame = rows.filter(pl.col("region") == place).sort("period")
    unit = str(frame["unit"][0])
    decimals = DECIMALS.get(unit, 3)
    name, where = view.option("variant", view.state["what"]), view.option("place", place)
    title = name if unit == "ratio" else f"{name}, {view.name(f'web.unit.{unit}', unit)}"
    first, last = frame.row(0, named=True), frame.row(-1, named=True)
    sentence = view.say(
        "web.indicator.says",
        name=name,
        place=where,
        first=first["period"],
        last=last["period"],
        a=view.number(first["value"], decimals),
        b=view.number(last["value"], decimals),
    )
    shown = tuple(
        (str(r["period"]), view.number(r["value"], decimals), ends(view, r["low"], r["high"], decimals))
        for r in frame.iter_rows(named=True)
    )
    return Drawing(
        f"{name}: {where}",
        sentence,
        frame,
        Sheet(heads(view, "year", "value", "interval"), shown, "lrr"),
        **about(view, "internal_indicators") | {"unit": unit},
        spec=document(view, {"width": 1, "height": 300, "layer": _points(view, frame, title, decimals)}),
        notes=_breaks(view),
    )


def _points(view: View, frame: pl.DataFrame, title: str, decimals: int) -> list[Spec]:
    """Points with intervals; the line between them is only a guide."""
    data = named("indicator", frame.select(pl.col("period").alias("year"), "low", "value", "high").to_dicts())
    x = years_axis(view, int(str(frame["period"].min())) - 0.4, int(str(frame["period"].max())) + 0.4)
    bar = {"type": "rule", "color": BLUE, "strokeWidth": 5, "opacity": 0.28}
    point = {"type": "point", "filled": True, "size": 70, "color": BLUE, "opacity": 1}
    guide = {"type": "line", "color": GREY, "strokeDash": [3, 3]}
    return [
        layer(data, bar, x=x, y=amount("low", title), y2={"field": "high"}),
        layer(data, guide, x=x, y=amount("value", title)),
        layer(data, point, x=x, y=amount("value", title), tips=interval_tips(view, f",.{decimals}f", "value")),
    ]


def _breaks(view: View) -> tuple[str, ...]:
    return tuple(f"{year}: {text}" for year, text in view.context.breaks("internal_totals"))


def region_map(view: View) -> Drawing:
    """An indicator of regions in one year as a map."""
    rows, year = _rows(view.site, view.state["map"]), view.year("period")
    frame = rows.filter(pl.col("period") == year).sort("value", descending=True)
    unit = str(frame["unit"][0])
    decimals = DECIMALS.get(unit, 3)
    vintage = str(view.site.pack.vintages().sort("order")["vintage"][0])
    geometry = view.site.keep(f"geometry:{vintage}", lambda: view.site.pack.geometry(vintage))
    values = dict(frame.drop_nulls("value").select("region", "value").rows())
    signed = bool((rows["value"] < 0).any())
    every = [v for v in rows["value"] if v is not None]
    drawing = (
        rate_map_svg(geometry, values, round_step(every), view, decimals)
        if signed
        else level_map_svg(geometry, values, view, decimals)
    )
    name = view.option("variant", view.state["map"])
    best, worst = frame.row(0, named=True), frame.row(-1, named=True)
    sentence = view.say(
        "web.indicator_map.says",
        name=name,
        year=year,
        best=view.region(best["region"]),
        high=view.number(best["value"], decimals),
        worst=view.region(worst["region"]),
        low=view.number(worst["value"], decimals),
    )
    shown = tuple(
        (
            view.region(r["region"]),
            view.number(r["value"], decimals),
            "–" if r["low"] is None else f"{view.number(r['low'], decimals)} … {view.number(r['high'], decimals)}",
        )
        for r in frame.iter_rows(named=True)
    )
    head = tuple(map(view.say, ("web.column.region", "web.column.value", "web.column.interval")))
    facts = about(view, "internal_indicators")
    outline = view.say("report.outline", attribution=geometry.get("attribution", ""))
    unit_text = view.name(f"web.unit.{unit}", unit)
    return Drawing(
        f"{name}, {unit_text}: {year}",
        sentence,
        frame,
        Sheet(head, shown, "lrr"),
        **facts | {"unit": unit, "source": f"{facts['source']} {outline}"},
        svg=drawing,
        notes=_breaks(view),
    )


CHARTS = (
    Chart("indicator", line, ("internal_indicators",), parameters),
    Chart("indicator_map", region_map, ("internal_indicators",), map_parameters),
)
