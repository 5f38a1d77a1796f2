"""Charts of results: a suitable Vega-Lite chart for each kind of table, in the style of the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from qonys import words
from qonys.catalog.drafts import written
from qonys.errors import BadInput
from qonys.figures.style import BLUE, GREY, INK, PRINT, SEQUENCE, document

if TYPE_CHECKING:
    from qonys.figures.render import Picture

Spec = dict[str, Any]
SUFFIXES = (".svg", ".png", ".pdf", ".json")
HEIGHT = 240
FEW = 13


@dataclass(frozen=True)
class View:
    """How a table is drawn: `mark` (line, band, bars, dots, heat) and the columns mapped to its channels.

    `x`, `y`: columns; `low`, `high`: ends of intervals; `colour`, `panel`: columns that separate series; `points`: a
    column drawn as points under a line; `table`: the table of the result, empty for the main one; `where`: pairs of a
    column and the value required in it.
    """

    mark: str
    x: str
    y: str
    low: str = ""
    high: str = ""
    colour: str = ""
    panel: str = ""
    table: str = ""
    where: tuple[tuple[str, object], ...] = ()
    points: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: its Vega-Lite `spec`, displayed in notebooks, saved as SVG, PNG, PDF or JSON (extra `report`).

    In Altair: `altair.Chart.from_dict(chart.spec)`.
    """

    spec: Spec
    language: str = "en"
    name: str = "chart"

    def svg(self) -> str:
        """The chart as SVG text.

        Raises
        ------
        BadInput
            The extra `report` is not installed.
        """
        return str(_renderer()(self.spec, self.language).svg(self.name))

    def save(self, path: str | Path) -> Path:
        """Write the chart to a file; the suffix determines the format: .svg, .png, .pdf or .json (Vega-Lite).

        Raises
        ------
        BadInput
            Another suffix; the extra `report` is not installed; the file cannot be written.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise BadInput("estimation.choice", option="path", value=target.name, known=", ".join(SUFFIXES))
        if suffix == ".json":
            import json

            content = json.dumps(self.spec, ensure_ascii=False, indent=1).encode()
        elif suffix == ".svg":
            content = self.svg().encode()
        else:
            text = self.svg()
            import vl_convert

            content = vl_convert.svg_to_png(text, scale=2) if suffix == ".png" else vl_convert.svg_to_pdf(text)
        with written(target):
            target.write_bytes(content)
        return target

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"application/vnd.vegalite.v6+json": self.spec, "text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = self.svg()
        except BadInput:
            return bundle
        return bundle

    def __repr__(self) -> str:
        return f"<Chart {self.name}>"


def _renderer() -> type[Picture]:
    try:
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise BadInput("face.plot.extra") from error
    from qonys.figures.render import Picture

    return Picture


def chart_of(frame: pl.DataFrame, view: View, title: str, language: str) -> Chart:
    """The chart of a table, drawn as its view specifies: columns x, y, low, high, colour and panel of `view`."""
    for column, value in view.where:
        frame = frame.filter(pl.col(column) == value)
    used = [
        name
        for name in (view.x, view.y, view.low, view.high, view.colour, view.panel, view.points)
        if name in frame.columns
    ]
    rows = frame.select(list(dict.fromkeys(used))).to_dicts()
    layers = {"heat": _heat, "bars": _bars, "dots": _dots}.get(view.mark, _lines)(view, frame, language)
    named = {"title": {"text": title, "anchor": "start", "fontSize": 13}} if title else {}
    spec: Spec = {**named, "data": {"name": "rows", "values": rows}}
    inner = {"layer": layers} if len(layers) > 1 else layers[0]
    if not view.panel or view.panel not in frame.columns:
        whole = {**spec, "width": PRINT.width, "height": _height(view, frame), **inner}
        return Chart(document(PRINT, whole), language, "result")
    panel = {"field": view.panel, "title": None}
    size = {"width": 170, "height": 130}
    return Chart(document(PRINT, {**spec, "facet": panel, "columns": 3, "spec": {**size, **inner}}), language, "result")


def column_title(column: str, language: str) -> str:
    """Axis title of a column: its name in the catalogues, otherwise the column name."""
    for key in (f"face.column.{column}", f"labs.column.{column}"):
        if words.has(key, language):
            return words.text(key, language)
    return column.replace("_", " ")


def _height(view: View, frame: pl.DataFrame) -> int:
    """Height in pixels; each row of a dot plot or heat map needs a line."""
    if view.mark in ("heat", "dots") and view.y in frame.columns:
        return max(60, min(24 * frame[view.y].n_unique(), 700))
    return HEIGHT


def _axis(column: str, frame: pl.DataFrame, language: str) -> Spec:
    """Encoding of a column: numbers on a scale without a forced zero, labels in the order of the table."""
    kind = frame.schema[column]
    title = column_title(column, language)
    if not kind.is_numeric():
        return {"field": column, "type": "nominal", "title": title, "sort": None}
    plain = column in ("year", "time", "period", "start", "end", "date")
    axis: Spec = {"format": "d"} if plain else {}
    return {"field": column, "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": False}}


def _colour(view: View, frame: pl.DataFrame, language: str) -> Spec:
    if not view.colour or view.colour not in frame.columns:
        return {"value": BLUE}
    title = column_title(view.colour, language)
    return {"field": view.colour, "type": "nominal", "title": title, "sort": None, "scale": {"range": SEQUENCE}}


def _ends(view: View, frame: pl.DataFrame) -> bool:
    """Whether the table has intervals to draw."""
    return bool(view.low) and view.low in frame.columns and frame[view.low].null_count() < frame.height


def _lines(view: View, frame: pl.DataFrame, language: str) -> list[Spec]:
    x, y = _axis(view.x, frame, language), _axis(view.y, frame, language)
    colour = _colour(view, frame, language)
    layers: list[Spec] = []
    if _ends(view, frame):
        ends = {"y": {**y, "field": view.low}, "y2": {"field": view.high}}
        layers.append({"mark": {"type": "area", "opacity": 0.2}, "encoding": {"x": x, **ends, "color": colour}})
    seen = view.points in frame.columns
    if seen:
        dots = {"type": "point", "filled": True, "size": 22, "color": GREY}
        layers.append({"mark": dots, "encoding": {"x": x, "y": {**y, "field": view.points}}})
    mark = {"type": "line", "point": frame.height < 60 and not seen}
    layers.append({"mark": mark, "encoding": {"x": x, "y": y, "color": colour}})
    return layers


def _bars(view: View, frame: pl.DataFrame, language: str) -> list[Spec]:
    x, y = _axis(view.x, frame, language), {**_axis(view.y, frame, language), "scale": {"zero": True}}
    x = {**x, "type": "ordinal", "axis": {"labelAngle": 0 if frame[view.x].n_unique() < FEW else -90}}
    encoding: Spec = {"x": x, "y": y, "color": _colour(view, frame, language)}
    if view.colour in frame.columns and view.colour not in (view.x, ""):
        encoding["xOffset"] = {"field": view.colour, "sort": None}
    layers: list[Spec] = [{"mark": {"type": "bar"}, "encoding": encoding}]
    if _ends(view, frame):
        ends = {"y": {"field": view.low, "type": "quantitative"}, "y2": {"field": view.high}}
        places = {name: encoding[name] for name in ("x", "xOffset") if name in encoding}
        layers.append({"mark": {"type": "rule", "color": INK}, "encoding": {**places, **ends}})
    return layers


def _dots(view: View, frame: pl.DataFrame, language: str) -> list[Spec]:
    x, y = _axis(view.x, frame, language), {**_axis(view.y, frame, language), "type": "nominal", "sort": None}
    encoding: Spec = {"x": x, "y": y, "color": _colour(view, frame, language)}
    layers: list[Spec] = []
    if _ends(view, frame):
        ends = {"x": {**x, "field": view.low}, "x2": {"field": view.high}}
        layers.append({"mark": {"type": "rule"}, "encoding": {**encoding, **ends}})
    layers.append({"mark": {"type": "point", "filled": True, "size": 50}, "encoding": encoding})
    return layers


def _heat(view: View, frame: pl.DataFrame, language: str) -> list[Spec]:
    value = {"field": view.colour, "type": "quantitative", "title": column_title(view.colour, language)}
    x, y = (_axis(column, frame, language) for column in (view.x, view.y))
    upright = {"labelAngle": 0 if frame[view.x].n_unique() < FEW else -90}
    both = {
        "x": {**x, "type": "nominal", "sort": "ascending", "axis": upright},
        "y": {**y, "type": "nominal", "sort": "ascending"},
    }
    return [{"mark": {"type": "rect"}, "encoding": {**both, "color": {**value, "scale": {"scheme": "blues"}}}}]
