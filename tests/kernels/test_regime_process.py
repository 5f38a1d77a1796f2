"""The process of migration rates: states by enumeration, closed forms, recovery, keys, the pull."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from qonys.kernels.processes import regime_process as rp
from qonys.kernels.processes import regime_sampler as rs
from qonys.kernels.regression.pooling import split_rhat


def world(seed: int, countries: int = 12, years: int = 70, settings: rp.Settings | None = None) -> dict[str, np.ndarray]:
    """Series made up by the model's own equations with known parameters."""
    settings = settings or rp.Settings()
    rng = np.random.Generator(np.random.Philox(key=seed))
    mu, phi = rng.normal(0, 1.5, countries), rng.uniform(0.6, 0.9, countries)
    sd = rng.uniform(0.3, 0.8, countries)
    x = np.zeros((countries, years))
    z = np.zeros((countries, years), dtype=int)
    for c in range(countries):
        x[c, 0] = mu[c]
        for t in range(1, years):
            luck = rng.random()
            z[c, t] = (luck < 0.06) if z[c, t - 1] == 0 else (luck >= 0.25)
            noise = rng.standard_t(settings.tails) if np.isfinite(settings.tails) else rng.standard_normal()
            size = sd[c] * (8.0 if z[c, t] and settings.regimes else 1.0)
            d = x[c, t - 1] - mu[c]
            d = settings.pull * np.arcsinh(d / settings.pull) if np.isfinite(settings.pull) else d
            x[c, t] = mu[c] + phi[c] * d + size * noise
    return {"x": x, "mu": mu, "phi": phi, "sd": sd, "z": z}


def test_states_are_summed_out_as_enumeration_says() -> None:
    """Likelihood and chances of a crisis of all 64 paths of six residuals, t and normal errors."""
    e, sd = np.array([0.1, -0.2, 4.0, 3.0, -0.3, 0.2]), 0.5
    common = np.array([6.0, 0.1, 0.3])
    start = common[1] / (common[1] + common[2])
    for tails in (5.0, 4.0, rs.HUGE):
        chance = {}
        for path in product((0, 1), repeat=6):
            p = start if path[0] else 1 - start
            for t, z in enumerate(path):
                scale = sd * (common[0] if z else 1.0)
                u = (e[t] / scale) ** 2
                p *= (np.exp(-u / 2) if tails == rs.HUGE else (1 + u / tails) ** (-(tails + 1) / 2)) / scale
                if t:
                    enter, leave = common[1], common[2]
                    p *= (enter if z else 1 - enter) if path[t - 1] == 0 else (1 - leave if z else leave)
            chance[path] = p
        total = sum(chance.values())
        assert rs.score(e, sd, common, tails, np.empty(6)) == pytest.approx(np.log(total), abs=1e-12)
        exact = [sum(p for path, p in chance.items() if path[t]) / total for t in range(6)]
        assert rs.smoothed(e, sd, common, tails) == pytest.approx(exact, abs=1e-12)


def test_the_plain_model_agrees_with_least_squares() -> None:
    """Without crises, tails and pull a long series leaves the prior behind: phi and mu of ordinary least squares."""
    made = world(3, 6, 3000, rp.AZOSE_RAFTERY)
    found = rp.sample(made["x"], 400, 1, rp.AZOSE_RAFTERY)
    for c, x in enumerate(made["x"]):
        design = np.column_stack([np.ones(len(x) - 1), x[:-1]])
        constant, slope = np.linalg.lstsq(design, x[1:], rcond=None)[0]
        assert found.phi[:, c].mean() == pytest.approx(slope, abs=0.01)
        assert found.mu[:, c].mean() == pytest.approx(constant / (1 - slope), abs=0.05)
        assert found.sd[:, c].mean() == pytest.approx(made["sd"][c], rel=0.05)


def test_recovery_and_coverage() -> None:
    inside, total, ratios = 0, 0, []
    for seed in range(4):
        made = world(seed)
        found = rp.sample(made["x"], 500, seed, rp.Settings())
        for name in ("mu", "phi", "sd"):
            low, high = np.quantile(getattr(found, name), [0.05, 0.95], axis=0)
            inside += int(((made[name] >= low) & (made[name] <= high)).sum())
            total += len(made[name])
        ratios.append(np.median(found.ratio))
        told = found.crisis[:, 1:] > 0.5
        assert (told == (made["z"][:, 1:] == 1)).mean() > 0.9
    assert 0.8 < inside / total < 0.97
    assert np.median(ratios) == pytest.approx(8, rel=0.35)


def test_two_chains_meet() -> None:
    made = world(1)
    chains = [rp.sample(made["x"], 600, seed, rp.Settings(), thin=4) for seed in (1, 2)]
    for name in ("mu", "phi", "sd"):
        assert split_rhat(np.stack([getattr(chain, name) for chain in chains])).max() < 1.1
    assert split_rhat(np.stack([chain.ratio[:, None] for chain in chains])).max() < 1.1


def test_paths_rest_on_seed_and_draw_alone() -> None:
    found = rp.sample(world(2, 4, 40)["x"], 60, 1, rp.Settings())
    many, few = rp.paths(found, 1, 3.0, 20, 50, 7), rp.paths(found, 1, 3.0, 20, 5, 7)
    assert np.array_equal(many[:5], few)
    assert np.array_equal(rp.paths(found, 1, 3.0, 8, 50, 7), many[:, :8])
    assert not np.array_equal(many, rp.paths(found, 1, 3.0, 20, 50, 8))
    again = rp.sample(world(2, 4, 40)["x"], 60, 1, rp.Settings())
    assert np.array_equal(again.mu, found.mu)


def test_paths_of_the_plain_model_have_the_moments_of_an_autoregression() -> None:
    one = np.ones(1)
    shape = (1, 1)
    found = rp.Posterior(
        np.full(shape, 2.0), np.full(shape, 0.8), np.full(shape, 0.5), one, one * 1e-9, one,
        np.zeros(shape, np.int8), np.zeros((1, 1)), rp.AZOSE_RAFTERY,
    )  # fmt: skip
    drawn = rp.paths(found, 0, 5.0, 10, 12_000, 1)
    for h in (1, 10):
        assert drawn[:, h - 1].mean() == pytest.approx(2 + 0.8**h * 3, abs=0.025)
        assert drawn[:, h - 1].std() == pytest.approx(0.5 * np.sqrt((1 - 0.8 ** (2 * h)) / 0.36), rel=0.02)


def test_the_pull_brings_far_rates_home_and_the_bound_holds() -> None:
    one = np.ones(1)
    shape = (1, 1)
    parts = (np.zeros(shape), np.full(shape, 0.98), np.full(shape, 1e-6), one, one * 1e-9, one, np.zeros(shape, np.int8))
    near = rp.paths(rp.Posterior(*parts, np.zeros((1, 1)), rp.Settings(pull=20)), 0, 1.0, 5, 1, 1)[0]
    far = rp.paths(rp.Posterior(*parts, np.zeros((1, 1)), rp.Settings(pull=20, bound=1e3)), 0, 60.0, 5, 1, 1)[0]
    assert near[0] == pytest.approx(0.98, abs=1e-3)
    assert far[0] < 0.7 * 60
    wild = rp.Posterior(*parts[:2], np.full(shape, 80.0), *parts[3:], np.zeros((1, 1)), rp.Settings())
    assert np.abs(rp.paths(wild, 0, 0.0, 50, 200, 1)).max() < 100


def test_a_fit_runs_until_it_has_mixed_and_says_so() -> None:
    made = world(4, 5, 40)
    found, checks = rp.fit(made["x"], 300, 3, rp.Settings(), tuple("ABCDE"), goal=80)
    again = rp.fit(made["x"], 300, 3, rp.Settings(), tuple("ABCDE"), goal=80)[0]
    assert np.array_equal(found.phi, again.phi)
    assert found.mu.shape == (300, 5)
    assert max(c.rhat for c in checks) < 1.06
    assert min(c.ess for c in checks) >= 80
    assert {c.parameter for c in checks} == {"mu", "phi", "sd", "ratio", "enter", "leave", "lambda", "tau2", "mean_phi", "b"}
    assert all(0.1 < c.accepted < 0.6 for c in checks if c.parameter == "mu")
