"""Event studies and interrupted series beside stored outputs of pyfixest (did2s, lpdid) and statsforecast."""

import json
from pathlib import Path

import numpy as np
import pytest

from qonys.explanation.evaluation.cohorts import NEVER, event_study
from qonys.explanation.evaluation.interrupted import AUTOREGRESSIVE, InterruptedModel, interrupted_series
from qonys.kernels.evaluation import interrupted as kernel

HERE = Path(__file__).parent / "peers"
STUDIES, SERIES = (
    json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))["cases"] for name in ("other_event_studies", "interrupted")
)
STARTS = np.array(STUDIES["starts"])
TIMES = np.arange(10)


def ours(name, *cohorts):
    """Effects by time since the date of the cohorts (all: none given) beside units never touched."""
    kept = np.isin(STARTS, (*cohorts, 0)) if cohorts else np.full(len(STARTS), True)
    starts = STARTS[kept]
    found = event_study(np.array(STUDIES[name])[kept], np.where(starts > 0, starts, NEVER), TIMES)
    return dict(zip(found.since.tolist(), found.effect, strict=True)), dict(zip(found.since.tolist(), found.error, strict=True))


def compared(mine, theirs, **how):
    for since, effect in zip(theirs["since"], theirs["effect"], strict=True):
        assert mine.get(since, 0.0) == pytest.approx(effect, **how), since


@pytest.mark.parametrize("subject", ["other_event_studies", "interrupted"])
def test_what_is_stored_says_how_it_was_made(subject):
    document = json.loads((HERE / f"{subject}.json").read_text(encoding="utf-8"))
    assert (HERE.parents[2] / document["made_by"]).is_file()
    assert {"python", "numpy"} < set(document["versions"])


@pytest.mark.parametrize("name", ["exact", "noisy"])
@pytest.mark.parametrize("cohort", [4, 6])
def test_a_cohort_is_that_of_local_projections(name, cohort):
    """Beside units never touched, and with the time before the date as its base, one cohort is the same in both ways."""
    compared(ours(name, cohort)[0], STUDIES["projections"][f"{name}_{cohort}"], rel=1e-9, abs=1e-9)


def test_without_noise_two_stages_and_cohorts_find_the_same_effects():
    """They differ by cohort and grow: one coefficient a time since the date in one regression would miss them."""
    compared(ours("exact")[0], STUDIES["two_stages"]["exact"], rel=1e-9, abs=1e-9)


def test_of_one_cohort_two_stages_differ_by_their_base_alone():
    """Theirs is the mean of all times before the date, ours the last of them."""
    mine, theirs = ours("noisy", 4)[0], STUDIES["two_stages"]["one_cohort"]
    base = np.mean([mine.get(since, 0.0) for since in theirs["since"] if since < 0])
    after = {since: effect for since, effect in zip(theirs["since"], theirs["effect"], strict=True) if since >= 0}
    assert {since: mine[since] - base for since in after} == pytest.approx(after, rel=1e-9)


def test_with_noise_two_stages_agree_within_the_error():
    effect, error = ours("noisy")
    theirs = STUDIES["two_stages"]["noisy"]
    far = [(effect[s] - e) / np.hypot(error[s], d) for s, e, d in zip(*theirs.values(), strict=True) if s >= 0]
    assert np.max(np.abs(far)) < 2


def test_a_date_that_is_late_by_one_does_not_agree():
    """Planted fault: the first cohort starts one time later than it did."""
    starts = np.where(STARTS == 4, 5, STARTS)
    found = event_study(np.array(STUDIES["exact"]), np.where(starts > 0, starts, NEVER), TIMES)
    with pytest.raises(AssertionError):
        compared(dict(zip(found.since.tolist(), found.effect, strict=True)), STUDIES["two_stages"]["exact"], abs=1e-3)


def series():
    return np.array(SERIES["values"]), np.array(SERIES["times"]), SERIES["at"]


def test_what_would_have_come_is_the_forecast_of_a_line_with_drift():
    values, times, at = series()
    found = interrupted_series(values, times, times[at])
    np.testing.assert_allclose(found.expected[at:], SERIES["line"], rtol=1e-6)
    early = interrupted_series(values, times, times[at - 1])
    assert np.abs(early.expected[at:] / SERIES["line"] - 1).max() > 1e-3, "planted fault: a date that is early by one"


def test_autoregressive_errors_are_those_of_statsforecast():
    values, times, at = series()
    theirs = SERIES["coefficients"]
    fit = kernel.autoregressive_fit(values, kernel.segmented_design(times, times[at]))
    assert fit.memory == pytest.approx(theirs["ar1"], abs=2e-4)
    assert fit.coefficients == pytest.approx([theirs["intercept"], *(theirs[f"ex_{k}"] for k in (1, 2, 3))], rel=1e-3)
    found = interrupted_series(values, times, times[at], InterruptedModel(AUTOREGRESSIVE))
    assert (found.step.value, found.slope.value) == pytest.approx((theirs["ex_2"], theirs["ex_3"]), rel=1e-3)
