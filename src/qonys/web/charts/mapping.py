"""Maps in hand-written SVG at any width: arrows over balances, and rates by region."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts.maps import DIVERGING, NOT_COVERED, Plane, frame_svg, not_covered_note, text
from qonys.report.charts.style import GREY, INK
from qonys.web.charts.kit import wrapped
from qonys.web.view import View

LIGHT = ("#fbe3d6", "#fdf3ec", "#f5f6f7", "#e9f1f8", "#d3e4f2")
ARROW = "#16425b"


@dataclass(frozen=True)
class Arrows:
    """What a flow map draws: flows (origin, destination, value), places with names, balances, how many."""

    flows: pl.DataFrame
    places: Mapping[str, tuple[float, float, str]]
    net: Mapping[str, float]
    most: int


def flow_map_svg(geometry: Mapping[str, Any], arrows: Arrows, view: View) -> str:
    """The `most` largest flows as tapered arcs, width in proportion; regions tinted by their balance."""
    plane = Plane(geometry, view.width, 16)
    size = 9.5 if view.narrow else 12
    drawn = arrows.flows.sort("value", descending=True).head(arrows.most).sort("value")
    scale = (8 if view.narrow else 14) / float(str(drawn["value"].max()))
    widest = max(abs(v) for v in arrows.net.values()) or 1.0
    body = [_land(plane, feature, arrows, widest, view) for feature in geometry["features"]]
    pixels = {region: plane.place(lon, lat) for region, (lon, lat, _) in arrows.places.items()}
    for origin, destination, value in drawn.select("origin", "destination", "value").rows():
        title = f"{arrows.places[origin][2]} → {arrows.places[destination][2]}: {words.integer(value, view.language)}"
        body.append(_arc(pixels[origin], pixels[destination], max(0.6, value * scale), title))
    ends = {code for pair in drawn.select("origin", "destination").rows() for code in pair}
    body += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="white" stroke="{INK}" stroke-width="1.4"/>'
        for x, y in pixels.values()
    ]
    body += _labels(pixels, arrows, size, ends if view.narrow else set(pixels), view.width)
    sample = _nice(float(str(drawn["value"].max())) / 2)
    share = float(drawn["value"].sum()) / float(arrows.flows["value"].sum())
    note = view.say("web.flow_map.drawn", n=view.number(drawn.height), share=words.percent(share, view.language, 0))
    sample = _nice(float(str(drawn["value"].max())) / 2)
    lines = wrapped(note, (view.width - (16 if view.narrow else 220)) / (0.54 * size))
    top = plane.height + 14
    body += [text(8, top + (size + 4) * i, line, size, "start") for i, line in enumerate(lines)]
    legend = view.say("chart.moves_number", n=view.number(sample))
    left, base = (8, top + (size + 4) * len(lines) + 6) if view.narrow else (view.width - 190, top)
    body += [
        f'<line x1="{left}" x2="{left + 40}" y1="{base - 4:.1f}" y2="{base - 4:.1f}" stroke="{ARROW}" '
        f'stroke-width="{sample * scale:.1f}"/>',
        text(left + 48, base, legend, size, "start"),
    ]
    return frame_svg(view.width, max(base, top + (size + 4) * (len(lines) - 1)) + 10, body)


def _land(plane: Plane, feature: Mapping[str, Any], arrows: Arrows, widest: float, view: View) -> str:
    region = feature["properties"]["region"]
    balance = arrows.net.get(region, 0.0)
    tint = LIGHT[max(0, min(4, 2 + round(2.49 * math.copysign(abs(balance / widest) ** 0.5, balance))))]
    name = arrows.places[region][2] if region in arrows.places else region
    title = escape(f"{name}: {words.signed(balance, view.language)}")
    return f'<path d="{plane.path(feature)}" fill="{tint}" stroke="#b8c2cc"><title>{title}</title></path>'


def _labels(
    pixels: Mapping[str, tuple[float, float]], arrows: Arrows, size: float, shown: set[str], width: float
) -> list[str]:
    """Names above their points, below where another name is in the way; cities first."""
    halo = 'stroke="white" stroke-width="3" paint-order="stroke" stroke-linejoin="round" font-weight="600"'
    taken: list[tuple[float, float, float]] = []
    body = []
    for region in sorted(shown, key=lambda code: -abs(arrows.net.get(code, 0))):
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


def _arc(start: tuple[float, float], end: tuple[float, float], thickness: float, title: str) -> str:
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
        f'<path d="{line}" fill="none" stroke="{ARROW}" stroke-width="{thickness:.2f}"/>'
        f'<path d="{point}" fill="{ARROW}"/></g>'
    )


def _nice(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= value))


def rate_map_svg(
    geometry: Mapping[str, Any], values: Mapping[str, float], step: float, view: View, decimals: int = 1
) -> str:
    """Values by region in seven steps around zero (`step` wide) with a legend; regions not covered are grey."""
    plane = Plane(geometry, view.width, 6)
    size = 9.5 if view.narrow else 12
    body = []
    for feature in geometry["features"]:
        region = feature["properties"]["region"]
        value = values.get(region)
        tint = NOT_COVERED if value is None else DIVERGING[max(-3, min(3, math.floor(value / step + 0.5))) + 3]
        body.append(_shape(plane, feature, tint, value, view, decimals))
    body += _uncovered(geometry, values, plane.height + 2, view, size)
    return frame_svg(view.width, plane.height + 44, [*body, _scale(step, plane.height + 8, view, size, decimals)])


def level_map_svg(geometry: Mapping[str, Any], values: Mapping[str, float], view: View, decimals: int) -> str:
    """Values of one sign by region in five equal steps from the least to the greatest; regions not covered are grey."""
    low, high = min(values.values()), max(values.values())
    tints = ("#eef4f9", "#c6dbef", "#7fb3d8", "#3182bd", "#08519c")
    plane = Plane(geometry, view.width, 6)
    step = (high - low) / 5 or 1.0
    body = []
    for feature in geometry["features"]:
        region = feature["properties"]["region"]
        value = values.get(region)
        tint = NOT_COVERED if value is None else tints[max(0, min(4, int((value - low) / step)))]
        body.append(_shape(plane, feature, tint, value, view, decimals))
    size, top, box = (9.5 if view.narrow else 12), plane.height + 8, min(72.0, (view.width - 40) / 6)
    for i, tint in enumerate(tints):
        body.append(
            f'<rect x="{20 + i * box:.1f}" y="{top:.1f}" width="{box:.1f}" height="12" fill="{tint}" stroke="#b8c2cc"/>'
        )
    body += _uncovered(geometry, values, plane.height + 2, view, size)
    body += [text(20 + i * box, top + 28, view.number(low + i * step, decimals), size - 1) for i in range(6)]
    return frame_svg(view.width, plane.height + 44, body)


def _shape(
    plane: Plane, feature: Mapping[str, Any], tint: str, value: float | None, view: View, decimals: int
) -> str:
    shown = view.say("chart.not_covered") if value is None else view.number(value, decimals)
    title = escape(f"{view.region(feature['properties']['region'])}: {shown}")
    return f'<path d="{plane.path(feature)}" fill="{tint}" stroke="white"><title>{title}</title></path>'


def _uncovered(
    geometry: Mapping[str, Any], values: Mapping[str, float], y: float, view: View, size: float
) -> list[str]:
    if all(feature["properties"]["region"] in values for feature in geometry["features"]):
        return []
    return [not_covered_note(8, y, view.language, size - 1)]


def _scale(step: float, top: float, view: View, size: float, decimals: int) -> str:
    box = min(72.0, (view.width - 40) / 7)
    left = (view.width - 7 * box) / 2
    parts = []
    for i, tint in enumerate(DIVERGING):
        x = left + i * box
        parts.append(f'<rect x="{x:.1f}" y="{top:.1f}" width="{box:.1f}" height="12" fill="{tint}" stroke="{GREY}"/>')
        if i:
            parts.append(text(x, top + 28, view.number((i - 3.5) * step, max(decimals, 1)), size - 1))
    return "".join(parts)


def round_step(values: list[float]) -> float:
    """A round step of seven classes that most absolute values fit."""
    sizes = sorted(abs(v) for v in values)
    return _nice(max(sizes[int(0.8 * (len(sizes) - 1))] / 2.5, 1e-9))
