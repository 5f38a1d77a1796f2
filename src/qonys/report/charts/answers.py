"""Charts of survey answers: bars by grade of evidence, maps of answers."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.report.charts.style import AMBER, BLUE, FAINT, GREEN, GREY, INK, ORANGE, WIDTH, Spec

GRADES = (GREEN, AMBER, GREY)
KINDS = (BLUE, ORANGE, GREEN)


def graded_bars(frame: pl.DataFrame, title: str, grades: list[str]) -> Spec:
    """Bars of shares: name, value (percent), grade. The colour and the outline tell the grade of evidence."""
    rows = [{**row, "place": place} for place, row in enumerate(frame.to_dicts())]
    used = [grade for grade in grades if grade in set(frame["grade"])]
    colours = [colour for grade, colour in zip(grades, GRADES, strict=True) if grade in used]
    y = {
        "field": "name", "type": "nominal", "sort": {"field": "place"}, "title": None,
        "axis": {"labelLimit": 400, "ticks": False, "labelExpr": "split(datum.label, '|')"},
    }  # fmt: skip
    x = {"field": "value", "type": "quantitative", "title": title}
    colour = {
        "field": "grade", "type": "nominal", "title": None, "scale": {"domain": used, "range": colours},
    }  # fmt: skip
    data = {"name": f"bars_{len(rows)}", "values": rows}
    return {
        "width": WIDTH - 290,
        "height": {"step": 30 if any("|" in row["name"] for row in rows) else 20},
        "data": data,
        "layer": [
            {
                "mark": {"type": "bar", "height": 12, "opacity": 0.85},
                "encoding": {"x": x, "y": y, "color": colour, "detail": {"field": "place"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10, "color": INK},
                "encoding": {
                    "x": x, "y": y, "text": {"field": "value", "type": "quantitative", "format": ".3~g"},
                },
            },
        ],
    }  # fmt: skip


def point_map(rows: list[dict[str, Any]], kinds: list[str]) -> Spec:
    """Answers as named points: name, kind, x, y; both axes on one scale through zero."""
    ends = [row[axis] for row in rows for axis in ("x", "y")]
    reach = 1.35 * max(abs(min(ends)), abs(max(ends)))
    scale = {"domain": [-reach, reach], "nice": False}
    x = {"field": "x", "type": "quantitative", "title": "1", "scale": scale}
    y = {"field": "y", "type": "quantitative", "title": "2", "scale": scale}
    colour = {
        "field": "kind", "type": "nominal", "title": None, "scale": {"domain": kinds, "range": list(KINDS)},
    }  # fmt: skip
    data = {"name": "answers", "values": rows}
    cross: list[Spec] = [
        {"data": {"values": [{}]}, "mark": {"type": "rule", "color": FAINT}, "encoding": {axis: {"datum": 0}}}
        for axis in ("x", "y")
    ]
    return {
        "width": WIDTH - 130,
        "height": 380,
        "layer": [
            *cross,
            {"data": data, "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
             "encoding": {"x": x, "y": y, "color": colour}},
            {"data": data, "mark": {"type": "text", "align": "left", "dx": 7, "fontSize": 10},
             "encoding": {"x": x, "y": y, "text": {"field": "name"}, "color": colour}},
        ],
    }  # fmt: skip
