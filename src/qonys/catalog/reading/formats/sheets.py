"""Reading of Excel workbooks and Parquet files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from qonys.catalog.reading.formats.archives import refuse_large_archive
from qonys.catalog.reading.formats.dimensions import with_dimensions
from qonys.catalog.reading.formats.headers import MOST_COLUMNS
from qonys.catalog.reading.formats.raw import (
    BrokenCell,
    RawTable,
    from_cells,
    plain_names,
    refuse_large,
    refuse_many_signs,
)
from qonys.catalog.reading.formats.workbook_layout import SheetLayout, cell_name, layouts_of
from qonys.catalog.reading.unseen import seen_texts
from qonys.errors import BadInput
from qonys.words.notes import note

CELL_BYTES = 8
Fit: TypeAlias = Callable[[RawTable], float]


@dataclass(frozen=True)
class _Book:
    """An opened workbook."""

    path: Path
    reader: object
    names: tuple[str, ...]
    layouts: Mapping[str, SheetLayout]


def read_workbook(path: Path, sheet: str | None = None, fit: Fit | None = None) -> RawTable:
    """One sheet of an Excel workbook: the named one, else of those that are not hidden the one that fits best.

    Parameters
    ----------
    path
        The workbook.
    sheet
        The sheet that the person names.
    fit
        How well a table serves, the larger the better; None: the first sheet that is not empty is read.

    Raises
    ------
    BadInput
        The reader of workbooks is not installed, the file is damaged, the sheet is unknown, all
        sheets are empty, or only hidden ones are not.

    """
    book = _opened(path)
    if sheet is not None:
        if sheet not in book.names:
            raise BadInput("catalog.add.no_sheet", path=str(path), sheet=sheet, known=", ".join(book.names))
        found = _table(book, sheet)
        if found is None:
            raise BadInput("catalog.add.empty", path=f"{path} [{sheet}]")
        return _with_others(book, found)
    hidden = _hidden(book)
    tables: dict[str, RawTable] = {}
    refusals: list[tuple[int, BadInput]] = []
    for name in (one for one in book.names if one not in hidden):
        try:
            table = _table(book, name)
        except BadInput as refusal:
            refusals.append((book.layouts[name].filled if name in book.layouts else 0, refusal))
            continue
        if table is not None:
            tables[name] = table
            if fit is None:
                break
    if not tables and refusals:
        raise max(refusals, key=lambda one: one[0])[1]  # of the fullest sheet: a cover says nothing of the table
    if not tables:
        if hidden:
            raise BadInput("catalog.reading.only_hidden", path=str(path), hidden=", ".join(hidden))
        raise BadInput("catalog.add.empty", path=str(path))
    best = max(tables.values(), key=fit) if fit is not None else next(iter(tables.values()))
    if len(tables) + len(refusals) > 1 or (fit is None and len(book.names) > 1):
        note("catalog.reading.sheet", path=str(path), sheet=best.sheet, others=", ".join(book.names))
    if hidden:
        note("catalog.reading.hidden", path=str(path), hidden=", ".join(hidden))
    return _with_others(book, best)


def _opened(path: Path) -> _Book:
    try:
        import fastexcel
    except ImportError:
        raise BadInput("catalog.add.no_excel_reader", path=str(path)) from None
    refuse_large_archive(path)
    layouts = layouts_of(path)
    _keep_to_the_log()
    with damage_refused(path, "Excel", fastexcel.FastExcelError, OSError):
        reader = fastexcel.read_excel(path)
        return _Book(path, reader, tuple(reader.sheet_names), layouts)


def _keep_to_the_log() -> None:
    """What the reader of workbooks logs goes to the log of who keeps one, not to the screen."""
    logger = logging.getLogger("fastexcel")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _with_others(book: _Book, table: RawTable) -> RawTable:
    others = tuple(f"[{other}]" for other in book.names if other != table.sheet)
    return replace(table, left_out=(*table.left_out, *others))


def _hidden(book: _Book) -> tuple[str, ...]:
    """Hidden sheets that hold something."""
    return tuple(
        name for name in book.names if name in book.layouts and book.layouts[name].hidden and book.layouts[name].filled
    )


def _table(book: _Book, name: str) -> RawTable | None:
    """A sheet as a table; None where it is empty."""
    cells = _cells(book, name)
    if not any(any(row) for row in cells):
        return None
    layout = book.layouts.get(name)
    first = max(layout.first_column, 0) if layout is not None else 0
    for (row, column), text in layout.broken.items() if layout else ():
        if row < len(cells) and 0 <= column - first < len(cells[row]):
            cells[row][column - first] = text
    merged = (
        [(top, bottom, left - first, right - first) for top, bottom, left, right in layout.merged] if layout else []
    )
    table = from_cells(book.path, "excel", cells, merged=merged)
    columns = dict(zip(table.places, table.frame.columns, strict=True))
    broken = tuple(
        BrokenCell(row + 1, columns[column - first], cell_name(row, column), text)
        for (row, column), text in (layout.broken.items() if layout else ())
        if column - first in columns and row + 1 > table.header_row
    )
    table = replace(table, sheet=name, broken=broken)
    return with_dimensions(replace(table, typed=_typed(book, table)))


def _cells(book: _Book, name: str) -> list[list[str | None]]:
    import fastexcel

    with damage_refused(book.path, "Excel", fastexcel.FastExcelError, pl.exceptions.PolarsError):
        loaded = book.reader.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)  # type: ignore[attr-defined]
        frame = seen_texts(loaded.to_polars())
    return [list(row) for row in frame.rows()]


def _typed(book: _Book, table: RawTable) -> frozenset[str]:
    """Columns whose cells are numbers for the workbook, not texts that look like them."""
    import fastexcel

    try:
        loaded = book.reader.load_sheet(table.sheet, header_row=None, skip_rows=table.header_row)  # type: ignore[attr-defined]
        kinds = loaded.to_polars().dtypes
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError):
        return frozenset()
    named = zip(table.frame.columns, table.places, strict=True)
    return frozenset(column for column, place in named if place < len(kinds) and kinds[place].is_numeric())


@contextmanager
def damage_refused(path: Path, form: str, *errors: type[Exception]) -> Iterator[None]:
    """One sentence for a damaged file, also where the reader of its format itself breaks down."""
    try:
        yield
    except errors:
        raise BadInput("catalog.add.damaged", path=str(path), format=form) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise BadInput("catalog.add.damaged", path=str(path), format=form) from None


def read_parquet_table(path: Path) -> RawTable:
    """A Parquet file; all columns as text.

    Raises
    ------
    BadInput
        The file is damaged, empty, too large when unpacked, or holds nested columns.

    """
    import pyarrow
    import pyarrow.parquet

    with damage_refused(path, "Parquet", pyarrow.ArrowException, OSError, UnicodeError, pl.exceptions.PolarsError):
        about = pyarrow.parquet.read_metadata(path)
        unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        refuse_large(path, max(unpacked, about.num_rows * about.num_columns * CELL_BYTES))
        if about.num_columns > MOST_COLUMNS:
            raise BadInput("catalog.reading.many_columns", path=str(path), found=about.num_columns, most=MOST_COLUMNS)
        leaves = [about.schema.column(i) for i in range(about.num_columns)]
        written = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        stored = pyarrow.parquet.ParquetFile(path, read_dictionary=written).read().replace_schema_metadata(None)
        stored.validate(full=True)
        refuse_many_signs(path, sum(map(_signs_of, stored.columns)))
        frame = pl.DataFrame(dict(zip(stored.column_names, map(_plain, stored.columns), strict=True)))
    if frame.height == 0 or frame.width == 0:
        raise BadInput("catalog.add.empty", path=str(path))
    frame.columns = plain_names(frame.columns)
    no_texts = (pl.Binary, pl.Duration, pl.Object)
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind in no_texts]
    if nested:
        raise BadInput("catalog.add.nested", path=str(path), column=nested[0])
    rows = pl.Series("row", range(2, frame.height + 2), dtype=pl.Int64)
    texts = frame.select(_text(name, kind) for name, kind in frame.schema.items())
    typed = frozenset(name for name, kind in frame.schema.items() if kind.is_numeric())
    return RawTable(path=path, format="parquet", frame=texts, rows=rows, typed=typed)


def _signs_of(column: Any) -> int:
    """Bytes of the texts of a column that holds each text once, as they would be written out; 0 for other columns."""
    import pyarrow
    import pyarrow.compute

    if not pyarrow.types.is_dictionary(column.type) or pyarrow.types.is_nested(column.type.value_type):
        return 0
    signs = 0
    for chunk in column.chunks:
        if pyarrow.types.is_string(chunk.dictionary.type) or pyarrow.types.is_binary(chunk.dictionary.type):
            lengths = pyarrow.compute.cast(pyarrow.compute.binary_length(chunk.dictionary), pyarrow.int64())
            signs += pyarrow.compute.sum(pyarrow.compute.take(lengths, chunk.indices)).as_py() or 0
    return signs


def _plain(column: Any) -> Any:
    """A column of texts that are held once each, written out."""
    import pyarrow

    return column.cast(column.type.value_type) if pyarrow.types.is_dictionary(column.type) else column


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = whole.cast(pl.Float64) == column.cast(pl.Float64)
        return pl.when(same).then(whole.cast(pl.String)).otherwise(column.cast(pl.String)).alias(name)
    trimmed = column.cast(pl.String).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)
