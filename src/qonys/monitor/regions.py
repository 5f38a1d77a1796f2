"""Yearly figures of regions beside what was expected before them.

Expected is the mean of the last three known years of the region; the deviation is that of the same rule's own errors
in the years before, at least five, without a mean of their own; the error follows t with as many degrees as there were
errors (the predictive limit of a normal sample of known mean, Geisser 1993, Predictive Inference, ch. 2). Changes that
all regions share count for each of them: red lights of one year are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.monitor.learning import two_sided
from qonys.monitor.levels import RED, light, normal_scale, states

Array = NDArray[np.float64]
MEAN_OF, FEWEST_ERRORS = 3, 5


@dataclass(frozen=True)
class RegionalRates:
    """`rates` (T, R) of consecutive `years` (T,), nan where not known, and the basis of each year (T,), a code."""

    regions: tuple[str, ...]
    years: tuple[int, ...]
    rates: Array
    basis: tuple[str, ...]


def watch_regions(given: RegionalRates) -> pl.DataFrame:
    """Each region and year beside the three years before it.

    Returns
    -------
    region, year, basis, value, expected, low, high (95 % predictive, the unit of the rates), z, light, direction, alarm
    (new or continues). Years that are not known, and those with fewer than five errors before them, are left out.

    Examples
    --------
    >>> rates = np.append(np.random.default_rng(1).normal(0, 1, 20), 9.0)[:, None]
    >>> watch_regions(RegionalRates(("A",), tuple(range(21)), rates, ("counts",) * 21))["light"].to_list()[-2:]
    ['green', 'red']
    """
    parts = [_region(name, column, given) for name, column in zip(given.regions, given.rates.T, strict=True)]
    return pl.concat(parts)


def _region(name: str, rates: Array, given: RegionalRates) -> pl.DataFrame:
    known = np.flatnonzero(np.isfinite(rates))
    errors: list[float] = []
    rows, lights, directions = [], [], []
    for place in range(MEAN_OF, len(known)):
        here = int(known[place])
        expected = float(rates[known[place - MEAN_OF : place]].mean())
        error = float(rates[here] - expected)
        if len(errors) >= FEWEST_ERRORS:
            spread, degrees = float(np.sqrt(np.mean(np.square(errors)))), len(errors)
            z = float(normal_scale(np.array([error / spread]), degrees)[0])
            half = two_sided(degrees) * spread
            lights.append(light(z, abs(z) > RED))
            directions.append("" if lights[-1] == "green" else "up" if z > 0 else "down")
            rows.append((name, given.years[here], given.basis[here], float(rates[here]), expected,
                         expected - half, expected + half, z))  # fmt: skip
        errors.append(error)
    columns = ("region", "year", "basis", "value", "expected", "low", "high", "z")
    kinds = (pl.String, pl.Int64, pl.String, *[pl.Float64] * 5)
    frame = pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")
    return frame.with_columns(
        light=pl.Series(lights, dtype=pl.String), direction=pl.Series(directions, dtype=pl.String),
        alarm=pl.Series(states(lights, directions), dtype=pl.String),
    )  # fmt: skip
