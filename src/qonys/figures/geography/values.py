"""Maps of values by region: round classes about zero or steps of one sign; what has no figure is hatched."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from qonys import words
from qonys.errors import UnknownName
from qonys.figures.edition import Edition
from qonys.figures.geography.plane import OUTLINE, Plane, frame_svg, nice, text
from qonys.figures.style import GREY, wrapped

DIVERGING = ("#a63603", "#e6550d", "#fdae6b", "#f3f4f5", "#9ecae1", "#4292c6", "#08519c")
LEVELS = ("#eef4f9", "#c6dbef", "#7fb3d8", "#3182bd", "#08519c")
HATCH = (
    '<defs><pattern id="uncovered" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#eceff2"/><rect width="1.6" height="6" fill="#9aa5b1"/></pattern></defs>'
)
MOST = 72.0
Values = Mapping[str, float | None]


@dataclass(frozen=True)
class Classes:
    """Colours of values: boxes of `step` from `start`; those of seven classes lie about zero."""

    tints: tuple[str, ...]
    start: float
    step: float

    def tint(self, value: float) -> str:
        """The colour of a value; those beyond the ends take the colour of the end."""
        place = math.floor((value - self.start) / self.step)
        return self.tints[max(0, min(len(self.tints) - 1, place))]

    def bounds(self) -> list[float]:
        """Bounds of the boxes from the first to the last; the outer ones of seven classes are open."""
        return [self.start + i * self.step for i in range(len(self.tints) + 1)]


def about_zero(values: Sequence[float | None]) -> Classes:
    """Seven classes of a round step about zero that most absolute values fit."""
    sizes = sorted(abs(v) for v in values if v is not None)
    step = nice(max(sizes[int(0.8 * (len(sizes) - 1))] / 2.5, 1e-9))
    return Classes(DIVERGING, -3.5 * step, step)


def levels(values: Sequence[float | None]) -> Classes:
    """Five equal steps from the least to the greatest of values of one sign."""
    known = [v for v in values if v is not None]
    low, high = min(known), max(known)
    return Classes(LEVELS, low, (high - low) / len(LEVELS) or 1.0)


def classes_of(values: Sequence[float | None]) -> Classes:
    """Classes about zero where a value lies below it, steps of one sign where none does."""
    return about_zero(values) if any(v is not None and v < 0 for v in values) else levels(values)


def region_map(
    edition: Edition,
    geometry: Mapping[str, Any],
    panels: Mapping[Any, Values],
    legend: str | None = None,
    *,
    classes: Classes | None = None,
    decimals: int = 1,
) -> str:
    """Values by region, one map a panel with its title, all on one scale.

    `legend`: what the values are; net migration per 1,000 where nothing is said. Regions of the
    outlines without a value are hatched, and the legend says so.
    """
    legend = edition.say("chart.rate_legend") if legend is None else legend
    scale = classes or classes_of([value for values in panels.values() for value in values.values()])
    theme, titled = edition.theme, len(panels) > 1 or bool(next(iter(panels)))
    columns = theme.columns(min(2, len(panels)))
    width = theme.canvas / columns if theme.interactive or columns > 1 else 430.0
    plane, room = Plane(geometry, width, 6), 26 if titled else 0
    body, bare = [HATCH], False
    for place, (title, values) in enumerate(panels.items()):
        left = (theme.canvas - columns * width) / 2 + (place % columns) * width
        top = (place // columns) * (plane.height + room)
        if titled:
            body.append(text(left + 8, top + 20, str(title), theme.letters + 3, "start", 'font-weight="600"'))
        shapes = [_shape(edition, plane, feature, values, scale, decimals) for feature in geometry["features"]]
        bare = bare or any("url(#uncovered)" in shape for shape in shapes)
        body.append(f'<g transform="translate({left:.1f},{top + room:.1f})">' + "".join(shapes) + "</g>")
    bottom = math.ceil(len(panels) / columns) * (plane.height + room) + 8
    lines, bottom = _legend(edition, scale, bottom, (legend, bare, decimals))
    return frame_svg(theme.canvas, bottom, [*body, *lines])


def region_name(edition: Edition, feature: Mapping[str, Any]) -> str:
    """Name of a region of the outlines: the pack's, else what the outlines call it."""
    code = str(feature["properties"]["region"])
    try:
        return edition.region(code)
    except UnknownName:
        return str(feature["properties"].get(f"name_{edition.language}") or feature["properties"].get("name") or code)


def _shape(
    edition: Edition, plane: Plane, feature: Mapping[str, Any], values: Values, scale: Classes, decimals: int
) -> str:
    value = values.get(feature["properties"]["region"])
    tint = "url(#uncovered)" if value is None else scale.tint(value)
    shown = edition.say("chart.not_covered") if value is None else edition.number(value, decimals)
    title = escape(f"{region_name(edition, feature)}: {shown}")
    return (
        f'<path class="{OUTLINE}" d="{plane.path(feature)}" fill="{tint}" stroke="white" stroke-width="0.8">'
        f"<title>{title}</title></path>"
    )


def _legend(edition: Edition, scale: Classes, top: float, words_of: tuple[str, bool, int]) -> tuple[list[str], float]:
    """Boxes with their bounds, the hatched box where there is one, and what the values are; the end of it all."""
    (legend, bare, decimals), theme = words_of, edition.theme
    count, size = len(scale.tints), theme.letters
    box = min(MOST if theme.interactive else 52.0, (theme.canvas - 40) / count)
    left = (theme.canvas - count * box) / 2
    parts, bounds = [], scale.bounds()
    inner = range(1, count) if scale.tints is DIVERGING else range(count + 1)
    for i, tint in enumerate(scale.tints):
        parts.append(
            f'<rect x="{left + i * box:.1f}" y="{top:.1f}" width="{box:.1f}" height="12" fill="{tint}" stroke="{GREY}" '
            'stroke-width="0.6"/>'
        )
    parts += [
        text(left + i * box, top + 14 + size, words.number(bounds[i], edition.language, max(decimals, 1)), size - 1)
        for i in inner
    ]
    bottom = top + 20 + size
    if bare:
        label = edition.say("chart.not_covered")
        start = theme.canvas / 2 - (len(label) * size * 0.27 + 14)
        parts.append(
            f'<rect x="{start:.1f}" y="{bottom:.1f}" width="22" height="12" fill="url(#uncovered)" stroke="{GREY}"/>'
        )
        parts.append(text(start + 28, bottom + 10, label, size, "start"))
        bottom += 22
    if legend:
        for line in wrapped(legend, (theme.canvas - 16) / (0.58 * size)):
            parts.append(text(theme.canvas / 2, bottom + size, line, size))
            bottom += size + 3
        bottom += 7
    return parts, bottom + 4
