"""Posterior draws of the regime process with states and tail weights integrated out.

The likelihood of a country's series is that of a two-state hidden Markov chain (Hamilton 1989, Econometrica
57:357) with t errors, computed by a forward pass over the years; only parameters are drawn, so mixing is not slowed
by states or weights. Each country's mu, phi and s, and the three common parameters, are updated in blocks by
Metropolis steps whose proposals are adapted during warm-up and then fixed (robust adaptive Metropolis,
Vihola 2012, Statistics and Computing 22:997); one step in five is doubled and one in five proposes to
exchange calm and crisis by s -> s k or s / k. The pool is drawn exactly. The mean m of phi and all phi are jointly
normal around m restricted to (0, 1) x (0, TOP)^C: a prior of m that downweights the bounds by the probability of the
restriction to the power C. A flat prior of m (flag `flat`) concentrates it near 1, and paths of life expectancy then
leave the range of known death rates.
"""

from __future__ import annotations

from math import erf

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qonys.kernels.processes.hierarchical_ar import copied

Array = NDArray[np.float64]
TOP, SPREAD = 0.995, 0.15
A, B_RATE = 3.0, 0.01
RATIO_SHAPE, RATIO_SCALE, RATIO_FLOOR = 3.0, 40.0, 2.25
ENTER, LEAVE = (1.0, 19.0), (2.0, 8.0)
HUGE, GOAL = 1e6, 0.28
STEPS = 2


Arrays = tuple[Array, Array, Array, Array, Array]


def start(x: Array, first: NDArray[np.int64]) -> Arrays:
    """Starting state of a chain: means and median steps of the series `x` (C, T), from their first years (C,).

    theta (C, 3) mu, logit phi / TOP, ln s; common (3,) ln (k^2 - floor), logits of the transition probabilities; pool
    (4,) lambda, tau2, mean of phi, b; proposals (C + 1, 3, 3); moves (C + 1, 2) proposed and accepted.
    """
    count = len(x)
    theta = np.zeros((count, 3))
    for c in range(count):
        series = x[c, first[c] :]
        theta[c] = series.mean(), 1.0, np.log(np.median(np.abs(np.diff(series))) + 0.05)
    pool = np.array([theta[:, 0].mean(), 1.0 + theta[:, 0].var(), 0.7, 2.0 * np.exp(2 * theta[:, 2]).mean()])
    shape = np.zeros((count + 1, 3, 3))
    shape[:] = np.diag([0.3, 0.5, 0.2])
    return theta, np.array([3.5, -3.0, -1.3]), pool, shape, np.zeros((count + 1, 2))


@njit(cache=True, error_model="numpy")
def pulled(d: float, pull: float) -> float:
    """Distance from the mean as it enters mean reversion, pull asinh(d / pull)."""
    return d if pull >= HUGE else float(pull * np.arcsinh(d / pull))


@njit(cache=True, error_model="numpy")
def residuals(x: Array, mu: float, phi: float, pull: float, out: Array) -> None:
    """Write the residuals of x[1:], x (T,), into the first T - 1 places of `out`."""
    for t in range(1, len(x)):
        out[t - 1] = x[t] - mu - phi * pulled(x[t - 1] - mu, pull)


@njit(cache=True, error_model="numpy")
def odds(e: Array, s: float, ratio: float, tails: float, out: Array) -> float:
    """Write the density ratio crisis / calm of residuals `e` (n,) into `out`; returns their log density in calm."""
    n, narrow = len(e), 1 / (ratio * ratio)
    if tails >= HUGE:
        total = 0.0
        for t in range(n):
            u = 0.5 * (e[t] / s) ** 2
            total += u
            out[t] = np.exp(min(u * (1 - narrow), 200.0)) / ratio
        return float(-n * np.log(s) - total)
    each, power = 1 / (s * s * tails), 0.5 * (tails + 1)
    for t in range(n):
        u = e[t] * e[t] * each
        out[t] = (1 + u) / (1 + u * narrow)
    for t in range(n):
        out[t] = (out[t] * out[t] * out[t] if power == 3.0 else out[t] ** power) / ratio
    total, product = 0.0, 1.0
    for t in range(n):
        product *= 1 + e[t] * e[t] * each
        if product > 1e100:
            total += np.log(product)
            product = 1.0
    return float(-n * np.log(s) - power * (total + np.log(product)))


@njit(cache=True, error_model="numpy")
def score(e: Array, s: float, three: Array, tails: float, space: Array) -> float:
    """Log-likelihood of residuals `e` (n,), states integrated out, up to a constant (Hamilton 1989).

    `three` (3,): ratio k, probabilities of entering and of leaving a crisis; `space` (n,): working array.
    """
    total = odds(e, s, three[0], tails, space)
    if three[0] <= 1.0:
        return total
    enter, leave = three[1], three[2]
    calm = leave / (enter + leave)
    crisis = 1 - calm
    for t in range(len(e)):
        crisis *= space[t]
        size = calm + crisis
        if not 1e-100 < size < 1e100:
            total += np.log(size)
            calm, crisis = calm / size, crisis / size
        calm, crisis = calm * (1 - enter) + crisis * leave, calm * enter + crisis * (1 - leave)
    return float(total + np.log(calm + crisis))


@njit(cache=True, error_model="numpy")
def smoothed(e: Array, s: float, three: Array, tails: float) -> Array:
    """Smoothed probability of a crisis at each residual of `e` (n,), (n,), by the forward-backward algorithm."""
    n = len(e)
    enter, leave = three[1], three[2]
    calm, forward = leave / (enter + leave), np.empty(n)
    space = np.empty(n)
    odds(e, s, three[0], tails, space)
    for t in range(n):
        whole = calm + (1 - calm) * space[t]
        forward[t] = calm / whole
        calm = forward[t] * (1 - enter) + (1 - forward[t]) * leave
    out = np.empty(n)
    out[n - 1] = 1 - forward[n - 1]
    back = 1.0  # likelihood of the later residuals given a crisis, over that given calm
    for t in range(n - 2, -1, -1):
        after = space[t + 1] * back
        back = (leave + (1 - leave) * after) / (1 - enter + enter * after)
        up = (1 - forward[t]) * back
        out[t] = up / (up + forward[t])
    return out


@njit(cache=True, error_model="numpy")
def natural(common: Array) -> Array:
    """Ratio k and the probabilities of entering and leaving a crisis, (3,), from their unbounded forms (3,)."""
    out = np.empty(3)
    out[0] = np.sqrt(RATIO_FLOOR + np.exp(common[0]))
    out[1], out[2] = 1 / (1 + np.exp(-common[1])), 1 / (1 + np.exp(-common[2]))
    return out


@njit(cache=True, error_model="numpy")
def common_prior(common: Array) -> float:
    """Log prior density of the unbounded common parameters (3,): k2 ~ IG on (floor, inf), beta probabilities."""
    three = natural(common)
    square = three[0] * three[0]
    total = -(RATIO_SHAPE + 1) * np.log(square) - RATIO_SCALE / square + common[0]
    total += ENTER[0] * np.log(three[1]) + ENTER[1] * np.log(1 - three[1])
    return float(total + LEAVE[0] * np.log(three[2]) + LEAVE[1] * np.log(1 - three[2]))


@njit(cache=True, error_model="numpy")
def country_prior(theta: Array, pool: Array) -> float:
    """Log prior density of a country's mu, logit phi / TOP and ln s, `theta` (3,), given the pool (4,)."""
    share = 1 / (1 + np.exp(-theta[1]))
    total = -0.5 * (theta[0] - pool[0]) ** 2 / pool[1] - 0.5 * ((TOP * share - pool[2]) / SPREAD) ** 2
    total += np.log(share) + np.log(1 - share)
    return float(total - 2 * A * theta[2] - pool[3] * np.exp(-2 * theta[2]))


@njit(cache=True, error_model="numpy")
def learn(shape: Array, z: Array, accepted: float, step: int) -> None:
    """Update the proposal's Cholesky factor `shape` (n, n) after one move with normals `z` (n,) (Vihola 2012)."""
    size, n = 0.0, len(z)
    for i in range(n):
        size += z[i] * z[i]
    rate = min(1.0, n * (step + 1.0) ** -0.6) * (min(accepted, 1.0) - GOAL) / size
    whole = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            whole[i, j] = rate * z[i] * z[j]
        whole[i, i] += 1.0
    copied(np.linalg.cholesky(shape @ whole @ shape.T), shape)


@njit(cache=True, error_model="numpy")
def _moved(now: Array, shape: Array, z: Array, length: float, rng: np.random.Generator) -> Array:
    out = now.copy()
    for i in range(len(z)):
        z[i] = rng.standard_normal()
    for i in range(len(z)):
        for j in range(i + 1):
            out[i] += length * shape[i, j] * z[j]
    return out


@njit(cache=True, error_model="numpy")
def _share_inside(mean: float) -> float:
    """Share of N(mean, SPREAD) in (0, TOP)."""
    width = SPREAD * np.sqrt(2.0)
    return float(0.5 * (erf((TOP - mean) / width) - erf(-mean / width)))


@njit(cache=True, error_model="numpy")
def draw_pool(theta: Array, pool: Array, rng: np.random.Generator, flat: bool) -> None:
    """Draw lambda, tau2, mean of phi and b into `pool` (4,) given `theta` (C, 3); `flat`: flat prior of m."""
    count = len(theta)
    precision = count / pool[1] + 1.0
    pool[0] = theta[:, 0].sum() / pool[1] / precision + rng.standard_normal() / np.sqrt(precision)
    pool[1] = (1.0 + 0.5 * ((theta[:, 0] - pool[0]) ** 2).sum()) / rng.gamma(1.0 + count / 2, 1.0)
    phi = TOP / (1 + np.exp(-theta[:, 1]))
    for _ in range(8):
        new = pool[2] + 2.5 * SPREAD / np.sqrt(count) * rng.standard_normal()
        if 0 < new < 1:
            gain = 0.5 * count * ((phi.mean() - pool[2]) ** 2 - (phi.mean() - new) ** 2) / SPREAD**2
            if flat:
                gain += count * (np.log(_share_inside(pool[2])) - np.log(_share_inside(new)))
            if np.log(rng.random()) < gain:
                pool[2] = new
    pool[3] = rng.gamma(1.0 + A * count, 1.0) / (B_RATE + np.exp(-2 * theta[:, 2]).sum())


@njit(cache=True, error_model="numpy")
def _one_country(
    series: Array,
    now: tuple[Array, Array, Array],
    known: tuple[Array, Array, Array],
    e: Array,
    level: float,
    step: int,
    rng: np.random.Generator,
) -> float:
    """One Metropolis step of a country; now: theta, shape, moves; known: pool, three, process. Returns the new level
    of the log likelihood; residuals stay in `e`.
    """
    theta, shape, moves = now
    pool, three, process = known
    kind = rng.random()
    z = np.zeros(3)
    if kind < 0.2 and three[0] > 1.0:
        new = theta.copy()
        new[2] += np.log(three[0]) * (1.0 if rng.random() < 0.5 else -1.0)
    else:
        new = _moved(theta, shape, z, 2.0 if kind < 0.4 else 1.0, rng)
    fresh, space = np.empty(len(series) - 1), np.empty(len(series) - 1)
    residuals(series, new[0], TOP / (1 + np.exp(-new[1])), process[1], fresh)
    found = score(fresh, np.exp(new[2]), three, process[0], space)
    gain = found - level + country_prior(new, pool) - country_prior(theta, pool)
    accepted = np.exp(min(gain, 0.0)) if gain == gain else 0.0
    taken = rng.random() < accepted
    if kind >= 0.4:
        moves[0] += 1
        moves[1] += 1.0 if taken else 0.0
        if step >= 0:
            learn(shape, z, accepted, step)
    if taken:
        copied(new, theta)
        copied(fresh, e)
        return found
    return level


@njit(cache=True, error_model="numpy")
def _all_countries(
    now: tuple[Array, Array, Array],
    held: tuple[Array, Array],
    known: tuple[Array, Array, NDArray[np.int64]],
    tails: float,
    step: int,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """One Metropolis step of the common unknowns; held: their natural form and the countries' log likelihoods."""
    common, shape, moves = now
    three, level = held
    theta, e, first = known
    z, fresh, space = np.zeros(3), np.empty(len(theta)), np.empty(e.shape[1])
    new = _moved(common, shape, z, 1.0, rng)
    other = natural(new)
    for c in range(len(theta)):
        n = e.shape[1] - first[c] - 1
        fresh[c] = score(e[c, :n], np.exp(theta[c, 2]), other, tails, space)
    gain = fresh.sum() - level.sum() + common_prior(new) - common_prior(common)
    accepted = np.exp(min(gain, 0.0)) if gain == gain else 0.0
    moves[0] += 1
    if step >= 0:
        learn(shape, z, accepted, step)
    if rng.random() < accepted:
        moves[1] += 1
        copied(new, common)
        return other, fresh
    return three, level


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    x: Array,
    first: NDArray[np.int64],
    state: Arrays,
    process: Array,
    length: tuple[int, int, int],
    rng: np.random.Generator,
    flags: tuple[bool, bool],
) -> tuple[Array, Array, Array]:
    """Sweeps of one chain from `state`, updated in place; `process`: degrees of freedom, pull; `flags`: regimes, flat.

    `x` (C, T) rates. `length`: sweeps, thinning, adaptation step (-1: proposals are fixed). Returns the kept theta
    (n, C, 3), common (n, 3) on natural scales, pool (n, 4).
    """
    theta, common, pool, shape, moves = state
    count, years = x.shape
    regimes, flat = flags
    three = natural(common) if regimes else np.array([1.0, 1e-9, 1.0])
    e, level, space = np.empty((count, years)), np.empty(count), np.empty(years)
    for c in range(count):
        n = years - first[c] - 1
        residuals(x[c, first[c] :], theta[c, 0], TOP / (1 + np.exp(-theta[c, 1])), process[1], e[c])
        level[c] = score(e[c, :n], np.exp(theta[c, 2]), three, process[0], space)
    kept = length[0] // length[1]
    out = np.empty((kept, count, 3)), np.empty((kept, 3)), np.empty((kept, 4))
    for sweep in range(length[0]):
        step = length[2] + sweep if length[2] >= 0 else -1
        for _ in range(STEPS):
            for c in range(count):
                n = years - first[c] - 1
                now, known = (theta[c], shape[c], moves[c]), (pool, three, process)
                level[c] = _one_country(x[c, first[c] :], now, known, e[c, :n], level[c], step, rng)
        if regimes:
            for _ in range(STEPS):
                now = (common, shape[count], moves[count])
                three, level = _all_countries(now, (three, level), (theta, e, first), process[0], step, rng)
        draw_pool(theta, pool, rng, flat)
        if (sweep + 1) % length[1] == 0:
            i = sweep // length[1]
            copied(theta, out[0][i])
            copied(three, out[1][i])
            copied(pool, out[2][i])
    return out
