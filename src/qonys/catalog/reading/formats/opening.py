"""Opening of a file by what it holds, not by what it is called."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.dimensions import FORMAT as DIMENSIONS
from qonys.catalog.reading.formats.jsonstat import read_jsonstat_table
from qonys.catalog.reading.formats.pcaxis import BEGINS, read_pcaxis_table
from qonys.catalog.reading.formats.raw import RawTable, plainly_named, refuse_broken, refuse_large
from qonys.catalog.reading.formats.sheets import Fit, read_parquet_table, read_workbook
from qonys.catalog.reading.formats.text import read_text_table
from qonys.catalog.reading.unseen import seen_texts
from qonys.errors import BadInput
from qonys.words.notes import note

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_BLANK = b"\xef\xbb\xbf \t\r\n"
AS_FOUND = FileChoices()
_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"<", "markup"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"$FL2", "survey"),
    (b"$FL3", "survey"),
    (b"<stata_dta>", "survey"),
)
_EARLIER_STATA = re.compile(rb"[\x66-\x73][\x01\x02]\x01\x00")
_SURVEYS = (".dta", ".sav", ".zsav", ".por")
FORMATS: tuple[str, ...] = ("csv", "sdmx-csv", "eurostat", "excel", "parquet", "json-stat", "pc-axis")


def read_file(path: Path, choices: FileChoices = AS_FOUND, fit: Fit | None = None) -> RawTable:
    """A file as raw texts: CSV, SDMX-CSV, Excel, Parquet, JSON-stat or PC-Axis.

    The size is looked at before anything is read: a file above the limit is never opened. Of the sheets of a workbook
    the one is read that `fit` gives the greatest number, unless the choices name one.

    Raises
    ------
    BadInput
        The file is missing, a folder, empty, too large, damaged or of another format.

    """
    own = choices.of_file(path)
    raw = plainly_named(_opened(path, own, fit))
    if own.sheet is not None and raw.sheet is None:
        note("catalog.reading.unmet", path=str(path), option="--sheet", value=own.sheet)
    raw = replace(raw, frame=seen_texts(raw.frame))
    if raw.format == DIMENSIONS:
        names = ", ".join(raw.frame.columns)
        note("catalog.reading.dimensions", path=str(path), names=names, n=raw.frame.height, empty=raw.empty)
    if raw.below:
        note("catalog.reading.footnotes", path=str(path), n=len(raw.below), first=raw.below[0][:80])
    return raw


def read_whole(path: Path, choices: FileChoices = AS_FOUND, fit: Fit | None = None) -> RawTable:
    """A file all of whose columns are used, as `read_file` gives it.

    Raises
    ------
    BadInput
        As `read_file`; a cell holds an error or a formula that was never computed.

    """
    raw = read_file(path, choices, fit)
    refuse_broken(raw, raw.frame.columns, raw.rows, choices.na)
    return raw


def refuse_no_file(path: Path) -> None:
    """Refuse a path that is no file that can be read: none, a folder, a pipe or a device, an empty or a too large file.

    Raises
    ------
    BadInput
        Says which.

    """
    if path.is_dir():
        raise BadInput("catalog.add.folder", path=str(path))
    if not path.exists():
        raise BadInput("catalog.add.no_file", path=str(path))
    if not path.is_file():
        raise BadInput("catalog.add.not_plain", path=str(path))
    size = path.stat().st_size
    if size == 0:
        raise BadInput("catalog.add.empty", path=str(path))
    refuse_large(path, size)


def _opened(path: Path, choices: FileChoices, fit: Fit | None) -> RawTable:
    refuse_no_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except PermissionError:
        raise BadInput("catalog.add.not_readable", path=str(path)) from None
    suffix = path.suffix.lower()
    if head.startswith(_PARQUET) or suffix in (".parquet", ".pq"):
        return read_parquet_table(path)
    begin = head.lstrip(_BLANK)
    for mark, kind in _OTHER_KINDS[::-1]:
        if begin.startswith(mark):
            raise BadInput(f"catalog.reading.kind.{kind}", path=str(path))
    if suffix in _SURVEYS or _EARLIER_STATA.match(head):
        raise BadInput("catalog.reading.kind.survey", path=str(path))
    if head.startswith((_ZIP, _OLD_EXCEL)) or suffix in (".xlsx", ".xls", ".xlsb", ".ods"):
        return read_workbook(path, choices.sheet, fit)
    if begin.startswith(b"{") or suffix == ".json":
        return read_jsonstat_table(path)
    if suffix == ".px" or BEGINS.match(begin):
        return read_pcaxis_table(path, choices)
    return read_text_table(path, choices)
