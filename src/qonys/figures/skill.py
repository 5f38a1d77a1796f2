"""The record of skill: what intervals held, gains over rivals, histograms of the transform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys.figures.edition import Speech
from qonys.figures.marks import amount, category, colour, layer, measure, named, named_as, panels, strong, tips, zero
from qonys.figures.style import BLUE, INK, SEQUENCE, Spec

BARS = 10


def coverage(
    edition: Speech, frame: pl.DataFrame, titles: tuple[str, str], facets: list[str], levels: list[str]
) -> Spec:
    """Share held by horizon: facet, horizon, level (name), share, low, high, nominal; `titles`: horizon, share."""
    shade = colour(levels, SEQUENCE[:3], "level")
    x = {"field": "horizon", "type": "ordinal", "title": titles[0], "axis": {"labelAngle": 0}}
    told = tips(
        edition, ("level", edition.column("interval")), ("horizon", titles[0], "d"), ("share", titles[1], ".0%")
    )

    def y(field: str) -> Spec:
        return amount(edition, field, titles[1], axis={"format": ".0%"}, scale={"domain": [0, 1]})

    held = {"type": "line", "strokeWidth": 1.6, "point": {"size": 30, "filled": True}}
    layers = [
        layer(None, {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.2}, y=y("nominal"), color=shade),
        layer(
            None, {"type": "rule", "strokeWidth": 2, "opacity": 0.5}, x=x, y=y("low"), y2={"field": "high"}, color=shade
        ),
        layer(None, held, x=x, y=y("share"), color=shade, tips=told),
    ]
    data = named("coverage", frame)
    return panels(edition, data, {"height": 190, "layer": layers}, facets, columns=len(facets), room=90)


def gains(edition: Speech, frame: pl.DataFrame, facets: list[str], order: list[str], horizons: list[str]) -> Spec:
    """Skill against each rival with its interval: facet, rival, horizon (name), value, low, high."""
    place: Spec = {
        "y": category(edition, "rival", order, 170), "color": strong(colour(horizons, SEQUENCE, "horizon")),
        "yOffset": {"field": "horizon", "type": "nominal", "sort": horizons},
    }  # fmt: skip

    def x(field: str) -> Spec:
        return measure(edition, field, None, 4, axis={"format": ".0%", "tickCount": 4, "title": None})

    told = tips(edition, ("rival", edition.say("projection.column.model")), ("horizon", edition.column("horizon")),
                ("value", edition.say("projection.column.skill"), ".0%"))  # fmt: skip
    layers = [
        zero("x"),
        layer(None, {"type": "rule", "strokeWidth": 2, "opacity": 0.55}, x=x("low"), x2={"field": "high"}, **place),
        layer(None, {"type": "point", "filled": True, "size": 26, "opacity": 1}, x=x("value"), **place, tips=told),
    ]
    panel: dict[str, Any] = {"height": {"step": 10}, "layer": layers}
    return panels(edition, named("gains", frame), panel, facets, columns=len(facets), room=200)


def histograms(edition: Speech, frame: pl.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> Spec:
    """Share of cases by tenth of the forecast: row, column, bin (0.05 ... 0.95), share; the line is a tenth."""
    axis = {"values": [0, 0.5, 1], "format": ".1f"}
    x = {"field": "bin", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]}, "axis": axis}
    y = amount(edition, "share", None, axis={"format": ".0%", "tickCount": 3})
    told = tips(edition, ("share", edition.column("share"), ".0%"))
    narrow = edition.theme.narrow
    width = edition.theme.panel(len(columns), 120 if narrow else 190)
    bar = {"type": "bar", "color": BLUE, "opacity": 0.6, "width": max(3, min(7, width / 14))}
    header: Spec = {"labelFontSize": 9, "labelLimit": max(30, width if narrow else width + 12)}
    level: Spec = {} if narrow else {"labelAngle": 0, "labelAlign": "left", "labelLimit": 150, "labelFontSize": 10}
    even = zero("y", 1 / BARS, color=INK, strokeDash=[4, 3])
    bars = named_as(edition.say("key.share"), layer(None, bar, x=x, y=y, tips=told))
    sides = {"row": ("row", rows), "column": ("column", columns)}
    return {
        "data": named("pit", frame),
        "facet": {
            side: {"field": field, "type": "nominal", "sort": list(order), "title": None,
                   "header": header | (level if side == "row" else {})}
            for side, (field, order) in sides.items()
        },
        "spec": {
            "width": max(30, width),
            "height": 70,
            "layer": [bars, named_as(edition.say("key.tenth"), even)],
        },
    }
