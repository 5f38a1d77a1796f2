"""The national engine beside a plain NumPy loop, and the fit of the migration process.

Run: ./.venv/bin/python benchmarks/projection.py
Populations and drivers are made up at random from fixed seeds.
"""

from __future__ import annotations

import numpy as np
from timing import seconds

from qonys.kernels.cohorts import component as cc
from qonys.kernels.cohorts import engine
from qonys.kernels.processes import regime_process as process

AGES, DRAWS, YEARS = 101, 1000, 76
RNG = np.random.Generator(np.random.Philox(key=3))


def walk(sd: float) -> np.ndarray:
    """Random walks by draw and year."""
    return np.asarray(np.cumsum(RNG.normal(0, sd, (DRAWS, YEARS)), axis=1))


def national() -> None:
    """1,000 draws x 76 years x 101 ages x 2 sexes."""
    ages = np.arange(AGES)
    grid = np.arange(50.0, 95, 0.25)
    survival = np.stack([[np.exp(-np.exp(-9.5 + 0.09 * ages - 0.05 * (e - 70))) for e in grid]] * 2)
    pattern = np.exp(-(((ages - 28.0) / 6) ** 2))
    schedule = np.stack([np.exp(-(((ages - 28.0) / 10) ** 2))] * 2)
    schedule /= schedule.sum()
    tables = engine.CohortTables(
        e0=grid,
        survival=survival,
        pattern=np.repeat(pattern[None] / pattern.sum(), YEARS, 0),
        sex_ratio=np.full(YEARS, 1.06),
        immigrant_ages=schedule,
        emigrant_ages=schedule,
        added=np.zeros(YEARS),
        buckets=np.stack([ages // 5, ages // 5 + 21]).astype(np.int64),
    )
    longevity = np.clip(76 + np.stack([walk(0.2), walk(0.2)], axis=-1), 52, 94)
    drivers = engine.CohortDrivers(
        np.clip(2.4 + walk(0.03), 0.8, 6), longevity, walk(0.001), np.full((DRAWS, YEARS), 0.001)
    )
    base = RNG.uniform(1e4, 2e5, (1, 2, AGES))
    found = engine.run(base, tables, drivers)
    ours = seconds(lambda: engine.run(base, tables, drivers), 5)

    def plain() -> np.ndarray:
        """One draw by the oracle, survival of one level."""
        flows = []
        people = base[0]
        for t in range(YEARS):
            net = float(drivers.net_rate[0, t]) * people.sum()
            arriving, leaving = cc.gross(np.array(net), np.array(people.sum()), 0.001)
            flows.append(cc.CohortFlows(arriving, leaving, schedule, schedule))
        fertility = drivers.fertility[0][:, None] * tables.pattern
        alive = np.repeat(survival[None, :, 100], YEARS, 0)
        return cc.project(base[0], alive, fertility, tables.sex_ratio, flows).population

    one = seconds(plain, 3)
    cells = DRAWS * YEARS * AGES * 2
    print(
        f"national, {DRAWS} draws x {YEARS} years: {ours:.3f} s, {cells / ours / 1e6:.0f} million cells/s, "
        f"gap {found.residual():.1e}; NumPy, one draw at a time {one * DRAWS:.1f} s, {one * DRAWS / ours:.0f} x"
    )
    year = 1e6 * ours / DRAWS / YEARS
    print(f"  one trajectory-year {year:.2f} us; one deterministic run of {YEARS} years {1e3 * one:.1f} ms (NumPy)")


def fit() -> None:
    """The process of net migration: 22 countries x 74 years."""
    rates = np.cumsum(RNG.standard_t(3, (22, 74)), axis=1) * 0.3
    process.sample(rates, 10, 1, process.Settings(), 10, 1)
    ours = seconds(lambda: process.sample(rates, 500, 1, process.Settings(), 500, 2), 2)
    plain = seconds(lambda: process.sample(rates, 500, 1, process.AZOSE_RAFTERY, 500, 2), 2)
    print(f"regime process, 1,500 sweeps: {ours:.2f} s; plain autoregression {plain:.2f} s; {1500 / ours:.0f} sweeps/s")


if __name__ == "__main__":
    national()
    fit()
