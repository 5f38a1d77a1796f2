"""Reading of Excel workbooks and Parquet files."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl

from qonys.catalog.reading.raw import RawTable, from_cells, refuse_large
from qonys.errors import BadInput
from qonys.words.notes import note

CELL_BYTES = 8


def read_workbook(path: Path, sheet: str | None = None) -> RawTable:
    """One sheet of an Excel workbook: the named one, or the first that is not empty.

    Raises
    ------
    BadInput
        The reader of workbooks is not installed, the file is damaged, the sheet is unknown, or all
        sheets are empty.

    """
    try:
        import fastexcel
    except ImportError:
        raise BadInput("catalog.add.no_excel_reader", path=str(path)) from None
    _refuse_bomb(path)
    try:
        book = fastexcel.read_excel(path)
        names = list(book.sheet_names)
    except (fastexcel.FastExcelError, OSError):
        raise BadInput("catalog.add.damaged", path=str(path), format="Excel") from None
    if sheet is not None and sheet not in names:
        raise BadInput("catalog.add.no_sheet", path=str(path), sheet=sheet, known=", ".join(names))
    for name in [sheet] if sheet is not None else names:
        cells = _cells(book, name, path)
        if any(any(row) for row in cells):
            table = from_cells(path, "excel", cells)
            others = tuple(f"[{other}]" for other in names if other != name)
            if others:
                note("catalog.reading.sheet", path=str(path), sheet=name, others=", ".join(names))
            typed = _typed(book, name, cells, table)
            return replace(table, sheet=name, left_out=(*table.left_out, *others), typed=typed)
    raise BadInput("catalog.add.empty", path=str(path))


def _refuse_bomb(path: Path) -> None:
    """A workbook is a ZIP archive: its unpacked size must keep to the limit too."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_large(path, sum(item.file_size for item in archive.infolist()))
    except zipfile.BadZipFile:
        raise BadInput("catalog.add.damaged", path=str(path), format="Excel") from None


def _cells(book: object, name: str, path: Path) -> list[list[str | None]]:
    import fastexcel

    try:
        loaded = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)  # type: ignore[attr-defined]
        frame: pl.DataFrame = loaded.to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError):
        raise BadInput("catalog.add.damaged", path=str(path), format="Excel") from None
    return [list(row) for row in frame.rows()]


def _typed(book: object, name: str, cells: list[list[str | None]], table: RawTable) -> frozenset[str]:
    """Columns whose cells are numbers for the workbook, not texts that look like them."""
    import fastexcel

    try:
        loaded = book.load_sheet(name, header_row=None, skip_rows=table.header_row)  # type: ignore[attr-defined]
        kinds = loaded.to_polars().dtypes
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError):
        return frozenset()
    header = [(cell or "").strip() for cell in cells[table.header_row - 1]]
    return frozenset(column for column, kind in zip(header, kinds, strict=False) if column and kind.is_numeric())


def read_parquet_table(path: Path) -> RawTable:
    """A Parquet file; all columns as text.

    Raises
    ------
    BadInput
        The file is damaged, empty, too large when unpacked, or holds nested columns.

    """
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    try:
        about = pyarrow.parquet.read_metadata(path)
        unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        refuse_large(path, max(unpacked, about.num_rows * about.num_columns * CELL_BYTES))
        frame = pl.read_parquet(path)
    except (pyarrow.ArrowException, OSError, pl.exceptions.PolarsError):
        raise BadInput("catalog.add.damaged", path=str(path), format="Parquet") from None
    if frame.height == 0 or frame.width == 0:
        raise BadInput("catalog.add.empty", path=str(path))
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]
    if nested:
        raise BadInput("catalog.add.nested", path=str(path), column=nested[0])
    rows = pl.Series("row", range(2, frame.height + 2), dtype=pl.Int64)
    texts = frame.select(_text(name, kind) for name, kind in frame.schema.items())
    typed = frozenset(name for name, kind in frame.schema.items() if kind.is_numeric())
    return RawTable(path=path, format="parquet", frame=texts, rows=rows, typed=typed)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = whole.cast(pl.Float64) == column.cast(pl.Float64)
        return pl.when(same).then(whole.cast(pl.String)).otherwise(column.cast(pl.String)).alias(name)
    trimmed = column.cast(pl.String).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)
