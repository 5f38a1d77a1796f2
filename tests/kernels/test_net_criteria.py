"""Flows from net totals by least squares and by linear programming: closed forms, every pattern of zeros, faults."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from qonys.kernels.flows.net_criteria import flows_by_absolute_change, flows_by_squares
from qonys.kernels.flows.net_totals import flows_from_net

CRITERIA = (flows_from_net, flows_by_squares, flows_by_absolute_change)


def net_of(flows):
    return flows.sum(axis=0) - flows.sum(axis=1)


def drawn(seed, n):
    rng = np.random.default_rng(seed)
    table = rng.gamma(0.7, 50, (n, n))
    np.fill_diagonal(table, 0)
    net = rng.normal(0, 60, n)
    return table, net - net.mean()


def by_every_set_of_zeros(seed, net):
    """Least squares as an equation for each set of cells that are zero; the nearest that has no negative flow."""
    n = len(net)
    cells = [(i, j) for i in range(n) for j in range(n) if i != j]
    best, least = None, np.inf
    for kept in product((False, True), repeat=len(cells)):
        own = [cell for cell, here in zip(cells, kept, strict=True) if here]
        m = np.array([seed[cell] for cell in own])
        effect = np.zeros((n, len(own)))
        for place, (i, j) in enumerate(own):
            effect[j, place] += 1
            effect[i, place] -= 1
        level, *_ = np.linalg.lstsq(effect * m @ effect.T, net - effect @ m, rcond=None)
        flows = m * (1 + effect.T @ level)
        if np.abs(effect @ flows - net).max() > 1e-7 or (flows < -1e-9).any():
            continue
        worth = (((flows - m) ** 2 / m).sum()) + sum(seed[cell] for cell, here in zip(cells, kept, strict=True) if not here)
        if worth < least:
            best, least = dict(zip(own, flows, strict=True)), worth
    return np.array([[best.get((i, j), 0.0) for j in range(n)] for i in range(n)])


@pytest.mark.parametrize("seed", range(6))
def test_least_squares_is_the_best_of_every_set_of_zeros(seed) -> None:
    table, net = drawn(seed, 3)
    found = flows_by_squares(table, net)
    assert found.converged
    np.testing.assert_allclose(found.flows, by_every_set_of_zeros(table, net), atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_the_fewest_persons_that_change_cells_are_half_the_gap(seed) -> None:
    """With all cells open a person in another cell mends two net totals by one each, and no way is shorter."""
    table, net = drawn(seed, 6)
    found = flows_by_absolute_change(table + 1, net)
    np.fill_diagonal(table, -1)
    assert found.converged
    assert np.abs(found.flows - table - 1).sum() == pytest.approx(np.abs(net - net_of(table + 1)).sum() / 2)


@pytest.mark.parametrize("nearest", CRITERIA)
@pytest.mark.parametrize("seed", range(3))
def test_all_meet_the_net_totals_with_no_negative_flow_and_each_is_best_by_its_own_measure(nearest, seed) -> None:
    table, net = drawn(seed, 8)
    table[2, 5] = 0
    found = nearest(table, net)
    assert found.converged
    np.testing.assert_allclose(net_of(found.flows), net, atol=1e-5)
    assert found.flows.min() >= 0
    assert found.flows[2, 5] == 0
    np.testing.assert_array_equal(np.diag(found.flows), 0)
    own = np.where(table > 0, table, 1)
    measures = {
        flows_from_net: lambda m: np.where(m > 0, m * np.log(np.where(m > 0, m, 1) / own) - m + own, own)[table > 0].sum(),
        flows_by_squares: lambda m: ((m - table) ** 2 / own).sum(),
        flows_by_absolute_change: lambda m: np.abs(m - table).sum(),
    }
    worth = [measures[nearest](other(table, net).flows) for other in CRITERIA]
    assert min(worth) == pytest.approx(worth[CRITERIA.index(nearest)])


def test_least_squares_need_few_steps() -> None:
    """Cells at zero that weigh too much slow the last steps down: with 1e-7 five of these tables had not converged."""
    for seed in range(60):
        for n in (4, 8, 15):
            table, net = drawn(seed, n)
            table[2, min(5, n - 1)] = 0
            found = flows_by_squares(table, net)
            assert found.converged, (seed, n)
            assert found.iterations < 30, (seed, n)


@pytest.mark.parametrize("nearest", CRITERIA)
def test_the_seed_itself_where_it_has_the_net_totals(nearest) -> None:
    table, _ = drawn(1, 5)
    np.testing.assert_allclose(nearest(table, net_of(table)).flows, table, atol=1e-9)


@pytest.mark.parametrize("nearest", CRITERIA)
def test_net_totals_that_zeros_forbid_are_told(nearest) -> None:
    table, _ = drawn(2, 4)
    table[:, 3] = 0
    assert not nearest(table, np.array([-50.0, 0, 0, 50])).converged
