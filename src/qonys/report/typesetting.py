"""From the document model to Typst and PDF (PDF/A-2a and PDF/UA-1)."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from qonys.errors import RenderFailed
from qonys.figures.render import FONTS, width_of
from qonys.report.columns import letters, shares
from qonys.report.document import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Link,
    Note,
    Paragraph,
    See,
    Table,
    Value,
)

FOLDER = Path(__file__).parent
ROWS_TOGETHER = 24
PAGE_WIDTH = 660.0  # pixels of a drawing that fills the width of the page; a narrower one keeps the size of its letters
_SPECIAL = re.compile(r"([\\#$*_`<>@\[\]~=+/\-])")


def escaped(text: str) -> str:
    """Text as Typst markup that shows it to the letter."""
    return _SPECIAL.sub(r"\\\1", text)


def quoted(text: str) -> str:
    """Text as a Typst string."""
    return json.dumps(text, ensure_ascii=False)


def typst_source(document: Document) -> str:
    """The whole document as Typst text; figures are read from `<key>.svg` beside it."""
    labels = document.labels
    template = (FOLDER / "template.typ").read_text(encoding="utf-8")
    head = [
        f"#let lang = {quoted(document.language)}",
        f"#let title = {quoted(document.title)}",
        f"#let subtitle = {quoted(document.subtitle)}",
        f"#let imprint = {quoted(document.imprint)}",
        f"#let contents = {quoted(labels['contents'])}",
        f"#let legend = {quoted(labels['legend'])}",
        template,
    ]
    for section in document.sections:
        head.append(f"#chapter()\n= {escaped(section.title)}")
        sides = iter(_sides(section.blocks))
        head += [_block(block, next(sides), document) for block in section.blocks]
    return "\n\n".join(head)


def _sides(blocks: Sequence[Block]) -> list[str]:
    """Where each block stands: the first that moves at the foot of its page, under the text; `none` stays in the text.

    Figures and tables of few rows move; a table of many rows breaks between pages. In a section with headings
    everything stays under its heading.
    """
    if any(isinstance(block, Heading) for block in blocks):
        return ["none"] * len(blocks)
    sides, side = [], "bottom"
    for block in blocks:
        moves = isinstance(block, Figure) or (isinstance(block, Table) and len(block.rows) <= ROWS_TOGETHER)
        sides.append(side if moves else "none")
        side = "auto" if moves else side
    return sides


def _block(block: Block, side: str, document: Document) -> str:
    labels = document.labels
    match block:
        case Paragraph():
            return "".join(_run(run) for run in block.runs)
        case Heading():
            return f"== {escaped(block.text)}"
        case Note():
            return f"#caution({quoted(labels['note'])})[{escaped(block.text)}]"
        case Bullets():
            return "\n".join(f"- {escaped(item)}" for item in block.items)
        case Figure():
            caption = f"{labels['figure'].format(n=document.numbers[block.key])} {block.caption}"
            source = f"{labels['source']} {block.source}"
            file, wide = quoted(block.key + ".svg"), f"{min(100.0, 100 * width_of(block.svg) / PAGE_WIDTH):.1f}%"
            texts = f"[{escaped(caption)}][{escaped(source)}]"
            return f"#picture({side}, {quoted(block.key)}, {file}, {wide}, {quoted(block.alt)}){texts}"
        case Table():
            return _table(block, side, document.numbers[block.key], labels)


def _run(run: str | Value | See | Link) -> str:
    """Text, a value or a link; the semicolon ends the two latter, so that one of the text that follows is shown."""
    match run:
        case Value():
            return f"#num[{escaped(run.shown)}];"
        case Link():
            return f"#link(label({quoted(run.key)}))[{escaped(run.shown)}];"
        case See():
            return ""
    return escaped(run)


def _table(table: Table, side: str, number: int, labels: dict[str, str]) -> str:
    caption = f"{labels['table'].format(n=number)} {table.caption}"
    source = f"{labels['source']} {table.source}" if table.source else ""
    columns = ", ".join(f"{width:.1f}fr" for width in shares(table))
    align = ", ".join("right" if letter == "r" else "left" for letter in table.align)
    head = ", ".join(f"[{escaped(cell)}]" for cell in table.head)
    cells = ",\n".join(", ".join(f"[{escaped(cell)}]" for cell in row) for row in table.rows)
    size = f"{letters(table):.2f}pt"
    return (
        f"#sheet({side}, {quoted(table.key)}, [{escaped(caption)}], [{escaped(source)}], {size}, "
        f"table(columns: ({columns}), align: ({align},),\n"
        f"table.header({head}),\n{cells}))"
    )


def pdf_bytes(document: Document) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1; the same document gives the same bytes."""
    import typst

    day = datetime.fromisoformat(document.date).replace(tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        for figure in document.figures():
            (Path(folder) / f"{figure.key}.svg").write_text(figure.svg, encoding="utf-8")
        source = Path(folder) / "report.typ"
        source.write_text(typst_source(document), encoding="utf-8")
        try:
            return bytes(
                typst.compile(
                    str(source),
                    root=folder,
                    font_paths=[str(FONTS)],
                    ignore_system_fonts=True,
                    format="pdf",
                    pdf_standards=["a-2a", "ua-1"],
                    timestamp=int(day.timestamp()),
                )
            )
        except RuntimeError as error:
            raise RenderFailed("report.typst_failed", reason=" ".join(str(error).split())[:400]) from error
