"""The pack's regions year by year in its oldest boundaries, and which figures do not tell people's moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.regions import recount_years
from qonys.projection.regional.history import RegionalHistory


def regional_history(pack: Pack) -> RegionalHistory:
    """Population on 1 January, births and deaths; a balance is known unless the pack's notes explain it otherwise.

    Not known are years that hold a recount (`breaks`, kind recount), in all regions, and the two regions between which
    a boundary moved (`transfers`), in that year. Everything else is taken as it stands, however far off.
    """
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    people, births, deaths = series.regional_years(pack, vintage)
    regions = tuple(str(label) for label in people.axis("region").labels)
    years = tuple(int(str(label)) for label in births.axis("time").labels)
    known = np.ones(births.values.shape, dtype=np.bool_)
    known[np.isin(years, recount_years(pack))] = False
    for year, *ends in pack.transfers().select("year", "region_from", "region_to").iter_rows():
        for end in ends:
            if year in years and end in regions:
                known[years.index(year), regions.index(end)] = False
    return RegionalHistory(regions, years, people.values, births.values, deaths.values, known)


def wholes_of(pack: Pack, regions: tuple[str, ...], wholes: tuple[str, ...]) -> NDArray[np.int64]:
    """Place in `wholes`, regions of the oldest boundaries, of the one that holds each of `regions`; -1: none does."""
    order = pack.vintages().sort("order")["vintage"].to_list()
    found: dict[str, str] = {}
    for vintage in order:
        found |= region_lineage(pack).mapping(str(vintage), str(order[0]))
    return np.array([wholes.index(found[name]) if found.get(name) in wholes else -1 for name in regions])
