"""Directional chord diagram after Abel and Sander (2014): outflows first, arrowheads, colour of the origin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeVar

import polars as pl

from qonys import words
from qonys.figures.edition import Edition
from qonys.figures.geography.plane import frame_svg, text
from qonys.figures.style import SEQUENCE, wrapped

GAP = 0.022
LETTER = 0.58  # width of a letter of a name, in its size
BAND, NAME = 13.0, 19.0  # from the circle to the outer edge of the arcs and to the names
TURNS = 36  # of the whole circle, tried on a phone
SMALL, FEWEST = 0.2, 6.0


def chord(edition: Edition, flows: pl.DataFrame, names: Mapping[str, str], smallest: float) -> str:
    """Flows between regions; `flows`: origin, destination, value.

    Angles hold all flows; ribbons below `smallest` are not drawn and the picture says so. The smallest ribbons are
    drawn last.
    """
    theme, language = edition.theme, edition.language
    size = float(min(theme.width, 820)) if theme.interactive else 660.0
    spans, slots = _sectors(flows, names)
    middles = {names[region]: sum(span) / 2 for region, span in spans.items()}
    letters, turn, radius = _fitted(middles, size, 9.0 if theme.narrow else 10.0, TURNS if theme.narrow else 1)
    spans, slots = _turned(spans, turn), _turned(slots, turn)
    middles = {name: angle + turn for name, angle in middles.items()}
    left, right, above, below = (_reach(middles, radius, letters, side) for side in (-90, 90, 0, 180))
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
        body.append(f'<path d="{_band(start, end, radius + 3, radius + BAND)}" fill="{colours[region]}"/>')
        body.append(_label(names[region], (start + end) / 2, radius + NAME, letters))
    drawn = float(flows.filter(pl.col("value") >= smallest)["value"].sum()) / float(flows["value"].sum())
    note = edition.say("chart.ribbons_drawn", smallest=words.integer(smallest, language), share=edition.percent(drawn))
    centre = left + (size - left - right) / 2
    centred = f'<g transform="translate({centre:.1f},{above + 4:.1f})">' + "".join(body) + "</g>"
    lines, high = wrapped(note, size / 6), above + below + 12
    said = [text(size / 2, high + 14 * place, line, 10) for place, line in enumerate(lines, 1)]
    return frame_svg(size, high + 14 * len(lines) + 8, [centred, *said])


Span = tuple[float, float]
Key = TypeVar("Key")


def _turned(spans: Mapping[Key, Span], turn: float) -> dict[Key, Span]:
    return {key: (start + turn, end + turn) for key, (start, end) in spans.items()}


def _fitted(middles: Mapping[str, float], size: float, letters: float, turns: int) -> tuple[float, float, float]:
    """Size of the letters, turn and radius of the largest circle whose names fit into the width."""
    tried = [2 * math.pi * place / turns for place in range(turns)]
    while True:
        turn, radius = max(((turn, _radius(middles, size, letters, turn)) for turn in tried), key=lambda one: one[1])
        if radius >= SMALL * size or letters <= FEWEST:
            return letters, turn, radius
        letters -= 0.5


def _radius(middles: Mapping[str, float], size: float, letters: float, turn: float) -> float:
    """The largest radius with which no two names, one on each side, and no arcs are wider than `size`."""
    sides: dict[bool, list[Span]] = {False: [(1.0, BAND)], True: [(1.0, BAND)]}
    for name, middle in middles.items():
        across = math.sin(middle + turn)
        sides[across > 0].append((abs(across), NAME + LETTER * letters * len(name) + letters))
    return min((size - a * m - b * n) / (a + b) for a, m in sides[False] for b, n in sides[True])


def _reach(middles: Mapping[str, float], radius: float, letters: float, side: float) -> float:
    """How far the picture goes from its centre towards a side, degrees clockwise from the top."""
    ends = ((math.cos(angle - math.radians(side)), radius + NAME + LETTER * letters * len(name) + letters)
            for name, angle in middles.items())  # fmt: skip
    return max(radius + BAND, *(along * end for along, end in ends))


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
    left = math.sin(angle) < 0
    if left:
        turn += 180
    x, y = radius * math.sin(angle), -radius * math.cos(angle)
    more = f'transform="rotate({turn:.1f} {x:.1f} {y:.1f})" dominant-baseline="central"'
    return text(x, y, name, letters, "end" if left else "start", more)
