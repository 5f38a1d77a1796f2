"""What pages show of the policy lab is what the lab says, brought down to quantiles."""

from dataclasses import replace

import numpy as np
import pytest

from qonys.study.lab import summaries as lab_summaries
from qonys.study.lab.session import OUTCOMES
from qonys.study.lab.summaries import LabSession, levers, quantiles

from . import test_lab

lab = test_lab.lab
COME, HOUSES = (("come", 1000.0),), (("houses", 500.0),)


@pytest.fixture(scope="module")
def bench(lab):
    return LabSession(lab)


@pytest.mark.parametrize("draws", [1, 2, 7, 40])
def test_quantiles_are_those_of_numpy(draws):
    values = np.random.default_rng(draws).normal(size=(draws, 3, 4))
    assert quantiles(values, (0.025, 0.3, 0.5, 1.0)) == pytest.approx(np.quantile(values, (0.025, 0.3, 0.5, 1.0), axis=0))


@pytest.mark.parametrize("settings", [COME, HOUSES])
def test_differences_are_the_effects_of_the_lab(bench, lab, settings):
    found = bench.future(settings, OUTCOMES)
    for year in (2027, 2035):
        place = lab.years.index(year)
        for name, one in lab.effects(dict(settings), year).items():
            assert found.differences[name][[0, 2, 4], place] == pytest.approx((one.low, one.middle, one.high), rel=1e-6, abs=1e-6)
    run = lab.run(dict(settings)).measures
    assert found.values["population"][3] == pytest.approx(np.median(run["population"], axis=0))


def test_a_quick_answer_leaves_out_the_range_only(bench):
    whole, quick = bench.future(COME, ("population",)), bench.future(COME, ("population",), quick=True)
    assert quick.values["population"] == pytest.approx(whole.values["population"], rel=1e-12)
    assert np.array_equal(whole.differences["population"][2], quick.differences["population"][2])
    assert whole.differences["population"][0, -1] < 0.7 * quick.differences["population"][0, -1]


def test_few_draws_are_the_first_ones(bench, lab, monkeypatch):
    """While a slider moves: the fan of all draws, moved by what the first ones say."""
    monkeypatch.setattr(lab_summaries, "FEW", 4)
    hasty, whole = lab_summaries.LabSession(lab), bench.future(COME, ("population",))
    few, change = hasty.future(COME, ("population",), quick=True), lab.run(dict(COME)).measures["population"]
    change = change - lab.baseline().measures["population"]
    assert few.differences["population"][2] == pytest.approx(np.median(change[:4], axis=0), abs=1)
    gain = whole.values["population"] - bench.future((), ("population",)).values["population"]
    moved = few.values["population"] - bench.future((), ("population",)).values["population"]
    assert moved[:, -1] == pytest.approx(gain[:, -1], rel=0.3)


def test_a_forgotten_range_is_noticed(bench, monkeypatch):
    """Planted: only the middle run is asked for."""
    whole = bench.future(COME, ("population",)).differences["population"]
    monkeypatch.setattr(type(bench.lab), "sides", lambda self, settings: ("value",))
    assert bench.future(COME, ("population",)).differences["population"][0, -1] != pytest.approx(whole[0, -1], rel=0.1)


def test_parts_sum_to_the_whole(bench, lab):
    found = lab.run(dict(HOUSES))
    for what in ("regions", "groups"):
        parts = bench.parts(what, HOUSES, 2035)
        middle = np.median(getattr(found, what)[:, -1], axis=0)
        assert parts.values[2] == pytest.approx(middle)
        share = bench.parts(what, HOUSES, 2035, share=True)
        assert share.base[2].sum() == pytest.approx(100, abs=3)
        assert abs(share.differences[2].sum()) < 0.5


def test_levers_are_those_of_the_lab(bench, lab):
    place = lab.years.index(2035)
    pushed = {one.id: bench.pushed(one.id, "population") for one in lab.measures}
    for by in ("weight", "effect"):
        ours, theirs = levers(lab.measures, pushed, place, by), lab.levers("population", 2035, by)
        assert [one.measure for one in ours] == [one.measure for one in theirs]
        for a, b in zip(ours, theirs, strict=True):
            assert (a.change, a.controllability) == (b.change, b.controllability)
            assert (a.whole.low, a.unit.middle) == pytest.approx((b.whole.low, b.unit.middle), rel=1e-6, abs=1e-6)


def test_levers_of_another_outcome_need_no_new_runs(lab, monkeypatch):
    fresh = LabSession(lab)
    first = {one.id: fresh.pushed(one.id, "population") for one in lab.measures}
    monkeypatch.setattr(lab, "_outcome", None)
    for name in OUTCOMES:
        found = {one.id: fresh.pushed(one.id, name) for one in lab.measures}
        assert {key: one.change for key, one in found.items()} == {key: one.change for key, one in first.items()}
        assert (name == "population") == all(np.array_equal(found[key].effect, first[key].effect) for key in first)


@pytest.mark.parametrize(("now", "target"), [(100.0, 1100.0), (9500.0, 8500.0)])
def test_a_measure_near_its_top_is_pushed_down(now, target):
    one = test_lab.measure("top", "persons", test_lab.Estimate(1.0, 1.0, 1.0, "identity"))
    assert replace(one, now=replace(one.now, value=now)).pushed() == target
