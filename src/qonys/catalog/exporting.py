"""Writing of tables to CSV, Parquet and Excel files, each under a temporary name first.

The Excel writer is the smallest that every spreadsheet opens: one sheet, numbers as numbers, text
as text, nothing that a cell could execute.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

from qonys.catalog.drafts import draft_file
from qonys.catalog.places import write_ready
from qonys.errors import BadInput
from qonys.words.system import system_reason

EXCEL_ROWS = 1_048_576
_STAMP = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)}


def write_table(frame: pl.DataFrame, folder: Path, name: str, form: str) -> Path:
    """Write `frame` to ``folder/name.form``; `form` is csv, parquet or xlsx.

    Returns
    -------
    The file. It appears whole or not at all.

    Raises
    ------
    BadInput
        The folder cannot be written, the form is unknown, or a sheet cannot hold so many rows.

    """
    writers: dict[str, Callable[[pl.DataFrame, Path], object]] = {
        "csv": lambda table, path: table.write_csv(path),
        "parquet": lambda table, path: table.write_parquet(path),
        "xlsx": write_workbook,
    }
    if form not in writers:
        raise BadInput("catalog.export.form", form=form, known=", ".join(writers))
    return write_file(folder, f"{name}.{form}", lambda draft: writers[form](frame, draft))


def write_file(folder: Path, name: str, write: Callable[[Path], object]) -> Path:
    """Let `write` fill ``folder/name``; the file appears whole or not at all.

    Raises
    ------
    BadInput
        The folder or the file cannot be written; the reason is in the reader's language.

    """
    final = write_ready(folder, "--to") / name
    try:
        with draft_file(final) as draft:
            write(draft)
    except OSError as error:
        raise BadInput("catalog.export.failed", path=str(final), reason=system_reason(error)) from None
    return final


def write_workbook(frame: pl.DataFrame, path: Path) -> None:
    """Write `frame` as the only sheet of an Excel workbook; the same frame gives the same bytes.

    Raises
    ------
    BadInput
        There are more rows than a sheet can hold.

    """
    if frame.height + 1 > EXCEL_ROWS:
        raise BadInput("catalog.export.too_long", path=str(path), rows=frame.height, limit=EXCEL_ROWS)
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _STAMP)
        sheet.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(sheet, "w") as file:
            file.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            file.write(_row(frame.columns).encode())
            for row in frame.iter_rows():
                file.write(_row(row).encode())
            file.write(b"</sheetData></worksheet>")


def _row(values: tuple[object, ...] | list[str]) -> str:
    return "<row>" + "".join(_cell(value) for value in values) + "</row>"


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    text = value.isoformat() if isinstance(value, date) else str(value)
    clean = escape(text.translate(_FORBIDDEN))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'
