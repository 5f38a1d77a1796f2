"""From the document model to one HTML file that works from disk."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from qonys.figures.render import FONTS
from qonys.report.document import CHAPTER, Document, Figure, Table
from qonys.report.lists import entries_of
from qonys.report.origins import linked

FOLDER = Path(__file__).parent


def html_text(document: Document) -> str:
    """The document as one HTML file: fonts and figures inside, no request to anywhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("page.html.j2")
    anchors = {figure.key: figure.key for figure in document.figures()}
    anchors |= {table.key: f"table-{table.key}" for table in document.tables()}
    anchors |= {CHAPTER + section.key: section.key for section in document.sections}
    lists = [
        (document.labels[name], entries)
        for name, kind in (("figure_list", Figure), ("table_list", Table))
        if (entries := entries_of(document, kind))
    ]
    given = {"lists": lists, "d": document, "kind": lambda b: type(b).__name__, "anchor": anchors, "linked": linked}
    draft = template.render(**given, fonts={"regular": "", "semibold": ""})
    letters = "".join(sorted(set(draft)))
    fonts = {name.lower(): _subset(name, letters) for name in ("Regular", "SemiBold")}
    return template.render(**given, fonts=fonts)


def _subset(weight: str, letters: str) -> str:
    """The font with only `letters`, base64."""
    from fontTools import subset

    options = subset.Options(layout_features=["kern", "tnum", "mark", "mkmk", "ccmp"], notdef_outline=True)
    font = subset.load_font(str(FONTS / f"Inter-{weight}.otf"), options)
    chosen = subset.Subsetter(options)
    chosen.populate(text=letters)
    chosen.subset(font)
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=None)
    font.close()
    return base64.b64encode(buffer.getvalue()).decode()
