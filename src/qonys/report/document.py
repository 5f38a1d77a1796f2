"""The document model: what a chapter lays out and both writers read. Text is final and translated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from qonys.errors import RenderFailed
from qonys.figures.render import Picture

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Value:
    """A number inside a sentence: its text, the result's name, where it comes from.

    `brief`: its text where the section has said already what its interval is; `told`: the kind of that interval.
    """

    shown: str
    name: str
    origin: str
    brief: str = ""
    told: str = ""


@dataclass(frozen=True)
class See:
    """The place of a sentence that refers to figures and tables by their keys.

    Writers meet none: `references.numbered` puts words and links in its place, `(fig. 4 and table 2)`.
    """

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """Words that lead to the figure or the table of a key, or to a chapter (`to_chapter`)."""

    shown: str
    key: str


CHAPTER = "chapter-"


def to_chapter(shown: str, chapter: str) -> Link:
    """Words that lead to a chapter by its key; where a document lacks the chapter, they stand without a link."""
    return Link(shown, CHAPTER + chapter)


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more: plain text, values, references and links in turn."""

    runs: tuple[str | Value | See | Link, ...]


@dataclass(frozen=True)
class Figure:
    """A chart with all that must travel with it; `picture` may be SVG text.

    `detail`: of later interest, printed in the appendix of details, to which the chapter refers by number.
    """

    key: str
    picture: Picture | str
    alt: str
    caption: str
    source: str
    data: pl.DataFrame
    detail: bool = False

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise RenderFailed("report.no_alt", figure=self.key)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, drawn when it is looked at; its ids begin with the key."""
        return self.picture if isinstance(self.picture, str) else self.picture.svg(self.key)

    def as_detail(self) -> Figure:
        """The chart for the appendix of details."""
        return replace(self, detail=True)


@dataclass(frozen=True)
class Table:
    """A table of ready texts; `align` holds one of l, r per column.

    `result`: the stored table that it shows, where neither its key nor its data say so; `detail`: of later interest,
    printed in the appendix of details, to which the chapter refers by number.
    """

    key: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    caption: str
    source: str
    data: pl.DataFrame | None = None
    result: str = ""
    detail: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head) or len(self.align) != len(self.head):
                raise RenderFailed("report.table_shape", table=self.key, found=len(row), expected=len(self.head))

    def as_detail(self) -> Table:
        """The table for the appendix of details."""
        return replace(self, detail=True)


@dataclass(frozen=True)
class Note:
    """A caution beside the text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading within a chapter."""

    text: str


Block = Paragraph | Figure | Table | Note | Bullets | Heading


@dataclass(frozen=True)
class Section:
    """A chapter; one that stands `apart` shares no page with another."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    apart: bool = False


@dataclass(frozen=True)
class OriginNote:
    """Where a number comes from: facts (name, text), figures (a row each), results of other chapters.

    `title`: the sentence or the caption in which it stands. `results`: the name of each and, where the report shows it
    as a table, the words for it.
    """

    name: str
    title: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, ...], ...] = ()
    results: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report in one language. `date` is ISO; `labels` holds structure words.

    `brief`: printed without a page of its title and lists. `origins` and the headings of their figures stand at the end
    of the page, one for each number of the sentences and each stored table; `shown`: key of a table -> the stored table
    that it shows.
    """

    title: str
    subtitle: str
    language: str
    date: str
    imprint: str
    labels: dict[str, str]
    sections: tuple[Section, ...]
    origins: tuple[OriginNote, ...] = ()
    origin_head: tuple[str, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    brief: bool = False

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Number of each figure and of each table by its key."""
        return numbers(self.sections)

    def figures(self) -> tuple[Figure, ...]:
        """All figures in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Figure))

    def tables(self) -> tuple[Table, ...]:
        """All tables in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Table))


def numbers(sections: Iterable[Section]) -> dict[str, int]:
    """Key of each figure and table -> its number: figures and tables are counted apart, from one, in their order."""
    blocks = [block for section in sections for block in section.blocks]
    found: dict[str, int] = {}
    for kind in (Figure, Table):
        keys = [block.key for block in blocks if isinstance(block, kind)]
        found |= {key: number for number, key in enumerate(keys, 1)}
    return found
