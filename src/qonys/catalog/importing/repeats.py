"""Figures that a file states twice: the column that is not used and tells them apart, with the option that chooses."""

from __future__ import annotations

import polars as pl

from qonys.catalog.importing.understand import Understanding
from qonys.catalog.importing.validate import stated_key
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.distinct import first_two, telling_apart, typed_option, values_of
from qonys.catalog.rules.findings import Finding
from qonys.catalog.schema import Resource

REPEATED = "catalog.rule.key_unique"


def distinguished(
    frame: pl.DataFrame, raw: RawTable, understood: Understanding, resource: Resource
) -> tuple[Finding, ...]:
    """One finding for rows with the same key that a column which is not used tells apart; none where no column does.

    Parameters
    ----------
    frame
        The rows as the table takes them.
    raw
        The same rows as the file has them.
    understood
        Which columns of the file are used.
    resource
        The table.

    """
    cells = frame.select([name for name in stated_key(resource) if name in frame.columns])
    again = cells.is_duplicated()
    telling = telling_apart(cells, raw.frame, understood.ignored) if again.any() else []
    if not telling:
        return ()
    first, second = first_two(cells, again)
    columns = {name: column for name in cells.columns if (column := understood.file_column(name)) is not None}
    values = {
        "row": int(raw.rows[second]),
        "first": int(raw.rows[first]),
        "cell": ", ".join(f"{column}={raw.frame[column][first]}" for column in columns.values()),
        "column": ", ".join(telling),
        "values": values_of(raw.frame, telling[0], again),
        "where": " ".join(typed_option("--where", f"{name}={raw.frame[name][first] or ''}") for name in telling),
    }
    return (Finding("catalog.add.told_apart", values, int(raw.rows[second]), None),)


def with_telling_columns(findings: tuple[Finding, ...], distinction: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, where a column tells the repeated rows apart with one about this instead of one per row."""
    return (*(one for one in findings if not distinction or one.key != REPEATED), *distinction)
