"""Files of SPSS and Stata with their labels, within bounds of size that are told before anything is read."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.opening import refuse_no_file
from qonys.catalog.reading.formats.raw import LIMIT_VARIABLE, MEGABYTE, size_limit
from qonys.catalog.reading.unseen import SIGNS
from qonys.errors import BadInput
from qonys.surveys.codes import code_of
from qonys.surveys.columns import ROW
from qonys.words.notes import note

SPSS = (".sav", ".zsav", ".por")
STATA = (".dta",)
CELLS_A_BYTE, BYTES_A_BYTE = 2, 16
Labels = dict[str, dict[str, str]]


def read_labelled(path: Path, choices: FileChoices) -> tuple[pl.DataFrame, Labels, dict[str, str]]:
    """Respondents of a .sav, .zsav, .por or .dta file, labels of values by variable, labels of variables.

    Codes that the file declares as missing are null, and their labels are left out. Dates that no calendar has are
    read as the numbers that stand in the file, and this is said.

    Raises
    ------
    BadInput
        The file is missing, a folder, empty, too large, damaged, of another encoding, or without respondents.

    """
    refuse_no_file(path)
    try:
        pyreadstat = importlib.import_module("pyreadstat")
    except ImportError as error:
        raise BadInput("surveys.no_library", library="pyreadstat") from error
    readers: dict[str, Callable[..., Any]] = {
        ".por": pyreadstat.read_por, ".dta": pyreadstat.read_dta, ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
    }  # fmt: skip
    read = readers[path.suffix.lower()]
    portable = path.suffix.lower() == ".por"
    options = {} if portable or choices.encoding is None else {"encoding": choices.encoding}
    declared = {"user_missing": True} if path.suffix.lower() in (".sav", ".zsav") else {}
    about = _read(read, path, {**options, **declared, "metadataonly": True})[1]
    most = _most_rows(path, about)
    table = _with_dates(read, path, {**options, "row_limit": most + 1})
    if table.height > most:
        _refuse_size(path, table.height, table.width)
    if table.height == 0:
        raise BadInput("surveys.no_rows")
    table = table.with_columns(cs.string().str.replace_all(SIGNS, "").str.strip_chars().replace("", None))
    table = table.with_columns(pl.Series(ROW, range(1, table.height + 1), dtype=pl.Int64))
    titles = {name: title for name, title in about.column_names_to_labels.items() if title}
    return table, _labels(table, about), titles


def _read(read: Callable[..., Any], path: Path, options: Mapping[str, object]) -> tuple[pl.DataFrame, Any]:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table, about = read(str(path), output_format="polars", **options)
    except MemoryError:
        raise BadInput("surveys.damaged", path=str(path)) from None
    except Exception as error:
        key = "surveys.encoding" if "encoding" in str(error).lower() else "surveys.damaged"
        raise BadInput(key, path=str(path)) from error
    return table, about


def _most_rows(path: Path, about: Any) -> int:
    """How many rows may be read; refused where the file declares more."""
    columns = max(int(about.number_columns or 0), 1)
    width = max(sum(dict(about.variable_storage_width or {}).values()), 1)
    most = min(size_limit() * CELLS_A_BYTE // columns, size_limit() * BYTES_A_BYTE // width)
    declared = int(about.number_rows or 0)
    if declared > most:
        _refuse_size(path, declared, columns)
    return max(most, 1)


def _refuse_size(path: Path, rows: int, columns: int) -> None:
    limit = size_limit() // MEGABYTE
    raise BadInput("surveys.too_many_cells", path=str(path), rows=rows, columns=columns, limit=limit,
                   variable=LIMIT_VARIABLE)  # fmt: skip


def _with_dates(read: Callable[..., Any], path: Path, options: Mapping[str, object]) -> pl.DataFrame:
    try:
        return _read(read, path, options)[0]
    except BadInput:
        found, _ = _read(read, path, {**options, "disable_datetime_conversion": True})
    note("surveys.note.dates", path=str(path))
    return found


def _labels(table: pl.DataFrame, about: Any) -> Labels:
    """Labels of values, without those of codes that are declared missing."""
    found: Labels = {}
    for variable, labels in about.variable_value_labels.items():
        numeric = variable in table.columns and table.schema[variable].is_numeric()
        ranges = (getattr(about, "missing_ranges", None) or {}).get(variable, [])
        kept = {
            code_of(str(code), numeric): str(label).strip()
            for code, label in labels.items()
            if not any(_inside(code, one["lo"], one["hi"]) for one in ranges)
            and not (numeric and isinstance(code, str))
        }
        if kept:
            found[variable] = kept
    return found


def _inside(code: object, low: object, high: object) -> bool:
    if isinstance(code, str) or isinstance(low, str) or isinstance(high, str):
        return code == low
    return bool(low <= code <= high)  # type: ignore[operator]
