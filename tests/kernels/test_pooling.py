"""Pooling of statements: closed form, recovery of accuracies, coverage, whole numbers that add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from qonys.kernels.regression.normal_draws import BandedNormal, Banding, Normal
from qonys.kernels.regression.pooling import Group, Statements, round_to_total, sample, split_rhat


def case(seed: int, tails: float = np.inf, weight: float = np.inf):
    """Simulated: eight unknowns, two sources of different accuracy, weak prior."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    truth = rng.normal(0, 10, 8)
    a = np.vstack([np.eye(8), np.eye(8), np.eye(8)[:4], 0.01 * np.eye(8)])
    errors = np.ones(28)
    group = np.array([0] * 8 + [1] * 8 + [0] * 4 + [2] * 8)
    noise = np.array([1.0, 4.0, 0.0])[group] * rng.normal(size=28)
    values = a @ truth * (group < 2) + noise
    groups = (Group("a", 1.0, weight, tails), Group("b", 4.0, weight, tails), Group("prior", 1.0, np.inf))
    return truth, Statements(sparse.csr_array(a), values, errors, group, groups)


def test_known_accuracies_give_generalised_least_squares() -> None:
    _, statements = case(1)
    found = sample(statements, 4000, seed=2, warm_up=5)
    a = statements.coefficients.toarray()
    w = 1 / np.array([1.0, 4.0, 1.0])[statements.group] ** 2
    precision = a.T @ (w[:, None] * a)
    mean = np.linalg.solve(precision, a.T @ (w * statements.values))
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    np.testing.assert_allclose(found.unknowns.mean(axis=0), mean, atol=5 * sd.max() / np.sqrt(4000))
    np.testing.assert_allclose(found.unknowns.std(axis=0), sd, rtol=0.06)
    assert (found.scales == [1.0, 4.0, 1.0]).all()


def test_same_seed_same_bits_and_another_seed_other_bits() -> None:
    _, statements = case(1, 4.0, 3.0)
    first, second = sample(statements, 50, 7, 10), sample(statements, 50, 7, 10)
    assert np.array_equal(first.unknowns, second.unknowns)
    assert not np.array_equal(first.unknowns, sample(statements, 50, 8, 10).unknowns)


def test_intervals_cover_as_they_promise() -> None:
    inside = []
    for seed in range(30):
        truth, statements = case(100 + seed, weight=3.0)
        draws = sample(statements, 300, seed, 60, chains=1).unknowns
        low, high = np.quantile(draws, [0.1, 0.9], axis=0)
        inside.extend((low <= truth) & (truth <= high))
    share = np.mean(inside)
    assert abs(share - 0.8) < 4 * np.sqrt(0.16 / len(inside))


def test_worse_source_is_found_to_be_worse() -> None:
    _, statements = case(3, weight=2.0)
    scales = np.median(sample(statements, 400, 1, 100).scales, axis=0)
    assert scales[1] > 2 * scales[0]


def test_heavy_tails_resist_one_wild_statement() -> None:
    truth, plain = case(5, np.inf, np.inf)
    _, robust = case(5, 3.0, np.inf)
    for statements in (plain, robust):
        statements.values[2] += 60
    off = [abs(sample(s, 400, 1, 50).unknowns[:, 2].mean() - truth[2]) for s in (plain, robust)]
    assert off[1] < off[0] / 4


def test_rhat_rings_when_chains_disagree() -> None:
    rng = np.random.Generator(np.random.Philox(key=1))
    chains = rng.normal(size=(2, 200, 3))
    assert split_rhat(chains).max() < 1.05
    chains[1, :, 2] += 3
    assert split_rhat(chains)[2] > 1.5


@given(st.integers(0, 10_000), st.integers(-50, 50))
def test_whole_numbers_add_up(seed, total) -> None:
    values = np.random.Generator(np.random.Philox(key=seed)).normal(0, 20, (3, 7))
    values += ((total - values.sum(axis=1)) / 7)[:, None]
    found = round_to_total(values, np.full(3, total))
    assert (found.sum(axis=1) == total).all()
    assert abs(found - values).max() <= 1


def test_values_may_be_draws_of_another_model() -> None:
    a = sparse.csr_array(np.eye(2))
    statements = Statements(a, np.zeros(2), np.full(2, 1e-6), np.zeros(2, dtype=int), (Group("x", 1.0, np.inf),))
    found = sample(statements, 10, 1, 2, chains=2, values_of=lambda d: np.array([d, -d], dtype=float))
    assert found.unknowns[:, 0] == pytest.approx(np.arange(10), abs=1e-4)


class Given:
    """In place of a generator: given normals."""

    def __init__(self, normals):
        self.normals = normals

    def standard_normal(self, count):
        assert count == len(self.normals)
        return self.normals


@pytest.mark.parametrize("border", [1, 3])
def test_banded_draws_have_the_mean_and_covariance_of_the_dense_ones(border) -> None:
    """Simulated: changes of two series, their levels at some times, and unknowns that every time meets."""
    rng = np.random.Generator(np.random.Philox(key=8))
    times, n = 9, 18 + border
    change = np.eye(n)
    change[np.arange(2, 18), np.arange(16)] = -1.0  # x: changes of two series; y: their levels
    level = np.linalg.inv(change)
    counts = level[[0, 1, 7, 12, 17]]
    flows = np.eye(n)[:18] + np.hstack([np.zeros((18, 18)), rng.normal(size=(18, border))])
    sums = np.add.reduceat(np.eye(n)[:18], np.arange(0, 18, 2))
    a = np.vstack([counts, flows, sums, np.eye(n)[18:]])
    weights, values = rng.gamma(2, 1, len(a)), rng.normal(0, 5, len(a))
    dense, banded = Normal(sparse.csr_array(a)), BandedNormal(sparse.csr_array(a), Banding(sparse.csr_array(change), border))
    assert banded.width < 2 * times
    still = banded.draw(weights, values, Given(np.zeros(n)))
    assert still == pytest.approx(dense.draw(weights, values, Given(np.zeros(n))), rel=1e-8)
    moved = np.stack([banded.draw(weights, values, Given(row)) - still for row in np.eye(n)])
    np.testing.assert_allclose(moved.T @ moved, np.linalg.inv(a.T @ (weights[:, None] * a)), rtol=1e-7, atol=1e-10)


def test_a_precision_that_is_not_positive_is_refused() -> None:
    one = sparse.csr_array(np.eye(3))
    with pytest.raises(np.linalg.LinAlgError):
        BandedNormal(one, Banding(one, 1)).draw(np.array([1.0, -1.0, 1.0]), np.zeros(3), Given(np.zeros(3)))
