"""What a rule returns: findings, each with a sentence in the word catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qonys import words


@dataclass(frozen=True)
class Finding:
    """One broken rule.

    `values` fill the places of the sentence under `key`. `row` counts the rows of the frame from
    0, or is None when the finding is about more than one row.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    def sentence(self, language: str = "en") -> str:
        """The finding as one sentence."""
        return words.text(self.key, language, **self.values)


def key_of(row: dict[str, object], columns: tuple[str, ...] | list[str]) -> str:
    """Columns of a row as text, ``year=2009, region=KZ``; empty cells are left out.

    Examples
    --------
    >>> key_of({"year": 2009, "sex": None}, ["year", "sex"])
    'year=2009'

    """
    return ", ".join(f"{name}={row[name]}" for name in columns if row.get(name) is not None)
