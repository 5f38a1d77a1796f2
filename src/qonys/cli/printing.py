"""Printing of tables: aligned text for people, JSON and CSV for programs."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.cli import notes
from qonys.cli.options import settings
from qonys.cli.written import figure

if TYPE_CHECKING:
    import polars as pl

GAP = "  "
SECONDARY_MARK = "*"
USER_MARK = "+"
YEARS = (1500, 2500)
DATED = {
    "year", "from_year", "to_year", "year_start", "year_end", "start", "end", "since", "until", "time", "origin",
    "date", "period", "cohort", "territory",
}  # fmt: skip
NARROWEST = 18
EMPTY = "·"
Write = Callable[[object, str], str]


@dataclass(frozen=True)
class Column:
    """A column of a printed table: its heading and its cells as texts."""

    heading: str
    cells: tuple[str, ...]
    right: bool


def print_frame(
    frame: pl.DataFrame,
    *,
    label: Callable[[str, str], str | None] | None = None,
    footer: Sequence[str] = (),
    own: Collection[str] = (),
) -> None:
    """Print a frame in the format of the settings.

    Parameters
    ----------
    frame
        What is shown; json and csv print it as it is, with codes.
    label
        Gives the name of a code in a column; only used in aligned text.
    footer
        Lines below the aligned text.
    own
        Columns that a person's file named: they keep their names.

    """
    notes.say()
    form = settings().format
    if form == "json":
        print(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1, default=_plain))
    elif form == "csv":
        sys.stdout.write(frame.write_csv())
    else:
        print_aligned(frame, label, footer, own)


def print_aligned(
    frame: pl.DataFrame,
    label: Callable[[str, str], str | None] | None,
    footer: Sequence[str],
    own: Collection[str] = (),
) -> None:
    """Print a frame as aligned text; a column with one value in all rows moves above the table."""
    language = settings().language
    if frame.height == 0:
        print(words.text("cli.table.empty", language))
        return
    marks = {*_marks(frame)}
    columns = [_column(series, language, label, frame) for series in frame.iter_columns() if series.name != "rank"]
    columns = [
        replace(column, heading=name) if name in own else column
        for column, name in zip(columns, (name for name in frame.columns if name != "rank"), strict=True)
    ]
    steady, columns = _without_steady(columns, frame.height)
    lines = [words.text("cli.table.same", language, text="; ".join(steady)), ""] if steady else []
    lines += _rows(columns, _width())
    below = [words.text(f"cli.table.mark.{mark}", language) for mark in sorted(marks)]
    print("\n".join([*lines, *([""] if below or footer else []), *below, *footer]))


def _marks(frame: pl.DataFrame) -> list[str]:
    found = []
    if "status" in frame.columns and frame["status"].eq("secondary").any():
        found.append("secondary")
    for side in ("status_a", "status_b"):
        if side in frame.columns and frame[side].eq("secondary").any():
            found.append("secondary")
    if "owner" in frame.columns and frame["owner"].eq("user").any():
        found.append("user")
    return found


def _column(
    series: pl.Series, language: str, label: Callable[[str, str], str | None] | None, frame: pl.DataFrame
) -> Column:
    name = series.name
    write = _writer(name, series, frame)
    cells = []
    for value in series:
        text = EMPTY if value is None else write(value, language)
        if value is not None and label is not None and isinstance(value, str):
            text = label(name, value) or text
        if name.startswith("status") and value == "secondary":
            text += SECONDARY_MARK
        if name == "owner" and value == "user":
            text += USER_MARK
        cells.append(" ".join(text.split()) if text != EMPTY else text)
    return Column(heading(name, language), tuple(cells), series.dtype.is_numeric())


def heading(name: str, language: str) -> str:
    """The heading of a column in words, or its name where there are none."""
    key = f"cli.column.{name}"
    return words.text(key, language) if words.has(key, language) else name


def _writer(name: str, series: pl.Series, frame: pl.DataFrame) -> Write:
    import polars as pl

    if name == "relative":
        return _share
    dated = name in DATED or (name in ("low", "high") and "date" in frame.columns)
    if series.dtype == pl.Int32 or name in ("age_start", "age_end") or (dated and _are_years(series)):
        return lambda value, language: str(value)
    if name in ("difference",):
        return lambda value, language: figure(_float(value), language, plus=True)
    if series.dtype.is_numeric():
        return lambda value, language: figure(_float(value), language)
    return lambda value, language: str(value)


def _are_years(series: pl.Series) -> bool:
    """Whether every value is a year, so that `end` is not one when it counts something."""
    known = series.drop_nulls()
    return series.dtype.is_integer() and all(YEARS[0] <= int(value) <= YEARS[1] for value in known)


def _share(value: object, language: str) -> str:
    """A relative difference; a very small one with more decimals, so that it does not read as none."""
    share = _float(value)
    return words.percent(share, language, 1 if abs(share) >= 0.001 else 3, plus=True)


def _float(value: object) -> float:
    return float(str(value))


def _without_steady(columns: list[Column], rows: int) -> tuple[list[str], list[Column]]:
    """Columns with one value in all of several rows, as texts; and the other columns."""
    if rows < 2:
        return [], columns
    steady = [column for column in columns if len(set(column.cells)) == 1]
    kept = [column for column in columns if column not in steady] or columns
    texts = [
        f"{column.heading}: {column.cells[0]}"
        for column in steady
        if column.cells[0] not in ("", EMPTY) and column not in kept
    ]
    return texts, kept


def _width() -> int | None:
    """Width of the terminal; None when the output is no terminal and no width was asked for."""
    import os

    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return None


def _rows(columns: list[Column], width: int | None) -> list[str]:
    widths = [max(len(column.heading), *map(len, column.cells)) for column in columns]
    if width is not None:
        spare = width - len(GAP) * (len(columns) - 1)
        while sum(widths) > spare:
            widest = max(
                (place for place, column in enumerate(columns) if not column.right and widths[place] > NARROWEST),
                key=lambda place: widths[place],
                default=None,
            )
            if widest is None:
                return _records(columns, width)
            widths[widest] -= 1
    lines = [*_line([column.heading for column in columns], columns, widths)]
    lines.append(GAP.join("─" * size for size in widths))
    for cells in zip(*(column.cells for column in columns), strict=True):
        lines.extend(_line(cells, columns, widths))
    return lines


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    """One row of cells; a cell wider than its column is folded onto more lines."""
    folded = [
        textwrap.wrap(cell, size, break_on_hyphens=False) if len(cell) > size else [cell]
        for cell, size in zip(cells, widths, strict=True)
    ]
    lines = []
    for place in range(max(map(len, folded))):
        parts = []
        for column, size, pieces in zip(columns, widths, folded, strict=True):
            text = pieces[place] if place < len(pieces) else ""
            parts.append(text.rjust(size) if column.right else text.ljust(size))
        lines.append(GAP.join(parts).rstrip())
    return lines


def _records(columns: Sequence[Column], width: int) -> list[str]:
    """A table too wide for the terminal, one field a line, a blank line between rows."""
    left = max(len(column.heading) for column in columns)
    lines: list[str] = []
    for cells in zip(*(column.cells for column in columns), strict=True):
        for column, cell in zip(columns, cells, strict=True):
            if cell != EMPTY:
                wrapped = textwrap.wrap(cell, max(20, width - left - 2)) or [""]
                lines.append(column.heading.ljust(left) + GAP + wrapped[0])
                lines.extend(" " * (left + 2) + more for more in wrapped[1:])
        lines.append("")
    return lines[:-1]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
