"""Death rates by life expectancy: each level is met, known patterns come back, order of ages."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.mortality.level_model import AGES, _local, family
from qonys.kernels.mortality.life_tables import life_table

GROUPS = np.array([0.0, 1, *range(5, 101, 5)])


def gompertz(level: float) -> np.ndarray:
    rates = np.exp(-9.8 - level) * np.exp(0.095 * (GROUPS + 2.0)) + 0.02 * np.exp(-level) * (GROUPS == 0) + 2e-4
    return np.stack([rates, 1.5 * rates])


TABLES = np.stack([gompertz(level) for level in np.linspace(-1.2, 1.2, 15)])


def test_every_level_has_its_life_expectancy() -> None:
    grid = np.arange(60.0, 90, 0.5)
    found = family(TABLES, GROUPS, grid)
    for place, sex in enumerate(("female", "male")):
        table = life_table(found.rates[place], AGES, sex)
        assert table.e[:, 0] == pytest.approx(grid, abs=1e-6)
        assert found.survival[place, :, 0] == pytest.approx(table.L[:, 0])
        assert found.survival[place, :, 40] == pytest.approx(table.L[:, 40] / table.L[:, 39])


def test_a_given_table_comes_back_at_its_own_level() -> None:
    middle = TABLES[7]
    for place, sex in enumerate(("female", "male")):
        level = float(life_table(middle[place][None], GROUPS, sex).e[0, 0])
        found = family(TABLES, GROUPS, np.array([level - 1, level, level + 1]), width=0.7)
        ratio = found.rates[place, 1, [32, 47, 62, 77]] / np.interp([32.5, 47.5, 62.5, 77.5], GROUPS + 2.5, middle[place])
        assert ratio == pytest.approx(1, abs=0.06)


def test_beyond_the_tables_the_slope_goes_on() -> None:
    grid = np.array([88.0, 92.0, 95.0])
    found = family(TABLES, GROUPS, grid)
    assert (np.diff(found.rates[0][:, 60]) < 0).all()
    assert np.isfinite(found.rates).all()


def test_where_nobody_reaches_an_age_survival_is_zero():
    from qonys.kernels.mortality.level_model import family_survival

    rates = np.full((2, 101), 0.01)
    rates[:, 60:] = 800.0  # nobody lives past 61 in double precision
    found = family_survival(rates[:, None, :])
    assert np.isfinite(found).all()
    assert found[..., 70:].max() == 0.0
    assert abs(found[0, 0, 30] - np.exp(-0.01)) < 1e-4


def test_local_regression_is_that_of_least_squares_point_by_point():
    rng = np.random.Generator(np.random.Philox(key=5))
    levels, logs, at = np.sort(rng.uniform(50, 85, 12)), rng.normal(-5, 1, (12, 7)), np.array([40.0, 55.2, 70.0, 92.0])
    found = _local(logs, levels, at, 2.0)
    for point, row in zip(at, found, strict=True):
        near = np.clip(point, levels.min(), levels.max())
        root = np.exp(-0.25 * ((levels - near) / 2.0) ** 2)[:, None]
        design = np.column_stack([np.ones_like(levels), levels - point])
        assert row == pytest.approx(np.linalg.lstsq(design * root, logs * root, rcond=None)[0][0], rel=1e-9)
    assert _local(logs[:1], levels[:1], at, 2.0) == pytest.approx(np.tile(logs[0], (4, 1)))  # one table has no slope
