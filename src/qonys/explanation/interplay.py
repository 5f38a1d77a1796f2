"""Internal and external migration of regions as one system: panel vector autoregression, tests, responses, replacement.

    z_it = a_i + d_t + A z_i,t-1 + e_it,

z the rates of a region (per 1000), a_i effects of regions, d_t of years (Holtz-Eakin, Newey and Rosen 1988,
Econometrica 56:1371; Abrigo and Love 2016, Stata Journal 16:778). Least squares within regions is biased downwards by
about (1 + A) / T (Nickell 1981, Econometrica 49:1417); half of it and more is removed by the half-panel jackknife, 2
A less the mean of the estimates of both halves of the years (Dhaene and Jochmans 2015, Review of Economic Studies
82:991). Responses are generalised, free of an order of the variables (Pesaran and Shin 1998, Economics Letters
58:17). Intervals: bootstrap of whole regions. "Granger causes" (Granger 1969) means predicts, no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PanelVar:
    """`matrix` (k, k): row the variable moved, column the lagged one; `noise` (k, k) covariance of the shocks; `raw`
    the matrix without the jackknife; `tests` (k, k) the F and `p` (k, k) its probability that the column does not
    help to foretell the row; `degrees` of the denominator.
    """

    matrix: Array
    noise: Array
    raw: Array
    tests: Array
    p: Array
    degrees: int

    def stable(self) -> bool:
        """Whether the system is stable: all eigenvalues inside the unit circle."""
        return bool(np.abs(np.linalg.eigvals(self.matrix)).max() < 1)


def panel_var(z: ArrayLike, years: bool = True, jackknife: bool = True) -> PanelVar:
    """Fit one lag to `z` (regions, years, variables), rates per 1000; `years` takes away what all regions share.

    Raises
    ------
    BadInput
        A value is not finite; fewer than six years; too few regions for the effects of years.

    Examples
    --------
    >>> panel_var(np.random.default_rng(1).normal(size=(8, 30, 2))).matrix.shape
    (2, 2)
    """
    data = np.asarray(z, dtype=np.float64)
    _check(data, years)
    raw, residuals, design = _least_squares(data, years)
    regions, times, k = data.shape
    effects = regions + (times - 2 if years else 0)
    degrees = regions * (times - 1) - effects - k
    noise = residuals.T @ residuals / degrees
    variance = np.linalg.inv(design.T @ design)
    f = raw**2 / np.outer(np.diag(noise), np.diag(variance))
    matrix = raw
    if jackknife:
        half = times // 2
        first, second = (_least_squares(part, years)[0] for part in (data[:, : half + 1], data[:, times - half - 1 :]))
        matrix = 2 * raw - (first + second) / 2
    return PanelVar(matrix, noise, raw, f, _upper_f(f, degrees), degrees)


def responses(fit: PanelVar, horizon: int = 10) -> Array:
    """Generalised responses (horizon + 1, k, k): of the row variable to a shock of one deviation in the column.

    Examples
    --------
    >>> one = PanelVar(np.array([[0.5]]), np.array([[4.0]]), *(np.zeros((1, 1)),) * 3, 10)
    >>> responses(one, 2).ravel().tolist()
    [2.0, 1.0, 0.5]
    """
    start = fit.noise / np.sqrt(np.diag(fit.noise))
    steps = [start]
    for _ in range(horizon):
        steps.append(fit.matrix @ steps[-1])
    return np.stack(steps)


def variance_shares(fit: PanelVar, horizon: int = 10) -> Array:
    """Generalised shares (k, k) of the error of a forecast `horizon` years ahead, rows scaled to one.

    Examples
    --------
    >>> apart = PanelVar(np.diag([0.5, 0.2]), np.eye(2), *(np.zeros((2, 2)),) * 3, 10)
    >>> variance_shares(apart).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    squares = (responses(fit, horizon - 1) ** 2).sum(axis=0)
    return np.asarray(squares / squares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class ReachInterval:
    """Point (...), median and ends (...) of 95 % intervals over the draws; `share` of draws above zero."""

    point: Array
    middle: Array
    low: Array
    high: Array
    share: Array


def resampled(
    z: ArrayLike,
    value: Callable[[PanelVar], Array],
    draws: int = 300,
    seed: int = 1,
    renew: Callable[[np.random.Generator], Array] | None = None,
    jackknife: bool = True,
) -> ReachInterval:
    """`value` of the fit with intervals from regions drawn again (block bootstrap over regions).

    `renew` gives rates (regions, years, variables) drawn anew from what is known of them, so that the uncertainty of
    the figures themselves is in the interval too.

    Examples
    --------
    >>> found = resampled(np.random.default_rng(1).normal(size=(8, 30, 2)), lambda fit: fit.matrix, 20)
    >>> bool((found.low <= found.high).all())
    True
    """
    data = np.asarray(z, dtype=np.float64)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        now = data if renew is None else renew(rng)
        found.append(value(panel_var(now[rng.integers(0, len(now), len(now))], jackknife=jackknife)))
    stack = np.stack(found)
    low, middle, high = (np.asarray(np.quantile(stack, tail, axis=0)) for tail in (0.025, 0.5, 0.975))
    return ReachInterval(
        value(panel_var(data, jackknife=jackknife)), middle, low, high, np.asarray((stack > 0).mean(axis=0))
    )


def replacement(internal: ArrayLike, external: ArrayLike) -> Array:
    """Net internal gain per person of net loss abroad, (...), from balances (...,), persons; nan without such a loss.

    1: losses abroad were fully replaced from other regions; below zero: net losses to both.

    Examples
    --------
    >>> replacement([50.0, -20.0, 10.0], [-100.0, -10.0, 5.0]).tolist()
    [0.5, -2.0, nan]
    """
    inside, abroad = np.asarray(internal, dtype=np.float64), np.asarray(external, dtype=np.float64)
    return np.asarray(np.divide(inside, -abroad, out=np.full(inside.shape, np.nan), where=abroad < 0))


def _check(data: Array, years: bool) -> None:
    if data.ndim != 3:
        raise BadInput("explanation.panel_shape", found=data.ndim)
    if not np.isfinite(data).all():
        raise BadInput("explanation.panel_gaps", found=int((~np.isfinite(data)).sum()))
    if data.shape[1] < 6 or (years and data.shape[0] < 3):
        raise BadInput("explanation.panel_short", years=data.shape[1], regions=data.shape[0])


def _least_squares(data: Array, years: bool) -> tuple[Array, Array, Array]:
    """Matrix (k, k), residuals and lagged rates, both without means of regions and years."""
    now, before = _centred(data[:, 1:], years), _centred(data[:, :-1], years)
    k = data.shape[2]
    x, y = before.reshape(-1, k), now.reshape(-1, k)
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    return np.asarray(b.T), y - x @ b, x


def _centred(block: Array, years: bool) -> Array:
    out = block - block.mean(axis=1, keepdims=True)
    return np.asarray(out - out.mean(axis=0, keepdims=True)) if years else out


def _upper_f(f: Array, degrees: int) -> Array:
    from scipy.special import fdtrc

    return np.asarray(fdtrc(1, degrees, f))
