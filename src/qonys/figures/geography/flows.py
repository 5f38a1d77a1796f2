"""Flow maps in hand-written SVG: the largest flows as arrows over the balance of each region."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from qonys import words
from qonys.figures.edition import Edition
from qonys.figures.geography.plane import OUTLINE, Plane, Point, frame_svg, nice, text
from qonys.figures.geography.values import HATCH, region_name
from qonys.figures.style import INK, wrapped

LIGHT = ("#fbe3d6", "#fdf3ec", "#f5f6f7", "#e9f1f8", "#d3e4f2")
ARROW = "#16425b"


@dataclass(frozen=True)
class Arrows:
    """What a flow map draws: flows (origin, destination, value), places with names, balances, how many."""

    flows: pl.DataFrame
    places: Mapping[str, tuple[float, float, str]]
    net: Mapping[str, float]
    most: int


def flow_map(edition: Edition, geometry: Mapping[str, Any], arrows: Arrows) -> str:
    """The `most` largest flows as tapered arcs, width in proportion; regions tinted by their balance.

    How many flows are drawn and the share of all moves they hold stand in the picture; a region of the outlines that
    is no end of any flow is hatched.
    """
    theme = edition.theme
    plane, size, width = Plane(geometry, theme.canvas, 16), theme.letters, theme.canvas
    drawn = arrows.flows.sort("value", descending=True).head(arrows.most).sort("value")
    scale = (8 if theme.narrow else 14 if theme.interactive else 11) / float(str(drawn["value"].max()))
    widest = max((abs(v) for v in arrows.net.values()), default=0.0) or 1.0
    body = [HATCH, *(_land(edition, plane, feature, arrows.net, widest) for feature in geometry["features"])]
    pixels = {region: plane.place(lon, lat) for region, (lon, lat, _) in arrows.places.items()}
    for origin, destination, value in drawn.select("origin", "destination", "value").rows():
        title = (
            f"{arrows.places[origin][2]} → {arrows.places[destination][2]}: {words.integer(value, edition.language)}"
        )
        body.append(_arc(pixels[origin], pixels[destination], max(0.6, value * scale), title))
    ends = {code for pair in drawn.select("origin", "destination").rows() for code in pair}
    body += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 4:.1f}" fill="white" stroke="{INK}" stroke-width="1.4"/>'
        for x, y in pixels.values()
    ]
    body += _labels(pixels, arrows, size, ends if theme.narrow else set(pixels), width)
    lines, bottom = _note(edition, arrows, drawn, scale, plane.height + 14)
    return frame_svg(width, bottom, [*body, *lines])


def _note(edition: Edition, arrows: Arrows, drawn: pl.DataFrame, scale: float, top: float) -> tuple[list[str], float]:
    """How many flows are drawn, and an arrow of a known size; the end of both."""
    theme, size = edition.theme, edition.theme.letters
    share = float(drawn["value"].sum()) / float(arrows.flows["value"].sum())
    note = edition.say("web.flow_map.drawn", n=edition.number(drawn.height), share=edition.percent(share))
    lines = wrapped(note, (theme.canvas - (16 if theme.narrow else 220)) / (0.54 * size))
    body = [text(8, top + (size + 4) * i, line, size, "start") for i, line in enumerate(lines)]
    sample = nice(float(str(drawn["value"].max())) / 2)
    left, base = (8.0, top + (size + 4) * len(lines) + 6) if theme.narrow else (theme.canvas - 190.0, top)
    body += [
        f'<line x1="{left}" x2="{left + 40}" y1="{base - 4:.1f}" y2="{base - 4:.1f}" stroke="{ARROW}" '
        f'stroke-width="{sample * scale:.1f}"/>',
        text(left + 48, base, edition.say("chart.moves_number", n=edition.number(sample)), size, "start"),
    ]
    return body, max(base, top + (size + 4) * (len(lines) - 1)) + 10


def _land(edition: Edition, plane: Plane, feature: Mapping[str, Any], net: Mapping[str, float], widest: float) -> str:
    balance = net.get(feature["properties"]["region"])
    name = region_name(edition, feature)
    if balance is None:
        tint, title = "url(#uncovered)", f"{name}: {edition.say('chart.not_covered')}"
    else:
        shade = round(2.49 * math.copysign(abs(balance / widest) ** 0.5, balance))
        tint, title = LIGHT[max(0, min(4, 2 + shade))], f"{name}: {words.signed(balance, edition.language)}"
    shape = f'<path class="{OUTLINE}" d="{plane.path(feature)}" fill="{tint}" stroke="#b8c2cc">'
    return f"{shape}<title>{escape(title)}</title></path>"


def _labels(pixels: Mapping[str, Point], arrows: Arrows, size: float, shown: set[str], width: float) -> list[str]:
    """Names above their points, below where another name is in the way; the largest balances first."""
    halo = 'stroke="white" stroke-width="3" paint-order="stroke" stroke-linejoin="round" font-weight="600"'
    taken: list[tuple[float, float, float]] = []
    body = []
    for region in sorted(shown, key=lambda code: (-abs(arrows.net.get(code, 0)), code)):
        (x, y), name = pixels[region], arrows.places[region][2]
        half = len(name) * size * 0.29
        x = min(max(x, half + 4), width - half - 4)
        spots = [(x, y - 7), (x, y + size + 6), (x, y - 7 - size), (x, y + 2 * size + 6)]
        for px, py in spots:
            if all(abs(py - ty) > size * 1.05 or abs(px - tx) > half + th + 2 for tx, ty, th in taken):
                taken.append((px, py, half))
                body.append(text(px, py, name, size, "middle", halo))
                break
    return body


def _arc(start: Point, end: Point, thickness: float, title: str) -> str:
    """A filled arc from a point to an arrowhead, bent to the right, so that both directions of a pair part."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    control = (start[0] + dx / 2 - dy * 0.2, start[1] + dy / 2 + dx * 0.2)
    tx, ty = end[0] - control[0], end[1] - control[1]
    norm = math.hypot(tx, ty) or 1.0
    tx, ty = tx / norm, ty / norm
    tip = (end[0] - tx * 4, end[1] - ty * 4)
    head = min(5 + 1.25 * thickness, length / 2)
    neck = (tip[0] - tx * head, tip[1] - ty * head)
    side = head * 0.55
    line = f"M{start[0]:.1f},{start[1]:.1f}Q{control[0]:.1f},{control[1]:.1f} {neck[0]:.1f},{neck[1]:.1f}"
    point = (
        f"M{tip[0]:.1f},{tip[1]:.1f}L{neck[0] - ty * side:.1f},{neck[1] + tx * side:.1f}"
        f"L{neck[0] + ty * side:.1f},{neck[1] - tx * side:.1f}Z"
    )
    return (
        f'<g class="arc" opacity="0.72"><title>{escape(title)}</title>'
        f'<path class="flow" d="{line}" fill="none" stroke="{ARROW}" stroke-width="{thickness:.2f}"/>'
        f'<path d="{point}" fill="{ARROW}"/></g>'
    )


def places(edition: Edition, codes: Sequence[str]) -> dict[str, tuple[float, float, str]]:
    """Centres and names of regions."""
    rows = edition.pack.regions().filter(pl.col("region").is_in(list(codes)))
    return {
        r["region"]: (r["centre_lon"], r["centre_lat"], edition.region(r["region"])) for r in rows.iter_rows(named=True)
    }
