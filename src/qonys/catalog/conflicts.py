"""Conflicts: every pair of sources that state the same thing with different values.

Nothing is decided here. Both figures stay; the table shows how far they are apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from qonys.catalog.comparisons import compared
from qonys.catalog.differences import sorted_by_size, table_conflicts
from qonys.catalog.pack import Pack


def conflicts(
    pack: Pack, tables: Sequence[str] | None = None, frames: Mapping[str, pl.DataFrame] | None = None
) -> pl.DataFrame:
    """All conflicts of a pack, within tables and in the declared comparisons across tables.

    Parameters
    ----------
    pack
        The opened pack.
    tables
        Only these tables, and comparisons that touch them; all when not given.
    frames
        Frames to use instead of the pack's, by table (with a person's own rows, for example); each
        may hold `owner`.

    Returns
    -------
    table, comparison (id, empty within a table), key (text), indicator, unit, source_a, status_a,
    value_a, source_b, status_b, value_b, difference (a less b), relative (difference over the mean
    of the absolute values). The better evidence is a. The unit with the most rows first, then by absolute
    difference, largest first. Rejected figures do not take part.

    """
    given = frames or {}
    found = [
        table_conflicts(
            given[name] if name in given else pack.table(name),
            name,
            pack.resources_of(name)[0].statement_key(),
            pack.resources_of(name)[0].values,
        )
        for name in (tables if tables is not None else pack.tables())
    ]
    found.append(compared(pack, tables, given))
    return sorted_by_size(pl.concat(found))
