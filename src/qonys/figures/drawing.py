"""A drawing of a subject with all that must travel with it: figures, words, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys.figures.edition import Edition
from qonys.figures.render import Picture
from qonys.figures.style import Spec

Row = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """The figures behind a chart as a person reads them: ready texts; `align` holds l or r a column.

    `shades` holds a class 0 ... 6 per cell, or nothing.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    shades: tuple[tuple[int | None, ...], ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A subject in one state and edition.

    `frame` holds the figures with their codes; either `spec` (Vega-Lite) or `svg` is set, or neither for a table
    alone. `sentence` says what it shows and is its alternative text. `took`: milliseconds of the projection behind it.
    """

    title: str
    sentence: str
    frame: pl.DataFrame
    sheet: Sheet
    source: str
    sources: tuple[str, ...]
    method: str = "catalog"
    rank: int = 1
    unit: str = ""
    spec: Spec | None = None
    svg: str | None = None
    notes: tuple[str, ...] = ()
    took: float = 0.0

    def picture(self, language: str) -> Picture:
        """What is to be rendered."""
        return Picture(self.spec or self.svg or "", language)


def facts(edition: Edition, *tables: str) -> dict[str, Any]:
    """Source line, sources, method, rank and unit of a drawing from the stored tables it shows."""
    found = [edition.results.table(name) for name in tables]
    sources = tuple(dict.fromkeys(source for table in found for source in table.sources))
    method = next((table.method for table in found if not table.method.startswith("catalog")), "catalog")
    return {
        "source": edition.origin(sources, method),
        "sources": sources,
        "method": method,
        "rank": max(table.rank for table in found),
        "unit": found[0].unit,
    }


def heads(edition: Edition, *names: str) -> tuple[str, ...]:
    """Headings of columns; a name with a dot is a whole key."""
    return tuple(edition.say(name if "." in name else f"web.column.{name}") for name in names)


def sheet(
    edition: Edition, rows: pl.DataFrame | Iterable[Row], align: str, columns: dict[str, Callable[[Row], str]]
) -> Sheet:
    """A sheet of `columns`: heading (a name or a whole key, see `heads`) to the text of a cell.

    A heading that several columns have names behind `#` the column that it belongs to.
    """
    found = rows.iter_rows(named=True) if isinstance(rows, pl.DataFrame) else rows
    cells = tuple(tuple(cell(row) for cell in columns.values()) for row in found)
    plain = heads(edition, *(name.partition("#")[0] for name in columns))
    named = dict(zip(columns, plain, strict=True))
    owners = (name.partition("#")[2] for name in columns)
    head = tuple(f"{one} ({named[owner]})" if owner else one for one, owner in zip(plain, owners, strict=True))
    return Sheet(head, cells, align)
