"""Convergence of Markov chains: effective sample sizes, R-hat and acceptance rates.

Effective size of m chains of n draws: m n / (1 + 2 sum of autocorrelations), the sum cut by the initial monotone
sequence of Geyer (1992, Statistical Science 7:473) on split chains with the variance between them counted in
(Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021, Bayesian Analysis 16:667, equations 3-14, without ranks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ChainCheck:
    """One scalar parameter of a fit: `unit`: country (None: common); `accepted`: acceptance rate (nan: exact draws)."""

    parameter: str
    unit: str | None
    rhat: float
    ess: float
    accepted: float = np.nan


def effective_size(chains: Array) -> Array:
    """Effective sample size of each parameter from (chains, draws, n), (n,); at most m n log10(m n).

    That of a constant is the number of draws.

    Examples
    --------
    >>> white = np.random.Generator(np.random.Philox(key=1)).standard_normal((2, 2000, 1))
    >>> bool(3000 < effective_size(white)[0] < 5500)
    True
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    m, n, _ = parts.shape
    off = parts - parts.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(off, 2 * n, axis=1)) ** 2
    covariance = np.fft.irfft(power, 2 * n, axis=1)[:, :n] / n
    within = (covariance[:, 0] * n / (n - 1)).mean(axis=0)
    whole = within * (n - 1) / n + parts.mean(axis=1).var(axis=0, ddof=1)
    moving = (np.ptp(parts, axis=(0, 1)) > 0) & (whole > 1e-300)
    rho = 1 - (within - covariance.mean(axis=0)) / np.where(moving, whole, 1.0)
    pairs = rho[0 : n - n % 2 : 2] + rho[1 : n - n % 2 : 2]
    alive = np.logical_and.accumulate(pairs > 0, axis=0)
    kept = np.where(alive, np.minimum.accumulate(np.where(alive, pairs, np.inf), axis=0), 0.0)
    length = np.maximum(2 * kept.sum(axis=0) - 1, 1 / np.log10(m * n))
    return np.asarray(np.where(moving, m * n / length, m * n))


def checks(
    name: str, chains: Array, units: tuple[str | None, ...], accepted: Array | float = np.nan
) -> list[ChainCheck]:
    """R-hat and effective size of draws (chains, draws, n) of one parameter for its n units."""
    from qonys.kernels.regression.pooling import split_rhat

    rhat, ess = split_rhat(chains), effective_size(chains)
    share = np.broadcast_to(np.asarray(accepted, dtype=np.float64), (len(units),))
    rows = zip(units, rhat, ess, share, strict=True)
    return [ChainCheck(name, unit, float(r), float(e), float(a)) for unit, r, e, a in rows]
