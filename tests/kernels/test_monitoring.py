"""Charts, seasonal limits and filters of the monitor beside R's surveillance, published run lengths, statsmodels and slow twins."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import ndtr, stdtrit

from qonys.kernels.monitoring.calibration import (
    CHARTS,
    Situation,
    delay,
    false_alarm,
    limit_for,
    standardised,
    statistics,
)
from qonys.kernels.monitoring.charts import cusum, cusum_run_length, ewma, short_base
from qonys.kernels.monitoring.farrington import SeasonalBase, seasonal_limit
from qonys.kernels.monitoring.seasonal import seasonal_design, seasonal_fit
from qonys.kernels.monitoring.spans import SEASON, Span, shares_of, span_filter

PEER = json.loads((Path(__file__).parents[1] / "reference" / "peers" / "surveillance.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("name", PEER["farrington"])
def test_seasonal_limits_are_those_of_surveillance(name):
    case = PEER["farrington"][name]
    trend_p = 1.1 if case["trend"] else 0.0  # the package keeps a trend whatever its significance
    base = SeasonalBase(case["frequency"], case["years"], case["half"], case["periods"], case["left_out"], case["alpha"], trend_p, False)
    for place, expected, upper in zip(case["places"], case["expected"], case["upper"], strict=True):
        found = seasonal_limit(case["y"], int(place) - 1, base)
        assert found.expected == pytest.approx(expected, rel=1e-6)
        assert found.upper == upper


def test_a_planted_outbreak_is_weighed_down():
    y = np.array(PEER["farrington"]["months_plugin"]["y"])
    base = SeasonalBase(12, 5, 1, 4, 3)
    plain = seasonal_limit(y, 90, base)
    planted = y.copy()
    planted[90 - 24] *= 20
    assert seasonal_limit(planted, 90, base).expected < 1.2 * plain.expected
    assert seasonal_limit(y, 40, base) is None


@pytest.mark.parametrize("case", PEER["short_base"], ids=lambda case: f"gap {case['gap']}")
def test_short_bases_are_those_of_surveillance_but_for_the_quantile(case):
    """Theirs is the normal quantile without the error of the mean."""
    level = 0.999
    y = np.array(PEER["farrington"]["agona_plugin"]["y"])
    mean, upper = short_base(y, level, case["gap"])
    ours = mean + (upper - mean) * case["quantile"] / (stdtrit(6, level) * np.sqrt(8 / 7))
    np.testing.assert_allclose(ours[np.array(case["places"], dtype=int) - 1], case["upper"], rtol=1e-9, atol=1e-9)


def test_three_deviations_over_a_short_base_alarm_eleven_times_as_often():
    z = np.random.default_rng(1).normal(size=(200_000, 8))
    normal = (z[:, 7] > z[:, :7].mean(axis=1) + 3 * z[:, :7].std(axis=1, ddof=1)).mean()
    assert 10.5 < normal / (1 - ndtr(3)) < 12.5
    wide = (z[:, 7] > z[:, :7].mean(axis=1) + stdtrit(6, ndtr(3)) * np.sqrt(8 / 7) * z[:, :7].std(axis=1, ddof=1)).mean()
    assert 0.6 < wide / (1 - ndtr(3)) < 1.5


@pytest.mark.parametrize(("limit", "shift", "length"), [(4, 0, 335.37), (4, 1, 8.38), (5, 0, 930.89), (5, 1, 10.38)])
def test_run_lengths_are_the_published_ones(limit, shift, length):
    """One-sided CUSUM, reference 0.5: Lucas and Crosier (1982), Technometrics 24:199; Montgomery (2009), table 9.3, halves them."""
    assert cusum_run_length(0.5, limit, shift, 400) == pytest.approx(length, rel=1e-3)


def test_the_run_length_is_that_of_drawn_sums():
    z = np.random.default_rng(2).normal(size=(4000, 400))
    alarms = cusum(z, 0.5, 3.0)[1]
    first = np.where(alarms.any(axis=1), alarms.argmax(axis=1) + 1, np.nan)
    assert np.isnan(first).mean() < 0.05
    assert 1 / alarms.mean() == pytest.approx(cusum_run_length(0.5, 3.0), rel=0.05)


def test_sums_and_averages_are_those_of_a_plain_loop():
    z = np.random.default_rng(3).normal(size=60) + 0.4
    up, average, age = 0.0, 0.0, 0
    sums, alarms = cusum(z, 0.5, 2.0)
    sizes, risen = ewma(z, 0.2, 2.0)
    for t, one in enumerate(z):
        up = max(0.0, up + one - 0.5)
        assert sums[t] == pytest.approx(up)
        assert alarms[t] == (up > 2.0)
        up = 0.0 if up > 2.0 else up
        average, age = 0.8 * average + 0.2 * one, age + 1
        spread = np.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * age)))
        assert sizes[t] == pytest.approx(abs(average) / spread)
        assert risen[t] == (abs(average) > 2.0 * spread)
        average, age = (0.0, 0) if risen[t] else (average, age)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(("base", "dispersion"), [(12, 12.0), (60, 1.0)])
def test_false_alarms_come_as_often_as_said(chart, base, dispersion):
    situation = Situation(base, 1100.0, dispersion)
    limit = limit_for(situation, chart, 0.05)
    assert false_alarm(situation, chart, limit) == pytest.approx(0.05, abs=0.002)
    rng = np.random.default_rng(99)  # other draws than those of the calibration
    scale = max(dispersion - 1, 1e-9)
    drawn = rng.poisson(rng.gamma(1100 / scale, scale, (6000, base + 12)) if dispersion > 1 else 1100.0, (6000, base + 12)).astype(float)
    highest = statistics(standardised(drawn[:, base:], drawn[:, :base]), chart).max(axis=1)
    assert (highest > limit).mean() == pytest.approx(0.05, abs=0.012)


def test_a_limit_that_takes_the_base_as_known_alarms_too_often():
    """Planted fault: the limit of a long base used with one of twelve values."""
    limit = limit_for(Situation(400, 1100.0, 12.0), "cusum", 0.05)
    assert false_alarm(Situation(12, 1100.0, 12.0), "cusum", limit) > 0.08


def test_greater_changes_are_found_sooner():
    situation = Situation(36, 1100.0, 12.0)
    limit = limit_for(situation, "cusum", 0.05)
    found = [delay(situation, "cusum", limit, factor) for factor in (1.1, 1.25, 2.0)]
    assert found[0][0] >= found[1][0] >= found[2][0] == 1
    assert found[0][1] >= found[1][1] >= found[2][1] == 0


def test_expected_counts_are_those_of_statsmodels():
    rng, times = np.random.default_rng(4), np.arange(72)
    days = 28.0 + times % 4
    y = rng.negative_binomial(20, 20 / (20 + days * np.exp(1 + 0.2 * np.sin(times * np.pi / 6))))
    design = seasonal_design(times, 12)
    base = times < 60
    ours = seasonal_fit(y, design, base, days)
    theirs = sm.GLM(y[base], design[base], family=sm.families.Poisson(), offset=np.log(days[base])).fit(scale="X2")
    np.testing.assert_allclose(ours.expected, theirs.predict(design, offset=np.log(days)), rtol=1e-8)
    assert ours.dispersion == pytest.approx(theirs.scale, rel=1e-8)
    np.testing.assert_allclose(ours.error, np.sqrt(np.einsum("ij,jk,ik->i", design, theirs.cov_params(), design)), rtol=1e-6)


def test_the_filter_is_the_joint_normal_of_all_months():
    """Slow twin: the mean and variance of a span given the others, from the covariance of all of them at once."""
    rng = np.random.default_rng(5)
    spans, at = [], 0
    for months in (3, 6, 1, 2, 9, 3):
        spans.append(Span(float(rng.normal(7, 0.2)), months, 0.001, at + months / 2, shares_of(at % 12, months)))
        at += months
    noise, step = 0.2, 0.05
    middles, shares = np.array([one.middle for one in spans]), np.array([one.shares for one in spans])
    walk = step**2 * (np.minimum.outer(middles, middles) - middles[0])
    season = SEASON**2 * shares @ (np.eye(12) - 1 / 12) @ shares.T
    joint = 100.0 + walk + season + np.diag([noise**2 / one.months + one.variance for one in spans])
    y = np.array([one.y for one in spans])
    gain = np.linalg.solve(joint[:5, :5], joint[:5, 5])
    made = span_filter(np.array([noise]), np.array([step]), 7.0)
    for one in spans[:5]:
        made.take(one)
    mean, variance = made.forecast(spans[5])
    assert mean[0] == pytest.approx(7.0 + gain @ (y[:5] - 7.0), abs=1e-6)
    assert variance[0] == pytest.approx(joint[5, 5] - gain @ joint[:5, 5], rel=1e-5)
