"""The pooled autoregression of migration rates of Azose and Raftery (2015), Demography 52:1627, by Gibbs sampling.

x_ct - mu_c = phi_c (x_c,t-1 - mu_c) + e_ct, e_ct ~ N(0, s2_c); mu_c ~ N(lambda, tau2), phi_c ~ U(0, 1),
s2_c ~ IG(a, b); lambda ~ U(-100, 100), tau ~ U(0, 100), a ~ U(1, 10), b ~ U(0, 100 (a - 1)) (rates per 1,000). The
density of b has the factor 1 / (a - 1), which enters the acceptance ratio of a. The first rate is conditioned on.
Each country's likelihood depends on six sums, so the cost of a sweep does not depend on the number of years.
phi and mu are drawn in turn, twice per sweep; a is proposed with b / a fixed. Assumes normal errors and no breaks.
"""

from __future__ import annotations

from math import lgamma
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
WIDE, TOP_A, REACH = 100.0, 10.0, 100.0
Arrays = tuple[Array, Array, Array]


def start(x: Array, first: NDArray[np.int64]) -> Arrays:
    """Starting state: theta (C, 3) mu, phi, ln s; pool (4,) lambda, tau, a, b; moves (C + 1, 2) proposed, accepted.

    `x` (C, T) rates per 1,000, `first` (C,) index of the first year of each country.
    """
    count = len(x)
    theta = np.zeros((count, 3))
    for c in range(count):
        series = x[c, first[c] :]
        theta[c] = series.mean(), 0.5, np.log(np.diff(series).std() + 0.01)
    return theta, np.array([0.0, 1.0 + theta[:, 0].std(), 3.0, 2.0]), np.zeros((count + 1, 2))


@njit(cache=True, error_model="numpy")
def truncated(rng: np.random.Generator, mean: float, sd: float, low: float, high: float) -> float:
    """A normal draw truncated to (low, high): rejection, by a uniform or exponential proposal in the tails."""
    if low - mean < sd and mean - high < sd and high - low > 0.5 * sd:
        while True:
            value = mean + sd * rng.standard_normal()
            if low < value < high:
                return value
    near = min(max(mean, low), high)
    slope = abs(near - mean) / (sd * sd)
    while True:
        if slope * (high - low) < 3.0:
            value = low + (high - low) * rng.random()
            tilt = 0.0
        else:
            away = rng.standard_exponential() / slope
            value = near + away if near == low else near - away
            tilt = slope * away
            if not low < value < high:
                continue
        change = 0.5 * (((value - mean) / sd) ** 2 - ((near - mean) / sd) ** 2)
        if np.log(rng.random()) < tilt - change:
            return value


@njit(cache=True)
def copied(values: NDArray[np.floating[Any]], place: Array) -> None:
    """Copy `values` (...) into `place` (...) cell by cell: compiles faster than an assignment of slices."""
    for i in range(values.size):
        place.flat[i] = values.flat[i]


@njit(cache=True)
def _sums(x: Array, first: NDArray[np.int64]) -> Array:
    """n, sums of y, z, y2, z2 and yz with y = x_t, z = x_(t-1), (C, 6)."""
    out = np.zeros((len(x), 6))
    for c in range(len(x)):
        y, z = x[c, first[c] + 1 :], x[c, first[c] : -1]
        out[c, 0], out[c, 1], out[c, 2] = len(y), y.sum(), z.sum()
        out[c, 3], out[c, 4], out[c, 5] = (y * y).sum(), (z * z).sum(), (y * z).sum()
    return out


@njit(cache=True, error_model="numpy")
def _country(theta: Array, sums: Array, pool: Array, rng: np.random.Generator) -> None:
    """New mu, phi and s of one country in place."""
    n, y, z, yy, zz, yz = sums
    s2 = np.exp(2 * theta[2])
    for _ in range(2):
        mu = theta[0]
        square = zz - 2 * mu * z + n * mu * mu
        cross = yz - mu * (y + z) + n * mu * mu
        theta[1] = truncated(rng, cross / square, np.sqrt(s2 / square), 0.0, 1.0)
        one = 1 - theta[1]
        precision = n * one * one / s2 + 1 / pool[1] ** 2
        mean = (one * (y - theta[1] * z) / s2 + pool[0] / pool[1] ** 2) / precision
        theta[0] = mean + rng.standard_normal() / np.sqrt(precision)
    mu, phi = theta[0], theta[1]
    shift = mu * (1 - phi)
    rest = yy + phi * phi * zz + n * shift * shift - 2 * phi * yz - 2 * shift * y + 2 * phi * shift * z
    theta[2] = 0.5 * np.log((pool[3] + 0.5 * max(rest, 0.0)) / rng.gamma(pool[2] + n / 2, 1.0))


@njit(cache=True, error_model="numpy")
def _gamma_below(rng: np.random.Generator, shape: float, rate: float, top: float) -> float:
    """Gamma(shape, rate) below `top`: rejection, under the tangent at `top` where the peak lies above."""
    slope = (shape - 1) / top - rate
    if slope <= 0:
        while True:
            value = rng.gamma(shape, 1.0) / rate
            if value < top:
                return value
    while True:
        value = top - rng.standard_exponential() / slope
        if value > 0 and np.log(rng.random()) < (shape - 1) * (np.log(value / top) + 1 - value / top):
            return value


@njit(cache=True, error_model="numpy")
def _pool(theta: Array, pool: Array, moves: Array, rng: np.random.Generator, exact: bool) -> None:
    """New lambda, tau, a and b in place; `exact` False leaves out 1 / (a - 1), a planted fault."""
    count = len(theta)
    pool[0] = truncated(rng, theta[:, 0].mean(), pool[1] / np.sqrt(count), -WIDE, WIDE)
    spread = max(0.5 * ((theta[:, 0] - pool[0]) ** 2).sum(), 1e-12)
    for _ in range(200):
        new = np.sqrt(spread / rng.gamma((count - 1) / 2, 1.0))
        if new < WIDE:
            pool[1] = new
            break
    logs, inverse = -2 * theta[:, 2].sum(), np.exp(-2 * theta[:, 2]).sum()
    width = 2.5 / np.sqrt(count)
    for _ in range(4):
        a = pool[2] + width * rng.standard_normal() * pool[2]
        b = pool[3] * a / pool[2]
        moves[0] += 1
        if 1 < a < TOP_A and b < REACH * (a - 1):
            gain = _level(a, b, logs, inverse, count, exact) - _level(pool[2], pool[3], logs, inverse, count, exact)
            # the candidate's sd grows with a; its ratio of densities but for a / a', which b = b a' / a undoes
            gain += 0.5 * ((a - pool[2]) / width) ** 2 * (1 / pool[2] ** 2 - 1 / a**2)
            if np.log(rng.random()) < gain:
                pool[2], pool[3] = a, b
                moves[1] += 1
        pool[3] = _gamma_below(rng, count * pool[2] + 1, inverse, REACH * (pool[2] - 1))


@njit(cache=True, error_model="numpy")
def _level(a: float, b: float, logs: float, inverse: float, count: int, exact: bool) -> float:
    """Log density of a and b given the variances: sums of -ln s2 and of 1 / s2."""
    from_prior = -np.log(a - 1) if exact else 0.0
    return float(count * (a * np.log(b) - lgamma(a)) + (a + 1) * logs - b * inverse + from_prior)


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    x: Array,
    first: NDArray[np.int64],
    state: Arrays,
    length: tuple[int, int, int],
    rng: np.random.Generator,
    exact: bool,
) -> tuple[Array, Array]:
    """Sweeps of one chain from `state`, updated in place; `length`: sweeps, thinning, not used.

    `x` (C, T) rates per 1,000. Returns theta (n, C, 3) and pool (n, 4) of the kept sweeps.
    """
    theta, pool, moves = state
    sums = _sums(x, first)
    kept = length[0] // length[1]
    out = np.empty((kept, len(x), 3)), np.empty((kept, 4))
    for sweep in range(length[0]):
        for c in range(len(x)):
            _country(theta[c], sums[c], pool, rng)
        _pool(theta, pool, moves[len(x)], rng, exact)
        if (sweep + 1) % length[1] == 0:
            copied(theta, out[0][sweep // length[1]])
            copied(pool, out[1][sweep // length[1]])
    return out
