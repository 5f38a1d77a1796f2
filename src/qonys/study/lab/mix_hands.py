"""Three hands that look for mixes on the surfaces: genetic searches, the grid of three values, and moves of stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front, hypervolume, thinned
from qonys.kernels.search.genetic import Start, genetic
from qonys.kernels.search.grids import front_of_grid
from qonys.kernels.search.local import WIDTH, local_front
from qonys.study.lab.mix_aims import Places, PooledSurface, Taken, Worth

Array = NDArray[np.float64]
SIZE, ROUNDS, GRID_MOST = 100, 100, 100_000
Tell = Callable[[str, int, int], None]
Aims = Callable[[Places], tuple[Array, Array]]


@dataclass(frozen=True)
class Sought:
    """The front of all hands: `places` (M, L) and `aims` (M, K). `volumes` (seeds,): the volume of the front that each
    seed and the moves from it reached over that of all; `genetic` (seeds,): without the moves; `of_grid`: of the grid.
    """

    places: Places
    aims: Array
    volumes: Array
    genetic: Array
    of_grid: float


def aims_of(surface: PooledSurface, worth: Worth, taken: Taken, top: Array | None = None) -> Aims:
    """Aims to be made small (N, O + 1) and excess (N,) of places (N, L)."""

    def aims(places: Places) -> tuple[Array, Array]:
        values = taken.values(places)
        found = worth.of(surface.effects(values), top)
        return np.column_stack([-found, taken.effort(values)]), taken.excess(values)

    return aims


def sought(aims: Aims, taken: Taken, seeds: int, tell: Tell) -> Sought:
    """Search by all hands; every search by itself, so that what seeds differ by is known."""
    home = taken.home[None]
    fronts, alone = [], []
    for seed in range(seeds):
        found = genetic(
            lambda unit: aims(taken.nearest(unit)), len(taken.measures), size=SIZE, rounds=ROUNDS, seed=seed + 1,
            start=Start(taken.unit(home), lambda unit: taken.unit(taken.nearest(unit))),
            tell=lambda done, total, seed=seed: tell("policy.searching", seed * total + done, seeds * total),  # type: ignore[misc]
        )  # fmt: skip
        alone.append(found.aims)
        start = np.unique(np.concatenate([home, taken.nearest(found.points)]), axis=0)
        fronts.append(local_front(aims, start, taken.counts, taken.home))
    if (grid := _grid(aims, taken)) is not None:
        fronts.append(grid)
    places, values = (np.concatenate(part) for part in zip(*fronts, strict=True))
    kept = front(values)
    kept = kept[thinned(values[kept], WIDTH)]
    _, firsts = np.unique(places[kept], axis=0, return_index=True)
    kept = kept[np.sort(firsts)]
    shares = volumes([*(one for _, one in fronts), *alone], values)
    return Sought(
        places[kept], values[kept], shares[:seeds], shares[len(fronts) :],
        float("nan") if grid is None else float(shares[seeds]),
    )  # fmt: skip


def volumes(fronts: list[Array], every: Array) -> Array:
    """Volume of each front over that of the points of all, on aims scaled to their spans."""
    low, high = every.min(axis=0), every.max(axis=0)
    scale, edge = np.where(high > low, high - low, 1.0), np.full(every.shape[1], 1.1)
    whole = hypervolume((every[front(every)] - low) / scale, edge)
    return np.array([hypervolume((one - low) / scale, edge) / whole for one in fronts])


def _grid(aims: Aims, taken: Taken) -> tuple[Places, Array] | None:
    """The front of lowest, present and highest stop of each measure; the middle stop where the present is an end."""
    free = taken.counts > 1
    if 3 ** int(free.sum()) > GRID_MOST or not free.any():
        return None
    last = taken.counts - 1
    middle = np.where((taken.home == 0) | (taken.home == last), last // 2, taken.home)

    def full(points: Array) -> Places:
        places = np.tile(taken.home, (len(points), 1))
        places[:, free] = points
        return places

    points, found = front_of_grid(
        lambda points: aims(full(points))[0], np.stack([0 * last, middle, last], axis=1)[free].astype(np.float64),
        lambda points: aims(full(points))[1] <= 0,
    )  # fmt: skip
    return full(points), found
