"""Maximum entropy beside plain raking, and the base population with its replicates, on a table of 20 x 8 x 2 x 101.

Run: ./.venv/bin/python benchmarks/base_population.py
All figures are made up at random from a fixed seed.
"""

from __future__ import annotations

import numpy as np
from timing import seconds

from qonys.estimation.base.population import Margins, Seeds, base_population
from qonys.kernels.flows.max_entropy import MarginSums, nearest, sums_over
from qonys.kernels.flows.raking import rake_plain

RNG = np.random.Generator(np.random.Philox(key=23))
REGIONS, GROUPS, AGES = 20, 8, 101


def main() -> None:
    tilt = RNG.normal(0.01, 0.008, (REGIONS, 1, 1))
    ages = RNG.uniform(3e3, 2e4, (REGIONS, 1, 1)) * np.exp(-tilt * np.arange(AGES)) * np.ones((1, 2, 1))
    truth = ages * np.exp(0.1 * RNG.standard_normal(ages.shape))
    r, s, a = np.indices(ages.shape).reshape(3, -1)
    exact = MarginSums.joined(
        MarginSums(sums_over(s * AGES + a, 2 * AGES), truth.sum(axis=0).ravel(), np.zeros(2 * AGES)),
        MarginSums(sums_over(2 * r + s - 2, 2 * REGIONS - 2), truth.sum(axis=2)[1:].ravel(), np.zeros(2 * REGIONS - 2)),
    )
    margins = [((1, 2), truth.sum(axis=0)), ((0, 1), truth.sum(axis=2))]
    mine = nearest(ages.ravel(), exact, tolerance=1e-12, disjoint=2 * AGES)
    other = rake_plain(ages, margins, 1e-13)
    newton = seconds(lambda: nearest(ages.ravel(), exact, tolerance=1e-12, disjoint=2 * AGES))
    plain = seconds(lambda: rake_plain(ages, margins, 1e-13))
    gap = float(np.abs(mine.table - other.ravel()).max())
    print(f"ages of regions, exact sums: Newton {1e3 * newton:.1f} ms, plain raking {1e3 * plain:.1f} ms,")
    print(f"  ratio {plain / newton:.2f}; greatest difference {gap:.1e} persons. Newton also takes sums with errors.")
    shares = RNG.dirichlet(np.ones(GROUPS), REGIONS)
    rates = 0.0005 * np.exp(0.08 * np.arange(AGES)) * np.ones((REGIONS, 2, 1))
    counts = shares * truth.sum(axis=(1, 2))[:, None]
    places, names = tuple(f"r{i}" for i in range(REGIONS)), tuple(f"g{i}" for i in range(GROUPS))
    published = Margins(
        places, names, truth.sum(axis=0), truth.sum(axis=2), places[:16], np.arange(REGIONS) % 16,
        np.stack([counts[np.arange(REGIONS) % 16 == p].sum(axis=0) for p in range(16)]),
    )  # fmt: skip
    seeds = Seeds(
        ages=ages,
        drawn=ages[None],
        age_error=np.full(AGES, 0.05),
        rates=rates,
        deaths=(truth * rates).sum(axis=(1, 2)),
        death_error=0.03,
        shares=shares,
        share_error=np.full(GROUPS, 0.5),
        tilts=np.linspace(-0.02, 0.01, GROUPS),
        tilt_error=np.full(GROUPS, 0.006),
        local_error=0.004,
    )
    one = seconds(lambda: base_population(published, seeds, 1, 0))
    many = seconds(lambda: base_population(published, seeds, 1, 64), 1)
    print(f"base population: {one:.2f} s, with 64 replicates {many:.2f} s")


if __name__ == "__main__":
    main()
