"""Sensitivity: closed forms, chance as an input, ties, intervals that cover, and faults that ring."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from qonys.kernels.sensitivity import chaos, indices, sampled, tied


def sequence(inputs, log2, seed=1):
    return qmc.Sobol(inputs, seed=seed).random_base2(log2)


def ishigami(unit, a=7.0, b=0.1):
    x = np.pi * (2 * unit - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """Closed form (Saltelli et al. 2008, Global Sensitivity Analysis, section 4.4)."""
    v1, v2, v13 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, b**2 * np.pi**8 * 8 / 225
    total = v1 + v2 + v13
    return np.array([v1, v2, 0]) / total, np.array([v1 + v13, v2, v13]) / total


WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(unit, weights=WEIGHTS):
    return np.prod((np.abs(4 * unit - 2) + weights) / (1 + weights), axis=1)


def g_indices(weights=WEIGHTS):
    """Closed form (Saltelli and Sobol 1995; Sobol and Levitan 1999)."""
    own = 1 / (3 * (1 + weights) ** 2)
    variance = np.prod(1 + own) - 1
    return own / variance, own * np.prod(1 + own) / (1 + own) / variance


def test_a_linear_outcome_is_exact():
    slopes = np.array([3.0, -2.0, 0.5, 0.0])
    points = 2 * sequence(4, 6) - 1
    found = chaos.fitted(points, points @ slopes + 7, chaos.total_degree(4, 2))
    assert found.left_out == pytest.approx(1, abs=1e-12)
    known = indices.from_chaos(found.terms, found.coefficients[:, None])
    share = slopes**2 / (slopes**2).sum()
    assert known.first == pytest.approx(share, abs=1e-12)
    assert known.total == pytest.approx(share, abs=1e-12)
    assert found.gradient(np.zeros(4)) == pytest.approx(slopes, abs=1e-12)
    assert indices.shapley(found.terms, found.coefficients[:, None]) == pytest.approx(share, abs=1e-12)


def test_the_ishigami_function_by_chaos_and_by_runs():
    first, total = ishigami_indices()
    points = sequence(3, 10)
    fit = chaos.fitted(2 * points - 1, ishigami(points), chaos.total_degree(3, 9))
    assert fit.left_out > 0.999
    found = indices.from_chaos(fit.terms, fit.coefficients[:, None])
    assert found.first == pytest.approx(first, abs=1e-2)
    assert found.total == pytest.approx(total, abs=1e-2)
    assert indices.pairs(fit.terms, fit.coefficients[:, None])[0, 2] == pytest.approx(total[2], abs=1e-2)
    groups = indices.of_groups(
        fit.terms, fit.coefficients[:, None], np.array([[True, False, True], [False, True, False]])
    )
    assert groups.first == pytest.approx([1 - first[1], first[1]], abs=1e-2)
    assert groups.total == pytest.approx(groups.first, abs=1e-2)
    runs = sampled.from_runs(ishigami(sampled.crossed(sequence(6, 12))), 3)
    assert runs.first == pytest.approx(first, abs=1e-2)
    assert runs.total == pytest.approx(total, abs=1e-2)


def test_the_g_function_by_runs():
    first, total = g_indices()
    runs = sampled.from_runs(g_function(sampled.crossed(sequence(10, 13))), 5)
    assert runs.first == pytest.approx(first, abs=1e-2)
    assert runs.total == pytest.approx(total, abs=1e-2)


def test_what_a_polynomial_cannot_follow_is_told_by_the_runs_left_out():
    """The edges of the G-function: the fit passes through its points, and what it would predict is said."""
    points = sequence(5, 6)
    fit = chaos.fitted(2 * points - 1, g_function(points), chaos.total_degree(5, 2))
    assert fit.left_out < 0.9
    fresh = sequence(5, 9, seed=7)
    true = g_function(fresh)
    assert fit.left_out == pytest.approx(1 - np.square(fit.at(2 * fresh - 1) - true).mean() / true.var(), abs=0.2)


def test_left_out_is_what_refitting_without_each_point_gives():
    """A slow twin of the hat matrix."""
    points = 2 * sequence(3, 5) - 1
    y, terms = np.exp(points @ [1.0, 0.5, -0.3]), chaos.total_degree(3, 2)
    missed = 0.0
    for n in range(len(points)):
        keep = np.arange(len(points)) != n
        missed += float((chaos.fitted(points[keep], y[keep], terms).at(points[[n]])[0] - y[n]) ** 2)
    assert chaos.fitted(points, y, terms).left_out == pytest.approx(1 - missed / ((y - y.mean()) ** 2).sum(), abs=1e-10)


def test_slopes_are_those_of_small_steps():
    points = 2 * sequence(3, 8) - 1
    fit = chaos.fitted(points, np.sin(points @ [1.0, 0.5, -0.3]), chaos.total_degree(3, 4))
    at, step = np.array([0.3, -0.2, 0.7]), 1e-5
    near = [(fit.at((at + step * e)[None]) - fit.at((at - step * e)[None]))[0] / (2 * step) for e in np.eye(3)]
    assert fit.gradient(at) == pytest.approx(np.array(near), abs=1e-8)


def test_inputs_in_another_order_give_indices_in_that_order():
    order, points = np.array([2, 0, 1]), sequence(3, 9)
    terms = chaos.total_degree(3, 6)
    known, turned = (chaos.fitted(2 * points[:, o] - 1, ishigami(points), terms) for o in (np.arange(3), order))
    one, other = (indices.from_chaos(fit.terms, fit.coefficients[:, None]) for fit in (known, turned))
    assert other.total == pytest.approx(one.total[order], abs=1e-9)
    assert other.first == pytest.approx(one.first[order], abs=1e-9)


def test_an_input_that_does_nothing_is_told_so():
    points = sequence(4, 11)
    y = ishigami(points[:, :3])
    fit = chaos.fitted(2 * points - 1, y, chaos.total_degree(4, 7))
    assert indices.from_chaos(fit.terms, fit.coefficients[:, None]).total[3] < 1e-2
    design = sampled.crossed(sequence(8, 8))
    runs = sampled.from_runs(ishigami(design[:, :3]), 4)
    assert runs.total[3] == 0
    assert (runs.total_ends[:, 3] == 0).all()


def test_chance_takes_its_share():
    """Draws with another level and slope each: y_w = m_w + s_w x, x uniform of variance 1, all variances known."""
    rng = np.random.default_rng(3)
    levels, slopes = rng.normal(0, 2, 4000), rng.normal(3, 1, 4000)
    terms = np.array([[0], [1]])
    found = indices.from_chaos(terms, np.stack([levels, slopes]))
    variance = 4 + 9 + 1
    assert found.variance == pytest.approx(variance, rel=0.05)
    assert found.first[0] == pytest.approx(9 / variance, abs=0.02)
    assert found.total[0] == pytest.approx(10 / variance, abs=0.02)
    assert found.luck_first == pytest.approx(4 / variance, abs=0.02)
    assert found.luck_total == pytest.approx(5 / variance, abs=0.02)


def gaussian(points, correlation, wide=4.0):
    """Weights of two correlated normals on a grid of +- `wide` standard deviations."""
    x, y = np.meshgrid(wide * points, wide * points, indexing="ij")
    found = np.exp(-(x**2 - 2 * correlation * x * y + y**2) / (2 * (1 - correlation**2)))
    return found / found.sum()


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.6])
def test_tied_normals_have_their_closed_form(correlation):
    """b1 x1 + b2 x2 of correlated normals (Owen and Prieur 2017, section 4.1)."""
    nodes, wide = np.linspace(-1, 1, 401), 5.0
    b1, b2 = 1.0, 2.0
    terms = np.array([[0, 0], [1, 0], [0, 1]])
    coefficients = np.array([0.0, b1, b2]) * wide / np.sqrt(3)
    found = tied.shapley_tied(terms, coefficients, (0, 1), nodes, gaussian(nodes, correlation, wide))
    variance = b1**2 + b2**2 + 2 * correlation * b1 * b2
    shared = correlation**2 * (b2**2 - b1**2) / 2
    known = np.array([b1**2 + shared, b2**2 - shared]) + correlation * b1 * b2
    assert found == pytest.approx(known / variance, abs=1e-3)


def test_a_pair_that_is_not_tied_shares_as_independent_inputs():
    rng = np.random.default_rng(5)
    terms = chaos.total_degree(4, 3)
    coefficients = rng.normal(size=len(terms))
    nodes, parts = np.polynomial.legendre.leggauss(12)
    weights = np.outer(parts, parts) / 4
    found = tied.shapley_tied(terms, coefficients, (1, 3), nodes, weights)
    assert found == pytest.approx(indices.shapley(terms, coefficients[:, None]), abs=1e-12)
    assert found.sum() == pytest.approx(1)


def test_bad_input_is_refused():
    points = 2 * sequence(2, 3) - 1
    with pytest.raises(ValueError, match="8 points do not fit 10 terms"):
        chaos.fitted(points, points[:, 0], chaos.total_degree(2, 3))
    with pytest.raises(ValueError, match="tell the terms apart"):
        chaos.fitted(np.zeros((9, 2)), np.zeros(9), chaos.total_degree(2, 1))
    with pytest.raises(ValueError, match="no multiple of 4"):
        sampled.from_runs(np.zeros(7), 2)
    with pytest.raises(ValueError, match="sum to 1"):
        tied.shapley_tied(np.array([[0, 0], [1, 0]]), np.ones(2), (0, 1), np.zeros(2), np.ones((2, 2)))


def test_an_outcome_that_does_not_vary_has_no_indices():
    points = 2 * sequence(2, 4) - 1
    fit = chaos.fitted(points, np.full(16, 3.0), chaos.total_degree(2, 1))
    assert np.isnan(fit.left_out)
    assert np.isnan(indices.from_chaos(fit.terms, np.zeros((3, 1))).total).all()


def test_a_swapped_sample_rings():
    """A planted fault: rows of one part of the design out of order give other indices by far."""
    y = ishigami(sampled.crossed(sequence(6, 10)))
    wrong = sampled.from_runs(np.concatenate([np.roll(y[:1024], 1), y[1024:]]), 3)
    assert np.abs(wrong.total - ishigami_indices()[1]).max() > 0.1


@pytest.mark.long
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_cover_as_often_as_they_say(level):
    """200 repetitions of the runs, and of the chaos of an outcome with a rest that no term follows."""
    truth, hits = ishigami_indices()[1], []
    for seed in range(200):
        runs = sampled.from_runs(ishigami(sampled.crossed(sequence_free(6, 256, seed))), 3, level, seed=seed)
        hits.append((runs.total_ends[0] <= truth) & (truth <= runs.total_ends[1]))
    assert abs(np.mean(hits) - level) < 0.04


def sequence_free(inputs, count, seed):
    return np.random.default_rng(seed).uniform(size=(count, inputs))
