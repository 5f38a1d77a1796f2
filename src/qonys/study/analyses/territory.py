"""Breaks of series of regions that fall on a change of the region's territory."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.reading.labels.one_region import LOOKED_AT, KnownRegions
from qonys.words.notes import note

PLACES = ("region", "series")
LATE = 1  # figures of 1 January show a change of the year before
COLUMN = "territory"


def with_territory(breaks: pl.DataFrame, keys: Sequence[str], regions: KnownRegions | None) -> pl.DataFrame:
    """Breaks, and the year of a change of territory that each may come from: column `territory`, where there is one.

    Each is said. A change counts where it lies in the interval of the break's date, or in the year before.

    Parameters
    ----------
    breaks
        Keys, date, low, high.
    keys
        Columns that part the series; places stand in `region` or `series`.
    regions
        Names of the pack's regions; None: none are known.

    """
    place = next((name for name in PLACES if name in keys), None)
    if regions is None or place is None or breaks.height == 0:
        return breaks
    labels = breaks[place].drop_nulls().unique(maintain_order=True).to_list()
    fitting = regions.fitting(labels[:LOOKED_AT]) if labels else None
    if fitting is None:
        return breaks
    names = fitting.read()
    years: list[int | None] = []
    for row in breaks.iter_rows(named=True):
        known = names.changes.get(names.region_of(row[place] or "") or "", ())
        met = [change for change in known if row["low"] <= change.year + LATE and row["high"] >= change.year]
        nearest = min(met, key=lambda change: abs(change.year - row["date"]), default=None)
        years.append(None if nearest is None else nearest.year)
        if nearest is not None:
            kind, values = nearest.sentence()
            series = "/".join(str(row[key]) for key in keys if row[key] is not None)
            note(f"breaks.territory_{kind}", series=series, date=row["date"], **values)
    return breaks.with_columns(pl.Series(COLUMN, years, dtype=pl.Int64)) if any(years) else breaks
