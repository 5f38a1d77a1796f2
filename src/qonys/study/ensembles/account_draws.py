"""Some draws of the reconciled account, kept with the results so that what follows from them has intervals."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.estimation.reconciliation.national import Reconciled


def drawn(found: Reconciled, count: int) -> pl.DataFrame:
    """Draws of the account, evenly picked: draw, year, population (1 January), births, deaths, net_migration."""
    picked = np.linspace(0, len(found.net) - 1, min(count, len(found.net))).astype(int)
    years = (*found.years, found.years[-1] + 1)
    flows = {"births": found.births, "deaths": found.deaths, "net_migration": found.net}
    columns = {name: np.pad(values[picked].astype(float), ((0, 0), (0, 1))) for name, values in flows.items()}
    frame = pl.DataFrame(
        {
            "draw": np.repeat(np.arange(len(picked)), len(years)),
            "year": np.tile(np.array(years), len(picked)),
            "population": found.population[picked].astype(float).reshape(-1),
        }
        | {name: values.reshape(-1) for name, values in columns.items()}
    )
    last = pl.col("year") == years[-1]
    return frame.with_columns(pl.when(last).then(None).otherwise(pl.col(name)).alias(name) for name in flows)
