"""An equal-area projection that fits the outlines it draws, and SVG text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qonys.figures.style import INK

OUTLINE = "outline"  # class of the shapes of a map, whose source stands below it
Point = tuple[float, float]


@dataclass(frozen=True)
class Albers:
    """Albers equal-area conic on the sphere (Snyder 1987, 14-1 to 14-6): standard parallels and middle, in degrees.

    Two parallels that mirror each other at the equator give the cylinder that the cone becomes there (10-1, 10-2).
    """

    south: float
    north: float
    middle: float

    def __call__(self, lon: float, lat: float) -> Point:
        """Right and down, in radii of the sphere."""
        one, two = math.radians(self.south), math.radians(self.north)
        turn = math.radians((lon - self.middle + 180) % 360 - 180)
        n = (math.sin(one) + math.sin(two)) / 2
        if abs(n) < 1e-6:
            return turn * math.cos(one), -math.sin(math.radians(lat)) / math.cos(one)
        c = math.cos(one) ** 2 + 2 * n * math.sin(one)
        rho = math.sqrt(c - 2 * n * math.sin(math.radians(lat))) / n
        base = math.sqrt(c - 2 * n * math.sin(math.radians((self.south + self.north) / 2))) / n
        return rho * math.sin(n * turn), rho * math.cos(n * turn) - base


def albers_of(geometry: Mapping[str, Any]) -> Albers:
    """The projection for these outlines: standard parallels a sixth of their height from its ends (Snyder 1987, 99).

    The middle is that of the shortest arc of longitude that holds them.
    """
    corners = [point for feature in geometry["features"] for ring in rings(feature) for point in ring]
    lats = [point[1] for point in corners]
    lons = sorted({point[0] % 360 for point in corners})
    wide = [(after - before) % 360 for before, after in zip(lons, [*lons[1:], lons[0] + 360], strict=True)]
    gap = max(range(len(lons)), key=wide.__getitem__)
    west, across = lons[(gap + 1) % len(lons)], 360 - wide[gap] if len(lons) > 1 else 0
    sixth = (max(lats) - min(lats)) / 6
    return Albers(min(lats) + sixth, max(lats) - sixth, west + across / 2)


class Plane:
    """Projection fitted to a box of `width` pixels; `height` follows from the outline."""

    def __init__(self, geometry: Mapping[str, Any], width: float, margin: float = 6) -> None:
        self._project = albers_of(geometry)
        points = [self._project(*p[:2]) for f in geometry["features"] for ring in rings(f) for p in ring]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        self._scale = (width - 2 * margin) / (max(xs) - min(xs))
        self._left, self._top, self._margin = min(xs), min(ys), margin
        self.height = (max(ys) - min(ys)) * self._scale + 2 * margin

    def place(self, lon: float, lat: float) -> Point:
        """Pixel of a point."""
        x, y = self._project(lon, lat)
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


def nice(value: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten.

    Examples
    --------
    >>> nice(180.0), nice(0.3)
    (200.0, 0.5)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= value))


def text(x: float, y: float, content: str, size: float = 10, anchor: str = "middle", more: str = "") -> str:
    """One SVG text element in the charts' font."""
    safe = content.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Inter" font-size="{size:g}" text-anchor="{anchor}" '
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
