"""Small parts of Vega-Lite documents: data, axes, colours, tooltips, layers, panels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from qonys.figures.edition import Speech
from qonys.figures.style import AXIS_ROOM, GREY, INK, NARROW_LETTER, SEQUENCE, Spec, wrapped

BREAK = "#8a6d3b"
LABEL_LETTER = 4.8  # pixels a letter of a label in print
TITLE_LINE = 13  # pixels between the lines of a title above an axis
NAME_LETTER = 6.6  # pixels of a letter of a name of a row on a screen
NAME_LETTERS = 22  # of a name of a row on a phone in one line
# The label of an axis as texts write numbers: four digits stand together in Russian and Kazakh.
UNPARTED = "abs(datum.value) < 1e3 || abs(datum.value) >= 1e4 ? datum.label : replace(datum.label, '\u00a0', '')"
LINE: Spec = {"type": "line", "strokeWidth": 2}
LOSS: Spec = {"condition": {"test": "datum.median < 0", "value": SEQUENCE[1]}, "value": SEQUENCE[0]}
Tip = tuple[str, str] | tuple[str, str, str]


def named(name: str, rows: pl.DataFrame | Iterable[Mapping[str, Any]]) -> Spec:
    """A named dataset; Vega-Lite would merge two that are equal and have no name."""
    return {"name": name, "values": rows.to_dicts() if isinstance(rows, pl.DataFrame) else list(rows)}


def layer(data: Spec | None, mark: Spec, **encoding: Any) -> Spec:
    """One layer; `tips` is the tooltip, what is None is left out."""
    if "tips" in encoding:
        encoding["tooltip"] = encoding.pop("tips")
    found = {"mark": mark, "encoding": {name: value for name, value in encoding.items() if value is not None}}
    return found if data is None else {"data": data, **found}


def named_as(text: str, part: Spec) -> Spec:
    """A layer with what it is, for the key of the drawing (`figures.keys`); | parts what two colours of it are."""
    return {"description": text, **part}


def interval(edition: Speech, percent: str) -> str:
    """How the band of an interval is called."""
    return edition.say("key.interval", level=edition.percent(int(percent) / 100))


def signs(edition: Speech) -> str:
    """What the two colours of gains and losses are (`LOSS`)."""
    return f"{edition.say('key.above')}|{edition.say('key.below')}"


def line_mark(edition: Speech, **more: Any) -> Spec:
    """A line; on a screen with points that are felt, not seen."""
    points = {"point": {"size": 24, "opacity": 0}} if edition.theme.interactive else {}
    return LINE | points | more


def tips(edition: Speech, *parts: Tip) -> list[Spec] | None:
    """A tooltip of (field, heading, format of a number); print has none."""
    if not edition.theme.interactive:
        return None
    kinds = ({"type": "nominal"} if len(part) == 2 else {"type": "quantitative", "format": part[2]} for part in parts)
    return [{"field": part[0], "title": part[1], **kind} for part, kind in zip(parts, kinds, strict=True)]


def interval_tips(edition: Speech, form: str, middle: str = "median", *before: Tip) -> list[Spec] | None:
    """Year, middle value and both ends of the 95 % interval."""
    say = edition.say
    value = say(f"web.column.{'median' if middle == 'median' else 'value'}")
    ends = (("low", edition.column("low95"), form), ("high", edition.column("high95"), form))
    return tips(edition, *before, ("year", edition.column("year"), "d"), (middle, value, form), *ends)


def years(edition: Speech, low: float, high: float, *, field: str = "year", ticks: int = 12) -> Spec:
    """A year on the horizontal axis."""
    theme = edition.theme
    count = max(4, min(ticks, theme.width // 80)) if theme.interactive else ticks
    axis = {"format": "d", "title": None, "tickCount": count, "labelOverlap": True, "labelFlush": False}
    scale = {"domain": [low, high], "nice": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def span(frame: pl.DataFrame, field: str = "year", more: int = 0) -> tuple[int, int]:
    """First and last year."""
    return int(str(frame[field].min())), int(str(frame[field].max())) + more


def amount(edition: Speech, field: str, title: str | None, zero: bool | None = None, **more: Any) -> Spec:
    """A quantity on the vertical axis; on a screen its title stands above the axis, where it can be read.

    `zero`: whether the axis must hold zero; Vega decides by the mark where nothing is said.
    """
    axis: Spec = {"labelExpr": UNPARTED}
    if edition.theme.interactive:
        axis |= {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleX": 0, "titleY": -12,
                "titleBaseline": "bottom", "tickCount": 6}  # fmt: skip
    axis |= more.pop("axis", {})
    shown: str | list[str] | None = title
    if title and edition.theme.narrow:
        lines = wrapped(title, (edition.theme.width - AXIS_ROOM) / NARROW_LETTER)
        shown = lines if len(lines) > 1 else title
        axis |= {"titleY": -12 - TITLE_LINE * (len(lines) - 1)}
    scale = ({} if zero is None else {"zero": zero}) | more.pop("scale", {})
    return {"field": field, "type": "quantitative", "title": shown, "axis": axis, "scale": scale, **more}


def measure(edition: Speech, field: str, title: str | None, ticks: int = 7, **more: Any) -> Spec:
    """A quantity on the horizontal axis."""
    axis: Spec = {"labelExpr": UNPARTED, "labelFlush": False}  # a label pushed inwards would touch its neighbour
    if edition.theme.interactive:
        axis |= {"grid": True, "domain": False, "tickCount": max(3, min(ticks, edition.theme.width // 110))}
    shown: str | list[str] | None = title
    if title and edition.theme.narrow:  # ends at the edge of the plot and may begin below the names of its rows
        lines = wrapped(title, (edition.theme.width - 16) / NARROW_LETTER)
        shown = lines if len(lines) > 1 else title
        axis |= {"titleAnchor": "end", "titleAlign": "right"}
    return {"field": field, "type": "quantitative", "title": shown, "axis": axis | more.pop("axis", {}), **more}


def category(edition: Speech, field: str, order: Sequence[str], limit: int = 180, **axis: Any) -> Spec:
    """Names on the vertical axis, in their order."""
    whole = round(NAME_LETTER * max(map(len, order), default=0))  # a name that is cut may end as another does
    room = 184 if edition.theme.narrow else max(limit, 220, whole) if edition.theme.interactive else limit
    look = {"labelLimit": room} | ({"ticks": False, "domain": False} if edition.theme.interactive else {}) | axis
    return {"field": field, "type": "nominal", "sort": list(order), "title": None, "axis": look}


def folded_lines(edition: Speech, name: str) -> list[str]:
    """Lines of a long name of a row: those that | parts, and on a phone of few letters."""
    parts = name.split("|")
    return [line for part in parts for line in wrapped(part, NAME_LETTERS)] if edition.theme.narrow else parts


def folded(edition: Speech, names: Sequence[str]) -> Spec:
    """The axis of long names of rows on a phone: in lines, | also parts them; nothing elsewhere."""
    if not edition.theme.narrow:
        return {}
    lines = {name: folded_lines(edition, name) for name in names}
    return {"labelExpr": f"{json.dumps(lines, ensure_ascii=False)}[datum.label]"}


def colour(order: Sequence[str], colours: Sequence[str] = SEQUENCE, field: str = "name") -> Spec:
    """A nominal colour with a legend below."""
    scale = {"domain": list(order), "range": [colours[i % len(colours)] for i in range(len(order))]}
    return {"field": field, "type": "nominal", "title": None, "scale": scale}


def strong(scale: Spec) -> Spec:
    """A colour whose legend is not as pale as the bands."""
    return scale | {"legend": {"symbolOpacity": 1, "symbolType": "circle"}}


def zero(axis: str = "y", at: float = 0, **mark: Any) -> Spec:
    """A line at zero, or at another value."""
    ruled = {"type": "rule", "color": GREY} | mark
    return layer(named(f"rule_{at:g}", [{"at": at}]), ruled, **{axis: {"field": "at", "type": "quantitative"}})


def banded(edition: Speech, data: Spec | None, x: Spec, title: str | None, **look: Any) -> list[Spec]:
    """A band from low to high and the line of the median.

    `look`: `color` (an encoding) or `tint`, `opacity` of the band, `tips`, `y` (more of the vertical axis),
    `line` (more of the mark), `keys` (what the line and the band are: a median and its 95 % interval elsewhere; no
    name where a legend names the line).
    """
    y, shade, tint = look.get("y", {}), look.get("color"), look.get("tint")
    paint = {"color": tint} if tint else {}
    area = {"type": "area", "opacity": look.get("opacity", 0.16)} | paint
    band = layer(data, area, x=x, y=amount(edition, "low", title, **y), y2={"field": "high"}, color=shade)
    mark = line_mark(edition, **paint, **look.get("line", {}))
    line = layer(data, mark, x=x, y=amount(edition, "median", title, **y), color=shade, tips=look.get("tips"))
    middle, held = look.get("keys", ("" if shade else edition.say("key.median"), interval(edition, "95")))
    return [named_as(held, band), named_as(middle, line) if middle else line]


def break_rules(edition: Speech, breaks: Sequence[tuple[int, str]], x: Spec, height: int) -> list[Spec]:
    """Dashed rules where a series breaks: labelled in print, with the reason in the tooltip on a screen.

    They are the last layers of a chart, because the first layer with an x axis sets its domain.
    """
    if not breaks:
        return []
    lanes = _break_lanes(breaks, edition.theme.plot / (x["scale"]["domain"][1] - x["scale"]["domain"][0]))
    rows = [{"year": year, "what": text, "dy": height - 8 - 12 * lane} for (year, text), lane in lanes.items()]
    say, data, plain = edition.say, named("breaks", rows), {"field": "year", "type": "quantitative"}
    if edition.theme.interactive:
        mark = {"type": "rule", "strokeDash": [4, 4], "color": BREAK, "strokeWidth": 1.2}
        told = tips(edition, ("year", edition.column("year"), "d"), ("what", say("web.break")))
        return [named_as(say("web.break"), layer(data, mark, x=x, tips=told))]
    text = {"type": "text", "align": "right", "dx": -3, "fontSize": 9, "color": "#52606d"}
    ground = text | {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}  # other rules do not cross the letters
    place = {"field": "dy", "type": "quantitative", "scale": None}
    return [
        layer(data, {"type": "rule", "strokeDash": [3, 3], "color": GREY}, x=plain),
        *(layer(data, mark, x=plain, y=place, text={"field": "what"}) for mark in (ground, text)),
    ]


def _break_lanes(breaks: Sequence[tuple[int, str]], per_year: float) -> dict[tuple[int, str], int]:
    """Lane from the bottom of each label, which ends at its rule: the longest lowest, none over another.

    `per_year`: pixels of a year.
    """
    lanes: dict[tuple[int, str], int] = {}
    taken: list[list[tuple[float, float]]] = []
    for year, text in sorted(set(breaks), key=lambda one: (-len(one[1]), one)):
        right = year * per_year
        left = right - LABEL_LETTER * len(text) - 6
        free = (i for i, spans in enumerate(taken) if all(right < a or left > b for a, b in spans))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((left, right))
        lanes[year, text] = lane
    return lanes


def break_notes(breaks: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Breaks as sentences."""
    return tuple(f"{year}: {text}" for year, text in sorted(set(breaks)))


def panels(
    edition: Speech, data: Spec, panel: Spec, facets: Sequence[str], *, columns: int = 2, room: int = 60, free: str = ""
) -> Spec:
    """One panel a facet, so many side by side; the axis `free` has its own scale in each."""
    columns = edition.theme.columns(columns)
    header = {"labelLimit": edition.theme.width / columns, "labelFontSize": 11 if len(facets) > 2 else 12}
    header |= {"labelPadding": 22} if edition.theme.interactive else {}
    return {
        "data": data,
        "facet": {"field": "facet", "type": "nominal", "sort": list(facets), "title": None, "header": header},
        "columns": columns,
        "spec": {"width": edition.theme.panel(columns, room), **panel},
    } | ({"resolve": {"scale": {free: "independent"}}} if free else {})


def stacked(edition: Speech, parts: list[Spec], *, across: bool = False, spacing: int = 24, **more: Any) -> Spec:
    """Plots below each other, or beside each other where there is room."""
    way = "hconcat" if across and not edition.theme.narrow else "vconcat"
    return {way: parts, "spacing": spacing, **more}


def black(edition: Speech, **more: Any) -> Spec:
    """A text beside a mark."""
    return {
        "type": "text",
        "align": "left",
        "dx": 5,
        "fontSize": 12 if edition.theme.interactive else 10,
        "color": INK,
    } | more


def rows_high(edition: Speech, step: float, count: int) -> Spec | int:
    """Height of so many rows; a drawing that fits a width on a screen needs it in pixels."""
    return round(step * 1.25 * count) + 10 if edition.theme.interactive else {"step": step}
