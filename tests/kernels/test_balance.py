"""The balancing equation against closed forms and a published example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.flows.balance import (
    annual_rate,
    interval_of_two,
    offset_error,
    offset_ratio,
    residual_error,
    residual_migration,
)

PERSONS = st.floats(0, 3e7)


@given(PERSONS, PERSONS, PERSONS, st.floats(-1e7, 1e7))
def test_residual_gives_back_the_migration_put_in(start, births, deaths, migration):
    end = start + births - deaths + migration
    assert residual_migration(start, end, births, deaths) == pytest.approx(migration, abs=1e-6)


def test_a_planted_fault_breaks_the_residual():
    assert residual_migration(100, 130, 50, 20) == 0
    assert residual_migration(100, 130, 20, 50) != 0  # births and deaths exchanged


def test_errors_agree_with_simulation():
    rng = np.random.default_rng(7)
    p0, p1 = rng.normal(16e6, 2e5, 200_000), rng.normal(15e6, 1e5, 200_000)
    natural = rng.normal(1.2e6, 5e4, 200_000)
    residual = p1 - p0 - natural
    assert residual_error(2e5, 1e5, 5e4) == pytest.approx(residual.std(), rel=0.01)
    ratio = -residual / natural
    assert offset_error(-1e6, np.hypot(2e5, 1e5), 1.2e6, 5e4) == pytest.approx(ratio.std(), rel=0.03)


def test_ratio_is_not_clipped_and_not_invented():
    assert offset_ratio(100.0, -250.0) == 2.5
    assert np.isnan(offset_ratio(0.0, -250.0))


def test_rate_uses_person_years():
    assert annual_rate(300, 900, 1100, 3) == pytest.approx(100)


def test_uniform_sd():
    draws = np.random.default_rng(1).uniform(3, 9, 400_000)
    assert interval_of_two(3, 9) == pytest.approx(draws.std(), rel=0.01)
