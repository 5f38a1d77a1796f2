"""Decomposition: Das Gupta's published examples, brute force over all orders, properties, planted faults."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.structure import decomposition as dg

# Das Gupta (1993), Standardization and Decomposition of Rates: before, after, published effects.
PRODUCTS = {
    "earnings 1980, 2 factors": ((10930, 0.717892), (16591, 0.825974), (4369.913, 1487.262)),
    "births Austria Chile 1981, 3": (
        (51.78746, 0.45919, 0.52638),
        (84.90502, 0.75756, 0.51065),
        (10.4340, 10.5608, -0.6670),
    ),
    "births of young women 1971-1979, first 3 of 4": (
        (25.3, 0.214, 0.279, 0.949),
        (32.7, 0.290, 0.473, 0.986),
        (0.6889411, 0.8125381, 1.3829055),
    ),
}
BM = ((393, 407, 369, 274, 184, 90, 16), (488, 452, 338, 156, 63, 22, 3))
MW = ((0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800), (0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876))
WP = ((0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018), (0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019))


@pytest.mark.parametrize("name", PRODUCTS)
def test_published_products(name) -> None:
    before, after, published = PRODUCTS[name]
    effects = dg.product_effects(before, after)
    assert effects[: len(published)] == pytest.approx(published, rel=1e-4)
    assert effects.sum() == pytest.approx(np.prod(after) - np.prod(before))


def test_published_standardised_rates() -> None:
    rates = dg.product_rates((10930, 0.717892), (16591, 0.825974))
    assert rates == pytest.approx(np.array([[8437.228, 9878.553], [12807.14, 11365.82]]), rel=1e-6)


def test_published_vector_factors() -> None:
    """General fertility 1960-1970: sum over ages of births, married, and women (chapter 4)."""
    before, after = (tuple(np.array(factor[i]) for factor in (BM, MW, WP)) for i in (0, 1))
    effects = dg.product_effects(before, after).sum(axis=1)
    assert effects == pytest.approx((-7.285632, -2.720633, -1.565181), abs=1e-6)
    general = dg.das_gupta(lambda b, m, w: (b * m * w).sum(), before, after)
    assert general == pytest.approx(effects, abs=1e-10)


def test_published_function() -> None:
    """Natural increase of the United States 1940-1960 (chapter 3)."""
    assert dg.das_gupta(lambda b, d: b - d, (19.4, 10.8), (23.7, 9.5)) == pytest.approx((4.3, 1.3))


def brute(value, names):
    """Mean over all orders of changing the groups."""
    found = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        changed: frozenset[str] = frozenset()
        for name in order:
            found[name] += (value(changed | {name}) - value(changed)) / len(orders)
            changed = changed | {name}
    return np.array([found[name] for name in names])


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_enumeration_is_brute_force(k) -> None:
    rng = np.random.Generator(np.random.Philox(key=k))
    names = tuple("abcde"[:k])
    table: dict[frozenset[str], float] = {}

    def value(changed):
        if changed not in table:
            table[changed] = float(rng.normal())
        return table[changed]

    found = dg.shapley(value, names)
    assert found.effects == pytest.approx(brute(value, names), abs=1e-12)
    assert found.exact
    assert found.evaluations == 2**k
    assert not found.errors.any()


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)), min_size=1, max_size=6))
def test_products_agree_with_the_general_form(pairs) -> None:
    before, after = zip(*pairs, strict=True)
    general = dg.das_gupta(lambda *factors: np.prod(factors), before, after)
    assert dg.product_effects(before, after) == pytest.approx(general, rel=1e-9, abs=1e-9)


def test_kitagawa() -> None:
    """Two factors over cells: composition and rate as in Kitagawa (1955)."""
    p0, p1 = np.array([0.2, 0.8]), np.array([0.5, 0.5])
    m0, m1 = np.array([3.0, 7.0]), np.array([2.0, 9.0])
    effects = dg.product_effects((p0, m0), (p1, m1)).sum(axis=1)
    assert effects[0] == pytest.approx(((p1 - p0) * (m1 + m0) / 2).sum())
    assert effects[1] == pytest.approx(((m1 - m0) * (p1 + p0) / 2).sum())


def test_a_group_that_does_nothing_gets_nothing_and_equals_get_equal() -> None:
    found = dg.shapley(lambda s: float(("a" in s) + ("b" in s)) ** 2, ("a", "b", "idle"))
    assert found.effects == pytest.approx([2.0, 2.0, 0.0])
    assert found.shares() == pytest.approx([0.5, 0.5, 0.0])


def test_sampling_meets_the_exact_values_within_its_error() -> None:
    weights = np.linspace(1, 2, 11)
    names = tuple("abcdefghijk")

    def value(changed):
        return float(sum(weights[i] for i, name in enumerate(names) if name in changed)) ** 1.5

    exact = dg.shapley(value, names, most=11)
    rng = np.random.Generator(np.random.Philox(key=5))
    sampled = dg.shapley(value, names, rng, pairs=60)
    assert not sampled.exact
    assert sampled.effects.sum() == pytest.approx(value(frozenset(names)))
    assert (np.abs(sampled.effects - exact.effects) < 5 * sampled.errors + 1e-9).all()


def test_arrays_are_decomposed_cell_by_cell() -> None:
    found = dg.shapley(lambda s: np.array([len(s), 2.0 * len(s)]), ("a", "b"))
    assert found.effects == pytest.approx(np.array([[1.0, 2.0], [1.0, 2.0]]))


def test_refusals() -> None:
    with pytest.raises(ValueError, match="each once"):
        dg.shapley(lambda s: 0.0, ("a", "a"))
    with pytest.raises(ValueError, match="generator"):
        dg.shapley(lambda s: 0.0, tuple("abcdefghijk"))
    with pytest.raises(ValueError, match="same factors"):
        dg.product_effects((1.0,), (1.0, 2.0))
    with pytest.raises(ValueError, match="factors"):
        dg.das_gupta(lambda: 0.0, (), ())


def test_a_planted_fault_rings() -> None:
    """Changing one factor at a time in one order leaves the published effects."""
    before, after, published = PRODUCTS["births Austria Chile 1981, 3"]
    one_order = [np.prod([*after[: i + 1], *before[i + 1 :]]) - np.prod([*after[:i], *before[i:]]) for i in range(3)]
    assert sum(one_order) == pytest.approx(sum(published), abs=1e-3)
    assert one_order != pytest.approx(published, rel=1e-2)
