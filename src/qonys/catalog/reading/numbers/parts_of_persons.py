"""Populations that have fractions of persons: probably thousands whose unit the file does not say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.columns import without_unit
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.wanted import USUAL
from qonys.errors import BadInput
from qonys.words.notes import note

POPULATION = frozenset({"population", *USUAL["population"]})
_MOST = 300_000.0
_MOSTLY = 0.5


def in_parts(values: pl.Series) -> pl.Series:
    """Which numbers have a fraction that no mean of two whole numbers has.

    Examples
    --------
    >>> in_parts(pl.Series([610.2, 1200.5, 300.0])).to_list()
    [True, False, False]

    """
    return ((2 * values).round(0) - 2 * values).abs() > 1e-9 * values.abs().clip(1)


def refuse_parts_of_persons(
    path: Path, cells: tuple[str, str], rows: pl.DataFrame, values: pl.Series,
    said: tuple[Sequence[Decimal] | None, FileChoices],
) -> None:
    """Refuse a population, half of whose numbers have fractions and none is large; a note where nobody can be asked.

    Parameters
    ----------
    path
        The file.
    cells
        Column of the file, and its name in the method: only a population is looked at.
    rows, values
        Rows of the file, and their numbers, persons.
    said
        What the numbers were multiplied by, and the choices of the person: numbers with a multiplier are as said.

    Raises
    ------
    BadInput
        Names the first such number and the options that answer.

    """
    (column, name), (factors, choices) = cells, said
    if not (name == "population" or without_unit(column) in POPULATION) or choices.factor is not None or factors:
        return
    broken = in_parts(values).fill_null(value=False)
    if not values.len() or broken.sum() < _MOSTLY * values.len() or float(values.max() or 0.0) >= _MOST:  # type: ignore[arg-type]
        return
    index = int(broken.arg_true()[0])
    shown = {"path": str(path), "row": int(rows[NUMBER][index]), "column": column, "value": f"{values[index]:.15g}"}
    if not choices.refuses_sums:
        note("face.told.parts_of_persons", **shown)
        return
    thousands, persons = (typed("--multiplier", one) for one in multipliers(path, choices))
    raise BadInput("catalog.reading.parts_of_persons", thousands=thousands, persons=persons, **shown)


def multipliers(path: Path, choices: FileChoices) -> tuple[str, str]:
    """What is said to --multiplier for thousands and for persons in a file, by its name where it is not the first."""
    lead = f"{path}=" if choices.place == "companion" else ""
    return f"{lead}1000", f"{lead}1"
