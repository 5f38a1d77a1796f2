"""What moved between two stored runs or reports: numbers by name, tables by cell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput
from qonys.study.runs.folders import places_of
from qonys.study.runs.names import current, current_frame

if TYPE_CHECKING:
    import polars as pl

VALUES = ("value", "low", "high")
EXACT = 1e-12
RESULTS, NUMBERS = "results.json", "numbers.json"


@dataclass(frozen=True)
class Stored:
    """Numbers (name -> value, low, high) and files of tables (name -> path) of a run or report."""

    folder: Path
    numbers: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, Path]


def stored_at(given: str) -> Stored:
    """What a folder holds that `qonys study` or the cache wrote; or a run of the cache by its name.

    Raises
    ------
    BadInput
        There is nothing stored there.

    """
    for place in places_of(given):
        if (place / RESULTS).is_file():
            rows = _read(place / RESULTS)["numbers"]
            return Stored(place, {current(row["name"]): row for row in rows}, _tables(place))
        if (place / NUMBERS).is_file():
            rows = _read(place / NUMBERS)
            return Stored(place, {current(name): row for name, row in rows.items()}, _tables(place))
    raise BadInput("study.diff.nothing", path=given)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise BadInput("study.diff.nothing", path=str(path)) from error


def _tables(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted((folder / "tables").glob("*.parquet"))}


def compared(a: Stored, b: Stored, tolerance: float = EXACT) -> pl.DataFrame:
    """What moved from `a` to `b` by more than `tolerance` of its size, the greatest relative change first.

    Columns: kind (number, table), name, part (value, low, high; the column of a table), change (moved, new, gone,
    rows, columns), cells (how many moved, of how many), before, after, relative (of the cell that moved most).
    """
    import polars as pl

    rows = [*_numbers(a.numbers, b.numbers, tolerance), *_all_tables(a.tables, b.tables, tolerance)]
    schema = {
        "kind": pl.String, "name": pl.String, "part": pl.String, "change": pl.String, "cells": pl.Int64,
        "of": pl.Int64, "before": pl.Float64, "after": pl.Float64, "relative": pl.Float64,
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    size = pl.col("relative").abs().fill_null(math.inf)
    return frame.sort(pl.col("kind"), size, descending=[False, True], maintain_order=True)


Row = tuple[str, str, str | None, str, int | None, int | None, float | None, float | None, float | None]


def _numbers(a: Mapping[str, Mapping[str, Any]], b: Mapping[str, Mapping[str, Any]], tolerance: float) -> Iterable[Row]:
    for name in dict.fromkeys((*a, *b)):
        if name not in a or name not in b:
            before, after = (side[name]["value"] if name in side else None for side in (a, b))
            yield "number", name, None, "new" if name in b else "gone", None, None, before, after, None
            continue
        for part in VALUES:
            before, after = a[name].get(part), b[name].get(part)
            if not same(before, after, tolerance):
                yield "number", name, part, "moved", None, None, before, after, relative(before, after)


def same(before: float | None, after: float | None, tolerance: float = EXACT) -> bool:
    """Whether two values differ by no more than `tolerance` of the greater one, or of one where both are below it.

    Examples
    --------
    >>> same(1.0, 1.0 + 1e-13), same(1.0, 1.001), same(None, 0.0), same(float("nan"), float("nan"))
    (True, False, False, True)

    """
    if before is None or after is None:
        return before is after
    if before == after or (math.isnan(before) and math.isnan(after)):
        return True
    return abs(after - before) <= tolerance * max(abs(before), abs(after), 1.0)


def relative(before: float | None, after: float | None) -> float | None:
    """Change as a part of what was before; None from or to nothing, and from zero.

    Examples
    --------
    >>> relative(4.0, 5.0), relative(None, 5.0)
    (0.25, None)

    """
    return None if before is None or after is None or before == 0 else (after - before) / abs(before)


def _all_tables(a: Mapping[str, Path], b: Mapping[str, Path], tolerance: float) -> Iterable[Row]:
    for name in dict.fromkeys((*a, *b)):
        if name not in a or name not in b:
            yield "table", name, None, "new" if name in b else "gone", None, None, None, None, None
        else:
            yield from _table(name, _frame(a[name]), _frame(b[name]), tolerance)


def _frame(path: Path) -> pl.DataFrame:
    """A stored table, its columns and codes under the names of today."""
    import polars as pl

    return current_frame(pl.read_parquet(path))


def _table(name: str, a: pl.DataFrame, b: pl.DataFrame, tolerance: float) -> Iterable[Row]:
    """Columns that came or went, rows that came or went, then cells column by column."""
    for column in dict.fromkeys((*a.columns, *b.columns)):
        if column not in a.columns or column not in b.columns:
            yield "table", name, column, "columns", None, None, None, None, None
    shared = [column for column in a.columns if column in b.columns]
    a, b = _aligned(a.select(shared), b.select(shared))
    if a.height != b.height:
        yield "table", name, None, "rows", abs(a.height - b.height), max(a.height, b.height), a.height, b.height, None
        return
    for column in shared:
        moved = _cells(a[column], b[column], tolerance)
        if moved is not None:
            yield "table", name, column, "moved", moved[0], a.height, *moved[1:]


def _aligned(a: pl.DataFrame, b: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both in the order of the columns that are no measures, where these name each row once in both."""
    keys = [name for name, kind in a.schema.items() if not kind.is_float() and not kind.is_nested()]
    orders = [frame.select(keys) for frame in (a, b)]
    if not keys or orders[0].equals(orders[1]) or any(order.is_duplicated().any() for order in orders):
        return a, b
    return a.sort(keys, nulls_last=True), b.sort(keys, nulls_last=True)


def _cells(a: pl.Series, b: pl.Series, tolerance: float) -> tuple[int, float | None, float | None, float | None] | None:
    """How many cells moved; before, after and relative change of the one that moved most. None if none did."""
    if not (a.dtype.is_numeric() and b.dtype.is_numeric()):
        count = sum(before != after for before, after in zip(a.to_list(), b.to_list(), strict=True))
        return (count, None, None, None) if count else None
    pairs = list(zip(a.cast(float).to_list(), b.cast(float).to_list(), strict=True))
    moved = [pair for pair in pairs if not same(*pair, tolerance)]
    if not moved:
        return None
    most = max(moved, key=lambda pair: abs(relative(*pair) or 0.0))
    return len(moved), *most, relative(*most)
