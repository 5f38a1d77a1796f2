"""The rows of a published table as they stand, chosen by its own columns; works without a script."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote

import polars as pl

from qonys import inputs, words
from qonys.catalog.axes import axes_of
from qonys.catalog.bibliography import references
from qonys.errors import UnknownName
from qonys.figures.edition import MARK, capital
from qonys.web.content import Block, Cell, Field, Form, Heading, Rows, Text
from qonys.web.parameters import RESERVED, Parameter
from qonys.web.view import Site, View

ALL = "every"  # no code of a table
SHOWN = 20
MOST_VALUES, MOST_COLUMNS, LONGEST = 80, 5, 60
BESIDE = ("value", "unit", "status", "source", "note", "rank")
DATES = ("ref_date", "start", "end", "year_start", "year_end", "source_code", "member_region_codes", "gdl_code")
PLACES = ("region", "origin", "destination")


def parameters(site: Site, name: str) -> tuple[Parameter, ...]:
    """A parameter for each column that rows are chosen by: its values, and all of them."""
    if name not in site.pack.tables():
        return ()

    def make() -> tuple[Parameter, ...]:
        frame = inputs.rows(site.pack, name)
        return tuple(Parameter(one, (ALL, *_values(frame, one)), ALL) for one in columns(frame))

    return site.keep(f"preview:{name}", make)


def columns(frame: pl.DataFrame) -> list[str]:
    """Columns of codes or of years with some values, but not too many to choose from."""
    apart = (*BESIDE, *DATES, *RESERVED)
    free = [one for one in frame.columns if one not in apart and not frame.schema[one].is_float()]
    return [one for one in free if 1 < frame[one].n_unique() <= MOST_VALUES and _short(frame[one])][:MOST_COLUMNS]


def _short(values: pl.Series) -> bool:
    return values.dtype != pl.String or bool((values.str.len_chars().fill_null(0) <= LONGEST).all())


def _values(frame: pl.DataFrame, column: str) -> tuple[str, ...]:
    found = frame[column].drop_nulls().unique().sort().to_list()
    return tuple(map(str, found))


def chosen(view: View, frame: pl.DataFrame) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The rows that the state asks for, and what it asks."""
    wanted = {one: view.state[one] for one in columns(frame) if view.state.get(one, ALL) != ALL}
    if not wanted:
        return frame, wanted
    return frame.filter(*(pl.col(one).cast(pl.String) == value for one, value in wanted.items())), wanted


def where_of(wanted: Mapping[str, str]) -> str:
    """The choice as the interface for programs takes it, ready for an address.

    Examples
    --------
    >>> where_of({"year": "2009", "area": "urban"})
    '&where=year%3D2009%3Barea%3Durban'
    >>> where_of({})
    ''

    """
    return "&where=" + quote(";".join(f"{one}={value}" for one, value in wanted.items()), safe="") if wanted else ""


def blocks(view: View, name: str) -> list[Block]:
    """The choice, how many rows it has, and the first of them."""
    frame = inputs.rows(view.site.pack, name)
    rows, _ = chosen(view, frame)
    shown = rows.head(SHOWN)
    kept = [one for one in frame.columns if one not in ("note", "rank", "status") and frame[one].n_unique() > 1]
    kept = list(dict.fromkeys([*(one for one in kept if one != "source"), "value", "unit", "source"]))
    kept = [one for one in kept if one in frame.columns]
    sources = {key: one.publisher for key, one in references(view.site.pack, view.language).items()}
    lines = tuple(tuple(Cell(_text(view, one, row, sources)) for one in kept) for row in shown.iter_rows(named=True))
    align = "".join("r" if frame.schema[one].is_numeric() and one != "year" else "l" for one in kept)
    count = view.say("web.preview.rows", shown=view.number(shown.height), total=view.number(rows.height))
    head = tuple(heading(view, one) for one in kept)
    found: list[Block] = [Heading(view.say("web.preview.title"), "rows")]
    if columns(frame):
        fields = tuple(_field(view, frame, one) for one in columns(frame))
        found.append(Form("#rows", view.say("web.chart.show"), fields))
    return [*found, Rows(count, head, lines, align) if lines else Text(view.say("web.preview.none"))]


def _field(view: View, frame: pl.DataFrame, column: str) -> Field:
    options = tuple((value, label(view, column, value)) for value in _values(frame, column))
    if not frame.schema[column].is_numeric():
        options = tuple(sorted(options, key=lambda one: words.sort_key(one[1], view.language)))
    every = (ALL, view.say("web.preview.all"))
    return Field(column, heading(view, column), (every, *options), view.state.get(column, ALL))


def heading(view: View, column: str) -> str:
    """The heading of a column in words."""
    key = f"cli.column.{column}"
    return capital(view.say(key)) if words.has(key, view.language) else column


def label(view: View, column: str, code: str) -> str:
    """A code in words, as far as there are some."""
    if column in PLACES:
        with suppress(UnknownName):
            return view.region(code)
    for axis in axes_of(column):
        try:
            return view.site.pack.label(axis, code, view.language)
        except UnknownName:
            continue
    return code[:60]


def _text(view: View, column: str, row: Mapping[str, object], sources: Mapping[str, str]) -> str:
    value = row[column]
    if value is None:
        return "–"
    if column == "source":
        return sources.get(str(value), str(value)) + (f" {MARK}" if row.get("status") == "secondary" else "")
    if isinstance(value, float):
        digits = len(f"{value:.10g}".partition(".")[2])
        return view.number(value, min(digits, 4))
    return str(value) if isinstance(value, int) else label(view, column, str(value))
