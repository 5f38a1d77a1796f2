"""Names of results that changed: stored results and links made before open under the names of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

RENAMED: tuple[tuple[str, str], ...] = (
    ("regional.kazakh", "regional.kin"),
    ("potential.russians", "potential.contrast"),
    ("projection.shrinks", "projection.p_decline"),
    ("consequences.asked", "consequences.p_required"),
    ("skill.regions.still_one", "skill.regions.no_deviations_one"),
)
COLUMNS = {"asked": "question", "shrinks": "p_decline", "told": "known_share"}
VALUES: Mapping[str, Mapping[str, str]] = {
    "quantity": {"asked": "p_required"},
    "model": {"still": "no_deviations"},
}


def current(name: str) -> str:
    """The name of today of a result.

    Examples
    --------
    >>> current("regional.kazakh.2035"), current("regional.base")
    ('regional.kin.2035', 'regional.base')

    """
    for old, new in RENAMED:
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name


def current_columns(columns: Iterable[str]) -> dict[str, str]:
    """Former names of columns of a stored table and those of today.

    Examples
    --------
    >>> current_columns(["region", "shrinks"])
    {'shrinks': 'p_decline'}

    """
    return {column: COLUMNS[column] for column in columns if column in COLUMNS}


def current_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """A stored table with its columns, and the codes in them, under the names of today.

    Examples
    --------
    >>> import polars as pl
    >>> current_frame(pl.DataFrame({"model": ["still", "zero"], "told": [0.9, 0.8]})).to_dicts()[0]
    {'model': 'no_deviations', 'known_share': 0.9}

    """
    frame = frame.rename(current_columns(frame.columns))
    there = {name: dict(codes) for name, codes in VALUES.items() if str(frame.schema.get(name)) == "String"}
    return frame.with_columns(frame[name].replace(codes) for name, codes in there.items()) if there else frame
