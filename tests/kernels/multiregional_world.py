"""A made-up world of five regions and three groups for tests of the multiregional step: nothing here is a figure."""

from __future__ import annotations

import numpy as np

from qonys.kernels.multiregional import step as mr

REGIONS, GROUPS, AGES = 5, 3, 7
FIVE, FACTOR_SHAPES = 5, ((), (GROUPS,), (REGIONS, GROUPS), (REGIONS, 1))


def rng_of(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key))


def rows(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Shares that sum to 1 along the last axis, unequal and not symmetric."""
    found = rng.uniform(0, 1, shape) ** 2
    return found / found.sum(axis=-1, keepdims=True)


def dense(rng, regions=REGIONS, ages=AGES, level=0.2) -> mr.Dense:
    return mr.Dense((1 - level) * np.eye(regions) + level * rows(rng, 2, ages, regions, regions))


def low_rank(rng, regions=REGIONS, ages=AGES, rank: int | None = 2, count=3) -> mr.Structured:
    first = rows(rng, count, regions, regions if rank is None else rank)
    second = None if rank is None else rows(rng, count, rank, regions)
    which = rng.integers(0, count, (2, ages))
    return mr.Structured(rng.uniform(0, 0.3, (regions, 2, ages)), first, second, which)


def made(seed=1, regions=REGIONS, groups=GROUPS, ages=AGES, moves=None) -> mr.Tables:
    rng = rng_of(seed)
    full = (regions, groups, 2, ages)
    fertility = rng.uniform(0, 0.4, (regions, groups, ages)) * (np.arange(ages) < ages - 2)
    change = rows(rng, 3, 2, groups, groups)
    return mr.Tables(
        rng.uniform(0.5, 1.5, full), fertility, rows(rng, groups, groups), moves or dense(rng, regions, ages),
        rng.uniform(0, 0.1, full), rng.uniform(0, 40, full), (0, 3, ages - 1), change,
    )  # fmt: skip


def driven(seed=2, draws=11, years=6, ages=AGES, shapes=FACTOR_SHAPES, kind=mr.HAZARD) -> mr.Drivers:
    rng = rng_of(seed)
    mortality = np.sort(rng.uniform(0.001, 0.3, (4, 2, ages)), axis=0)
    factors = [rng.uniform(0.5, 1.5, (draws, years, *shape)) for shape in shapes]
    ratio = rng.uniform(1.03, 1.08, years)
    return mr.Drivers(mortality, rng.uniform(0, 3, (draws, years, 2)), *factors, ratio, kind)


def base_of(seed=3, regions=REGIONS, groups=GROUPS, ages=AGES, count: int | None = None) -> np.ndarray:
    shape = (regions, groups, 2, ages) if count is None else (count, regions, groups, 2, ages)
    return rng_of(seed).uniform(10, 1000, shape) * np.linspace(1.5, 0.2, ages)


MOVES = {
    "dense": lambda: dense(rng_of(8)),
    "one choice": lambda: mr.Structured(
        rng_of(9).uniform(0, 0.3, (REGIONS, 2, AGES)), rows(rng_of(9), 1, REGIONS, REGIONS)
    ),
    "choices": lambda: low_rank(rng_of(10), rank=None),
    "rank 2": lambda: low_rank(rng_of(11), rank=2),
    "rank 5": lambda: low_rank(rng_of(12), rank=FIVE),
}
