"""Measures of the age structure: closed forms, a walk over single persons, limits, planted faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.mortality.life_tables import life_table
from qonys.kernels.structure import ageing

AGES = np.arange(101.0)


def stable(r: float, mu: float = 0.02, ages: int = 2000) -> np.ndarray:
    """Stable population of hazard `mu` and growth `r`, exact person-years in single years, both sexes alike."""
    edges = np.arange(ages + 1.0)
    people = np.diff(-np.exp(-(mu + r) * edges)) / (mu + r)
    return np.stack([people, people])


@pytest.mark.parametrize("r", [-0.01, 0.0, 0.02])
def test_dependency_in_a_stable_population(r) -> None:
    people, g = stable(r), 0.02 + r
    old = np.exp(-65 * g) / (np.exp(-20 * g) - np.exp(-65 * g))
    young = (1 - np.exp(-20 * g)) / (np.exp(-20 * g) - np.exp(-65 * g))
    assert ageing.old_dependency(people) == pytest.approx(old, rel=2e-3)
    assert ageing.child_dependency(people) == pytest.approx(young, rel=2e-3)
    assert ageing.total_dependency(people) == pytest.approx(old + young, rel=2e-3)
    assert ageing.potential_support(people) == pytest.approx(1 / old, rel=2e-3)
    assert ageing.median_age(people) == pytest.approx(np.log(2) / g, rel=2e-2)
    assert ageing.mean_age(people) == pytest.approx(1 / g, rel=2e-2)


@given(st.lists(st.integers(0, 60), min_size=8, max_size=8), st.floats(0, 6.99))
def test_beside_a_walk_over_persons(counts, age) -> None:
    """Each single year's persons stand at evenly spaced ages within it; the last age is open."""
    people = np.array([counts, counts], dtype=float)
    above = 0.0
    for x, count in enumerate(counts):
        above += count * (1.0 if x == 7 else float(np.clip(x + 1 - age, 0, 1)))
    assert ageing.persons_above(people, age)[0] == pytest.approx(above)
    median = float(ageing.median_age(people))
    if not np.isnan(median) and sum(counts):
        assert ageing.persons_above(people, median).sum() == pytest.approx(sum(counts))


def test_the_open_age_and_the_empty_are_not_numbers() -> None:
    assert np.isnan(ageing.median_age(np.array([[0.0, 1.0], [0.0, 1.0]])))
    assert np.isnan(ageing.old_dependency(np.zeros((2, 101))))
    assert np.isnan(ageing.persons_above(np.ones((2, 11)), 10.5)).all()
    assert np.isnan(ageing.prospective_age(np.full(101, 20.0)))
    with pytest.raises(ValueError, match="in order"):
        ageing.between(np.ones((2, 101)), 65, 15)


@pytest.mark.parametrize("e65", [12.0, 15.0, 19.0])
def test_prospective_age_on_a_straight_line(e65) -> None:
    expectation = np.maximum(e65 - 0.5 * (AGES - 65), 0)
    assert ageing.prospective_age(expectation) == pytest.approx(65 + (e65 - 15) / 0.5)


def test_prospective_dependency_is_the_plain_one_when_the_threshold_is_65() -> None:
    rng = np.random.Generator(np.random.Philox(key=9))
    people = rng.uniform(0, 5, (3, 2, 101))
    found = ageing.prospective_dependency(people, np.full((3, 2), 65.0))
    assert found == pytest.approx(ageing.old_dependency(people, (20, 65)))


def test_longer_life_with_the_same_people_lowers_prospective_dependency() -> None:
    people = np.ones((2, 101))
    before, after = (
        ageing.prospective_age(life_table(np.exp(-10 + 0.1 * AGES - shift), AGES, "female").e) for shift in (0, 0.3)
    )
    assert after > before
    assert ageing.prospective_dependency(people, after) < ageing.prospective_dependency(people, before)


def test_a_planted_fault_rings() -> None:
    """Ages that start a year late are caught by the closed form."""
    people = stable(0.01)
    late = np.concatenate([np.zeros((2, 1)), people[:, :-1]], axis=1)
    g = 0.03
    old = np.exp(-65 * g) / (np.exp(-20 * g) - np.exp(-65 * g))
    assert ageing.old_dependency(people) == pytest.approx(old, rel=2e-3)
    assert ageing.median_age(late) != pytest.approx(float(ageing.median_age(people)), rel=1e-2)
