"""Shapes by category: estimates with intervals, bars in parts, ranges, graded answers, points in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys.figures.edition import Speech
from qonys.figures.marks import (
    LOSS,
    amount,
    black,
    category,
    colour,
    folded,
    folded_lines,
    layer,
    measure,
    named,
    panels,
    rows_high,
    strong,
    tips,
    zero,
)
from qonys.figures.style import AMBER, BLUE, FAINT, GREEN, GREY, INK, ORANGE, SEQUENCE, Spec

ROW_LINE, ROW_GAP = 13, 9  # pixels of a line in the name of a row, and between the names of two rows
GRADES = (GREEN, AMBER, GREY)
KINDS = (BLUE, ORANGE, GREEN)
Colours = Sequence[tuple[str, str]]


def dots(edition: Speech, frame: pl.DataFrame, title: str, order: Sequence[str], colours: Colours, **look: Any) -> Spec:
    """Estimates with intervals by category: category, series, low, median, high, perhaps low50 and high50.

    `colours`: (series, colour) in the order of the legend. `look`: `at` (where the rule stands; None for no rule), `x`
    (more of the axis), `step` (height of a row), `form` of the numbers, `aside` (series beside each other, not on one
    line), `limit` of names, `y` (more of their axis), `data` (name of the dataset), `more` (a field of the
    tooltip with its heading).
    """
    names, theme = [name for name, _ in colours], edition.theme
    shade = strong(colour(names, [tint for _, tint in colours], "series"))
    form, at = look.get("form", ",.2f"), look.get("at", 0)
    place: Spec = {
        "y": category(edition, "category", order, look.get("limit", 180), **look.get("y", {})),
        "color": shade,
    }
    if look.get("aside", True):
        place["yOffset"] = {"field": "series", "type": "nominal", "scale": {"domain": names}}
    data, bold = named(look.get("data", "dots"), frame), 2 if theme.interactive else 1
    say = edition.say
    told = tips(
        edition, ("category", edition.column("name")), *((("series", say("chart.kind")),) if len(names) > 1 else ()),
        *((look["more"],) if "more" in look else ()),
        ("median", title or edition.column("value"), form), ("low", edition.column("low95"), form),
        ("high", edition.column("high95"), form),
    )  # fmt: skip

    def x(field: str) -> Spec:
        return measure(edition, field, title or None, **look.get("x", {}))

    layers = [] if at is None else [zero("x", at, **look.get("rule", {}))]
    for low, high, wide, tint in (("low", "high", 2, 0.5), ("low50", "high50", 4, 0.45)):
        if low in frame.columns:
            rule = {"type": "rule", "strokeWidth": wide * bold, "opacity": tint}
            layers.append(layer(data, rule, x=x(low), x2={"field": high}, **place))
    point = {"type": "point", "filled": True, "size": 34 * bold, "opacity": 1}
    step, series = look.get("step", 12), len(names) if look.get("aside", True) else 1
    return {
        "width": theme.width - 130,
        "height": rows_high(edition, step, series * len(order)),
        "layer": [*layers, layer(data, point, x=x("median"), **place, tips=told)],
    }


def stack(
    edition: Speech,
    frame: pl.DataFrame,
    title: str,
    order: Sequence[str],
    kinds: Colours,
    whole: tuple[pl.DataFrame, str],
) -> Spec:
    """Parts of each category side by side (category, kind, value), their sum as a tick: `whole`.

    It holds rows (category, value) and the name of the sum.
    """
    sums_frame, label = whole
    names = [name for name, _ in kinds]
    shade = colour([*names, label], [*(tint for _, tint in kinds), INK], "kind")
    place: Spec = {"y": category(edition, "category", order), "color": shade}
    say = edition.say
    told = tips(edition, ("category", edition.column("name")), ("kind", say("chart.kind")), ("value", title, ",.1f"))
    x = measure(edition, "value", title)
    sums = named("sums", sums_frame.with_columns(kind=pl.lit(label)))
    bar, tick = {"type": "bar", "opacity": 0.8}, {"type": "tick", "thickness": 3}
    return {
        "width": edition.theme.width - 150,
        "height": rows_high(edition, 17, len(order)),
        "layer": [
            layer(named("parts", frame), bar, x=x | {"stack": "zero"}, **place, tips=told),
            layer(sums, tick, x=x, **place, tips=told),
            zero("x"),
        ],
    }


def ranked(edition: Speech, frame: pl.DataFrame, title: str) -> Spec:
    """Bars of one value a category, in the order given: category, value; losses in another colour."""
    y, x = category(edition, "category", frame["category"].to_list()), measure(edition, "value", title)
    told = tips(edition, ("category", edition.column("name")), ("value", title, ",.1f"))
    data = named("ranked", frame.with_columns(median=pl.col("value")))
    bars = layer(data, {"type": "bar", "opacity": 0.75}, x=x, y=y, color=LOSS, tips=told)
    height = rows_high(edition, 15, frame.height)
    return {"width": edition.theme.width - 150, "height": height, "layer": [bars, zero("x")]}


def part_panels(edition: Speech, frame: pl.DataFrame, facets: Sequence[str], order: Sequence[str]) -> Spec:
    """Parts of a change as bars with intervals, one panel a measure: facet, part, low, median, high."""
    y = category(edition, "part", order, 220, **folded(edition, order))
    told = tips(edition, ("part", edition.column("name")), ("median", edition.column("median"), ",.2f"),
                ("low", edition.column("low95"), ",.2f"), ("high", edition.column("high95"), ",.2f"))  # fmt: skip
    ends = measure(edition, "low", None, 6), {"field": "high"}
    layers = [
        layer(None, {"type": "bar", "opacity": 0.6}, x=measure(edition, "median", None, 6), y=y, color=LOSS, tips=told),
        layer(None, {"type": "rule", "strokeWidth": 2, "color": INK}, x=ends[0], x2=ends[1], y=y),
    ]
    return panels(edition, named("parts", frame), {"height": 110, "layer": layers}, facets, room=240, free="x")


def range_panels(
    edition: Speech, frame: pl.DataFrame, title: str, facets: Sequence[str], directions: Sequence[str]
) -> Spec:
    """Bars from `low` to `high` by interval, one small chart a facet: facet, interval, direction, low, high."""
    told = tips(edition, ("interval", edition.column("interval")), ("direction", edition.column("direction")),
                ("low", edition.column("fewest"), ",.1f"), ("high", edition.column("mix"), ",.1f"))  # fmt: skip
    panel = {"height": 120} | layer(
        None, {"type": "bar", "size": 8},
        x={"field": "interval", "type": "ordinal", "title": None, "axis": {"labelAngle": -90}},
        xOffset={"field": "direction", "type": "nominal", "scale": {"domain": list(directions)}},
        y=amount(edition, "low", title), y2={"field": "high"},
        color=colour(directions, [BLUE, ORANGE], "direction"), tips=told,
    )  # fmt: skip
    return panels(edition, named("ranges", frame), panel, facets, columns=3, room=120, free="y")


def spans(
    edition: Speech, frame: pl.DataFrame, title: str, order: Sequence[str], colours: Colours, **look: Any
) -> Spec:
    """Bars from low (or zero) to high, series below each other: category, name, high, perhaps low.

    `look`: `tips` (headings of category, name, low, high) and `form`.
    """
    names, low = [name for name, _ in colours], "low" if "low" in frame.columns else "high"
    head, form = look["tips"], look.get("form", ",.1f")
    parts = [
        ("category", head[0]),
        ("name", head[1]),
        *((("low", head[2], form),) if low == "low" else ()),
        ("high", head[-1], form),
    ]
    bar = layer(
        named("spans", frame), {"type": "bar", "cornerRadius": 2},
        x=measure(edition, low, title), x2={"field": "high"} if low == "low" else None,
        y=category(edition, "category", order),
        yOffset={"field": "name", "type": "nominal", "scale": {"domain": names}},
        color=colour(names, [tint for _, tint in colours]), tips=tips(edition, *parts),
    )  # fmt: skip
    height = rows_high(edition, 13, len(names) * len(order))
    return {"width": edition.theme.width, "height": height, "layer": [zero("x"), bar]}


def stack_panels(edition: Speech, frame: pl.DataFrame, title: str, kinds: Sequence[str], facets: Sequence[str]) -> Spec:
    """Stacked bars by interval, one panel a facet: facet, interval, kind, value."""
    rows = named("stacked", [{**row, "place": kinds.index(row["kind"])} for row in frame.to_dicts()])
    say = edition.say
    told = tips(
        edition, ("interval", edition.column("interval")), ("kind", say("chart.kind")), ("value", title, ",.1f")
    )
    panel = {"height": 170} | layer(
        None, {"type": "bar"}, x={"field": "interval", "type": "ordinal", "title": None, "axis": {"labelAngle": -45}},
        y=amount(edition, "value", title), order={"field": "place", "type": "quantitative"},
        color=colour(kinds, [GREEN, ORANGE, BLUE, *SEQUENCE[3:]], "kind"), tips=told,
    )  # fmt: skip
    return panels(edition, rows, panel, facets, columns=len(facets))


def shares(edition: Speech, frame: pl.DataFrame, title: str | None, order: Sequence[str], rest: str) -> Spec:
    """Shares of groups by year as stacked bars: year, group, share, place; `rest` is grey."""
    narrow, theme = edition.theme.narrow, edition.theme
    tinted = colour([*order, rest], [*SEQUENCE[: len(order)], FAINT], "group") | {
        "legend": {"columns": 2 if narrow else 4}
    }
    told = tips(edition, ("year", edition.column("year")), ("group", edition.column("group")),
                ("share", edition.column("share"), ".1%"))  # fmt: skip
    whole = {"domain": [0, 1], "nice": False}
    return {"width": theme.width, "height": 360 if theme.interactive else 300} | layer(
        named("shares", frame), {"type": "bar", "stroke": "white", "strokeWidth": 0.6},
        x={"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": -45 if narrow else 0}},
        y=amount(edition, "share", title, axis={"format": ".0%"}, scale=whole), color=tinted,
        order={"field": "place", "type": "quantitative"}, tips=told,
    )  # fmt: skip


def graded_bars(edition: Speech, frame: pl.DataFrame, title: str, grades: Sequence[str]) -> Spec:
    """Bars of shares: name (lines parted by |), value (percent), grade. The colour tells the grade of evidence."""
    rows = [{**row, "place": place} for place, row in enumerate(frame.to_dicts())]
    used = [(grade, tint) for grade, tint in zip(grades, GRADES, strict=True) if grade in set(frame["grade"])]
    counts = [len(folded_lines(edition, row["name"])) for row in rows]
    look = {"labelExpr": "split(datum.label, '|')", "ticks": False, "labelLineHeight": ROW_LINE,
            "labelOffset": -ROW_LINE * (min(counts) - 1) / 2} | folded(edition, frame["name"].to_list())  # fmt: skip
    y = category(edition, "name", (), 400, **look) | {"sort": {"field": "place"}}
    more = 1.25 if edition.theme.narrow else 1.12  # room for the number beside a bar
    room = {"domain": [0, more * max(row["value"] for row in rows)], "nice": False}
    x = measure(edition, "value", title, scale=room)
    shade = colour([g for g, _ in used], [tint for _, tint in used], "grade")
    told = tips(
        edition,
        ("name", edition.column("name")),
        ("value", title, ".3~g"),
        ("grade", edition.say("chart.kind")),
    )
    detail, bar = {"field": "place"}, {"type": "bar", "height": 12, "opacity": 0.85}
    texts = black(edition, dx=4)
    return {
        "width": edition.theme.width - 290,
        "height": rows_high(edition, ROW_GAP + ROW_LINE * max(counts), len(rows)),
        "data": named(f"bars_{len(rows)}", rows),
        "layer": [
            layer(None, bar, x=x, y=y, color=shade, detail=detail, tips=told),
            layer(None, texts, x=x, y=y, text={"field": "value", "type": "quantitative", "format": ".3~g"}),
        ],
    }
