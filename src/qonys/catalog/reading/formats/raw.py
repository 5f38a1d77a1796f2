"""A file as it stands: header, texts, row numbers, and how it was read. Nothing is interpreted yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.formats.headers import Merged, block_of
from qonys.catalog.reading.numbers.powers import says_unit
from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput, RefusedCells

LIMIT_VARIABLE = "QONYS_IMPORT_LIMIT_MB"
DEFAULT_LIMIT_MB = 32
MEGABYTE = 1024 * 1024
SIGNS = 8


@dataclass(frozen=True)
class BrokenCell:
    """A cell of a workbook without a value: `row` of the file, its `column`, `cell` (C2) and `text` (#N/A, =A1)."""

    row: int
    column: str
    cell: str
    text: str


@dataclass(frozen=True)
class RawTable:
    """Texts of a file.

    Attributes
    ----------
    frame
        One String column per column of the file, named as in the file; empty cells are null.
    rows
        For each row of `frame`, its number in the file, the header counted (a spreadsheet's number).
    format
        csv, sdmx-csv, eurostat, excel, parquet or json-stat.
    encoding, delimiter, sheet
        As found; None where the format has no such thing.
    header_row
        Number of the header's row in the file.
    left_out
        What of the file is not in `frame`: other sheets, rows above the header.
    above
        Titles: the texts of the rows above the header.
    below
        Notes: the texts of the rows below the table.
    levels
        For each column the texts of the header's rows above it; of one row where the header has one.
    places
        Where each column stands in the file, counted from 0.
    titles
        JSON-stat, PC-Axis and SDMX: what the file says about itself (title, unit).
    labels
        JSON-stat, PC-Axis and SDMX: for a column, the other name that the file has for a text (label of a code).
    broken
        Workbooks: cells that hold an error or a formula that was never computed.
    typed
        Columns that the file stores as numbers, not as texts: their signs are a machine's.
    empty
        How many cells have no value and are no rows: of Eurostat, PC-Axis, JSON-stat and of wide tables.

    """

    path: Path
    format: str
    frame: pl.DataFrame
    rows: pl.Series
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1
    left_out: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    broken: tuple[BrokenCell, ...] = ()
    typed: frozenset[str] = frozenset()
    empty: int = 0

    @property
    def numbered(self) -> pl.DataFrame:
        """The texts, with the number of each row in the file in the column `NUMBER`."""
        return self.frame.with_columns(self.rows.alias(NUMBER))

    def with_rows(self, numbered: pl.DataFrame) -> RawTable:
        """The same table with other rows or texts, given as `numbered`."""
        return replace(self, frame=numbered.drop(NUMBER), rows=numbered[NUMBER].alias("row"))

    @property
    def sayings(self) -> tuple[str, ...]:
        """What is said of all of the table: titles, what the file says about itself, notes below that say a unit."""
        notes = (text for text in self.below if says_unit(text))
        return (*self.above, *(text for text in self.titles.values() if text), *notes)


def plain_names(names: Sequence[str]) -> list[str]:
    """Names of columns, those in brackets that stand for several columns elsewhere: `*`, `^…$`, and one kept for rows.

    Examples
    --------
    >>> plain_names(["region", "*", "^x$"])
    ['region', '(*)', '(^x$)']

    """
    found: list[str] = []
    for name in names:
        special = name in ("*", NUMBER) or (name.startswith("^") and name.endswith("$"))
        plain = f"({name})" if special else name
        while special and plain in names:
            plain = f"({plain})"
        found.append(plain)
    return found


def plainly_named(raw: RawTable) -> RawTable:
    """The same table with `plain_names`."""
    names = dict(zip(raw.frame.columns, plain_names(raw.frame.columns), strict=True))
    if all(name == plain for name, plain in names.items()):
        return raw
    frame = raw.frame.clone()
    frame.columns = list(names.values())
    return replace(
        raw, frame=frame, typed=frozenset(names.get(name, name) for name in raw.typed),
        levels={names.get(name, name): texts for name, texts in raw.levels.items()},
        labels={names.get(name, name): texts for name, texts in raw.labels.items()},
        broken=tuple(replace(cell, column=names.get(cell.column, cell.column)) for cell in raw.broken),
    )  # fmt: skip


def size_limit() -> int:
    """The largest file that is read, in bytes: ``$QONYS_IMPORT_LIMIT_MB`` or 32 MB."""
    given = os.environ.get(LIMIT_VARIABLE, "")
    return (int(given) if given.isdigit() and int(given) > 0 else DEFAULT_LIMIT_MB) * MEGABYTE


def refuse_large(path: Path, size: int) -> None:
    """Refuse a file, or its unpacked content, that is larger than the limit.

    Raises
    ------
    BadInput
        Names the size, the limit and the variable that moves it.

    """
    limit = size_limit()
    if size > limit:
        raise BadInput(
            "catalog.add.too_large",
            path=str(path),
            size=size // MEGABYTE,
            limit=limit // MEGABYTE,
            variable=LIMIT_VARIABLE,
        )


def refuse_many_signs(path: Path, signs: int) -> None:
    """Refuse a file whose texts, each written out where it stands, are longer than `SIGNS` times the limit.

    Raises
    ------
    BadInput
        As `refuse_large`.

    """
    if signs > SIGNS * size_limit():
        refuse_large(path, signs)


def from_cells(
    path: Path,
    form: str,
    cells: Sequence[list[str | None]],
    first_row: int = 1,
    merged: Sequence[Merged] = (),
) -> RawTable:
    """A raw table from rows of cells that may begin with titles and blank rows, and end with notes.

    Raises
    ------
    BadInput
        `headers.block_of` refuses.

    """
    block = block_of(path, cells, first_row, merged)
    columns = {name: [row[place] for _, row in block.body] for place, name in enumerate(block.names)}
    return RawTable(
        path=path,
        format=form,
        frame=pl.DataFrame(columns, schema=dict.fromkeys(block.names, pl.String)),
        rows=pl.Series("row", [number + first_row for number, _ in block.body], dtype=pl.Int64),
        header_row=block.header + first_row,
        left_out=(*block.above, *block.below),
        above=block.above,
        below=block.below,
        levels=dict(zip(block.names, block.levels, strict=True)),
        places=tuple(block.places),
    )


def refuse_broken(raw: RawTable, columns: Iterable[str], rows: pl.Series, na: Sequence[str] = ()) -> None:
    """Refuse a cell of a workbook that holds an error, or a formula that was never computed.

    Parameters
    ----------
    raw
        The table.
    columns, rows
        Columns that are used, and numbers of the rows that are.
    na
        Texts that stand for no value, as the person says (``TEXT`` or ``COLUMN=TEXT``).

    Raises
    ------
    BadInput
        Names the first such cells.

    """
    used, numbers = set(columns), set(rows)
    found: list[tuple[str, BrokenCell]] = []
    for broken in sorted(raw.broken, key=lambda one: one.row):
        if broken.column in used and broken.row in numbers:
            if broken.text.startswith("="):
                found.append(("catalog.reading.formula_cell", broken))
            elif not {broken.text, f"{broken.column}={broken.text}"} & set(na):
                found.append(("catalog.reading.error_cell", broken))
    if found:
        key, first = found[0]
        others = [(cell.row, f"{cell.cell}: {cell.text}") for other, cell in found[1:] if other == key]
        raise RefusedCells(key, others, path=_named(raw), cell=first.cell, text=first.text)


def _named(raw: RawTable) -> str:
    return f"{raw.path} [{raw.sheet}]" if raw.sheet else str(raw.path)
