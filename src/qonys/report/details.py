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


def gathered(
    context: Context, sections: Sequence[Section], after: str, order: Sequence[str] = ()
) -> list[Section]:
    """The sections without their details, which follow the section `after` (or the last one) in their own.

    Figures stand in their `order` (keys), what it does not name after it; tables by chapter.
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
        for key, moved in zip(KEYS, (_ordered(figures, order), tables), strict=True)
        if moved
    ]
    place = next((number for number, one in enumerate(kept, 1) if one.key == after), len(kept))
    return [*kept[:place], *appendices, *kept[place:]]


def _ordered(figures: Sequence[Figure], order: Sequence[str]) -> list[Block]:
    places = {key: place for place, key in enumerate(order)}
    ordered: list[Figure] = sorted(figures, key=lambda one: places.get(one.key, len(places)))
    return [*ordered]


def order(sections: Sequence[Section]) -> tuple[str, ...]:
    """Keys of the detailed figures of the sections in an order that leaves few pages half empty."""
    figures = [block for one in sections for block in one.blocks if isinstance(block, Figure) and block.detail]
    sizes = [size_of(figure.svg) for figure in figures]
    heights = [SMALLER * WIDTH * height / max(width, PAGE_WIDTH) + AROUND for width, height in sizes]
    return tuple(figures[place].key for place in filling(heights, AROUND))
