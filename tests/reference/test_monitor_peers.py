"""The monitor's forecasts of real series beside stored outputs of statsmodels (filter, regression) and statsforecast (ETS)."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qonys.catalog import open_pack
from qonys.kernels.monitoring.spans import Span, shares_of, span_filter
from qonys.monitor import learning
from qonys.monitor.increments import increments
from qonys.monitor.learning import MEMORY, PRIOR, PRIOR_NOISE, PRIOR_STEP, Learning, span_of
from qonys.monitor.series import WatchOptions
from qonys.study.analyses.release_files import releases_of_pack
from qonys.study.analyses.watched_series import series_of_pack, watched_series

HERE = Path(__file__).parent
DOCUMENT = json.loads((HERE / "peers" / "monitor.json").read_text(encoding="utf-8"))
CASES, DEATHS = DOCUMENT["cases"], DOCUMENT["cases"]["deaths"]
FLOWS = ("immigrants", "emigrants")


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def spans(flow):
    columns = CASES[flow]["spans"]
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [
        Span(one["y"], one["months"], one["variance"], one["middle"], shares_of(int(one["first"]), int(one["months"])))
        for one in rows
    ]


def forecasts(made, noise, step):
    """Means and variances (t,) of each span before it is known."""
    ours = span_filter(np.array([noise]), np.array([step]), made[0].y)
    found = []
    for one in made:
        found.append([float(part[0]) for part in ours.forecast(one)])
        ours.take(one)
    return np.array(found).T


def test_what_is_stored_says_how_it_was_made():
    assert (HERE.parents[1] / DOCUMENT["made_by"]).is_file()
    assert {"python", "statsmodels", "statsforecast"} < set(DOCUMENT["versions"])


@pytest.mark.parametrize("flow", FLOWS)
def test_increments_are_those_of_the_table(pack, flow):
    mine = [span_of(one) for one in increments(releases_of_pack(pack)[flow])]
    theirs = spans(flow)
    assert len(mine) == len(theirs) > 25
    for one, other in zip(mine, theirs, strict=True):
        assert (one.y, one.months, one.variance, one.middle) == pytest.approx((other.y, other.months, other.variance, other.middle))
        assert one.shares.tolist() == other.shares.tolist()


@pytest.mark.parametrize("flow", FLOWS)
def test_forecasts_are_those_of_another_filter(flow):
    made = spans(flow)
    for case in CASES[flow]["filtered"]:
        mean, variance = forecasts(made, case["noise"], case["step"])
        assert mean == pytest.approx(np.array(case["mean"]), rel=1e-8)
        assert variance == pytest.approx(np.array(case["variance"]), rel=1e-7)
        errors = np.array([one.y for one in made]) - mean
        likelihood = -0.5 * np.sum((np.log(2 * np.pi * variance) + errors**2 / variance)[1:])
        assert likelihood == pytest.approx(case["likelihood"], rel=1e-8)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_mixed_forecast_is_that_of_their_filters_weighed_by_hand(monkeypatch, flow):
    """The grid is that of the stored cases; the last span from all before it."""
    made, cases = spans(flow), CASES[flow]["filtered"]
    monkeypatch.setattr(learning, "NOISES", np.array(sorted({case["noise"] for case in cases})))
    monkeypatch.setattr(learning, "STEPS", np.array(sorted({case["step"] for case in cases})))
    mine = Learning(made[0].y)
    for place, one in enumerate(made[:-1]):
        mine.take(one, place > 0)
    y = np.array([one.y for one in made])
    weighed = []
    for case in cases:
        mean, variance = np.array(case["mean"]), np.array(case["variance"])
        gained = -0.5 * (np.log(variance) + (y - mean) ** 2 / variance)
        age = np.arange(len(y) - 2)[::-1]
        prior = -0.5 * PRIOR * (np.log(case["noise"] / PRIOR_NOISE) ** 2 + np.log(case["step"] / PRIOR_STEP) ** 2)
        weighed.append((prior + np.sum(MEMORY**age * gained[1:-1]), mean[-1], variance[-1]))
    logs, means, variances = np.array(weighed).T
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    middle = weights @ means
    deviation = np.sqrt(weights @ (variances + (means - middle) ** 2))
    degrees = PRIOR + sum(MEMORY**age for age in range(len(y) - 2))
    assert mine.forecast(made[-1]) == pytest.approx((middle, deviation, degrees), rel=1e-8)


@pytest.mark.parametrize("fault", ["season", "error"])
def test_a_planted_fault_does_not_agree(fault):
    """A span that begins a month late; the variance of rounding counted twice."""
    made, case = spans("immigrants"), CASES["immigrants"]["filtered"][0]
    place = next(place for place, one in enumerate(made) if one.variance > 1e-5 and one.months < 12)
    wrong = {"season": {"shares": np.roll(made[place].shares, 1)}, "error": {"variance": 2 * made[place].variance}}[fault]
    made[place] = replace(made[place], **wrong)
    mean, variance = forecasts(made, case["noise"], case["step"])
    with pytest.raises(AssertionError):
        assert [mean, variance] == [pytest.approx(np.array(case[name]), rel=1e-6) for name in ("mean", "variance")]


def test_deaths_by_month_are_expected_as_by_another_regression(pack):
    series = series_of_pack(pack, "deaths")
    assert series.counts.tolist() == DEATHS["counts"]
    found = watched_series(series, WatchOptions(base=DEATHS["base"]))
    mine = found.values["expected"].to_numpy()[DEATHS["base"] :]
    assert mine == pytest.approx(np.array(DEATHS["expected"]), rel=1e-6)
    assert found.dispersion == pytest.approx(DEATHS["dispersion"], rel=1e-6)
    z = (found.values["value"].to_numpy() - found.values["expected"].to_numpy())[DEATHS["base"] :]
    variance = DEATHS["dispersion"] * np.array(DEATHS["expected"]) + (np.array(DEATHS["error"]) * DEATHS["expected"]) ** 2
    theirs = z / np.sqrt(variance)
    shown = found.values["z"].to_numpy()[DEATHS["base"] :]
    assert np.array_equal(np.sign(shown), np.sign(theirs))
    assert np.array_equal(np.argsort(np.abs(shown)), np.argsort(np.abs(theirs))), "z is theirs on the scale of the normal"


def test_without_the_days_of_the_months_the_expectation_does_not_agree(pack):
    """Planted fault."""
    series = replace(series_of_pack(pack, "deaths"), days=None)
    found = watched_series(series, WatchOptions(base=DEATHS["base"]))
    assert np.abs(found.values["expected"].to_numpy()[60:] / np.array(DEATHS["expected"]) - 1).max() > 0.003


def test_exponential_smoothing_would_have_expected_a_like_year(pack):
    """A model of another kind: its forecast of the first year after the base lies inside of ours, and ours inside of its."""
    found = watched_series(series_of_pack(pack, "deaths"), WatchOptions(base=DEATHS["base"])).values[60:72]
    ets = {name: np.array(values) for name, values in DEATHS["ets"].items()}
    mine, low, high = (found[name].to_numpy() for name in ("expected", "low", "high"))
    assert np.abs(mine / ets["mean"] - 1).max() < 0.06
    assert ((low < ets["mean"]) & (ets["mean"] < high)).all()
    assert ((ets["lo-95"] < mine) & (mine < ets["hi-95"])).all()
    assert 0.5 < np.mean((high - low) / (ets["hi-95"] - ets["lo-95"])) < 2
    red = found["light"].to_numpy() == "red"
    beyond = (found["value"].to_numpy() < ets["lo-95"]) | (found["value"].to_numpy() > ets["hi-95"])
    assert (beyond | ~red).all(), "what is red lies outside of its limits too"
