"""Posterior of the pooled autoregression by another sampler (NUTS), stored beside this script.

The model is written from Azose and Raftery (2015), Demography 52:1627, section 3, as docs/explanation/processes.md states
it, in NumPyro, without a line of Qonys. With the packages of the tests:

    python tests/reference/posteriors/make.py

writes azose_raftery.json in about two minutes of one core: the versions, the seed, the rates that went in (net migrants per
1,000 and year, of the pack of Kazakhstan, cut so that some countries have few years), and quantiles of every unknown
with their Monte-Carlo errors, effective sizes and R-hat (Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021, Bayesian
Analysis 16:667, section 4.3: order statistics at the ends of the interval of one standard error of the probability).
"""

from __future__ import annotations

import csv
import json
import platform
from importlib.metadata import version
from pathlib import Path

import jax
import numpy as np
import numpyro
import numpyro.distributions as law
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS
from scipy.stats import beta

HERE = Path(__file__).parent
TABLE = HERE.parents[2] / "src/qonys/packs/kazakhstan/tables/partners_wpp.csv"
SEED, CHAINS, WARM_UP, DRAWS = 21, 4, 2000, 5000
LEVELS = (0.05, 0.5, 0.95)
# years kept of each country, the last ones
YEARS = {"KAZ": 6, "TJK": 4, "KGZ": 10, "UZB": 20, "ARM": 40, "RUS": 74, "GRC": 74, "KOR": 74}


def rates() -> dict[str, list[float]]:
    """Net migrants per 1,000 inhabitants and year of each country, the years that are kept."""
    cells: dict[tuple[str, str], dict[int, float]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells.setdefault((row["country"], row["indicator"]), {})[int(row["year"])] = float(row["value"])
    found = {}
    for country, kept in YEARS.items():
        moves, people = cells[country, "net_migration"], cells[country, "mid_year_population"]
        found[country] = [round(1000 * moves[year] / people[year], 6) for year in sorted(moves)[-kept:]]
    return found


def model(series: list[np.ndarray]) -> None:
    """Rates per 1,000; the first of each country is given. The means are drawn as deviations in units of tau."""
    centre, tau = numpyro.sample("lambda", law.Uniform(-100, 100)), numpyro.sample("tau", law.Uniform(0, 100))
    a = numpyro.sample("a", law.Uniform(1, 10))
    b = numpyro.sample("b", law.Uniform(0, 100 * (a - 1)))
    with numpyro.plate("countries", len(series)):
        unit = numpyro.sample("unit", law.Normal(0, 1))
        phi = numpyro.sample("phi", law.Uniform(0, 1))
        variance = numpyro.sample("s2", law.InverseGamma(a, b))
    mu = numpyro.deterministic("mu", centre + tau * unit)
    for c, x in enumerate(series):
        mean = mu[c] + phi[c] * (x[:-1] - mu[c])
        numpyro.sample(f"x{c}", law.Normal(mean, jax.numpy.sqrt(variance[c])), obs=x[1:])


def summary(draws: np.ndarray) -> dict[str, object]:
    """Quantiles of draws (chains, n) at LEVELS, their Monte-Carlo errors, the least effective size of them, R-hat."""
    flat, values, errors, sizes = np.sort(draws.ravel()), [], [], []
    for level in LEVELS:
        value = float(np.quantile(flat, level))
        size = float(effective_sample_size((draws <= value).astype(float)))
        low, high = beta(size * level + 1, size * (1 - level) + 1).ppf([0.1586553, 0.8413447])
        values.append(value)
        errors.append(float(np.quantile(flat, high) - np.quantile(flat, low)) / 2)
        sizes.append(size)
    return {
        "quantiles": [float(f"{v:.6g}") for v in values],
        "errors": [float(f"{e:.3g}") for e in errors],
        "effective": round(min(sizes)),
        "rhat": round(float(split_gelman_rubin(draws)), 4),
    }


def main() -> None:
    """Sample and write the file."""
    numpyro.enable_x64()
    inputs = rates()
    kernel = NUTS(model, target_accept_prob=0.995)
    chains = MCMC(kernel, num_warmup=WARM_UP, num_samples=DRAWS, num_chains=CHAINS, chain_method="sequential",
                  progress_bar=False)  # fmt: skip
    chains.run(jax.random.PRNGKey(SEED), [np.array(x) for x in inputs.values()], extra_fields=("diverging",))
    drawn = {name: np.asarray(value, dtype=float) for name, value in chains.get_samples(group_by_chain=True).items()}
    found: dict[str, object] = {name: summary(drawn[name]) for name in ("lambda", "tau", "a", "b")}
    for name in ("mu", "phi", "s2"):
        found[name] = {country: summary(drawn[name][..., c]) for c, country in enumerate(inputs)}
    packages = {name: version(name) for name in ("numpy", "scipy", "jax", "numpyro")}
    document = {
        "made_by": "tests/reference/posteriors/make.py",
        "versions": {"python": platform.python_version(), **packages},
        "seed": SEED, "chains": CHAINS, "draws": DRAWS, "divergences": int(np.sum(chains.get_extra_fields()["diverging"])),
        "levels": LEVELS, "rates": inputs, "posterior": found,
    }  # fmt: skip
    (HERE / "azose_raftery.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    print(document["divergences"], {name: document["posterior"][name] for name in ("lambda", "tau", "a", "b")})


if __name__ == "__main__":
    main()
