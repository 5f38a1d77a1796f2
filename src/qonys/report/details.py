"""The appendix of detailed tables: what the chapters refer to and do not print, by chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qonys.report.context import Context
from qonys.report.document import Block, Heading, Section, Table

KEY = "details"


def gathered(context: Context, sections: Sequence[Section], after: str) -> list[Section]:
    """The sections without their detailed tables, which follow the section `after` (or the last one) in their own."""
    moved: list[Block] = []
    kept = []
    for section in sections:
        own = [block for block in section.blocks if isinstance(block, Table) and block.detail]
        moved += [Heading(section.title), *own] if own else []
        kept.append(replace(section, blocks=tuple(block for block in section.blocks if block not in own)))
    if not moved:
        return kept
    appendix = Section(KEY, context.say("chapter.details"), (context.paragraph("details.intro"), *moved))
    place = next((number for number, one in enumerate(kept, 1) if one.key == after), len(kept))
    return [*kept[:place], appendix, *kept[place:]]
