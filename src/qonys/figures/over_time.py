"""Shapes over time or another axis: bands with lines, fans, steps, panels of them, points of several counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from qonys.figures.edition import Speech
from qonys.figures.marks import (
    LOSS,
    amount,
    banded,
    break_rules,
    colour,
    interval_tips,
    layer,
    line_mark,
    measure,
    named,
    panels,
    span,
    strong,
    tips,
    years,
    zero,
)
from qonys.figures.style import BLUE, GREY, INK, ORANGE, SEQUENCE, Spec

GAP = 6
# ends of the bands of a fan from the widest, how many percent they hold, opacity
BANDS = (("q2.5", "q97.5", "95", 0.14), ("q10", "q90", "80", 0.22), ("q25", "q75", "50", 0.3))
Breaks = Sequence[tuple[int, str]]


def lines(
    edition: Speech, frame: pl.DataFrame, title: str, order: Sequence[str] = (), **look: Any
) -> Spec:
    """Lines by year: year, value, name, and low and high where an estimate has a band.

    `look`: `tints` by name, `breaks`, `height`, `form` of the numbers, `at` (years of dashed rules), `zero` (False for
    lines that have no zero), `points`.
    """
    names = list(order) or frame["name"].unique(maintain_order=True).to_list()
    x, shade = years(edition, *span(frame)), colour(names, look.get("tints", SEQUENCE))
    shade |= {"legend": None} if len(names) == 1 else {}
    banded_rows = frame.drop_nulls("low") if "low" in frame.columns else frame.clear()
    height, form = look.get("height", 280), look.get("form", ",.0f")
    name_tip = ("name", edition.column("name"))
    layers: list[Spec] = [zero()] if look.get("zero", True) else []
    layers += [
        zero("x", year, strokeDash=[3, 3]) | {"encoding": {"x": x | {"field": "at"}}} for year in look.get("at", ())
    ]
    axis = {} if look.get("zero", True) else {"zero": False}
    if banded_rows.height:
        area, data = {"type": "area", "opacity": 0.16}, named("bands", banded_rows)
        layers.append(
            layer(data, area, x=x, y=amount(edition, "low", title, **axis), y2={"field": "high"}, color=shade)
        )
        shade = strong(shade) if len(names) > 1 else shade
        told = interval_tips(edition, form, "value", name_tip)
    else:
        told = tips(edition, name_tip, ("year", edition.column("year"), "d"), ("value", title, form))
    mark = line_mark(edition, **({"point": {"size": 22}} if look.get("points") else {}))
    layers.append(
        layer(named("lines", frame), mark, x=x, y=amount(edition, "value", title, **axis), color=shade, tips=told)
    )
    rules = break_rules(edition, look.get("breaks", ()), x, height)
    return {"width": edition.theme.width, "height": height, "layer": [*layers, *rules]}


def band_panels(edition: Speech, name: str, frame: pl.DataFrame, facets: Sequence[str], **look: Any) -> Spec:
    """Bands with lines, a panel each: facet, x (or year), low, median, high, and name where there are several.

    `look`: `x` (an encoding; years where nothing is said), `title`, `order` and `tints` of names, `columns`, `height`,
    `room`, `zero` (False for lines that have none), `line` (more of the mark).
    """
    order, title = list(look.get("order", ())), look.get("title")
    x = look.get("x") or years(edition, *span(frame), ticks=4)
    shade = {"color": colour(order, look.get("tints", [BLUE, ORANGE]))} if order else {"tint": BLUE}
    held = {} if look.get("zero") is None else {"y": {"zero": look["zero"]}}
    name_tip = (("name", edition.column("name")),) if order else ()
    form = look.get("form", ",.2f")
    told = tips(
        edition, *name_tip, (x["field"], x.get("title") or edition.column("year"), "d"),
        ("median", edition.column("median"), form), ("low", edition.column("from"), form),
        ("high", edition.column("to"), form),
    )  # fmt: skip
    layers = banded(edition, None, x, title, opacity=0.18, tips=told, line=look.get("line", {}), **shade, **held)
    if look.get("zero") is None:
        layers = [zero(), *layers]
    count, room = look.get("columns", 2), look.get("room", 60)
    return panels(edition, named(name, frame), {"height": look.get("height", 150), "layer": layers}, facets,
                  columns=count, room=room, free="y")  # fmt: skip


def yearly_bars(edition: Speech, frame: pl.DataFrame, title: str, facets: Sequence[str]) -> Spec:
    """Bars by year with intervals, one panel a quantity: facet, year, low, median, high."""
    first, last = span(frame)
    x, told = years(edition, first - 1, last + 1, ticks=8), interval_tips(edition, ",.2f")
    width = edition.theme.panel(edition.theme.columns(2), 60)
    bar = {"type": "bar", "size": max(2, min(5, width / (last - first + 3) * 0.8)), "opacity": 0.7}
    whole = layer(None, {"type": "rule", "color": INK}, x=x, y=amount(edition, "low", title), y2={"field": "high"})
    bars = layer(None, bar, x=x, y=amount(edition, "median", title), color=LOSS, tips=told)
    return panels(edition, named("years_moved", frame), {"height": 170, "layer": [bars, whole]}, facets)


def fan(edition: Speech, frame: pl.DataFrame, title: str, **parts: Any) -> Spec:
    """A fan by year: year and the quantiles q2.5 ... q97.5 that there are.

    `parts`: `history` (year, value), `rivals` (year, line, name, value), `form`, `height`, `zero`.
    """
    nothing = pl.DataFrame(schema={"year": pl.Int64, "value": pl.Float64})
    history, rivals = parts.get("history", nothing), parts.get("rivals", nothing)
    starts = [span(part)[0] for part in (history, frame) if part.height]
    x = years(edition, min(starts), span(frame)[1], ticks=10)
    layers = fan_layers(edition, named("fan", plain_names(frame)), frame.columns, x, title, **parts)
    if history.height:
        past = {"type": "line", "color": INK, "strokeWidth": 2}
        layers.append(layer(named("past", history), past, x=x, y=amount(edition, "value", title, False)))
    if rivals.height:
        layers.append(_rivals(edition, rivals, x, title, parts.get("form", ",.2f")))
    return {"width": edition.theme.width, "height": parts.get("height", 300), "layer": layers}


def levels(edition: Speech, columns: Sequence[str]) -> str:
    """Which per cent the bands of a fan hold, the narrowest first: `50, 80 and 95`."""
    held = [percent for low, high, percent, _ in BANDS[::-1] if {low, high} <= set(columns)]
    return edition.listed(held)


def plain_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of quantiles without the point that Vega-Lite takes for a path."""
    return frame.rename({name: name.replace(".", "_") for name in frame.columns})


def fan_layers(
    edition: Speech, data: Spec | None, columns: Sequence[str], x: Spec, title: str, **parts: Any
) -> list[Spec]:
    """The bands of a fan and its median."""
    form = parts.get("form", ",.2f")
    told = [("year", edition.column("year"), "d"), ("q50", edition.column("median"), form)]
    layers: list[Spec] = [zero()] if parts.get("zero") else []
    for low, high, text, tint in BANDS:
        if {low, high} <= set(columns):
            ends, area = (
                (low.replace(".", "_"), high.replace(".", "_")),
                {"type": "area", "color": BLUE, "opacity": tint},
            )
            layers.append(layer(data, area, x=x, y=amount(edition, ends[0], title, False), y2={"field": ends[1]}))
            told += [(end, edition.percent(int(text) / 100), form) for end in ends]
    median = line_mark(edition, color=BLUE)
    return [*layers, layer(data, median, x=x, y=amount(edition, "q50", title, False), tips=tips(edition, *told))]


def _rivals(edition: Speech, rivals: pl.DataFrame, x: Spec, title: str, form: str) -> Spec:
    """Other projections as lines, each name with its dashes."""
    order = rivals["name"].unique(maintain_order=True).to_list()
    dashes = [[1, 0], [5, 4], [2, 2]]
    dash = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "scale": {"domain": order, "range": dashes[: len(order)]},
    }
    told = tips(edition, ("name", edition.column("source")), ("year", edition.column("year"), "d"),
                ("value", title, form))  # fmt: skip
    return layer(
        named("rivals", rivals), {"type": "line", "strokeWidth": 1.5}, x=x, y=amount(edition, "value", title, False),
        detail={"field": "line"}, color=colour(order, [ORANGE, ORANGE, GREY]), strokeDash=dash, tips=told,
    )  # fmt: skip


def past_fans(edition: Speech, frame: pl.DataFrame, came: pl.DataFrame, title: str, facets: Sequence[str]) -> Spec:
    """Small fans over what came: facet, year, q2.5 ... q97.5; came: facet, year, value."""
    both = pl.concat([plain_names(frame), came], how="diagonal")
    axis = {"format": "d", "title": None, "tickCount": 4}
    x = {"field": "year", "type": "quantitative", "scale": {"nice": False, "zero": False}, "axis": axis}
    layers = [
        part | {"transform": [{"filter": "isValid(datum.q50)"}]}
        for part in fan_layers(edition, None, frame.columns, x, title)
    ]
    line = layer(
        None, {"type": "line", "color": ORANGE, "strokeWidth": 2}, x=x, y=amount(edition, "value", title, False)
    )
    layers.append(line | {"transform": [{"filter": "isValid(datum.value)"}]})
    data = named("past_fans", both)
    return panels(edition, data, {"height": 170, "layer": layers}, facets, columns=len(facets), room=90, free="x")


def point_panels(edition: Speech, curves: pl.DataFrame, facets: Sequence[str], titles: tuple[str, str]) -> Spec:
    """Fitted curves through observed points by age: facet, age, value (of a curve), point; `titles`: age, value."""
    x = measure(edition, "age", titles[0], scale={"domain": [0, 85]})
    parts = (
        ("value", {"type": "line", "color": BLUE}),
        ("point", {"type": "point", "color": INK, "filled": True, "size": 26}),
    )
    layers = [
        layer(
            None,
            mark,
            x=x,
            y=amount(edition, field, titles[1]),
            tips=tips(edition, ("age", titles[0], ".1f"), (field, titles[1], ".2f")),
        )
        | {"transform": [{"filter": f"isValid(datum.{field})"}]}
        for field, mark in parts
    ]
    return panels(edition, named("schedule", curves), {"height": 150, "layer": layers}, facets, room=90)


def log_points(
    edition: Speech, frames: Mapping[str, pl.DataFrame], orders: Sequence[Sequence[str]], ends: tuple[int, int]
) -> Spec:
    """Figures of several counts on logarithmic scales, one plot a title: year, value, name, source.

    Points of one source are joined where they are at most GAP years apart.
    """
    plots: list[Spec] = []
    axis = {"values": [10**k for k in range(10)] + [5 * 10**k for k in range(5, 10)]}
    for (title, frame), order in zip(frames.items(), orders, strict=True):
        gap = (pl.col("year").diff().over("name", "source") > GAP).fill_null(value=True).cum_sum()
        part = pl.concat_str("source", gap.cast(pl.String), separator="/").alias("part")
        rows = frame.sort("name", "source", "year").with_columns(part).select("year", "value", "name", "part")
        told = tips(edition, ("name", edition.column("name")), ("year", edition.column("year"), "d"),
                    ("value", edition.column("value"), ",.0f"))  # fmt: skip
        shade = colour(order) | {"legend": {"columns": edition.theme.columns(2)}}
        place: Spec = {"x": years(edition, *ends), "color": shade}
        place["y"] = amount(edition, "value", title, scale={"type": "log"}, axis=axis)
        joined, points = (
            {"type": "line", "strokeWidth": 1.2, "opacity": 0.6},
            {"type": "point", "filled": True, "size": 22, "opacity": 1},
        )
        layers = [layer(None, joined, **place, detail={"field": "part"}), layer(None, points, **place, tips=told)]
        plots.append(
            {"width": edition.theme.plot, "height": 130, "data": named(f"log_{len(plots)}", rows), "layer": layers}
        )
    return {"vconcat": plots, "resolve": {"scale": {"color": "independent"}}}
