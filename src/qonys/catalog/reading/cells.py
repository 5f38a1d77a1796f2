"""The cells of one column as labels or as numbers; a cell that cannot be read is told with its row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from qonys.catalog.reading.numbers import Signs, plain_number
from qonys.errors import BadInput

LARGEST_WHOLE = 1e15


def numbers_in(texts: pl.Series, signs: Signs, factors: Sequence[Decimal] | None = None) -> pl.Series:
    """The texts of a column as numbers, each multiplied by its factor; null where a text is none.

    Products are formed in decimal arithmetic: 2.3 thousand is 2300.

    Parameters
    ----------
    texts
        Texts of a column; null where a cell is empty.
    signs
        How its numbers are written.
    factors
        One per row; None: the numbers stay.

    """
    found: list[float | None] = []
    for index, text in enumerate(texts):
        plain = None if text is None else plain_number(text, signs)
        if plain is None:
            found.append(None)
        else:
            found.append(float(plain) if factors is None else float(Decimal(plain) * factors[index]))
    return pl.Series(found, dtype=pl.Float64)


def number_cells(
    path: Path, column: str, texts: pl.Series, rows: pl.Series, kind: tuple[bool, bool], signs: Signs,
    factors: Sequence[Decimal] | None = None,
) -> pl.Series:  # fmt: skip
    """The texts of a column as numbers.

    Parameters
    ----------
    path, column
        The file and the column, for errors.
    texts, rows
        Texts, and the number of each row in the file.
    kind
        Whether a cell may be empty, whether the numbers are whole.
    signs, factors
        As in `numbers_in`.

    Raises
    ------
    BadInput
        A cell is empty or is not such a number.

    """
    optional, whole = kind
    numbers = numbers_in(texts, signs, factors)
    for text, number, row in zip(texts, numbers, rows, strict=True):
        if text is None or not text.strip():
            if not optional:
                raise BadInput("catalog.long.empty", path=str(path), row=row, column=column)
        elif number is None:
            raise BadInput("catalog.long.not_number", path=str(path), row=row, column=column, text=text,
                           decimal=signs.decimal)  # fmt: skip
        elif whole and (abs(number) > LARGEST_WHOLE or number != int(number)):
            raise BadInput("catalog.long.not_whole", path=str(path), row=row, column=column, text=text)
    return numbers.cast(pl.Int64) if whole else numbers


def label_cells(path: Path, column: str, texts: pl.Series, rows: pl.Series, optional: bool) -> pl.Series:
    """The texts of a column as labels, without spaces at their ends.

    Raises
    ------
    BadInput
        A label is empty and may not be.

    """
    labels = [None if text is None or not text.strip() else text.strip() for text in texts]
    if not optional and None in labels:
        raise BadInput("catalog.long.empty", path=str(path), row=rows[labels.index(None)], column=column)
    return pl.Series(labels, dtype=pl.String)
