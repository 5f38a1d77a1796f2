"""Segmented regression and combinations of donors beside statsmodels, a general solver and the conditions of an optimum."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize

from qonys.kernels.evaluation.interrupted import autoregressive_fit, lag_rule, robust_fit, segmented_design
from qonys.kernels.evaluation.simplex import combination_range, nearest_combination


def panel(seed, times, donors):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(times, 3)) @ rng.normal(size=(3, donors)) + 0.3 * rng.normal(size=(times, donors))
    return x @ rng.dirichlet(np.ones(donors)) + 0.5 * rng.normal(size=times), x


@pytest.mark.parametrize(("seed", "times", "donors"), [(1, 4, 30), (2, 20, 19), (3, 40, 49), (4, 12, 2), (5, 3, 3), (6, 30, 60)])
def test_no_donor_could_bring_the_combination_nearer(seed, times, donors):
    """Karush, Kuhn and Tucker: the slope of each donor in use is the least of all."""
    y, x = panel(seed, times, donors)
    w = nearest_combination(y, x).weights
    slopes = x.T @ (x @ w - y)
    assert (w >= 0).all()
    assert w.sum() == pytest.approx(1, abs=1e-12)
    assert w @ slopes - slopes.min() < 1e-8 * np.abs(slopes).max() + 1e-10
    assert (w > 0).sum() <= times + 1


def test_a_general_solver_comes_no_nearer():
    y, x = panel(7, 15, 8)
    ours = nearest_combination(y, x).weights
    theirs = minimize(lambda w: np.sum((y - x @ w) ** 2), np.full(8, 1 / 8), bounds=[(0, 1)] * 8, method="SLSQP",
                      constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 900}).x  # fmt: skip
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    planted = np.roll(ours, 1)
    assert np.sum((y - x @ planted) ** 2) > np.sum((y - x @ ours) ** 2) * 1.01


def test_equal_donors_leave_a_range():
    y, x = panel(8, 10, 5)
    twins = np.column_stack([x, x])
    fit = nearest_combination(y, twins)
    value = np.arange(10.0)
    low, high = combination_range(fit, twins, value)
    pairs = fit.weights[:5] + fit.weights[5:]
    assert low == pytest.approx(pairs @ value[:5], abs=1e-6)
    assert high == pytest.approx(pairs @ value[5:], abs=1e-6)


def series(seed, n=40, at=25):
    rng = np.random.default_rng(seed)
    errors = np.zeros(n)
    for i in range(1, n):
        errors[i] = 0.5 * errors[i - 1] + rng.normal()
    design = segmented_design(np.arange(n), at)
    return design @ [5.0, 0.3, 4.0, 0.5] + errors, design


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_robust_errors_are_those_of_statsmodels(seed):
    y, x = series(seed)
    ours = robust_fit(y, x, lag_rule(len(y)))
    theirs = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lag_rule(len(y)), "use_correction": True})
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-9)
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 3])
def test_autoregressive_errors_are_those_of_statsmodels(seed):
    """Exact maximum likelihood by another algorithm: a Kalman filter."""
    y, x = series(seed)
    ours = autoregressive_fit(y, x)
    model = sm.tsa.SARIMAX(y, exog=x, order=(1, 0, 0))
    start = [*ours.coefficients + 0.01, ours.memory - 0.02, 1.0]
    theirs = model.fit(start, disp=0, maxiter=2000, method="nm", xtol=1e-9, ftol=1e-12)
    np.testing.assert_allclose(ours.coefficients, theirs.params[:4], rtol=1e-4)
    assert ours.memory == pytest.approx(theirs.params[4], abs=1e-4)
    variance = theirs.params[5] * len(y) / ours.degrees
    gls = sm.GLS(y, x, sigma=ours.memory ** np.abs(np.subtract.outer(np.arange(40), np.arange(40)))).fit()
    np.testing.assert_allclose(ours.coefficients, gls.params, rtol=1e-8)
    np.testing.assert_allclose(ours.covariance, gls.normalized_cov_params * variance / (1 - ours.memory**2), rtol=1e-3)


def test_seasons_are_told_apart_from_the_step():
    times = np.arange(48.0)
    y = 10 + 3 * (times % 4 == 2) + 5 * (times >= 30)
    fit = robust_fit(y, segmented_design(times, 30, 4, slope=False), 3)
    assert fit.coefficients[-1] == pytest.approx(5)
    planted = robust_fit(y, segmented_design(times, 31, 4, slope=False), 3)
    assert planted.coefficients[-1] != pytest.approx(5, abs=0.1)
