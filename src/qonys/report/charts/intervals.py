"""Charts of estimates with their uncertainty: bands over time, ranges by category."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.report.charts.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, SEQUENCE, WIDTH, Spec, break_layers

ZERO: Spec = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": GREY}, "encoding": {"y": {"datum": 0}}}

GAP = 6


def _years(low: int, high: int) -> Spec:
    scale = {"domain": [low, high], "nice": False}
    axis = {"format": "d", "title": None, "tickCount": 12}
    return {"field": "year", "type": "quantitative", "scale": scale, "axis": axis}


def band(
    estimate: pl.DataFrame, others: pl.DataFrame, title: str, names: tuple[str, str], breaks: list[tuple[int, str]]
) -> Spec:
    """An estimate by year (year, low, median, high) with its band, and rival series (year, end, value, name).

    Values in thousands. `names`: how the estimate and its interval are called in the legend.
    """
    years = (int(str(estimate["year"].min())), int(str(estimate["year"].max())) + 1)
    x = _years(*years)
    order = [names[0], *others["name"].unique(maintain_order=True).to_list()]
    scale = {"domain": order, "range": [INK, *SEQUENCE[: len(order) - 1]]}
    colour = {"field": "name", "type": "nominal", "title": None, "scale": scale}
    rows = [{**row, "name": names[0]} for row in estimate.select("year", "low", "median", "high").to_dicts()]
    height = 330
    y = {"type": "quantitative", "title": title}
    return {
        "width": WIDTH,
        "height": height,
        "layer": [
            ZERO,
            {
                "data": {"name": "estimate", "values": rows},
                "mark": {"type": "area", "color": INK, "opacity": 0.16},
                "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                "data": {"name": "others", "values": others.to_dicts()},
                "mark": {"type": "rule", "strokeWidth": 1.6, "opacity": 0.85},
                "encoding": {"x": x, "x2": {"field": "end"}, "y": {"field": "value", **y}, "color": colour},
            },
            {
                "data": {"name": "estimate", "values": rows},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": {"field": "median", **y}, "color": colour},
            },
            *break_layers([year for year, _ in breaks], [label for _, label in breaks], height),
        ],
    }


def dots(frame: pl.DataFrame, title: str, order: list[str], colours: list[tuple[str, str]]) -> Spec:
    """Estimates with intervals by category: category, series, low, median, high; one row a category.

    `colours`: (series, colour) in the order of the legend.
    """
    scale = {"domain": [name for name, _ in colours], "range": [colour for _, colour in colours]}
    colour = {"field": "series", "type": "nominal", "title": None, "scale": scale}
    y = {"field": "category", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 180}}
    shift = {"field": "series", "type": "nominal", "scale": {"domain": scale["domain"]}}
    data = {"name": "dots", "values": frame.to_dicts()}
    return {
        "width": WIDTH - 130,
        "height": {"step": 12},
        "layer": [
            {"data": {"values": [{}]}, "mark": {"type": "rule", "color": GREY}, "encoding": {"x": {"datum": 0}}},
            {
                "data": data,
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
                "encoding": {
                    "x": {"field": "low", "type": "quantitative", "title": title},
                    "x2": {"field": "high"},
                    "y": y,
                    "yOffset": shift,
                    "color": colour,
                },
            },
            {
                "data": data,
                "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
                "encoding": {
                    "x": {"field": "median", "type": "quantitative"},
                    "y": y,
                    "yOffset": shift,
                    "color": colour,
                },
            },
        ],
    }


def ranges(frame: pl.DataFrame, title: str, facets: list[str], directions: tuple[str, str], columns: int = 3) -> Spec:
    """Bars from `low` to `high` by interval, one small chart a facet: facet, interval, direction, low, high."""
    colour = {
        "field": "direction",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(directions), "range": [BLUE, ORANGE]},
    }
    return {
        "data": {"name": "ranges", "values": frame.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": columns,
        "spec": {
            "width": (WIDTH - 40 * columns) / columns,
            "height": 120,
            "mark": {"type": "bar", "size": 8},
            "encoding": {
                "x": {"field": "interval", "type": "ordinal", "title": None, "axis": {"labelAngle": -90}},
                "xOffset": {"field": "direction", "type": "nominal", "scale": {"domain": list(directions)}},
                "y": {"field": "low", "type": "quantitative", "title": title},
                "y2": {"field": "high"},
                "color": colour,
            },
        },
        "resolve": {"scale": {"y": "independent"}},
    }


def stacked(frame: pl.DataFrame, title: str, kinds: list[str], panels: list[str]) -> Spec:
    """Stacked bars by interval, one panel a direction: panel, interval, kind, value."""
    colour = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": kinds, "range": [GREEN, ORANGE, BLUE, *SEQUENCE[3:]][: len(kinds)]},
    }
    values = [{**row, "place": kinds.index(row["kind"])} for row in frame.to_dicts()]
    return {
        "data": {"name": "stacked", "values": values},
        "facet": {"field": "panel", "type": "nominal", "sort": panels, "title": None},
        "columns": len(panels),
        "spec": {
            "width": (WIDTH - 60) / len(panels),
            "height": 170,
            "mark": {"type": "bar"},
            "encoding": {
                "x": {"field": "interval", "type": "ordinal", "title": None, "axis": {"labelAngle": -45}},
                "y": {"field": "value", "type": "quantitative", "title": title},
                "order": {"field": "place", "type": "quantitative"},
                "color": colour,
            },
        },
    }


def step_lines(frame: pl.DataFrame, title: str, breaks: list[tuple[int, str]], extra: list[dict[str, Any]]) -> Spec:
    """Lines by series: year, value, name; `extra` are further layers, drawn below."""
    low, high = int(str(frame["year"].min())), int(str(frame["year"].max()))
    order = frame["name"].unique(maintain_order=True).to_list()
    colour = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "scale": {"domain": order, "range": SEQUENCE[: len(order)]},
    }
    height = 260
    return {
        "width": WIDTH,
        "height": height,
        "layer": [
            ZERO | {"mark": {"type": "rule", "color": FAINT}},
            *extra,
            {
                "data": {"name": "lines", "values": frame.to_dicts()},
                "mark": {"type": "line", "strokeWidth": 1.8, "point": {"size": 18}},
                "encoding": {
                    "x": _years(low, high),
                    "y": {"field": "value", "type": "quantitative", "title": title},
                    "color": colour,
                },
            },
            *break_layers([year for year, _ in breaks], [label for _, label in breaks], height),
        ],
    }


def log_points(frame: pl.DataFrame, title: str, order: list[str], years: tuple[int, int]) -> Spec:
    """Figures of several counts (year, value, name, source) on a logarithmic scale.

    Points of one source are joined where they are at most GAP years apart.
    """
    scale = {"domain": order, "range": SEQUENCE[: len(order)]}
    colour = {"field": "name", "type": "nominal", "title": None, "scale": scale, "legend": {"columns": 2}}
    axis = {"values": [10**k for k in range(10)] + [5 * 10**k for k in range(5, 10)]}
    encoding = {
        "x": _years(*years),
        "y": {"field": "value", "type": "quantitative", "title": title, "scale": {"type": "log"}, "axis": axis},
        "color": colour,
    }
    gap = (pl.col("year").diff().over("name", "source") > GAP).fill_null(value=True).cum_sum()
    part = pl.concat_str("source", gap.cast(pl.String), separator="/").alias("part")
    rows = frame.sort("name", "source", "year").with_columns(part).select("year", "value", "name", "part").to_dicts()
    lines = {"mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.6}, "encoding": encoding}
    lines["encoding"] = {**encoding, "detail": {"field": "part"}}
    points = {"mark": {"type": "point", "filled": True, "size": 22, "opacity": 1}, "encoding": encoding}
    data = {"name": f"log_{len(rows)}", "values": rows}
    return {"width": WIDTH, "height": 130, "data": data, "layer": [lines, points]}
