"""The policy lab on a made-up country: its numbers are those of the projection it stands on."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from qonys.policy.measures import Effect, Estimate, Measure
from qonys.projection.regional import Keep, Run, project_world
from qonys.projection.scenarios import Scenario
from qonys.study import lab as lab_module
from qonys.study.lab import Lab

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)


def measure(name, form, unit, **more):
    now = Estimate(100.0, 100.0, 100.0, "identity")
    return Measure(name, {}, "persons", now, 2023, 0, 10_000, 50, "ministry", (Effect(form, unit, {}, **more),))


@pytest.fixture(scope="module")
def lab():
    world = made_up.world()
    measures = (
        measure("come", "persons", Estimate(1.0, 0.5, 1.0, "bound"), groups=("g1",), regions=("R2",)),
        measure("work", "temporary", Estimate(0.6, 0.6, 0.6, "figures")),
        measure("stay", "factor", Estimate(-0.001, -0.001, 0.0, "bound"), key="emigration_times_by_group", groups=("g2",)),
    )
    return Lab(measures, world, lab_module._usual(world), ("R2",), 2035, 10)


def test_the_present_value_is_the_baseline_to_the_bit(lab):
    assert lab.run({"come": 100.0}) is lab.baseline()
    found = lab.effects({"come": 100.0, "work": 100.0}, 2035)
    assert all((one.low, one.middle, one.high) == (0, 0, 0) for one in found.values())


def test_numbers_are_those_of_the_projection(lab):
    scenario = Scenario(immigration_add={"g1": {"R2": 900.0}})
    direct = project_world(lab.world, Run(12, (0, 10), 1), scenario, Keep(("region",)))
    found = lab.run({"come": 1000.0})
    assert found.regions == pytest.approx(direct.draws(over=("region",)), rel=1e-12)
    assert lab.scenario({"come": 1000.0}) == {"immigration_add": {"g1": {"R2": 900.0}}}


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
    assert {one.measure for one in ranks} == {"come", "work", "stay"}
    weights = [one.weight for one in ranks]
    assert weights == sorted(weights, reverse=True)
    assert np.isfinite(weights).all()
