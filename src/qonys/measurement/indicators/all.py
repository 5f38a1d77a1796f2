"""Indicators of migration from tables of flows, by period, with their errors.

`indicators` takes flows by origin and destination, `indicators_from_totals` arrivals and departures
by region. Both take and give tidy frames; every row of the result has the columns period,
indicator, variant, region (null for the whole system), value, low, high, error_method and unit.
What each indicator is: `qonys.measurement.indicators.registry`.

Moves inside a region are counted apart (`intra_moves`) and enter no index. Pairs of regions without
a row count as no moves and are reported (`empty_cells`). Figures cover the whole period of the
table: nothing is made annual. Errors hold the chance of Poisson counts alone, not incomplete
registration, nor families who move together, nor errors of the population; `error_method` names the
method: poisson_score, poisson_normal, poisson_delta, wilson, robust, bootstrap or none. All intervals
are at 95 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.indices import (
    distance as indices_distance,
)
from qonys.kernels.indices import (
    errors as indices_errors,
)
from qonys.kernels.indices import (
    fields as indices_fields,
)
from qonys.kernels.indices import (
    intensity as indices,
)
from qonys.kernels.indices import (
    system as indices_system,
)
from qonys.measurement.indicators import tables
from qonys.measurement.indicators.ages import add_ages
from qonys.measurement.indicators.groups import add_groups
from qonys.measurement.indicators.rows import IndicatorRows, exchange, scaled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SystemOptions:
    """How to compute: number of bootstrap draws (0 for none), seed, and columns to split by.

    `by` names some of age, group and sex: each label then gets its own rows. The table of ages
    (`add_ages`) is made of all ages, so it is left out when `by` holds age. `expected` False leaves
    out the inequality against quasi-independent flows, the slowest index.
    """

    draws: int = 200
    seed: int = 1
    by: tuple[str, ...] = ()
    expected: bool = True

    def __post_init__(self) -> None:
        if self.draws < 0 or 0 < self.draws < 20:
            raise BadInput("indicators.draws", draws=self.draws)
        unknown = [name for name in self.by if name not in tables.EXTRA]
        if unknown:
            raise BadInput("indicators.choice", option="by", value=", ".join(unknown), known=", ".join(tables.EXTRA))


@dataclass(frozen=True)
class AuxiliaryTables:
    """Optional tables in addition to flows and population.

    distances: origin, destination, distance (both directions of every pair, positive). areas: region,
    area. standard: age, weight, the structure to standardise by (else the mean of the periods).
    survivors: age, person_years, years lived in each age by a newborn of a life table.
    """

    distances: pl.DataFrame | None = None
    areas: pl.DataFrame | None = None
    standard: pl.DataFrame | None = None
    survivors: pl.DataFrame | None = None


def indicators(
    flows: pl.DataFrame,
    population: pl.DataFrame | None = None,
    aids: AuxiliaryTables | None = None,
    options: SystemOptions | None = None,
) -> pl.DataFrame:
    """All indicators that the given tables allow, by period, as one tidy frame.

    Parameters
    ----------
    flows
        Columns origin, destination, value (moves); optional period, age, group, sex. Ages are numbers
        (single years) or written `15-19`, `85+`. Labels must not overlap (no totals beside parts).
    population
        Columns region, population (persons at risk in the same regions); the same optional columns,
        complete. Without it there are no rates.
    aids, options
        Further tables, and how to compute.

    Raises
    ------
    BadInput
        Missing columns; empty, negative or double cells (named); a period without moves; ages that do
        not follow one another; moves where nobody lives.
    AxisMismatch
        Regions, periods or other labels that only one table knows.
    """
    aids, options = aids or AuxiliaryTables(), options or SystemOptions()
    both = tables.inputs(flows, population)
    for name in options.by:
        if name not in both.flows.columns or (both.population is not None and name not in both.population.columns):
            raise BadInput(
                "indicators.no_column", table="flows, population", missing=name, found=", ".join(flows.columns)
            )
    labels = [both.flows[name].unique(maintain_order=True).to_list() for name in options.by]
    pieces = []
    for stream, chosen in enumerate(product(*labels)):
        picked = dict(zip(options.by, chosen, strict=True))
        part = both.split(picked) if picked else both
        piece = _of_one(part, aids, options, stream * len(both.periods))
        types = {name: both.flows.schema[name] for name in picked}
        pieces.append(piece.with_columns(**{name: pl.lit(label, dtype=types[name]) for name, label in picked.items()}))
    return pl.concat(pieces)


def _of_one(both: tables.Inputs, aids: AuxiliaryTables, options: SystemOptions, stream: int) -> pl.DataFrame:
    moves, people = both.moves(), both.people()
    rows = IndicatorRows(
        pl.Series("period", both.periods, dtype=both.flows.schema["period"]),
        pl.Series("region", both.regions, dtype=both.flows.schema["origin"]),
    )
    if people is not None:
        _somebody(moves, people, both)
    _counts(rows, both, moves)
    far = None if aids.distances is None else _distances(aids.distances, both.regions)
    _system(rows, (moves, people, far), options, stream)
    arrivals, departures = indices.in_moves(moves), indices.out_moves(moves)
    exchange(rows, indices_system.total_indices(arrivals, departures, people), (arrivals, departures), people)
    _fields(rows, moves, options, stream)
    if far is not None:
        _decay(rows, moves, far)
    if people is not None:
        add_groups(rows, both, aids.areas)
        if "age" in both.flows.columns and "age" not in options.by:
            add_ages(rows, both, (aids.standard, aids.survivors), (options.draws, options.seed, stream))
    return rows.frame()


def _somebody(moves: Array, people: Array, both: tables.Inputs) -> None:
    """Raise where moves leave a region in which nobody lives."""
    bad = np.argwhere((people <= 0) & (moves.sum(axis=2) > 0))
    if bad.size:
        cells = [(both.periods[t], both.regions[i]) for t, i in bad]
        raise BadInput("indicators.nobody", cells=tables.named(cells))


def _counts(rows: IndicatorRows, both: tables.Inputs, moves: Array) -> None:
    n = len(both.regions)
    pairs = both.flows.filter(pl.col("origin") != pl.col("destination"))
    there = pairs.select("period", "origin", "destination").unique().group_by("period").len()
    known = dict(there.iter_rows())
    rows.add("moves", "", indices.total_moves(moves))
    rows.add("intra_moves", "", indices.intra_moves(moves))
    rows.add("empty_cells", "", [n * (n - 1) - known.get(period, 0) for period in both.periods])
    rows.add("regions", "", [n] * len(both.periods))


def _distances(frame: pl.DataFrame, regions: Sequence[object]) -> Array:
    """Distances (n, n) between all pairs; the diagonal is not needed."""
    rows = tables.checked(frame, ("origin", "destination"), "distance", "distances")
    place = {region: i for i, region in enumerate(regions)}
    far = np.full((len(regions), len(regions)), np.nan)
    for origin, destination, distance in rows.iter_rows():
        if origin in place and destination in place:
            far[place[origin], place[destination]] = distance
    np.fill_diagonal(far, 0.0)
    outside = ~np.eye(len(regions), dtype=bool)
    lost = [(regions[i], regions[j]) for i, j in np.argwhere(outside & ~(far > 0))]
    if lost:
        raise BadInput("indicators.distance_missing", cells=tables.named(lost))
    return far


def _system(
    rows: IndicatorRows, given: tuple[Array, Array | None, Array | None], options: SystemOptions, stream: int
) -> None:
    """Indices of the system: analytic errors of intensity, bootstrap of the others."""
    moves, people, far = given
    found = indices_system.system_indices(moves, people, far, options.expected)
    bounds = _drawn(given, options, stream) if options.draws else {}
    total = indices.total_moves(moves)
    for (code, variant), value in found.items():
        if code in ("cmi", "courgeau_k"):
            score = indices_errors.poisson_score(total)
            rows.add(code, variant, value, scaled(score, indices.divide(value, total)), "poisson_score")
        elif code == "connectivity" or not options.draws:
            rows.add(code, variant, value)
        else:
            rows.add(code, variant, value, bounds[code, variant], "bootstrap")
    if people is not None and len(moves) > 1:
        impact = indices.impact_index(found["cmi", "crude"], found["mei", "system"])
        rows.add("imi", "relative_to_mean_of_periods", impact)


def _drawn(
    given: tuple[Array, Array | None, Array | None], options: SystemOptions, stream: int
) -> dict[tuple[str, str], tuple[Array, Array]]:
    """Bootstrap intervals of the indices of the system, a period at a time to bound memory."""
    moves, people, far = given
    pieces = []
    for t, one in enumerate(indices.between(moves)):
        draws = indices_errors.poisson_draws(one, options.draws, options.seed, stream + t)
        here = None if people is None else people[t]
        value = indices_system.system_indices(one, here, far, options.expected)
        drawn = indices_system.system_indices(draws, here, far, options.expected)
        pieces.append({key: indices_errors.bootstrap_interval(value[key], drawn[key]) for key in value})
    return {key: tuple(np.array([piece[key][side] for piece in pieces]) for side in (0, 1)) for key in pieces[0]}  # type: ignore[misc]


def _fields(rows: IndicatorRows, moves: Array, options: SystemOptions, stream: int) -> None:
    """Gini index of the field of each region, with bootstrap intervals."""
    kernels = {"out": indices_fields.gini_out, "in": indices_fields.gini_in}
    drawn = []
    if options.draws:
        for t, one in enumerate(indices.between(moves)):
            drawn.append(indices_errors.poisson_draws(one, options.draws, options.seed, stream + t))
    for name, kernel in kernels.items():
        for corrected, ending in ((False, ""), (True, "_corrected")):
            value = kernel(moves, corrected)
            if not options.draws:
                rows.add("gini_field", name + ending, value)
                continue
            sides = [
                indices_errors.bootstrap_interval(value[t], kernel(draws, corrected)) for t, draws in enumerate(drawn)
            ]
            low, high = np.array([side[0] for side in sides]), np.array([side[1] for side in sides])
            rows.add("gini_field", name + ending, value, (low, high), "bootstrap")


def _decay(rows: IndicatorRows, moves: Array, far: Array) -> None:
    """Distance exponent of each period with its robust error; null with `no_fit` where none exists."""
    value, error = np.full(len(moves), np.nan), np.full(len(moves), np.nan)
    for t, one in enumerate(moves):
        try:
            fit = indices_distance.distance_decay(one, far)
        except BadInput:
            continue
        value[t], error[t] = fit.exponent, fit.robust
    half = indices_errors.Z95 * error
    method = "no_fit" if np.isnan(value).all() else "robust"
    rows.add("decay", "poisson_origin_destination", value, (value - half, value + half), method)


def indicators_from_totals(totals: pl.DataFrame, population: pl.DataFrame | None = None) -> pl.DataFrame:
    """Indicators that need no pairs, from arrivals and departures of each region.

    `totals` has the columns region, arrivals, departures and optional period; `population` region,
    population and the same periods. In a closed system all arrivals equal all departures; their
    difference is given as `imbalance`, and intensity by both. Indices of the system have no interval:
    their error depends on pairs that a table of totals does not show. Raises as `indicators`.
    """
    came = tables.checked(totals, ("period", "region"), "arrivals", "totals")
    left = tables.checked(totals, ("period", "region"), "departures", "totals")
    tables.full(came, ("period", "region"), "totals")
    regions = came["region"].unique(maintain_order=True).to_list()
    periods = came["period"].unique().sort().to_list()
    axes: list[tuple[str, Sequence[object]]] = [("period", periods), ("region", regions)]
    arrivals, departures = tables.array(came, axes, "arrivals"), tables.array(left, axes, "departures")
    motionless = [
        (period,) for period, moves in zip(periods, (arrivals + departures).sum(axis=1), strict=True) if moves <= 0
    ]
    if motionless:
        raise BadInput("indicators.no_moves", periods=tables.named(motionless))
    people = None
    if population is not None:
        rows_of_people = tables.people_rows(population)
        for axis in ("region", "period"):
            tables.same_labels(came, rows_of_people, axis, ("totals", "population"))
        people = tables.array(rows_of_people, axes, "population")
    rows = IndicatorRows(
        pl.Series("period", periods, dtype=came.schema["period"]),
        pl.Series("region", regions, dtype=came.schema["region"]),
    )
    _totals_system(rows, arrivals, departures, people)
    exchange(rows, indices_system.total_indices(arrivals, departures, people), (arrivals, departures), people)
    return rows.frame()


def _totals_system(rows: IndicatorRows, arrivals: Array, departures: Array, people: Array | None) -> None:
    sums = {"arrivals": arrivals.sum(axis=1), "departures": departures.sum(axis=1)}
    net = np.abs(arrivals - departures).sum(axis=1)
    for name, value in sums.items():
        rows.add("moves", name, value)
    rows.add("regions", "", [arrivals.shape[1]] * len(arrivals))
    rows.add("imbalance", "arrivals_less_departures", sums["arrivals"] - sums["departures"])
    rows.add("mei", "system", 100 * indices.divide(net, (arrivals + departures).sum(axis=1)))
    if people is None:
        return
    whole = people.sum(axis=1)
    for name, value in sums.items():
        score = scaled(indices_errors.poisson_score(value), indices.divide(100.0, whole))
        rows.add("cmi", name, 100 * indices.divide(value, whole), score, "poisson_score")
    rows.add("anmr", "system", 50 * indices.divide(net, whole))
