"""Ages of a file that is added: one column of printed groups becomes the first and the last age of the table."""

from __future__ import annotations

import polars as pl

from qonys.catalog.importing.understand import ReadingOptions
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.totals import SaidLabels
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.bounds import AGE, BOUNDS
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.age_notation import age_group
from qonys.catalog.reading.times.ages import END, START, refuse_doubtful_last
from qonys.catalog.schema import Resource
from qonys.words.notes import note


def with_age_columns(raw: RawTable, resource: Resource, options: ReadingOptions) -> RawTable:
    """The file with the first and, where the table has it, the last age of each row in figures.

    A text that is no age stays as it is: it is told with the other cells that cannot be read.

    Raises
    ------
    BadInput
        A number comes last after groups of ages.

    """
    column = _column(raw, START, options)
    if START not in resource.columns or START in options.constants or column is None:
        return raw
    groups = {text: age_group(str(text)) for text in raw.frame[column].drop_nulls().unique()}
    known = {str(text): group for text, group in groups.items() if group is not None}
    if END not in options.constants and _column(raw, END, options) is None:
        refuse_doubtful_last(raw.path, column, known, SaidLabels(keep=options.file.keep))
    starts = {text: str(group.start) for text, group in groups.items() if group is not None}
    frame = raw.frame.with_columns(pl.col(column).replace(starts))
    if END in resource.columns and END not in options.constants and _column(raw, END, options) is None:
        ends = {text: None if group is None or group.end is None else str(group.end) for text, group in groups.items()}
        last = raw.frame[column].replace_strict(ends, default=None, return_dtype=pl.String)
        frame = frame.with_columns(last.alias(END))
        shown = next((f"{text} → {group}" for text, group in groups.items() if group is not None), "–")
        note("catalog.add.ages", path=str(raw.path), column=column, example=shown)
    return raw.with_rows(frame.with_columns(raw.rows.alias(NUMBER)))


def read_age(text: str) -> str | None:
    """A single age as a table stores it, or None where the text is none or nobody reaches it.

    Examples
    --------
    >>> read_age("15 лет"), read_age("999"), read_age("0-4")
    ('15', None, None)

    """
    group = age_group(text)
    return str(group.start) if group is not None and group.end == group.start <= BOUNDS[AGE][1] else None


def _column(raw: RawTable, name: str, options: ReadingOptions) -> str | None:
    """The column of the file for a name: as the person says, else by its own name or a known word."""
    given = next((column for column, own in options.mapping.items() if own == name), None)
    if given in raw.frame.columns:
        return given
    free = [column for column in raw.frame.columns if column not in options.mapping]
    words = codes_by_word("columns")
    exact = next((column for column in free if plain(column) == plain(name)), None)
    return exact or next((column for column in free if words.get(plain(column)) == name), None)
