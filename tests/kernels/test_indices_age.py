"""Indices of the age profile, with ages that start at 0, at 15, single and in groups. Rates are made up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import BadInput
from qonys.kernels.indices import age

AGES = np.arange(0, 101)
RATES = 0.02 * np.exp(-0.1 * AGES) + 0.06 * np.exp(-0.1 * (AGES - 20) - np.exp(-0.4 * (AGES - 20))) + 0.003


def by_loops(rates, first):
    """The indices of single years from a dictionary age -> rate."""
    at = {first + k: rate for k, rate in enumerate(rates)}
    total = sum(at.values())
    peak = max((x for x in at if 5 <= x <= 65), key=lambda x: (at[x], -x))
    around = sum(at.get(x, 0.0) for x in range(peak - 5, peak + 6))
    changes = {x: (at[x] - at[x - 1]) / total for x in at if x - 1 in at and 6 <= x <= 65}
    up = max((x for x in changes if x <= peak), key=lambda x: changes[x])
    down = min((x for x in changes if x > peak), key=lambda x: changes[x])
    return at, total, peak, around, (up, changes[up]), (down, -changes[down])


@pytest.mark.parametrize("first", [0, 1, 4, 15])
def test_single_years_equal_loops_wherever_ages_start(first):
    rates = RATES[first:]
    at, total, peak, around, up, down = by_loops(rates, first)
    found = age.age_profile(rates, AGES[first:], np.ones(101 - first))
    assert found["peak_age"] == peak == 23
    assert found["peak_intensity"] == pytest.approx(at[peak])
    assert found["peak_breadth"] == pytest.approx(around)
    assert found["peak_years"] == min(11, peak + 6 - first)
    assert found["peak_share"] == pytest.approx(100 * around / total)
    assert (found["murc_age"], found["murc"]) == (up[0], pytest.approx(up[1]))
    assert (found["mdrc_age"], found["mdrc"]) == (down[0], pytest.approx(down[1]))
    assert found["asymmetry_ages"] == pytest.approx(up[0] / down[0])
    assert found["asymmetry_rates"] == pytest.approx(up[1] / down[1])


def test_a_window_by_place_instead_of_age_would_be_wrong():
    """With ages from 0, places peak - 5 to peak + 5 counted from 1 are ages one year too young."""
    found = age.age_profile(RATES, AGES, np.ones(101))
    shifted = RATES[23 - 6 : 23 + 5].sum()
    assert found["peak_breadth"] == pytest.approx(RATES[18:29].sum())
    assert abs(found["peak_breadth"] - shifted) > 0.01


@given(st.integers(0, 3))
def test_groups_of_five_say_how_little_they_know(shift):
    widths = np.array([5.0] * 20)
    starts = 5.0 * np.arange(20) + shift
    grouped = RATES[:100].reshape(20, 5).mean(axis=1)
    found = age.age_profile(grouped, starts, widths)
    single = age.age_profile(RATES[:100], AGES[:100] + shift, np.ones(100))
    assert found["peak_width"] == 5
    assert found["peak_age"] <= single["peak_age"] < found["peak_age"] + 5
    assert found["peak_intensity"] <= single["peak_intensity"]
    assert found["peak_years"] == 11
    assert found["murc"] <= single["murc"]
    total = age.gross_migraproduction(grouped, widths)
    assert total == pytest.approx(age.gross_migraproduction(RATES[:100], np.ones(100)))


def test_breadth_of_groups_counts_parts_of_neighbours():
    found = age.age_profile([0.1, 0.2, 0.6, 0.4, 0.1], [5, 10, 15, 20, 25], [5] * 5)
    assert found["peak_breadth"] == pytest.approx(0.2 * 3 + 0.6 * 5 + 0.4 * 3)
    assert found["murc_age"] == 15
    assert found["mdrc_age"] == 25
    assert found["mdrc"] == pytest.approx(0.3 / 5 / (1.4 * 5))


def test_many_profiles_at_once():
    both = np.stack([RATES, RATES[::-1].copy() + 0.001 * (AGES == 40)])
    found = age.age_profile(both, AGES, np.ones(101))
    for row, rates in enumerate(both):
        one = age.age_profile(rates, AGES, np.ones(101))
        for key, value in one.items():
            assert found[key][row] == pytest.approx(value, nan_ok=True), key


def test_no_fall_after_a_peak_in_the_last_age_is_nan():
    found = age.age_profile([1.0, 2, 3], [5, 6, 7], [1, 1, 1])
    assert np.isnan(found["mdrc"])
    assert np.isnan(found["mdrc_age"])
    assert np.isnan(found["asymmetry_rates"])


def test_an_age_before_which_nobody_is_asked_is_no_rise():
    """Residence five years ago is not asked of children under 5: the step from nothing at 5 is of the question."""
    found = age.age_profile(np.where(AGES < 5, 0.0, RATES), AGES, np.ones(101))
    later = age.age_profile(RATES[5:], AGES[5:], np.ones(96))
    steepest = AGES[5:24][np.argmax(np.diff(RATES[5:24])) + 1]
    assert found["murc_age"] == later["murc_age"] == steepest
    assert steepest == 20
    for key in ("murc", "asymmetry_ages", "asymmetry_rates"):
        assert found[key] == pytest.approx(later[key])
    young = age.age_profile(np.where(AGES < 5, 0.0, np.exp(-0.1 * AGES)), AGES, np.ones(101))
    assert young["peak_age"] == 5
    assert np.isnan(young["murc_age"])


def test_error_by_hand():
    error = age.gross_migraproduction_error([4, 9], [100, 300], [1, 5])
    assert error == pytest.approx(np.hypot(2 / 100, 5 * 3 / 300))


def test_ages_ring():
    with pytest.raises(BadInput, match="ends at 5 and the next begins at 6"):
        age.age_groups([0, 6, 11], [5, 5, 5])
    with pytest.raises(BadInput, match="has 2 groups"):
        age.age_groups([0, 5], [5, 5])
    with pytest.raises(BadInput, match="between"):
        age.age_profile([1.0, 2, 3], [70, 71, 72], [1, 1, 1])
