"""Labels: who is who of some records, from a person's file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.columns import refuse_no_columns
from qonys.catalog.reading.formats.opening import read_whole
from qonys.catalog.reading.numbers.no_value import without_na
from qonys.catalog.reading.rows import rows_where
from qonys.errors import BadInput

FIELDS = ("record", "person")
OTHER = {"person": "true_person"}  # as simulated truths name it


def read_labels(path: Path, choices: FileChoices) -> pl.DataFrame:
    """Columns record and person of a file, as texts.

    Raises
    ------
    BadInput
        The file cannot be read or has no such columns.

    """
    raw = read_whole(path, choices)
    rows, _ = without_na(path, rows_where(path, raw.numbered, choices.where), choices.na)
    given = pairs(choices.mapping, FIELDS)
    refuse_no_columns(
        path, {name: column for name, column in given.items() if column not in rows.columns}, rows.columns
    )
    used = {}
    for name in FIELDS:
        used[name] = given.get(name, name if name in rows.columns else OTHER.get(name, name))
        if used[name] not in rows.columns:
            raise BadInput("linkage.labels", found=", ".join(raw.frame.columns))
    return rows.select(pl.col(column).cast(pl.String).alias(name) for name, column in used.items())
