"""The exact difference of two kinds: by hand, by another hand at random, refusals."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from qonys.errors import BadInput
from qonys.measurement.permutations import exact_difference


def test_all_choices_are_counted_as_scipy_counts_them():
    rng = np.random.default_rng(3)
    for own, others in ((3, 4), (4, 7), (5, 5)):
        one, two = rng.normal(size=own), rng.normal(1.0, size=others)
        found = exact_difference([*one, *two], [True] * own + [False] * others)
        slow = permutation_test((one, two), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis), vectorized=True,
                                n_resamples=np.inf)  # fmt: skip
        assert found.value == pytest.approx(slow.statistic)
        assert found.p == pytest.approx((np.abs(slow.null_distribution) >= abs(slow.statistic) - 1e-12).mean())
        assert found.choices == len(slow.null_distribution)
        assert found.low <= found.value <= found.high


def test_the_order_of_units_means_nothing():
    values, kind = np.array([5.0, 1.0, 6.0, 2.0, 7.0, 3.0, 4.0]), np.array([1, 0, 1, 0, 1, 0, 0], dtype=bool)
    turn = np.random.default_rng(1).permutation(7)
    assert exact_difference(values[turn], kind[turn]).p == exact_difference(values, kind).p


def test_too_few_are_refused():
    with pytest.raises(BadInput, match="at least 3"):
        exact_difference([1.0, 2.0, 3.0, 4.0, 5.0], [True, True, False, False, False])
    with pytest.raises(BadInput):
        exact_difference(np.zeros(60), np.arange(60) < 30)
