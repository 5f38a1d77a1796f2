"""Ethnic composition: diversity with bounds, and draws of group sizes with probabilities of passing a threshold.

Where the group of part of the population is unknown, that part is taken as one group at one extreme and as
infinitely many groups at the other; the true value lies between (bounds after Manski 1995).

Sizes forward: ln N of a group is a random walk with drift, the simplest process that can be stated: drift and
variance from its increments between counts, variances moderated over groups (Smyth 2004, Statistical Applications
in Genetics and Molecular Biology 3:3, with a prior of `PRIOR` increments), drift with its own error, t distribution.
Groups are independent of each other: an assumption, because an answer that moves from one group to another
moves both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.structure import diversity

Array = NDArray[np.float64]
PRIOR = 4.0


def diversity_bounds(sizes: Array, total: Array) -> dict[str, tuple[Array, Array]]:
    """Simpson's index, polarisation and entropy between their bounds, (low, high) of (...,) each.

    `sizes` (..., G) persons of the known groups, `total` (...) persons in all. Entropy has no upper bound for
    infinitely many groups: its high is nan unless every group is known.

    Raises
    ------
    BadInput
        No group, a negative size, or sizes above the total.

    Examples
    --------
    >>> low, high = diversity_bounds(np.array([[6.0, 2.0]]), np.array([10.0]))["simpson"]
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.56], [0.6])
    """
    share = sizes / total[..., None]
    rest = 1 - share.sum(axis=-1)
    if (rest < -1e-9).any():
        raise BadInput("consequences.groups", sizes=float(sizes.sum(axis=-1).max()), total=float(total.max()))
    one = np.concatenate([share, np.maximum(rest, 0)[..., None]], axis=-1)
    simpson = diversity.simpson(one), diversity.simpson(share)
    ends = diversity.polarisation(one), diversity.polarisation(share)
    entropy = diversity.entropy(one)
    open_end = np.where(rest > 1e-9, np.nan, entropy)
    return {
        "simpson": simpson,
        "polarisation": (np.minimum(*ends), np.maximum(*ends)),
        "entropy": (entropy, open_end),
    }


@dataclass(frozen=True)
class GroupProcess:
    """Random walks of ln N: last sizes (G,) at `last`, drift (G,) a year, variance (G,) a year, its degrees of freedom.

    `span`: years over which the drift was found.
    """

    groups: tuple[str, ...]
    last: float
    sizes: Array
    drift: Array
    variance: Array
    degrees: float
    span: float

    def draws(self, years: Array, count: int, seed: int) -> Array:
        """Sizes at `years` (T,), of which the first is not before `last`, (count, T, G) persons; keyed by the draw.

        Raises
        ------
        BadInput
            No year ahead, or years out of order.

        """
        steps = np.diff(np.concatenate([[self.last], years]))
        if (steps < 0).any():
            raise BadInput("consequences.years", first=float(years[0]), last=self.last)
        paths = np.empty((count, len(years), len(self.groups)))
        for d in range(count):
            rng = np.random.Generator(np.random.Philox(key=np.array([seed * 100 + 21, d], dtype=np.uint64)))
            variance = self.variance * self.degrees / rng.chisquare(self.degrees, len(self.groups))
            drift = self.drift + np.sqrt(variance / self.span) * rng.standard_normal(len(self.groups))
            walk = rng.standard_normal((len(years), len(self.groups))) * np.sqrt(steps[:, None] * variance)
            paths[d] = np.exp(np.log(self.sizes) + drift * steps.cumsum()[:, None] + walk.cumsum(axis=0))
        return paths


def fit_groups(groups: tuple[str, ...], years: Array, sizes: Array, prior: float = PRIOR) -> GroupProcess:
    """Fit the process to counts (K, G) at `years` (K,), K >= 3, all above zero.

    Raises
    ------
    BadInput
        Fewer than three counts, years out of order, or a group with nobody.

    """
    if len(years) < 3 or (np.diff(years) <= 0).any() or not (sizes > 0).all():
        raise BadInput("consequences.counts", counts=len(years), smallest=float(np.nanmin(sizes)))
    steps = np.diff(years)
    span = float(years[-1] - years[0])
    moves = np.diff(np.log(sizes), axis=0)
    drift = moves.sum(axis=0) / span
    degrees = len(steps) - 1
    own = ((moves - drift * steps[:, None]) ** 2 / steps[:, None]).sum(axis=0) / degrees
    variance = (prior * own.mean() + degrees * own) / (prior + degrees)
    return GroupProcess(groups, float(years[-1]), sizes[-1], drift, variance, prior + degrees, span)


def diasporas(draws: Array, groups: tuple[str, ...], years: Array, threshold: float) -> pl.DataFrame:
    """Probability that a group is below, or above, a share of the population: tidy, by group and year.

    `draws` (D, T, G) persons of all groups, including the unknown remainder; from this module's process or from a
    projection by group. Columns: group, year, share (median), low, high (95 %), below, above (at the year),
    falls_by, rises_by (by the year, also where the group has come back), shares of the draws.
    """
    share = diversity.shares(draws)
    below, falls = diversity.crossed(share, threshold)
    above, rises = diversity.crossed(share, threshold, above=True)
    low, middle, high = np.quantile(share, (0.025, 0.5, 0.975), axis=0)
    columns = {
        "share": middle, "low": low, "high": high, "below": below, "above": above, "falls_by": falls, "rises_by": rises,
    }  # fmt: skip
    names = np.tile(np.array(groups), len(years))
    return pl.DataFrame(
        {"group": names, "year": np.repeat(years.astype(np.int64), len(groups))}
        | {name: values.reshape(-1) for name, values in columns.items()}
    )
