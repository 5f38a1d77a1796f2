"""The chart contract: one state of a chart as picture, table or description."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from qonys import __version__
from qonys.catalog.bibliography import Reference, references
from qonys.catalog.code_names import with_names
from qonys.errors import BadInput, UnknownName
from qonys.figures.drawing import Drawing
from qonys.figures.geography.plane import text
from qonys.figures.keys import WIDE, Key, keys_of
from qonys.figures.render import vega_svg
from qonys.figures.style import wrapped
from qonys.study.runs.units import MIXED
from qonys.web.calendar import time_locale
from qonys.web.chart_requests import ChartRequest, drawn
from qonys.web.render_worker import apart, pdf, png
from qonys.web.tabular import MEDIA, csv_bytes, cube_bytes, parquet_bytes, sheet_frame, workbook_bytes
from qonys.web.view import View

PAD = 20


@dataclass(frozen=True)
class Form:
    """One form of the contract: media type and whether it takes a while to make."""

    media: str
    make: Callable[[ChartRequest, str], bytes]
    slow: bool = False

    def gate(self, asked: ChartRequest) -> str:
        """Where its makers wait."""
        return "narrow" if self.slow else asked.chart.gate


def svg_of(view: View, drawing: Drawing) -> str:
    """The bare picture as SVG text.

    Raises
    ------
    UnknownName
        The drawing is a table and has no picture.

    """
    if drawing.svg is not None:
        return drawing.svg
    if drawing.spec is None:
        raise UnknownName("web.chart.no_picture", name=drawing.title)
    return apart(vega_svg, drawing.spec, view.language, time_locale(view.language))


def picture(asked: ChartRequest, base: str) -> str:
    """The whole picture: title, what it shows, the chart, and source, release and link below."""
    view, drawing = asked.view, drawn(asked)
    inner = svg_of(view, drawing)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', inner)
    wide, high = (float(part) for part in box.groups()) if box else (view.width, 400.0)
    width = max(wide, view.width) + 2 * PAD
    letters = (width - 2 * PAD) / 6.1
    body, y = [], PAD + 14.0
    for line in wrapped(drawing.title, letters * 6.1 / 9.6):
        body.append(text(PAD, y, escape(line, quote=False), 18, "start", 'font-weight="600"'))
        y += 24
    for line in wrapped(drawing.sentence, letters * 6.1 / 7.1):
        body.append(text(PAD, y, line, 13, "start"))
        y += 18
    head = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", inner)
    head = re.sub(r"<svg ", f'<svg x="{(width - wide) / 2:.1f}" y="{y:.1f}" ', head, count=1)
    y += high + 22
    foot = []
    for row in key_lines(keys_of(drawing.spec) if drawing.spec is not None else (), width - 2 * PAD):
        for left, key in row:
            foot += [key.drawn(PAD + left, y - 10), text(PAD + left + WIDE + 6, y, key.text, 11, "start")]
        y += 19
    release = view.say("web.picture.release", release=view.site.release, link=base + asked.link())
    for line in [*wrapped(f"{view.say('web.chart.source')} {drawing.source}", letters), *wrapped(release, letters)]:
        foot.append(text(PAD, y, line, 11, "start", 'fill-opacity="0.75"'))
        y += 15
    name = escape(drawing.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:.0f}" '
        f'height="{y + 6:.0f}" viewBox="0 0 {width:.0f} {y + 6:.0f}" role="img" aria-labelledby="t d">'
        f'<title id="t">{name}</title><desc id="d">{escape(drawing.sentence)}</desc>'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(body)}{head}{"".join(foot)}</svg>'
    )


def key_lines(keys: Iterable[Key], width: float) -> list[list[tuple[float, Key]]]:
    """Signs of a key in lines of a width, each with its place from the left."""
    lines: list[list[tuple[float, Key]]] = []
    left = 0.0
    for key in keys:
        wide = WIDE + 6 + 6.3 * len(key.text) + 18
        if not lines or left + wide > width:
            lines.append([])
            left = 0.0
        lines[-1].append((left, key))
        left += wide
    return lines


def with_fonts(svg: str) -> str:
    """A picture that names other fonts after ours, for readers that do not have it."""
    return svg.replace('font-family="Inter"', "font-family=\"Inter, 'Noto Sans', 'Segoe UI', Arial, sans-serif\"")


def _png(asked: ChartRequest, base: str) -> bytes:
    return apart(png, picture(asked, base))


def _pdf(asked: ChartRequest, base: str) -> bytes:
    return apart(pdf, picture(asked, base))


def metadata(asked: ChartRequest, base: str) -> dict[str, Any]:
    """What must travel with the figures."""
    view, drawing = asked.view, drawn(asked)
    site = view.site
    known = references(site.pack, view.language)
    rows = site.pack.sources().filter(pl.col("id").is_in(list(drawing.sources)))
    forms = {
        form: f"{base}/{view.language}/chart/{asked.name}.{form}" + (f"?{asked.query}" if asked.query else "")
        for form in FORMS
    }
    return {
        "id": asked.name,
        "title": drawing.title,
        "shows": drawing.sentence,
        "language": view.language,
        "state": dict(view.state),
        "unit": drawing.unit,
        "evidence_rank": drawing.rank,
        "method": drawing.method,
        "columns": {name: str(kind) for name, kind in drawing.frame.schema.items()},
        "rows": drawing.frame.height,
        "source": drawing.source,
        "sources": [_cited(row, known[row["id"]]) for row in rows.iter_rows(named=True)],
        "notes": list(drawing.notes),
        "data_release": site.results.release,
        "results": site.model,
        "program": f"Qonys {__version__}",
        "link": base + asked.link(),
        "forms": forms,
        "citation": f"{drawing.title}. {drawing.source} Qonys {__version__}, data release {site.release}. "
        f"{base}{asked.link()}",
    }


def labelled(asked: ChartRequest) -> pl.DataFrame:
    """The figures with their codes, names in the reader's language beside them, and their unit."""
    view, drawing = asked.view, drawn(asked)
    frame, unit = drawing.frame, drawing.unit
    if unit and unit not in MIXED and "unit" not in frame.columns:
        frame = frame.with_columns(pl.lit(unit).alias("unit"))
    return with_names(frame, view.site.pack, view.language)


def as_read(asked: ChartRequest) -> pl.DataFrame:
    """The table under the chart: its headings, names and units, numbers as numbers; codes beside where the rows agree.

    A number that the page rounds is rounded here too; the figures themselves are in the other files.
    """
    drawing = drawn(asked)
    found = sheet_frame(drawing.sheet.head, drawing.sheet.rows, drawing.sheet.align, asked.view.language)
    if found.height != drawing.frame.height:
        return found
    codes = [name for name, kind in drawing.frame.schema.items() if kind == pl.String and name not in found.columns]
    return pl.concat([found, drawing.frame.select(codes)], how="horizontal") if codes else found


def _cube(asked: ChartRequest, base: str, form: str) -> bytes:
    view, drawing = asked.view, drawn(asked)
    about = {
        "name": asked.name,
        "label": drawing.title,
        "source": drawing.source,
        "note": [drawing.sentence, *drawing.notes],
        "extension": {"link": base + asked.link(), "unit": drawing.unit, "method": drawing.method},
    }
    return cube_bytes(form, drawing.frame, view.site.pack, view.language, about)


def _cited(row: dict[str, Any], one: Reference) -> dict[str, Any]:
    """A source in the language of the chart, its dates and terms as the pack states them."""
    kept = {name: row[name] for name in ("id", "year", "licence", "licence_class", "accessed")}
    return kept | {"title": one.title, "publisher": one.publisher, "address": one.address}


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()


def _spec(asked: ChartRequest, base: str) -> bytes:
    del base
    spec = drawn(asked).spec
    if spec is None:
        raise UnknownName("web.chart.no_picture", name=asked.name)
    return _json(spec)


FORMS: dict[str, Form] = {
    "svg": Form("image/svg+xml", lambda asked, base: with_fonts(picture(asked, base)).encode(), slow=True),
    "plain.svg": Form(
        "image/svg+xml", lambda asked, base: with_fonts(svg_of(asked.view, drawn(asked))).encode(), slow=True
    ),
    "png": Form("image/png", _png, slow=True),
    "pdf": Form("application/pdf", _pdf, slow=True),
    "csv": Form(MEDIA["csv"], lambda asked, base: csv_bytes(labelled(asked))),
    "xlsx": Form(
        MEDIA["xlsx"],
        lambda asked, base: apart(workbook_bytes, labelled(asked), metadata(asked, base), as_read(asked)),
        slow=True,
    ),
    "parquet": Form(MEDIA["parquet"], lambda asked, base: parquet_bytes(labelled(asked))),
    "page.csv": Form(MEDIA["csv"], lambda asked, base: csv_bytes(as_read(asked))),
    "jsonstat.json": Form(MEDIA["jsonstat"], lambda asked, base: _cube(asked, base, "jsonstat")),
    "sdmx.csv": Form(MEDIA["sdmx-csv"], lambda asked, base: _cube(asked, base, "sdmx-csv")),
    "metadata.json": Form("application/json", lambda asked, base: _json(metadata(asked, base))),
    "vl.json": Form("application/json", _spec),
}


def form_of(name: str) -> Form:
    """A form of the contract.

    Raises
    ------
    BadInput
        There is no such form.

    """
    if name not in FORMS:
        raise BadInput("web.chart.form", form=name[:30], known=", ".join(FORMS))
    return FORMS[name]
