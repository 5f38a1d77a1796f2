"""What charts share: the drawing, its figures and words, and small parts of Vega-Lite documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from qonys.report.charts.style import GREY, INK, SEQUENCE, Spec, config
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

AXIS_ROOM = 64
BREAK = "#8a6d3b"


@dataclass(frozen=True)
class Sheet:
    """The figures behind a chart as a person reads them: ready texts; `align` holds l or r a column.

    `shades` holds a class 0 ... 6 per cell, or nothing.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    shades: tuple[tuple[int | None, ...], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A chart in one state and language, with all that must travel with it.

    `frame` holds the figures with their codes; either `spec` (Vega-Lite) or `svg` is set, or neither for a table
    alone. `took`: milliseconds of the projection behind it.
    """

    title: str
    sentence: str
    frame: pl.DataFrame
    sheet: Sheet
    source: str
    sources: tuple[str, ...]
    method: str = "catalog"
    rank: int = 1
    unit: str = ""
    spec: Spec | None = None
    svg: str | None = None
    notes: tuple[str, ...] = ()
    took: float = 0.0


@dataclass(frozen=True)
class Chart:
    """A chart: its name in addresses, the stored tables it needs, its parameters, how it is built.

    `when`: what it needs besides tables. `live` builds it more quickly while an input is being moved. `gate`: where
    its makers wait (`serving.PLACES`).
    """

    id: str
    build: Callable[[View], Drawing]
    needs: tuple[str, ...] = ()
    parameters: Callable[[Site], tuple[Parameter, ...]] = field(default=lambda site: ())
    when: Callable[[Site], bool] = field(default=lambda site: True)
    live: Callable[[View], Drawing] | None = None
    gate: str = "wide"

    def available(self, site: Site) -> bool:
        """Whether the stored results hold what the chart shows."""
        return site.has(*self.needs) and self.when(site)


def about(view: View, *tables: str) -> dict[str, Any]:
    """Source line, sources, method, rank and unit of a drawing from the stored tables it shows."""
    found = [view.site.results.table(name) for name in tables]
    sources = tuple(dict.fromkeys(source for table in found for source in table.sources))
    method = next((table.method for table in found if not table.method.startswith("catalog")), "catalog")
    return {
        "source": view.context.origin(sources, method),
        "sources": sources,
        "method": method,
        "rank": max(table.rank for table in found),
        "unit": found[0].unit,
    }


def document(view: View, spec: Spec) -> Spec:
    """A whole Vega-Lite document: look, width, and named data lifted out so that they can be exchanged."""
    look = config()
    look["axis"] |= {"labelFontSize": 12, "titleFontSize": 12, "labelPadding": 4, "ticks": False, "domain": False}
    look["axisX"] = {"grid": False, "domain": True, "ticks": True}
    columns = 1 if view.narrow else max(1, view.width // 280)
    look["legend"] |= {"labelFontSize": 12, "symbolStrokeWidth": 2, "columns": columns, "labelLimit": view.width - 60}
    whole: Spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": look}
    if "width" in spec:
        whole["autosize"] = {"type": "fit-x", "contains": "padding"}
        spec = {**spec, "width": view.width}
    data: dict[str, Any] = {}
    return {**whole, **_lifted(spec, data), "datasets": data}


def _lifted(part: Any, data: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        if isinstance(part.get("data"), dict) and {"name", "values"} <= set(part["data"]):
            data[part["data"]["name"]] = part["data"]["values"]
            part = {**part, "data": {"name": part["data"]["name"]}}
        return {key: _lifted(value, data) for key, value in part.items()}
    return [_lifted(item, data) for item in part] if isinstance(part, list) else part


def named(name: str, rows: Sequence[Mapping[str, Any]]) -> Spec:
    """A named dataset; Vega-Lite would merge two that are equal and have no name."""
    return {"name": name, "values": list(rows)}


def years_axis(view: View, low: float, high: float, field_name: str = "year") -> Spec:
    """A year on the horizontal axis."""
    axis = {"format": "d", "title": None, "tickCount": max(4, min(12, view.width // 80)), "labelOverlap": True}
    return {
        "field": field_name,
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False},
        "axis": axis,
    }


def amount(field_name: str, title: str | None, zero: bool = False, ticks: int = 6, **more: Any) -> Spec:
    """A quantity on the vertical axis; its title stands above the axis, where it can be read."""
    axis = {
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleX": 0,
        "titleY": -12,
        "titleBaseline": "bottom",
        "tickCount": ticks,
    }
    scale = {"zero": zero} | more.pop("scale", {})
    return {"field": field_name, "type": "quantitative", "title": title, "axis": axis, "scale": scale, **more}


def colour(order: Sequence[str], colours: Sequence[str] = SEQUENCE, field_name: str = "name") -> Spec:
    """A nominal colour with a legend below."""
    scale = {"domain": list(order), "range": list(colours)[: len(order)]}
    return {"field": field_name, "type": "nominal", "title": None, "scale": scale}


def tip(field_name: str, title: str, form: str | None = None) -> Spec:
    """One line of a tooltip."""
    kind = {"type": "nominal"} if form is None else {"type": "quantitative", "format": form}
    return {"field": field_name, "title": title, **kind}


def layer(data: Spec, mark: Spec, **encoding: Any) -> Spec:
    """One layer; `tips` is the tooltip."""
    if "tips" in encoding:
        encoding["tooltip"] = encoding.pop("tips")
    return {"data": data, "mark": mark, "encoding": encoding}


def heads(view: View, *names: str) -> tuple[str, ...]:
    """Headings of columns; a name with a dot is a whole key."""
    return tuple(view.say(name if "." in name else f"web.column.{name}") for name in names)


def ends(view: View, low: float | None, high: float | None, decimals: int) -> str:
    """Both ends of an interval, or a dash."""
    return "–" if low is None or high is None else f"{view.number(low, decimals)} … {view.number(high, decimals)}"


def interval_tips(view: View, form: str, middle: str = "median") -> list[Spec]:
    """Year, middle value and both ends of the 95 % interval."""
    parts = ((middle, "median" if middle == "median" else "value"), ("low", "low95"), ("high", "high95"))
    return [tip("year", view.say("web.column.year"), "d")] + [
        tip(name, view.say(f"web.column.{key}"), form) for name, key in parts
    ]


LINE: Spec = {"type": "line", "strokeWidth": 2, "point": {"size": 24, "opacity": 0}}


def zero_line() -> Spec:
    """A line at zero."""
    return {
        "data": named("zero", [{"zero": 0}]),
        "mark": {"type": "rule", "color": GREY},
        "encoding": {"y": {"field": "zero", "type": "quantitative"}},
    }


def break_rules(view: View, breaks: Sequence[tuple[int, str]], x: Spec) -> list[Spec]:
    """Dashed rules where a series breaks, with the reason in the tooltip; the list below says it in words."""
    if not breaks:
        return []
    rows = [{"year": year, "what": text} for year, text in breaks]
    tips = [tip("year", view.say("web.column.year"), "d"), tip("what", view.say("web.break"))]
    return [
        {
            "data": named("breaks", rows),
            "mark": {"type": "rule", "strokeDash": [4, 4], "color": BREAK, "strokeWidth": 1.2},
            "encoding": {"x": x, "tooltip": tips},
        }
    ]


def break_notes(breaks: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Breaks as sentences."""
    return tuple(f"{year}: {text}" for year, text in sorted(set(breaks)))


def label_layer(rows: Sequence[Mapping[str, Any]], x: Spec, y: str, text: str) -> Spec:
    """Direct labels."""
    return {
        "data": named("labels", rows),
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK},
        "encoding": {"x": x, "y": {"field": y, "type": "quantitative"}, "text": {"field": text}},
    }


def wrapped(sentence: str, letters: float) -> list[str]:
    """A text in lines of at most so many letters; a longer word is cut.

    Examples
    --------
    >>> wrapped("one two three", 8)
    ['one two', 'three']
    """
    most = max(8, int(letters))
    lines: list[str] = []
    for word in sentence.split():
        while len(word) > most:
            lines.append(word[:most])
            word = word[most:]
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
