"""The policy lab on a made-up country: its numbers are those of the projection it stands on."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from qonys.kernels.multiregional.step import FACTORS
from qonys.policy.measures import Effect, Estimate, Measure
from qonys.projection.regional.drivers import driven, standing
from qonys.projection.regional.project import Keep, Run, project_world
from qonys.projection.regional.reruns import Reruns
from qonys.projection.scenarios import Scenario
from qonys.study.lab.session import Lab, usual_arrivals, worlds_of

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)
ROUNDING = 1e-5  # single precision


def measure(name, form, unit, **more):
    now = Estimate(100.0, 100.0, 100.0, "identity")
    return Measure(name, {}, "persons", now, 2023, 0, 10_000, 50, "ministry", (Effect(form, unit, {}, **more),))


MEASURES = (
    measure("come", "persons", Estimate(1.0, 0.5, 1.0, "bound"), groups=("g1",), regions=("R2",)),
    measure("work", "temporary", Estimate(0.6, 0.6, 0.6, "figures")),
    measure(
        "stay", "factor", Estimate(-0.001, -0.001, 0.0, "bound"), key="emigration_times_by_group", groups=("g2", "g3")
    ),
    measure("border", "factor", Estimate(0.001, 0.001, 0.001, "figures"), key="emigration_times"),
    measure("houses", "power", Estimate(0.4, 0.1, 0.7, "estimated"), regions=("R1", "R3")),
)


@pytest.fixture(scope="module")
def lab():
    world = made_up.world(groups=4)
    return Lab(MEASURES, worlds_of(world, MEASURES), usual_arrivals(world), ("R2",), 2026, 2035, 10)


def test_the_present_value_is_the_baseline_to_the_bit(lab):
    assert lab.run({"come": 100.0}) is lab.baseline()
    found = lab.effects({"come": 100.0, "work": 100.0}, 2035)
    assert all((one.low, one.middle, one.high) == (0, 0, 0) for one in found.values())


def test_nothing_moves_before_the_measure(lab):
    found, base = lab.run({"come": 5000.0, "work": 5000.0, "houses": 500.0}), lab.baseline()
    for name, values in found.measures.items():
        assert (values[:, :3] == base.measures[name][:, :3]).all(), name
        assert (values[:, 3:] != base.measures[name][:, 3:]).any(), name


@pytest.mark.parametrize("settings", [{}, {"come": 1000.0}, {"stay": 900.0}, {"border": 900.0}, {"houses": 900.0}])
def test_groups_that_no_measure_tells_apart_lose_nothing(lab, settings):
    """Runs by joined groups against the whole projection, which the command line runs."""
    assert lab.worlds.joined.regional.groups == ("g1", "g2+g3", "g4")
    whole, found = lab.whole(settings, keep=Keep(("region", "group"), accounts=())), lab.run(settings)
    base, usual = lab.whole({}), lab.baseline()
    assert found.measures["population"] == pytest.approx(whole.population, rel=2e-3)
    assert found.regions == pytest.approx(whole.draws(over=("region",)), rel=5e-3)
    assert found.groups == pytest.approx(
        whole.draws(over=("group",)), rel=3e-3 if settings == {"border": 900.0} else ROUNDING
    )
    change = found.measures["population"][:, -1] - usual.measures["population"][:, -1]
    assert change == pytest.approx(whole.population[:, -1] - base.population[:, -1], rel=0.05, abs=100)


def test_the_scenario_file_holds_the_first_year(lab):
    assert lab.scenario({"come": 1000.0}) == {"immigration_add": {"g1": {"R2": 900.0}}, "since": 2026}
    assert lab.scenario({"come": 1000.0}, since=2030)["since"] == 2030
    later = lab.run({"come": 1000.0}, since=2030).measures["population"]
    assert later[:, -1].mean() < lab.run({"come": 1000.0}).measures["population"][:, -1].mean()


def test_effects_have_the_right_sign_and_span_their_range(lab):
    more = lab.effects({"come": 1000.0}, 2035)
    assert more["population"].low > 0
    assert more["receiving_regions"].middle > 0.5 * more["population"].middle
    assert more["population"].low < 0.6 * more["population"].middle
    fewer = lab.effects({"come": 0.0}, 2035)
    assert fewer["population"].high < 0


def test_temporary_workers_are_no_residents(lab):
    found = lab.effects({"work": 1100.0}, 2035)
    assert found["working_age"].middle == pytest.approx(600)
    assert found["population"].middle == 0


def test_levers_are_ranked(lab):
    ranks = lab.levers("population", 2035)
    assert {one.measure for one in ranks} == {"come", "work", "stay", "border", "houses"}
    weights = [one.weight for one in ranks]
    assert weights == sorted(weights, reverse=True)
    assert np.isfinite(weights).all()


def test_runs_again_are_the_projection():
    """Kept paths, base and factors give what a projection from the start gives; a scenario of another year is refused."""
    world, run, keep = made_up.world(), Run(12, (0, 70), 1), Keep(("region",), accounts=())
    again = Reruns(world, run, keep, 2028)
    for scenario in ({}, {"immigration_add": {"all": {"all": 3000.0}}}, {"region_attraction": {"R2": 2.0}}):
        direct = project_world(world, run, Scenario(**scenario, since=2028), keep)
        found = again.sums(Scenario(**scenario))
        assert found.cells == pytest.approx(direct.draws(over=("region",)), rel=ROUNDING)
        assert found.net == pytest.approx(direct.draws("net_migration"), rel=1e-4, abs=2)
    with pytest.raises(ValueError, match="from the year"):
        again.sums(Scenario(since=2027))


def test_factors_of_another_scenario_ring(lab, monkeypatch):
    """A planted fault: the baseline's correction kept under a scenario that moves the whole nation."""
    found = lab.run({"border": 900.0}).measures["population"]
    other = Reruns(lab.worlds.joined, lab.run_of, Keep(("region", "group", "age"), (0, 15, 65), ()), 2026)
    monkeypatch.setattr(other, "_corrected", lambda scenario: next(iter(other._factors.values())))
    wrong = other.sums(Scenario(**lab.scenario({"border": 900.0}))).cells.sum(axis=(2, 3, 4))
    assert np.abs(wrong / found - 1).max() > 1e-4


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"immigration_times": 2.0, "emigration_times": 0.5},
        {"immigration_add": {"all": {"all": -3e4}, "g1": {"R2": 4000.0}}},
        {"region_attraction": {"R2": 2.0}, "fertility_times": 1.1, "longevity_add": 1.0},
    ],
)
def test_what_runs_keep_changes_no_driver(changes):
    """Base, paths and shares taken over from another scenario: the drivers of a run from the start, to the bit."""
    world, run, scenario = made_up.world(groups=3), Run(10, (0, 12), 1), Scenario(**changes, since=2027)
    fixed = standing(world)
    kept = driven(world, fixed, run, Scenario())
    fresh, again = driven(world, fixed, run, scenario), driven(world, fixed, run, scenario, kept)
    for name in ("place", *FACTORS):
        assert (getattr(fresh.drivers, name) == getattr(again.drivers, name)).all(), name
    assert (fresh.missed == again.missed).all()
    assert (fresh.missed.sum() > 0) == (changes.get("immigration_add", {}).get("all") is not None)
