"""Charts over time: the century, net migration by source, repatriates, ethnic composition."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts.style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SEQUENCE,
    SOURCE_COLOURS,
    WIDTH,
    Spec,
    break_layers,
)

YEAR_AXIS = {"format": "d", "title": None, "tickCount": 12}


def _x(low: int, high: int) -> Spec:
    return {
        "field": "year",
        "type": "quantitative",
        "axis": YEAR_AXIS,
        "scale": {"domain": [low, high], "nice": False},
    }


def century(
    census: pl.DataFrame,
    annual: pl.DataFrame,
    periods: pl.DataFrame,
    waves: list[tuple[int, int, str]],
    breaks: list[tuple[int, str]],
    language: str,
) -> Spec:
    """Population by census and year above the components of each intercensal period.

    `census`: year, value, rank; `annual`: year, population, population_mid_quoted (a secondary series,
    drawn dashed before 2000); `periods`: start, end, natural,
    residual, residual_low, residual_high; `waves`: start, end, label.
    """
    low, high = 1895, 2026
    points = [
        {"year": y, "value": v / 1e6, "rank": r} for y, v, r in census.select("year", "value", "rank").rows()
    ]
    line = [{"year": y, "value": v / 1e6} for y, v in annual.select("year", "population").drop_nulls().rows()]
    bands = lanes(waves, (high - low) / WIDTH * 5.2)
    quoted = [
        {"year": y + 0.5, "value": v / 1e6}
        for y, v in annual.select("year", "population_mid_quoted").drop_nulls().rows()
        if y < 2000
    ]
    top: Spec = {
        "width": WIDTH,
        "height": 190,
        "layer": [
            {
                "data": {"name": "quoted", "values": quoted},
                "mark": {"type": "line", "color": GREY, "strokeDash": [3, 2], "strokeWidth": 1.2},
                "encoding": {"x": _x(low, high), "y": {"field": "value", "type": "quantitative"}},
            },
            {
                "data": {"name": "line", "values": line},
                "mark": {"type": "line", "color": BLUE},
                "encoding": {"x": _x(low, high), "y": {"field": "value", "type": "quantitative"}},
            },
            {
                "data": {"name": "census", "values": points},
                "mark": {"type": "point", "size": 55, "stroke": BLUE, "strokeWidth": 1.8},
                "encoding": {
                    "x": _x(low, high),
                    "y": {
                        "field": "value",
                        "type": "quantitative",
                        "title": words.text("chart.population_millions", language),
                    },
                    "fill": {"condition": {"test": "datum.rank <= 2", "value": BLUE}, "value": "white"},
                },
            },
            *break_layers([year for year, _ in breaks], [label for _, label in breaks], 190),
        ],
    }
    return {
        "vconcat": [_waves(bands, low, high), top, _components(periods, low, high, language)],
        "spacing": 8,
    }


def lanes(waves: list[tuple[int, int, str]], years_per_letter: float) -> list[dict[str, Any]]:
    """Waves with a lane each, so that no label runs into the next one of its lane."""
    ends: list[float] = []
    bands: list[dict[str, Any]] = []
    for start, end, label in sorted(waves):
        length = len(label) * years_per_letter
        place = min(float(start), 2026 - length)
        lane = next((i for i, last in enumerate(ends) if last <= place), len(ends))
        ends[lane : lane + 1] = [max(float(end), place + length) + 1]
        bands.append({"year": start, "end": end, "label": label, "lane": lane, "text": place})
    return bands


def _waves(bands: list[dict[str, Any]], low: int, high: int) -> Spec:
    data = {"name": "waves", "values": bands}
    lane = {"field": "lane", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    return {
        "width": WIDTH,
        "height": 16 * (1 + max(band["lane"] for band in bands)),
        "layer": [
            {
                "data": data,
                "mark": {"type": "bar", "color": "#cfe0ee", "height": 4, "yOffset": 6},
                "encoding": {
                    "x": {**_x(low, high), "axis": None},
                    "x2": {"field": "end"},
                    "y": lane,
                },
            },
            {
                "data": data,
                "mark": {"type": "text", "align": "left", "fontSize": 9.5, "color": INK, "dy": -2},
                "encoding": {
                    "x": {**_x(low, high), "axis": None, "field": "text"},
                    "y": lane,
                    "text": {"field": "label"},
                },
            },
        ],
    }


def _components(periods: pl.DataFrame, low: int, high: int, language: str) -> Spec:
    labels = {name: words.text(f"chart.component.{name}", language) for name in ("natural", "migration")}
    bars, errors = [], []
    for row in periods.iter_rows(named=True):
        years = row["end"] - row["start"]
        half = row["start"] + years / 2
        for name, value, start, end in (
            ("natural", row["natural"], row["start"] + 0.4, half),
            ("migration", row["residual"], half, row["end"] - 0.4),
        ):
            bars.append({"year": start, "end": end, "value": value / years / 1e3, "component": labels[name]})
        errors.append(
            {
                "year": (half + row["end"]) / 2,
                "low": row["residual_low"] / years / 1e3,
                "high": row["residual_high"] / years / 1e3,
            }
        )
    title = words.text("chart.thousand_a_year", language)
    return {
        "width": WIDTH,
        "height": 140,
        "layer": [
            {
                "data": {"name": "bars", "values": bars},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": _x(low, high),
                    "x2": {"field": "end"},
                    "y": {"field": "value", "type": "quantitative", "title": title},
                    "y2": {"datum": 0},
                    "color": {
                        "field": "component",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": list(labels.values()), "range": [GREEN, ORANGE]},
                    },
                },
            },
            {
                "data": {"name": "errors", "values": errors},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
                "encoding": {
                    "x": _x(low, high),
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "rule", "color": GREY},
                "encoding": {"y": {"datum": 0}},
                "data": {"values": [{}]},
            },
        ],
    }


def net_by_source(frame: pl.DataFrame, breaks: list[tuple[int, str]], language: str) -> Spec:
    """Net migration per year by source: start, end, value, low, high, source, as steps."""
    names = {source: words.text(f"chart.source.{source}", language) for source in SOURCE_COLOURS}
    segments = [
        {
            "year": row["start"],
            "end": row["end"],
            "value": row["value"] / 1e3,
            "low": None if row["low"] is None else row["low"] / 1e3,
            "high": None if row["high"] is None else row["high"] / 1e3,
            "source": names[row["source"]],
            "wide": row["end"] - row["start"] > 1,
        }
        for row in frame.iter_rows(named=True)
    ]
    colour = {
        "field": "source",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names.values()), "range": list(SOURCE_COLOURS.values())},
    }
    data = {"name": "net", "values": segments}
    y = {"field": "value", "type": "quantitative", "title": words.text("chart.net_thousand_a_year", language)}
    height = 330
    return {
        "width": WIDTH,
        "height": height,
        "layer": [
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "color": GREY},
                "encoding": {"y": {"datum": 0}},
            },
            {
                "data": data,
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "rect", "opacity": 0.16},
                "encoding": {
                    "x": _x(1949, 2026),
                    "x2": {"field": "end"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "data": data,
                "mark": {"type": "rule", "strokeWidth": 2.2},
                "encoding": {"x": _x(1949, 2026), "x2": {"field": "end"}, "y": y, "color": colour},
            },
            *break_layers([year for year, _ in breaks], [label for _, label in breaks], height),
        ],
    }


def ethnic(frame: pl.DataFrame, names: dict[str, str], other: str, language: str) -> Spec:
    """Composition by census: year, ethnic_group, share; the rest of the population as `other`."""
    years = sorted(frame["year"].unique())
    large = frame.group_by("ethnic_group").agg(pl.col("share").max()).sort("share", descending=True)
    order = large["ethnic_group"].to_list()[:7]
    values = []
    for year in years:
        part = frame.filter((pl.col("year") == year) & pl.col("ethnic_group").is_in(order))
        shares = dict(part.select("ethnic_group", "share").rows())
        values += [
            {"year": str(year), "group": names[g], "share": shares[g], "place": i}
            for i, g in enumerate(order)
            if g in shares
        ]
        values.append({"year": str(year), "group": other, "share": 1 - sum(shares.values()), "place": 99})
    domain = [names[g] for g in order] + [other]
    return {
        "width": WIDTH,
        "height": 300,
        "data": {"name": "ethnic", "values": values},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.6},
        "encoding": {
            "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
            "y": {
                "field": "share",
                "type": "quantitative",
                "title": words.text("chart.share_of_population", language),
                "axis": {"format": ".0%"},
                "scale": {"domain": [0, 1], "nice": False},
            },
            "color": {
                "field": "group",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": [*SEQUENCE[: len(order)], FAINT]},
                "legend": {"columns": 4},
            },
            "order": {"field": "place", "type": "quantitative"},
        },
    }


def repatriates(cumulative: pl.DataFrame, quota: pl.DataFrame, language: str) -> Spec:
    """Cumulative arrivals since 1991 (end, value) above the quotas by year (year, value, unit)."""
    points = [
        {"year": end.year + end.timetuple().tm_yday / 366, "value": value / 1e3}
        for end, value in cumulative.select("end", "value").rows()
    ]
    units = {unit: words.text(f"chart.quota.{unit}", language) for unit in ("families", "persons")}
    bars = [
        {"year": y + 0.1, "end": y + 0.9, "value": v / 1e3, "unit": units[u]}
        for y, v, u in quota.select("year", "value", "unit").rows()
    ]
    domain = {"domain": [1991, 2027], "nice": False}
    x = {"field": "year", "type": "quantitative", "axis": YEAR_AXIS, "scale": domain}
    return {
        "vconcat": [
            {
                "width": WIDTH,
                "height": 170,
                "data": {"name": "cumulative", "values": points},
                "mark": {"type": "line", "color": BLUE, "point": {"filled": False, "fill": "white"}},
                "encoding": {
                    "x": x,
                    "y": {
                        "field": "value",
                        "type": "quantitative",
                        "title": words.text("chart.cumulative_thousand", language),
                    },
                },
            },
            {
                "width": WIDTH,
                "height": 120,
                "data": {"name": "quota", "values": bars},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": x,
                    "x2": {"field": "end"},
                    "y": {
                        "field": "value",
                        "type": "quantitative",
                        "title": words.text("chart.quota_thousand", language),
                    },
                    "y2": {"datum": 0},
                    "color": {
                        "field": "unit",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": list(units.values()), "range": [ORANGE, GREEN]},
                    },
                },
            },
        ],
        "spacing": 14,
    }
