"""Errors of counts against closed forms, and the share of made-up samples whose interval holds the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.indices import errors as indices_errors
from qonys.kernels.indices import intensity as indices
from qonys.kernels.indices.fields import gini_total


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_wilson_bounds_solve_the_score_equation(size, share):
    part = round(size * share)
    for bound in indices_errors.wilson(part, size):
        assert (part / size - bound) ** 2 == pytest.approx(
            indices_errors.Z95**2 * bound * (1 - bound) / size, rel=1e-6, abs=1e-12
        )


@given(st.integers(0, 10**7))
def test_poisson_bounds_solve_the_score_equation(count):
    low, high = indices_errors.poisson_score(count)
    for bound in (low, high):
        assert (count - bound) ** 2 == pytest.approx(indices_errors.Z95**2 * bound, rel=1e-6, abs=1e-9)
    assert low <= count <= high


def test_odds_follow_the_share():
    low, high = indices_errors.odds_interval(30, 20)
    first, last = indices_errors.wilson(30, 50)
    assert low == pytest.approx(first / (1 - first))
    assert high == pytest.approx(last / (1 - last))
    assert low < 1.5 < high
    assert np.isnan(indices_errors.wilson(0, 0)[0])


def test_draws_repeat_and_differ_by_stream():
    table = np.array([[0.0, 50], [80, 0]])
    first = indices_errors.poisson_draws(table, 400, 7)
    assert (first == indices_errors.poisson_draws(table, 400, 7)).all()
    assert (first != indices_errors.poisson_draws(table, 400, 7, 1)).any()
    assert first[:, 0, 0].max() == 0
    assert first.mean(axis=0)[1, 0] == pytest.approx(80, abs=2)


def test_interval_covers_the_truth_where_plain_quantiles_do_not():
    random = np.random.default_rng(3)
    means = indices.between(random.gamma(0.8, 40, (10, 10)))
    truth, hits, plain = gini_total(means), 0, 0
    for sample in range(150):
        table = random.poisson(means).astype(float)
        value, drawn = gini_total(table), gini_total(indices_errors.poisson_draws(table, 200, sample))
        low, high = indices_errors.bootstrap_interval(value, drawn)
        hits += low <= truth <= high
        quantiles = np.quantile(drawn, [0.025, 0.975])
        plain += quantiles[0] <= truth <= quantiles[1]
    assert hits >= 0.85 * 150
    assert plain < hits


def test_too_few_figures_give_no_interval():
    drawn = np.array([[np.nan, 1.0], [np.nan, 2.0], [3.0, 3.0]])
    low, high = indices_errors.bootstrap_interval([3.0, 2.0], drawn)
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert low[1] < 2 < high[1]
