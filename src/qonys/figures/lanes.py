"""Events as bars in lanes, with their names where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qonys.figures.edition import Edition
from qonys.figures.marks import colour, layer, named, tips, years
from qonys.figures.style import BLUE, BROWN, GREY, INK, ORANGE, Spec

DIRECTIONS = {"in": BLUE, "out": ORANGE, "both": BROWN, "none": GREY}
Wave = dict[str, Any]
Shown = tuple[int, int, str, Mapping[str, Any]]


def lane_rows(edition: Edition, events: Iterable[Shown], ends: tuple[int, int], base: int = 0) -> list[Wave]:
    """Events (start, end, label, row of the pack) with a lane each, so that no label runs into the next one."""
    per_letter = (ends[1] - ends[0]) / edition.theme.plot * (6.4 if edition.theme.interactive else 5.7)
    taken: list[float] = []
    rows: list[Wave] = []
    for start, end, label, row in sorted(events, key=lambda event: event[:3]):
        length = len(label) * per_letter
        place = min(float(start), ends[1] - length)
        lane = next((i for i, last in enumerate(taken) if last <= place), len(taken))
        taken[lane : lane + 1] = [max(float(end), place + length) + 1]
        direction = edition.say(f"web.direction.{row['direction']}")
        rows.append({"year": start, "end": end, "label": label, "lane": base + lane, "text": place,
                     "direction": direction,
                     "event": row[f"name_{edition.language}"], "years": f"{start}–{end}"})  # fmt: skip
    return rows


def lane_layers(edition: Edition, rows: Sequence[Wave], ends: tuple[int, int]) -> list[Spec]:
    """Bars coloured by the direction of the moves, and names above them."""
    labelled = any(row["label"] for row in rows)
    lane = {"field": "lane", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    x = {**years(edition, *ends), "axis": None}
    used = {row["direction"] for row in rows}
    names = {edition.say(f"web.direction.{code}"): tint for code, tint in DIRECTIONS.items()}
    shade = colour(
        [name for name in names if name in used], [tint for name, tint in names.items() if name in used], "direction"
    )
    told = tips(edition, ("event", edition.column("event")), ("years", edition.column("year")))
    thin = 6 if edition.theme.interactive else 4
    bar = {"type": "bar", "height": thin, "yOffset": thin + 1 if labelled else 0, "cornerRadius": 2}
    data = named("events", rows)
    layers = [layer(data, bar, x=x, x2={"field": "end"}, y=lane, color=shade, tips=told)]
    if labelled:
        text = {
            "type": "text",
            "align": "left",
            "fontSize": 11 if edition.theme.interactive else 9.5,
            "dy": -3,
            "color": INK,
        }
        layers.append(layer(data, text, x={**x, "field": "text"}, y=lane, text={"field": "label"}))
    return layers


def lane_plot(edition: Edition, layers: list[Spec], rows: Sequence[Wave]) -> Spec:
    """The plot of the lanes."""
    step = (22 if edition.theme.interactive else 16) if any(row["label"] for row in rows) else 10
    return {"width": edition.theme.plot, "height": step * (1 + max(row["lane"] for row in rows)), "layer": layers}
