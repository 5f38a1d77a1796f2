"""The pooled autoregression: the same posterior as NUTS on the model as published; draws of its odd laws."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import gamma, truncnorm

from qonys.kernels.processes import hierarchical_ar as ar


def world(seed: int, count: int, years: int) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=seed))
    mu, phi, s = rng.normal(0.5, 2.5, count), rng.random(count), np.sqrt(6 / rng.gamma(3.0, size=count))
    x = np.empty((count, years))
    x[:, 0] = mu
    for t in range(1, years):
        x[:, t] = mu + phi * (x[:, t - 1] - mu) + s * rng.standard_normal(count)
    return x


def gibbs(x: np.ndarray, sweeps: int) -> tuple[np.ndarray, np.ndarray]:
    first = np.zeros(len(x), np.int64)
    state, rng = ar.start(x, first), np.random.Generator(np.random.Philox(key=1))
    ar.run(x, first, state, (500, 500, 0), rng, True)
    return ar.run(x, first, state, (sweeps, 1, -1), rng, True)


def nuts(x: np.ndarray, draws: int) -> dict[str, np.ndarray]:
    """The published model written out for NumPyro."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jax
        import numpyro
        import numpyro.distributions as law
        from numpyro.infer import MCMC, NUTS

    def model() -> None:
        centre, tau = numpyro.sample("lambda", law.Uniform(-100, 100)), numpyro.sample("tau", law.Uniform(0, 100))
        a = numpyro.sample("a", law.Uniform(1, 10))
        b = numpyro.sample("b", law.Uniform(0, 100 * (a - 1)))
        with numpyro.plate("countries", len(x)):
            unit = numpyro.sample("unit", law.Normal(0, 1))
            phi = numpyro.sample("phi", law.Uniform(0, 1))
            s2 = numpyro.sample("s2", law.InverseGamma(a, b))
        mu = numpyro.deterministic("mu", centre + tau * unit)
        mean = mu[:, None] + phi[:, None] * (x[:, :-1] - mu[:, None])
        numpyro.sample("x", law.Normal(mean, jax.numpy.sqrt(s2)[:, None]), obs=x[:, 1:])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain = MCMC(NUTS(model), num_warmup=500, num_samples=draws, progress_bar=False)
        chain.run(jax.random.PRNGKey(0))
    return {name: np.asarray(value, dtype=float) for name, value in chain.get_samples().items()}


@pytest.mark.long
def test_same_posterior_as_nuts() -> None:
    pytest.importorskip("numpyro")
    x = world(2, 12, 20)
    theta, pool = gibbs(x, 20_000)
    other = nuts(x, 1000)
    ours = {name: pool[:, j] for j, name in enumerate(("lambda", "tau", "a", "b"))}
    for name, values in ours.items():
        assert abs(values.mean() - other[name].mean()) < 0.2 * values.std(), name
        assert values.std() == pytest.approx(other[name].std(), rel=0.25)
    for j, name in enumerate(("mu", "phi")):
        gap = np.abs(theta[..., j].mean(axis=0) - other[name].mean(axis=0)) / theta[..., j].std(axis=0)
        assert gap.max() < 0.25
        assert gap.mean() < 0.1


def test_truncated_laws() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    for mean, sd in ((0.5, 0.3), (1.6, 0.2), (-2.0, 0.4), (0.5, 30.0), (5.0, 0.4)):
        drawn = np.array([ar.truncated(rng, mean, sd, 0.0, 1.0) for _ in range(4000)])
        law = truncnorm((0 - mean) / sd, (1 - mean) / sd, mean, sd)
        assert drawn.mean() == pytest.approx(law.mean(), abs=4.5 * law.std() / 63)
        assert drawn.std() == pytest.approx(law.std(), rel=0.08)
    for shape, rate, top in ((5.0, 1.0, 3.0), (40.0, 1.0, 20.0), (3.0, 1.0, 50.0)):
        drawn = np.array([ar._gamma_below(rng, shape, rate, top) for _ in range(4000)])
        grid = np.linspace(0, top, 20_001)
        weight = gamma(shape, scale=1 / rate).pdf(grid)
        mean = (grid * weight).sum() / weight.sum()
        assert drawn.max() < top
        assert drawn.mean() == pytest.approx(mean, abs=4.5 * drawn.std() / 63)
