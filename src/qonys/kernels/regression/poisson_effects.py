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

from qonys.kernels.regression.demeaning import Codes, codes_of, demeaned

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
) -> PoissonFit:
    """Fit outcomes (n,), not below zero, on regressors (n, k) and effects of `groups`; errors by clusters.

    One or two clusterings. Effects are codes 0 ... G - 1; without any, one common mean is taken. Zeros must not
    be separated (`separation`). Stops when the deviance changes by less than `tolerance` of itself.

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
    return PoissonFit(b, _covariance(y - mu, inside, mu, lists, clusters), mu, deviance)


def cautious(both: ArrayLike, alone: Sequence[ArrayLike]) -> Array:
    """Two-way clustered covariance (k, k) made conservative: no variance is negative or below a one-way variance.

    Negative eigenvalues, which few clusters can give, are set to zero (Cameron, Gelbach and Miller 2011);
    then rows and columns are stretched until each error is at least the larger one-way error (the largest of the
    three: a cautious choice where clusters are few, see MacKinnon, Nielsen and Webb 2021, Journal of Business &
    Economic Statistics 39:505).

    Examples
    --------
    >>> cautious([[1.0, 0.0], [0.0, -1.0]], [[[0.5, 0.0], [0.0, 4.0]]]).round(9).tolist()
    [[1.0, 0.0], [0.0, 4.0]]
    """
    values, vectors = np.linalg.eigh(np.asarray(both, dtype=np.float64))
    least = max(float(values.max()), 0.0) * 1e-12
    mended = (vectors * np.maximum(values, least)) @ vectors.T
    floor = np.max([np.diag(np.asarray(one, dtype=np.float64)) for one in alone], axis=0)
    stretch = np.sqrt(np.maximum(1.0, floor / np.maximum(np.diag(mended), 1e-300)))
    return np.asarray(mended * np.outer(stretch, stretch))


def _covariance(error: Array, x: Array, mu: Array, groups: list[Codes], clusters: Sequence[ArrayLike]) -> Array:
    """Sandwich of scores summed by cluster; of two clusterings V1 + V2 - V12.

    Cameron, Gelbach and Miller (2011), eq. 2.11. Small samples: G / (G - 1) of the smallest clustering and
    (n - 1) / (n - k), k counting regressors and the effects that lie across the clusters.
    """
    bread = np.linalg.inv((x * mu[:, None]).T @ x)
    scores = x * error[:, None]
    sets = [codes_of(codes) for codes in clusters]

    def sandwich(codes: Codes, few: int, within: list[Codes]) -> Array:
        sums = np.stack([np.bincount(codes, weights=scores[:, j]) for j in range(x.shape[1])], axis=1)
        free = x.shape[1] + _across(groups, within)
        factor = few / (few - 1) * (len(x) - 1) / (len(x) - free)
        return np.asarray(factor * bread @ (sums.T @ sums) @ bread)

    counts = [int(codes.max()) + 1 for codes in sets]
    if len(sets) == 1:
        return sandwich(sets[0], counts[0], sets)
    joined = codes_of(sets[0] * counts[1] + sets[1])
    few = min(counts)
    both = sandwich(sets[0], few, sets) + sandwich(sets[1], few, sets) - sandwich(joined, few, sets)
    return cautious(both, [sandwich(codes, count, [codes]) for codes, count in zip(sets, counts, strict=True)])


def _across(groups: list[Codes], clusters: list[Codes]) -> int:
    """Effects that count against the rows: one for each grouping nested in a clustering, all levels of the others."""
    levels = [int(codes.max()) + 1 for codes in groups]
    count = sum(levels) - (len(levels) - 1)
    for codes, many in zip(groups, levels, strict=True):
        if many > 1 and any(len(np.unique(codes * (c.max() + 1) + c)) == many for c in clusters):
            count -= many - 1
    return count
