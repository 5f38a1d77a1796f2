"""What SDMX says of whole rows: ACTION (a deleted observation is no data), OBS_STATUS (provisional, estimated …).

OBS_FLAG are the letters that Eurostat puts behind a number.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.vocabulary import plain
from qonys.errors import BadInput
from qonys.words.notes import note

ACTIONS = frozenset({"a", "r", "d", "i", "m", "append", "replace", "delete", "information", "merge"})
DELETED = ("d", "delete")
FLAGS = frozenset("abcdefghiklmnopqrstuvwxyz")
STATUS, FLAG = "obs status", "obs flag"
NORMAL = frozenset("a")
NAMED = {STATUS: frozenset("bdefimpu"), FLAG: frozenset("bdefpu")}
NOTHING = ("m", "o", "l", "h", "q", "c")


def live_rows(path: Path, rows: pl.DataFrame, used: Collection[str], values: Collection[str]) -> pl.DataFrame:
    """Rows less those that a file says are deleted, or without a value for a reason that it states; flags are said.

    Parameters
    ----------
    path
        The file, for notes.
    rows
        Texts, with the number of each row in the file.
    used
        Columns of the file that are read: such a one is data.
    values
        Columns of numbers that a row cannot do without.

    Raises
    ------
    BadInput
        No row is left.

    """
    for name in rows.columns:
        identity = plain(name.partition(":")[0])
        if name in used or identity not in ("action", STATUS, FLAG):
            continue
        codes = rows[name].str.split(":").list.first().str.strip_chars().str.to_lowercase()
        known = {code for code in codes.drop_nulls().unique() if code}
        if identity == "action" and known <= ACTIONS:
            rows = _without(path, rows, name, codes.is_in(DELETED).fill_null(value=False), "catalog.rows.deleted")
        elif identity == FLAG and set("".join(known).replace(" ", "")) <= FLAGS:
            rows = _with_letters(path, rows, name, codes)
        elif identity == STATUS and known <= FLAGS:
            rows = _flagged(path, rows, name, codes, [column for column in values if column in rows.columns])
    return rows


def _flagged(path: Path, rows: pl.DataFrame, name: str, codes: pl.Series, values: list[str]) -> pl.DataFrame:
    empty = rows.select(pl.any_horizontal(pl.col(value).is_null() for value in values)).to_series() if values else None
    for code in codes.drop_nulls().unique().sort():
        if code and code not in NORMAL:
            own = next(text for text, one in zip(rows[name], codes, strict=True) if one == code)
            _say(path, rows, (name, STATUS, own), codes == code)
    if empty is None:
        return rows
    return _without(path, rows, name, empty & codes.is_in(NOTHING).fill_null(value=False), "catalog.rows.no_value")


def _with_letters(path: Path, rows: pl.DataFrame, name: str, codes: pl.Series) -> pl.DataFrame:
    """The rows as they are; each letter of their flags ("bp": a break, and provisional) is said."""
    for letter in sorted(set("".join(codes.drop_nulls())) - {" "}):
        _say(path, rows, (name, FLAG, letter), codes.str.contains(letter, literal=True).fill_null(value=False))
    return rows


def _say(path: Path, rows: pl.DataFrame, flag: tuple[str, str, str], own: pl.Series) -> None:
    """Say which rows have a flag: its column, what kind of column this is, and the flag as written."""
    name, kind, code = flag
    short = code.partition(":")[0].strip().lower()
    known = short if short in NAMED[kind] else "other"
    note(f"catalog.flags.{known}", path=str(path), column=name, code=code, n=int(own.sum()), rows=rows.height)


def _without(path: Path, rows: pl.DataFrame, name: str, gone: pl.Series, key: str) -> pl.DataFrame:
    if not gone.any():
        return rows
    shown = {"path": str(path), "column": name, "n": int(gone.sum()), "rows": rows.height}
    if gone.all():
        raise BadInput(f"{key}_all", **shown)
    note(key, **shown)
    return rows.filter(~gone)
