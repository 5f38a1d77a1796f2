"""How the indicators change with the number and the borders of regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.kernels.indices.intensity import aggregate_intensity
from qonys.kernels.indices.zoning import ScaleEffect, scale_effect
from qonys.measurement.indicators import tables
from qonys.measurement.indicators.registry import unit


@dataclass(frozen=True)
class ScaleOptions:
    """Random aggregations for each number of zones, the seed, and whether to fit quasi-independence."""

    repeats: int = 200
    seed: int = 1
    expected: bool = False


def indicators_by_scale(
    flows: pl.DataFrame,
    population: pl.DataFrame | None,
    zones: Sequence[int],
    adjacency: pl.DataFrame | None = None,
    households: float | None = None,
    options: ScaleOptions | None = None,
) -> pl.DataFrame:
    """Indices of the system over random aggregations of the regions, by period and number of zones.

    `zones` are numbers of zones, at least 2 and at most the number of regions. `adjacency` has one row
    (origin, destination) for each pair that touches, in either direction; without it regions far apart
    may share a zone. The result has the columns period, zones, indicator, variant, mean, sd, min, max,
    repeats, unit: `sd` is the spread over aggregations, not an error of counting. With a population and
    several numbers of zones it also holds `acmi` rows (zones null): the line of mean CMI on ln(zones^2),
    `start` and `slope`, and with `households` its value where every zone is one household; their `sd`
    is null but for the slope, where it is the standard error of the line. All periods go through the
    same random aggregations. Source: see `qonys.kernels.indices.zoning`.

    Raises
    ------
    BadInput
        A column is missing, or neighbours name a region that has no flows.

    """
    options = options or ScaleOptions()
    both = tables.inputs(flows, population)
    moves, people = both.moves(), both.people()
    touching = None if adjacency is None else _touching(adjacency, both.regions)
    periods = pl.Series("period", both.periods, dtype=both.flows.schema["period"])
    pieces = []
    for t in range(len(periods)):
        here = None if people is None else people[t]
        done = scale_effect(moves[t], here, zones, options.repeats, options.seed, touching, options.expected)
        piece = _frame(done, households)
        pieces.append(piece.select(pl.lit(periods[t], dtype=periods.dtype).alias("period"), pl.all()))
    return pl.concat(pieces)


def _touching(adjacency: pl.DataFrame, regions: Sequence[object]) -> np.ndarray:
    place = {region: i for i, region in enumerate(regions)}
    missing = [name for name in ("origin", "destination") if name not in adjacency.columns]
    if missing:
        found = ", ".join(adjacency.columns)
        raise BadInput("indicators.no_column", table="adjacency", missing=", ".join(missing), found=found)
    pairs = adjacency.select("origin", "destination").rows()
    unknown = [pair for pair in pairs if pair[0] not in place or pair[1] not in place]
    if unknown:
        raise BadInput("indicators.unknown_region", table="adjacency", cells=tables.named(unknown))
    touch = np.zeros((len(regions), len(regions)), dtype=np.float64)
    for origin, destination in pairs:
        touch[place[origin], place[destination]] = 1.0
    return touch


def _frame(done: ScaleEffect, households: float | None) -> pl.DataFrame:
    names = len(done.names)
    rows = pl.DataFrame(
        {
            "zones": np.repeat(done.zones, names),
            "indicator": [code for code, _ in done.names] * len(done.zones),
            "variant": [variant for _, variant in done.names] * len(done.zones),
            "mean": done.mean.ravel(),
            "sd": done.spread.ravel(),
            "min": done.lowest.ravel(),
            "max": done.highest.ravel(),
            "repeats": [done.repeats] * (names * len(done.zones)),
            "unit": [unit(code, variant) for code, variant in done.names] * len(done.zones),
        }
    )
    if not np.isnan(done.slope):
        rows = pl.concat([rows, _line(done, households)], how="vertical_relaxed")
    return rows.with_columns(pl.col("mean", "sd", "min", "max").fill_nan(None))


def _line(done: ScaleEffect, households: float | None) -> pl.DataFrame:
    intensity = done.mean[:, done.names.index(("cmi", "crude"))]
    start, slope, error, far = aggregate_intensity(intensity, done.zones, households)
    found = [("slope", slope, error), ("start", start, np.nan)]
    if households is not None:
        found.append(("at_households", far, np.nan))
    return pl.DataFrame(
        {
            "zones": pl.Series([None] * len(found), dtype=pl.Int64),
            "indicator": ["acmi"] * len(found),
            "variant": [name for name, _, _ in found],
            "mean": [value for _, value, _ in found],
            "sd": [sd for _, _, sd in found],
            "min": [np.nan] * len(found),
            "max": [np.nan] * len(found),
            "repeats": [done.repeats] * len(found),
            "unit": [unit("acmi", name) for name, _, _ in found],
        }
    )
