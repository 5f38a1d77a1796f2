"""Names of results that changed: stored results and links made before open under the names of today."""

from __future__ import annotations

from collections.abc import Iterable

RENAMED: tuple[tuple[str, str], ...] = (
    ("regional.kazakh", "regional.kin"),
    ("potential.russians", "potential.contrast"),
    ("projection.shrinks", "projection.p_decline"),
)
COLUMNS = {"asked": "question", "shrinks": "p_decline", "told": "known_share"}


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
