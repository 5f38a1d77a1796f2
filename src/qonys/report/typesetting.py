"""From the document model to Typst and PDF (PDF/A-2a and PDF/UA-1)."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from qonys.errors import RenderFailed
from qonys.figures.render import FONTS, size_of
from qonys.report.columns import letters, shares
from qonys.report.document import (
    CHAPTER,
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Link,
    Note,
    Paragraph,
    Section,
    See,
    Table,
    Value,
)
from qonys.report.lists import entries_of
from qonys.report.pages import PAGE_WIDTH, ROOM, Arrangement, Piece, Step, arranged

FOLDER = Path(__file__).parent
ROWS_TOGETHER = 24
LONG = 380.0  # points: a table that is higher breaks between pages
FEW, LOW = 8, 190.0  # rows and points that stay together where nothing moves, so that a page is never a third empty
BROKEN = 40.0  # points that its break takes: a heading once more and the row that does not fit
ENOUGH = 0.28  # share of a page from which the next chapter begins on it
AROUND = 40.0  # points above and below the title of a chapter that begins within a page
_SPECIAL = re.compile(r"([\\#$*_`<>@\[\]~=+/\-])")


def escaped(text: str) -> str:
    """Text as Typst markup that shows it to the letter."""
    return _SPECIAL.sub(r"\\\1", text)


def quoted(text: str) -> str:
    """Text as a Typst string."""
    return json.dumps(text, ensure_ascii=False)


def typst_source(document: Document, sizes: Mapping[str, tuple[float, float]] | None = None) -> str:
    """The whole document as Typst text; figures are read from `<key>.svg` beside it.

    `sizes`: heights of blocks as `_sizes` measures them, by which pages are arranged; without them figures and tables
    of few rows stand where there is room.
    """
    parts = [*_head(document), (FOLDER / "opening.typ").read_text(encoding="utf-8"), *_lists(document)]
    free = 0.0
    for number, section in enumerate(document.sections):
        heights = [sizes[f"{number}.{place}"] if sizes else (0.0, 0.0) for place in range(len(section.blocks))]
        title = sizes[str(number)][0] if sizes else None
        onward = title is not None and _runs_on(section, free)
        parts.append(_opened(section, onward))
        above = None if title is None else title + (ROOM - free + AROUND) * onward
        laid = _order(section, heights, above)
        parts += [_set(step, section, document, heights) for step in laid.steps]
        free = 0.0 if section.apart else laid.free
    return "\n\n".join(parts)


def _runs_on(section: Section, free: float) -> bool:
    """Whether a chapter begins on the last page of the one before, of which `free` points are empty."""
    return free >= ENOUGH * ROOM and not section.apart


def _opened(section: Section, onward: bool) -> str:
    """The title of a chapter, at the head of a page or below the chapter before."""
    title = f"= {escaped(section.title)} <{CHAPTER}{section.key}>"
    return f"#place.flush()\n#onward[\n{title}\n]" if onward else f"#chapter()\n{title}"


def _set(step: Step, section: Section, document: Document, heights: Sequence[tuple[float, float]]) -> str:
    """A step of a chapter's arrangement as Typst text; `heights` as in `_sizes`, by block."""
    if step.place is None:
        return "#pagebreak(weak: true)"
    block = section.blocks[step.place]
    body = _block(block, document, step.scale)
    if not isinstance(block, Figure | Table):
        return body
    most = (FEW, LOW) if any(isinstance(one, Heading) for one in section.blocks) else (ROWS_TOGETHER, LONG)
    whole = "true" if _together(block, heights[step.place][0], *most) else "false"
    return f"#stand({step.side}, whole: {whole}, {body})"


def _head(document: Document) -> list[str]:
    """The words of the document and the definitions of its parts."""
    labels = document.labels
    names = {"lang": document.language, "title": document.title, "subtitle": document.subtitle}
    names |= {"imprint": document.imprint, **{name: labels[name] for name in ("contents", "legend")}}
    definitions = (FOLDER / "template.typ").read_text(encoding="utf-8")
    return [*(f"#let {name} = {quoted(text)}" for name, text in names.items()), definitions]


def _lists(document: Document) -> list[str]:
    """Lists of figures and of tables, where there are any."""
    found = []
    for name, kind in (("figure_list", Figure), ("table_list", Table)):
        entries = [
            f"#listed({quoted(one.key)})[{escaped(one.number)}][{escaped(one.title)}]"
            for one in entries_of(document, kind)
        ]
        if entries:
            found.append(f"#list-title({quoted(document.labels[name])})\n" + "\n".join(entries))
    return ["#lists[\n" + "\n".join(found) + "\n]"] if found else []


def _order(section: Section, heights: Sequence[tuple[float, float]], title: float | None) -> Arrangement:
    """The blocks of a section in the order in which they are set; `title`: height down to its text, if measured.

    In a section with headings everything stays under its heading.
    """
    blocks = section.blocks
    floats = [_together(block, height) for block, (height, _) in zip(blocks, heights, strict=True)]
    if any(isinstance(block, Heading) for block in blocks):
        return Arrangement(tuple(Step(place) for place in range(len(blocks))), 0.0)
    if title is None:
        return Arrangement(tuple(Step(place, "auto" if moves else "none") for place, moves in enumerate(floats)), 0.0)
    pieces = []
    for block, moves, (height, drawn) in zip(blocks, floats, heights, strict=True):
        long = isinstance(block, Table) and not moves
        pieces.append(Piece(height + BROKEN * long, type(block).__name__ if moves else "", drawn))
    return arranged(pieces, title)


def _together(block: Block, height: float, rows: int = ROWS_TOGETHER, most: float = LONG) -> bool:
    """Whether a block stands on one page: a table of more rows or higher than the `most` breaks between pages."""
    short = isinstance(block, Table) and len(block.rows) <= rows and height <= most
    return short or isinstance(block, Figure)


def _block(block: Block, document: Document, scale: float = 1.0) -> str:
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
            file, wide = quoted(block.key + ".svg"), f"{scale * _width(block):.1f}%"
            texts = f"[{escaped(caption)}][{escaped(source)}]"
            return f"picture({quoted(block.key)}, {file}, {wide}, {quoted(block.alt)}){texts}"
        case Table():
            return _table(block, document.numbers[block.key], labels)


def _width(figure: Figure) -> float:
    """Width of a drawing, percent of that of the text."""
    return min(100.0, 100 * size_of(figure.svg)[0] / PAGE_WIDTH)


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


def _table(table: Table, number: int, labels: dict[str, str]) -> str:
    caption = f"{labels['table'].format(n=number)} {table.caption}"
    source = f"{labels['source']} {table.source}" if table.source else ""
    columns = ", ".join(f"{width:.1f}fr" for width in shares(table))
    align = ", ".join("right" if letter == "r" else "left" for letter in table.align)
    head = ", ".join(f"[{escaped(cell)}]" for cell in table.head)
    cells = ",\n".join(", ".join(f"[{escaped(cell)}]" for cell in row) for row in table.rows)
    size = f"{letters(table):.2f}pt"
    return (
        f"sheet({quoted(table.key)}, [{escaped(caption)}], [{escaped(source)}], {size}, "
        f"table(columns: ({columns}), align: ({align},),\n"
        f"table.header({head}),\n{cells}))"
    )


def _sizes(document: Document, folder: Path) -> dict[str, tuple[float, float]]:
    """Heights in points: of each section's title by its number, of each block by the numbers of section and block.

    The second height is that of the drawing alone.
    """
    import typst

    parts = _head(document)
    for number, section in enumerate(document.sections):
        parts.append(f"#sized({quoted(str(number))}, title-block[{escaped(section.title)}], none)")
        for place, block in enumerate(section.blocks):
            body = _block(_unlinked(block), document)
            drawing = "none"
            if isinstance(block, Figure):
                drawing = f"drawing({quoted(block.key + '.svg')}, {_width(block):.1f}%, {quoted(block.alt)})"
            body = body if isinstance(block, Figure | Table) else f"[{body}]"
            parts.append(f"#sized({quoted(f'{number}.{place}')}, {body}, {drawing})")
    source = folder / "sizes.typ"
    source.write_text("\n\n".join(parts), encoding="utf-8")
    found = typst.query(str(source), "<size>", field="value", root=str(folder), font_paths=[str(FONTS)],
                        ignore_system_fonts=True)  # fmt: skip
    return {key: (float(whole), float(drawn)) for key, whole, drawn in json.loads(found)}


def _unlinked(block: Block) -> Block:
    """A block whose links are plain words, so that it can stand where what they lead to is not."""
    if not isinstance(block, Paragraph):
        return block
    return Paragraph(tuple(run.shown if isinstance(run, Link) else run for run in block.runs))


def pdf_bytes(document: Document) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1; the same document gives the same bytes."""
    import typst

    day = datetime.fromisoformat(document.date).replace(tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        for figure in document.figures():
            (Path(folder) / f"{figure.key}.svg").write_text(figure.svg, encoding="utf-8")
        source = Path(folder) / "report.typ"
        try:
            source.write_text(typst_source(document, _sizes(document, Path(folder))), encoding="utf-8")
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
