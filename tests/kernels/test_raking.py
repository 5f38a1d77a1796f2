"""Raking against its plain twin, closed forms, and faults that must be named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.flows.raking import CONVERGED, INCONSISTENT, INFEASIBLE, margin_sum, rake, rake_plain
from qonys.kernels.flows.sinkhorn import closed_form, scale


def random_case(seed: int, shape: tuple[int, ...], axes: list[tuple[int, ...]]):
    rng = np.random.Generator(np.random.Philox(key=seed))
    truth, start = rng.gamma(0.7, 1, shape), rng.gamma(2.0, 1, shape)
    return start, truth, [(inside, margin_sum(truth, inside)) for inside in axes]


CASES = [
    ((4, 7), [(0,), (1,)]),
    ((3, 5, 4), [(0, 1), (0, 2), (1, 2)]),
    ((3, 4, 2, 5), [(0, 1), (0, 2, 3), (1, 2, 3)]),
    ((3, 4, 2, 5), [(0, 3), (1,), (0, 2)]),
    ((6,), [(0,)]),
    ((2, 3, 4), [(0,), (1,), (2,)]),
]


@pytest.mark.parametrize(("shape", "axes"), CASES)
def test_equals_the_plain_twin(shape, axes) -> None:
    start, _, margins = random_case(3, shape, axes)
    found = rake(start, margins, 1e-12)
    assert found.status == CONVERGED
    np.testing.assert_allclose(found.table, rake_plain(start, margins, 1e-12), rtol=1e-9)
    for inside, target in margins:
        np.testing.assert_allclose(margin_sum(found.table, inside), target, rtol=1e-8)


def test_deming_and_stephan_keeps_the_cross_product_ratios() -> None:
    start, _, margins = random_case(5, (3, 4), [(0,), (1,)])
    found = rake(start, margins).table
    ratio = lambda t: t[0, 0] * t[2, 3] / (t[0, 3] * t[2, 0])  # noqa: E731
    assert ratio(found) == pytest.approx(ratio(start), rel=1e-9)


@given(st.integers(0, 10_000))
def test_result_is_nearer_to_the_seed_than_any_other_table_of_the_same_margins(seed) -> None:
    start, truth, margins = random_case(seed, (3, 4), [(0,), (1,)])
    found = rake(start, margins, 1e-11).table

    def divergence(table):
        return float((table * np.log(table / start)).sum() - table.sum())

    assert divergence(found) <= divergence(truth) + 1e-9


@given(st.integers(0, 10_000), st.floats(0.01, 1e6))
def test_scale_of_the_seed_does_not_matter(seed, factor) -> None:
    start, _, margins = random_case(seed, (3, 4, 2), [(0, 1), (2,)])
    np.testing.assert_allclose(rake(start * factor, margins).table, rake(start, margins).table, rtol=1e-6)


def test_same_input_gives_the_same_bits() -> None:
    start, _, margins = random_case(9, (5, 6, 3), [(0, 1), (1, 2)])
    assert np.array_equal(rake(start, margins).table, rake(start, margins).table)


def test_seed_is_left_alone() -> None:
    start, _, margins = random_case(9, (5, 6), [(0,), (1,)])
    kept = start.copy()
    rake(start, margins)
    assert np.array_equal(start, kept)


def test_empty_seed_row_with_a_target_is_infeasible_and_named() -> None:
    start = np.array([[0.0, 0.0], [1.0, 2.0]])
    found = rake(start, [((0,), np.array([5.0, 5.0])), ((1,), np.array([4.0, 6.0]))])
    assert found.status == INFEASIBLE
    assert [(cell.margin, cell.index, cell.target) for cell in found.cells] == [(0, (0,), 5.0)]


def test_zeros_that_forbid_the_margins_are_infeasible() -> None:
    start = np.array([[1.0, 0.0], [1.0, 1.0]])
    found = rake(start, [((0,), np.array([6.0, 4.0])), ((1,), np.array([5.0, 5.0]))], max_iterations=300)
    assert found.status == INFEASIBLE
    assert found.cells
    assert found.greatest_error > 0.5


def test_zero_target_on_zero_seed_is_no_fault() -> None:
    found = rake(np.array([[0.0, 0.0], [1.0, 2.0]]), [((0,), np.array([0.0, 9.0])), ((1,), np.array([4.0, 5.0]))])
    assert found.status == CONVERGED
    assert found.table.tolist() == [[0.0, 0.0], [4.0, 5.0]]


def test_margins_that_disagree_are_inconsistent_and_named() -> None:
    margins = [((0, 1), np.array([[1.0, 2.0], [3.0, 4.0]])), ((1,), np.array([4.0, 7.0]))]
    found = rake(np.ones((2, 2)), margins)
    assert found.status == INCONSISTENT
    assert [(cell.index, cell.found, cell.target) for cell in found.cells] == [((1,), 7.0, 6.0)]


def test_totals_that_disagree_are_inconsistent() -> None:
    found = rake(np.ones((2, 2)), [((0,), np.array([1.0, 2.0])), ((1,), np.array([1.0, 3.0]))])
    assert found.status == INCONSISTENT
    assert found.cells[0].index == ()


def test_many_tables_at_once_equal_each_alone() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    seed, truth = rng.gamma(2, 1, (4, 5)), rng.gamma(1, 1, (3, 4, 5))
    rows, columns = truth.sum(axis=2), truth.sum(axis=1)
    found = scale(rows, columns, seed)
    for k in range(3):
        alone = rake(seed, [((0,), rows[k]), ((1,), columns[k])], 1e-12).table
        np.testing.assert_allclose(found.tables()[k], alone, rtol=1e-7)
    np.testing.assert_allclose(found.total(), found.tables().sum(axis=0), rtol=1e-12)


def test_closed_form_is_raking_of_ones() -> None:
    rng = np.random.Generator(np.random.Philox(key=4))
    truth = rng.gamma(1, 1, (3, 4, 5))
    rows, columns = truth.sum(axis=2), truth.sum(axis=1)
    rows[1], columns[1] = 0, 0
    found = closed_form(rows, columns)
    np.testing.assert_allclose(found.tables(), scale(rows, columns, np.ones((4, 5))).tables(), rtol=1e-9, atol=1e-12)


def test_row_that_no_column_can_take_shows_its_error() -> None:
    seed = np.array([[0.0, 0.0], [1.0, 1.0]])
    found = scale(np.array([[3.0, 2.0]]), np.array([[2.0, 3.0]]), seed, max_iterations=50)
    assert found.error >= 3.0 - 1e-9
