"""Effects of mixes of measures against what the mixes take: points, and rules with names at the marked ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qonys.figures.edition import Speech
from qonys.figures.marks import amount, colour, layer, measure, named, named_as, strong, tips, zero
from qonys.figures.style import GREY, INK, Spec

Rows = Sequence[dict[str, Any]]
LINE = 14  # pixels between the names of marked mixes


def effects_by_effort(
    edition: Speech, rows: Rows, marked: Rows, titles: tuple[str, str], colours: Sequence[tuple[str, str]]
) -> Spec:
    """`rows`: effort, effect, series, mix; `marked`: effort and mix; `titles` of effort and effect."""
    bold = 2 if edition.theme.interactive else 1
    shade = strong(colour([name for name, _ in colours], [tint for _, tint in colours], "series"))
    x, y = measure(edition, "effort", titles[0]), amount(edition, "effect", titles[1])
    told = tips(
        edition, ("mix", edition.say("levers.mix_column.mix")), ("series", edition.say("chart.kind")),
        ("effort", edition.say("levers.mix_column.effort"), ",.2f"), ("effect", titles[1], "+,.0f"),
    )  # fmt: skip
    point = {"type": "point", "filled": True, "size": 40 * bold, "opacity": 1}
    rule = {"type": "rule", "color": GREY, "strokeDash": [3, 3]}
    layers = [
        zero(),
        named_as(edition.say("levers.front_key"), layer(named("marked", marked), rule, x=x)),
        layer(named("mixes", rows), point, x=x, y=y, color=shade, tips=told),
    ]
    for place, one in enumerate(marked):
        text = {"type": "text", "align": "left", "dx": 2, "color": INK, "baseline": "bottom"}
        high = {"value": -2 - LINE * (len(marked) - 1 - place)}
        layers.append(layer(named(f"name_{place}", [one]), text, x=x, y=high, text={"field": "mix", "type": "nominal"}))
    return {"width": edition.theme.width - 70, "height": 260 if edition.theme.interactive else 190, "layer": layers}
