"""The chart contract: one state of a chart as picture, table or description."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from qonys import __version__
from qonys.catalog.bibliography import Reference, references
from qonys.errors import BadInput, UnknownName
from qonys.figures.drawing import Drawing
from qonys.figures.geography.plane import text
from qonys.figures.render import vega_svg
from qonys.figures.style import wrapped
from qonys.web.calendar import time_locale
from qonys.web.chart_requests import ChartRequest, drawn
from qonys.web.render_worker import apart, pdf, png
from qonys.web.view import View

PAD = 20
NAMED = ("region", "origin", "destination", "country", "partner")


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


def with_fonts(svg: str) -> str:
    """A picture that names other fonts after ours, for readers that do not have it."""
    return svg.replace('font-family="Inter"', "font-family=\"Inter, 'Noto Sans', 'Segoe UI', Arial, sans-serif\"")


def _png(asked: ChartRequest, base: str) -> bytes:
    return apart(png, picture(asked, base))


def _pdf(asked: ChartRequest, base: str) -> bytes:
    return apart(pdf, picture(asked, base))


def labelled(asked: ChartRequest) -> pl.DataFrame:
    """The figures with their codes, and the names of regions and countries beside them."""
    frame, view = drawn(asked).frame, asked.view
    regions = set(view.site.pack.regions()["region"])
    for column in NAMED:
        if column in frame.columns and frame.schema[column] == pl.String:
            codes = [c for c in frame[column].unique() if c is not None]
            names = {c: view.region(c) if c in regions else _country(view, c) for c in codes}
            label = pl.col(column).replace_strict(names, default=None, return_dtype=pl.String).alias(f"{column}_name")
            place = frame.columns.index(column) + 1
            frame = frame.select(*frame.columns[:place], label, *frame.columns[place:])
    return frame


def _country(view: View, code: str) -> str | None:
    try:
        return view.country(code)
    except UnknownName:
        return None


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheets know it."""
    return b"\xef\xbb\xbf" + frame.write_csv().encode()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Parquet."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def workbook_bytes(frame: pl.DataFrame, facts: dict[str, Any]) -> bytes:
    """An Excel workbook: the figures, and a second sheet that says where they come from."""
    import xlsxwriter

    buffer = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(buffer, safe) as book:
        sheet, bold = book.add_worksheet("data"), book.add_format({"bold": True})
        sheet.write_row(0, 0, frame.columns, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(frame.iter_rows(), 1):
            for place, value in enumerate(row):
                _write(sheet, number, place, value)
        sheet.set_column(0, max(0, frame.width - 1), 18)
        about = book.add_worksheet("about")
        about.set_column(0, 0, 18)
        about.set_column(1, 1, 110)
        for number, (name, value) in enumerate(facts.items()):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: object) -> None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


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
    "csv": Form("text/csv; charset=utf-8", lambda asked, base: csv_bytes(labelled(asked))),
    "xlsx": Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda asked, base: apart(workbook_bytes, labelled(asked), metadata(asked, base)),
        slow=True,
    ),
    "parquet": Form("application/vnd.apache.parquet", lambda asked, base: parquet_bytes(labelled(asked))),
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
