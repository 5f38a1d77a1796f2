"""All indices of a table at once, for values, for draws and for aggregations.

Keys are (indicator, variant). Shapes follow the leading axes of the table, so that one call serves
one period, all periods, all draws of a bootstrap or all random zonings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.indices import (
    distance as indices_distance,
)
from qonys.kernels.indices import (
    fields as indices_fields,
)
from qonys.kernels.indices import (
    intensity as indices,
)
from qonys.kernels.indices import (
    links as indices_links,
)

Array = NDArray[np.float64]
Indices = dict[tuple[str, str], Array]
ROUNDS, TOLERANCE = 500, 1e-9


def system_indices(
    flows: ArrayLike,
    population: ArrayLike | None = None,
    distances: ArrayLike | None = None,
    expected: bool = True,
) -> Indices:
    """Indices of the whole system, each of shape (...).

    `population` (..., n) adds intensity and net rate; `distances` (n, n) adds mean and median
    distance; without `expected` the fit of quasi-independence, the slowest part, is left out.
    Tables that no finite fit can describe get nan there.
    """
    moves = indices.between(flows)
    found: Indices = {("mei", "system"): indices.system_effectiveness(moves)}
    if population is not None:
        intensity = indices.crude_intensity(moves, population)
        found["cmi", "crude"] = intensity
        found["courgeau_k", "crude"] = indices.courgeau_k(intensity, moves.shape[-1])
        found["anmr", "system"] = indices.aggregate_net_rate(moves, population)
    found["connectivity", "nonzero"] = indices.connectivity(moves)
    found["inequality", "equal"] = indices.inequality(moves)
    if expected:
        found["inequality", "quasi_independent"] = _inequality_fitted(moves)
    found.update(_focus(moves))
    if distances is not None:
        found["distance", "mean"] = indices_distance.mean_distance(moves, distances)
        found["distance", "median"] = indices_distance.median_distance(moves, distances)
    return found


def _inequality_fitted(moves: Array) -> Array:
    if moves.shape[-1] < 3:
        return np.full(moves.shape[:-2], np.nan)
    fitted, difference = indices.quasi_independent_fit(moves, ROUNDS, TOLERANCE)
    return np.where(difference <= TOLERANCE, indices.inequality(moves, fitted), np.nan)


def _focus(moves: Array) -> Indices:
    """Gini indices and coefficients of variation; the fields are sorted once."""
    fields, counter = indices_fields.out_fields(moves), indices_fields.in_fields(moves)
    out, arrivals = fields.sum(axis=-1), counter.sum(axis=-1)
    spread_out, spread_in = indices_fields.pair_differences(fields), indices_fields.pair_differences(counter)
    flat = fields.reshape(*fields.shape[:-2], -1)
    parts = {
        "total": indices_fields.pair_differences(flat),
        "rows": spread_out.sum(axis=-1),
        "columns": spread_in.sum(axis=-1),
        "exchange": np.abs(moves - np.swapaxes(moves, -1, -2)).sum(axis=(-2, -1)),
    }
    found: Indices = {}
    total, cells = flat.sum(axis=-1), flat.shape[-1]
    for corrected, ending in ((False, ""), (True, "_corrected")):
        for name, part in parts.items():
            found["gini", name + ending] = indices.divide(part, 2.0 * (cells - corrected) * total)
        others = 2.0 * (fields.shape[-1] - corrected)
        for name, spread in (("out", spread_out), ("in", spread_in)):
            found["mwg", name + ending] = indices.divide(spread.sum(axis=-1), others * total)
        found["mwg", "mean" + ending] = (found["mwg", "out" + ending] + found["mwg", "in" + ending]) / 2
    for name in ("rows", "columns", "exchange"):
        found["gini", f"{name}_standardised"] = 100 * indices.divide(parts[name], parts["total"])
    for name, field, weight in (("out", fields, out), ("in", counter, arrivals)):
        spread = indices.divide(field.std(axis=-1), field.mean(axis=-1))
        found["acv", name] = indices.divide(np.where(weight > 0, spread * weight, 0.0).sum(axis=-1), total)
    found["acv", "total"] = found["acv", "out"] + found["acv", "in"]
    return found


def region_indices(flows: ArrayLike, population: ArrayLike | None = None) -> Indices:
    """Indices of each region, each of shape (..., n); rates are per 1,000 persons of the region.

    `flows` (..., n, n), `population` (..., n) or None, without which there are no rates. Sources stand with each index
    in `intensity`, `fields` and `links`.
    """
    moves = indices.between(flows)
    arrivals, departures = moves.sum(axis=-2), moves.sum(axis=-1)
    found = total_indices(arrivals, departures, population)
    for corrected, ending in ((False, ""), (True, "_corrected")):
        found["gini_field", "out" + ending] = indices_fields.gini_out(moves, corrected)
        found["gini_field", "in" + ending] = indices_fields.gini_in(moves, corrected)
    return found


def total_indices(arrivals: ArrayLike, departures: ArrayLike, population: ArrayLike | None = None) -> Indices:
    """Indices of each region from its arrivals and departures alone; each of shape (..., n).

    `arrivals`, `departures` and `population` (..., n); rates are per 1,000 persons, effectiveness is per cent. Sources
    stand with each index in `intensity` and `links`.
    """
    came, left = np.asarray(arrivals, np.float64), np.asarray(departures, np.float64)
    found: Indices = {}
    if population is not None:
        for name, events in (("in", came), ("out", left), ("net", came - left), ("gross", came + left)):
            found["rate", name] = 1000 * indices.divide(events, population)
    found["mei", "region"] = 100 * indices.divide(came - left, came + left)
    found["results", "departures_per_1000_arrivals"] = indices_links.departures_per_1000(came, left)
    found["results", "net_to_turnover"] = found["mei", "region"]
    return found
