"""Themes, colours that colour-blind readers part, and the look of a whole Vega-Lite document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

AXIS_ROOM = 64
END_ROOM = 14  # pixels right of a plot: half of the last number of its axis
NARROW_LETTER = 6.6  # pixels a letter of an axis on a phone
LETTER, SYMBOL = 5.8, 24  # pixels a letter in print, and the sign before a name in a legend
INK = "#1f2933"
FAINT = "#d5dbe1"
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
AMBER = "#E69F00"
PINK = "#CC79A7"
BROWN = "#8c6d31"
GREY = "#7b8794"
SEQUENCE = [BLUE, ORANGE, GREEN, AMBER, PINK, SKY, BROWN, "#5254a3", "#bd9e39", "#ad494a", GREY]
# colours by the role of a source; a role with more sources takes the next colour
ROLES = {
    "register": (BLUE, SKY),
    "census": (BROWN, "#bd9e39"),
    "model": (ORANGE, AMBER, PINK, "#ad494a"),
    "survey": (GREEN,),
    "quoted": (GREY, "#bd9e39"),
    "computed": (INK, "#5254a3"),
}
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

_COMMA = {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""], "minus": "\u2212",
          "percent": "\u00a0%"}  # fmt: skip
NUMBER_LOCALE = {"ru": _COMMA, "kk": _COMMA, "en": _COMMA | {"decimal": ".", "thousands": ",", "percent": "%"}}


@dataclass(frozen=True)
class Theme:
    """How a drawing is made. `width`: pixels of a plot in print, of the whole drawing on a screen.

    An `interactive` drawing has tooltips, and its axes speak above them; one for print labels what a reader cannot
    point at.
    """

    name: str
    width: int
    interactive: bool = False

    @property
    def narrow(self) -> bool:
        """Whether it is drawn for a phone."""
        return self.width < PRINT_WIDTH

    @property
    def plot(self) -> int:
        """Width of one plot below another."""
        return self.width - AXIS_ROOM if self.interactive else self.width

    @property
    def whole(self) -> int:
        """Width of a single chart with its axes: names of any length leave the letters as they are elsewhere."""
        return self.width if self.interactive else 640

    @property
    def canvas(self) -> int:
        """Width of a picture that is drawn by hand."""
        return self.width if self.interactive else 660

    @property
    def letters(self) -> float:
        """Size of letters in a picture that is drawn by hand."""
        return (9.5 if self.narrow else 12) if self.interactive else 10

    def columns(self, most: int) -> int:
        """How many panels stand side by side."""
        return max(1, min(most, self.width // 270)) if self.interactive else most

    def panel(self, columns: int, room: int) -> float:
        """Width of the plot of one of so many panels; `room`: what axes take of the whole width."""
        return (self.width - (max(room, AXIS_ROOM * columns) if self.interactive else room)) / columns


PRINT_WIDTH = 560
PRINT = Theme("print", PRINT_WIDTH)


def screen(width: int) -> Theme:
    """The theme of the observatory at a width in pixels."""
    return Theme("screen", width, interactive=True)


def config(theme: Theme) -> Spec:
    """The Vega-Lite configuration of a theme."""
    size = 12 if theme.interactive else 11
    titles = {"labelFontSize": size, "titleFontSize": size, "titleFontWeight": 400}
    axis = titles | {"labelColor": INK, "titleColor": INK, "gridColor": "#e9edf0", "domainColor": GREY}
    legend = titles | {"orient": "bottom", "labelLimit": 520, "columns": 3, "symbolOpacity": 1}
    across: Spec = {"grid": False}
    if theme.interactive:
        axis |= {"labelPadding": 4, "ticks": False, "domain": False}
        across |= {"domain": True, "ticks": True}
        columns = 1 if theme.narrow else max(1, theme.width // 280)
        legend |= {"symbolStrokeWidth": 2, "columns": columns, "labelLimit": theme.width - 60}
    return {
        "font": "Inter",
        "background": "white",
        "view": {"stroke": None},
        "axis": axis | {"tickColor": GREY},
        "axisX": across,
        "legend": legend,
        "header": {"labelFontSize": 12, "titleFontSize": 11},
    }


def document(theme: Theme, spec: Spec) -> Spec:
    """A whole Vega-Lite document: look, width, and named data lifted out so that they can be exchanged."""
    whole: Spec = {"$schema": SCHEMA, "config": config(theme)}
    if "width" in spec:
        whole["padding"] = {"left": 5, "top": 5, "right": END_ROOM, "bottom": 5}
        whole["autosize"] = {"type": "fit-x", "contains": "padding"}
        spec = {**spec, "width": theme.whole}
    if theme.narrow:
        spec = _legends(spec, (theme.width - 60) / NARROW_LETTER)
    if theme.narrow and _rows_named(spec):  # the legend ends with the plot, and has room below the names
        whole["config"]["legend"]["layout"] = {"bottom": {"anchor": "end"}}
    if not theme.narrow:
        legend = whole["config"]["legend"]
        legend["columns"] = columns_that_fit(spec, theme.whole, legend["columns"])
    data: dict[str, Any] = {}
    return {**whole, **_lifted(spec, data), "datasets": data}


def columns_that_fit(spec: Any, width: float, most: int) -> int:
    """Columns of the longest legend of a drawing of `width` pixels, right of the names of its rows; `most` at most.

    Examples
    --------
    >>> names = {"scale": {"domain": ["the projection of this study from the same years", "another"]}}
    >>> columns_that_fit({"encoding": {"color": names}}, 640, 3)
    2
    >>> rows = {"type": "nominal", "sort": ["Agency on Migration and Demography, 2004 for 2015"]}
    >>> columns_that_fit({"encoding": {"color": names, "y": rows}}, 640, 3)
    1
    """
    legends, rows = list(_names(spec, "color", "scale", "domain")), list(_names(spec, "y", "sort"))
    if not legends:
        return most
    room = width - LETTER * max(map(len, rows), default=0)
    return max(1, min(most, int(room // (LETTER * max(map(len, legends)) + SYMBOL))))


def _names(part: Any, *path: str) -> Iterator[str]:
    """The texts of the lists that stand under a path of keys anywhere in a drawing."""
    if isinstance(part, list):
        for one in part:
            yield from _names(one, *path)
    elif isinstance(part, dict):
        found: Any = part
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, list):
            yield from (line for name in found if isinstance(name, str) for line in name.split("|"))
        for key, one in part.items():
            if key != "data":
                yield from _names(one, *path)


def _rows_named(part: Any) -> bool:
    """Whether names stand on a vertical axis."""
    if isinstance(part, dict):
        y = part.get("y")
        return (isinstance(y, dict) and y.get("type") == "nominal") or any(map(_rows_named, part.values()))
    return isinstance(part, list) and any(map(_rows_named, part))


def _lifted(part: Any, data: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        if isinstance(part.get("data"), dict) and {"name", "values"} <= set(part["data"]):
            data[part["data"]["name"]] = part["data"]["values"]
            part = {**part, "data": {"name": part["data"]["name"]}}
        return {key: _lifted(value, data) for key, value in part.items()}
    return [_lifted(item, data) for item in part] if isinstance(part, list) else part


def wrapped(sentence: str, letters: float) -> list[str]:
    """A text in lines of at most so many letters; a longer word is parted at its hyphens, one without them is cut.

    Examples
    --------
    >>> wrapped("one two three", 8), wrapped("south-western", 8)
    (['one two', 'three'], ['south-', 'western'])
    """
    most = max(8, int(letters))
    lines: list[str] = []
    for word in filter(None, sentence.split(" ")):
        for place, part in enumerate(_parts(word, most)):
            space = "" if place else " "
            if lines and len(lines[-1] + space + part) <= most:
                lines[-1] += space + part
            else:
                lines.append(part)
    return lines


def _parts(word: str, most: int) -> list[str]:
    """A word as it may be parted: whole, else after its hyphens, else anywhere."""
    if len(word) <= most:
        return [word]
    return [part[i : i + most] for part in re.findall(r"[^-]*-|[^-]+", word) for i in range(0, len(part), most)]


def _legends(part: Any, letters: float) -> Any:
    """The part with long names of its legends in lines."""
    if isinstance(part, list):
        return [_legends(item, letters) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _legends(item, letters) for key, item in part.items() if key != "data"}
    for key in {"color", "fill"} & found.keys():
        names = found[key].get("scale", {}).get("domain", []) if isinstance(found[key], dict) else []
        lines = {name: wrapped(name, letters) for name in names if isinstance(name, str)}
        if any(len(one) > 1 for one in lines.values()) and found[key].get("legend", {}) is not None:
            words = json.dumps(lines, ensure_ascii=False)
            found[key] = found[key] | {"legend": {"labelExpr": f"{words}[datum.label]"} | found[key].get("legend", {})}
    return found | {key: item for key, item in part.items() if key == "data"}
