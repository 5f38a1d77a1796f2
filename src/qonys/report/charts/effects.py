"""Charts of with and without: an effect with its parts, pairs of lines, parts of a change, growth in two parts."""

from __future__ import annotations

import polars as pl

from qonys.report.charts.style import BLUE, GREEN, GREY, INK, ORANGE, WIDTH, Spec

ZERO: Spec = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": GREY}, "encoding": {"y": {"datum": 0}}}
ZERO_X: Spec = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": GREY}, "encoding": {"x": {"datum": 0}}}


def _x(low: int, high: int, ticks: int = 12) -> Spec:
    scale = {"domain": [low, high], "nice": False}
    axis = {"format": "d", "title": None, "tickCount": ticks}
    return {"field": "year", "type": "quantitative", "scale": scale, "axis": axis}


def _colour(field: str, domain: list[str], colours: list[str]) -> Spec:
    scale = {"domain": domain, "range": colours[: len(domain)]}
    return {"field": field, "type": "nominal", "title": None, "scale": scale}


def _banded(x: Spec, y: Spec, colour: Spec, opacity: float) -> list[Spec]:
    """Layers: a band from low to high and the line of the median."""
    return [
        {
            "mark": {"type": "area", "opacity": opacity},
            "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}, "color": colour},
        },
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": {"field": "median", **y}, "color": colour},
        },
    ]


def _panels(name: str, frame: pl.DataFrame, facets: list[str], panel: Spec, free: str) -> Spec:
    """Two columns of panels, one a facet; the axis `free` has its own scale in each."""
    return {
        "data": {"name": name, "values": frame.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": 2,
        "spec": panel,
        "resolve": {"scale": {free: "independent"}},
    }


def effect(frame: pl.DataFrame, title: str, order: list[str], today: int) -> Spec:
    """Parts of an effect by year: year, name, low, median, high; bands and lines, a rule at `today`."""
    years = int(str(frame["year"].min())), int(str(frame["year"].max()))
    x, y = _x(*years), {"type": "quantitative", "title": title}
    data = {"name": "effect", "values": frame.to_dicts()}
    rule = {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": GREY, "strokeDash": [3, 3]},
        "encoding": {"x": {"datum": today, "type": "quantitative", "scale": x["scale"]}},
    }
    layers = [{"data": data, **layer} for layer in _banded(x, y, _colour("name", order, [INK, BLUE, ORANGE]), 0.16)]
    return {"width": WIDTH, "height": 280, "layer": [ZERO, rule, *layers]}


def pairs(frame: pl.DataFrame, facets: list[str], cases: list[str]) -> Spec:
    """Two lines with bands a panel: facet, year, case, low, median, high; each panel its own scale."""
    years = int(str(frame["year"].min())), int(str(frame["year"].max()))
    x, y = _x(*years, 4), {"type": "quantitative", "title": None, "scale": {"zero": False}}
    layers = _banded(x, y, _colour("case", cases, [BLUE, ORANGE]), 0.18)
    return _panels("pairs", frame, facets, {"width": (WIDTH - 60) / 2, "height": 150, "layer": layers}, "y")


def parts(frame: pl.DataFrame, facets: list[str], order: list[str]) -> Spec:
    """Parts of a change as bars with intervals, one panel a measure: facet, part, low, median, high."""
    y = {"field": "part", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 220}}
    x = {"field": "median", "type": "quantitative", "title": None, "axis": {"tickCount": 6}}
    colour = {"condition": {"test": "datum.median < 0", "value": ORANGE}, "value": BLUE}
    layers = [
        {"mark": {"type": "bar", "opacity": 0.6}, "encoding": {"y": y, "x": x, "color": colour}},
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": INK},
            "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
        },
    ]
    return _panels("parts", frame, facets, {"width": (WIDTH - 240) / 2, "height": 110, "layer": layers}, "x")


def split_growth(frame: pl.DataFrame, title: str, order: list[str], kinds: list[str], total: str) -> Spec:
    """Growth of each category in parts side by side, and their sum as a tick: category, kind, value."""
    names = [*kinds, total]
    scale = {"domain": names, "range": [*[GREEN, BLUE, GREY][:len(kinds)], INK]}
    colour = {"field": "kind", "type": "nominal", "title": None, "scale": scale}
    y = {"field": "category", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 180}}
    x = {"field": "value", "type": "quantitative", "title": title}
    bars, sums = (frame.filter(pl.col("kind").is_in(kinds)), frame.filter(pl.col("kind") == total))
    return {
        "width": WIDTH - 150,
        "height": {"step": 17},
        "layer": [
            {
                "data": {"name": "growth_parts", "values": bars.to_dicts()},
                "mark": {"type": "bar", "opacity": 0.75},
                "encoding": {"y": y, "x": x, "color": colour},
            },
            {
                "data": {"name": "growth_sums", "values": sums.to_dicts()},
                "mark": {"type": "tick", "thickness": 3},
                "encoding": {"y": y, "x": x, "color": colour},
            },
            ZERO_X,
        ],
    }


def yearly_bars(frame: pl.DataFrame, title: str, facets: list[str]) -> Spec:
    """Bars by year with intervals, one panel a quantity: facet, year, low, median, high."""
    years = int(str(frame["year"].min())), int(str(frame["year"].max()))
    x = _x(years[0] - 1, years[1] + 1, 8)
    colour = {"condition": {"test": "datum.median < 0", "value": ORANGE}, "value": BLUE}
    y = {"field": "median", "type": "quantitative", "title": title}
    return {
        "data": {"name": "years_moved", "values": frame.to_dicts()},
        "facet": {"field": "facet", "type": "nominal", "sort": facets, "title": None},
        "columns": 2,
        "spec": {
            "width": (WIDTH - 60) / 2,
            "height": 170,
            "layer": [
                {"mark": {"type": "bar", "size": 5, "opacity": 0.7}, "encoding": {"x": x, "y": y, "color": colour}},
                {
                    "mark": {"type": "rule", "color": INK},
                    "encoding": {"x": x, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
                },
            ],
        },
    }


def ranked(frame: pl.DataFrame, title: str) -> Spec:
    """Bars of one value a category, in the order given: category, value; losses in another colour."""
    y = {"field": "category", "type": "nominal", "sort": frame["category"].to_list(), "title": None}
    colour = {"condition": {"test": "datum.value < 0", "value": ORANGE}, "value": BLUE}
    return {
        "width": WIDTH - 150,
        "height": {"step": 15},
        "layer": [
            {
                "data": {"name": "ranked", "values": frame.to_dicts()},
                "mark": {"type": "bar", "opacity": 0.75},
                "encoding": {
                    "y": {**y, "axis": {"labelLimit": 180}},
                    "x": {"field": "value", "type": "quantitative", "title": title},
                    "color": colour,
                },
            },
            ZERO_X,
        ],
    }
