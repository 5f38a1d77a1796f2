"""Simulation-based calibration (Talts et al. 2018): ranks of the truth among draws are uniform, faults ring."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import truncnorm

from qonys.kernels.processes import hierarchical_ar as ar
from qonys.kernels.processes import regime_sampler as rs
from qonys.kernels.scores import uniformity

KEPT = 39
Drawn = dict[str, float]


def ranks(truth: Drawn, draws: dict[str, np.ndarray], rng: np.random.Generator) -> Drawn:
    """Place of the truth among thinned draws, as a number in (0, 1)."""
    return {name: ((draws[name] < value).sum() + rng.random()) / (len(draws[name]) + 1) for name, value in truth.items()}


def judged(rows: list[Drawn]) -> dict[str, float]:
    """Probability of each unknown's ranks if all were uniform."""
    return {name: uniformity(np.array([row[name] for row in rows])).probability for name in rows[0]}


def box(count: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Mean of phi and the phi, normal around it inside their box."""
    while True:
        m = rng.random()
        phi = rng.normal(m, rs.SPREAD, count)
        if phi.min() > 0 and phi.max() < rs.TOP:
            return m, phi


def regime(seed: int, tails: float) -> Drawn:
    rng = np.random.Generator(np.random.Philox(key=np.array([51, seed], dtype=np.uint64)))
    count, years, pull = 5, 30, 20.0
    centre, tau2 = rng.normal(), 1 / rng.gamma(1.0)
    mu = rng.normal(centre, np.sqrt(tau2), count)
    m, phi = box(count, rng)
    b = rng.exponential(1 / rs.B_RATE)
    s = np.sqrt(b / rng.gamma(rs.A, size=count))
    square = 0.0
    while square < rs.RATIO_FLOOR:
        square = rs.RATIO_SCALE / rng.gamma(rs.RATIO_SHAPE)
    three = np.array([np.sqrt(square), rng.beta(*rs.ENTER), rng.beta(*rs.LEAVE)])
    x = np.zeros((count, years))
    for c in range(count):
        x[c, 0] = mu[c]
        crisis = rng.random() < three[1] / (three[1] + three[2])
        for t in range(1, years):
            noise = rng.standard_t(tails) if tails < rs.HUGE else rng.standard_normal()
            x[c, t] = mu[c] + phi[c] * rs.pulled(x[c, t - 1] - mu[c], pull) + s[c] * (three[0] if crisis else 1.0) * noise
            crisis = rng.random() < (1 - three[2] if crisis else three[1])
    first = np.zeros(count, np.int64)
    state, process = rs.start(x, first), np.array([tails, pull])
    rs.run(x, first, state, process, (250, 250, 0), rng, (True, False))
    theta, common, pool = rs.run(x, first, state, process, (KEPT * 14, 14, -1), rng, (True, False))
    truth = {"mu": mu[0], "phi": phi[0], "s": np.log(s[0]), "ratio": three[0], "enter": three[1], "leave": three[2]}
    truth |= {"lambda": centre, "tau2": tau2, "m": m, "b": b}
    natural = {"mu": theta[:, 0, 0], "phi": rs.TOP / (1 + np.exp(-theta[:, 0, 1])), "s": theta[:, 0, 2]}
    natural |= {name: common[:, j] for j, name in enumerate(("ratio", "enter", "leave"))}
    natural |= {name: pool[:, j] for j, name in enumerate(("lambda", "tau2", "m", "b"))}
    return ranks(truth, natural, rng)


def autoregression(seed: int, exact: bool = True) -> Drawn:
    rng = np.random.Generator(np.random.Philox(key=np.array([52, seed], dtype=np.uint64)))
    count, years = 10, 20
    a = rng.uniform(1, ar.TOP_A)
    b = rng.uniform(0, ar.REACH * (a - 1))
    centre, tau = rng.uniform(-ar.WIDE, ar.WIDE), rng.uniform(0, ar.WIDE)
    mu, phi = rng.normal(centre, tau, count), rng.random(count)
    s = np.sqrt(b / rng.gamma(a, size=count))
    x = np.empty((count, years))
    x[:, 0] = mu
    for t in range(1, years):
        x[:, t] = mu + phi * (x[:, t - 1] - mu) + s * rng.standard_normal(count)
    first = np.zeros(count, np.int64)
    state = ar.start(x, first)
    ar.run(x, first, state, (300, 300, 0), rng, exact)
    theta, pool = ar.run(x, first, state, (KEPT * 20, 20, -1), rng, exact)
    truth = {"mu": mu[0], "phi": phi[0], "s": np.log(s[0]), "lambda": centre, "tau": tau, "a": a, "b": b}
    natural = {name: theta[:, 0, j] for j, name in enumerate(("mu", "phi", "s"))}
    natural |= {name: pool[:, j] for j, name in enumerate(("lambda", "tau", "a", "b"))}
    return ranks(truth, natural, rng)


@pytest.mark.parametrize("tails", [5.0, rs.HUGE])
def test_the_regime_process_is_calibrated(tails: float) -> None:
    found = judged([regime(seed, tails) for seed in range(50)])
    assert min(found.values()) > 0.002, found


def test_another_prior_of_the_mean_rings() -> None:
    """Planted fault: truths of a flat prior of the mean of phi, draws of the other; the step alone, given phi."""
    found = {}
    for flat in (False, True):
        rows = []
        for seed in range(300):
            rng = np.random.Generator(np.random.Philox(key=np.array([50, seed], dtype=np.uint64)))
            m = rng.random()
            phi = truncnorm.rvs(-m / rs.SPREAD, (rs.TOP - m) / rs.SPREAD, m, rs.SPREAD, size=10, random_state=rng)
            theta = np.column_stack([rng.standard_normal(10), np.log(phi / (rs.TOP - phi)), np.zeros(10)])
            pool, drawn = np.array([0.0, 1.0, 0.5, 1.0]), np.empty(KEPT)
            for i in range(-3, KEPT):
                for _ in range(2):
                    rs.draw_pool(theta, pool, rng, flat)
                drawn[max(i, 0)] = pool[2]
            rows.append(ranks({"m": m}, {"m": drawn}, rng))
        found[flat] = judged(rows)["m"]
    assert found[True] > 0.01
    assert found[False] < 0.001


def test_the_pooled_autoregression_is_calibrated() -> None:
    found = judged([autoregression(seed) for seed in range(100)])
    assert min(found.values()) > 0.002, found


def test_the_factor_of_the_prior_of_b_rings() -> None:
    """Planted fault: b ~ U(0, 100 (a - 1)) without its 1 / (a - 1)."""
    found = judged([autoregression(seed, False) for seed in range(400)])
    assert min(found["a"], found["b"]) < 0.002, found
