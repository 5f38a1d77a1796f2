"""A file as it stands: header, texts, row numbers, and how it was read. Nothing is interpreted yet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput

LIMIT_VARIABLE = "QONYS_IMPORT_LIMIT_MB"
DEFAULT_LIMIT_MB = 32
MEGABYTE = 1024 * 1024


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
        csv, sdmx-csv, excel, parquet or json-stat.
    encoding, delimiter, sheet
        As found; None where the format has no such thing.
    header_row
        Number of the header's row in the file.
    left_out
        What of the file is not in `frame`: other sheets, rows above the header.
    above
        Titles: the texts of the rows above the header.
    titles
        JSON-stat and SDMX: what the file says about itself (title, unit).
    typed
        Columns that the file stores as numbers, not as texts: their signs are a machine's.

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
    titles: dict[str, str] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()

    @property
    def numbered(self) -> pl.DataFrame:
        """The texts, with the number of each row in the file in the column `NUMBER`."""
        return self.frame.with_columns(self.rows.alias(NUMBER))

    def with_rows(self, numbered: pl.DataFrame) -> RawTable:
        """The same table with other rows or texts, given as `numbered`."""
        return replace(self, frame=numbered.drop(NUMBER), rows=numbered[NUMBER].alias("row"))

    @property
    def sayings(self) -> tuple[str, ...]:
        """What stands above the table or is said of all of it."""
        return (*self.above, *(text for text in self.titles.values() if text))

    def as_format(self, name: str) -> RawTable:
        """The same table under another format name."""
        return replace(self, format=name)


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


def from_cells(path: Path, form: str, cells: list[list[str | None]], first_row: int = 1) -> RawTable:
    """A raw table from rows of cells that may begin with titles and blank rows.

    The header is the first row at least half as wide as the widest row, and no less than two cells
    wide where any row is. Blank rows are left out; rows above the header are named in `left_out`.

    Raises
    ------
    BadInput
        There is no header or no row below it, a header cell is empty above figures or stands
        twice, or a row has more cells than the header.

    """
    widths = [sum(1 for cell in row if cell not in (None, "")) for row in cells]
    widest = max(widths, default=0)
    if widest == 0:
        raise BadInput("catalog.add.empty", path=str(path))
    start = next(i for i, width in enumerate(widths) if width >= max(min(2, widest), (widest + 1) // 2))
    used = [
        place
        for place in range(max(map(len, cells)))
        if any(place < len(r) and r[place] for r in cells[start:])
    ]
    wide = max(used, default=-1) + 1
    cells = [
        [row[place] if place < len(row) else None for place in used] if len(row) <= wide else row
        for row in cells
    ]
    header = [(cell or "").strip() for cell in cells[start]]
    while header and not header[-1]:
        header.pop()
    header_row = start + first_row
    _refuse_header(path, header, header_row)
    body = [(i + first_row, row) for i, row in enumerate(cells[start + 1 :], start + 1) if widths[i]]
    if not body:
        raise BadInput("catalog.add.no_rows", path=str(path), row=header_row)
    for number, row in body:
        if any(cell not in (None, "") for cell in row[len(header) :]):
            found = max(i for i, cell in enumerate(row) if cell not in (None, "")) + 1
            raise BadInput(
                "catalog.add.uneven_row", path=str(path), row=number, found=found, expected=len(header)
            )
    columns = {
        name: [_cell(row[place]) if place < len(row) else None for _, row in body]
        for place, name in enumerate(header)
    }
    above = tuple(" ".join(c.strip() for c in row if c) for row in cells[:start] if any(row))
    return RawTable(
        path=path,
        format=form,
        frame=pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String)),
        rows=pl.Series("row", [number for number, _ in body], dtype=pl.Int64),
        header_row=header_row,
        left_out=above,
        above=above,
    )


def _cell(text: str | None) -> str | None:
    stripped = (text or "").strip()
    return stripped or None


def _refuse_header(path: Path, header: list[str], row: int) -> None:
    for place, name in enumerate(header, start=1):
        if not name:
            raise BadInput("catalog.add.unnamed_column", path=str(path), row=row, place=place)
        if header.count(name) > 1:
            raise BadInput("catalog.add.repeated_column", path=str(path), row=row, column=name)
