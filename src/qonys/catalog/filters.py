"""Written row filters: ``column=value``, alternatives parted by ``|``, conditions by ``;``.

``column!=value`` keeps the rows that are none of the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from qonys.catalog.pack import nearest
from qonys.errors import BadInput

NOT = "!"


def parsed_conditions(written: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Conditions as column -> allowed values; ``column!`` -> values that are not wanted.

    Raises
    ------
    BadInput
        A condition has no equals sign or no column.

    Examples
    --------
    >>> parsed_conditions(["year=2009|2010", "sex=both"])
    {'year': ('2009', '2010'), 'sex': ('both',)}

    """
    conditions: dict[str, tuple[str, ...]] = {}
    for condition in written:
        column, sign, values = condition.partition("=")
        if not sign or not column.strip():
            raise BadInput("catalog.filter.no_sign", condition=condition)
        parts = tuple(value.strip() for value in values.split("|"))
        conditions[column.strip()] = conditions.get(column.strip(), ()) + parts
    return conditions


def split_conditions(written: str | None) -> dict[str, tuple[str, ...]]:
    """Conditions written in one text, parted by semicolons; an empty text has none.

    Examples
    --------
    >>> split_conditions("indicator=births;sex=both")
    {'indicator': ('births',), 'sex': ('both',)}

    """
    return parsed_conditions(part for part in (written or "").split(";") if part.strip())


def filtered(frame: pl.DataFrame, conditions: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Rows that meet all conditions; an empty value asks for an empty cell.

    A year column also takes ranges: ``year=2000..2010``.

    Raises
    ------
    BadInput
        The table has no such column; a number cannot be read; a range ends before it begins.

    """
    for written, values in conditions.items():
        column = written.removesuffix(NOT)
        if column not in frame.columns:
            raise BadInput(
                "catalog.filter.no_column", column=column, near=nearest(column, tuple(frame.columns))
            )
        test = _one_of(frame.schema[column], column, values).fill_null(False)
        frame = frame.filter(~test if written.endswith(NOT) else test)
    return frame


def _one_of(kind: pl.DataType, column: str, values: tuple[str, ...]) -> pl.Expr:
    test = pl.lit(False)
    for value in values:
        if value == "":
            test = test | pl.col(column).is_null()
        elif ".." in value and kind.is_integer():
            low, high = _bounds(column, value)
            test = test | pl.col(column).is_between(low, high)
        elif kind.is_numeric():
            test = test | (pl.col(column) == _number(column, value))
        else:
            test = test | (pl.col(column).cast(pl.String) == value)
    return test


def _bounds(column: str, value: str) -> tuple[float, float]:
    low, _, high = value.partition("..")
    least, most = _number(column, low) if low else float("-inf"), _number(column, high) if high else float("inf")
    if least > most:
        raise BadInput("catalog.filter.reversed", column=column, value=value, turned=f"{high}..{low}")
    return least, most


def _number(column: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise BadInput("catalog.filter.not_number", column=column, value=value) from None
