"""Columns of a survey file as they are asked for: by name, as numbers, with the rows of the file in every error.

Names that begin with two underscores are the package's own columns; `ROW` holds the number of each row in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.pack import nearest
from qonys.catalog.reading.advice import MOST, listed, typed
from qonys.catalog.reading.numbers.bounds import AMOUNT, BOUNDS
from qonys.catalog.reading.numbers.writing import OTHER, decimal_sign, may_be_either
from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput

ROW = NUMBER
SHOWN_ROWS = 6
LARGEST, SMALLEST = BOUNDS[AMOUNT][1], 1e-100


def names_of(frame: pl.DataFrame) -> tuple[str, ...]:
    """The columns of the file, without the package's own."""
    return tuple(name for name in frame.columns if not name.startswith("__"))


def near_names(name: str, known: Sequence[str]) -> str:
    """The column most like `name`, capitals set aside, or the first ones there are.

    Examples
    --------
    >>> near_names("INTENT", ["age", "intent"])
    'intent'

    """
    same = [one for one in known if one.strip().casefold() == name.strip().casefold()]
    return same[0] if same else nearest(name, tuple(known))


def require(frame: pl.DataFrame, name: str, option: str = "") -> None:
    """Raise where the file has no column `name`, which `option` names.

    Raises
    ------
    BadInput
        Names the nearest columns.

    """
    if name in frame.columns:
        return
    known = names_of(frame)
    near = near_names(name, known)
    if option:
        raise BadInput("surveys.no_column", option=option, column=name, near=near)
    raise BadInput("surveys.no_variable", variable=name, near=near)


def refuse_unknown(frame: pl.DataFrame, named: Iterable[tuple[str, str]]) -> None:
    """Raise where options name columns that the file does not have, with the nearest as they are typed.

    Parameters
    ----------
    frame
        The file.
    named
        Option and name; an empty name asks for nothing.

    Raises
    ------
    BadInput
        Names all of them.

    """
    known = names_of(frame)
    wrong = [(option, name) for option, name in dict.fromkeys(named) if name and name not in known]
    if not wrong:
        return
    said = " ".join(typed(option, near_names(name, known).partition(", ")[0]) for option, name in wrong[:MOST])
    raise BadInput("surveys.no_variables", variables=listed([name for _, name in wrong]), options=said)


def file_rows(frame: pl.DataFrame, marked: NDArray[np.bool_]) -> str:
    """Numbers of the first rows with `marked` (n,) true, as in the file; in a table in memory, counted from 1."""
    numbers = frame[ROW].to_numpy() if ROW in frame.columns else np.arange(1, frame.height + 1)
    rows = list(dict.fromkeys(numbers[marked].tolist()))
    return ", ".join(map(str, rows[:SHOWN_ROWS])) + (", …" if len(rows) > SHOWN_ROWS else "")


def numbers_of(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column as numbers, nulls kept.

    Raises
    ------
    BadInput
        A text that is no number; a sign that may mean a thousand or a fraction; a number beyond 1e15, or so near to
        zero that its square is none.

    """
    series = frame[name]
    if series.dtype.is_temporal() or series.dtype.is_nested():
        marked = series.is_not_null().to_numpy()
        _refuse_text(frame, name, marked, str(series.drop_nulls()[0]) if marked.any() else "")
    numbers = series.cast(pl.Float64, strict=False)
    bad = (numbers.is_null() & series.is_not_null()).to_numpy()
    if bad.any():
        texts = series.cast(pl.String).drop_nulls()
        if decimal_sign(texts) is None:
            either = next(text for text in texts if may_be_either(text))
            sign = "," if "," in either else "."
            rows = file_rows(frame, (series == either).fill_null(value=False).to_numpy())
            raise BadInput("surveys.sign", variable=name, value=either, rows=rows, sign=sign, other=OTHER[sign])
        _refuse_text(frame, name, bad, str(series.filter(pl.Series(bad))[0]))
    numbers = numbers.fill_nan(None)
    size = numbers.abs()
    far = ((size > LARGEST) | ((size < SMALLEST) & (size > 0))).fill_null(value=False).to_numpy()
    if far.any():
        value = f"{numbers.filter(pl.Series(far))[0]:g}"
        option = typed("--missing", f"{name}={value}")
        raise BadInput("surveys.too_large", variable=name, value=value, rows=file_rows(frame, far), option=option)
    return numbers


def _refuse_text(frame: pl.DataFrame, name: str, bad: NDArray[np.bool_], value: str) -> None:
    rows = file_rows(frame, bad)
    option = typed("--missing", f"{name}={value}")
    raise BadInput("surveys.not_number", variable=name, value=value, n=int(bad.sum()), rows=rows, option=option)
