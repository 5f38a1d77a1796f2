"""Demand for services added by net migration in regions of arrival and removed in regions of departure.

A published per capita ratio (births per 1,000, square metres of housing commissioned, gross product) times net
migrants. It is an average and not a marginal effect; without a published figure nothing is shown. School ages and old
ages of migrants are bounded by two assumptions: the age structure of residents, and a model migration schedule.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
SCHOOL = (6, 18)
OLD = 65


def shares_of_ages(ages: Array, low: int, high: int | None) -> float:
    """Share of persons of an age structure (2, A) who are low <= x < high."""
    return float(ages[:, low:high].sum() / ages.sum())


def ends(net: Array, first: float, second: float) -> tuple[Array, Array]:
    """Lowest and highest of net times either share, (...)."""
    both = np.stack([net * first, net * second])
    return np.asarray(both.min(axis=0)), np.asarray(both.max(axis=0))


def loads(frame: pl.DataFrame, resident: Array, schedule: Array) -> pl.DataFrame:
    """Loads by region: `frame` with region, population, net, and any of births, housing, product (totals of the year).

    `resident`, `schedule` (2, A): ages of the residents and of model migrants. Adds net_rate (per 1,000),
    pupils_low, pupils_high, old_low, old_high (persons), and for each total that is there its part by net migrants at
    the region's average: births_by_net, housing_by_net, product_by_net. A missing total gives nulls.
    """
    net = frame["net"].to_numpy().astype(float)
    columns: dict[str, Array] = {"net_rate": 1000 * net / frame["population"].to_numpy()}
    for name, (low, high) in (("pupils", SCHOOL), ("old", (OLD, None))):
        pair = (shares_of_ages(resident, low, high), shares_of_ages(schedule, low, high))
        columns[f"{name}_low"], columns[f"{name}_high"] = ends(net, *pair)
    found = frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()})
    known = [name for name in ("births", "housing", "product") if name in frame.columns]
    average = {f"{name}_by_net": pl.col(name) / pl.col("population") * pl.col("net") for name in known}
    return found.with_columns(**average)
