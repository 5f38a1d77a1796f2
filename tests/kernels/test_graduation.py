"""Single ages from groups: sums, signs, a known curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.mortality.graduation import single_ages

STARTS = np.arange(0, 101, 5)


@given(st.lists(st.integers(0, 10**6), min_size=21, max_size=21))
def test_sums_of_groups_are_kept_and_nothing_is_negative(values) -> None:
    groups = np.array(values, dtype=float)
    found = single_ages(groups, STARTS, 101)
    assert np.add.reduceat(found, STARTS) == pytest.approx(groups, rel=1e-9, abs=1e-6)
    assert (found >= -1e-6).all()


def test_a_smooth_curve_comes_back() -> None:
    ages = np.arange(101)
    curve = 1000 * np.exp(-((ages / 45.0) ** 2))
    found = single_ages(np.add.reduceat(curve, STARTS), STARTS, 101)
    assert np.abs(found[2:90] - curve[2:90]).max() < 8


def test_leading_axes_and_the_wrong_open_group() -> None:
    groups = np.arange(42.0).reshape(2, 21) + 1
    assert single_ages(groups, STARTS, 101)[1] == pytest.approx(single_ages(groups[1], STARTS, 101))
    with pytest.raises(ValueError, match="open"):
        single_ages(groups, STARTS, 100)
