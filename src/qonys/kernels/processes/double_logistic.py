"""Five-year change as a double logistic of the level, pooled over countries: decline of fertility, gain in e0.

Fertility (Alkema et al. 2011, Demography 48:815, equations 2-4): f' = f - g(f) + e,
g = d / (1 + exp(-(2 ln 9 / D3)(f - D4 - D3 / 2))) - d / (1 + exp(-(2 ln 9 / D1)(f - D1 - D2 - D3 - D4 + D1 / 2))).
Life expectancy (Raftery, Chunn, Gerland and Sevcikova 2013, Demography 50:777, equation 1): l' = l + g(l) + e,
g = k / (1 + exp(-(4.4 / D2)(l - D1 - D2 / 2))) + (z - k) / (1 + exp(-(4.4 / D4)(l - D1 - D2 - D3 - D4 / 2))).
Country parameters, on unbounded scales, are normal around the world parameters; hyperpriors are centred at the
published values. Errors are t with 4 degrees of freedom and ln s linear in the level, in place of the published
normal errors with a tabulated scale, because wars and famines are kept in the data here. Country parameters are
sampled by robust adaptive Metropolis (`regime_sampler.learn`), the world parameters by exact (Gibbs) draws. Assumes:
countries are independent given the parameters, and no country moves back along its curve.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qonys.kernels.processes.hierarchical_ar import copied
from qonys.kernels.processes.regime_sampler import learn

Array = NDArray[np.float64]
Arrays = tuple[Array, Array, Array, Array, Array]
FERTILITY, LONGEVITY = 0, 1
TAILS, VARIANCE = 4.0, 0.15
CENTRE = ((2.0, 1.0), (70.0, 10.0))
# fertility: ln start above 4, logit d in (0.25, 2.5), logit D4 in (1, 2.5), ln D1 / D2, ln D3 / D2; a start of 6.0,
# d 1.0, D4 1.5, equal parts. Longevity: ln D1 .. D4, logit k in (0, 10), logit z in (0, 1.15).
PRIOR = (
    np.array([[0.7, 0.5], [-0.7, 0.7], [-0.7, 0.5], [0.0, 0.7], [0.0, 0.7]]),
    np.array([[2.58, 0.4], [3.72, 0.4], [2.22, 0.4], [2.87, 0.4], [-0.92, 0.5], [-0.69, 0.5]]),
)
START_ERROR = (np.array([-1.5, 0.0]), np.array([0.0, 0.0]))


@njit(cache=True, error_model="numpy")
def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-min(max(x, -500.0), 500.0))))


@njit(cache=True, error_model="numpy")
def change(level: float, theta: Array, kind: int) -> float:
    """Expected change over five years at a level; `theta` (5,) or (6,): a country's unbounded parameters.

    Levels and changes: births per woman, or years of life. Alkema et al. (2011), equations 2-4; Raftery et al. (2013),
    equation 1.
    """
    if kind == LONGEVITY:
        d1, d2, d3, d4 = np.exp(theta[0]), np.exp(theta[1]), np.exp(theta[2]), np.exp(theta[3])
        k, z = 10 * _logistic(theta[4]), 1.15 * _logistic(theta[5])
        return float(
            k * _logistic(4.4 / d2 * (level - d1 - d2 / 2))
            + (z - k) * _logistic(4.4 / d4 * (level - d1 - d2 - d3 - d4 / 2))
        )
    d, last = 0.25 + 2.25 * _logistic(theta[1]), 1 + 1.5 * _logistic(theta[2])
    whole = 4.0 + np.exp(theta[0]) - last
    one, three = np.exp(theta[3]), np.exp(theta[4])
    unit = whole / (1 + one + three)
    d1, d3 = one * unit, three * unit
    steep = 2 * np.log(9.0)
    up = _logistic(steep / d3 * (level - last - d3 / 2))
    return float(-d * (up - _logistic(steep / d1 * (level - whole - last + d1 / 2))))


@njit(cache=True, error_model="numpy")
def spread(level: float, error: Array, kind: int) -> float:
    """Scale of the error at a level, in its unit: exp(error0 + error1 (level - centre) / unit); `error` (2,)."""
    middle, unit = (2.0, 1.0) if kind == FERTILITY else (70.0, 10.0)
    return float(np.exp(error[0] + error[1] * (level - middle) / unit))


@njit(cache=True, error_model="numpy")
def score(y: Array, theta: Array, error: Array, kind: int) -> float:
    """Log-likelihood of a country's levels `y` (T,) given the first, up to a constant; nan: not known."""
    total = 0.0
    for t in range(len(y) - 1):
        if np.isnan(y[t]) or np.isnan(y[t + 1]):
            continue
        s = spread(y[t], error, kind)
        e = (y[t + 1] - y[t] - change(y[t], theta, kind)) / s
        total -= np.log(s) + 0.5 * (TAILS + 1) * np.log1p(e * e / TAILS)
    return total


def start(y: Array, kind: int) -> Arrays:
    """Starting state: country parameters (C, P), world (2, P) means and variances, error (2,), proposals, moves.

    Proposals: Cholesky factors (C + 2, P, P); moves (C + 2, 2): proposed and accepted.
    """
    count = len(y)
    theta = np.tile(PRIOR[kind][:, 0], (count, 1))
    shapes = np.tile(0.2 * np.eye(theta.shape[1]), (count + 2, 1, 1))
    world = np.stack([PRIOR[kind][:, 0], np.full(theta.shape[1], 0.3)])
    return theta, world, START_ERROR[kind].copy(), shapes, np.zeros((count + 2, 2))


@njit(cache=True, error_model="numpy")
def _stepped(now: Array, shape: Array, z: Array, rng: np.random.Generator) -> Array:
    out = now.copy()
    for i in range(len(z)):
        z[i] = rng.standard_normal()
    for i in range(len(z)):
        for j in range(i + 1):
            out[i] += shape[i, j] * z[j]
    return out


@njit(cache=True, error_model="numpy")
def _world(theta: Array, world: Array, prior: Array, rng: np.random.Generator) -> None:
    """New means (normal prior) and variances (IG(2, VARIANCE)) of the countries' unknowns."""
    count = len(theta)
    for j in range(theta.shape[1]):
        precision = count / world[1, j] + 1 / prior[j, 1] ** 2
        mean = (theta[:, j].sum() / world[1, j] + prior[j, 0] / prior[j, 1] ** 2) / precision
        world[0, j] = mean + rng.standard_normal() / np.sqrt(precision)
        square = ((theta[:, j] - world[0, j]) ** 2).sum()
        world[1, j] = (VARIANCE + 0.5 * square) / rng.gamma(2.0 + count / 2, 1.0)


@njit(cache=True, error_model="numpy")
def error_prior(error: Array, kind: int) -> float:
    """Log prior density of the two parameters of the error scale, `error` (2,): normal."""
    middle = -1.5 if kind == FERTILITY else 0.0
    return float(-0.5 * ((error[0] - middle) / 0.7) ** 2 - 0.5 * (error[1] / 0.5) ** 2)


@njit(cache=True, error_model="numpy")
def _levels(y: Array, theta: Array, error: Array, kind: int) -> Array:
    return np.array([score(y[c], theta[c], error, kind) for c in range(len(y))])


@njit(cache=True, error_model="numpy")
def _countries(
    y: Array, kind: int, state: Arrays, level: Array, step: int, rng: np.random.Generator
) -> None:
    """One step of every country; `level`: log likelihoods, renewed in place."""
    theta, world, error, shapes, moves = state
    z = np.zeros(theta.shape[1])
    for c in range(len(theta)):
        new = _stepped(theta[c], shapes[c], z, rng)
        found = score(y[c], new, error, kind)
        gain = found - level[c]
        gain += 0.5 * (((theta[c] - world[0]) ** 2 - (new - world[0]) ** 2) / world[1]).sum()
        accepted = np.exp(min(gain, 0.0)) if gain == gain else 0.0
        moves[c, 0] += 1
        if step >= 0:
            learn(shapes[c], z, accepted, step)
        if rng.random() < accepted:
            copied(new, theta[c])
            level[c] = found
            moves[c, 1] += 1


@njit(cache=True, error_model="numpy")
def _together(
    y: Array, kind: int, state: Arrays, prior: Array, level: Array, step: int, rng: np.random.Generator
) -> None:
    """All countries and the world's means move alike, then one unknown's deviations and their spread stretch.

    Moves on the other parametrisation, which frees chains that the means and the countries hold (Yu and Meng 2011,
    Journal of Computational and Graphical Statistics 20:531).
    """
    theta, world, error, shapes, moves = state
    count, width = theta.shape
    z = np.zeros(width)
    mean = _stepped(world[0], shapes[count + 1], z, rng)
    fresh = _levels(y, theta + (mean - world[0]), error, kind)
    gain = fresh.sum() - level.sum()
    gain += 0.5 * (((world[0] - prior[:, 0]) / prior[:, 1]) ** 2 - ((mean - prior[:, 0]) / prior[:, 1]) ** 2).sum()
    accepted = np.exp(min(gain, 0.0)) if gain == gain else 0.0
    moves[count + 1, 0] += 1
    if step >= 0:
        learn(shapes[count + 1], z, accepted, step)
    if rng.random() < accepted:
        theta += mean - world[0]
        copied(mean, world[0])
        copied(fresh, level)
        moves[count + 1, 1] += 1
    j, log = int(rng.random() * width), 0.5 * rng.standard_normal()
    other, variance = theta.copy(), world[1, j] * np.exp(2 * log)
    other[:, j] = world[0, j] + np.exp(log) * (theta[:, j] - world[0, j])
    fresh = _levels(y, other, error, kind)
    gain = fresh.sum() - level.sum() - 4 * log - VARIANCE * (1 / variance - 1 / world[1, j])
    if np.log(rng.random()) < gain:
        copied(other, theta)
        copied(fresh, level)
        world[1, j] = variance


@njit(cache=True, error_model="numpy")
def _errors(y: Array, kind: int, state: Arrays, level: Array, step: int, rng: np.random.Generator) -> None:
    theta, _, error, shapes, moves = state
    row, two = len(theta), np.zeros(2)
    own = shapes[row, :2, :2].copy()
    other = _stepped(error, own, two, rng)
    fresh = _levels(y, theta, other, kind)
    gain = fresh.sum() - level.sum() + error_prior(other, kind) - error_prior(error, kind)
    accepted = np.exp(min(gain, 0.0)) if gain == gain else 0.0
    moves[row, 0] += 1
    if step >= 0:
        learn(own, two, accepted, step)
        for i in range(2):
            copied(own[i], shapes[row, i, :2])
    if rng.random() < accepted:
        copied(other, error)
        copied(fresh, level)
        moves[row, 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    y: Array,
    kind: int,
    state: Arrays,
    prior: Array,
    length: tuple[int, int, int],
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """Sweeps of one chain from `state`, updated in place; `y` (C, T) levels.

    `length`: sweeps, thinning, adaptation step (-1: proposals are fixed). Returns theta (n, C, P), world
    (n, 2, P), error (n, 2).
    """
    theta, world, error, _, _ = state
    level = _levels(y, theta, error, kind)
    kept = length[0] // length[1]
    out = np.empty((kept, theta.shape[0], theta.shape[1])), np.empty((kept, 2, theta.shape[1])), np.empty((kept, 2))
    for sweep in range(length[0]):
        step = length[2] + sweep if length[2] >= 0 else -1
        _countries(y, kind, state, level, step, rng)
        _together(y, kind, state, prior, level, step, rng)
        _errors(y, kind, state, level, step, rng)
        _world(theta, world, prior, rng)
        if (sweep + 1) % length[1] == 0:
            i = sweep // length[1]
            copied(theta, out[0][i])
            copied(world, out[1][i])
            copied(error, out[2][i])
    return out
