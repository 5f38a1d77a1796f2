"""Tidy frames to arrays and back, with every cell accounted for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import errors
from qonys.errors import AxisMismatch, BadInput

Array = NDArray[np.float64]
SHOWN = 6


def named(cells: Sequence[tuple[object, ...]]) -> str:
    """The first cells by name, and how many more there are; ages and years without a fraction.

    Examples
    --------
    >>> named([("KAZ", "RUS"), ("KAZ", "UZB")]), named([(0.0,), (1.0,)])
    ('KAZ/RUS, KAZ/UZB', '0, 1')
    """
    shown = ", ".join("/".join(str(errors.shown(part)) for part in cell) for cell in cells[:SHOWN])
    return shown if len(cells) <= SHOWN else f"{shown} (+{len(cells) - SHOWN})"


def need_columns(frame: pl.DataFrame, columns: Sequence[str], what: str) -> None:
    """Raise `BadInput` unless `frame` has all `columns`.

    Raises
    ------
    BadInput
        A column is missing.

    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BadInput("estimation.no_column", table=what, missing=", ".join(missing), found=", ".join(frame.columns))


def clean_rows(frame: pl.DataFrame, keys: Sequence[str], what: str, value: str = "value") -> pl.DataFrame:
    """Rows of `keys` and `value`, none empty, negative or twice; each fault names its cells.

    Raises
    ------
    BadInput
        A column is missing; values that are empty, not finite or stand twice.

    """
    need_columns(frame, [*keys, value], what)
    rows = frame.select(*keys, pl.col(value).cast(pl.Float64))
    _refuse(rows.filter(pl.col(value).is_null() | ~pl.col(value).is_finite()), keys, "estimation.empty", what)
    _refuse(rows.filter(pl.any_horizontal(pl.col(keys).is_null())), keys, "estimation.no_label", what)
    _refuse(rows.filter(pl.col(value) < 0), keys, "estimation.negative", what)
    if keys:
        twice = rows.filter(rows.select(keys).is_duplicated()).unique(keys, maintain_order=True)
        _refuse(twice, keys, "estimation.twice", what)
    elif rows.height > 1:
        raise BadInput("estimation.several", table=what, rows=rows.height)
    return rows


def _refuse(rows: pl.DataFrame, keys: Sequence[str], message: str, what: str) -> None:
    if rows.height:
        raise BadInput(message, table=what, cells=named(rows.select(keys or rows.columns).rows()))


def grid(
    frame: pl.DataFrame,
    axes: Sequence[tuple[str, Sequence[object]]],
    what: str,
    zero: bool = False,
    value: str = "value",
) -> tuple[Array, int]:
    """Values of `frame` on the given axes, and the number of cells that had no row.

    Values have one dimension an axis. Cells without a row are an error, or with `zero` count as none.

    Raises
    ------
    AxisMismatch
        A row has a label that its axis lacks.
    BadInput
        A cell has no row.

    """
    places = [{label: i for i, label in enumerate(labels)} for _, labels in axes]
    names = [name for name, _ in axes]
    values = np.full([len(labels) for _, labels in axes], np.nan)
    for *labels, number in frame.select(*names, value).iter_rows():
        unknown = [label for label, place in zip(labels, places, strict=True) if label not in place]
        if unknown:
            raise AxisMismatch(
                "estimation.unknown_label", table=what, label=unknown[0], axis=names[labels.index(unknown[0])]
            )
        values[tuple(place[label] for place, label in zip(places, labels, strict=True))] = number
    empty = np.argwhere(np.isnan(values))
    if len(empty) and not zero:
        cells = [tuple(axes[i][1][j] for i, j in enumerate(cell)) for cell in empty]
        raise BadInput("estimation.missing_cells", table=what, cells=named(cells))
    return np.nan_to_num(values, nan=0.0), len(empty)


def labels_of(frame: pl.DataFrame, *columns: str) -> tuple[str, ...]:
    """All labels of the columns together, sorted."""
    return tuple(sorted({str(label) for column in columns for label in frame[column].unique()}))


def long_table(values: Array, axes: Sequence[tuple[str, Sequence[object]]]) -> pl.DataFrame:
    """Tidy frame of an array with as many dimensions as there are axes: one column an axis, then value.

    Examples
    --------
    >>> long_table(np.array([[1.0, 2.0]]), [("origin", ["a"]), ("destination", ["b", "c"])]).rows()
    [('a', 'b', 1.0), ('a', 'c', 2.0)]
    """
    index = np.indices(values.shape).reshape(len(axes), -1)
    columns: dict[str, object] = {
        name: [labels[i] for i in place] for (name, labels), place in zip(axes, index, strict=True)
    }
    return pl.DataFrame(columns).with_columns(value=pl.Series(values.ravel()))
