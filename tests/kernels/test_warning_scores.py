"""Scores of warnings beside scoringrules and scikit-learn, closed forms and slow twins."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from qonys.kernels.warning_scores import brier, hits_of_highest, log_score, pinball, relative_value

PEER = json.loads((Path(__file__).parents[1] / "reference" / "peers" / "warnings.json").read_text(encoding="utf-8"))["cases"]
ACTUAL, QUANTILE, CHANCE, HAPPENED = (np.array(PEER[name]) for name in ("actual", "quantile", "chance", "happened"))


@pytest.mark.parametrize("level", [0.025, 0.975])
def test_pinball_is_that_of_scoringrules(level):
    assert pinball(QUANTILE, ACTUAL, level) == pytest.approx(np.array(PEER["pinball"][str(level)]), abs=1e-14)


def test_brier_and_log_scores_are_those_of_scoringrules_and_scikit_learn():
    assert brier(CHANCE, HAPPENED) == pytest.approx(np.array(PEER["brier"]), abs=1e-14)
    assert log_score(CHANCE, HAPPENED) == pytest.approx(np.array(PEER["log_score"]), rel=1e-12)
    assert log_score(CHANCE, HAPPENED).mean() == pytest.approx(PEER["log_loss"], rel=1e-12)


@pytest.mark.parametrize("level", [0.025, 0.5, 0.975])
def test_mean_pinball_of_the_true_normal_quantile_is_its_density(level):
    """Closed form: the expected score of the true quantile of a standard normal is its density there."""
    grid = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    true = stats.norm.ppf(level)
    found = pinball(np.array(true), grid, level).mean()
    assert found == pytest.approx(stats.norm.pdf(true), abs=1e-5)
    assert all(pinball(np.array(true + off), grid, level).mean() > found for off in (-0.2, 0.2))


def test_a_certain_error_costs_without_end():
    assert np.isinf(log_score(np.array(0.0), np.array(1.0)))
    assert log_score(np.array(0.0), np.array(0.0)) == 0


@pytest.mark.parametrize("ratio", [0.05, 0.2, 0.5, 0.9])
def test_value_is_that_of_the_table_of_hits_and_false_alarms(ratio):
    """Slow twin: Richardson's equation 9 from hit rate, false alarm rate and the rate of the event."""
    acts = ratio < CHANCE
    rate = HAPPENED.mean()
    hits, false = acts[HAPPENED == 1].mean(), acts[HAPPENED == 0].mean()
    expected = (min(ratio, rate) - false * ratio * (1 - rate) + hits * rate * (1 - ratio) - rate) / (min(ratio, rate) - rate * ratio)
    assert relative_value(CHANCE, HAPPENED, ratio) == pytest.approx(expected, abs=1e-12)


def test_value_of_the_rate_alone_is_nought_and_of_an_event_that_never_comes_unknown():
    rate = np.full(30, HAPPENED.mean())
    assert relative_value(rate, HAPPENED, 0.3) == pytest.approx(0, abs=1e-12)
    assert np.isnan(relative_value(CHANCE, np.zeros(30), 0.3))


def test_hits_do_not_depend_on_the_order_of_equal_chances():
    chance, happened = np.array([0.4, 0.4, 0.4, 0.2]), np.array([1.0, 0.0, 0.0, 1.0])
    rng, years = np.random.default_rng(1), np.zeros(4, dtype=np.int64)
    orders = [rng.permutation(4) for _ in range(6)]
    found = {hits_of_highest(chance[order], happened[order], years, 2) for order in orders}
    assert {(round(hits, 12), warned) for hits, warned in found} == {(round(2 / 3, 12), 2)}
    drawn = np.mean([happened[rng.permutation(3)[:2]].sum() for _ in range(20_000)])
    assert drawn == pytest.approx(2 / 3, abs=0.02)


def test_a_year_of_fewer_releases_warns_of_all():
    years = np.array([2020, 2021, 2021])
    assert hits_of_highest(np.array([0.1, 0.9, 0.8]), np.array([1.0, 1.0, 0.0]), years, 2) == (2.0, 3)
