"""Autoregression of a rate with calm and crisis years, pooled over countries: posterior and sample paths.

x_ct = mu_c + phi_c g(x_c,t-1 - mu_c) + s_c k^z_ct e_ct, e ~ t_nu, z_ct a two-state Markov chain (0 calm, 1 crisis)
with transition probabilities common to all countries; g(d) = pull asinh(d / pull) makes mean reversion stronger far
from the mean, so rates stay bounded in probability. mu_c ~ N(lambda, tau2), phi_c ~ N(m, V) on (0, TOP),
s2_c ~ IG(A, b). Regime switching after Hamilton (1989), Econometrica 57:357; states are integrated out
(`regime_sampler`). The pooled autoregression of Azose and Raftery (2015), Demography 52:1627, is the special case
without crises, with normal errors and linear reversion, under their priors (`hierarchical_ar`). Paths may be held to
the means over decades that were observed (`window_limits`): an error that leaves them is drawn anew from the normal
truncated to them. Assumes: countries are independent given the parameters; the probability of entering a crisis is
the same in every calm year.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qonys.kernels.effort import spent
from qonys.kernels.processes import hierarchical_ar, regime_sampler
from qonys.kernels.processes.chain_checks import ChainCheck, checks, effective_size
from qonys.kernels.processes.hierarchical_ar import truncated
from qonys.kernels.processes.regime_sampler import HUGE, TOP, pulled, residuals, smoothed
from qonys.kernels.processes.window_limits import WindowLimits, observed_limits, room_at

Array = NDArray[np.float64]
BLOCK, MOST = 1500, 12
SHIFT = 2**32


@dataclass(frozen=True)
class Settings:
    """Specification: `tails`: degrees of freedom of the errors (inf: normal); `regimes`: whether there are crises.

    `pull` (unit of the rates): distance from the mean beyond which reversion is stronger (inf: linear).
    `bound`: paths are mapped smoothly into (-bound, bound); observed rates may lie outside. `window`: share of the
    record up to whose length means of paths are held to those observed (0: no such limits; normal errors only), `after`
    the steps ahead that are free of them.
    """

    tails: float = 5.0
    regimes: bool = True
    pull: float = 20.0
    bound: float = 100.0
    window: float = 0.0
    after: int = 0

    def __post_init__(self) -> None:
        if self.window and np.isfinite(self.tails):
            raise ValueError(self.tails)


AZOSE_RAFTERY = Settings(np.inf, False, np.inf, np.inf)


@dataclass(frozen=True)
class Posterior:
    """Draws: mu, phi, sd (draws, C), ratio k, enter, leave (draws,), states of the last year (draws, C).

    `crisis` (C, T): probability that a year was a crisis; `pool` (draws, 4): lambda, tau2, mean of phi and b (of the
    plain autoregression lambda, tau, a and b). `limits` of the means of paths over windows (None: there are none).
    """

    mu: Array
    phi: Array
    sd: Array
    ratio: Array
    enter: Array
    leave: Array
    last: NDArray[np.int8]
    crisis: Array
    settings: Settings
    pool: Array | None = None
    limits: WindowLimits | None = None


def bounded(x: Array, bound: float) -> Array:
    """Rates mapped smoothly into (-bound, bound), shape unchanged: nearly the identity well inside."""
    return np.asarray(bound * np.tanh(x / bound)) if np.isfinite(bound) else x


def sample(rates: Array, draws: int, seed: int, settings: Settings, warm_up: int = 600, thin: int = 2) -> Posterior:
    """Draws of one chain from the posterior given rates (C, T); nan before a country's first year, no gaps after it.

    The same arguments give bitwise the same draws.
    """
    chain = Chain(rates, seed, settings)
    chain.warm(warm_up)
    return chain.posterior([chain.go(draws * thin, thin)])


def chains(rates: Array, draws: int, seed: int, settings: Settings, warm_up: int, thin: int) -> list[Posterior]:
    """Two chains of half the draws each for rates (C, T), in parallel; keys 2 seed and 2 seed + 1."""
    half = -(-draws // 2)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sample, rates, half, 2 * seed + k, settings, warm_up, thin) for k in range(2)]
        found = [one.result() for one in waiting]
    spent("country_sweeps", 2 * (warm_up + half * thin) * len(rates))
    return found


def fit(
    rates: Array, draws: int, seed: int, settings: Settings, names: tuple[str, ...], goal: float = 150.0
) -> tuple[Posterior, list[ChainCheck]]:
    """Two chains for rates (C, T) as one posterior, run until each parameter has an effective sample size of `goal`.

    Sweeps are added in blocks until the smallest effective sample size of mu, phi, ln s and the common parameters
    reaches the goal (at most MOST blocks) and then thinned evenly to `draws`; the stopping time depends only on
    (seed, rates). `names`: countries, for the checks.
    """
    half = -(-draws // 2)
    both = [Chain(rates, 2 * seed + k, settings) for k in range(2)]
    blocks: list[list[tuple[Array, Array, Array]]] = [[], []]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda chain: chain.warm(BLOCK), both))
        for _ in range(MOST):
            for kept, new in zip(blocks, pool.map(lambda chain: chain.go(max(BLOCK, half), 1), both), strict=True):
                kept.append(new)
            whole = [tuple(np.concatenate(part) for part in zip(*kept, strict=True)) for kept in blocks]
            every = [np.stack([chain[i] for chain in whole]).reshape(2, len(whole[0][0]), -1) for i in range(3)]
            if min(effective_size(part).min() for part in every) >= goal:
                break
    spent("country_sweeps", 2 * (BLOCK + len(whole[0][0])) * len(rates))
    found = [_checked(i, every[i], both, names, settings) for i in range(3)]
    chosen = np.linspace(0, len(whole[0][0]) - 1, half).astype(int)
    parts = [chain.posterior([tuple(p[chosen] for p in one)]) for chain, one in zip(both, whole, strict=True)]
    return joined(parts), [check for part in found for check in part]


def _checked(i: int, draws: Array, both: list[Chain], names: tuple[str, ...], settings: Settings) -> list[ChainCheck]:
    """Checks of the countries' unknowns (0), the common ones (1) or the pool's (2)."""
    accepted = np.mean([chain.accepted() for chain in both], axis=0)
    if i == 0:
        parts = draws.reshape(*draws.shape[:2], len(names), 3)
        kinds = enumerate(("mu", "phi", "sd"))
        return [one for j, name in kinds for one in checks(name, parts[..., j], names, accepted[:-1])]
    named: tuple[str, ...] = ("ratio", "enter", "leave") if settings.regimes else ()
    if i == 2:
        named = ("lambda", "tau", "a", "b") if settings == AZOSE_RAFTERY else ("lambda", "tau2", "mean_phi", "b")
    taken = accepted[-1] if i == 1 else np.nan
    return [one for j, name in enumerate(named) for one in checks(name, draws[..., j : j + 1], (None,), taken)]


def joined(parts: list[Posterior]) -> Posterior:
    """The draws of several chains as one posterior."""
    names = ("mu", "phi", "sd", "ratio", "enter", "leave", "last", "pool")
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    crisis, one = np.mean([part.crisis for part in parts], axis=0), parts[0]
    return Posterior(**whole, crisis=crisis, settings=one.settings, limits=one.limits)


class Chain:
    """One chain of the sampler for rates (C, T), which can be continued."""

    def __init__(self, rates: Array, seed: int, settings: Settings) -> None:
        self.first = np.array([int(np.flatnonzero(np.isfinite(row))[0]) for row in rates])
        self.x = np.nan_to_num(rates)
        self.limits = observed_limits(rates, settings.window, settings.after) if settings.window else None
        self.settings, self.seed = settings, seed
        self.rng = np.random.Generator(np.random.Philox(key=seed))
        self.process = np.array([min(settings.tails, HUGE), min(settings.pull, HUGE)])
        self.plain = hierarchical_ar.start(self.x, self.first) if settings == AZOSE_RAFTERY else None
        self.state = regime_sampler.start(self.x, self.first)
        self.moves = self.state[-1] if self.plain is None else self.plain[-1]

    def warm(self, sweeps: int) -> None:
        """Warm-up: sweeps that adapt the proposals and are discarded."""
        self._run(sweeps, max(sweeps, 1), 0)
        self.moves[:] = 0

    def go(self, sweeps: int, thin: int) -> tuple[Array, Array, Array]:
        """Further sweeps: theta (n, C, 3), common (n, 3), pool (n, 4)."""
        return self._run(sweeps, thin, -1)

    def _run(self, sweeps: int, thin: int, step: int) -> tuple[Array, Array, Array]:
        length = (sweeps, thin, step)
        if self.plain is not None:
            theta, pool = hierarchical_ar.run(self.x, self.first, self.plain, length, self.rng, True)
            return theta, np.tile([1.0, 1e-9, 1.0], (len(theta), 1)), pool
        flags = (self.settings.regimes, False)
        theta, common, pool = regime_sampler.run(self.x, self.first, self.state, self.process, length, self.rng, flags)
        return theta, common, pool

    def accepted(self) -> Array:
        """Acceptance rates (C + 1,): by country, last the common parameters (nan where draws are exact)."""
        tried = self.moves[:, 0]
        return np.asarray(np.divide(self.moves[:, 1], tried, out=np.full(len(tried), np.nan), where=tried > 0))

    def posterior(self, parts: list[tuple[Array, Array, Array]]) -> Posterior:
        """Draws on natural scales with the past states given each draw; `parts`: as `go` returns them."""
        theta, common, pool = (np.concatenate(part) for part in zip(*parts, strict=True))
        mu, phi, sd = theta[..., 0], TOP / (1 + np.exp(-theta[..., 1])), np.exp(theta[..., 2])
        if self.plain is not None:
            phi = theta[..., 1]
        last, crisis = np.zeros(mu.shape, np.int8), np.zeros(self.x.shape)
        if self.settings.regimes:
            luck = np.random.Generator(np.random.Philox(key=SHIFT + self.seed)).random(mu.shape)
            _past(self.x, self.first, (mu, phi, sd, common), self.process, luck, last, crisis)
        three = common[:, 0], common[:, 1], common[:, 2]
        return Posterior(mu, phi, sd, *three, last, crisis, self.settings, pool, self.limits)


@njit(cache=True, nogil=True)
def _past(
    x: Array,
    first: NDArray[np.int64],
    drawn: tuple[Array, Array, Array, Array],
    process: Array,
    luck: Array,
    last: NDArray[np.int8],
    crisis: Array,
) -> None:
    """State of the last year by draw and country, and the mean probability of a crisis by year."""
    mu, phi, sd, common = drawn
    e = np.empty(x.shape[1])
    for i in range(len(mu)):
        for c in range(len(x)):
            n = x.shape[1] - first[c] - 1
            residuals(x[c, first[c] :], mu[i, c], phi[i, c], process[1], e)
            chance = smoothed(e[:n], sd[i, c], common[i], process[0])
            for t in range(n):
                crisis[c, first[c] + 1 + t] += chance[t] / len(mu)
            last[i, c] = 1 if luck[i, c] < chance[n - 1] else 0


@dataclass(frozen=True)
class DrawnPaths:
    """Paths `values` (draws, horizon), unit of the rates, and whether a step was `held` to the limits, same shape."""

    values: Array
    held: NDArray[np.bool_]


def paths(
    posterior: Posterior,
    country: int,
    start: float | Array,
    horizon: int,
    draws: int | tuple[int, int],
    seed: int,
    normals: Array | None = None,
) -> Array:
    """Future rates of one country, (draws, horizon), in the unit of the rates, from the last rate `start`.

    `start`: one value or (draws,). `draws`: a number of draws, or the first and, excluded, the last; draw d depends
    only on (seed, d), and its first years do not depend on the horizon. `normals` (draws, horizon) replace the keyed
    ones. Posterior draws are recycled when more paths are requested than there are draws.
    """
    return drawn_paths(posterior, country, start, horizon, draws, seed, normals).values


def drawn_paths(
    posterior: Posterior,
    country: int,
    start: float | Array,
    horizon: int,
    draws: int | tuple[int, int],
    seed: int,
    normals: Array | None = None,
) -> DrawnPaths:
    """The paths of `paths`, (draws, horizon), with the steps that the limits held; same arguments and keys.

    A draw that no limit holds is the same to the bit as without limits.
    """
    settings = posterior.settings
    kept = len(posterior.ratio)
    pull = min(settings.pull, HUGE)
    span = range(draws) if isinstance(draws, int) else range(*draws)
    begin = np.broadcast_to(np.asarray(start, dtype=np.float64), (len(span),))
    limits = posterior.limits or WindowLimits(np.empty(0), np.empty(0))
    ends = limits.after, limits.low, limits.high
    out, held = np.empty((len(span), horizon)), np.zeros((len(span), horizon), dtype=np.bool_)
    for row, d in enumerate(span):
        i = d % kept
        lucky, normal, heavy, again = (
            np.random.Generator(np.random.Philox(key=np.array([4 * seed + stream, d], dtype=np.uint64)))
            for stream in range(4)
        )
        luck, noise = lucky.random(horizon), normal.standard_normal(horizon) if normals is None else normals[row]
        if np.isfinite(settings.tails):
            noise = noise / np.sqrt(heavy.standard_gamma(settings.tails / 2, horizon) / (settings.tails / 2))
        common = np.array([posterior.ratio[i], posterior.enter[i], posterior.leave[i]])
        own = np.array([posterior.mu[i, country], posterior.phi[i, country], posterior.sd[i, country]])
        state = float(begin[row]), int(posterior.last[i, country]), pull
        _path(state, (own, common), (luck, noise), ends, again, (out[row], held[row]))
    return DrawnPaths(bounded(out, settings.bound), held)


@njit(cache=True)
def _path(
    begin: tuple[float, int, float],
    law: tuple[Array, Array],
    drawn: tuple[Array, Array],
    limits: tuple[int, Array, Array],
    rng: np.random.Generator,
    place: tuple[Array, NDArray[np.bool_]],
) -> None:
    """Fill a path, and say which of its steps were held to the limits; `rng` draws those anew."""
    (x, z, pull), (own, common), (luck, noise), (after, least, most) = begin, law, drawn, limits
    out, held = place
    for t in range(len(out)):
        z = (1 if luck[t] < common[1] else 0) if z == 0 else (0 if luck[t] < common[2] else 1)
        mean, sd = own[0] + own[1] * pulled(x - own[0], pull), own[2] * (common[0] if z == 1 else 1.0)
        x = mean + sd * noise[t]
        if len(least) and t >= after:
            low, high = room_at(out, t, after, least, most)
            if x < low or x > high:
                held[t] = True
                x = truncated(rng, mean, sd, low, high) if low < high else 0.5 * (low + high)
        out[t] = x
