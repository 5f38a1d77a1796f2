"""Directional chord diagram after Abel and Sander (2014): outflows first, arrowheads, colour of the origin."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from qonys import words
from qonys.figures.edition import Edition
from qonys.figures.geography.plane import frame_svg, text
from qonys.figures.marks import wrapped
from qonys.figures.style import SEQUENCE

GAP = 0.022
LETTER = 0.58  # width of a letter of a name, in its size


def chord(edition: Edition, flows: pl.DataFrame, names: Mapping[str, str], smallest: float) -> str:
    """Flows between regions; `flows`: origin, destination, value.

    Angles hold all flows; ribbons below `smallest` are not drawn and the picture says so. The smallest ribbons are
    drawn last.
    """
    theme, language = edition.theme, edition.language
    size, longest = float(min(theme.width, 820)) if theme.interactive else 660.0, max(map(len, names.values()))
    letters = min(9.0 if theme.narrow else 10.0, (0.36 * size - 24) / (LETTER * longest))
    margin = LETTER * letters * longest + 24
    radius = size / 2 - margin
    spans, slots = _sectors(flows, names)
    colours = {region: SEQUENCE[i % len(SEQUENCE)] for i, region in enumerate(spans)}
    body = []
    for origin, destination, value in (
        flows.sort("value", descending=True).select("origin", "destination", "value").rows()
    ):
        if value < smallest:
            continue
        title = f"{names[origin]} → {names[destination]}: {words.integer(value, language)}"
        path = _ribbon(slots[origin, destination, "out"], slots[origin, destination, "in"], radius)
        body.append(
            f'<path class="ribbon" d="{path}" fill="{colours[origin]}" fill-opacity="0.62" stroke="white" '
            f'stroke-width="0.3"><title>{title}</title></path>'
        )
    for region, (start, end) in spans.items():
        body.append(f'<path d="{_band(start, end, radius + 3, radius + 13)}" fill="{colours[region]}"/>')
        body.append(_label(names[region], (start + end) / 2, radius + 19, letters))
    drawn = float(flows.filter(pl.col("value") >= smallest)["value"].sum()) / float(flows["value"].sum())
    note = edition.say("chart.ribbons_drawn", smallest=words.integer(smallest, language), share=edition.percent(drawn))
    centred = f'<g transform="translate({size / 2},{size / 2})">' + "".join(body) + "</g>"
    lines = wrapped(note, size / 6)
    below = [text(size / 2, size + 14 * place, line, 10) for place, line in enumerate(lines, 1)]
    return frame_svg(size, size + 14 * len(lines) + 8, [centred, *below])


Span = tuple[float, float]


def _sectors(
    flows: pl.DataFrame, names: Mapping[str, str]
) -> tuple[dict[str, Span], dict[tuple[str, str, str], Span]]:
    """Angles of each region and of both ends of each flow; radians clockwise from the top."""
    rows = flows.select("origin", "destination", "value").rows()
    regions = [r for r in names if any(r in row[:2] for row in rows)]
    total = 2 * sum(row[2] for row in rows)
    unit = (2 * math.pi - GAP * len(regions)) / total
    spans, slots, angle = {}, {}, 0.0
    for region in regions:
        start = angle
        out = sorted((row for row in rows if row[0] == region), key=lambda row: -row[2])
        into = sorted((row for row in rows if row[1] == region), key=lambda row: -row[2])
        for direction, part in (("out", out), ("in", into)):
            for origin, destination, value in part:
                slots[origin, destination, direction] = (angle, angle + value * unit)
                angle += value * unit
        spans[region] = (start, angle)
        angle += GAP
    return spans, slots


def _point(angle: float, radius: float) -> str:
    return f"{radius * math.sin(angle):.2f},{-radius * math.cos(angle):.2f}"


def _ribbon(out: Span, into: Span, radius: float) -> str:
    """From the origin's arc to an arrowhead at the destination's arc."""
    neck, wide = radius * 0.93, int(out[1] - out[0] > math.pi)
    middle = (into[0] + into[1]) / 2
    return (
        f"M{_point(out[0], radius)}A{radius},{radius} 0 {wide} 1 {_point(out[1], radius)}"
        f"Q0,0 {_point(into[0], neck)}L{_point(middle, radius)}L{_point(into[1], neck)}"
        f"Q0,0 {_point(out[0], radius)}Z"
    )


def _band(start: float, end: float, inner: float, outer: float) -> str:
    wide = int(end - start > math.pi)
    return (
        f"M{_point(start, inner)}A{inner},{inner} 0 {wide} 1 {_point(end, inner)}"
        f"L{_point(end, outer)}A{outer},{outer} 0 {wide} 0 {_point(start, outer)}Z"
    )


def _label(name: str, angle: float, radius: float, letters: float) -> str:
    """A name along the radius, never upside down."""
    turn = math.degrees(angle) - 90
    left = angle > math.pi
    if left:
        turn += 180
    x, y = radius * math.sin(angle), -radius * math.cos(angle)
    more = f'transform="rotate({turn:.1f} {x:.1f} {y:.1f})" dominant-baseline="central"'
    return text(x, y, name, letters, "end" if left else "start", more)
