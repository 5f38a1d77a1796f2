"""Flows from net totals: the quadratic condition, recovery, infeasible nets; multiplicative components."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.flows.net_totals import components, flows_from_net


def pattern(seed: int, n: int = 6):
    rng = np.random.Generator(np.random.Philox(key=seed))
    table = rng.gamma(0.8, 100, (n, n))
    np.fill_diagonal(table, 0)
    return table, rng


def slow_fixed_point(seed, net, sweeps=5000):
    """The quadratic a^2 O + a N - I = 0 place after place."""
    n = len(net)
    a = [1.0] * n
    for _ in range(sweeps):
        for i in range(n):
            out = sum(seed[i][j] / a[j] for j in range(n))
            into = sum(seed[j][i] * a[j] for j in range(n))
            a[i] = (-net[i] + (net[i] ** 2 + 4 * out * into) ** 0.5) / (2 * out)
    return np.array([[seed[i][j] * a[i] / a[j] for j in range(n)] for i in range(n)])


@given(st.integers(0, 10_000))
def test_recovers_flows_that_differ_from_the_seed_by_place_factors(seed) -> None:
    table, rng = pattern(seed)
    factor = np.exp(rng.normal(0, 1, 6))
    truth = table * factor[:, None] / factor[None, :]
    net = truth.sum(axis=0) - truth.sum(axis=1)
    found = flows_from_net(table, net)
    assert found.converged
    np.testing.assert_allclose(found.flows, truth, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", [452, 516, 1536, 4969, 5595, 7351, 9597])
def test_the_last_steps_are_taken_though_the_objective_is_rounded(seed) -> None:
    """Patterns whose last steps were halved away: the objective was compared to its last digit."""
    table, rng = pattern(seed)
    factor = np.exp(rng.normal(0, 1, 6))
    truth = table * factor[:, None] / factor[None, :]
    assert flows_from_net(table, truth.sum(axis=0) - truth.sum(axis=1)).converged


def test_equals_the_quadratic_place_after_place() -> None:
    table, rng = pattern(4)
    net = rng.normal(0, 120, 6)
    net -= net.mean()
    np.testing.assert_allclose(flows_from_net(table, net).flows, slow_fixed_point(table, net), rtol=1e-6)


def test_diagonal_is_no_flow() -> None:
    table, _ = pattern(2)
    net = table.sum(axis=0) - table.sum(axis=1)
    found = flows_from_net(table + np.diag([1e6] * 6), net)
    np.testing.assert_allclose(found.flows, table)


def test_net_that_the_seed_forbids_is_told() -> None:
    table, _ = pattern(2)
    table[:, 3] = 0  # nobody can arrive in place 3
    found = flows_from_net(table, np.array([-50.0, 0, 0, 50, 0, 0]))
    assert not found.converged
    assert found.error >= 50


def test_components_multiply_back() -> None:
    table, _ = pattern(7)
    parts = components(table)
    np.testing.assert_allclose(parts.table(), table)
    assert parts.origin.sum() == pytest.approx(1)
    rank_one = np.outer([1.0, 2, 3], [4.0, 5])
    np.testing.assert_allclose(components(rank_one).association, 1)


def test_a_pattern_that_cannot_reach_the_net_totals_ends_without_overflow() -> None:
    pattern = np.array([[0.0, 10.0, 17.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert not flows_from_net(pattern, np.array([5.0, -2.0, -3.0])).converged
