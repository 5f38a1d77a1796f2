"""The key of a drawing: what its lines, bands and colours are that no legend of its own names.

Whoever makes a layer says what it is (`marks.named_as`); pages and pictures write the key below the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from qonys.figures.style import GREY, INK, Spec

WIDE, HIGH = 22, 12  # pixels of a sign
SIGNS = {
    "line": "line", "rule": "line", "area": "band", "rect": "band", "bar": "band", "tick": "tick", "point": "point",
}  # fmt: skip
CHANNELS = ("color", "fill", "stroke", "shape", "strokeDash", "opacity")
AT_ZERO = "rule_0"  # the dataset of the line at zero, which is part of the axis
EITHER = "|"  # between what a colour says above and below a condition


@dataclass(frozen=True)
class Key:
    """A sign and what it stands for."""

    sign: str
    text: str
    tint: str
    opacity: float = 1.0
    dash: tuple[float, ...] = ()
    hollow: bool = False
    wide: float = 2.0

    def drawn(self, left: float = 0, top: float = 0) -> str:
        """The sign as SVG, in a box of WIDE by HIGH pixels."""
        middle, tint = top + HIGH / 2, f'"{escape(self.tint)}"'
        if self.sign == "line":
            dash = f' stroke-dasharray="{" ".join(f"{one:g}" for one in self.dash)}"' if self.dash else ""
            return (
                f'<line x1="{left:g}" x2="{left + WIDE:g}" y1="{middle:g}" y2="{middle:g}" stroke={tint} '
                f'stroke-width="{self.wide:g}" stroke-opacity="{self.opacity:g}"{dash}/>'
            )
        if self.sign == "point":
            paint = f'fill="white" stroke={tint} stroke-width="1.6"' if self.hollow else f"fill={tint}"
            return f'<circle cx="{left + WIDE / 2:g}" cy="{middle:g}" r="4" {paint}/>'
        x, width = (left + WIDE / 2 - 1.5, 3) if self.sign == "tick" else (left, WIDE)
        size = f'x="{x:g}" y="{top:g}" width="{width:g}" height="{HIGH}"'
        return f'<rect {size} fill={tint} fill-opacity="{self.opacity:g}"/>'


@dataclass(frozen=True)
class Mark:
    """One mark of a document: its plot, dataset, look and encodings, and what it is said to be."""

    plot: str
    data: str
    look: Mapping[str, Any]
    encoding: Mapping[str, Any]
    text: str

    @property
    def sign(self) -> str:
        """The kind of sign that it needs; none for texts."""
        return SIGNS.get(str(self.look["type"]), "")

    @property
    def tints(self) -> list[str]:
        """Its colours where they are given as such; of a condition the usual one and the other."""
        for channel in ("color", "fill", "stroke"):
            given = self.encoding.get(channel)
            if isinstance(given, dict) and "value" in given:
                return [str(given["value"]), *([str(given["condition"]["value"])] if "condition" in given else [])]
            if isinstance(given, dict) and "field" in given:
                return [str(one) for one in given.get("scale", {}).get("range", ())]
        given = self.look.get("color") or self.look.get("fill") or self.look.get("stroke")
        return [str(given)] if given else []

    @property
    def constant(self) -> bool:
        """Whether all of it has one look, or one of two by a condition."""
        return not any(isinstance(one, dict) and "field" in one for one in map(self.encoding.get, CHANNELS))


def marks_of(spec: Spec, plot: str = "", data: str = "", encoding: Mapping[str, Any] | None = None) -> Iterator[Mark]:
    """All marks of a document, those of a plot with the same name of it."""
    data = str((spec.get("data") or {}).get("name", data))
    held = {**(encoding or {}), **spec.get("encoding", {})}
    if "mark" in spec:
        look = {"type": spec["mark"]} if isinstance(spec["mark"], str) else spec["mark"]
        yield Mark(plot, data, look, held, str(spec.get("description", "")))
    for way in ("layer", "vconcat", "hconcat", "concat"):
        for place, part in enumerate(spec.get(way, ())):
            yield from marks_of(part, plot if way == "layer" else f"{plot}/{place}", data, held)
    if "spec" in spec:
        yield from marks_of(spec["spec"], plot, data, held)


def seen(spec: Spec) -> list[Mark]:
    """The marks that draw something that can be seen."""
    rows: Mapping[str, Any] = spec.get("datasets", {})
    return [
        one for one in marks_of(spec)
        if one.sign and one.look.get("opacity") != 0 and one.data != AT_ZERO and _filled(one, rows.get(one.data))
    ]  # fmt: skip


def _filled(mark: Mark, rows: Any) -> bool:
    """Whether there is a row with all that the mark needs; what has no rows of its own is drawn anyway."""
    if rows is None:
        return True
    places = (mark.encoding.get(channel) for channel in ("x", "y", "x2", "y2"))
    fields = [one["field"] for one in places if isinstance(one, dict) and "field" in one]
    return any(all(row.get(field) is not None for field in fields) for row in rows)


def keys_of(spec: Spec) -> tuple[Key, ...]:
    """What the layers of a document are said to be, each once; bands that lie on each other as they look there."""
    found: dict[str, Key] = {}
    below: dict[tuple[str, str, str], float] = {}
    for one in seen(spec):
        if not one.text:
            continue
        tints = one.tints if one.constant or len(one.tints) == 1 else [GREY]
        for text, tint in zip(one.text.split(EITHER), tints or [INK], strict=False):
            key = _key(one, text, tint)
            if key.sign == "band" and one.look["type"] != "rect":
                place = (one.plot, one.data, tint)
                below[place] = 1 - (1 - below.get(place, 0.0)) * (1 - key.opacity)
                key = replace(key, opacity=round(below[place], 3))
            found.setdefault(text, key)
    return tuple(found.values())


def _key(mark: Mark, text: str, tint: str) -> Key:
    look = mark.look
    hollow = tint == "white" or (look["type"] == "point" and not look.get("filled") and "fill" not in mark.encoding)
    tint = str(look.get("stroke", INK)) if tint == "white" else tint
    dash = tuple(float(one) for one in look.get("strokeDash", ()))
    wide = min(float(look.get("strokeWidth", 2.0)), 6.0)
    return Key(mark.sign, text, tint, float(look.get("opacity", 1.0)), dash, hollow, wide)
