"""Numbers of labs 10 to 17 are those of the study, of the public functions that the labs show, or of a slow plain twin."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.course.exercise import exercise_of
from qonys.course.exercises import balance, behaviour, forecast, law, monitor, potential, second, stratification, trend
from qonys.course.export import run_lab
from qonys.course.opened import pack_of
from qonys.course.registry import lab_of
from qonys.study.chapters import stratification as stratification_chapter
from qonys.study.chapters.published_forecasts import _revision
from qonys.study.runs.results import Results

pytest.importorskip("marimo")
pytestmark = pytest.mark.long
PACKS = ("kazakhstan", "georgia")


def held(lab, pack="kazakhstan"):
    """Definitions of the cells of a lab."""
    return run_lab(lab_of(lab), pack_of(pack), "en")[1]


def right(exercise, pack="kazakhstan"):
    """The right answer to an exercise."""
    return exercise_of(exercise).right(pack_of(pack)).value


@pytest.mark.parametrize("pack", PACKS)
def test_breaks_of_the_lab_are_those_of_the_answer(pack):
    shown = held("trend", pack)["broken"].frame
    of_answer = trend.breaks(pack_of(pack))
    assert shown["date"].to_list() == of_answer["date"].to_list()
    assert right("trend-1", pack) == pytest.approx(max(shown["change"].to_list(), key=abs))


@pytest.mark.parametrize("pack", PACKS)
def test_coverage_by_a_plain_loop(pack):
    """Each forecast is made anew from the years before it."""
    values = forecast.series(pack_of(pack))["value"].to_list()
    inside = []
    for place in range(len(values)):
        past = values[:place]
        changes = [after - before for before, after in pairwise(past)]
        if len(changes) < forecast.FEWEST:
            continue
        width = forecast.DEVIATIONS * (sum(change**2 for change in changes) / len(changes)) ** 0.5
        inside.append(abs(values[place] - past[-1]) <= width)
    assert right("forecast-2", pack) == pytest.approx(100 * sum(inside) / len(inside))


def test_limits_of_the_united_nations_are_those_of_the_report():
    stored = _revision(pack_of("kazakhstan")).sort("horizon")
    shown = forecast.population(pack_of("kazakhstan"))
    for column in ("horizon", "low", "high"):
        assert shown[column].to_list() == stored[column].to_list(), column


def test_segregation_is_that_of_the_study():
    results = Results("labs")
    stratification_chapter.compute(pack_of("kazakhstan"), results)
    groups = results.table("segregation_groups").frame.filter(~pl.col("group").str.starts_with("other"))
    second_largest = groups.sort("people", descending=True).row(1, named=True)
    assert right("stratification-1") == pytest.approx(second_largest["d"], abs=0.002)
    assert stratification.isolation(pack_of("kazakhstan")) == pytest.approx(second_largest["isolation"])


@pytest.mark.parametrize("pack", PACKS)
def test_distance_is_that_of_the_public_function(pack):
    people = stratification.respondents(pack_of(pack)).frame
    relations = list(stratification.RELATIONS)
    shown = qonys.social_distance(people, relations, stratification.ACCEPTS, group="group").frame.drop_nulls("group")
    own = stratification.nearness(pack_of(pack))
    assert dict(shown.select("group", "mean").rows()) == pytest.approx(dict(own.select("group", "mean").rows()))
    assert dict(shown.select("group", "se").rows()) == pytest.approx(dict(own.select("group", "se").rows()), rel=0.02)


def test_a_cascade_person_by_person():
    """Granovetter's example of a hundred people, and one of them with another threshold."""
    hundred = np.arange(100) / 100
    assert behaviour.cascade(hundred)[-1] == 1.0
    hundred[1] = 0.02
    assert behaviour.cascade(hundred)[-1] == 0.01
    limits = behaviour.thresholds(behaviour.WIDE)
    gone = np.zeros(len(limits), dtype=bool)
    while True:
        following = np.array([limit <= gone.mean() for limit in limits])
        if (following == gone).all():
            break
        gone = following
    assert behaviour.cascade(limits)[-1] == gone.mean()


@pytest.mark.parametrize("pack", PACKS)
def test_the_effect_of_an_act_is_that_of_the_public_function(pack):
    shown = held("law", pack)["found"].frame.row(0, named=True)
    assert right("law-1", pack) == pytest.approx(shown["value"])
    assert law.effect(pack_of(pack))["low"] == pytest.approx(shown["low"])
    assert right("law-3", pack) == law.CANNOT


@pytest.mark.parametrize("pack", PACKS)
def test_the_light_is_that_of_the_monitor(pack):
    status = qonys.country(pack).monitor().status()
    light = dict(status.select("indicator", "light").rows())[monitor.INDICATOR]
    assert right("monitor-3", pack) == light
    assert right("monitor-2", pack) > monitor.TWO_SIGMA


def test_potential_is_that_of_the_study():
    from qonys.study.chapters import potential as chapter

    results = Results("labs")
    chapter.compute(pack_of("kazakhstan"), results)
    assert right("potential-1") == pytest.approx(results.number("potential.planned").value, abs=500)
    part = results.number("potential.since_share").value
    assert (potential.counted(pack_of("kazakhstan")) / right("potential-1")) == pytest.approx(part)
    people = potential.respondents(pack_of("kazakhstan")).frame
    design = qonys.survey_design(people, weight="weight", strata="place")
    shown = qonys.survey_table(design, "goes").frame.filter(pl.col("answer") == "yes")["estimate"][0]
    assert right("potential-2") == pytest.approx(100 * shown)


def test_the_second_country_has_the_numbers_of_its_own_labs():
    there = pack_of("georgia")
    assert second.other(pack_of("kazakhstan")).path == there.path
    one = balance.last(there)
    people = (one.population_start + one.population_end) / 2
    assert right("second-1") == pytest.approx(1000 * one.residual / people / (one.end - one.start))
    shown = held("second", "georgia")
    assert set(shown["lab"].frame("counted")["nation"]) == {"KAZ", "GEO"}
