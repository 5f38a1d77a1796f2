"""Random aggregation of regions into zones, and indices over many aggregations.

How large an index is depends on how many zones the territory is cut into (scale) and where the cuts
run (zonation): the modifiable areal unit problem. Here regions are put together at random, many
times for each number of zones, and each index is summed up over the aggregations.

Source: Stillwell, Daras and Bell (2018), Spatial aggregation methods for investigating the MAUP
effects in migration analysis, Applied Spatial Analysis and Policy 11: 693-711; Stillwell, Daras,
Bell and Lomax (2014), The IMAGE Studio, Applied Spatial Analysis and Policy 7: 5-23.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.indices import intensity as indices
from qonys.kernels.indices.system import system_indices

Array = NDArray[np.float64]
Places = NDArray[np.intp]
CELLS_AT_ONCE = 4_000_000


def random_zones(regions: int, zones: int, repeats: int, seed: int, adjacency: ArrayLike | None = None) -> Places:
    """`repeats` random divisions of n regions into k zones, none empty; zone of each region, (repeats, n).

    Without `adjacency` each zone gets one random region and every other region a random zone. With
    `adjacency` (n, n; nonzero where regions touch) zones grow from random seeds: a random free region
    that touches a zone joins a random one of the zones it touches, so every zone is contiguous. Every
    unconnected part of the map gets a seed. The divisions are random but not all equally likely.
    Raises `BadInput` unless 1 <= k <= n and k is at least the number of unconnected parts.

    Examples
    --------
    >>> random_zones(4, 4, 1, 1).shape
    (1, 4)
    """
    if not 1 <= zones <= regions or repeats < 1:
        raise BadInput("indicators.zones", zones=zones, regions=regions, repeats=repeats)
    random = np.random.Generator(np.random.Philox(key=np.array([seed, zones], dtype=np.uint64)))
    if adjacency is None:
        order = np.argsort(random.random((repeats, regions)), axis=1)
        labels = np.concatenate(
            [
                np.broadcast_to(np.arange(zones), (repeats, zones)),
                random.integers(0, zones, (repeats, regions - zones)),
            ],
            axis=1,
        )
        found = np.empty((repeats, regions), dtype=np.intp)
        np.put_along_axis(found, order, labels, axis=1)
        return found
    return _grown(_touching(adjacency, regions), zones, repeats, random)


def _touching(adjacency: ArrayLike, regions: int) -> NDArray[np.bool_]:
    touch: NDArray[np.bool_] = np.asarray(adjacency, np.float64) != 0
    if touch.shape != (regions, regions):
        raise BadInput("indicators.adjacency", shape=touch.shape, regions=regions)
    both: NDArray[np.bool_] = touch | touch.T
    np.fill_diagonal(both, False)
    return both


def parts(adjacency: ArrayLike) -> Places:
    """Number of the connected part of the map that each region belongs to; shape (n,).

    Raises
    ------
    BadInput
        The table of neighbours has another shape than regions by regions.

    Examples
    --------
    >>> parts([[0, 1, 0], [1, 0, 0], [0, 0, 0]]).tolist()
    [0, 0, 1]
    """
    touch = _touching(adjacency, np.asarray(adjacency).shape[0])
    found = np.full(touch.shape[0], -1, dtype=np.intp)
    for start in range(touch.shape[0]):
        if found[start] >= 0:
            continue
        reached = np.zeros(touch.shape[0], dtype=bool)
        reached[start] = True
        while True:
            wider = reached | touch[reached].any(axis=0)
            if (wider == reached).all():
                break
            reached = wider
        found[reached] = found.max() + 1
    return found


def _grown(touch: NDArray[np.bool_], zones: int, repeats: int, random: np.random.Generator) -> Places:
    regions = touch.shape[0]
    part = parts(touch)
    if zones < part.max() + 1:
        raise BadInput("indicators.zones_parts", zones=zones, parts=int(part.max()) + 1)
    rank = random.random((repeats, regions))
    for one in range(int(part.max()) + 1):
        members = np.flatnonzero(part == one)
        first = members[np.argmin(rank[:, members], axis=1)]
        rank[np.arange(repeats), first] -= 1.0
    seeds = np.argsort(rank, axis=1)[:, :zones]
    found = np.full((repeats, regions), -1, dtype=np.intp)
    np.put_along_axis(found, seeds, np.broadcast_to(np.arange(zones), seeds.shape), axis=1)
    rows = np.arange(repeats)
    near = touch.astype(np.float32)
    for _ in range(regions - zones):
        taken = found >= 0
        frontier = ~taken & (taken.astype(np.float32) @ near > 0)
        joining = np.argmax(np.where(frontier, random.random((repeats, regions)), -1.0), axis=1)
        neighbour = np.argmax(np.where(touch[joining] & taken, random.random((repeats, regions)), -1.0), axis=1)
        found[rows, joining] = found[rows, neighbour]
    return found


def membership(zones: Places, count: int) -> Array:
    """Table Z of shape (..., n, k) with 1 where region i is in zone z."""
    return np.asarray((np.asarray(zones)[..., None] == np.arange(count)).astype(np.float64))


def aggregate_flows(flows: ArrayLike, belongs: Array) -> Array:
    """Flows between zones, Z' M Z, of shape (..., k, k); moves inside a zone come to stand on its diagonal.

    Examples
    --------
    >>> aggregate_flows([[0, 1, 2], [3, 0, 4], [5, 6, 0]], membership(np.array([0, 0, 1]), 2)).tolist()
    [[4.0, 6.0], [11.0, 0.0]]
    """
    return np.asarray(np.swapaxes(belongs, -1, -2) @ np.asarray(flows, np.float64) @ belongs)


@dataclass(frozen=True, kw_only=True)
class ScaleEffect:
    """Indices over random aggregations; rows are numbers of zones, columns are `names`.

    `spread` is the standard deviation over aggregations (the effect of zonation), `mean` along the
    rows the effect of scale. `repeats` aggregations were made for each number of zones, with
    replacement. `slope`, `start` and `slope_error` are the line of mean CMI on ln(k^2), nan without a
    population or with a single number of zones.
    """

    zones: tuple[int, ...]
    names: tuple[tuple[str, str], ...]
    mean: Array
    spread: Array
    lowest: Array
    highest: Array
    repeats: int
    start: float
    slope: float
    slope_error: float


def scale_effect(
    flows: ArrayLike,
    population: ArrayLike | None,
    zones: Sequence[int],
    repeats: int = 200,
    seed: int = 1,
    adjacency: ArrayLike | None = None,
    expected: bool = False,
) -> ScaleEffect:
    """Mean, deviation and range of every index of the system by number of zones (at least 2).

    `flows` (n, n), `population` (n,) or None, `adjacency` as in `random_zones`. `expected` also fits
    quasi-independence to each aggregation, which is slow. The diagonal of `flows` is never counted.

    Raises
    ------
    BadInput
        Fewer than two zones, more than there are regions, or no repeats.

    """
    moves = indices.between(flows)
    if not zones or min(zones) < 2:
        raise BadInput("indicators.zones", zones=min(zones, default=0), regions=moves.shape[-1], repeats=repeats)
    people = None if population is None else np.asarray(population, np.float64)
    tables = [
        _one_scale(moves, people, random_zones(moves.shape[-1], k, repeats, seed, adjacency), expected) for k in zones
    ]
    names = tuple(tables[0])
    values = np.array([[each[name] for name in names] for each in tables])
    known = np.isfinite(values)
    count = np.where(known.any(axis=-1), known.sum(axis=-1), np.nan)
    mean = np.where(known, values, 0.0).sum(axis=-1) / count
    spread = np.sqrt(np.where(known, (values - mean[..., None]) ** 2, 0.0).sum(axis=-1) / count)
    lowest = np.where(known, values, np.inf).min(axis=-1)
    highest = np.where(known, values, -np.inf).max(axis=-1)
    line = (float("nan"),) * 3
    if people is not None and len(set(zones)) > 1:
        line = indices.aggregate_intensity(mean[:, names.index(("cmi", "crude"))], zones)[:3]
    return ScaleEffect(
        zones=tuple(zones),
        names=names,
        mean=mean,
        spread=spread,
        lowest=_finite(lowest),
        highest=_finite(highest),
        repeats=repeats,
        start=line[0],
        slope=line[1],
        slope_error=line[2],
    )


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def _one_scale(moves: Array, people: Array | None, places: Places, expected: bool) -> dict[tuple[str, str], Array]:
    """Indices of every aggregation in `places` (repeats, n), a block at a time to bound memory."""
    count = int(places.max()) + 1
    block = max(1, CELLS_AT_ONCE // (moves.shape[0] * max(count, 1)))
    pieces = []
    for start in range(0, len(places), block):
        belongs = membership(places[start : start + block], count)
        zone_people = None if people is None else people @ belongs
        pieces.append(system_indices(aggregate_flows(moves, belongs), zone_people, None, expected))
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
