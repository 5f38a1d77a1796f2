"""Tables in which a column, or a row of the header, says what each number counts: arrivals, departures, net …

A method that asks for several numbers takes each of them as a column of its own; other indicators are left out, with a
note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.columns import columns_found, lacking
from qonys.catalog.reading.formats.raw import RawTable, refuse_broken
from qonys.catalog.reading.labels.distinct import refuse_repeated
from qonys.catalog.reading.rows import NUMBER, rows_where
from qonys.catalog.reading.wanted import Wanted
from qonys.words.notes import note

MEASURE = "indicator"
LEAST = 2
SHOWN = 6


@dataclass(frozen=True)
class Measures:
    """Where a table says what its numbers count: `column` (None: above its columns), and name of the method -> text."""

    column: str | None
    texts: Mapping[str, str]

    def wanted(self, wanted: Wanted) -> Wanted:
        """What is asked of the table before its indicators are parted: one number, and what it counts."""
        labels = (*wanted.labels, MEASURE)
        return replace(wanted, labels=labels, numbers=("value",), optional_numbers=(), kinds={})


def measures_of(raw: RawTable, wanted: Wanted, given: Mapping[str, str]) -> Measures | None:
    """Where the table names all numbers that have no column, if they are two at least; None where it does not."""
    used = columns_found(raw.frame.columns, wanted, given)
    missing = [name for name in lacking(used, wanted) if name in wanted.numbers]
    if len(missing) < LEAST:
        return None
    counted = Wanted(numbers=tuple(missing), also=wanted.also)
    for column in raw.frame.columns:
        if column not in used.values():
            texts = raw.frame[column].drop_nulls().str.strip_chars().unique(maintain_order=True).to_list()
            found = columns_found(texts, counted, {})
            if len(found) == len(missing):
                return Measures(column, found)
    above = list(dict.fromkeys(text for levels in raw.levels.values() for text in levels))
    found = columns_found(above, counted, {})
    deep = any(len(levels) >= LEAST for levels in raw.levels.values())
    return Measures(None, found) if deep and len(found) == len(missing) else None


def of_measure(raw: RawTable, measures: Measures, choices: FileChoices) -> tuple[RawTable, FileChoices]:
    """The rows that the person chooses by what they count, and the choices that are left."""
    own = tuple(one for one in choices.where if one.partition("=")[0] == measures.column)
    if not own:
        return raw, choices
    rows = rows_where(raw.path, raw.numbered, own)
    left = tuple(one for one in choices.where if one not in own)
    return replace(raw, frame=rows.drop(NUMBER), rows=rows[NUMBER].alias("row")), replace(choices, where=left)


def by_measure(raw: RawTable, measures: Measures, value: str, *, quiet: bool = False) -> RawTable:
    """One row for all numbers of a cell, each number under the text that says what it counts.

    Parameters
    ----------
    raw
        The long table.
    measures
        What its numbers count.
    value
        The column of the numbers.
    quiet
        Without notes.

    Raises
    ------
    BadInput
        A number stands twice; a cell of a workbook holds an error.

    """
    column = measures.column or MEASURE
    texts = list(measures.texts.values())
    rest = [name for name in raw.frame.columns if name not in (column, value)]
    rows = raw.numbered.with_columns(pl.col(column).str.strip_chars())
    kept = rows.filter(pl.col(column).is_in(texts))
    refuse_broken(raw, [value], kept[NUMBER])
    used = {name: name for name in (*rest, column)}
    refuse_repeated(raw.path, kept, kept.select(list(used)), used, Wanted(labels=tuple(used), numbers=()))
    numbers = [pl.col(value).filter(pl.col(column) == text).first().alias(text) for text in texts]
    frame = kept.group_by(rest, maintain_order=True).agg(*numbers, pl.col(NUMBER).first())
    if not quiet:
        others = [str(text) for text in rows[column].drop_nulls().unique(maintain_order=True) if text not in texts]
        note("catalog.reading.measures", path=str(raw.path), column=column, names=", ".join(texts))
        if others:
            shown = ", ".join(others[:SHOWN]) + (f" (+{len(others) - SHOWN})" if len(others) > SHOWN else "")
            n = rows.height - kept.height
            note("catalog.reading.measures_left", path=str(raw.path), column=column, others=shown, n=n)
    typed = (raw.typed - {value}) | ({*texts} if value in raw.typed else set())
    number = frame[NUMBER].alias("row")
    return replace(raw, frame=frame.drop(NUMBER), rows=number, levels={}, places=(), typed=frozenset(typed))
