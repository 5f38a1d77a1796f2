"""The fits of the processes, and the pooled autoregression beside NUTS on the same figures.

Run: ./.venv/bin/python benchmarks/processes.py
Figures are made up at random from fixed seeds; times are of one core (processor time).
"""

from __future__ import annotations

import time
import warnings

import numpy as np

from qonys.kernels.processes import hierarchical_ar as ar
from qonys.kernels.processes import regime_process as process
from qonys.kernels.processes.chain_checks import effective_size

RNG = np.random.Generator(np.random.Philox(key=3))


def fits() -> None:
    """22 countries x 74 years, until every unknown has 150 effective draws."""
    rates = np.cumsum(RNG.standard_t(3, (22, 74)), axis=1) * 0.3
    names = tuple(map(str, range(22)))
    process.fit(rates[:, -20:], 10, 1, process.Settings(), names, 1)
    for label, settings in (("crises", process.Settings()), ("plain", process.AZOSE_RAFTERY)):
        started = time.process_time()
        checks = process.fit(rates, 1000, 1, settings, names)[1]
        taken = time.process_time() - started
        least, worst = min(c.ess for c in checks), max(c.rhat for c in checks)
        print(f"fit, {label}: {taken:.2f} s, R-hat {worst:.3f}, least effective draws {least:.0f}")


def against_nuts(count: int = 200, years: int = 15) -> None:
    """Least effective draws a second of Gibbs and of NUTS (NumPyro), countries x periods."""
    x = np.empty((count, years))
    mu, phi, s = RNG.normal(0.5, 2.5, count), RNG.random(count), np.sqrt(6 / RNG.gamma(3.0, size=count))
    x[:, 0] = mu
    for t in range(1, years):
        x[:, t] = mu + phi * (x[:, t - 1] - mu) + s * RNG.standard_normal(count)
    first, rng = np.zeros(count, np.int64), np.random.Generator(np.random.Philox(key=1))
    ar.run(x, first, ar.start(x, first), (5, 5, 0), rng, True)  # compiled
    started = time.process_time()
    state = ar.start(x, first)
    ar.run(x, first, state, (500, 500, 0), rng, True)
    theta, pool = ar.run(x, first, state, (10_000, 1, -1), rng, True)
    taken = time.process_time() - started
    least = min(effective_size(theta.reshape(1, len(theta), -1)).min(), effective_size(pool[None]).min())
    ours = least / taken
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
        with numpyro.plate("countries", count):
            unit = numpyro.sample("unit", law.Normal(0, 1))
            back = numpyro.sample("phi", law.Uniform(0, 1))
            s2 = numpyro.sample("s2", law.InverseGamma(a, b))
        level = centre + tau * unit
        mean = level[:, None] + back[:, None] * (x[:, :-1] - level[:, None])
        numpyro.sample("x", law.Normal(mean, jax.numpy.sqrt(s2)[:, None]), obs=x[:, 1:])

    chain = MCMC(NUTS(model), num_warmup=500, num_samples=500, progress_bar=False)
    chain.run(jax.random.PRNGKey(1))  # compiled
    started = time.process_time()
    chain.run(jax.random.PRNGKey(0))
    drawn = {k: np.asarray(v, dtype=float).reshape(1, 500, -1) for k, v in chain.get_samples().items()}
    theirs = min(float(effective_size(v).min()) for v in drawn.values()) / (time.process_time() - started)
    print(f"pooled autoregression, {count} x {years}: {ours:.0f} least effective draws a second, NUTS {theirs:.1f}; "
          f"{ours / theirs:.0f} x (both compiled before, both with their warm-up, processor time)")  # fmt: skip


if __name__ == "__main__":
    fits()
    against_nuts()
