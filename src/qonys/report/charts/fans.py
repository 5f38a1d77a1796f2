"""Fan charts: a median with two bands, and rivals as lines."""

from __future__ import annotations

import polars as pl

from qonys.report.charts.style import BLUE, GREY, INK, ORANGE, WIDTH, Spec


def fan(frame: pl.DataFrame, history: pl.DataFrame, rivals: pl.DataFrame, title: str, zero: bool = False) -> Spec:
    """A fan by year: frame (year, q2.5 ... q97.5), history (year, value), rivals (year, line, name, value)."""
    x = {
        "field": "year",
        "type": "quantitative",
        "scale": {"nice": False, "zero": False},
        "axis": {"format": "d", "title": None, "tickCount": 10, "labelFlush": False},
    }
    y = {"type": "quantitative", "title": title, "scale": {"zero": zero}}
    rows = frame.rename({"q2.5": "l95", "q10": "l80", "q50": "mid", "q90": "h80", "q97.5": "h95"}).to_dicts()
    bands = [
        {
            "data": {"name": "fan", "values": rows},
            "mark": {"type": "area", "color": BLUE, "opacity": opacity},
            "encoding": {"x": x, "y": {"field": low, **y}, "y2": {"field": high}},
        }
        for low, high, opacity in (("l95", "h95", 0.16), ("l80", "h80", 0.26))
    ]
    lines = [
        {
            "data": {"name": "fan", "values": rows},
            "mark": {"type": "line", "color": BLUE, "strokeWidth": 2},
            "encoding": {"x": x, "y": {"field": "mid", **y}},
        },
        {
            "data": {"name": "history", "values": history.to_dicts()},
            "mark": {"type": "line", "color": INK, "strokeWidth": 2},
            "encoding": {"x": x, "y": {"field": "value", **y}},
        },
    ]
    order = rivals["name"].unique(maintain_order=True).to_list()
    scale = {"domain": order, "range": [ORANGE, ORANGE, GREY][: len(order)]}
    dashes = {"domain": order, "range": [[1, 0], [4, 3], [2, 2]][: len(order)]}
    rival = {
        "data": {"name": "rivals", "values": rivals.to_dicts()},
        "mark": {"type": "line", "strokeWidth": 1.4},
        "encoding": {
            "x": x,
            "y": {"field": "value", **y},
            "detail": {"field": "line"},
            "color": {"field": "name", "type": "nominal", "title": None, "scale": scale},
            "strokeDash": {"field": "name", "type": "nominal", "title": None, "scale": dashes},
        },
    }
    return {"width": WIDTH, "height": 300, "layer": [*bands, *lines, *([rival] if order else [])]}


def interval_pyramid(frame: pl.DataFrame, now: pl.DataFrame, titles: tuple[str, str, str]) -> Spec:
    """Two sides of bars with 80 % intervals: frame (sex, age_start, q10, q50, q90), now (sex, age_start, value).

    Values in thousands; `titles`: females, males, axis. The thin line is the base year.
    """
    sides = []
    for sex, title in (("male", titles[1]), ("female", titles[0])):
        rows = frame.filter(pl.col("sex") == sex).rename({"q10": "low", "q50": "mid", "q90": "high"}).to_dicts()
        base = now.filter(pl.col("sex") == sex).to_dicts()
        y = {"field": "age_start", "type": "ordinal", "sort": "descending", "title": None}
        axis = y | {"axis": None} if sex == "male" else y
        value = {"type": "quantitative", "title": titles[2], "axis": {"tickCount": 4}}
        sort = {"scale": {"reverse": True}} if sex == "male" else {}
        sides.append(
            {
                "width": WIDTH / 2 - 40,
                "height": 290,
                "title": title,
                "layer": [
                    {
                        "data": {"name": f"bars_{sex}", "values": rows},
                        "mark": {"type": "bar", "color": BLUE if sex == "male" else ORANGE, "opacity": 0.55},
                        "encoding": {"y": axis, "x": {"field": "mid", **value, **sort}},
                    },
                    {
                        "data": {"name": f"bars_{sex}", "values": rows},
                        "mark": {"type": "rule", "strokeWidth": 2, "color": INK},
                        "encoding": {"y": axis, "x": {"field": "low", **value, **sort}, "x2": {"field": "high"}},
                    },
                    {
                        "data": {"name": f"base_{sex}", "values": base},
                        "mark": {"type": "tick", "color": GREY, "thickness": 2},
                        "encoding": {"y": axis, "x": {"field": "value", **value, **sort}},
                    },
                ],
            }
        )
    return {"hconcat": sides, "resolve": {"scale": {"x": "independent"}}}
