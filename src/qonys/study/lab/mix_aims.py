"""What a mix of measures is worth over all futures looked at, and what it takes.

Futures are draws of the projection and ends of the effects' ranges. A mix is worth, by `metric`: the mean effect, the
effect that is reached in nine of ten futures (`low`), the largest regret against what could be reached in the same
future (`regret`, Savage 1951), or the share of futures in which a target is reached (`target`, Starr 1962). The order
of mixes depends on the metric (McPhail and others 2018, Earth's Future 6: 169-191).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.sensitivity.chaos import basis
from qonys.policy.measures import Cost, Measure
from qonys.study.lab.surface import LeverSurface

Array = NDArray[np.float64]
Places = NDArray[np.int64]
METRICS = ("mean", "low", "regret", "target")
SMALLER = ("old_age_dependency",)  # outcomes of which less is sought
LOW, MILLION = 0.1, 1e6


@dataclass(frozen=True)
class Worth:
    """How effects over futures become one number, the larger the sought: `metric`, and `targets` by outcome."""

    metric: str
    targets: tuple[float, ...] = ()

    def of(self, effects: Array, most: Array | None = None) -> Array:
        """Worth (N, O) of `effects` (N, W, O), more being sought; `most` (W, O): what can be reached in each future."""
        if self.metric == "mean":
            return np.asarray(effects.mean(axis=1))
        if self.metric == "low":
            return np.asarray(np.quantile(effects, LOW, axis=1))
        if self.metric == "target":
            return np.asarray((effects >= np.asarray(self.targets)).mean(axis=1))
        top = effects.max(axis=0) if most is None else most
        return np.asarray(-(top - effects).max(axis=1))


@dataclass(frozen=True)
class Taken:
    """What a mix takes of measures (L,): the share of each range that is used, or money where costs are given.

    `years`: the years in which money is paid. A parameter below its present value saves no money. Mixes lie on the
    stops of the sliders; `places` number the stops of each measure.
    """

    measures: tuple[Measure, ...]
    costs: Mapping[str, Cost] | None
    years: int
    budget: float = 0.0

    @cached_property
    def stops(self) -> tuple[Array, ...]:
        """Stops of each measure; only the present value of one that may not be changed (with costs, one without)."""
        free = [self.costs is None or one.id in self.costs for one in self.measures]
        return tuple(np.array(one.stops() if may else (one.now.value,), dtype=np.float64)
                     for one, may in zip(self.measures, free, strict=True))  # fmt: skip

    @cached_property
    def counts(self) -> Places:
        """Number of stops of each measure, (L,)."""
        return np.array([len(one) for one in self.stops], dtype=np.int64)

    @cached_property
    def home(self) -> Places:
        """Places of the present values, (L,)."""
        return np.array([int(np.flatnonzero(stops == one.now.value)[0])
                         for one, stops in zip(self.measures, self.stops, strict=True)], dtype=np.int64)  # fmt: skip

    def values(self, places: Places) -> Array:
        """Parameters (..., L) at places (..., L)."""
        return np.stack([stops[places[..., i]] for i, stops in enumerate(self.stops)], axis=-1)

    def nearest(self, unit: Array) -> Places:
        """Places (N, L) of the stops next to points on [0, 1]."""
        found = []
        for i, (one, stops) in enumerate(zip(self.measures, self.stops, strict=True)):
            wanted = one.low + unit[:, i] * (one.high - one.low)
            above = np.clip(np.searchsorted(stops, wanted), 1, max(len(stops) - 1, 1))
            under = above - 1
            above = np.minimum(above, len(stops) - 1)
            found.append(np.where(wanted - stops[under] <= stops[above] - wanted, under, above))
        return np.stack(found, axis=1)

    def unit(self, places: Places) -> Array:
        """Points on [0, 1] of places."""
        low, high = ends(self.measures)
        return np.asarray((self.values(places) - low) / (high - low))

    def effort(self, values: Array) -> Array:
        """What mixes (..., L) take, (...): the sum of shares of ranges used, or millions of money over the years."""
        moved = values - np.array([one.now.value for one in self.measures])
        low, high = ends(self.measures)
        if self.costs is None:
            return np.asarray((np.abs(moved) / (high - low)).sum(axis=-1))
        each = np.array([self.costs[one.id].value if one.id in self.costs else 0.0 for one in self.measures])
        return np.asarray(np.maximum(moved, 0) @ each * self.years / MILLION)

    def excess(self, values: Array, most: float = np.inf) -> Array:
        """By how much mixes (N, L) break their limits, (N,): the budget (0: none), `most` effort, a part its whole."""
        most = min(self.budget or np.inf, most)
        effort = self.effort(values)
        found = np.maximum(effort - most * (1 + 1e-12), 0) / (most or 1.0) if np.isfinite(most) else 0 * effort
        names = [one.id for one in self.measures]
        for i, one in enumerate(self.measures):
            if one.within:
                found = found + np.maximum(values[:, i] - values[:, names.index(one.within)], 0) / (one.high - one.low)
        return np.asarray(found)


@dataclass(frozen=True)
class PooledSurface:
    """Effects of mixes on the outcomes sought, over all futures: `table` (terms, W, O), more being sought."""

    measures: tuple[Measure, ...]
    terms: NDArray[np.int64]
    table: Array

    def effects(self, values: Array) -> Array:
        """Effects (N, W, O) of parameters (N, L)."""
        found = self._basis(values) @ self.table.reshape(len(self.table), -1)
        return np.asarray(found.reshape(len(values), *self.table.shape[1:]))

    def each(self, values: Array, pairs: Places) -> Array:
        """Effects (n, M) of parameters (n, M, L): row i in the pair `pairs[i]` of a future and an outcome."""
        columns = self._basis(values.reshape(-1, values.shape[-1])).reshape(*values.shape[:2], -1)
        return np.asarray((columns @ self.table.reshape(len(self.table), -1).T[pairs, :, None])[..., 0])

    def _basis(self, values: Array) -> Array:
        low, high = ends(self.measures)
        return basis(2 * (values - low) / (high - low) - 1, self.terms)


def pooled(surfaces: Mapping[str, LeverSurface], outcomes: tuple[str, ...]) -> PooledSurface:
    """The surfaces of all sides as one; futures are draws and, one after another, sides."""
    first = next(iter(surfaces.values()))
    places = [first.outcomes.index(name) for name in outcomes]
    table = np.concatenate([one.fit.coefficients[:, :, places] for one in surfaces.values()], axis=1)
    return PooledSurface(first.measures, first.terms, table * signs(outcomes))


def ends(measures: tuple[Measure, ...]) -> tuple[Array, Array]:
    """Lowest and highest values (L,) of measures."""
    return np.array([one.low for one in measures]), np.array([one.high for one in measures])


def signs(outcomes: tuple[str, ...]) -> Array:
    """1 where more of an outcome is sought, -1 where less.

    Examples
    --------
    >>> signs(("population", "old_age_dependency")).tolist()
    [1.0, -1.0]
    """
    return np.array([-1.0 if name in SMALLER else 1.0 for name in outcomes])
