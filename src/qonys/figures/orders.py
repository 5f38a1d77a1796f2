"""A partial order as a drawing: a row a name, its place from left to right, lines to the next below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qonys.figures.edition import Speech
from qonys.figures.marks import category, layer, measure, named, named_as, rows_high, tips
from qonys.figures.style import BLUE, GREY, Spec

Rows = Sequence[dict[str, Any]]


def partial_order(edition: Speech, places: Rows, lines: Rows, title: str) -> Spec:
    """`places`: category, place, above and below (how many surely are); `lines`: category, place, to, to_place."""
    order = [row["category"] for row in places]
    bold = 2 if edition.theme.interactive else 1
    last = max(row["place"] for row in places)
    y = category(edition, "category", order, 420, labelExpr="split(datum.label, '\\n')")
    y |= {"scale": {"domain": order}}
    scale: Spec = {"domain": [0.8, last + 0.2], "nice": False, "zero": False}
    axis: Spec = {"values": list(range(1, last + 1)), "format": "d", "tickMinStep": 1}
    x = measure(edition, "place", title, axis=axis, scale=scale)
    say = edition.say
    told = tips(
        edition, ("category", edition.column("name")), ("place", say("levers.place"), "d"),
        ("above", say("levers.above"), "d"), ("below", say("levers.below"), "d"),
    )  # fmt: skip
    rule = {"type": "rule", "color": GREY, "strokeWidth": 0.7 * bold, "opacity": 0.8}
    point = {"type": "point", "filled": True, "size": 40 * bold, "opacity": 1, "color": BLUE}
    joined = layer(named("lines", lines), rule, x=x, x2={"field": "to_place"}, y=y, y2={"field": "to"})
    points = layer(named("places", places), point, x=x, y=y, tips=told)
    return {
        "width": edition.theme.width - 195,
        "height": rows_high(edition, 30, len(order)),
        "layer": [named_as(say("levers.key.line"), joined), named_as(say("levers.key.point"), points)],
    }
