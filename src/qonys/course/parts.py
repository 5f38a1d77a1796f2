"""Parts of a lab: blocks of the document model, shown in marimo as HTML and laid out by the writers of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.code_names import names_of_codes
from qonys.catalog.country import country_words
from qonys.figures.results import Chart
from qonys.law import law_register
from qonys.report.document import Block, Bullets, Figure, Heading, Note, Paragraph, Table

STYLE = (Path(__file__).parent / "parts.css").read_text(encoding="utf-8")
ROOMS = {"form": "typology.form", "un_class": "typology.un"}
COUNTRIES = {"nation": "country"}  # a country that is compared, not one of residence
YEARS = frozenset({"year", "start", "end", "time", "period", "cohort", "date", "not_before", "not_after", "horizon"})


@dataclass(frozen=True)
class Title(Heading):
    """The heading of a whole lab."""


@dataclass(frozen=True)
class Part:
    """Blocks that a cell shows; `state`: of the verdict that they say, or empty."""

    language: str
    blocks: tuple[Block, ...]
    state: str = ""

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows."""
        return "text/html", html(self.blocks, self.language, self.state)


@dataclass(frozen=True)
class Shown:
    """Blocks with an element of marimo's interface below them."""

    language: str
    blocks: tuple[Block, ...]
    element: Any = field(repr=False)

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows."""
        import marimo as mo

        shown: tuple[str, str] = mo.vstack([mo.Html(html(self.blocks, self.language)), self.element])._mime_()
        return shown


def html(blocks: Sequence[Block], language: str, state: str = "") -> str:
    """Blocks as HTML with their style, no script, no address.

    Examples
    --------
    >>> html((Heading("A & B"),), "en").endswith('<h2>A &amp; B</h2></div>')
    True
    """
    inside = "".join(_HTML[type(block)](block) for block in blocks)
    marked = f" {state}" if state else ""
    live = ' role="status"' if state else ""
    return f'<style>{STYLE}</style><div class="lab-part{marked}" lang="{language}"{live}>{inside}</div>'


def _paragraph(block: Paragraph) -> str:
    return f"<p>{escape(''.join(str(run) for run in block.runs))}</p>"


def _source(block: Figure | Table) -> str:
    return f'<p class="lab-source">{escape(block.source)}</p>' if block.source else ""


def _figure(block: Figure) -> str:
    wide = f'<div class="lab-wide" tabindex="0" role="region" aria-label="{escape(block.caption)}">'
    shown = f'{wide}<div role="img" aria-label="{escape(block.alt)}">{block.svg}</div></div>'
    return f"<figure><figcaption>{escape(block.caption)}</figcaption>{shown}{_source(block)}</figure>"


def _cells(tag: str, cells: Sequence[str], align: str) -> str:
    """Cells of a row, a heading cell with its scope."""
    scope = ' scope="col"' if tag == "th" else ""
    made = (f'<{tag}{scope} class="{place}">{escape(cell)}</{tag}>' for cell, place in zip(cells, align, strict=True))
    return f"<tr>{''.join(made)}</tr>"


def _table(block: Table) -> str:
    head, rows = _cells("th", block.head, block.align), "".join(_cells("td", row, block.align) for row in block.rows)
    caption = escape(block.caption)
    table = f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f'<div class="lab-wide" tabindex="0" role="region" aria-label="{caption}">{table}</div>{_source(block)}'


_HTML: dict[type[Block], Callable[[Any], str]] = {
    Title: lambda block: f"<h1>{escape(block.text)}</h1>",
    Heading: lambda block: f"<h2>{escape(block.text)}</h2>",
    Paragraph: _paragraph,
    Note: lambda block: f'<p class="lab-note" role="note">{escape(block.text)}</p>',
    Bullets: lambda block: "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>",
    Figure: _figure,
    Table: _table,
}


def heading(column: str, language: str) -> str:
    """Heading of a column in words.

    Examples
    --------
    >>> heading("births", "en")
    'births'
    """
    for room in ("labs", "cli", "face"):
        key = f"{room}.column.{column}"
        if words.has(key, language):
            return words.text(key, language)
    return column


def table(
    pack: Pack, language: str, key: str, frame: pl.DataFrame, caption: str, source: str, decimals: Mapping[str, int]
) -> Table:
    """A frame as a table: codes by their names in the pack, numbers as the language writes them."""
    columns = [_column(pack, language, frame[name], decimals.get(name, 0)) for name in frame.columns]
    return Table(
        key, tuple(heading(name, language) for name in frame.columns), tuple(zip(*columns, strict=True)),
        "".join("r" if frame.schema[name].is_numeric() else "l" for name in frame.columns), caption, source,
    )  # fmt: skip


def named(pack: Pack, language: str, series: pl.Series) -> pl.Series:
    """Codes of a column in words; numbers as they are."""
    if series.dtype.is_numeric():
        return series
    axis = COUNTRIES.get(series.name, series.name)
    names = names_of_codes(pack, axis, [str(one) for one in series.drop_nulls().unique()], language)
    names.setdefault(str(pack.country.get("iso3")), country_words(pack, language)["country"])
    names |= _names_of(pack, series.name, language)
    words_of = [None if one is None else names.get(str(one), _value(series.name, str(one), language)) for one in series]
    return pl.Series(series.name, words_of, dtype=pl.String)


def _names_of(pack: Pack, column: str, language: str) -> dict[str, str]:
    """Names of dated events, of parameters of the law, their units and acts, which stand in files of their own."""
    if column == "event":
        return dict(pack.events().select("id", f"name_{language}").rows())
    register = law_register(pack) if column in ("parameter", "act", "unit") else None
    if register is None:
        return {}
    if column == "unit":
        keys = {one.unit: f"law.code.unit.{one.unit}" for one in register.parameters}
        return {unit: words.text(key, language) for unit, key in keys.items() if words.has(key, language)}
    if column == "act":
        return {one.id: one.titles[language] for one in register.acts}
    return {one.id: one.names[language] for one in register.parameters}


def _column(pack: Pack, language: str, series: pl.Series, decimals: int) -> list[str]:
    if not series.dtype.is_numeric():
        return ["–" if one is None else str(one) for one in named(pack, language, series)]
    if series.name in YEARS:
        return ["–" if one is None else f"{one:.0f}" for one in series]
    places = 0 if series.dtype.is_integer() else decimals
    return ["–" if one is None else words.number(float(one), language, places) for one in series]


def _value(column: str, code: str, language: str) -> str:
    """Words of a code that no pack names."""
    keys = (f"{ROOMS.get(column, 'labs.value')}.{code}", f"labs.value.{code}")
    return next((words.text(key, language) for key in keys if words.has(key, language)), code)


def without_title(drawn: Chart) -> Chart:
    """A chart of named dots without a title of the names: they say themselves what they are."""
    layers = [deepcopy(one) for one in drawn.spec.get("layer", (drawn.spec,))]
    for one in layers:
        one["encoding"]["y"]["title"] = None
    spec = {**drawn.spec, "layer": layers} if "layer" in drawn.spec else layers[0]
    return replace(drawn, spec=spec)


def figure(key: str, drawn: Chart, caption: str, alt: str, source: str) -> Figure:
    """A chart of a result of `qonys` as a block, with the description of what it shows."""
    return Figure(key, drawn.svg(), alt, caption, source, pl.DataFrame(drawn.spec["datasets"]["rows"]))
