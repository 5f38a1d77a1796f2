"""The chapters of the study: what each needs of a pack and uses of others, and which of them a pack carries.

A new chapter is one row in the room of its part (`past`, `present`, `causes`, `consequences`, `outlook`), one module of
`qonys.study.chapters` with `compute(pack, results)`, and, if it is to be read, one module of `qonys.report.chapters`.
Rows stand in the order of the report; what is computed first follows from `uses`. `chapter` says what a row is,
`figures` names figures that several rows read, `order` puts the rows in order, `presence` compares them with a pack.
"""

from qonys.study.chapters.registry.chapter import EVERY, FILES, HOME, LISTS, STATEMENTS, Absence, Chapter
from qonys.study.chapters.registry.order import CHAPTERS, before, chapter_of, in_order
from qonys.study.chapters.registry.presence import absences, absent, allows, figures_of, listed

__all__ = [
    "CHAPTERS",
    "EVERY",
    "FILES",
    "HOME",
    "LISTS",
    "STATEMENTS",
    "Absence",
    "Chapter",
    "absences",
    "absent",
    "allows",
    "before",
    "chapter_of",
    "figures_of",
    "in_order",
    "listed",
]
