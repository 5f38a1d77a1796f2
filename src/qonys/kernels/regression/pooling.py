"""Posterior draws of unknowns from inconsistent statements: a linear model with unknown accuracies.

Each statement i of group g reads y_i = a_i . x + e_i with e_i ~ t_df(0, s_g w_i): w_i is its known
relative error, s_g the group's unknown accuracy (or fixed at 1), and heavy tails allow outlying
statements. Priors on x are statements too (a random walk states x_t - x_(t-1) = 0). Gibbs
sampling: x given accuracies is normal; accuracies and tail weights given x are inverse gamma and
gamma. Source: Gelman et al. (2013), Bayesian Data Analysis, chapters 12 and 14; the use for rival
migration statistics follows Raymer et al. (2013), Journal of the American Statistical Association 108:801.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qonys.kernels.effort import spent
from qonys.kernels.regression.normal_draws import BandedNormal, Banding, Normal

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Statements of one accuracy.

    `scale`: prior guess of s_g, in units of the relative errors; `weight`: how many statements that
    guess is worth (inf fixes it); `tails`: degrees of freedom of the errors (inf: normal).
    """

    name: str
    scale: float
    weight: float = 3.0
    tails: float = np.inf


@dataclass(frozen=True)
class Statements:
    """Statements about n unknowns: coefficients (m, n), values (m,), relative errors (m,), group (m,)."""

    coefficients: sparse.csr_array
    values: Array
    errors: Array
    group: NDArray[np.intp]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Draws:
    """Posterior draws: unknowns (draws, n), accuracies s_g (draws, groups), and the split R-hat of each unknown."""

    unknowns: Array
    scales: Array
    rhat: Array


def sample(
    statements: Statements,
    draws: int,
    seed: int,
    warm_up: int = 300,
    chains: int = 2,
    values_of: Callable[[int], Array] | None = None,
    banding: Banding | None = None,
) -> Draws:
    """Draw from the posterior of the unknowns and accuracies.

    `draws` in all, divided among `chains` (rounded up), after `warm_up` each. `values_of(draw)` gives the
    values (m,) for one draw where they are themselves draws of another model (no feedback to it). `banding`: other
    unknowns, in an order of time, in which the statements are sparse (None: the unknowns as they are).
    Streams are keyed by (seed, chain): the same arguments give bitwise the same draws.
    """
    each = -(-draws // chains)
    normal = Normal(statements.coefficients) if banding is None else BandedNormal(statements.coefficients, banding)
    found = [_chain(statements, normal, (warm_up, each), (seed, chain), values_of) for chain in range(chains)]
    spent("gibbs_unknowns", chains * (warm_up + each) * statements.coefficients.shape[1])
    unknowns = np.stack([x for x, _ in found])
    scales = np.concatenate([s for _, s in found])[:draws]
    return Draws(unknowns.reshape(-1, unknowns.shape[2])[:draws], scales, split_rhat(unknowns))


def _chain(
    statements: Statements,
    normal: Normal | BandedNormal,
    length: tuple[int, int],
    key: tuple[int, int],
    values_of: Callable[[int], Array] | None,
) -> tuple[Array, Array]:
    warm_up, kept = length
    rng = np.random.Generator(np.random.Philox(key=np.array(key, dtype=np.uint64)))
    groups, group = statements.groups, statements.group
    scale = np.array([g.scale for g in groups])
    tails = np.array([g.tails for g in groups])[group]
    heavy = np.isfinite(tails)
    tau = np.ones(len(group))
    unknowns = np.empty((kept, statements.coefficients.shape[1]))
    scales = np.empty((kept, len(groups)))
    values = statements.values
    for step in range(-warm_up, kept):
        if values_of is not None:
            values = values_of(key[1] * kept + max(step, 0))
        weights = tau / (scale[group] * statements.errors) ** 2
        x = normal.draw(weights, values, rng)
        off = (values - statements.coefficients @ x) / statements.errors
        scale = _draw_scales(groups, group, tau * off**2, rng)
        ratio = (off[heavy] / scale[group][heavy]) ** 2
        tau[heavy] = rng.gamma((tails[heavy] + 1) / 2) / ((tails[heavy] + ratio) / 2)
        if step >= 0:
            unknowns[step], scales[step] = x, scale
    return unknowns, scales


def _draw_scales(groups: tuple[Group, ...], group: NDArray[np.intp], squares: Array, rng: np.random.Generator) -> Array:
    """New accuracies: scaled inverse chi-square with each group's prior guess; fixed groups keep theirs."""
    total = np.bincount(group, squares, len(groups))
    count = np.bincount(group, minlength=len(groups))
    found = np.empty(len(groups))
    for place, one in enumerate(groups):
        chi = rng.standard_gamma((min(one.weight, 1e12) + count[place]) / 2)
        found[place] = (
            one.scale if np.isinf(one.weight) else np.sqrt((one.weight * one.scale**2 + total[place]) / 2 / chi)
        )
    return found


def split_rhat(chains: Array) -> Array:
    """Split R-hat of each unknown from draws (chains, draws, n); 1 is agreement.

    Source: Gelman et al. (2013), Bayesian Data Analysis, section 11.4.
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within = parts.var(axis=1, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=1).var(axis=0, ddof=1)
    ratio = np.divide(between, within, out=np.ones_like(within), where=within > 0)
    return np.asarray(np.sqrt((half - 1) / half + ratio / half))


def round_to_total(values: Array, total: NDArray[np.generic]) -> NDArray[np.int64]:
    """Integers closest to `values` (..., n) whose sum over the last axis is `total` (...), by largest remainder.

    Examples
    --------
    >>> round_to_total(np.array([1.4, 1.4, 1.2]), np.array(4)).tolist()
    [2, 1, 1]
    """
    wanted: Array = np.asarray(total, dtype=np.float64)
    shifted = values + (wanted - values.sum(axis=-1))[..., None] / values.shape[-1]
    low = np.floor(shifted)
    short = np.rint(wanted - low.sum(axis=-1)).astype(np.int64)
    rank = np.argsort(np.argsort(-(shifted - low), axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray(low.astype(np.int64) + (rank < short[..., None]))
