"""Mixes on a made-up country: none is beaten, printed figures are the lab's, limits hold, failures are boxed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.study.test_lab import made_up
from tests.study.test_lever_ranking import SMALL

from qonys.cli import main
from qonys.errors import BadInput
from qonys.face.lab import with_questions
from qonys.kernels.search import fronts
from qonys.policy.measures import Cost
from qonys.projection.regional.project import project_world
from qonys.projection.scenarios import Scenario
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.lab import mix_tables, surface
from qonys.study.lab.mix_aims import Taken, Worth
from qonys.study.lab.mix_failures import failures
from qonys.study.lab.mix_search import MixRequest, mixes, settings_of
from qonys.study.lab.mix_tables import MixOptions, check, mixes_of_lab, written_scenarios
from qonys.study.lab.session import Lab, usual_arrivals, worlds_of

pytestmark = pytest.mark.long
OUTCOMES = ("population", "receiving_regions")
RECENT = tuple(replace(one, now_year=2025) for one in SMALL)


@pytest.fixture(scope="module")
def lab():
    world = made_up.world(groups=3)
    return Lab(RECENT, worlds_of(world, RECENT), usual_arrivals(world), ("R2",), 2026, 2032, 3)


@pytest.fixture(scope="module")
def found(lab):
    return mixes(lab, MixRequest(OUTCOMES, Worth("low"), 2032, 2026, points=10, seeds=2, design=48))


def test_no_mix_is_beaten_and_seeds_agree(found):
    aims = np.column_stack([-found.worth, found.effort])
    assert len(fronts.front(aims)) == len(aims)
    assert np.ptp(found.sought.volumes) < 0.02
    assert (found.sought.volumes > 0.97).all()


def test_figures_are_those_of_the_lab(lab, found):
    place = found.named["balanced"]
    settings = settings_of(SMALL, found.values[place])
    sides = lab.sides({one.id: one.pushed() for one in SMALL})
    base = lab.baseline(2026).measures["population"][:, -1]
    again = np.concatenate([lab.run(settings, side, 2026).measures["population"][:, -1] - base for side in sides])
    assert (found.effects[place, :, 0] == again).all()
    assert found.worth[place, 0] == np.quantile(again, 0.1)
    assert (found.error < 0.15).all()


def test_named_mixes_are_what_their_names_say(found):
    assert set(found.named) == {"least", "balanced", "robust"}
    assert found.effort[found.named["least"]] <= found.effort.max() / 2
    assert found.effort.min() == 0, "doing nothing is on the front"


def test_a_budget_holds_and_a_larger_one_is_no_worse(lab):
    costs = {"come": Cost(2e5, "KZT", 2026, ("s",)), "houses": Cost(1e6, "KZT", 2026, ("s",))}
    reached = []
    for budget in (500.0, 2000.0):
        request = MixRequest(("population",), Worth("mean"), 2032, 2026, budget=budget, points=6, seeds=1, design=48)
        one = mixes(lab, request, costs)
        assert (one.effort <= budget * (1 + 1e-9)).all()
        free = [measure.id in costs for measure in SMALL]
        now = np.array([measure.now.value for measure in SMALL])
        assert (one.values[:, ~np.array(free)] == now[~np.array(free)]).all()
        reached.append(one.worth.max())
    assert reached[1] > reached[0]


def test_failures_are_boxed_with_the_future_that_makes_them(lab, found):
    frame = pl.DataFrame(failures(lab, found, 16), infer_schema_length=None)
    assert set(frame["mix"]) == {"least", "balanced", "robust"}
    boxed = frame.drop_nulls("input")
    assert set(boxed["input"]) <= {"fertility_times", "immigration_times", "emigration_times"}
    assert (boxed["chance"] <= 0.05).all()


def test_tables_links_and_scenarios(lab, found, monkeypatch, tmp_path):
    """The file that is written is the setting of the lab to the bit, and so is what the projection makes of it."""
    monkeypatch.setattr(mix_tables, "mixes", lambda *_: found)
    for table in ("mixes", "front", "starts", "fit"):
        done = mixes_of_lab(lab, MixOptions(points=5, seeds=1, table=table))
        assert done.frame.height
        assert set(done.scenarios) == set(done.links) == {"least", "balanced", "robust"}
        assert "since=2026" in done.links["balanced"]
    written_scenarios(done, tmp_path)
    for name, place in found.named.items():
        read = scenario_of(tmp_path / f"scenario-{name}.toml")
        settings = mix_tables.moved_of(found, place)
        assert read == Scenario(**lab.scenario(settings, 2026))
        mine, theirs = lab.whole(settings, 2026), project_world(lab.worlds.whole, lab.run_of, read)
        assert (mine.drawn.cells == theirs.drawn.cells).all()


def test_a_part_larger_than_its_whole_breaks_a_limit():
    pair = (SMALL[0], replace(SMALL[1], within=SMALL[0].id))
    taken = Taken(pair, None, 7)
    excess = taken.excess(np.array([[100.0, 50.0], [50.0, 100.0]]))
    assert excess[0] == 0
    assert excess[1] > 0


def test_worth_by_hand():
    effects = np.array([[[1.0], [3.0]], [[2.0], [0.0]]])
    assert Worth("mean").of(effects)[:, 0].tolist() == [2, 1]
    assert Worth("regret").of(effects)[:, 0].tolist() == [-1, -3]
    assert Worth("target", (2.0,)).of(effects)[:, 0].tolist() == [0.5, 0.5]
    assert Worth("low").of(effects)[:, 0] == pytest.approx([1.2, 0.2])


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"outcome": ("wealth",)}, "policy.outcome"),
        ({"outcome": ("population", "population")}, "policy.outcomes"),
        ({"metric": "best"}, "policy.metric"),
        ({"metric": "target"}, "policy.target"),
        ({"budget": 5.0}, "policy.budget"),
        ({"table": "best"}, "policy.table"),
    ],
)
def test_what_cannot_be_searched_is_refused(options, key):
    with pytest.raises(BadInput) as caught:
        check(MixOptions(**options), money=False)
    assert caught.value.key == key


def test_a_cost_without_a_source_and_a_budget_without_costs_are_refused(tmp_path, capsys):
    path = tmp_path / "costs.csv"
    path.write_text("measure,value,year,source\nborder,2.5,2025,\n", encoding="utf-8")
    assert main(["policy", "search", "--costs", str(path), "--results", str(tmp_path)]) != 0
    assert "column 'source' is empty" in capsys.readouterr().err
    assert main(["policy", "search", "--budget", "5", "--results", str(tmp_path)]) != 0
    assert "--costs FILE" in capsys.readouterr().err


def test_a_surface_that_is_there_already_finds_the_same_mixes(lab):
    request = MixRequest(OUTCOMES, Worth("low"), 2032, 2026, points=6, seeds=1, design=48, middle=True)
    known = surface.surface(lab, 2032, 2026, 48)
    one, other = mixes(lab, request), mixes(lab, request, known={"value": known})
    assert one.effects.shape[1] == lab.draws, "futures are the draws alone"
    assert (one.values == other.values).all()
    assert (one.worth == other.worth).all()


def test_stored_settings_are_those_of_the_front(found):
    table = mix_tables.front_results(found)
    for row in table.filter(pl.col("mix").is_in(list(found.named))).iter_rows(named=True):
        moved = mix_tables.moved_of(found, found.named[row["mix"]])
        texts = dict(part.split("=") for part in row["settings"].split(";"))
        assert {name: float(text) for name, text in texts.items()} == pytest.approx(moved)
        assert row["effect_on_population"] == found.worth[found.named[row["mix"]], 0]


def test_python_asks_what_the_command_line_asks(lab, found, monkeypatch):
    monkeypatch.setattr(mix_tables, "mixes", lambda *_: found)
    own = with_questions(lab)
    assert own.search(table="front", points=5).frame.equals(mixes_of_lab(lab, MixOptions(table="front")).frame)
    with pytest.raises(BadInput) as caught:
        own.search(best=True)
    assert caught.value.key == "policy.option"
