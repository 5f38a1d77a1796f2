"""The document model: what a chapter lays out and both writers read. Text is final and translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from qonys.errors import RenderFailed
from qonys.figures.render import Picture

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Value:
    """A number inside a sentence: its text, the result's name, where it comes from."""

    shown: str
    name: str
    origin: str


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more: plain text and values in turn."""

    runs: tuple[str | Value, ...]


@dataclass(frozen=True)
class Figure:
    """A chart with all that must travel with it; `picture` may be SVG text."""

    key: str
    picture: Picture | str
    alt: str
    caption: str
    source: str
    data: pl.DataFrame

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise RenderFailed("report.no_alt", figure=self.key)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, drawn when it is looked at; its ids begin with the key."""
        return self.picture if isinstance(self.picture, str) else self.picture.svg(self.key)


@dataclass(frozen=True)
class Table:
    """A table of ready texts; `align` holds one of l, r per column.

    `result`: the stored table that it shows, where neither its key nor its data say so.
    """

    key: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    caption: str
    source: str
    data: pl.DataFrame | None = None
    result: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head) or len(self.align) != len(self.head):
                raise RenderFailed(
                    "report.table_shape", table=self.key, found=len(row), expected=len(self.head)
                )


@dataclass(frozen=True)
class Note:
    """A caution beside the text."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]


Block = Paragraph | Figure | Table | Note | Bullets


@dataclass(frozen=True)
class Section:
    """A chapter."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class OriginNote:
    """Where a number comes from: facts (name, text), figures (a row each), results of other chapters."""

    name: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, ...], ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report in one language. `date` is ISO; `labels` holds structure words.

    `origins` and the headings of their figures stand at the end of the page, one for each number of the sentences and
    each stored table; `shown`: key of a table -> the stored table that it shows.
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

    def figures(self) -> tuple[Figure, ...]:
        """All figures in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Figure))

    def tables(self) -> tuple[Table, ...]:
        """All tables in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Table))
