"""One look for all charts: colours that colour-blind readers part, sizes for an A4 text block."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]

WIDTH = 560
INK = "#1f2933"
FAINT = "#d5dbe1"
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
AMBER = "#E69F00"
PINK = "#CC79A7"
GREY = "#7b8794"
SEQUENCE = [BLUE, ORANGE, GREEN, AMBER, PINK, SKY, "#8c6d31", "#5254a3", "#bd9e39", "#ad494a", GREY]
SOURCE_COLOURS = {
    "bns_migration_balance": BLUE,
    "wpp2024": ORANGE,
    "wpp2019": AMBER,
    "gaskin_abel_2025": PINK,
    "census_residual": INK,
}

NUMBER_LOCALE = {
    "ru": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""], "minus": "\u2212"},
    "kk": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""], "minus": "\u2212"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "minus": "\u2212"},
}


def config() -> Spec:
    """The Vega-Lite configuration shared by all charts."""
    return {
        "font": "Inter",
        "background": "white",
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": 400,
            "labelColor": INK,
            "titleColor": INK,
            "gridColor": "#e9edf0",
            "domainColor": GREY,
            "tickColor": GREY,
        },
        "axisX": {"grid": False},
        "legend": {
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": 400,
            "orient": "bottom",
            "labelLimit": 520,
            "columns": 3,
        },
        "header": {"labelFontSize": 12, "titleFontSize": 11},
    }


def rows(**columns: list[Any]) -> list[dict[str, Any]]:
    """Columns as a list of records."""
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def break_layers(years: list[int], labels: list[str], height: int) -> list[Spec]:
    """Dashed vertical rules with small labels where a series break lies; the last layers of a chart,
    because the first layer with an x axis sets its domain.
    """
    data = {
        "name": "breaks",
        "values": [
            {"year": y, "label": text, "dy": height - 8 - 12 * (i % 3)}
            for i, (y, text) in enumerate(zip(years, labels, strict=True))
        ],
    }
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [3, 3], "color": GREY},
            "encoding": {"x": {"field": "year", "type": "quantitative"}},
        },
        {
            "data": data,
            "mark": {"type": "text", "align": "right", "dx": -3, "fontSize": 9, "color": "#52606d"},
            "encoding": {
                "x": {"field": "year", "type": "quantitative"},
                "y": {"field": "dy", "type": "quantitative", "scale": None},
                "text": {"field": "label"},
            },
        },
    ]
