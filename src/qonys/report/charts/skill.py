"""Charts of the record of skill: coverage by horizon, scores by rival, histograms of the transform, past fans."""

from __future__ import annotations

import polars as pl

from qonys.report.charts.style import BLUE, GREY, INK, ORANGE, SEQUENCE, WIDTH, Spec

BARS = 10


def coverage(frame: pl.DataFrame, titles: tuple[str, str], facets: list[str], levels: list[str]) -> Spec:
    """Share held by horizon: facet, horizon, level (name), share, low, high, nominal; `titles`: horizon, share."""
    colour = {"field": "level", "type": "nominal", "title": None, "sort": levels, "scale": {"range": SEQUENCE[:3]}}
    x = {"field": "horizon", "type": "ordinal", "title": titles[0], "axis": {"labelAngle": 0}}
    y = {"field": "share", "type": "quantitative", "title": titles[1], "axis": {"format": ".0%"}}
    scale = {"scale": {"domain": [0, 1]}}
    return {
        "data": {"name": "coverage", "values": frame.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": len(facets),
        "spec": {
            "width": (WIDTH - 90) / len(facets),
            "height": 190,
            "layer": [
                {
                    "mark": {"type": "rule", "strokeDash": [4, 3], "strokeWidth": 1.2},
                    "encoding": {"y": {"field": "nominal", "type": "quantitative", **scale}, "color": colour},
                },
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.5},
                    "encoding": {
                        "x": x, "y": {"field": "low", "type": "quantitative", **scale}, "y2": {"field": "high"},
                        "color": colour,
                    },
                },
                {
                    "mark": {"type": "line", "strokeWidth": 1.6, "point": {"size": 30, "filled": True}},
                    "encoding": {"x": x, "y": {**y, **scale}, "color": colour},
                },
            ],
        },
    }  # fmt: skip


def gains(frame: pl.DataFrame, facets: list[str], order: list[str], horizons: list[str]) -> Spec:
    """Skill against each rival with its interval: facet, rival, horizon (name), value, low, high."""
    colour = {
        "field": "horizon", "type": "nominal", "title": None, "sort": horizons,
        "scale": {"domain": horizons, "range": SEQUENCE[: len(horizons)]}, "legend": {"columns": 3},
    }  # fmt: skip
    y = {"field": "rival", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 170}}
    shift = {"field": "horizon", "type": "nominal", "sort": horizons}
    x = {"type": "quantitative", "axis": {"format": ".0%", "tickCount": 4, "title": None}}
    return {
        "data": {"name": "gains", "values": frame.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": len(facets),
        "spec": {
            "width": (WIDTH - 200) / len(facets),
            "height": {"step": 10},
            "layer": [
                {"mark": {"type": "rule", "color": GREY}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
                    "encoding": {
                        "x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y, "yOffset": shift, "color": colour,
                    },
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 26, "opacity": 1},
                    "encoding": {"x": {"field": "value", **x}, "y": y, "yOffset": shift, "color": colour},
                },
            ],
        },
    }  # fmt: skip


def histograms(frame: pl.DataFrame, rows: list[str], columns: list[str]) -> Spec:
    """Share of cases by tenth of the forecast: row, column, bin (0.05 ... 0.95), share; the line is a tenth."""
    x = {
        "field": "bin", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
        "axis": {"values": [0, 0.5, 1], "format": ".1f"},
    }  # fmt: skip
    y = {"field": "share", "type": "quantitative", "title": None, "axis": {"format": ".0%", "tickCount": 3}}
    return {
        "data": {"name": "pit", "values": frame.to_dicts()},
        "facet": {
            "row": {"field": "row", "type": "nominal", "sort": rows, "title": None},
            "column": {"field": "column", "type": "nominal", "sort": columns, "title": None},
        },
        "spec": {
            "width": (WIDTH - 120) / len(columns),
            "height": 70,
            "layer": [
                {"mark": {"type": "bar", "color": BLUE, "opacity": 0.6, "width": 7}, "encoding": {"x": x, "y": y}},
                {
                    "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3]},
                    "encoding": {"y": {"datum": 1 / BARS, "type": "quantitative"}},
                },
            ],
        },
    }


def past_fans(frame: pl.DataFrame, came: pl.DataFrame, title: str, facets: list[str]) -> Spec:
    """Small fans over what came: facet, year, q2.5 ... q97.5; came: facet, year, value."""
    named = {"q2.5": "l95", "q10": "l80", "q50": "mid", "q90": "h80", "q97.5": "h95"}
    both = pl.concat([frame.rename(named), came], how="diagonal")
    x = {
        "field": "year", "type": "quantitative", "scale": {"nice": False, "zero": False},
        "axis": {"format": "d", "title": None, "tickCount": 4},
    }  # fmt: skip
    y = {"type": "quantitative", "title": title, "scale": {"zero": False}}
    bands = [
        {
            "mark": {"type": "area", "color": BLUE, "opacity": opacity},
            "encoding": {"x": x, "y": {"field": low, **y}, "y2": {"field": high}},
            "transform": [{"filter": "isValid(datum.mid)"}],
        }
        for low, high, opacity in (("l95", "h95", 0.16), ("l80", "h80", 0.28))
    ]
    lines = [
        {
            "mark": {"type": "line", "color": colour, "strokeWidth": 2},
            "encoding": {"x": x, "y": {"field": name, **y}},
            "transform": [{"filter": f"isValid(datum.{name})"}],
        }
        for name, colour in (("mid", BLUE), ("value", ORANGE))
    ]
    return {
        "data": {"name": f"fans_{title[:8]}", "values": both.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": len(facets),
        "spec": {"width": (WIDTH - 90) / len(facets), "height": 170, "layer": [*bands, *lines]},
        "resolve": {"scale": {"x": "independent"}},
    }
