"""Figures and tables of the living report as charts: whatever a chapter lays out has an address."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from qonys import words
from qonys.catalog.code_names import names_of_codes
from qonys.errors import UnknownName
from qonys.figures.drawing import Drawing, Sheet
from qonys.figures.edition import capital
from qonys.report.chapters import CHAPTERS, needed, section_of
from qonys.report.context import Context
from qonys.report.document import Figure, Section, Table
from qonys.report.origins import table_of
from qonys.web.charts.kit import Chart
from qonys.web.recent import Recent
from qonys.web.view import Site, View

PREFIX = "report-"
ROWS_SHOWN = 300
KEPT_SECTIONS = 24
OWN_PAGES = ("summary", "bibliography", "sources", "glossary")


def chapters(site: Site) -> tuple[str, ...]:
    """Chapters of the report that have a page, in their order; what lacks its results has none."""
    return tuple(name for name in CHAPTERS if name not in OWN_PAGES and ready(site, name))


def ready(site: Site, chapter: str) -> bool:
    """Whether the stored results hold every table that the chapter's page needs."""
    return chapter in CHAPTERS and site.has(*needed(chapter))


def section(site: Site, language: str, chapter: str) -> Section | None:
    """A chapter laid out, or nothing when the stored results lack something it needs."""
    return site.keep(f"section:{language}:{chapter}", lambda: _laid_out(site.context(language), chapter))


def _laid_out(context: Context, chapter: str) -> Section | None:
    try:
        found = section_of(chapter, context)
    except UnknownName:
        return None
    return found


def _for_screen(view: View, chapter: str) -> Section | None:
    """A chapter whose figures are drawn for the width of a screen; the last few are kept."""
    recent: Recent[Section | None] = view.site.keep("sections", lambda: Recent[Section | None](KEPT_SECTIONS))
    return recent.get((view.language, chapter, view.width), lambda: _laid_out(view.context, chapter))


def living_chart(site: Site, language: str, name: str) -> Chart:
    """The chart ``report-<chapter>-<key>``.

    Raises
    ------
    UnknownName
        There is no such chapter, figure or table.

    """
    chapter, _, key = name.removeprefix(PREFIX).partition("-")
    found = section(site, language, chapter) if chapter in CHAPTERS else None
    block = _block(found, key)
    if block is None:
        raise UnknownName("web.chart.unknown", name=name[:60], known=f"{PREFIX}<chapter>-<key>")
    shown = _shown_tables(site, block)
    return Chart(name, lambda view: _drawing(view, _block(_for_screen(view, chapter), key) or block), shown)


def _shown_tables(site: Site, block: Figure | Table) -> tuple[str, ...]:
    """Tables of results whose rows a block shows as they are."""
    if isinstance(block, Table):
        shown = table_of(site.results, block)
        return (shown,) if shown else ()
    return tuple(name for name, table in site.results.tables.items() if table.frame is block.data)


def _block(found: Section | None, key: str) -> Figure | Table | None:
    return next((block for block in _blocks(found) if block.key == key), None)


def _blocks(found: Section | None) -> Iterator[Figure | Table]:
    return (b for b in (found.blocks if found else ()) if isinstance(b, Figure | Table))


def _drawing(view: View, block: Figure | Table) -> Drawing:
    if isinstance(block, Figure):
        sheet, picture = named_sheet(view, block.data), block.picture
        drawn = picture if isinstance(picture, str) else picture.drawn
        shape: dict[str, Any] = {"svg": block.svg} if isinstance(drawn, str) else {"spec": drawn}
        return Drawing(block.caption, block.alt, block.data, sheet, block.source, (), "study", **shape)
    frame = block.data if block.data is not None else _texts(block)
    return Drawing(block.caption, "", frame, Sheet(block.head, block.rows, block.align), block.source, (), "study")


def _texts(block: Table) -> pl.DataFrame:
    return pl.DataFrame(list(block.rows), schema=[f"{i + 1} {name}" for i, name in enumerate(block.head)], orient="row")


def named_sheet(view: View, frame: pl.DataFrame) -> Sheet:
    """The same with headings and codes in words, as far as there are some."""
    pack, language = view.site.pack, view.language
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    named = {name: names_of_codes(pack, name, frame[name].drop_nulls().unique(), language) for name in texts}
    plain = sheet_of(view, frame.with_columns(pl.col(name).replace(codes) for name, codes in named.items() if codes))
    return replace(plain, head=tuple(_heading(view, name) for name in plain.head))


def _heading(view: View, column: str) -> str:
    return capital(column_name(column, view.language) or column)


def column_name(column: str, language: str) -> str | None:
    """A column in words, one of a year (people_2007) with its year; nothing where it has none.

    Examples
    --------
    >>> column_name("people_2007", "en"), column_name("x_y", "en")
    ('people, 2007', None)

    """
    stem, _, year = column.rpartition("_")
    if words.has(f"cli.column.{column}", language):
        return words.text(f"cli.column.{column}", language)
    if year.isdigit() and len(year) == 4 and words.has(f"cli.column.{stem}", language):
        return f"{words.text(f'cli.column.{stem}', language)}, {year}"
    return None


def sheet_of(view: View, frame: pl.DataFrame, most: int = ROWS_SHOWN) -> Sheet:
    """A frame as a person reads it: numbers in the language's way, the first rows only."""
    numeric = [kind.is_numeric() for kind in frame.dtypes]
    years = {"year", "start", "end", "period", "origin_year", "time", "date"}
    rows = tuple(
        tuple(_cell(view, value, name in years) for name, value in zip(frame.columns, row, strict=True))
        for row in frame.head(most).iter_rows()
    )
    return Sheet(tuple(frame.columns), rows, "".join("r" if is_number else "l" for is_number in numeric))


def _cell(view: View, value: object, plain: bool) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return view.say("claims.agrees.yes" if value else "claims.agrees.no")
    if isinstance(value, int):
        return str(value) if plain else view.number(value)
    if isinstance(value, float):
        return view.number(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 3)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
