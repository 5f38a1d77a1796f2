"""The whole country among its regions: a row of Kazakhstan beside the regions of Kazakhstan is their total."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qonys.catalog.reading.labels.names import Names
from qonys.catalog.reading.labels.one_region import LOOKED_AT, MOST, KnownRegions
from qonys.catalog.reading.labels.spellings import spaces_of
from qonys.catalog.reading.labels.totals import KINDS, PLACE, means_total

LEAST_REGIONS = 2


def whole_country(
    rows: pl.DataFrame, names: Mapping[str, str], regions: KnownRegions | None
) -> Mapping[str, frozenset[str]]:
    """Column of a file -> its labels that name the whole country, where nearly all other places are its regions.

    Parameters
    ----------
    rows
        Texts of the file.
    names
        Name of the method -> column of the file.
    regions
        Known names; None: no names are known.

    """
    if regions is None:
        return {}
    found: dict[str, frozenset[str]] = {}
    places = {name: column for name, column in names.items() if KINDS.get(name) == PLACE}
    for space in spaces_of(places):
        own = [places[name] for name in space]
        texts = pl.concat([rows[column].drop_nulls().str.strip_chars().alias("label") for column in own])
        labels = [label for label in texts.unique(maintain_order=True) if label and not means_total(label, PLACE)]
        whole = _whole(labels, regions) if len(labels) > LEAST_REGIONS else frozenset[str]()
        found |= dict.fromkeys(own, whole) if whole else {}
    return found


def _whole(labels: list[str], regions: KnownRegions) -> frozenset[str]:
    for known in (regions, *regions.others):
        names = known.read()
        whole = frozenset(label for label in labels if names.means_whole(label))
        if whole and _are_regions([label for label in labels if label not in whole][:LOOKED_AT], names):
            return whole
    return frozenset()


def _are_regions(labels: list[str], names: Names) -> bool:
    """Whether all but few labels are regions of the country, two of them at least."""
    known = [code for label in labels if (code := names.region_of(label)) is not None or names.is_shared(label)]
    return len(set(known)) >= LEAST_REGIONS and len(known) >= MOST * len(labels)
