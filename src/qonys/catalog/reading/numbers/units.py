"""Thousands and millions that a file says: its numbers are multiplied, or the contradiction is refused.

What is looked at, for columns of counts: the columns UNIT_MULT, POWERCODE and SCALAR_FACTOR (SDMX: the value is
OBS_VALUE times 10 to the power of UNIT_MULT; SDMX Content-Oriented Guidelines, Statistical Data and Metadata eXchange
initiative 2009, annex 1), the columns of units and of indicators, the header of the numbers, the titles of the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.numbers.bounds import KINDS
from qonys.catalog.reading.numbers.statements import (
    FIXED,
    HEADER,
    Statement,
    of_columns,
    of_text,
    of_titles,
    unit_columns,
    without_multiplier,
)
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.wanted import USUAL
from qonys.errors import BadInput
from qonys.words.notes import note

ONE = Decimal(1)
VALUES = frozenset({"value", "sd", *USUAL["value"]})
COUNTS = VALUES | {*KINDS, "person_years", *USUAL["population"]}
SPREADS = frozenset({"sd", "se"})


@dataclass(frozen=True)
class Places:
    """What of a file may say a multiplier.

    Attributes
    ----------
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    counts
        Column of counts -> the name it stands for.
    titles
        What the file says above the table.
    unit
        A unit said for all rows, where the file has no column for it; "" if none.
    unit_column
        The column of units, where it is not called so; "" if none.
    known
        Units that are taken as they are, such as thousands of tenge (plain texts): their numbers stay.

    """

    rows: pl.DataFrame
    counts: Mapping[str, str]
    titles: Collection[str] = ()
    unit: str = ""
    unit_column: str = ""
    known: frozenset[str] = field(default_factory=frozenset)


def factors_of(path: Path, places: Places, choices: FileChoices) -> dict[str, list[Decimal]]:
    """Column -> what the number of each row is multiplied by; a column whose numbers stay does not stand here.

    What the rows, the unit and the titles say holds for the value and its spread, for all counts where the table has
    no value; a header holds for its own column. Each multiplication is said. `choices.multiplier` goes before anything
    that the file says.

    Raises
    ------
    BadInput
        Two places of the file contradict each other; a multiplier cannot be read.

    """
    if choices.factor is not None:
        if not places.counts:
            note("catalog.reading.unmet", path=str(path), option="--multiplier", value=choices.multiplier)
        return {column: [choices.factor] * places.rows.height for column in places.counts}
    columns = of_columns(path, places.rows, places.known, places.unit_column)
    whole = [*of_text("--set unit", places.unit, places.known), *of_titles(places.titles)]
    found: dict[str, list[Decimal]] = {}
    values = {column for column, name in places.counts.items() if name in VALUES} or set(places.counts)
    for column in places.counts:
        for_all = [*_header(column, places.counts), *(whole if column in values else ())]
        agreed: dict[tuple[Statement, ...], Statement | None] = {}
        factors: list[Decimal] = []
        for index in range(places.rows.height):
            each = columns if column in values else []
            stated = tuple(dict.fromkeys(said for one in each if (said := one[index]) is not None))
            if stated not in agreed:
                row = int(places.rows[NUMBER][index])
                agreed[stated] = _agreed(path, (column, row), [*stated, *for_all])
            statement = agreed[stated]
            factors.append(ONE if statement is None else statement.factor)
        for statement in dict.fromkeys(agreed.values()):
            if statement is not None and statement.power:
                shown = {"path": str(path), "column": column, "text": statement.shown}
                note("catalog.reading.multiplied", factor=f"{statement.factor:f}", **shown)
        if any(factor != ONE for factor in factors):
            found[column] = factors
    return found


def counts(numbers: Mapping[str, str]) -> dict[str, str]:
    """File column -> name, of those among `numbers` (name -> file column) that count something.

    Regressors that a person names stay as they are: their coefficients are in the units of their columns.
    """
    return {column: name for name, column in numbers.items() if name in COUNTS}


def _header(column: str, counts: Mapping[str, str]) -> list[Statement]:
    """What the header of a column says; a spread without a unit of its own has that of the value."""
    own = of_text(HEADER, column)
    if own or counts[column] not in SPREADS:
        return own
    value = next((other for other, name in counts.items() if name == "value"), None)
    return [] if value is None else of_text(HEADER, value)


def _agreed(path: Path, cell: tuple[str, int], statements: Iterable[Statement]) -> Statement | None:
    """The one thing that all places say about a number; None where nothing is said.

    A title may speak of another column: a rate or a share in the header or the unit goes before it.
    """
    said = list(statements)
    nearer = [one for one in said if not one.title]
    fixed = next((one for one in nearer if one.kind == FIXED), None)
    if fixed is not None:
        said = nearer
    powers = [one for one in said if one.power is not None or one.doubtful]
    if fixed is not None and all(one.power in (fixed.own, 0) for one in powers):
        return None
    plain = next((one for one in said if one.persons), None)
    exact = any(one.exact for one in said)
    against = fixed or (plain if not exact else None)
    first = powers[0] if powers else None
    if first is None:
        return None
    other = next((one for one in powers if one.power != first.power), against if first.power else None)
    if first.doubtful or other is not None:
        second = other or first
        column, row = cell
        raise BadInput(
            "catalog.reading.powers", path=str(path), row=row, column=column,
            said=", ".join(dict.fromkeys(f"“{one.shown}”" for one in (first, second))),
        )  # fmt: skip
    return first


def bare_units(rows: pl.DataFrame, known: frozenset[str] = frozenset(), also: str = "") -> pl.DataFrame:
    """Rows whose columns of units no longer say the multiplier: "thousand persons" is persons."""
    return rows.with_columns(
        pl.Series(name, [None if text is None else without_multiplier(text, known) for text in rows[name]], pl.String)
        for name in unit_columns(rows.columns, also)
    )
