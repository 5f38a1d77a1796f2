"""The chapters in the order of the report, and in that in which they are computed."""

from __future__ import annotations

from collections.abc import Iterable

from qonys.errors import UnknownName
from qonys.study.chapters.registry.causes import CAUSES
from qonys.study.chapters.registry.chapter import EVERY, Chapter
from qonys.study.chapters.registry.consequences import CONSEQUENCES
from qonys.study.chapters.registry.outlook import OUTLOOK
from qonys.study.chapters.registry.past import PAST
from qonys.study.chapters.registry.present import PRESENT

CHAPTERS: tuple[Chapter, ...] = (*PAST, *PRESENT, *CAUSES, *CONSEQUENCES, *OUTLOOK)


def chapter_of(name: str, chapters: Iterable[Chapter] = CHAPTERS) -> Chapter:
    """The chapter `name`.

    Raises
    ------
    UnknownName
        There is no such chapter.

    """
    known = {chapter.id: chapter for chapter in chapters}
    if name not in known:
        raise UnknownName("study.chapter.unknown", chapter=name, known=", ".join(known))
    return known[name]


def before(chapter: Chapter, chapters: Iterable[Chapter] = CHAPTERS) -> tuple[str, ...]:
    """Ids of the chapters that are computed before this one, in the order of `chapters`."""
    named = {*chapter.uses, *chapter.after}
    others = (one for one in chapters if one.id != chapter.id)
    return tuple(one.id for one in others if one.id in named or (EVERY in named and EVERY not in one.after))


def in_order(chapters: Iterable[Chapter] = CHAPTERS) -> tuple[Chapter, ...]:
    """Chapters so that each stands after those it reads, else as they are.

    Raises
    ------
    UnknownName
        A chapter uses one that is not there, or chapters use each other in a circle.

    """
    waiting = list(chapters)
    known, placed, found = {chapter.id for chapter in waiting}, set[str](), list[Chapter]()
    for chapter in waiting:
        for name in chapter.uses:
            if name not in known:
                raise UnknownName("study.chapter.uses", chapter=chapter.id, uses=name)
    whole = tuple(waiting)
    while waiting:
        ready = [chapter for chapter in waiting if placed.issuperset(before(chapter, whole))]
        if not ready:
            raise UnknownName("study.chapter.circle", chapters=", ".join(chapter.id for chapter in waiting))
        found += ready
        placed |= {chapter.id for chapter in ready}
        waiting = [chapter for chapter in waiting if chapter.id not in placed]
    return tuple(found)
