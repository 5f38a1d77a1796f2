"""What a mix of measures is worth over all futures looked at, and what it takes.

Futures are draws of the projection and ends of the effects' ranges. A mix is worth, by `metric`: the mean effect, the
effect that is reached in nine of ten futures (`low`), the largest regret against the mixes of a plain sample in the
same future (`regret`, Savage 1951), or the share of futures in which a target is reached (`target`, Starr 1962). The
order of mixes depends on the metric (McPhail and others 2018, Earth's Future 6: 169-191).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.sensitivity.chaos import basis
from qonys.policy.measures import Cost, Measure
from qonys.study.lab.surface import LeverSurface

Array = NDArray[np.float64]
METRICS = ("mean", "low", "regret", "target")
SMALLER = ("old_age_dependency",)  # outcomes of which less is sought
LOW, MILLION, RIVALS = 0.1, 1e6, 2048


@dataclass(frozen=True)
class Worth:
    """How effects over futures become one number, the larger the sought: `metric`, and `targets` by outcome."""

    metric: str
    targets: tuple[float, ...] = ()

    def of(self, effects: Array, most: Array | None = None) -> Array:
        """Worth (N, O) of `effects` (N, W, O), signed so that more is sought; `most` (W, O): the most by future."""
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

    `years`: the years in which money is paid. A parameter below its present value saves no money.
    """

    measures: tuple[Measure, ...]
    costs: Mapping[str, Cost] | None
    years: int

    @property
    def movable(self) -> NDArray[np.bool_]:
        """Measures that may be changed: with costs only those that have one."""
        return np.array([self.costs is None or one.id in self.costs for one in self.measures], dtype=bool)

    def values(self, unit: Array) -> Array:
        """Parameters (N, L) of points on [0, 1]; what may not be changed stays at its present value."""
        low, high = (np.array([getattr(one, end) for one in self.measures]) for end in ("low", "high"))
        now = np.array([one.now.value for one in self.measures])
        return np.where(self.movable, low + unit * (high - low), now)

    def effort(self, values: Array) -> Array:
        """What mixes (N, L) take, (N,): the sum of shares of ranges used, or millions of money over the years."""
        moved = values - np.array([one.now.value for one in self.measures])
        if self.costs is None:
            return np.asarray(
                (np.abs(moved) / np.array([one.high - one.low for one in self.measures])).sum(axis=1)
            )  # fmt: skip
        each = np.array([self.costs[one.id].value if one.id in self.costs else 0.0 for one in self.measures])
        return np.asarray(np.maximum(moved, 0) @ each * self.years / MILLION)

    def excess(self, values: Array, budget: float) -> Array:
        """By how much mixes (N, L) break their limits, (N,): the budget (0: none), and a part within its whole."""
        found = np.maximum(self.effort(values) / budget - 1, 0) if budget else np.zeros(len(values))
        names = [one.id for one in self.measures]
        for i, one in enumerate(self.measures):
            if one.within:
                found = found + np.maximum(values[:, i] - values[:, names.index(one.within)], 0) / (one.high - one.low)
        return np.asarray(found)


def effects_of(surfaces: Mapping[str, LeverSurface], outcomes: tuple[str, ...]) -> Callable[[Array], Array]:
    """Function of parameters (N, L) that gives effects (N, W, O) over draws and sides, more being sought."""
    first = next(iter(surfaces.values()))
    places = [first.outcomes.index(name) for name in outcomes]
    table = np.concatenate([one.fit.coefficients[:, :, places] for one in surfaces.values()], axis=1)
    table = table * signs(outcomes)
    low, high = (np.array([getattr(one, end) for one in first.measures]) for end in ("low", "high"))

    def effects(values: Array) -> Array:
        columns = basis(2 * (values - low) / (high - low) - 1, first.terms)
        return np.asarray((columns @ table.reshape(len(table), -1)).reshape(len(values), *table.shape[1:]))

    return effects


def signs(outcomes: tuple[str, ...]) -> Array:
    """1 where more of an outcome is sought, -1 where less.

    Examples
    --------
    >>> signs(("population", "old_age_dependency")).tolist()
    [1.0, -1.0]
    """
    return np.array([-1.0 if name in SMALLER else 1.0 for name in outcomes])
