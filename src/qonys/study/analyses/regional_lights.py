"""Yearly net migration of the regions beside what was expected: by counts, then by the register where counts end."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.regions import registered_balance
from qonys.monitor.regions import RegionalRates, watch_regions
from qonys.study.base.history import regional_history

COUNTED = ("population_regional", "vital_regional")
REGISTER = "net_migration_regional_total"
COUNTS, BY_REGISTER = "counts", "register"


def regional_rates(pack: Pack) -> RegionalRates:
    """Net migration per 1,000 residents by year and region, in the oldest boundaries.

    Basis `counts`: growth of the population that births and deaths do not explain, per mean population; `register`: the
    registered balance of later years per population of the last count, whole years alone. Nan: a recount or a moved
    boundary.

    Raises
    ------
    BadInput
        The pack lacks figures by region.
    """
    missing = inputs.available(pack, COUNTED)
    if missing:
        raise BadInput("monitor.no_regions", pack=pack.country.get("code", ""))
    history = regional_history(pack)
    years, rates = list(history.years), 1000 * history.net
    basis = [COUNTS] * len(years)
    if not inputs.available(pack, (REGISTER,)):
        later = registered_balance(pack, str(pack.vintages().sort("order")["vintage"][0]))
        while (row := _row(later, years[-1] + 1, history.regions)) is not None:
            years.append(years[-1] + 1)
            rates = np.vstack([rates, 1000 * row / history.people[-1]])
            basis.append(BY_REGISTER)
    return RegionalRates(history.regions, tuple(years), rates, tuple(basis))


def regional_lights(pack: Pack) -> pl.DataFrame:
    """Every region and year beside the three years before it; see `watch_regions`."""
    return watch_regions(regional_rates(pack))


def _row(frame: pl.DataFrame, year: int, regions: tuple[str, ...]) -> np.ndarray | None:
    """Persons by region in a year; nothing where a region has none."""
    held = dict(frame.filter(pl.col("year") == year).select("region", "value").iter_rows())
    return np.array([held[name] for name in regions], dtype=np.float64) if set(regions) <= held.keys() else None
