"""Pages of the report: each module has `NEEDS` (tables of results) and `build(context) -> Section`.

A chapter of the study has a page if there is a module of its name here; the order is that of the register of chapters,
between the pages of the report's own, but for those of `APPENDICES`, which follow the conclusion.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from qonys import words
from qonys.report.document import Block, Note, Paragraph, Section, Value
from qonys.report.intervals import told_once
from qonys.study.chapters.registry import CHAPTERS as STUDY
from qonys.study.runs.convergence import LIMIT, unconverged

if TYPE_CHECKING:
    from qonys.report.context import Context

APART = ("summary", "conclusion")  # chapters that share no page with another
FIRST, APPENDICES = ("summary",), ("notions", "skill", "course", "bibliography", "sources", "glossary")


def _has_page(chapter: str) -> bool:
    return find_spec(f"{__name__}.{chapter}") is not None


CHAPTERS: tuple[str, ...] = (
    *FIRST, *(one.id for one in STUDY if _has_page(one.id) and one.id not in APPENDICES), *APPENDICES
)  # fmt: skip


def page_of(name: str) -> ModuleType:
    """The module that lays a chapter out."""
    return import_module(f"{__name__}.{name}")


def section_of(name: str, context: Context) -> Section:
    """A chapter laid out; where chains have not converged, a note stands after the paragraph that tells their R-hat."""
    section: Section = told_once(page_of(name).build(context))
    for one in unconverged(context.results):
        if one.chapter == name:
            value, limit = (words.number(number, context.language, 2) for number in (one.rhat, LIMIT))
            note = Note(context.say("report.rhat", value=value, limit=limit, section=one.section))
            at = 1 + next((i for i, block in enumerate(section.blocks) if _tells(block, one.name)), 0)
            section = replace(section, blocks=(*section.blocks[:at], note, *section.blocks[at:]))
    return section


def _tells(block: Block, name: str) -> bool:
    """Whether a paragraph tells a named result."""
    runs = block.runs if isinstance(block, Paragraph) else ()
    return any(isinstance(run, Value) and run.name == name for run in runs)


@cache
def needed(name: str) -> tuple[str, ...]:
    """Tables of results without which a page is not laid out.

    Examples
    --------
    >>> needed("claims")
    ('claim_answers', 'claims')

    """
    found: tuple[str, ...] = page_of(name).NEEDS
    return found
