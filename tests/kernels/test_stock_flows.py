"""Flows from stocks: published inputs, hand-made answers, a slow twin, identities, faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.flows import stock_differences
from qonys.kernels.flows.stock_flows import (
    close_system,
    independence,
    match_birthplaces,
    minimum_migration,
    open_birthplaces,
    pseudo_bayes,
    spread_births,
    spread_deaths,
)

# Example stocks of Abel (2013), Demographic Research 28:505, and Abel and Sander (2014), Science 343:1520
START = np.array([[1000.0, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]])
END = np.array([[950.0, 100, 60, 0], [80, 505, 75, 5], [90, 30, 800, 40], [40, 45, 0, 180]])
# Distances of the supplement of Abel (2018), International Migration Review 52:809
DISTANCE = np.array([[0.0, 5, 50, 500], [5, 0, 45, 495], [50, 45, 0, 450], [500, 495, 450, 0]])


def slow_minimum(start, end, seed, iterations=4000):
    """Three-way raking with the diagonal fixed at its maximum, cell by cell (ipf3 with quasi-independence)."""
    n = len(start)
    out = np.zeros((n, n, n))
    for k in range(n):
        stay = [min(start[k, i], end[k, i]) for i in range(n)]
        row = [start[k, i] - stay[i] for i in range(n)]
        col = [end[k, j] - stay[j] for j in range(n)]
        y = [[0.0 if i == j else float(seed[i][j]) for j in range(n)] for i in range(n)]
        for _ in range(iterations):
            for i in range(n):
                s = sum(y[i])
                for j in range(n):
                    y[i][j] = y[i][j] * row[i] / s if s > 0 else 0.0
            for j in range(n):
                s = sum(y[i][j] for i in range(n))
                for i in range(n):
                    y[i][j] = y[i][j] * col[j] / s if s > 0 else 0.0
        out[k] = y
    return out


def balanced(seed, n=5):
    rng = np.random.Generator(np.random.Philox(key=seed))
    start = rng.gamma(0.5, 10, (n, n)) + np.diag(rng.uniform(50, 500, n))
    end = rng.gamma(0.5, 10, (n, n)) + np.diag(rng.uniform(50, 500, n))
    return start, end * (start.sum(axis=1) / end.sum(axis=1))[:, None]


def test_published_example_has_the_flows_that_can_be_worked_by_hand() -> None:
    found = minimum_migration(START, END)
    expected = [[0, 0, 50, 0], [35, 0, 25, 0], [10, 10, 0, 0], [10, 10, 0, 0]]
    np.testing.assert_allclose(found.total(), expected)
    assert found.iterations == 0


def test_closed_form_equals_raking_cell_by_cell() -> None:
    np.testing.assert_allclose(
        minimum_migration(START, END).by_birthplace(), slow_minimum(START, END, np.ones((4, 4)), 50), atol=1e-9
    )


def test_a_seed_has_its_effect_and_equals_raking_cell_by_cell() -> None:
    found = minimum_migration(START, END, DISTANCE)
    np.testing.assert_allclose(found.by_birthplace(), slow_minimum(START, END, DISTANCE, 200), atol=1e-6)
    assert abs(found.total() - minimum_migration(START, END).total()).max() > 0.2


@given(st.integers(0, 10_000))
def test_every_method_accounts_for_every_birthplace(seed) -> None:
    start, end = balanced(seed)
    for found in (minimum_migration(start, end), independence(start, end), pseudo_bayes(start, end, 0.6)):
        tables = found.by_birthplace()
        assert (tables >= 0).all()
        np.testing.assert_allclose(tables.sum(axis=2) + found.stayers, start, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(tables.sum(axis=1) + found.stayers, end, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(found.total(), tables.sum(axis=0), atol=1e-9)
        net = found.total().sum(axis=0) - found.total().sum(axis=1)
        np.testing.assert_allclose(net, end.sum(axis=0) - start.sum(axis=0), atol=1e-8)


@given(st.integers(0, 10_000))
def test_no_table_has_fewer_moves_than_the_minimum(seed) -> None:
    start, end = balanced(seed)
    least = minimum_migration(start, end).total().sum()
    assert least == pytest.approx(np.abs(end - start).sum() / 2)
    assert independence(start, end).total().sum() >= least - 1e-9


@given(st.integers(0, 10_000))
def test_split_adds_up_and_equals_the_written_tables(seed) -> None:
    start, end = balanced(seed)
    found = pseudo_bayes(start, end)
    tables = found.by_birthplace()
    n = len(start)
    back = np.array([[tables[j, i, j] for j in range(n)] for i in range(n)])
    away = np.array([[tables[i, i, j] for j in range(n)] for i in range(n)])
    np.testing.assert_allclose(found.returning(), back, atol=1e-9)
    np.testing.assert_allclose(found.leaving_home(), away, atol=1e-9)
    rest = sum(tables[k, i, j] for k in range(n) for i in range(n) for j in range(n) if k not in (i, j))
    assert found.onward().sum() == pytest.approx(rest)


@given(st.integers(0, 10_000), st.permutations(list(range(5))))
def test_relabelling_places_relabels_flows(seed, order) -> None:
    start, end = balanced(seed)
    swap = np.ix_(order, order)
    np.testing.assert_allclose(
        pseudo_bayes(start[swap], end[swap]).total(), pseudo_bayes(start, end).total()[swap], atol=1e-9
    )


def test_splitting_a_birthplace_never_lowers_and_merging_never_raises_the_minimum() -> None:
    start, end = balanced(8)
    merged = minimum_migration(start[:2].sum(axis=0, keepdims=True), end[:2].sum(axis=0, keepdims=True))
    apart = minimum_migration(start[:2], end[:2])
    assert merged.parts[0][1].total().sum() <= apart.parts[0][1].total().sum() + 1e-9


def test_independence_within_each_birthplace() -> None:
    start, end = balanced(3)
    found = independence(start, end)
    k = 2
    expected = np.outer(start[k], end[k]) / start[k].sum()
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(found.by_birthplace()[k], expected)


def test_pseudo_bayes_weights_its_two_ends() -> None:
    start, end = balanced(3)
    low, high = minimum_migration(start, end).total(), independence(start, end).total()
    np.testing.assert_allclose(pseudo_bayes(start, end, 1.0).total(), low, atol=1e-12)
    np.testing.assert_allclose(pseudo_bayes(start, end, 0.3).total(), 0.3 * low + 0.7 * high)


def test_independence_with_a_seed_keeps_the_seed_ratios() -> None:
    start, end = balanced(6, 4)
    seed = np.random.Generator(np.random.Philox(key=1)).gamma(2, 1, (4, 4))
    found = independence(start, end, seed)
    table = found.by_birthplace()[1] + np.diag(found.stayers[1])
    ratio = lambda t: t[0, 1] * t[2, 3] / (t[0, 3] * t[2, 1])  # noqa: E731
    assert ratio(table) == pytest.approx(ratio(seed), rel=1e-8)


def test_closing_takes_half_from_each_table() -> None:
    first, last, gap = close_system(START, END + np.diag([7.0, 0, 0, 3]), 4.0)
    assert gap == pytest.approx(4.0 - (END.sum() + 10 - START.sum()))
    assert last.sum() - first.sum() == pytest.approx(4.0)
    assert START.sum() - first.sum() == pytest.approx(gap / 2)
    off = ~np.eye(4, dtype=bool)
    assert np.array_equal(first[off], START[off])


def test_births_and_deaths_are_spread_whole() -> None:
    births, deaths = np.array([80.0, 20, 40, 60]), np.array([70.0, 30, 50, 10])
    assert np.array_equal(spread_births(END, births), np.diag(births))
    np.testing.assert_allclose(spread_births(END, births, proportional=True).sum(axis=0), births)
    died = spread_deaths(START, deaths)
    np.testing.assert_allclose(died.sum(axis=0), deaths)
    assert died[1, 0] == pytest.approx(70 * 55 / 1155)


def test_matching_birthplaces_keeps_residents_and_meets_in_the_middle() -> None:
    start, end = balanced(11)
    end *= np.array([1.2, 0.9, 1.0, 1.1, 0.8])[:, None]
    end *= start.sum() / end.sum()
    first, last, shifted = match_birthplaces(start, end)
    np.testing.assert_allclose(first.sum(axis=1), last.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(first.sum(axis=0), start.sum(axis=0), rtol=1e-8)
    np.testing.assert_allclose(last.sum(axis=0), end.sum(axis=0), rtol=1e-8)
    assert shifted > 0


def test_open_system_sends_out_from_where_people_lived() -> None:
    start, end = balanced(13)
    end[0] *= 0.5
    end[3] *= 1.5
    arrivals, departures = open_birthplaces(start, end)
    assert departures[0].sum() == pytest.approx(start[0].sum() / 2)
    np.testing.assert_allclose(departures[0] / departures[0].sum(), start[0] / start[0].sum())
    np.testing.assert_allclose(arrivals[3] / arrivals[3].sum(), end[3] / end[3].sum())
    np.testing.assert_allclose((start - departures).sum(axis=1), (end - arrivals).sum(axis=1))
    _, other = open_birthplaces(start, end, own=False)
    np.testing.assert_allclose(other[0] / other[0].sum(), end[0] / end[0].sum())


def test_differences() -> None:
    zero = stock_differences.difference_zero(START, END)
    assert zero[0, 2] == 50
    assert zero[2, 1] == 0
    back = stock_differences.difference_reverse(START, END)
    assert back[1, 2] == zero[1, 2] + 10  # ten born in C left B: they return
    assert back.sum() == np.abs(END - START)[~np.eye(4, dtype=bool)].sum()


def test_rates() -> None:
    flows = stock_differences.rates_dennett(START, 500.0)
    assert flows.sum() == pytest.approx(500)
    assert flows[0, 1] / flows[2, 0] == pytest.approx(100 / 80)
    transitions = np.linalg.solve(START, END)
    np.testing.assert_allclose(transitions.sum(axis=1)[0], 1, atol=0.2)
    found = stock_differences.rates_rogers(START, END)
    assert found[0, 2] == pytest.approx(transitions[0, 2] * START[:, 0].sum())
    assert (found < 0).any()


def test_planted_fault_in_the_stayers_rings() -> None:
    start, end = balanced(1)
    found = minimum_migration(start, end)
    broken = found.by_birthplace().copy()
    broken[0, 1, 2] += 5
    assert abs(broken.sum(axis=2) + found.stayers - start).max() > 4
