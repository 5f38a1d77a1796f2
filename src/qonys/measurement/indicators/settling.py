"""Retention of migrants (приживаемость): the share of a cohort of arrivals still resident after n years."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.kernels.indices import errors as indices_errors
from qonys.kernels.indices import links as indices_links
from qonys.measurement.indicators import tables


def settling(cohorts: pl.DataFrame) -> pl.DataFrame:
    """Share of each cohort of arrivals that remains, followed up in a register; 0 to 1.

    Columns cohort, duration (years since arrival), arrived, remaining, and optional region. Returns
    cohort, duration, region, indicator, variant (`register`), value, low, high, error_method (Wilson),
    unit. Deaths count as not remaining. Raises `BadInput` when more remain than arrived, or when a
    cohort has no arrivals.

    Examples
    --------
    >>> table = pl.DataFrame({"cohort": [2010], "duration": [3], "arrived": [200], "remaining": [150]})
    >>> settling(table)["value"].to_list()
    [0.75]
    """
    keys = _keys(cohorts)
    came, stay = (tables.checked(cohorts, keys, name, "cohorts") for name in ("arrived", "remaining"))
    both = came.with_columns(stay["remaining"])
    _positive(both, keys, "arrived")
    over = both.filter(pl.col("remaining") > pl.col("arrived"))
    if over.height:
        raise BadInput("indicators.more_remain", cells=tables.named(over.select(keys).rows()))
    arrived, remaining = both["arrived"].to_numpy(), both["remaining"].to_numpy()
    value = indices_links.settled_share(remaining, arrived)
    low, high = indices_errors.wilson(remaining, arrived)
    return _result(both.select(keys), "register", (value, low, high), "wilson")


def settling_from_census(cohorts: pl.DataFrame) -> pl.DataFrame:
    """Share retained by cohort of arrival, from a census.

    Columns cohort, duration, arrived (registered arrivals of the years of the cohort), counted (persons
    enumerated with that duration of residence), optional survival (probability of surviving from
    arrival to the census, 1 without it) and region. Result as `settling`, variant `census`; the interval is
    that of a Poisson count of those enumerated, with arrivals taken as known. Values above 1 are not truncated:
    they show incomplete registration.

    Raises
    ------
    BadInput
        No arrivals in the years before the census, or a survival outside 0 to 1.

    """
    keys = _keys(cohorts)
    came, seen = (tables.checked(cohorts, keys, name, "cohorts") for name in ("arrived", "counted"))
    _positive(came, keys, "arrived")
    alive = np.ones(came.height)
    if "survival" in cohorts.columns:
        rows = tables.checked(cohorts, keys, "survival", "cohorts")
        bad = rows.filter((pl.col("survival") <= 0) | (pl.col("survival") > 1))
        if bad.height:
            raise BadInput("indicators.survival", cells=tables.named(bad.select(keys).rows()))
        alive = rows["survival"].to_numpy()
    arrived, counted = came["arrived"].to_numpy(), seen["counted"].to_numpy()
    low, high = indices_errors.poisson_score(counted)
    figures = tuple(indices_links.settled_share_census(each, arrived, alive) for each in (counted, low, high))
    return _result(came.select(keys), "census", figures, "poisson_score")


def _keys(cohorts: pl.DataFrame) -> list[str]:
    return ["cohort", "duration", *(["region"] if "region" in cohorts.columns else [])]


def _positive(rows: pl.DataFrame, keys: list[str], column: str) -> None:
    empty = rows.filter(pl.col(column) <= 0)
    if empty.height:
        raise BadInput("indicators.no_arrivals", cells=tables.named(empty.select(keys).rows()))


def _result(labels: pl.DataFrame, variant: str, figures: tuple[np.ndarray, ...], method: str) -> pl.DataFrame:
    if "region" not in labels.columns:
        labels = labels.with_columns(region=pl.lit(None, dtype=pl.String))
    value, low, high = figures
    return labels.with_columns(
        indicator=pl.lit("settling"),
        variant=pl.lit(variant),
        value=pl.Series(value),
        low=pl.Series(low),
        high=pl.Series(high),
        error_method=pl.lit(method),
        unit=pl.lit("share"),
    )
