"""Contribution of each group of factors to flows: to their direction, level and change, by Shapley values.

A fitted gravity model gives ln mu = constant + sum over groups of x_g b_g. A set of groups is "on" when its x are as
observed and "off" when they equal the mean of all cells (direction, level) or the values of the first year (change).
The value of a group is its mean effect over all orders of switching on (Shapley 1953), so that values add up exactly
to the whole. Nothing is refitted: a set's flows follow from the linear predictor, with constants by year that preserve
each year's total. Intervals: coefficients are drawn from their normal distribution (Krinsky and Robb 1986,
Review of Economics and Statistics 68:715) and all sets are evaluated for every draw. What correlated regressors explain
jointly is divided among groups, so a value describes the fit and is not the effect of an intervention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.structure.decomposition import shapley

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Groups = Mapping[str, Sequence[int]]
LEVEL = 0.95


@dataclass(frozen=True)
class ContributionParts:
    """Contributions of `names` (k, ...) to `whole` (...): point, and the ends of 95 % intervals; the first draw of
    `effects` is the point estimate.
    """

    names: tuple[str, ...]
    effects: Array
    whole: Array

    def point(self) -> Array:
        """Contributions at the estimates, (k, ...)."""
        return np.asarray(self.effects[:, 0])

    def ends(self, level: float = LEVEL) -> tuple[Array, Array]:
        """Ends of the intervals over the draws, (k, ...) each."""
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(self.effects[:, 1:], tails, axis=1)
        return low, high

    def frame(self, places: Sequence[str] = ("",)) -> pl.DataFrame:
        """Columns group, place, value, low, high (95 %), whole, in the unit of `effects`; `places`: last axis."""
        point = self.point().reshape(len(self.names), len(places))
        low, high = (end.reshape(point.shape) for end in self.ends())
        whole = np.broadcast_to(self.whole[0], (len(places),))
        rows = [
            (group, place, point[i, j], low[i, j], high[i, j], whole[j])
            for i, group in enumerate(self.names)
            for j, place in enumerate(places)
        ]
        return pl.DataFrame(rows, schema=["group", "place", "value", "low", "high", "whole"], orient="row")


def coefficient_draws(estimate: ArrayLike, covariance: ArrayLike, draws: int, seed: int) -> Array:
    """Coefficients (1 + draws, k): the estimates, then normal draws around them.

    Examples
    --------
    >>> coefficient_draws([1.0], [[0.0]], 2, 1).ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    b, v = np.asarray(estimate, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    values, vectors = np.linalg.eigh(v)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    noise = np.random.default_rng(seed).standard_normal((draws, len(b)))
    return np.vstack([b, b + noise @ root.T])


def to_direction(
    moves: ArrayLike, x: ArrayLike, years: ArrayLike, draws: ArrayLike, groups: Groups
) -> ContributionParts:
    """Contributions to the part of the differences between flows of one year that the factors explain; share.

    The whole is 1 - D(M, mu) / D(M, mean of the year), the explained part of the Poisson deviance (Cameron and
    Windmeijer 1996), 0 when every pair of a year has the same flow. `moves` (n,), `x` (n, k), `years` codes (n,),
    `draws` (D, k), first the estimates; `groups`: name to columns of x, each column in one group.

    Raises
    ------
    BadInput
        A column stands in no group or in two.
    """
    y, design, codes, b = _given(moves, x, years, draws, groups)
    centred = design - _means(design, codes)
    sums = np.bincount(codes, weights=y).astype(np.float64)
    logs = float(np.sum(np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0)), 0.0)))
    base = logs - float(np.sum(y * np.log((sums / np.bincount(codes))[codes])))

    def value(changed: frozenset[str]) -> Array:
        eta = _predictor(centred, b, groups, changed)
        mu = _scaled(eta, codes, sums)
        return np.asarray(1 - (logs - np.log(mu) @ y) / base)

    found = shapley(value, tuple(groups))
    return ContributionParts(found.names, found.effects, found.change)


def to_level(
    moves: ArrayLike, x: ArrayLike, years: ArrayLike, draws: ArrayLike, groups: Groups, places: ArrayLike
) -> ContributionParts:
    """Contributions to the moves of each place above or below those it would have were all its cells of the year equal.

    As `to_direction`, with `places` codes (n,) of origins or destinations; effects (k, D, places) in moves a year,
    mean over years. They sum to fitted moves less moves with all factors at the mean of the year.

    Raises
    ------
    BadInput
        Groups of factors that name a factor not in the model.

    """
    y, design, codes, b = _given(moves, x, years, draws, groups)
    centred = design - _means(design, codes)
    sums = np.bincount(codes, weights=y).astype(np.float64)
    where = np.asarray(places, dtype=np.int64)
    gather = np.zeros((len(y), int(where.max()) + 1))
    gather[np.arange(len(y)), where] = 1 / len(sums)

    def value(changed: frozenset[str]) -> Array:
        return np.asarray(_scaled(_predictor(centred, b, groups, changed), codes, sums) @ gather)

    found = shapley(value, tuple(groups))
    return ContributionParts(found.names, found.effects, found.change)


def to_change(
    before: ArrayLike,
    after: ArrayLike,
    first: tuple[ArrayLike, ArrayLike],
    draws: ArrayLike,
    groups: Groups,
    common: str,
    rest: str,
) -> ContributionParts:
    """Contributions to the change of each cell's moves between two years, with the common change and the remainder.

    `before`, `after` (n,): moves of the same cells; `first`: regressors (n, k) of the two years; `draws` (D, k).
    Each cell starts from its own moves `before`; factors multiply them by exp((x_1 - x_0) b), and `common` is the one
    multiplier that makes the sum of the second year right. `rest` is what the cell's moves differ by from that.
    Effects (k + 2, D, n) sum to after - before exactly.

    Raises
    ------
    BadInput
        Groups take a name of `common` or `rest`, or a column stands in no group or in two.
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    x0, x1 = (np.asarray(one, dtype=np.float64) for one in first)
    _, step, _, b = _given(old, x1 - x0, np.zeros(len(old)), draws, groups)
    if common in groups or rest in groups:
        raise BadInput("explanation.group_name", found=f"{common}, {rest}")
    whole = _predictor(step, b, groups, frozenset(groups))
    shift = np.log(new.sum() / (old * np.exp(whole)).sum(axis=1))[:, None]

    def value(changed: frozenset[str]) -> Array:
        eta = _predictor(step, b, groups, changed) + (shift if common in changed else 0.0)
        return np.asarray(old * np.exp(eta))

    found = shapley(value, (*groups, common))
    left = (new - old) - found.change
    effects = np.concatenate([found.effects, left[None]])
    return ContributionParts((*groups, common, rest), effects, np.broadcast_to(new - old, left.shape))


def summed(parts: ContributionParts, cells: ArrayLike | None = None) -> ContributionParts:
    """Contributions of cells added up by place (codes), or over all cells: effects (k, D, places) or (k, D)."""
    if cells is None:
        return ContributionParts(parts.names, parts.effects.sum(axis=-1), parts.whole.sum(axis=-1))
    codes = np.asarray(cells, dtype=np.int64)
    gather = np.zeros((len(codes), int(codes.max()) + 1))
    gather[np.arange(len(codes)), codes] = 1.0
    return ContributionParts(parts.names, parts.effects @ gather, parts.whole @ gather)


def _given(
    moves: ArrayLike, x: ArrayLike, years: ArrayLike, draws: ArrayLike, groups: Groups
) -> tuple[Array, Array, Codes, Array]:
    y, design = np.asarray(moves, dtype=np.float64), np.asarray(x, dtype=np.float64)
    b = np.atleast_2d(np.asarray(draws, dtype=np.float64))
    used = sorted(j for columns in groups.values() for j in columns)
    if used != list(range(design.shape[1])) or b.shape[1] != design.shape[1]:
        raise BadInput("explanation.groups", found=len(used), expected=design.shape[1])
    return y, design, np.asarray(years, dtype=np.int64), b


def _means(x: Array, codes: Codes) -> Array:
    counts = np.bincount(codes)
    means = [np.bincount(codes, weights=x[:, j]) / counts for j in range(x.shape[1])]
    return np.asarray(np.stack(means, axis=1)[codes])


def _predictor(x: Array, b: Array, groups: Groups, changed: frozenset[str]) -> Array:
    """Linear predictor (D, n) of the switched groups."""
    on = [j for name, columns in groups.items() if name in changed for j in columns]
    return np.asarray(b[:, on] @ x[:, on].T) if on else np.zeros((len(b), len(x)))


def _scaled(eta: Array, codes: Codes, sums: Array) -> Array:
    """Flows (D, n) proportional to exp(eta) within each year, with the sum of the year."""
    raw = np.exp(eta - eta.max(axis=1, keepdims=True))
    found = np.empty_like(raw)
    for year, total in enumerate(sums):
        inside = codes == year
        found[:, inside] = raw[:, inside] * (total / raw[:, inside].sum(axis=1, keepdims=True))
    return np.asarray(found)
