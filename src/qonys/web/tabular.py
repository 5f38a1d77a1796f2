"""Tables as files: CSV, Parquet, workbook, JSON-stat, SDMX-CSV."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.cube_files import jsonstat, sdmx_csv
from qonys.catalog.cubes import cube_of
from qonys.words.numbers import GROUP, MINUS, POINT

MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonstat": "application/json",
    "sdmx-csv": "text/csv; charset=utf-8",
}
EMPTY = ("", "–", "—")


@dataclass(frozen=True)
class CubeKind:
    """What of a table's cube is known: the columns that tell its rows apart, and those of values (see `cube_of`)."""

    key: Sequence[str] = ()
    values: Sequence[str] = ()


def cube_bytes(
    form: str, frame: pl.DataFrame, pack: Pack, language: str, about: Mapping[str, Any], kind: CubeKind = CubeKind()
) -> bytes:
    """The table as `jsonstat` or `sdmx-csv`; `about` as `jsonstat` reads it, with its `name`.

    Raises
    ------
    BadInput
        The table has no numbers or too many cells for the form.

    """
    cube = cube_of(frame, kind.key, kind.values)
    if form == "jsonstat":
        return jsonstat(cube, pack, language, about)
    return sdmx_csv(cube, pack, language, str(about["name"]), str(about["label"]))


def sheet_frame(head: Sequence[str], rows: Sequence[Sequence[str]], align: str, language: str) -> pl.DataFrame:
    """A table of ready texts as a frame: columns on the right hold numbers where all their texts are numbers."""
    names: list[str] = []
    for name in head:
        names.append(name if name and name not in names else f"{name} {len(names) + 1}".strip())
    columns: list[pl.Series] = []
    for place, name in enumerate(names):
        texts = [row[place] for row in rows]
        numbers = [_number(text, language) for text in texts] if align[place] == "r" else []
        if not numbers or any(n is None and t not in EMPTY for n, t in zip(numbers, texts, strict=True)):
            columns.append(pl.Series(name, texts, dtype=pl.String))
            continue
        found = pl.Series(name, numbers, dtype=pl.Float64)
        columns.append(found.cast(pl.Int64) if (found.drop_nulls() % 1 == 0).all() else found)
    return pl.DataFrame(columns)


def _number(text: str, language: str) -> float | None:
    """A number as a language writes it.

    Examples
    --------
    >>> _number("\u22121\u00a0234,5", "ru"), _number("1,234.5", "en"), _number("12 … 14", "en")
    (-1234.5, 1234.5, None)

    """
    point = POINT[language]
    plain = "".join(text.replace(MINUS, "-").replace("†", "").replace(GROUP[language], "").split())
    if point != "." and "." in plain:
        return None
    try:
        return float(plain.replace(point, "."))
    except ValueError:
        return None


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheets know it."""
    return b"\xef\xbb\xbf" + frame.write_csv().encode()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Parquet."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def workbook_bytes(frame: pl.DataFrame, facts: dict[str, Any], page: pl.DataFrame | None = None) -> bytes:
    """An Excel workbook: the figures, a sheet that says where they come from, perhaps one as the page shows them."""
    import xlsxwriter

    buffer = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(buffer, safe) as book:
        bold = book.add_format({"bold": True})
        _fill(book.add_worksheet("data"), frame, bold)
        about = book.add_worksheet("about")
        about.set_column(0, 0, 18)
        about.set_column(1, 1, 110)
        for number, (name, value) in enumerate(facts.items()):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        if page is not None:
            _fill(book.add_worksheet("page"), page, bold)
    return buffer.getvalue()


def _fill(sheet: Any, frame: pl.DataFrame, bold: Any) -> None:
    sheet.write_row(0, 0, frame.columns, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(frame.iter_rows(), 1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value)
    sheet.set_column(0, max(0, frame.width - 1), 18)


def _write(sheet: Any, row: int, column: int, value: object) -> None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))
