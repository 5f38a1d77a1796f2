"""The cells of one column as labels or as numbers; a cell that cannot be read is told with its row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import quoted
from qonys.catalog.reading.numbers.writing import Signs, plain_number
from qonys.errors import RefusedCells

USUAL = {".": r"^[+-]?\d{1,30}(\.\d{1,30})?$", ",": r"^[+-]?\d{1,30}(,\d{1,30})?$"}
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
    usual = texts.str.contains(USUAL[signs.decimal])
    quick = texts.set(~usual, None).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    rest = texts.is_not_null() & quick.is_null()
    if factors is not None:
        rest |= pl.Series([factor != 1 for factor in factors], dtype=pl.Boolean)
    found = quick.to_list()
    for index in rest.arg_true():
        text = texts[int(index)]
        plain = None if text is None else plain_number(text, signs)
        factor = Decimal(1) if factors is None else factors[index]
        found[index] = None if plain is None else float(Decimal(plain) * factor)
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
    empty = texts.str.strip_chars().fill_null("") == ""
    faults = {"catalog.long.not_number": numbers.is_null() & ~empty}
    if not optional:
        faults["catalog.long.empty"] = empty
    if whole:
        broken = (numbers.abs() > LARGEST_WHOLE) | (numbers != numbers.round())
        faults["catalog.long.not_whole"] = broken.fill_null(value=False)
    found = {key: marked.arg_true().to_list() for key, marked in faults.items() if marked.any()}
    if found:
        key = min(found, key=lambda one: found[one][0])
        index, *rest = found[key]
        others = [(rows[other], texts[other]) for other in rest]
        option = quoted(f"{column}={texts[index]}")
        raise RefusedCells(
            key, others, path=str(path), row=rows[index], column=column, text=texts[index], decimal=signs.decimal,
            option=option,
        )  # fmt: skip
    return numbers.cast(pl.Int64) if whole else numbers


def label_cells(path: Path, column: str, texts: pl.Series, rows: pl.Series, optional: bool) -> pl.Series:
    """The texts of a column as labels, without spaces at their ends.

    Raises
    ------
    BadInput
        A label is empty and may not be.

    """
    labels = [None if text is None or not text.strip() else text.strip() for text in texts]
    empty = [row for row, label in zip(rows, labels, strict=True) if label is None]
    if empty and not optional:
        others = [(row, None) for row in empty[1:]]
        raise RefusedCells("catalog.long.empty", others, path=str(path), row=empty[0], column=column)
    return pl.Series(labels, dtype=pl.String)
