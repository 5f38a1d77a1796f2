"""The cells of one column as labels or as numbers; a cell that cannot be read is told with its row."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.numbers import decimal_sign, parsed_number
from qonys.errors import BadInput


def number_cells(
    path: Path, column: str, texts: pl.Series, rows: pl.Series, kind: tuple[bool, bool], choices: FileChoices
) -> pl.Series:
    """The texts of a column as numbers.

    Parameters
    ----------
    path, column
        The file and the column, for errors.
    texts, rows
        Texts, and the number of each row in the file.
    kind
        Whether a cell may be empty, whether the numbers are whole.
    choices
        What the person says about the file.

    Raises
    ------
    BadInput
        A cell is empty or is not such a number.

    """
    optional, whole = kind
    given = [text for text in texts if text is not None and text.strip()]
    decimal = choices.decimal or decimal_sign(given) or "."
    numbers: list[float | None] = []
    for text, row in zip(texts, rows, strict=True):
        if text is None or not text.strip():
            if not optional:
                raise BadInput("catalog.long.empty", path=str(path), row=row, column=column)
            numbers.append(None)
            continue
        number = parsed_number(text, decimal)
        if number is None or (whole and number != int(number)):
            key = "catalog.long.not_whole" if whole else "catalog.long.not_number"
            raise BadInput(key, path=str(path), row=row, column=column, text=text)
        numbers.append(number)
    return pl.Series(numbers, dtype=pl.Float64).cast(pl.Int64) if whole else pl.Series(numbers, dtype=pl.Float64)


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
