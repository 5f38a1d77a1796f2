"""A made-up country of three regions and two groups, for tests of projections: nothing here is a figure."""

from __future__ import annotations

from functools import cache

import numpy as np

from qonys.kernels.mortality.level_model import Family
from qonys.kernels.mortality.life_tables import life_table, survival_ratios
from qonys.kernels.processes.regime_process import Posterior, Settings
from qonys.projection.national import NationalInputs, Processes
from qonys.projection.processes.migration import MigrationProcess
from qonys.projection.processes.vital import VitalProcess
from qonys.projection.regional.inputs import RegionalInputs
from qonys.projection.regional.processes import AR1Process, Deviations
from qonys.projection.regional.project import World

AGES = np.arange(101.0)
YEAR = 2023


@cache
def family() -> Family:
    """Gompertz and infant deaths at life expectancies that rise by steps of a half."""
    grid = np.arange(60.0, 90.01, 0.5)
    rates = np.empty((2, len(grid), 101))
    for s, sex in enumerate(("female", "male")):
        found = []
        for scale in np.geomspace(3, 0.02, 200):
            m = scale * (0.02 * (AGES == 0) + 0.0004 + 4e-5 * np.exp(0.095 * AGES))
            found.append((float(np.asarray(life_table(m, AGES, sex).e)[0]), m))
        levels = np.array([level for level, _ in found])
        logs = np.log(np.stack([m for _, m in found]))
        rates[s] = np.exp(np.stack([np.interp(grid, levels, logs[:, x]) for x in range(101)], axis=1))
    survival = np.stack(
        [survival_ratios(life_table(rates[i], AGES, sex), width=1) for i, sex in enumerate(("female", "male"))]
    )
    return Family(grid, rates, survival)


def posterior(count: int, mu: float, phi: float, sd: float, settings: Settings) -> Posterior:
    draws = 40
    rng = np.random.Generator(np.random.Philox(key=5))
    return Posterior(
        mu + 0.05 * rng.standard_normal((draws, count)), np.full((draws, count), phi), np.full((draws, count), sd),
        np.full(draws, 3.0), np.full(draws, 0.05), np.full(draws, 0.3), np.zeros((draws, count), np.int8),
        np.zeros((count, 5)), settings,
    )  # fmt: skip


def processes() -> Processes:
    plain = Settings(np.inf, True, np.inf, np.inf)
    fertility = VitalProcess(
        "fertility", posterior(1, 1.0, 0.8, 0.3, plain), ("AAA",), YEAR, {"AAA": 2.4}, {"AAA": 0.9}, 1.0
    )
    longevity = VitalProcess(
        "longevity", posterior(1, 0.8, 0.5, 0.2, plain), ("AAA",), YEAR, {"AAA": 74.0}, {"AAA": 0.8}, 1.0
    )
    settings = Settings()
    migration = MigrationProcess(posterior(1, -1.0, 0.8, 1.5, settings), ("AAA",), (YEAR - 1, YEAR), {"AAA": -2.0}, 1.0)
    return Processes(fertility, longevity, migration)


def schedules():
    bearing = np.exp(-0.5 * ((AGES - 28) / 6) ** 2) * ((AGES >= 15) & (AGES < 50))
    moving = 0.3 * np.exp(-0.1 * AGES) + np.exp(-0.5 * ((AGES - 24) / 8) ** 2) + 0.05
    both = np.stack([moving, moving])
    return bearing / bearing.sum(), both / both.sum()


def nation(people) -> NationalInputs:
    bearing, moving = schedules()
    gap = (np.array([60.0, 90.0]), np.array([8.0, 4.0]))
    return NationalInputs(
        country="AAA", base_year=YEAR, base=people, base_error=0.01, family=family(), sex_gap=gap,
        pattern=np.tile(bearing, (77, 1)), sex_ratio=np.full(77, 1.05), immigrant_ages=moving, emigrant_ages=moving,
        turnover=0.002,
    )  # fmt: skip


def regions(count=3, groups=2, replicates=4) -> RegionalInputs:
    """Unequal regions and groups; the second group is older, bears less and leaves more."""
    bearing, moving = schedules()
    rng = np.random.Generator(np.random.Philox(key=11))
    size = np.linspace(1, 2.2, count)[:, None] * np.linspace(1, 0.4, groups)
    young = np.exp(-AGES / 45) * (AGES < 95)
    old = np.exp(-(((AGES - 45) / 32) ** 2))
    share = np.linspace(0, 0.8, groups)[:, None]
    shape = (1 - share) * young / young.sum() + share * old / old.sum()
    base = 1e6 * size[:, :, None, None] * shape[None, :, None] * np.array([0.51, 0.49])[:, None]
    drawn = base * np.exp(0.03 * rng.standard_normal((replicates, count, groups, 1, 1)))
    fertility = bearing * (np.linspace(0.8, 1.3, count)[:, None] * np.linspace(1.1, 0.7, groups))[:, :, None]
    weight = (fertility * base[:, :, 0]).sum((0, 1)).sum() / (bearing * base[:, :, 0].sum((0, 1))).sum()
    od = np.zeros((2, 101, count, count))
    pull = np.linspace(1, 3, count)
    for o in range(count):
        others = np.where(np.arange(count) == o, 0.0, pull)
        if others.sum() > 0:
            od[:, :, o] = 0.02 * (1 + 0.3 * o) * (moving / moving.max())[..., None] * others / others.sum()
    od += (1 - od.sum(-1, keepdims=True)) * np.eye(count)
    leaving = moving * np.linspace(0.5, 3, groups)[:, None, None] * np.linspace(1.2, 0.9, count)[:, None, None, None]
    coming = moving * np.linspace(1, 2, count)[:, None, None, None] * np.linspace(2, 1, groups)[:, None, None]
    mixing = np.eye(groups) if groups == 1 else 0.94 * np.eye(groups) + 0.06 * np.eye(groups)[::-1]
    levels = {year: 1 + 0.1 * ((year * 7) % 5 - 2) for year in (2010, 2015, 2018, 2019, 2020, 2021, 2022, 2023)}
    return RegionalInputs(
        regions=tuple(f"R{i + 1}" for i in range(count)), groups=tuple(f"g{i + 1}" for i in range(groups)), base_year=YEAR, base=drawn, fertility=fertility / weight,
        mortality=np.linspace(0.95, 1.05, count)[:, None] * np.linspace(1, 1.1, groups), mixing=mixing, od=od, levels=levels, emigration=leaving, immigration=coming / coming.sum(),
        sources=("made_up",), notes=(),
    )  # fmt: skip


def world(count=3, groups=2, **changes) -> World:
    inputs = regions(count, groups)
    people = inputs.base.mean(0).sum((0, 1))
    deviations = Deviations(
        AR1Process(0.9, 0.03, 0.2), AR1Process(0.8, 0.15, 0.1), AR1Process(0.7, 0.1, 0.0, 0.0, 0.05, 8)
    )
    return World(inputs, nation(people), processes(), changes.get("deviations", deviations))
