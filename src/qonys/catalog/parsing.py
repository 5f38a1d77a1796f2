"""Strict reading of CSV text into typed columns; nothing is guessed and nothing is skipped."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.schema import Field, polars_type
from qonys.errors import BadInput

HEADER_ROWS = 1


@dataclass(frozen=True)
class TypeFault:
    """A cell that is not of its column's type; `index` counts data rows from 0."""

    index: int
    column: str
    value: str
    expected: str


def typed_column(texts: pl.Series, kind: str) -> pl.Series:
    """`texts` (String) as the type of `kind`; a cell that does not fit becomes empty.

    Numbers must be finite. Dates are ISO (2009-02-25), booleans true or false.
    """
    if kind == "boolean":
        words = {"true": True, "false": False, "1": True, "0": False}
        return texts.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    if kind == "date":
        return texts.str.to_date("%Y-%m-%d", strict=False, exact=True)
    if kind == "number":
        numbers = texts.cast(pl.Float64, strict=False)
        return numbers.set(numbers.is_infinite() | numbers.is_nan(), None)
    target = polars_type(kind)
    return texts if isinstance(target, pl.String) else texts.cast(target, strict=False)


def typed(frame: pl.DataFrame, fields: Sequence[Field]) -> tuple[pl.DataFrame, tuple[TypeFault, ...]]:
    """A frame of texts as typed columns, and the cells that do not fit.

    Parameters
    ----------
    frame
        All columns String; an empty cell is null. Columns without a field stay text.
    fields
        The schema's fields.

    """
    kinds = {item.name: item.type for item in fields}
    faults: list[TypeFault] = []
    columns: list[pl.Series] = []
    for texts in frame.iter_columns():
        kind = kinds.get(texts.name, "string")
        column = typed_column(texts, kind)
        bad = (column.is_null() & texts.is_not_null()).arg_true()
        faults.extend(TypeFault(int(i), texts.name, str(texts[int(i)]), kind) for i in bad)
        columns.append(column)
    return pl.DataFrame(columns), tuple(sorted(faults, key=lambda fault: fault.index))


def read_texts(path: Path, shown: str) -> pl.DataFrame:
    """A pack's CSV file as texts; `shown` is the file's name in messages.

    Raises
    ------
    BadInput
        The file is missing, not UTF-8, has no header, an open quotation mark, a column that stands
        twice, or rows of uneven length.

    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadInput("catalog.pack.no_file", path=shown) from None
    if not content.strip():
        raise BadInput("catalog.pack.empty_file", path=shown)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput("catalog.pack.not_utf8_row", path=shown, row=line) from None
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    try:
        header = next(reader)
        rows = list(reader)
    except csv.Error:
        raise BadInput("catalog.pack.bad_quotes", path=shown, row=reader.line_num) from None
    for number, row in enumerate(rows, start=HEADER_ROWS + 1):
        if len(row) != len(header):
            raise BadInput(
                "catalog.pack.uneven_row", path=shown, row=number, found=len(row), expected=len(header)
            )
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise BadInput("catalog.pack.repeated_column", path=shown, column=twice)
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    texts = [
        pl.Series(name, [cell or None for cell in cells], dtype=pl.String)
        for name, cells in zip(header, columns, strict=True)
    ]
    return pl.DataFrame(texts)


def read_table_file(path: Path, shown: str, fields: Sequence[Field]) -> pl.DataFrame:
    """A pack's CSV file, strictly by its schema.

    Raises
    ------
    BadInput
        Names the file, row, column, value and what was expected.

    """
    frame = read_texts(path, shown)
    names = [item.name for item in fields]
    if names:
        check_header(frame.columns, names, shown)
    result, faults = typed(frame, fields)
    if faults:
        fault = faults[0]
        raise BadInput(
            f"catalog.type.{fault.expected}",
            path=shown,
            row=fault.index + HEADER_ROWS + 1,
            column=fault.column,
            value=fault.value,
        )
    return result


def check_header(found: Sequence[str], expected: Sequence[str], shown: str) -> None:
    """Refuse a header that lacks a column of the schema or holds another."""
    missing = [name for name in expected if name not in found]
    if missing:
        raise BadInput("catalog.pack.missing_column", path=shown, column=missing[0], found=", ".join(found))
    extra = [name for name in found if name not in expected]
    if extra:
        raise BadInput("catalog.pack.extra_column", path=shown, column=extra[0])
