"""Confirmatory factor models of several groups by maximum likelihood, and whether measurement is the same in them.

Items x = nu + L f + e; Sigma_g = L Phi L' + diag(psi), mu_g = nu + L alpha (Joereskog 1971, Psychometrika 36, 409-426).
Configural: the same pattern of loadings, all parameters by group. Metric: loadings equal. Scalar: intercepts equal too,
so that means of the factor can be compared (Meredith 1993, Psychometrika 58, 525-543). Chi-square = sum of
n_g (ln|Sigma| + tr(S* Sigma^-1) - ln|S| - p), S with divisor n. CFI against items without covariance (Bentler 1990,
Psychological Bulletin 107, 238-246); RMSEA = sqrt(G max(chi2 - df, 0) / (n df)) (Steiger 1998). Fitted by Fisher
scoring. The first group, or every one if configural, has factors of variance one and mean zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
MODELS = ("configural", "metric", "scalar")
ROUNDS, TOLERANCE, LEAST = 1000, 1e-11, 1e-4


@dataclass(frozen=True)
class Moments:
    """Of a group: number `n` (weights scaled to it), means (p,), covariances (p, p) with divisor n."""

    n: float
    mean: Array
    covariance: Array


@dataclass(frozen=True)
class Structure:
    """Places of parameters by group, -1 where fixed: loadings (G, p, q), unique variances (G, p), covariances of the
    factors (G, q, q), intercepts (G, p), means of the factors (G, q). `size`: how many parameters.
    """

    loadings: Codes
    unique: Codes
    factors: Codes
    intercepts: Codes
    means: Codes
    size: int


@dataclass(frozen=True)
class FactorFit:
    """A fitted model: parameters (P,), their inverse information (P, P), chi-square, degrees of freedom.

    `improper`: a unique variance is at its bound of 0.0001 of the item's variance (a Heywood case).
    """

    parameters: Array
    covariance: Array
    chi2: float
    degrees: int
    structure: Structure
    improper: bool

    def loadings(self, group: int = 0) -> Array:
        """Loadings (p, q) of a group."""
        return _filled(self.structure.loadings[group], self.parameters, 0.0)

    def unique(self, group: int = 0) -> Array:
        """Unique variances (p,) of a group."""
        return np.asarray(self.parameters[self.structure.unique[group]])


def moments(items: Array, weight: Array) -> Moments:
    """Moments of items (n, p) with weights (n,).

    Examples
    --------
    >>> found = moments(np.array([[1.0, 2.0], [3.0, 2.0]]), np.ones(2))
    >>> found.mean.tolist(), found.covariance.tolist()
    ([2.0, 2.0], [[1.0, 0.0], [0.0, 0.0]])
    """
    share = weight / weight.sum()
    mean = share @ items
    apart = items - mean
    return Moments(float(len(items)), mean, (apart * share[:, None]).T @ apart)


def structure(pattern: NDArray[np.bool_], groups: int, model: str) -> Structure:
    """The parameters of a model of `MODELS` for loadings where `pattern` (p, q) is true.

    Raises
    ------
    ValueError
        No such model.
    """
    if model not in MODELS:
        raise ValueError(model)
    items, factors = pattern.shape
    level = MODELS.index(model)
    size = 0

    def new(shape: tuple[int, ...], free: NDArray[np.bool_], common: bool) -> Codes:
        nonlocal size
        found = np.full((groups, *shape), -1, dtype=np.int64)
        for g in range(groups):
            if g and common:
                found[g] = found[0]
                continue
            where = free if free.ndim == len(shape) else free[g]
            found[g][where] = np.arange(size, size + int(where.sum()))
            size += int(where.sum())
        return found

    loadings = new((items, factors), pattern, level >= 1)
    unique = new((items,), np.ones(items, dtype=bool), common=False)
    lower = np.tril(np.ones((factors, factors), dtype=bool), -1)
    scaled = np.stack([lower | (np.eye(factors, dtype=bool) & (level >= 1 and g > 0)) for g in range(groups)])
    below = new((factors, factors), scaled, common=False)
    between = np.maximum(below, np.swapaxes(below, 1, 2))
    intercepts = new((items,), np.ones(items, dtype=bool), level >= 2)
    moved = np.stack([np.full(factors, level >= 2 and g > 0) for g in range(groups)])
    means = new((factors,), moved, common=False)
    return Structure(loadings, unique, between, intercepts, means, size)


def fit_factors(found: Sequence[Moments], pattern: NDArray[np.bool_], model: str = MODELS[0]) -> FactorFit:
    """A model of `MODELS` fitted to the moments of each group, with loadings where `pattern` (p, q) is true.

    Raises
    ------
    BadInput
        An item does not vary or follows from others in a group; fewer moments than parameters; no convergence.
    """
    parts = structure(pattern, len(found), model)
    items = pattern.shape[0]
    degrees = len(found) * items * (items + 3) // 2 - parts.size
    if degrees < 0:
        raise BadInput("kernels.factors.few", n=items)
    for one in found:
        spread = np.sqrt(np.diag(one.covariance))
        if (spread <= 0).any() or np.linalg.eigvalsh(one.covariance / np.outer(spread, spread))[0] < 1e-10:
            raise BadInput("kernels.factors.singular")
    least = _least(found, parts)
    theta = _start(found, parts)
    level = _discrepancy(found, parts, theta)
    for _ in range(ROUNDS):
        gradient, information = _scores(found, parts, theta)
        free = (theta > least) | (gradient > 0)  # those at their bound that would leave it stay (Bertsekas 1982)
        step, size, before = np.zeros(len(theta)), 1.0, level
        step[free] = np.linalg.lstsq(information[np.ix_(free, free)], gradient[free], rcond=1e-12)[0]
        tried = theta
        while size > 1e-7:
            tried = np.maximum(theta + size * step, least)
            level = _discrepancy(found, parts, tried)
            if level <= before + 1e-12 * abs(before):
                break
            size /= 2
        theta = tried
        if abs(before - level) < TOLERANCE * (1 + abs(level)):
            bread = np.asarray(np.linalg.pinv(_scores(found, parts, theta)[1], hermitian=True), dtype=np.float64)
            at_bound = theta[parts.unique.ravel()] <= least[parts.unique.ravel()] * (1 + 1e-6)
            return FactorFit(theta, bread, max(level, 0.0), degrees, parts, bool(at_bound.any()))
    raise BadInput("kernels.factors.no_fit", rounds=ROUNDS)


def independence_chi2(found: Sequence[Moments]) -> tuple[float, int]:
    """Chi-square and degrees of freedom of items without covariances, means and variances free."""
    total = sum(
        one.n * (float(np.log(np.diag(one.covariance)).sum()) - float(np.linalg.slogdet(one.covariance)[1]))
        for one in found
    )
    items = len(found[0].mean)
    return float(total), len(found) * items * (items - 1) // 2


def fit_indices(fit: FactorFit, found: Sequence[Moments]) -> tuple[float, float]:
    """CFI and RMSEA of a fitted model."""
    chi2, degrees = independence_chi2(found)
    left = max(fit.chi2 - fit.degrees, 0.0)
    whole = max(chi2 - degrees, left)
    n = sum(one.n for one in found)
    rmsea = float(np.sqrt(len(found) * left / (n * fit.degrees))) if fit.degrees else 0.0
    return 1 - left / whole if whole > 0 else 1.0, rmsea


def omega(loadings: Array, unique: Array) -> float:
    """McDonald's omega (1999) of a sum of items with loadings (p,) and unique variances (p,) on one factor.

    Examples
    --------
    >>> round(omega(np.array([1.0, 1.0]), np.array([1.0, 1.0])), 4)
    0.6667
    """
    common = float(loadings.sum()) ** 2
    return common / (common + float(unique.sum()))


def respondent_scores(fit: FactorFit, items: Array) -> Array:
    """Derivative of the log-likelihood of each respondent (n, P) by the parameters; one group, items (n, p)."""
    sigma, mu = _implied(fit.structure, fit.parameters, 0)
    by_sigma, by_mu = _derivatives(fit.structure, fit.parameters, 0)
    inverse = np.linalg.inv(sigma)
    apart = (items - mu) @ inverse
    quadratic = np.einsum("ni,aij,nj->na", apart, by_sigma, apart)
    return np.asarray(apart @ by_mu.T + (quadratic - np.einsum("ij,aji->a", inverse, by_sigma)) / 2)


def _filled(places: Codes, theta: Array, fixed: Array | float) -> Array:
    return np.asarray(np.where(places >= 0, theta[np.maximum(places, 0)], fixed), dtype=float)


def _implied(parts: Structure, theta: Array, g: int) -> tuple[Array, Array]:
    """Covariances and means of the items that the parameters imply."""
    loadings = _filled(parts.loadings[g], theta, 0.0)
    between = _filled(parts.factors[g], theta, np.eye(loadings.shape[1]))
    sigma = loadings @ between @ loadings.T + np.diag(theta[parts.unique[g]])
    return sigma, theta[parts.intercepts[g]] + loadings @ _filled(parts.means[g], theta, 0.0)


def _derivatives(parts: Structure, theta: Array, g: int) -> tuple[Array, Array]:
    """Derivatives of the implied covariances (P, p, p) and means (P, p)."""
    loadings = _filled(parts.loadings[g], theta, 0.0)
    items, factors = loadings.shape
    between = _filled(parts.factors[g], theta, np.eye(factors))
    means = _filled(parts.means[g], theta, 0.0)
    by_sigma, by_mu = np.zeros((parts.size, items, items)), np.zeros((parts.size, items))
    across = loadings @ between
    for i, j in np.argwhere(parts.loadings[g] >= 0):
        place = parts.loadings[g, i, j]
        by_sigma[place, i, :] += across[:, j]
        by_sigma[place, :, i] += across[:, j]
        by_mu[place, i] += means[j]
    for i in range(items):
        by_sigma[parts.unique[g, i], i, i] += 1.0
        by_mu[parts.intercepts[g, i], i] += 1.0
    for j, k in np.argwhere(parts.factors[g] >= 0):
        by_sigma[parts.factors[g, j, k]] += np.outer(loadings[:, j], loadings[:, k])
    for j in np.flatnonzero(parts.means[g] >= 0):
        by_mu[parts.means[g, j]] += loadings[:, j]
    return by_sigma, by_mu


def _discrepancy(found: Sequence[Moments], parts: Structure, theta: Array) -> float:
    """The chi-square at the parameters; infinite where an implied covariance matrix is none."""
    total = 0.0
    for g, one in enumerate(found):
        sigma, mu = _implied(parts, theta, g)
        sign, log = np.linalg.slogdet(sigma)
        if sign <= 0 or np.linalg.eigvalsh(sigma)[0] <= 0:
            return np.inf
        around = one.covariance + np.outer(one.mean - mu, one.mean - mu)
        fitted = float(np.trace(np.linalg.solve(sigma, around)))
        total += one.n * (float(log) + fitted - float(np.linalg.slogdet(one.covariance)[1]) - len(mu))
    return total


def _scores(found: Sequence[Moments], parts: Structure, theta: Array) -> tuple[Array, Array]:
    """Gradient (P,) of the log-likelihood and expected information (P, P)."""
    gradient, information = np.zeros(parts.size), np.zeros((parts.size, parts.size))
    for g, one in enumerate(found):
        sigma, mu = _implied(parts, theta, g)
        by_sigma, by_mu = _derivatives(parts, theta, g)
        inverse = np.linalg.inv(sigma)
        apart = one.mean - mu
        left = one.covariance + np.outer(apart, apart) - sigma
        turned = inverse @ by_sigma
        gradient += one.n * (np.einsum("aij,jk,ki->a", turned, inverse, left) / 2 + by_mu @ inverse @ apart)
        flat, other = turned.reshape(parts.size, -1), np.swapaxes(turned, 1, 2).reshape(parts.size, -1)
        information += one.n * (flat @ other.T / 2 + by_mu @ inverse @ by_mu.T)
    return gradient, information


def _least(found: Sequence[Moments], parts: Structure) -> Array:
    """Least values of the parameters: unique variances and variances of factors stay above zero."""
    least = np.full(parts.size, -np.inf)
    for g, one in enumerate(found):
        least[parts.unique[g]] = LEAST * np.diag(one.covariance)
        own = np.diagonal(parts.factors[g])
        least[own[own >= 0]] = LEAST
    return least


def _start(found: Sequence[Moments], parts: Structure) -> Array:
    """Loadings from the first principal axis of the items of each factor, intercepts from the means."""
    theta = np.zeros(parts.size)
    for g in reversed(range(len(found))):
        one = found[g]
        spread = np.sqrt(np.diag(one.covariance))
        share = np.full(len(spread), 0.5)
        for j in range(parts.loadings.shape[2]):
            rows = np.flatnonzero(parts.loadings[g, :, j] >= 0)
            own = one.covariance[np.ix_(rows, rows)] / np.outer(spread[rows], spread[rows])
            values, vectors = np.linalg.eigh(own)
            axis = vectors[:, -1] * np.sign(vectors[:, -1].sum() or 1.0)
            share[rows] = np.clip(axis * np.sqrt(values[-1]), -0.9, 0.9) * 0.85
            theta[parts.loadings[g, rows, j]] = share[rows] * spread[rows]
        theta[parts.unique[g]] = spread**2 * (1 - share**2)
        theta[parts.intercepts[g]] = one.mean
        own = np.diagonal(parts.factors[g])
        theta[own[own >= 0]] = 1.0
    return theta
