"""Separation and repeated columns: the iterative rectifier as the other hand, published pattern, planted faults."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.regression.demeaning import codes_of, demeaned
from qonys.kernels.regression.separation import repeated_columns, separated


def rectifier(y: np.ndarray, x: np.ndarray, tolerance: float = 1e-5) -> np.ndarray:
    """Rows found by Correia, Guimaraes and Zylkin (2021), algorithm 1, with dense least squares."""
    positive = y > 0
    u = (~positive).astype(float)
    weight = np.where(positive, positive.sum() / tolerance**2, 1.0)
    for _ in range(5000):
        root = np.sqrt(weight)
        fitted = x @ np.linalg.lstsq(x * root[:, None], u * root, rcond=1e-14)[0]
        fitted[np.abs(fitted) < tolerance] = 0.0
        if (fitted[~positive] >= 0).all():
            return (fitted > 0) & ~positive
        u = np.where(positive, 0.0, np.maximum(fitted, 0.0))
    raise AssertionError("the rectifier did not settle")


@pytest.mark.parametrize("seed", range(12))
def test_the_iterative_rectifier_finds_the_same_rows(seed) -> None:
    rng = np.random.default_rng(seed)
    n = 40
    x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.2, rng.random(n) < 0.15]).astype(float)
    y = np.where((x[:, 1] + x[:, 2] > 0) & (rng.random(n) < 0.85), 0, rng.poisson(2, n)).astype(float)
    found = separated(y, x, [np.zeros(n, dtype=int)])
    assert found.rows.tolist() == rectifier(y, np.column_stack([np.ones(n), x])).tolist()


def test_a_combination_separates_although_neither_regressor_does_alone() -> None:
    y = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0])
    x = np.array([[2.0, -1.0], [-1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [5.0, -5.0], [6.0, -6.0]])
    found = separated(y, x, [np.zeros(6, dtype=int)])
    assert found.rows.tolist() == [True, True, False, False, False, False]
    assert found.columns == (0, 1)


def test_overlap_is_not_separation() -> None:
    y = np.array([0.0, 0.0, 1.0, 2.0])
    found = separated(y, np.array([[1.0], [-1.0], [0.0], [0.0]]), [np.zeros(4, dtype=int)])
    assert not found.rows.any()
    assert found.columns == ()


def test_groups_of_zeros_leave_again_and_again() -> None:
    """Without the rows of the first group the second grouping has an empty level too."""
    y = np.array([0.0, 0.0, 0.0, 2.0, 3.0])
    found = separated(y, np.arange(5.0)[:, None], [np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 2, 2])])
    assert found.rows.tolist() == [True, True, True, False, False]
    assert found.by_effects == 3


def test_repeated_columns_are_found_with_what_they_repeat() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 30))
    groups = rng.integers(0, 4, 30)
    x = np.column_stack([a, b, 2 * a - b + groups, groups])
    assert repeated_columns(x, [codes_of(groups)]) == [(2, (0, 1)), (3, ())]
    x[0, 2] += 1e-3
    assert repeated_columns(x, [codes_of(groups)]) == [(3, ())]


def test_residuals_of_groupings_are_those_of_dummies() -> None:
    rng = np.random.default_rng(2)
    groups = [rng.integers(0, 5, 60), rng.integers(0, 7, 60), rng.integers(0, 3, 60)]
    x, w = rng.normal(size=(60, 2)), rng.uniform(0.2, 3, 60)
    d = np.column_stack([np.eye(codes.max() + 1)[codes] for codes in groups])
    root = np.sqrt(w)[:, None]
    plain = x - d @ np.linalg.lstsq(d * root, x * root, rcond=None)[0]
    assert demeaned(x, groups, w) == pytest.approx(plain, abs=1e-8)
    with pytest.raises(ValueError, match="one length"):
        demeaned(x, [groups[0][:5]])
