"""A person's own long table under the names that a method asks for.

Columns are named by the person (``FILE_COLUMN=NAME``), else taken by their own name or a usual one.
Every cell that cannot be read is told with its row; nothing is filled or left out silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.files import read_file
from qonys.catalog.reading.numbers import decimal_sign, parsed_number
from qonys.errors import BadInput

USUAL: dict[str, tuple[str, ...]] = {
    "origin": ("orig", "from", "source_region", "o"),
    "destination": ("dest", "to", "d"),
    "birthplace": ("pob", "birth_country", "country_of_birth", "place_of_birth"),
    "residence": ("por", "country", "country_of_residence", "place_of_residence"),
    "value": ("flow", "flows", "count", "n", "persons", "migrants", "moves", "obs_value", "stock"),
    "time": ("year", "period", "date", "time_period"),
    "region": ("place", "area", "code"),
    "population": ("pop", "residents"),
    "age_start": ("age", "x"),
    "sex": ("gender",),
}
AS_FOUND = FileChoices()
BASIS = frozenset({"definition", "unit", "unit_measure", "vintage", "boundary_vintage"})


@dataclass(frozen=True)
class Wanted:
    """Names a method asks for: `labels` and `numbers` must be there, the others may be.

    `whole` are numbers without fractions (years, ages).
    """

    labels: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ("value",)
    whole: tuple[str, ...] = ()
    optional_labels: tuple[str, ...] = ()
    optional_numbers: tuple[str, ...] = ()
    optional_whole: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Names that must be found."""
        return (*self.labels, *self.whole, *self.numbers)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the needed first."""
        return (*self.needed, *self.optional_labels, *self.optional_whole, *self.optional_numbers)


@dataclass(frozen=True)
class LongTable:
    """The table read: `frame` under canonical names, `used` file column by name, `left_out` what was not read."""

    frame: pl.DataFrame
    used: dict[str, str]
    left_out: tuple[str, ...] = field(default=())


def read_long(path: Path, wanted: Wanted, choices: FileChoices = AS_FOUND) -> LongTable:
    """Read a long table (CSV, Excel, Parquet, SDMX-CSV, JSON-stat).

    Parameters
    ----------
    path
        The file.
    wanted
        Names the method asks for.
    choices
        What the person says about the file.

    Raises
    ------
    BadInput
        A column is missing or named twice; a number cannot be read; a label is empty; no row is left;
        rows of several definitions, units or boundary vintages stand together.

    """
    raw = read_file(path, choices)
    used = _columns(path, raw.frame.columns, wanted, pairs(choices.mapping, wanted.names))
    rows = raw.frame.with_columns(pl.Series("__row__", raw.rows))
    for condition in choices.where:
        rows = _kept(path, rows, condition)
    if rows.height == 0:
        raise BadInput("catalog.long.no_rows", path=str(path), where="; ".join(choices.where))
    _one_basis(path, rows, used)
    columns = {}
    for name, column in used.items():
        texts = rows[column]
        if name in (*wanted.numbers, *wanted.whole, *wanted.optional_numbers, *wanted.optional_whole):
            optional = name in (*wanted.optional_numbers, *wanted.optional_whole)
            whole = name in (*wanted.whole, *wanted.optional_whole)
            columns[name] = _numbers(path, column, texts, rows["__row__"], (optional, whole), choices)
        else:
            columns[name] = _labels(path, column, texts, rows["__row__"], name in wanted.optional_labels)
    rest = tuple(column for column in raw.frame.columns if column not in used.values())
    return LongTable(pl.DataFrame(columns), used, (*raw.left_out, *rest))


def _one_basis(path: Path, rows: pl.DataFrame, used: Mapping[str, str]) -> None:
    """Raise where rows of several definitions, units or boundary vintages stand together."""
    for column in rows.columns:
        if column.strip().lower() not in BASIS or column in used.values():
            continue
        values = [str(value) for value in rows[column].drop_nulls().unique(maintain_order=True)]
        if len(values) > 1:
            raise BadInput(
                "catalog.long.mixed", path=str(path), column=column, values=", ".join(values[:6]), first=values[0]
            )


def _columns(path: Path, found: Sequence[str], wanted: Wanted, pairs: Mapping[str, str]) -> dict[str, str]:
    lower = {column.strip().lower(): column for column in found}
    used: dict[str, str] = {}
    for name in wanted.names:
        if name in pairs:
            if pairs[name] not in found:
                raise BadInput("catalog.long.no_column", path=str(path), column=pairs[name], found=", ".join(found))
            used[name] = pairs[name]
            continue
        taken = {*pairs.values(), *used.values()}
        for guess in (name, *USUAL.get(name, ())):
            if guess in lower and lower[guess] not in taken:
                used[name] = lower[guess]
                break
    missing = [name for name in wanted.needed if name not in used]
    if missing:
        raise BadInput("catalog.long.missing", path=str(path), name=", ".join(missing), found=", ".join(found))
    return used


def _kept(path: Path, rows: pl.DataFrame, condition: str) -> pl.DataFrame:
    column, sign, values = condition.partition("=")
    if not sign:
        raise BadInput("catalog.long.pair", given=condition)
    if column not in rows.columns:
        raise BadInput("catalog.long.no_column", path=str(path), column=column, found=", ".join(rows.columns[:-1]))
    return rows.filter(pl.col(column).str.strip_chars().is_in(values.split("|")))


def _numbers(
    path: Path, column: str, texts: pl.Series, rows: pl.Series, kind: tuple[bool, bool], choices: FileChoices
) -> pl.Series:
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


def _labels(path: Path, column: str, texts: pl.Series, rows: pl.Series, optional: bool) -> pl.Series:
    labels = [None if text is None or not text.strip() else text.strip() for text in texts]
    if not optional and None in labels:
        raise BadInput("catalog.long.empty", path=str(path), row=rows[labels.index(None)], column=column)
    return pl.Series(labels, dtype=pl.String)
