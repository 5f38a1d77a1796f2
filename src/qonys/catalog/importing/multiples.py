"""Thousands and millions of a file that is added: what its numbers are multiplied by, and its units without them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from qonys.catalog.importing.understand import ReadingOptions, Understanding
from qonys.catalog.pack import Pack
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.vocabulary import plain
from qonys.catalog.reading.numbers.powers import power_in
from qonys.catalog.reading.numbers.units import Places, bare_units, factors_of

Factors = dict[str, Sequence[Decimal]]


def multiplied(
    raw: RawTable, understood: Understanding, pack: Pack, options: ReadingOptions
) -> tuple[RawTable, Factors]:
    """The file with its units as the table writes them, and file column -> what each row's number is multiplied by.

    A unit that the table itself uses, such as thousands of tenge, stays, and so do its numbers.

    Raises
    ------
    BadInput
        Two places of the file contradict each other.

    """
    values = pack.resources_of(understood.table)[0].values
    counts = {guess.file_column: "value" for guess in understood.mapping if guess.column in values}
    known = own_units(pack, understood.table)
    said = understood.constants.get("unit", "")
    unit = options.constants.get("unit") or (said if plain(said) in known else "")
    column = understood.file_column("unit") or ""
    places = Places(raw.numbered, counts, raw.sayings, unit, column, known)
    factors = factors_of(raw.path, places, options.file)
    if options.file.multiplier is None or not column:
        rows = bare_units(raw.numbered, known, column)
    else:
        rows = raw.numbered
    if column and understood.unit_guess:
        rows = rows.with_columns(pl.col(column).fill_null(understood.unit_guess))
    return raw.with_rows(rows), dict(factors)


def own_units(pack: Pack, table: str) -> frozenset[str]:
    """Codes and names of the units of a table that hold a multiplier (plain texts)."""
    frame = pack.table(table)
    if "unit" not in frame.columns:
        return frozenset()
    used = set(frame["unit"].drop_nulls().unique())
    labels = pack.labels().filter((pl.col("axis") == "unit") & pl.col("code").is_in(sorted(used)))
    names = [name for name in labels.columns if name.startswith("name_")]
    texts = {*used, *(str(text) for name in names for text in labels[name].drop_nulls())}
    return frozenset(plain(text) for text in texts if power_in(text).powers)
