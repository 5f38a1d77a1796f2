"""Scores: closed form of the normal, the plain double sum, properties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qonys.kernels import scores

RNG = np.random.Generator(np.random.Philox(key=14))


def test_crps_of_a_normal_sample_meets_the_closed_form() -> None:
    """Gneiting and Raftery (2007), equation 21."""
    drawn = RNG.normal(1.0, 2.0, 200_000)
    for y in (-2.0, 1.0, 4.5):
        z = (y - 1.0) / 2.0
        exact = 2.0 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
        assert float(scores.crps(drawn, np.array(y))) == pytest.approx(exact, rel=0.01)


def test_crps_is_the_double_sum() -> None:
    drawn, actual = RNG.normal(size=(3, 4, 60)), RNG.normal(size=(3, 4))
    plain = np.abs(drawn - actual[..., None]).mean(-1)
    plain = plain - 0.5 * np.abs(drawn[..., :, None] - drawn[..., None, :]).mean(axis=(-2, -1))
    assert scores.crps(drawn, actual) == pytest.approx(plain, rel=1e-12)


def test_a_certain_forecast_scores_its_absolute_error() -> None:
    assert scores.crps(np.full((5, 1), 3.0), np.arange(5.0)) == pytest.approx(np.abs(3 - np.arange(5.0)))


def test_the_true_distribution_scores_best_on_average() -> None:
    truth = RNG.normal(size=4000)
    mean = {}
    for name, sd, shift in (("true", 1, 0), ("narrow", 0.4, 0), ("wide", 2.5, 0), ("moved", 1, 1)):
        drawn = RNG.normal(shift, sd, (4000, 200))
        low, high = scores.interval(drawn, 0.8)
        mean[name] = (scores.crps(drawn, truth).mean(), scores.interval_score(low, high, truth, 0.8).mean())
    for place in (0, 1):
        assert min(mean, key=lambda name: mean[name][place]) == "true"


def test_pit_is_uniform_for_the_truth_and_half_at_a_tie() -> None:
    drawn, truth = RNG.normal(size=(3000, 400)), RNG.normal(size=3000)
    assert stats.kstest(scores.pit(drawn, truth), "uniform").pvalue > 0.01
    assert float(scores.pit(np.array([1.0, 1.0]), np.array(1.0))) == 0.5


def test_interval_score_by_hand() -> None:
    low, high = np.array([0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0])
    found = scores.interval_score(low, high, np.array([0.5, 2.0, -0.5]), 0.8)
    assert found == pytest.approx([1.0, 1 + 10 * 1.0, 1 + 10 * 0.5])


def test_skill_and_its_interval() -> None:
    blocks = np.repeat(np.arange(30), 10)
    other = RNG.uniform(1, 2, 300)
    value, low, high = scores.skill(0.75 * other, other, blocks, 500, 1)
    assert (value, low, high) == pytest.approx((0.25, 0.25, 0.25))
    noisy, low, high = scores.skill(other + RNG.normal(0, 0.5, 300), other, blocks, 500, 1)
    assert low < 0 < high
    assert low < noisy < high
