"""A stationary autoregression seen in some years only: exact posterior, path between the years, paths after them.

x_t = mu + z_t, z_t = phi z_t-1 + s e_t, z_1 from its stationary law; what is seen of some years is x_t plus a normal
error of known size. Given phi and s everything is normal: the likelihood of the years seen is that of a normal vector
(Jones 1980, Technometrics 22:389, equals it by a filter), and mu and all years are drawn by conditioning a simulated
world on what is seen (Hoffman and Ribak 1991, Astrophysical Journal 380:L5). phi and s are drawn from a grid with a
uniform place within its cell, each cell weighed by the prior and the likelihood of its middle. Draws are independent.
Assumes: what is not seen is not seen for reasons that have nothing to do with its value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TOP, LEAST, MOST, CELLS = 0.98, 0.01, 2.0, 40


@dataclass(frozen=True)
class AutoregressionPrior:
    """mu ~ N(`mean`, `spread`^2); phi uniform on (0, `TOP`); s half Cauchy of scale `scale` on (`LEAST`, `MOST`).

    In the unit of x.
    """

    mean: float
    spread: float
    scale: float


@dataclass(frozen=True)
class AutoregressionDraws:
    """Draws of `mu`, `phi`, `sd` (K,) of a yearly shock, and of x in all years, `levels` (K, T)."""

    mu: Array
    phi: Array
    sd: Array
    levels: Array


def fit(
    seen: Array, error: Array, place: NDArray[np.int64], length: int, prior: AutoregressionPrior, draws: int, seed: int
) -> AutoregressionDraws:
    """Draws given values `seen` (n,) with standard errors `error` (n,) in the years `place` (n,) of 0 .. length - 1.

    The same call gives the same bits.

    Raises
    ------
    ValueError
        Nothing is seen, or an error is not above zero.

    """
    if len(seen) == 0 or not (error > 0).all():
        raise ValueError("values with errors above zero are needed")
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, 16], dtype=np.uint64)))
    phi, sd = _chosen(seen, error, place, prior, draws, rng)
    mu, levels = _prior_worlds(phi, sd, length, prior, rng)
    noise = error * rng.standard_normal((draws, len(seen)))
    covariance = prior.spread**2 + _covariance(phi, sd, np.abs(np.subtract.outer(place, place)))
    covariance += np.diag(error**2)
    miss = np.linalg.solve(covariance, (seen - levels[:, place] - noise)[..., None])[..., 0]
    apart = np.abs(np.subtract.outer(np.arange(length), place))
    levels = levels + ((prior.spread**2 + _covariance(phi, sd, apart)) * miss[:, None]).sum(axis=-1)
    return AutoregressionDraws(mu + prior.spread**2 * miss.sum(axis=-1), phi, sd, levels)


def _covariance(phi: Array, sd: Array, lag: NDArray[np.int64]) -> Array:
    """Covariances of z at lags (...), (len(phi), ...)."""
    wide = (slice(None), *(None,) * lag.ndim)
    return np.asarray((sd**2 / (1 - phi**2))[wide] * phi[wide] ** lag)


def grid() -> tuple[Array, Array]:
    """Edges of the cells of phi and of s, (CELLS + 1,) each."""
    return np.linspace(0.0, TOP, CELLS + 1), np.geomspace(LEAST, MOST, CELLS + 1)


def cell_logs(seen: Array, error: Array, place: NDArray[np.int64], prior: AutoregressionPrior) -> Array:
    """Log of prior times likelihood of each cell (phi, s), (CELLS, CELLS); mu and the years are integrated out."""
    edges, sizes = grid()
    phi, sd = np.meshgrid((edges[1:] + edges[:-1]) / 2, np.sqrt(sizes[1:] * sizes[:-1]), indexing="ij")
    lag = np.abs(np.subtract.outer(place, place))
    covariance = prior.spread**2 + _covariance(phi.ravel(), sd.ravel(), lag) + np.diag(error**2)
    root = np.linalg.cholesky(covariance)
    off = np.broadcast_to((seen - prior.mean)[:, None], (len(root), len(seen), 1))
    squares = (np.linalg.solve(root, off)[..., 0] ** 2).sum(axis=-1)
    likelihood = -0.5 * squares - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=-1)
    weight = np.log(np.diff(sizes)) - np.log1p((sd / prior.scale) ** 2)
    return np.asarray(likelihood.reshape(phi.shape) + weight)


def _chosen(
    seen: Array,
    error: Array,
    place: NDArray[np.int64],
    prior: AutoregressionPrior,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    logs = cell_logs(seen, error, place, prior).ravel()
    chance = np.exp(logs - logs.max())
    cell = np.searchsorted(np.cumsum(chance / chance.sum()), rng.random(draws)).clip(0, len(logs) - 1)
    edges, sizes = grid()
    i, j = np.divmod(cell, CELLS)
    phi = edges[i] + (edges[i + 1] - edges[i]) * rng.random(draws)
    return np.asarray(phi), np.asarray(sizes[j] + (sizes[j + 1] - sizes[j]) * rng.random(draws))


def _prior_worlds(
    phi: Array, sd: Array, length: int, prior: AutoregressionPrior, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Means (K,) and x (K, T) from the prior given phi and s."""
    mu = prior.mean + prior.spread * rng.standard_normal(len(phi))
    shocks = rng.standard_normal((len(phi), length))
    z = np.empty_like(shocks)
    z[:, 0] = sd / np.sqrt(1 - phi**2) * shocks[:, 0]
    for t in range(1, length):
        z[:, t] = phi * z[:, t - 1] + sd * shocks[:, t]
    return mu, mu[:, None] + z


def paths(found: AutoregressionDraws, horizon: int, draws: tuple[int, int], seed: int) -> Array:
    """Values of the years after the last, (draws, horizon).

    Path d starts from draw d modulo K and rests on (seed, d) alone; its first years do not depend on the horizon.
    """
    first, last = draws
    out = np.empty((last - first, horizon))
    for row, d in enumerate(range(first, last)):
        shocks = np.random.Generator(np.random.Philox(key=np.array([seed, d], dtype=np.uint64)))
        k = d % len(found.mu)
        now = found.levels[k, -1] - found.mu[k]
        for t, shock in enumerate(shocks.standard_normal(horizon)):
            now = found.phi[k] * now + found.sd[k] * shock
            out[row, t] = found.mu[k] + now
    return out
