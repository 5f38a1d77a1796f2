"""The pooled autoregression: the same posterior as NUTS on the model as published; draws of its odd laws."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import beta, gamma, truncnorm

from qonys.kernels.processes import hierarchical_ar as ar
from qonys.kernels.processes.chain_checks import effective_size
from qonys.kernels.processes.regime_process import AZOSE_RAFTERY, Chain

ROOT = Path(__file__).parents[2]
POOL, OWN = ("lambda", "tau", "a", "b"), ("mu", "phi", "s2")
STORED = json.loads((ROOT / "tests/reference/posteriors/azose_raftery.json").read_text(encoding="utf-8"))


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


def stored_rates() -> np.ndarray:
    """The rates of the stored posterior, (C, T), nan before the first year of a country."""
    series = list(STORED["rates"].values())
    length = max(map(len, series))
    return np.array([[np.nan] * (length - len(x)) + x for x in series])


def of_chains(sweeps: int) -> dict[str, np.ndarray]:
    """Two chains of the fit of a projection: unknowns (chains, sweeps), countries' own as (chains, sweeps, C)."""
    found = []
    for seed in range(2):
        chain = Chain(stored_rates(), seed, AZOSE_RAFTERY)
        chain.warm(2000)
        found.append(chain.posterior([chain.go(sweeps, 1)]))
    own = {"mu": [p.mu for p in found], "phi": [p.phi for p in found], "s2": [p.sd**2 for p in found]}
    pool = np.array([p.pool for p in found])
    return {name: pool[..., j] for j, name in enumerate(POOL)} | {name: np.array(v) for name, v in own.items()}


def gaps(draws: np.ndarray, other: dict) -> np.ndarray:
    """Differences of the quantiles of draws (chains, n) from the stored, in units of both Monte-Carlo errors."""
    flat, found = np.sort(draws.ravel()), []
    for level, theirs, error in zip(STORED["levels"], other["quantiles"], other["errors"], strict=True):
        value = np.quantile(flat, level)
        size = effective_size((draws <= value).astype(float)[..., None])[0]
        low, high = np.quantile(flat, beta(size * level + 1, size * (1 - level) + 1).ppf([0.1586553, 0.8413447]))
        found.append((value - theirs) / np.hypot((high - low) / 2, error))
    return np.array(found)


def distances(drawn: dict[str, np.ndarray]) -> dict[tuple[str, str], np.ndarray]:
    """`gaps` of every unknown, by name and country (common ones: an empty name)."""
    posterior = STORED["posterior"]
    found = {(name, ""): gaps(drawn[name], posterior[name]) for name in POOL}
    for name in OWN:
        for c, country in enumerate(STORED["rates"]):
            found[name, country] = gaps(drawn[name][..., c], posterior[name][country])
    return found


def test_the_stored_posterior_has_converged() -> None:
    assert (ROOT / STORED["made_by"]).is_file()
    assert {"numpyro", "jax", "numpy"} < set(STORED["versions"])
    assert STORED["divergences"] < 0.001 * STORED["chains"] * STORED["draws"]
    parts = [STORED["posterior"][name] for name in POOL]
    parts += [part for name in OWN for part in STORED["posterior"][name].values()]
    assert max(part["rhat"] for part in parts) < 1.01
    assert min(part["effective"] for part in parts) > 4000
    assert sorted(map(len, STORED["rates"].values()))[:3] == [4, 6, 10]


@pytest.mark.parametrize(
    ("sweeps", "most", "square"), [(50_000, 4.0, 1.3), pytest.param(250_000, 3.5, 1.15, marks=pytest.mark.long)]
)
def test_medians_and_limits_are_those_of_nuts(sweeps: int, most: float, square: float) -> None:
    """Medians and 90 % limits of all unknowns, also of countries with three and five changes of the rate."""
    found = distances(of_chains(sweeps))
    far = {key: z for key, z in found.items() if np.abs(z).max() > most}
    assert not far
    assert np.sqrt(np.mean(np.square(list(found.values())))) < square


def plain(right: str, wrong: str) -> ModuleType:
    """The sampler without its compiler and with one expression of its source replaced."""
    source = Path(ar.__file__).read_text(encoding="utf-8")
    assert right in source
    module = ModuleType("plain")
    text = source.replace("from numba import njit", "njit = lambda **_: lambda f: f").replace(right, wrong)
    exec(compile(text, ar.__file__, "exec"), module.__dict__)
    return module


def drawn_by(module: ModuleType, sweeps: int) -> dict[str, np.ndarray]:
    rates = stored_rates()
    first, x = np.isnan(rates).sum(axis=1), np.nan_to_num(rates)
    state, rng = module.start(x, first), np.random.Generator(np.random.Philox(key=5))
    module.run(x, first, state, (200, 200, 0), rng, True)
    theta, pool = module.run(x, first, state, (sweeps, 1, -1), rng, True)
    own = {"mu": theta[..., 0], "phi": theta[..., 1], "s2": np.exp(2 * theta[..., 2])}
    return {name: v[None] for name, v in own.items()} | {name: pool[None, :, j] for j, name in enumerate(POOL)}


FAULTS = {
    "no fault": ("n / 2", "n / 2", None),
    "scale of the variance": ("0.5 * max(rest, 0.0)", "max(rest, 0.0)", ("s2", "KAZ")),
    "variance for deviation": ("theta[2] = 0.5 *", "theta[2] =", ("s2", "KAZ")),
    "deviation for variance": ("s2 = np.exp(2 * theta[2])", "s2 = np.exp(theta[2])", ("phi", "ARM")),
    "tau": ("pool[1] ** 2", "pool[1]", ("mu", "TJK")),
    "limit of b": ("10.0, 100.0\n", "10.0, 1.0\n", ("s2", "TJK")),
    "density of b": ("-np.log(a - 1) if exact", "0.0 if exact", ("a", "")),
}
SHORT = {"no fault", "scale of the variance", "tau", "density of b"}  # a part of a country, of all countries, a prior


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [pytest.param(*fault, id=name, marks=() if name in SHORT else pytest.mark.long) for name, fault in FAULTS.items()],
)
def test_a_planted_fault_rings(right: str, wrong: str, where: tuple[str, str] | None) -> None:
    """One expression of the sampler is wrong: sums of squares, squares left out, priors of another scale."""
    found = distances(drawn_by(plain(right, wrong), 6000))
    if where is None:
        found = {key: z for key, z in found.items() if key[0] not in ("a", "b")}
        assert max(np.abs(z).max() for z in found.values()) < 4
    else:
        assert np.abs(found[where]).max() > 6
