"""Indicators of each pair of regions: intensity of migration ties, preference, velocity."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.indices import errors as indices_errors
from qonys.kernels.indices import intensity as indices
from qonys.kernels.indices import links as indices_links
from qonys.measurement.indicators import tables
from qonys.measurement.indicators.registry import unit

Array = NDArray[np.float64]


def pair_indicators(flows: pl.DataFrame, population: pl.DataFrame | None = None) -> pl.DataFrame:
    """Coefficients of migration ties (КИМС), and with a population preference and velocity, by pair.

    Tables as in `indicators`. The result has the columns period, origin, destination, indicator,
    variant, value, low, high, error_method, unit. КИМС comes by `arrivals` and by `departures`, each
    over the bases `others`, `all` (population) and `flows`. Intervals: Wilson for the share of the
    flow, with the base taken as known; score interval of a Poisson count for velocity. A region
    without arrivals (or departures) has null ties. Raises as `indicators`.
    """
    both = tables.inputs(flows, population)
    moves, people = indices.between(both.moves()), both.people()
    blocks: list[tuple[str, str, tuple[Array, Array, Array], str]] = []
    for by, axis in (("arrivals", 1), ("departures", 2)):
        whole = moves.sum(axis=axis, keepdims=True)
        low, high = indices_errors.wilson(moves, whole)
        for base in indices_links.BASES if people is not None else ("flows",):
            size = indices_links.link_base(moves, people, by, base)
            value = indices_links.link_intensity(moves, people, by, base)
            figures = (value, indices.divide(low, size), indices.divide(high, size))
            blocks.append(("kims", f"{by}_{base}", figures, "wilson"))
    if people is not None:
        blocks += _against_population(moves, people)
    return pl.concat([_frame(both, *block) for block in blocks])


def _against_population(moves: Array, people: Array) -> list[tuple[str, str, tuple[Array, Array, Array], str]]:
    """Preference and velocity: both are the flow times a factor that the population fixes."""
    one = np.ones_like(moves)
    speed = indices.velocity(one, people)
    count = indices_errors.poisson_score(moves)
    velocity = (moves * speed, count[0] * speed, count[1] * speed)
    total = moves.sum(axis=(1, 2), keepdims=True)
    pairs = moves.shape[-1] * (moves.shape[-1] - 1)
    taste = indices.preference(one, people) * pairs
    low, high = indices_errors.wilson(moves, total)
    preference = (indices.divide(moves, total) * taste, low * taste, high * taste)
    return [("preference", "", preference, "wilson"), ("velocity", "", velocity, "poisson_score")]


def _frame(
    both: tables.Inputs, code: str, variant: str, figures: tuple[Array, Array, Array], method: str
) -> pl.DataFrame:
    """Tidy rows of all pairs of different regions."""
    n, count = len(both.regions), len(both.periods)
    origin, destination = np.nonzero(~np.eye(n, dtype=bool))
    regions = pl.Series("region", both.regions, dtype=both.flows.schema["origin"])
    periods = pl.Series("period", both.periods, dtype=both.flows.schema["period"])
    value, low, high = (np.asarray(each[:, origin, destination]).ravel() for each in figures)
    return pl.DataFrame(
        {
            "period": periods.gather(np.arange(count).repeat(origin.size)),
            "origin": regions.gather(np.tile(origin, count)),
            "destination": regions.gather(np.tile(destination, count)),
            "indicator": pl.repeat(code, value.size, eager=True),
            "variant": pl.repeat(variant, value.size, eager=True),
            "value": value,
            "low": low,
            "high": high,
            "error_method": pl.repeat(method, value.size, eager=True),
            "unit": pl.repeat(unit(code, variant), value.size, eager=True),
        }
    ).with_columns(pl.col("value", "low", "high").fill_nan(None))
