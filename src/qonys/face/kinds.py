"""Columns of foreign tables as Polars columns; a column that cannot hold one number or text a row is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from qonys.catalog.reading.unseen import seen_texts
from qonys.errors import BadInput

SHOWN = 40
_AS_TEXT = (pl.Categorical, pl.Enum, pl.Binary)


def of_mapping(given: Mapping[Any, Any], name: str) -> pl.DataFrame:
    """A mapping of columns as a frame.

    Raises
    ------
    BadInput
        A column is one value or one text, columns have different lengths, or two of them one name.

    """
    for key, column in given.items():
        if isinstance(column, str | bytes) or not hasattr(column, "__len__") or not hasattr(column, "__iter__"):
            raise BadInput("face.table.no_values", table=name, column=str(key), found=_shown(column))
    lengths = {key: len(column) for key, column in given.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise BadInput("face.table.lengths", table=name, found=found)
    refuse_one_name([str(key) for key in given], name)
    return pl.DataFrame([_series(str(key), list(column)) for key, column in given.items()])


def of_pandas(given: Any, name: str) -> pl.DataFrame:
    """A pandas frame, or a series as one; a named index becomes columns, an unnamed one is ignored.

    Raises
    ------
    BadInput
        Two columns have one name.

    """
    if not hasattr(given, "columns"):
        given = given.to_frame(given.name or "value")
    refuse_one_name([str(column) for column in given.columns], name)
    own = [level for level in given.index.names if level is not None and level in given.columns]
    given = given.droplevel(own) if 0 < len(own) < given.index.nlevels else given
    named = [level for level in given.index.names if level is not None and level not in own]
    frame = given.reset_index() if named else given.reset_index(drop=True)
    refuse_one_name([str(column) for column in frame.columns], name)
    try:
        found = pl.from_pandas(frame)
    except Exception:
        return pl.DataFrame([_of_pandas_column(str(column), frame[column]) for column in frame.columns])
    return found.rename({column: str(column) for column in found.columns})


def of_arrow(given: Any, name: str) -> pl.DataFrame:
    """An object with the Arrow stream interface as a frame.

    Raises
    ------
    BadInput
        Two columns have one name, or the values of a column are of a kind that is not read.

    """
    try:
        return pl.DataFrame(given)
    except pl.exceptions.PolarsError as error:
        names: Sequence[object] = getattr(given, "column_names", None) or getattr(given, "columns", None) or ()
        refuse_one_name([str(one) for one in names], name)
        raise BadInput("face.table.kind", table=name, found=f"{type(given).__name__}: {error}") from None


def plain_columns(raw: pl.DataFrame, used: Collection[str], name: str) -> pl.DataFrame:
    """The frame with the columns `used` of numbers, texts, dates or truths, categories as texts, and without objects.

    Raises
    ------
    BadInput
        Such a column holds lists, complex numbers or other values that are neither a number nor a text.

    """
    texts = [column for column in dict.fromkeys(used) if isinstance(raw.schema[column], _AS_TEXT)]
    raw = raw.with_columns(raw[column].cast(pl.String, strict=False) for column in texts)
    raw = raw.with_columns(seen_texts(raw.select(list(dict.fromkeys(used)))))
    for column in used:
        kind = raw.schema[column]
        if not (kind.is_numeric() or kind.is_temporal() or kind in (pl.String, pl.Boolean, pl.Null)):
            first = next((value for value in raw[column] if value is not None), None)
            raise BadInput("face.table.cells", table=name, column=column, found=_shown(first))
    return raw.drop(column for column, kind in raw.schema.items() if kind == pl.Object)


def refuse_one_name(names: Sequence[str], name: str) -> None:
    """Refuse a table two of whose columns have one name.

    Raises
    ------
    BadInput
        Names the first such column.

    """
    counts = Counter(names)
    for one in names:
        if counts[one] > 1:
            raise BadInput("face.table.one_name", table=name, column=one, n=counts[one])


def _series(name: str, values: Collection[Any]) -> pl.Series:
    """Values as a column; those of a kind that Polars has no type for stay Python objects."""
    try:
        return pl.Series(name, values, strict=False)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        return pl.Series(name, values, dtype=pl.Object)


def _of_pandas_column(name: str, column: Any) -> pl.Series:
    try:
        return pl.Series(name, pl.from_pandas(column))
    except Exception:
        return _series(name, [None if value is None or value != value else value for value in column.tolist()])


def _shown(value: object) -> str:
    text = value.to_list() if isinstance(value, pl.Series) else value
    return f"{str(text)[:SHOWN]} ({type(text).__name__})"
