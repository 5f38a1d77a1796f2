"""Rows of a stored table by their address: the keys after the table's name, `components_by_period/2009-2021`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qonys.errors import UnknownName
from qonys.study.runs.results import Number, TableResult

if TYPE_CHECKING:
    import polars as pl

SPAN = ("start", "end")
KEYS = (
    "scenario", "year", "period", "region", "ethnic_group", "group", "id", "measure", "partner", "origin",
    "destination", "sex", "age_start", "flow", "variant", "spec", "term", "indicator", "quantity", "target", "horizon",
    "model", "name",
)  # fmt: skip
SAME = 4


@dataclass(frozen=True)
class Row:
    """Rows that an address names: `frame`, and `at`, the values of the table's keys that all of them share."""

    frame: pl.DataFrame
    at: Mapping[str, Any]

    def values(self) -> dict[str, Any] | None:
        """Columns and values where it is one row."""
        return self.frame.row(0, named=True) if self.frame.height == 1 else None


def rows_at(item: Number | TableResult, address: str, keys: Sequence[str]) -> Row:
    """Rows of a table whose columns hold every part of the address: `2015/KZ-75`, `2009-2021` (start and end).

    Parameters
    ----------
    item
        A table.
    address
        Values parted by "/".
    keys
        Columns by which the figures behind the table are known.

    Raises
    ------
    UnknownName
        No row has these values, or the result is a number.

    """
    if isinstance(item, Number):
        raise UnknownName("study.why.no_row", name=item.name, row=address[:80], near=item.name)
    frame = item.frame
    for value in address.split("/"):
        frame = frame.filter(_holds(item.frame, value, keys))
    if frame.is_empty():
        near = dict.fromkeys(address_of(row, item.frame.columns, keys) for row in item.frame.head(400).to_dicts())
        raise UnknownName("study.why.no_row", name=item.name, row=address[:80], near=", ".join([*near][:SAME]))
    at = {name: frame[name][0] for name in keys if name in frame.columns and frame[name].n_unique() == 1}
    return Row(frame, at)


def _holds(frame: pl.DataFrame, value: str, keys: Iterable[str]) -> pl.Expr:
    import polars as pl

    start, dash, end = value.partition("-")
    masks = [
        pl.col(name).cast(pl.String) == value for name in dict.fromkeys((*keys, *KEYS)) if name in frame.columns
    ]
    if dash and set(SPAN) <= set(frame.columns):
        first, last = (pl.col(name).cast(pl.String) for name in SPAN)
        masks.append((first == start) & (last == end))
    return pl.any_horizontal(masks) if masks else pl.lit(False)


def address_of(row: Mapping[str, Any], columns: Sequence[str], keys: Sequence[str]) -> str:
    """The address of a row behind the table's name, by its keys."""
    named = [name for name in (keys or KEYS) if name in columns and name not in SPAN and row[name] is not None]
    span = [f"{row[SPAN[0]]}-{row[SPAN[1]]}"] if set(SPAN) <= set(columns) else []
    return "/".join([*span, *(str(row[name]) for name in named)])
