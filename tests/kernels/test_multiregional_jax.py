"""The JAX twin: the oracle's numbers, gradients against differences, and a clear word where JAX is absent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.kernels.multiregional import jax_engine as twin
from qonys.kernels.multiregional import step as mr

REGIONS, GROUPS, AGES, DRAWS, YEARS = 3, 2, 6, 2, 4


def rows(rng, *shape):
    found = rng.uniform(0, 1, shape)
    return found / found.sum(axis=-1, keepdims=True)


def made(kind: str, pooled: bool):
    rng = np.random.Generator(np.random.Philox(key=90))
    full = (REGIONS, GROUPS, 2, AGES)
    moves: mr.Dense | mr.Structured = mr.Dense(0.8 * np.eye(REGIONS) + 0.2 * rows(rng, 2, AGES, REGIONS, REGIONS))
    if pooled:
        which = rng.integers(0, 2, (2, AGES))
        moves = mr.Structured(rng.uniform(0, 0.3, (REGIONS, 2, AGES)), rows(rng, 2, REGIONS, 2), rows(rng, 2, 2, REGIONS), which)
    fertility = rng.uniform(0, 0.3, (REGIONS, GROUPS, AGES))
    tables = mr.Tables(
        rng.uniform(0.5, 1.5, full), fertility, rows(rng, GROUPS, GROUPS), moves, rng.uniform(0, 0.2, full),
        rng.uniform(0, 40, full), (0, 2, AGES - 1), rows(rng, 3, 2, GROUPS, GROUPS),
    )  # fmt: skip
    factors = [rng.uniform(0.5, 1.5, (DRAWS, YEARS, *s)) for s in ((), (GROUPS,), (REGIONS, GROUPS), (REGIONS, 1))]
    place, ratio = rng.uniform(0, 2, (DRAWS, YEARS, 2)), rng.uniform(1, 1.1, YEARS)
    drivers = mr.Drivers(rng.uniform(0.01, 0.2, (3, 2, AGES)), place, *factors, ratio, kind, first=1)
    return rng.uniform(10, 500, (3, *full)), tables, drivers


@pytest.mark.parametrize(("kind", "pooled", "timing"), [(mr.HAZARD, False, mr.END), (mr.SHARE, True, mr.EVEN)])
def test_the_twin_gives_the_oracles_numbers(kind, pooled, timing) -> None:
    pytest.importorskip("jax")
    base, tables, drivers = made(kind, pooled)
    tables = replace(tables, emigration=np.minimum(6 * tables.emigration, 1))
    found = twin.run(base, tables, drivers, timing)
    for d in range(DRAWS):
        path = mr.project(base, tables, drivers, d, timing)
        assert found.population[d] == pytest.approx(path.population, rel=1e-10)
        assert found.accounts[d] == pytest.approx(path.accounts, rel=1e-10, abs=1e-9)
    assert found.population.dtype == np.float64


def test_gradients_are_those_of_differences_and_settings_stay() -> None:
    jax = pytest.importorskip("jax")
    base, tables, drivers = made(mr.HAZARD, False)
    total = np.zeros((YEARS + 1, REGIONS, GROUPS, 2, AGES))
    total[YEARS, 1, :, :, 2:] = 1.0  # people of the second region above age 1 in the last year
    found = twin.gradient(base, tables, drivers, total)
    rng = np.random.Generator(np.random.Philox(key=91))
    for name in mr.FACTORS:
        value = getattr(drivers, name)
        assert found[name].shape == value.shape
        for _ in range(3):
            at = tuple(int(rng.integers(0, n)) for n in value.shape)
            sides = []
            for step in (1e-4, -1e-4):
                moved = value.copy()
                moved[at] += step
                path = mr.project(base, tables, replace(drivers, **{name: moved}), at[0])
                sides.append((path.population * total).sum())
            assert found[name][at] == pytest.approx((sides[0] - sides[1]) / 2e-4, rel=1e-6, abs=1e-7), (name, at)
    assert jax.numpy.zeros(1).dtype == np.float32


def test_bad_drivers_are_refused_as_by_the_oracle() -> None:
    pytest.importorskip("jax")
    base, tables, drivers = made(mr.HAZARD, False)
    with pytest.raises(ValueError, match="internal"):
        twin.run(base, tables, replace(drivers, internal=-drivers.internal))


def test_without_jax_the_error_says_what_to_install(monkeypatch) -> None:
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(twin, "import_module", absent)
    base, tables, drivers = made(mr.HAZARD, False)
    with pytest.raises(BadInput, match="qonys\\[jax\\]"):
        twin.run(base, tables, drivers)
