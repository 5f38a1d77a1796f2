"""The appendices of details: figures and tables that the chapters refer to and do not print, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qonys.figures.render import size_of
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Heading, Section, Table
from qonys.report.pages import PAGE_WIDTH, filling

KEYS = ("detail_figures", "details")
WIDTH = 465.0  # points: of the text, and of a drawing that fills it
AROUND = 100.0  # points that the caption, the source and the distance to the next one take
SMALLER = 0.82  # how far drawings may be made smaller so that a page takes one more


def gathered(context: Context, sections: Sequence[Section], after: str) -> list[Section]:
    """The sections without their details, which follow the section `after` (or the last one) in their own.

    Figures stand as they fill pages, tables by chapter.
    """
    figures: list[Figure] = []
    tables: list[Block] = []
    kept = []
    for section in sections:
        own = [block for block in section.blocks if isinstance(block, Figure | Table) and block.detail]
        figures += [block for block in own if isinstance(block, Figure)]
        shown = [block for block in own if isinstance(block, Table)]
        tables += [Heading(section.title), *shown] if shown else []
        kept.append(replace(section, blocks=tuple(block for block in section.blocks if block not in own)))
    appendices = [
        Section(key, context.say(f"chapter.{key}"), (context.paragraph(f"{key}.intro"), *moved))
        for key, moved in zip(KEYS, (_filling(figures), tables), strict=True)
        if moved
    ]
    place = next((number for number, one in enumerate(kept, 1) if one.key == after), len(kept))
    return [*kept[:place], *appendices, *kept[place:]]


def _filling(figures: Sequence[Figure]) -> list[Block]:
    """The figures in an order that leaves few pages half empty."""
    sizes = [size_of(figure.svg) for figure in figures]
    heights = [SMALLER * WIDTH * height / max(width, PAGE_WIDTH) + AROUND for width, height in sizes]
    return [figures[place] for place in filling(heights, AROUND)]
