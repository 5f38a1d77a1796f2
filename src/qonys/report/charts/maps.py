"""Maps in hand-written SVG: Albers projection, choropleth of two years, flow map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts.style import FAINT, GREY, INK, SEQUENCE

NOT_COVERED = "#e4e7eb"
Point = tuple[float, float]
DIVERGING = ("#a63603", "#e6550d", "#fdae6b", "#f3f4f5", "#9ecae1", "#4292c6", "#08519c")


@dataclass(frozen=True)
class Albers:
    """Albers equal-area conic on the sphere (Snyder 1987, 14-1 to 14-6), degrees.

    `south`, `north`: standard parallels; `middle`: central meridian.
    """

    south: float
    north: float
    middle: float

    @classmethod
    def of(cls, geometry: Mapping[str, Any]) -> Albers:
        """Standard parallels a sixth of the height from the edges of the outlines, the meridian in their middle."""
        points = [p for feature in geometry["features"] for ring in rings(feature) for p in ring]
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        sixth = (max(lats) - min(lats)) / 6
        return cls(min(lats) + sixth, max(lats) - sixth, (min(lons) + max(lons)) / 2)

    def place(self, lon: float, lat: float) -> Point:
        """Point of the plane, in radii of the sphere; north is up where y grows down."""
        one, two = math.radians(self.south), math.radians(self.north)
        n = (math.sin(one) + math.sin(two)) / 2
        c = math.cos(one) ** 2 + 2 * n * math.sin(one)
        rho = math.sqrt(c - 2 * n * math.sin(math.radians(lat))) / n
        base = math.sqrt(c - 2 * n * math.sin((one + two) / 2)) / n
        theta = n * math.radians(lon - self.middle)
        return rho * math.sin(theta), rho * math.cos(theta) - base


class Plane:
    """Projection fitted to a box of `width` pixels; `height` follows from the outline."""

    def __init__(self, geometry: Mapping[str, Any], width: float, margin: float = 6) -> None:
        self._projection = Albers.of(geometry)
        points = [self._projection.place(*p[:2]) for f in geometry["features"] for ring in rings(f) for p in ring]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        self._scale = (width - 2 * margin) / (max(xs) - min(xs))
        self._left, self._top, self._margin = min(xs), min(ys), margin
        self.height = (max(ys) - min(ys)) * self._scale + 2 * margin

    def place(self, lon: float, lat: float) -> Point:
        """Pixel of a point."""
        x, y = self._projection.place(lon, lat)
        return (x - self._left) * self._scale + self._margin, (y - self._top) * self._scale + self._margin

    def path(self, feature: Mapping[str, Any]) -> str:
        """SVG path of a feature."""
        parts = []
        for ring in rings(feature):
            pixels = [self.place(*p[:2]) for p in ring]
            parts.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in pixels) + "Z")
        return "".join(parts)


def rings(feature: Mapping[str, Any]) -> list[list[list[float]]]:
    """All rings of a polygon or multipolygon."""
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def text(x: float, y: float, content: str, size: float = 10, anchor: str = "middle", more: str = "") -> str:
    """One SVG text element in the charts' font."""
    safe = content.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Inter" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{INK}" {more}>{safe}</text>'
    )


def frame_svg(width: float, height: float, body: Sequence[str]) -> str:
    """A whole SVG document."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><rect width="100%" height="100%" fill="white"/>'
        + "".join(body)
        + "</svg>"
    )


def region_map(
    geometry: Mapping[str, Any],
    rates: Mapping[int, Mapping[str, float]] | Mapping[str, Mapping[str, float]],
    names: Mapping[str, str],
    language: str,
    legend: str = "",
) -> str:
    """Rates per 1,000 by year or period and region: one map each, one scale; `legend`: what they are.

    A region without a rate is grey, and the picture says that it is not covered.
    """
    width = 620.0
    sizes = sorted(abs(v) for values in rates.values() for v in values.values())
    step = _round_up(sizes[int(0.8 * len(sizes))] / 2.5)
    body, top = [], 0.0
    for year, values in rates.items():
        plane = Plane(geometry, 430, 10)
        body.append(text(20, top + 22, str(year), 14, "start", 'font-weight="600"'))
        shapes = []
        for feature in geometry["features"]:
            region = feature["properties"]["region"]
            value = values.get(region)
            shown = words.text("chart.not_covered", language) if value is None else words.number(value, language, 1)
            tint = NOT_COVERED if value is None else _colour(value, step)
            shapes.append(
                f'<path d="{plane.path(feature)}" fill="{tint}" stroke="white" '
                f'stroke-width="0.8"><title>{names[region]}: {shown}</title></path>'
            )
        body.append(f'<g transform="translate(95,{top:.1f})">' + "".join(shapes) + "</g>")
        top += plane.height + 4
    if any(f["properties"]["region"] not in values for values in rates.values() for f in geometry["features"]):
        body.append(not_covered_note(8, top + 40, language))
    return frame_svg(width, top + 48, [*body, _legend(step, top + 6, language, legend)])


def not_covered_note(x: float, y: float, language: str, size: float = 9) -> str:
    """The grey of regions without figures and what it means, from the left edge `x`."""
    box = f'<rect x="{x}" y="{y - size:.1f}" width="12" height="{size}" fill="{NOT_COVERED}" stroke="{GREY}"/>'
    return box + text(x + 16, y - 1, words.text("chart.not_covered", language), size, "start")


def _round_up(value: float) -> float:
    power = 10 ** math.floor(math.log10(value))
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= value))


def _colour(value: float, step: float) -> str:
    place = math.floor(value / step + 0.5)
    return DIVERGING[max(-3, min(3, place)) + 3]


def _legend(step: float, top: float, language: str, legend: str = "") -> str:
    parts = [text(310, top + 38, legend or words.text("chart.rate_legend", language), 10)]
    for i, colour in enumerate(DIVERGING):
        x = 130 + i * 52
        parts.append(f'<rect x="{x}" y="{top}" width="52" height="12" fill="{colour}" stroke="white"/>')
        if i:
            parts.append(text(x, top + 24, words.number((i - 3.5) * step, language, 1), 9))
    return "".join(parts)


def flow_map(
    geometry: Mapping[str, Any],
    flows: pl.DataFrame,
    places: Mapping[str, tuple[float, float, str]],
    most: int,
    language: str,
) -> str:
    """The `most` largest flows as arrows, width proportional to the moves.

    `flows`: origin, destination, value; `places`: region -> (lon, lat, short name). How many flows
    are drawn and the share of all moves they hold stand in the picture.
    """
    width = 660.0
    plane = Plane(geometry, width, 8)
    drawn = flows.sort("value", descending=True).head(most).sort("value")
    scale = 11 / float(str(drawn["value"].max()))
    body = [
        f'<path d="{plane.path(f)}" fill="#f4f6f8" stroke="{FAINT}" stroke-width="0.8"/>'
        for f in geometry["features"]
    ]
    pixels = {region: plane.place(lon, lat) for region, (lon, lat, _) in places.items()}
    colours = {region: SEQUENCE[i % 10] for i, region in enumerate(sorted(places))}
    for origin, destination, value in drawn.select("origin", "destination", "value").rows():
        title = f"{places[origin][2]} → {places[destination][2]}: {words.integer(value, language)}"
        body.append(_arrow(pixels[origin], pixels[destination], value * scale, colours[origin], title))
    for region, (x, y) in pixels.items():
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{INK}"/>')
        halo = 'stroke="white" stroke-width="2.6" paint-order="stroke" stroke-linejoin="round"'
        body.append(text(x, y - 5, places[region][2], 9, "middle", halo))
    share = float(drawn["value"].sum()) / float(flows["value"].sum())
    note = words.text(
        "chart.flows_drawn",
        language,
        n=words.integer(most, language),
        share=words.percent(share, language, 0),
    )
    body.append(text(8, plane.height + 14, note, 10, "start"))
    sample = _round_up(float(str(drawn["value"].max())) / 2)
    body.append(
        f'<line x1="{width - 190}" x2="{width - 150}" y1="{plane.height + 10:.1f}" y2="{plane.height + 10:.1f}" '
        f'stroke="{GREY}" stroke-width="{sample * scale:.1f}"/>'
    )
    legend = words.text("chart.moves_number", language, n=words.integer(sample, language))
    body.append(text(width - 144, plane.height + 14, legend, 10, "start"))
    return frame_svg(width, plane.height + 26, body)


def _arrow(start: Point, end: Point, thickness: float, colour: str, title: str) -> str:
    """A curved arrow, bent to the right, so that the two directions of a pair lie apart."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    head = 4 + 1.3 * thickness
    control = (start[0] + dx / 2 - dy * 0.18, start[1] + dy / 2 + dx * 0.18)
    tx, ty = end[0] - control[0], end[1] - control[1]
    norm = math.hypot(tx, ty)
    tx, ty = tx / norm, ty / norm
    tip = (end[0] - tx * 3, end[1] - ty * 3)
    neck = (tip[0] - tx * min(head, length / 2), tip[1] - ty * min(head, length / 2))
    side = head * 0.5
    return (
        f'<g fill="none" opacity="0.78"><title>{title}</title>'
        f'<path class="flow" d="M{start[0]:.1f},{start[1]:.1f}Q{control[0]:.1f},{control[1]:.1f} '
        f'{neck[0]:.1f},{neck[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{thickness:.2f}"/>'
        f'<path d="M{tip[0]:.1f},{tip[1]:.1f}L{neck[0] - ty * side:.1f},{neck[1] + tx * side:.1f}'
        f'L{neck[0] + ty * side:.1f},{neck[1] - tx * side:.1f}Z" fill="{colour}"/></g>'
    )
