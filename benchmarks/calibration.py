"""Simulation-based calibration of the double logistics (Talts et al. 2018, arXiv:1804.06788), whole.

Run: ./.venv/bin/python benchmarks/calibration.py [WORLDS]
Truths are drawn from the priors, series from the truths, and the truth of each unknown is ranked among thinned draws of
`double_logistic.run` given the series: ranks are uniform if the sampler draws from its posterior. Worlds
whose series leave what can be computed with (the model knows no limits) are left out; that is a choice by the data
alone, under which ranks stay uniform. Prints chi-square of the 40 ranks in 10 bins and its probability, by unknown.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from qonys.kernels.processes import double_logistic as model

Array = NDArray[np.float64]
KINDS = {"fertility": model.FERTILITY, "longevity": model.LONGEVITY}
NAMES = {"fertility": ("start", "d", "d4", "d1_d2", "d3_d2"), "longevity": ("d1", "d2", "d3", "d4", "k", "z")}
BEGIN, MIDDLE = {"fertility": (5.0, 8.0), "longevity": (30.0, 60.0)}, {"fertility": -1.5, "longevity": 0.0}
COUNTRIES, STEPS, KEPT, BINS, FAR = 3, 10, 39, 10, 1e6


def world(kind: str, rng: np.random.Generator) -> tuple[Array, Array]:
    """Series (countries, steps), and the truth: first country's unknowns, world's means and ln variances, error."""
    prior = model.PRIOR[KINDS[kind]]
    mean = rng.normal(prior[:, 0], prior[:, 1])
    variance = model.VARIANCE / rng.gamma(2.0, size=len(mean))
    theta = rng.normal(mean, np.sqrt(variance), (COUNTRIES, len(mean)))
    error = rng.normal([MIDDLE[kind], 0.0], [0.7, 0.5])
    y = np.full((COUNTRIES, STEPS), np.inf)
    y[:, 0] = rng.uniform(*BEGIN[kind], COUNTRIES)
    for c in range(COUNTRIES):
        for t in range(1, STEPS):
            now = float(y[c, t - 1])
            if abs(now) > FAR:
                break
            scale = model.spread(now, error, KINDS[kind])
            y[c, t] = now + model.change(now, theta[c], KINDS[kind]) + scale * rng.standard_t(model.TAILS)
    return y, np.concatenate([theta[0], mean, np.log(variance), error])


def ranks(kind: str, seed: int, length: tuple[int, int] = (2000, 150), shift: float = 0.0) -> Array | None:
    """Ranks of the truth in (0, 1) by unknown, None for a world that is left out.

    `length`: sweeps to warm up, and between the draws that count; `shift`: planted fault, prior means that are off by
    so many of their deviations.
    """
    rng = np.random.Generator(np.random.Philox(key=np.array([53, seed], dtype=np.uint64)))
    y, truth = world(kind, rng)
    if not (np.abs(y) < FAR).all():
        return None
    prior = model.PRIOR[KINDS[kind]].copy()
    prior[:, 0] += shift * prior[:, 1]
    state = model.start(y, KINDS[kind])
    model.run(y, KINDS[kind], state, prior, (length[0], length[0], 0), rng)
    theta, pool, error = model.run(y, KINDS[kind], state, prior, (KEPT * length[1], length[1], -1), rng)
    drawn = np.concatenate([theta[:, 0], pool[:, 0], np.log(pool[:, 1]), error], axis=1)
    return np.asarray(((drawn < truth).sum(axis=0) + rng.random(len(truth))) / (KEPT + 1))


def chi_squares(rows: Array) -> tuple[Array, Array]:
    """Chi-square of the ranks (worlds, unknowns) in equal bins, and its probability."""
    counts = np.stack([np.histogram(column, BINS, (0, 1))[0] for column in rows.T])
    found = ((counts - len(rows) / BINS) ** 2).sum(axis=1) * BINS / len(rows)
    return found, np.asarray(chi2.sf(found, BINS - 1))


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for kind, names in NAMES.items():
        started = time.process_time()
        found = [one for one in (ranks(kind, seed) for seed in range(worlds)) if one is not None]
        seconds = time.process_time() - started
        print(f"{kind}: {len(found)} of {worlds} worlds, {COUNTRIES} countries of {STEPS} steps, {seconds:.0f} s")
        labels = [*names, *(f"world_{n}" for n in names), *(f"variance_{n}" for n in names), "error_0", "error_1"]
        values, chances = chi_squares(np.stack(found))
        for label, value, chance in zip(labels, values, chances, strict=True):
            print(f"  {label:<16} chi-square({BINS - 1}) {value:6.1f}  p {chance:.3f}")
        whole = min(1.0, chances.min() * len(labels))  # Bonferroni
        print(f"  least p of {len(labels)}: {chances.min():.3f}; all together: {whole:.2f}")


if __name__ == "__main__":
    main()
