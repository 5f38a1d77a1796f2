"""Effective sample sizes: of a known autoregression, of constants, and where a fit stops by them."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.effort import effort
from qonys.kernels.processes.chain_checks import effective_size
from qonys.kernels.processes.regime_process import AZOSE_RAFTERY, BLOCK, fit


def test_size_of_an_autoregression() -> None:
    """m n (1 - phi) / (1 + phi) draws of a stationary autoregression are effective."""
    rng = np.random.Generator(np.random.Philox(key=3))
    x = np.empty((2, 20_000, 3))
    phi = np.array([0.0, 0.5, 0.9])
    x[:, 0] = rng.standard_normal((2, 3))
    for t in range(1, x.shape[1]):
        x[:, t] = phi * x[:, t - 1] + np.sqrt(1 - phi**2) * rng.standard_normal((2, 3))
    assert effective_size(x) == pytest.approx(40_000 * (1 - phi) / (1 + phi), rel=0.15)


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-9, 0.1, -1 / 3, 12_345.678])
def test_all_draws_of_a_constant_count(value: float) -> None:
    """Also where the mean of equal numbers differs from them in the last digit."""
    for draws in (100, 1500, 4500):
        assert effective_size(np.full((2, draws, 1), value)) == [2 * draws]


def test_small_movement_about_a_large_level_is_no_constant() -> None:
    rng = np.random.Generator(np.random.Philox(key=4))
    walk = rng.standard_normal((2, 2000, 1)).cumsum(axis=1)
    assert effective_size(1e6 + 1e-6 * walk) == pytest.approx(effective_size(walk), rel=1e-3)


def test_a_fit_without_crises_stops_at_its_goal() -> None:
    """Its ratio and chances of crises are constants: they do not hold it up."""
    rates = np.random.Generator(np.random.Philox(key=5)).standard_normal((10, 40))
    with effort() as spent:
        _, checks = fit(rates, 100, 1, AZOSE_RAFTERY, tuple("abcdefghij"), goal=20.0)
    assert min(check.ess for check in checks) >= 20
    assert spent["country_sweeps"] < 2 * (BLOCK + 3 * BLOCK) * len(rates)
