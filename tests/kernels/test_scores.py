"""Scores: closed forms, plain twins, propriety, and planted faults that must ring."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qonys.kernels import scores

RNG = np.random.Generator(np.random.Philox(key=14))
FORECASTS = (("true", 1, 0), ("narrow", 0.4, 0), ("wide", 2.5, 0), ("moved", 1, 1))


def test_crps_of_a_normal_sample_meets_the_closed_form() -> None:
    """Gneiting and Raftery (2007), equation 21."""
    drawn = RNG.normal(1.0, 2.0, 200_000)
    for y in (-2.0, 1.0, 4.5):
        exact = float(scores.crps_normal(np.array(1.0), np.array(2.0), np.array(y)))
        assert float(scores.crps(drawn, np.array(y))) == pytest.approx(exact, rel=0.01)


def test_closed_form_is_the_integral_of_the_squared_distance() -> None:
    """CRPS = integral of (F(x) - 1(x >= y))^2, by the trapezoid rule."""
    x = np.linspace(-30, 30, 400_001)
    for mean, sd, y in ((0.0, 1.0, 0.3), (2.0, 0.5, -1.0), (-1.0, 3.0, 4.0)):
        plain = np.trapezoid((stats.norm.cdf(x, mean, sd) - (x >= y)) ** 2, x)
        assert float(scores.crps_normal(np.array(mean), np.array(sd), np.array(y))) == pytest.approx(plain, abs=2e-4)
    assert float(scores.crps_normal(np.array(1.0), np.array(0.0), np.array(3.0))) == 2.0


def test_crps_is_the_double_sum() -> None:
    drawn, actual = RNG.normal(size=(3, 4, 60)), RNG.normal(size=(3, 4))
    far = np.abs(drawn - actual[..., None]).mean(-1)
    pairs = np.abs(drawn[..., :, None] - drawn[..., None, :]).sum(axis=(-2, -1))
    assert scores.crps(drawn, actual) == pytest.approx(far - 0.5 * pairs / 60**2, rel=1e-12)
    assert scores.crps(drawn, actual, fair=True) == pytest.approx(far - 0.5 * pairs / (60 * 59), rel=1e-12)


@given(st.integers(2, 12), st.floats(-50, 50), st.floats(0.1, 20), st.integers(0, 10_000))
def test_crps_moves_and_scales_with_the_unit(n: int, shift: float, scale: float, seed: int) -> None:
    rng = np.random.Generator(np.random.Philox(key=seed))
    drawn, y = rng.normal(size=n), np.array(rng.normal())
    for fair in (False, True):
        one = scores.crps(drawn, y, fair)
        other = scores.crps(shift + scale * drawn, shift + scale * y, fair)
        assert other == pytest.approx(scale * float(one), rel=1e-6, abs=1e-9)
    assert scores.crps(drawn, y) >= -1e-12


def test_the_fair_form_does_not_favour_large_ensembles() -> None:
    """Its mean over many outcomes is that of the distribution, whatever the number of draws."""
    truth = RNG.normal(size=60_000)
    exact = float(scores.crps_normal(np.zeros(1), np.ones(1), truth).mean())
    small = RNG.normal(size=(60_000, 3))
    fair, plain = (float(scores.crps(small, truth, fair).mean()) for fair in (True, False))
    assert fair == pytest.approx(exact, abs=0.01)
    assert plain - exact > 0.1


def test_planted_fault_the_plain_form_calls_three_draws_of_the_truth_worse() -> None:
    """What the fair form is for: without it a wrong forecast of many draws beats the truth told by few."""
    truth = RNG.normal(size=20_000)
    few, many = RNG.normal(size=(20_000, 3)), RNG.normal(0, 1.4, (20_000, 200))
    assert scores.crps(few, truth).mean() > scores.crps(many, truth).mean()
    assert scores.crps(few, truth, True).mean() < scores.crps(many, truth, True).mean()


def test_a_certain_forecast_scores_its_absolute_error() -> None:
    assert scores.crps(np.full((5, 1), 3.0), np.arange(5.0)) == pytest.approx(np.abs(3 - np.arange(5.0)))
    with pytest.raises(ValueError, match="two draws"):
        scores.crps(np.ones((5, 1)), np.ones(5), fair=True)


def test_the_true_distribution_scores_best_on_average() -> None:
    """Propriety of CRPS and interval score."""
    truth = RNG.normal(size=4000)
    mean = {}
    for name, sd, shift in FORECASTS:
        drawn = RNG.normal(shift, sd, (4000, 200))
        found = scores.interval_score(*scores.interval(drawn, 0.8), truth, 0.8)
        mean[name] = (scores.crps(drawn, truth).mean(), found.mean())
    for place in range(2):
        assert min(mean, key=lambda name: mean[name][place]) == "true"


def test_pit_is_uniform_for_the_truth_and_half_at_a_tie() -> None:
    drawn, truth = RNG.normal(size=(3000, 400)), RNG.normal(size=3000)
    assert stats.kstest(scores.pit(drawn, truth), "uniform").pvalue > 0.01
    assert float(scores.pit(np.array([1.0, 1.0]), np.array(1.0))) == 0.5


def test_randomised_pit_is_uniform_for_few_draws_and_for_counts() -> None:
    """Planted fault: without the random part the same forecasts look far from uniform."""
    drawn, truth = RNG.poisson(1.0, (4000, 4)).astype(float), RNG.poisson(1.0, 4000).astype(float)
    luck = np.random.Generator(np.random.Philox(key=3))
    assert stats.kstest(scores.pit(drawn, truth, luck), "uniform").pvalue > 0.01
    assert stats.kstest(scores.pit(drawn, truth), "uniform").pvalue < 1e-6


def test_uniformity_tells_narrow_wide_and_moved_forecasts() -> None:
    truth = RNG.normal(size=2000)
    seen = {name: scores.uniformity(scores.pit(RNG.normal(m, sd, (2000, 300)), truth)) for name, sd, m in FORECASTS}
    assert seen["true"].probability > 0.01
    assert seen["narrow"].spread > 1.5 > 0.7 > seen["wide"].spread
    assert seen["moved"].mean < 0.4
    assert max(seen[name].probability for name in ("narrow", "wide", "moved")) < 1e-6
    with pytest.raises(ValueError, match="0 to 1"):
        scores.uniformity(np.array([0.5, 1.2]))


def test_uniformity_by_blocks_holds_its_size_where_cases_repeat() -> None:
    """Planted fault: ten equal values a country; the plain test rejects the truth far too often, blocks do not."""
    plain, blocked = 0, 0
    blocks = np.repeat(np.arange(22), 10)
    for _ in range(60):
        values = np.repeat(RNG.random(22), 10)
        plain += scores.uniformity(values).probability < 0.05
        blocked += scores.uniform_by_blocks(values, blocks, 300, 1) < 0.05
    assert plain > 15
    assert blocked < 10
    assert scores.uniform_by_blocks(RNG.beta(4, 4, 220), blocks, 300, 1) < 0.02
    with pytest.raises(ValueError, match="two or more blocks"):
        scores.uniform_by_blocks(np.full(4, 0.5), np.zeros(4, dtype=np.int64), 10, 1)


def test_interval_score_and_inside_by_hand() -> None:
    low, high, came = np.zeros(3), np.ones(3), np.array([0.5, 2.0, -0.5])
    assert scores.interval_score(low, high, came, 0.8) == pytest.approx([1.0, 1 + 10 * 1.0, 1 + 10 * 0.5])
    assert scores.inside(low, high, np.array([0.0, 1.0, 1.1])).tolist() == [1, 1, 0]


def test_percentage_errors_by_hand_and_refused_where_signs_change() -> None:
    forecast, actual = np.array([[110.0, 80.0], [100.0, 130.0]]), np.full((2, 2), 100.0)
    assert scores.mape(forecast, actual, 0) == pytest.approx([5, 25])
    assert scores.malpe(forecast, actual, 0) == pytest.approx([5, 5])
    assert float(scores.malpe(forecast, actual)) == pytest.approx(5)
    with pytest.raises(ValueError, match="above zero"):
        scores.mape(np.ones(2), np.array([1.0, -1.0]))


def test_skill_and_its_interval() -> None:
    blocks = np.repeat(np.arange(30), 10)
    other = RNG.uniform(1, 2, 300)
    value, low, high = scores.skill(0.75 * other, other, blocks, 500, 1)
    assert (value, low, high) == pytest.approx((0.25, 0.25, 0.25))
    noisy, low, high = scores.skill(other + RNG.normal(0, 0.5, 300), other, blocks, 500, 1)
    assert low < 0 < high
    assert low < noisy < high
    assert np.isnan(scores.skill(other, other, np.zeros(300, dtype=np.int64), 50, 1)[1])


def test_block_means_are_wider_than_if_cases_were_independent() -> None:
    country = np.repeat(RNG.normal(size=30), 10)
    _, low, high = scores.block_mean(country, np.repeat(np.arange(30), 10), 1000, 1)
    _, narrow_low, narrow_high = scores.block_mean(country, np.arange(300), 1000, 1)
    assert high - low > 2 * (narrow_high - narrow_low)
    assert high - low == pytest.approx(2 * 1.96 * country.std() / np.sqrt(30), rel=0.2)
