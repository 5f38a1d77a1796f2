"""Continents and groups of countries among the places of a table: said, as they may hold other rows again."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.totals import PLACE, LabelColumns, SaidLabels, listed, means_total
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.words.notes import note

LEAST_OTHERS = 2


def means_world_region(text: str) -> bool:
    """Whether a label names a continent or a group of countries.

    Examples
    --------
    >>> means_world_region("Central Asia"), means_world_region("СНГ"), means_world_region("EU27_2020")
    (True, True, True)
    >>> means_world_region("Kazakhstan")
    False

    """
    return plain(text) in words_of("place", "world")


def say_world_regions(
    path: Path, rows: pl.DataFrame, columns: LabelColumns, said: SaidLabels
) -> None:
    """Say which places are continents or groups of countries, where at least two places of another kind are there too.

    Parameters
    ----------
    path
        The file, for notes.
    rows
        Texts of the file.
    columns
        Where labels stand; only places are looked at.
    said
        What the person says: labels that are kept are not said.

    """
    for column in dict.fromkeys(columns.names.values()):
        if columns.kind(column) != PLACE:
            continue
        called = columns.called.get(column, {})
        labels = [text.strip() for text in rows[column].drop_nulls().unique(maintain_order=True) if text.strip()]
        large = [one for one in labels if means_world_region(one) or means_world_region(called.get(one, ""))]
        others = [one for one in labels if one not in large and not means_total(one, "place")]
        large = [one for one in large if one not in said.kept(column)]
        if large and len(others) >= LEAST_OTHERS:
            note("catalog.totals.world", path=str(path), column=column, labels=listed(large), first=large[0])
