"""A rate with calm and crisis years, pooled over countries: Gibbs sampler and paths.

x_ct = mu_c + phi_c g(x_c,t-1 - mu_c) + s_c k^z_ct e_ct, e ~ t_nu, z_ct a two-state Markov chain (0 calm, 1 crisis)
with chances common to all countries, g(d) = pull asinh(d / pull): far from the mean a rate returns faster,
so that rates stay bounded in probability. mu_c ~ N(lambda, tau2), phi_c ~ N(m, V) on (0, TOP), s2_c ~ IG(A, b).
Regime switching after Hamilton (1989), Econometrica 57:357; states by forward filtering, backward
sampling (Carter and Kohn 1994, Biometrika 81:541); the pooled autoregression of Azose and Raftery
(2015), Demography 52:1627, is the case of no crises, normal errors and no pull. Assumes: countries are
independent given the parameters; the chance of a crisis is the same in every calm year.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
TOP, SPREAD = 0.995, 0.15
A = 3.0
HUGE = 1e6


@dataclass(frozen=True)
class Settings:
    """What the process is: `tails`: degrees of freedom (inf: normal); `regimes`: whether crises exist.

    `pull` (unit of the rates): the distance from the mean beyond which the return is faster (inf: linear).
    `bound`: paths are bent into (-bound, bound); years of data may lie outside.
    """

    tails: float = 5.0
    regimes: bool = True
    pull: float = 20.0
    bound: float = 100.0


AZOSE_RAFTERY = Settings(np.inf, False, np.inf, np.inf)


@dataclass(frozen=True)
class Posterior:
    """Draws: mu, phi, sd (draws, C), ratio k, enter, leave (draws,), states of the last year (draws, C)."""

    mu: Array
    phi: Array
    sd: Array
    ratio: Array
    enter: Array
    leave: Array
    last: NDArray[np.int8]
    crisis: Array
    settings: Settings


def bounded(x: Array, bound: float) -> Array:
    """Rates bent into (-bound, bound): nearly themselves far inside."""
    return np.asarray(bound * np.tanh(x / bound)) if np.isfinite(bound) else x


def sample(rates: Array, draws: int, seed: int, settings: Settings, warm_up: int = 600, thin: int = 2) -> Posterior:
    """Draws from the posterior given rates (C, T); nan before a country's first year, no gaps after it.

    The same call gives the same bits.
    """
    first = np.array([int(np.flatnonzero(np.isfinite(row))[0]) for row in rates])
    rng = np.random.Generator(np.random.Philox(key=seed))
    shape = np.array([min(settings.tails, HUGE), min(settings.pull, HUGE)])
    mu, phi, sd, common, last, crisis = _gibbs(
        np.nan_to_num(rates), first, (draws, warm_up, thin), rng, shape, settings.regimes
    )
    return Posterior(mu, phi, sd, common[:, 0], common[:, 1], common[:, 2], last, crisis, settings)


def chains(
    rates: Array, draws: int, seed: int, settings: Settings, warm_up: int, thin: int
) -> list[Posterior]:
    """Two chains of half the draws each, side by side; keys 2 seed and 2 seed + 1."""
    half = -(-draws // 2)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sample, rates, half, 2 * seed + k, settings, warm_up, thin) for k in range(2)]
        return [one.result() for one in waiting]


@njit(cache=True)
def _pulled(d: float, pull: float) -> float:
    return d if pull >= HUGE else float(pull * np.arcsinh(d / pull))


@njit(cache=True)
def _log_t(e: float, scale: float, tails: float) -> float:
    """Log density of a scaled t up to a constant."""
    return float(-np.log(scale) - 0.5 * (tails + 1) * np.log1p((e / scale) ** 2 / tails))


@njit(cache=True)
def _states(
    e: Array, sd: float, common: Array, tails: float, z: NDArray[np.int8], rng: np.random.Generator
) -> None:
    """Draw the states of one country's residuals into `z`."""
    n = len(e)
    ratio, enter, leave = common[0], common[1], common[2]
    filtered = np.empty((n, 2))
    crisis = enter / (enter + leave)
    for t in range(n):
        a, b = (1 - crisis), crisis
        if t > 0:
            a = filtered[t - 1, 0] * (1 - enter) + filtered[t - 1, 1] * leave
            b = 1 - a
        l0, l1 = _log_t(e[t], sd, tails), _log_t(e[t], sd * ratio, tails)
        top = max(l0, l1)
        a, b = a * np.exp(l0 - top), b * np.exp(l1 - top)
        filtered[t, 0], filtered[t, 1] = a / (a + b), b / (a + b)
    z[n - 1] = 1 if rng.random() < filtered[n - 1, 1] else 0
    for t in range(n - 2, -1, -1):
        stay0 = filtered[t, 0] * ((1 - enter) if z[t + 1] == 0 else enter)
        stay1 = filtered[t, 1] * (leave if z[t + 1] == 0 else (1 - leave))
        z[t] = 1 if rng.random() < stay1 / (stay0 + stay1) else 0


@njit(cache=True)
def _truncated(rng: np.random.Generator, mean: float, sd: float, limits: tuple[float, float]) -> float:
    """A normal on (low, high) by rejection, uniform proposals where the mean is far off."""
    low, high = limits
    for _ in range(60):
        value = mean + sd * rng.standard_normal()
        if low < value < high:
            return value
    best = min(max(mean, low), high)
    while True:
        value = low + (high - low) * rng.random()
        gap = ((value - mean) / sd) ** 2 - ((best - mean) / sd) ** 2
        if np.log(rng.random()) < -0.5 * gap:
            return value


@njit(cache=True)
def _fit(x: Array, weight: Array, mu: float, phi: float, pull: float) -> float:
    """Minus log likelihood of the residuals given their precisions."""
    total = 0.0
    for t in range(1, len(x)):
        total += 0.5 * weight[t - 1] * (x[t] - mu - phi * _pulled(x[t - 1] - mu, pull)) ** 2
    return total


@njit(cache=True)
def _country(
    x: Array, weight: Array, now: tuple[float, float], pool: Array, pull: float, rng: np.random.Generator
) -> tuple[float, float]:
    """New mu (a Metropolis step where there is a pull, else exact) and phi of one country.

    `weight`: precisions of the residuals; `now`: mu, phi; `pool`: lambda, tau2, mean of phi.
    """
    mu, phi = now
    top, bottom = pool[0] / pool[1], 1 / pool[1]
    for t in range(1, len(x)):
        bottom += weight[t - 1] * (1 - phi) ** 2
        top += weight[t - 1] * (1 - phi) * (x[t] - phi * x[t - 1])
    if pull >= HUGE:
        mu = top / bottom + rng.standard_normal() / np.sqrt(bottom)
    else:
        new = mu + 2.0 * rng.standard_normal() / np.sqrt(bottom)
        gain = _fit(x, weight, mu, phi, pull) - _fit(x, weight, new, phi, pull)
        gain += 0.5 * ((mu - pool[0]) ** 2 - (new - pool[0]) ** 2) / pool[1]
        if np.log(rng.random()) < gain:
            mu = new
    cross, square = pool[2] / SPREAD**2, 1 / SPREAD**2
    for t in range(1, len(x)):
        d = _pulled(x[t - 1] - mu, pull)
        cross += weight[t - 1] * d * (x[t] - mu)
        square += weight[t - 1] * d * d
    return mu, _truncated(rng, cross / square, 1 / np.sqrt(square), (0.0, TOP))


@njit(cache=True)
def _pool(mu: Array, phi: Array, s2: Array, pool: Array, rng: np.random.Generator) -> float:
    """New lambda, tau2, mean of phi into `pool`; returns the new b of s2 ~ IG(A, b)."""
    count = len(mu)
    precision = count / pool[1] + 1.0
    pool[0] = mu.sum() / pool[1] / precision + rng.standard_normal() / np.sqrt(precision)
    pool[1] = (1.0 + 0.5 * ((mu - pool[0]) ** 2).sum()) / rng.gamma(1.0 + count / 2, 1.0)
    pool[2] = _truncated(rng, phi.mean(), SPREAD / np.sqrt(count), (0.0, 1.0))
    return float(rng.gamma(1.0 + A * count, 1.0) / (0.01 + (1 / s2).sum()))


@njit(cache=True)
def _series(
    x: Array,
    z: NDArray[np.int8],
    w: Array,
    own: tuple[float, float],
    common: Array,
    tails: float,
    rng: np.random.Generator,
) -> float:
    """States, weights and variance of one country given residuals `x`; own: s2, b. Returns the new s2."""
    if common[0] > 1.0:
        _states(x, np.sqrt(own[0]), common, tails, z, rng)
    total = 0.0
    for t in range(len(x)):
        size = common[0] ** 2 if z[t] == 1 else 1.0
        w[t] = rng.gamma((tails + 1) / 2, 1.0) / ((tails + x[t] ** 2 / (own[0] * size)) / 2)
        total += w[t] * x[t] ** 2 / size
    return max((own[1] + 0.5 * total) / rng.gamma(A + len(x) / 2, 1.0), 1e-6)


@njit(cache=True)
def _residuals(x: Array, mu: float, phi: float, pull: float) -> Array:
    e = np.empty(len(x) - 1)
    for t in range(1, len(x)):
        e[t - 1] = x[t] - mu - phi * _pulled(x[t - 1] - mu, pull)
    return e


@njit(cache=True)
def _crises(common: Array, moves: Array, quads: float, members: float, rng: np.random.Generator) -> None:
    """New ratio (at least 1.5) and chances to enter and leave a crisis."""
    common[0] = np.sqrt(max((40.0 + 0.5 * quads) / rng.gamma(3.0 + members / 2, 1.0), 2.25))
    common[1] = rng.beta(1 + moves[0, 1], 19 + moves[0, 0])
    common[2] = rng.beta(2 + moves[1, 0], 8 + moves[1, 1])


@njit(cache=True, nogil=True)
def _gibbs(
    x: Array,
    first: NDArray[np.int64],
    length: tuple[int, int, int],
    rng: np.random.Generator,
    shape: Array,
    regimes: bool,
) -> tuple[Array, Array, Array, Array, NDArray[np.int8], Array]:
    draws, warm_up, thin = length
    count, years = x.shape
    tails, pull = shape[0], shape[1]
    mu, phi, s2 = np.zeros(count), np.full(count, 0.8), np.ones(count)
    common = np.array([5.0, 0.05, 0.2]) if regimes else np.array([1.0, 1e-9, 1.0])
    pool, b = np.array([0.0, 1.0, 0.8]), 1.0
    z, w = np.zeros((count, years), np.int8), np.ones((count, years))
    out_mu, out_phi, out_sd = np.empty((draws, count)), np.empty((draws, count)), np.empty((draws, count))
    out_common, last, crisis = np.empty((draws, 3)), np.empty((draws, count), np.int8), np.zeros((count, years))
    for sweep in range(-warm_up, draws * thin):
        moves, quads, members = np.zeros((2, 2)), 0.0, 0.0
        kept = sweep >= 0 and sweep % thin == 0
        for c in range(count):
            series = x[c, first[c] :]
            n = len(series) - 1
            scale = np.where(z[c, :n] == 1, common[0] ** 2, 1.0)
            mu[c], phi[c] = _country(series, w[c, :n] / (s2[c] * scale), (mu[c], phi[c]), pool, pull, rng)
            e = _residuals(series, mu[c], phi[c], pull)
            s2[c] = _series(e, z[c, :n], w[c, :n], (s2[c], b), common, tails, rng)
            for t in range(n):
                if z[c, t] == 1:
                    quads += w[c, t] * e[t] ** 2 / s2[c]
                    members += 1
                if t > 0:
                    moves[z[c, t - 1], z[c, t]] += 1
                if kept:
                    crisis[c, first[c] + 1 + t] += z[c, t] / draws
            if kept:
                last[sweep // thin, c] = z[c, n - 1]
        if regimes:
            _crises(common, moves, quads, members, rng)
        b = _pool(mu, phi, s2, pool, rng)
        if kept:
            i = sweep // thin
            out_mu[i], out_phi[i], out_sd[i], out_common[i] = mu, phi, np.sqrt(s2), common
    return out_mu, out_phi, out_sd, out_common, last, crisis


def paths(
    posterior: Posterior, country: int, start: float | Array, horizon: int, draws: int, seed: int
) -> Array:
    """Future rates of one country, (draws, horizon), from the last rate `start` (one, or one a draw); draw d
    rests on (seed, d) alone, and its first years do not depend on the horizon.

    Posterior draws are taken in turn when more paths are asked for than there are draws.
    """
    settings = posterior.settings
    kept = len(posterior.ratio)
    pull = min(settings.pull, HUGE)
    begin = np.broadcast_to(np.asarray(start, dtype=np.float64), (draws,))
    out = np.empty((draws, horizon))
    for d in range(draws):
        i = d % kept
        lucky, normal, heavy = (
            np.random.Generator(np.random.Philox(key=np.array([4 * seed + stream, d], dtype=np.uint64)))
            for stream in range(3)
        )
        luck, noise = lucky.random(horizon), normal.standard_normal(horizon)
        if np.isfinite(settings.tails):
            noise = noise / np.sqrt(heavy.standard_gamma(settings.tails / 2, horizon) / (settings.tails / 2))
        common = np.array([posterior.ratio[i], posterior.enter[i], posterior.leave[i]])
        own = np.array([posterior.mu[i, country], posterior.phi[i, country], posterior.sd[i, country]])
        _path((float(begin[d]), pull), int(posterior.last[i, country]), own, common, (luck, noise), out[d])
    return bounded(out, settings.bound)


@njit(cache=True)
def _path(
    begin: tuple[float, float], z: int, own: Array, common: Array, drawn: tuple[Array, Array], out: Array
) -> None:
    x, pull = begin
    luck, noise = drawn
    for t in range(len(out)):
        z = (1 if luck[t] < common[1] else 0) if z == 0 else (0 if luck[t] < common[2] else 1)
        x = own[0] + own[1] * _pulled(x - own[0], pull) + own[2] * (common[0] if z == 1 else 1.0) * noise[t]
        out[t] = x
