"""Which chapters a pack carries: the figures that it holds, and those that a chapter may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qonys import inputs
from qonys.inputs.statements import unstated
from qonys.study.chapters.registry.chapter import EVERY, FILES, LISTS, STATEMENTS, Absence, Chapter
from qonys.study.chapters.registry.order import CHAPTERS, in_order

if TYPE_CHECKING:
    from qonys.catalog import Pack


def figures_of(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of figures: "*" written out as all tables of the pack, a list as the figures it names; other files left out.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> figures_of(open_pack("georgia"), ("forms.csv", "births", "claims.yaml"))
    ('immigrants', 'emigrants', 'external_flows', 'refugees', 'births')

    """
    found = dict.fromkeys(one for name in names for one in _written_out(pack, name))
    return tuple(name for name in found if not name.endswith(FILES))


def _written_out(pack: Pack, name: str) -> tuple[str, ...]:
    if name == EVERY:
        return tuple(pack.tables())
    return listed(pack, name) if name in LISTS else (name,)


def listed(pack: Pack, name: str) -> tuple[str, ...]:
    """Ids of the figures that a list of the pack names."""
    table = pack.statements() if name == LISTS[0] else pack.forms()
    return tuple(dict.fromkeys(str(figure) for figure in table["figure"].drop_nulls()))


def absent(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the figures and files that the pack does not hold, or holds without a row."""
    named = tuple(names)
    files = tuple(name for name in named if name.endswith(FILES) and not _filled(pack, name))
    silent = unstated(pack) if STATEMENTS in named and STATEMENTS not in files else ()
    return (*files, *silent, *inputs.available(pack, figures_of(pack, [name for name in named if name not in LISTS])))


def allows(pack: Pack, chapter: Chapter, figure: str) -> bool:
    """Whether a chapter may read a figure: it names the figure, or the table that holds it."""
    named = {name.partition(":")[0] for name in figures_of(pack, (*chapter.needs, *chapter.wants))}
    return figure in named or inputs.spec(pack, figure).table in named


def _filled(pack: Pack, file: str) -> bool:
    if file in LISTS:
        figures = listed(pack, file)
        return len(inputs.available(pack, figures)) < len(figures)
    if file.endswith(".csv"):
        return (pack.path / file).is_file()
    return (pack.path / file).is_file() and bool(pack.document(file))


def absences(pack: Pack, chapters: Iterable[Chapter] = CHAPTERS) -> Mapping[str, Absence]:
    """Chapters that the pack does not carry, each with the reason, in the order in which they would be computed."""
    found: dict[str, Absence] = {}
    for chapter in in_order(chapters):
        figures, parts = absent(pack, chapter.needs), tuple(name for name in chapter.uses if name in found)
        if figures or parts:
            found[chapter.id] = Absence(chapter.id, figures, parts)
    return found
