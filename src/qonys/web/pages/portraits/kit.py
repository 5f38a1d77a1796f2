"""What a page about one thing is made of: cells that link other things, tables that say when nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qonys.figures.edition import MARK
from qonys.web.content import Block, Cell, Heading, Rows, Text
from qonys.web.kinds import KINDS, address, codes_of
from qonys.web.view import View


def named(view: View, kind: str, code: str) -> Cell:
    """The name of a thing with its page, where it has one."""
    name = KINDS[kind].short(view.context, code)
    return Cell(name, address(view.language, kind, code) if code in codes_of(view.site, kind) else None)


def marked(view: View, text: str, sources: Iterable[str]) -> str:
    """A text with the mark of what is quoted."""
    return text + (MARK if view.context.quoted(tuple(sources)) else "")


def table(
    view: View, title: str, head: Sequence[str], rows: Sequence[tuple[Cell, ...]], source: str, nothing: str
) -> list[Block]:
    """A table under its heading (key ``portrait.<title>``); without rows the sentence `nothing` (a whole key)."""
    name = f"portrait.{title}"
    heading = Heading(view.say(name), title)
    if not rows:
        return [heading, Text(view.say(nothing))]
    return [heading, Rows(view.say(f"{name}.caption"), tuple(head), tuple(rows), _sides(rows), source)]


def _sides(rows: Sequence[tuple[Cell, ...]]) -> str:
    """Names and intervals to the left, where they may run over two lines; numbers to the right."""
    columns = list(zip(*rows, strict=True))[1:]
    return "l" + "".join("l" if any(" … " in cell.text for cell in column) else "r" for column in columns)
