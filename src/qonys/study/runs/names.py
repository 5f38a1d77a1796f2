"""Names of results that changed: stored results and links made before open under the names of today."""

from __future__ import annotations

RENAMED: tuple[tuple[str, str], ...] = (
    ("regional.kazakh", "regional.kin"),
    ("potential.russians", "potential.contrast"),
)


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
