"""Low-rank model of moves between many regions: departure x choice of destination through k pools.

In a choice matrix of rank k those who leave an origin o choose a pool p with probability u(o, p) and from it a
destination d with probability v(p, d). One pool is the migrant pool model: the same choice from every origin. More
pools are the latent class model of a table (Goodman 1974, Biometrika 61:215), fitted by the EM algorithm to the
multinomial likelihood of movers (Dempster, Laird and Rubin 1977; Lee and Seung 1999, Nature 401:788, have the
same steps). Stayers are excluded: the diagonal is replaced by its expectation under the model, so the fit preserves
departures from each origin and, at convergence, arrivals in each destination. The lack of fit is reported as the
share of movers assigned to a wrong destination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.multiregional.step import Dense, Structured

Array = NDArray[np.float64]
_TINY = 1e-300


@dataclass(frozen=True)
class LowRankFit:
    """The structured moves and their lack of fit.

    `misplaced`: share of movers in the wrong destination, half the sum of absolute differences over all sexes,
    ages, origins and destinations divided by the number of movers; `pooled`: the part of it due to one choice matrix
    for several ages, whatever the rank; `deviance`: twice the log-likelihood ratio against those matrices, per mover.
    """

    moves: Structured
    misplaced: float
    pooled: float
    deviance: float


def pools(flows: Array, rank: int, iterations: int = 400, seed: int = 1) -> tuple[Array, Array, float]:
    """(u (R, k), v (k, R), deviance): pools fitted to moves `flows` (R, R), the diagonal ignored.

    Starting values are keyed by `seed`, so the same table gives the same pools; for k > 1 there are local maxima.
    """
    regions = len(flows)
    off = 1 - np.eye(regions)
    seen = flows * off
    rng = np.random.Generator(np.random.Philox(key=seed))
    total = seen.sum(axis=0) + seen.sum() / regions**2 * 1e-6
    v = total * rng.uniform(0.5, 1.5, (rank, regions)) if rank > 1 else total[None]
    v /= v.sum(axis=1, keepdims=True)
    u = rng.uniform(0.5, 1.5, (regions, rank))
    u /= u.sum(axis=1, keepdims=True)
    leaving = seen.sum(axis=1, keepdims=True)
    for _ in range(iterations):
        choice = u @ v
        own = np.diagonal(choice)[:, None]
        filled = seen + np.diag((leaving[:, 0] * own[:, 0]) / np.maximum(1 - own[:, 0], _TINY))
        part = filled / np.maximum(choice, _TINY)
        more_u, more_v = u * (part @ v.T), v * (u.T @ part)
        u = more_u / np.maximum(more_u.sum(axis=1, keepdims=True), _TINY)
        v = more_v / np.maximum(more_v.sum(axis=1, keepdims=True), _TINY)
        u[leaving[:, 0] == 0] = 1 / rank
    expected = fitted(u, v) * leaving
    ratio = np.where(seen > 0, seen / np.maximum(expected, _TINY), 1.0)
    return u, v, float(2 * (seen * np.log(ratio)).sum())


def fitted(u: Array, v: Array) -> Array:
    """Choice probabilities of another region, (R, R): rows sum to 1, the diagonal is 0; `u` (R, k), `v` (k, R)."""
    choice = (u @ v) * (1 - np.eye(len(u)))
    total = choice.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(choice, total, out=np.zeros_like(choice), where=total > 0))


def fit(moves: Dense, people: Array, rank: int, which: NDArray[np.int64] | None = None, seed: int = 1) -> LowRankFit:
    """The dense moves as departure x choice of rank k.

    `people` (R, 2, A): persons at risk, the weights; `which` (2, A): number of the choice matrix of each sex and
    age, from 0 without gaps (None: one for all). The share who leave each region at each sex and age is preserved:
    the level is raised by the share that a pool returns to its origin.

    Raises
    ------
    ValueError
        A rank outside 1 .. R - 1, or a level that would have to be above 1.
    """
    regions = moves.od.shape[-1]
    if not 1 <= rank < regions:
        raise ValueError(f"the rank is {rank}; it must lie between 1 and {regions - 1}")
    ages = moves.od.shape[:2]
    numbers = np.zeros(ages, dtype=np.int64) if which is None else which
    flows = moves.choice * (moves.leave() * people).transpose(1, 2, 0)[..., None]
    level = moves.leave().copy()
    first, second, deviance = [], [], 0.0
    lost = np.zeros(2)
    for k in range(int(numbers.max()) + 1):
        here = numbers == k
        pooled = flows[here].sum(axis=0)
        u, v, away = pools(pooled, rank, seed=seed)
        level[:, here] /= 1 - (u * v.T).sum(axis=1)[:, None]
        leaving = flows[here].sum(axis=2, keepdims=True)
        common = pooled / np.maximum(pooled.sum(axis=1, keepdims=True), _TINY)
        lost += [np.abs(flows[here] - leaving * choice).sum() / 2 for choice in (fitted(u, v), common)]
        first.append(u)
        second.append(v)
        deviance += away
    if level.max() > 1:
        raise ValueError("a region would have to be left by more than all; take a smaller level or a greater rank")
    movers = max(float(flows.sum()), _TINY)
    found = Structured(level, np.stack(first), np.stack(second), numbers)
    return LowRankFit(found, float(lost[0] / movers), float(lost[1] / movers), deviance / movers)
