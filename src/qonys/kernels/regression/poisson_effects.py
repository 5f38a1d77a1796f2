"""Poisson pseudo-maximum likelihood with many fixed effects and clustered standard errors.

Mean mu = exp(x b + effects); the estimate solves sum x (y - mu) = 0 and requires only a correctly specified mean,
whatever the variance (Santos Silva and Tenreyro 2006, Review of Economics and Statistics 88:641, equation 9). Fitted
by iteratively reweighted least squares on residuals of the effects (Correia, Guimaraes and Zylkin 2020, Stata Journal
20:95).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.regression.covariances import CLUSTER, covariance_of
from qonys.kernels.regression.demeaning import demeaned

Array = NDArray[np.float64]
ROUNDS = 100


@dataclass(frozen=True)
class PoissonFit:
    """Coefficients (k,), their covariance (k, k), fitted means (n,) and the deviance."""

    coefficients: Array
    covariance: Array
    fitted: Array
    deviance: float


def poisson_deviance(y: ArrayLike, mu: ArrayLike) -> float:
    """Twice the difference in log-likelihood from a saturated model, 2 sum(y ln(y / mu) - y + mu).

    Examples
    --------
    >>> round(poisson_deviance([1.0, 0.0], [1.0, 0.5]), 3)
    1.0
    """
    y, mu = np.asarray(y, dtype=np.float64), np.asarray(mu, dtype=np.float64)
    return float(2 * np.sum(np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mu), 0.0) - y + mu))


def poisson_fit(
    y: ArrayLike,
    x: ArrayLike,
    groups: Sequence[ArrayLike],
    clusters: Sequence[ArrayLike],
    tolerance: float = 1e-10,
    errors: str = CLUSTER,
) -> PoissonFit:
    """Fit outcomes (n,), not below zero, on regressors (n, k) and effects of `groups`; errors by clusters.

    One or two clusterings, or `errors` as in `covariances`. Effects are codes 0 ... G - 1; without any, one common
    mean is taken. Zeros must not be separated (`separation`). Stops when the deviance changes by less than `tolerance`
    of itself.

    Raises
    ------
    ValueError
        No convergence within a hundred iterations.

    Examples
    --------
    >>> doubling = poisson_fit([1.0, 2.0, 4.0, 8.0], [[0.0], [1.0], [2.0], [3.0]], [], [[0, 1, 2, 3]])
    >>> doubling.coefficients.round(6).tolist()
    [0.693147]
    """
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    lists = [np.asarray(codes, dtype=np.int64) for codes in groups] or [np.zeros(len(y), dtype=np.int64)]
    mu = (y + y.mean()) / 2
    eta = np.log(mu)
    last = np.inf
    for _ in range(ROUNDS):
        work = eta + (y - mu) / mu
        rest = demeaned(np.column_stack([work, x]), lists, mu)
        inside = rest[:, 1:]
        root = np.sqrt(mu)[:, None]
        b = np.linalg.lstsq(inside * root, rest[:, 0] * root[:, 0], rcond=None)[0]
        eta = work - (rest[:, 0] - inside @ b)
        mu = np.exp(eta)
        deviance = poisson_deviance(y, mu)
        if abs(deviance - last) <= tolerance * max(abs(deviance), 1.0):
            break
        last = deviance
    else:
        raise ValueError(f"the Poisson regression did not settle in {ROUNDS} rounds")
    inside = demeaned(x, lists, mu)
    return PoissonFit(b, covariance_of(y - mu, inside, mu, (lists, clusters), errors), mu, deviance)
