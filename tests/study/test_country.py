"""`qonys.country`, scenarios as a person writes them, and `qonys project` by regions and in shards."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput
from qonys.projection.national import Projection
from qonys.projection.scenarios import Scenario
from qonys.study.analyses import project as analysis
from qonys.study.analyses.indicators import IndicatorsRequest as IndicatorsAsk
from qonys.study.analyses.indicators import TableFiles, indicators_of_file
from qonys.study.base.national import Prepared
from qonys.study.ensembles.scenario_files import as_document, scenario_of

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)


@pytest.fixture(scope="module")
def kz():
    return qonys.country("kazakhstan")


@pytest.fixture
def small(monkeypatch):
    """The made-up world in place of the pack's: what is tested here is the way, not the figures."""
    world = made_up.world()
    monkeypatch.setattr(analysis, "world_of", lambda pack, account, tell, choices=None: world)
    monkeypatch.setattr(analysis, "account_of", lambda pack, *rest, **named: None)
    monkeypatch.setattr(analysis, "fitted", lambda pack, account, tell, choices=None: Prepared(world.national, world.processes, ()))
    return world


def test_import_is_light() -> None:
    code = "import sys, qonys; print([m for m in ('scipy','numba','pandas','statsmodels','polars','numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_country_projects(kz, small) -> None:
    found = kz.project(draws=6, horizon=2030, regions=True, groups=True, scenario={"internal_times": 0.5})
    assert found.keep.over == ("region", "group")
    assert found.scenario.internal_times == 0.5
    alone = kz.project(draws=6, horizon=2030)
    assert isinstance(alone, Projection)
    assert alone.population == pytest.approx(found.drawn.population, rel=1e-12)
    assert alone.probability("population[2030] > 1e6 and population[2030] < 1e9") == 1
    assert alone.sum(sex="male", ages=(15, 65)) == pytest.approx(alone.groups[:, :, 1, 3:13].sum(axis=2))
    assert alone.to_frame().equals(alone.quantiles())
    with pytest.raises(BadInput, match="--regions"):
        kz.project(draws=6, horizon=2030, scenario={"internal_times": 0.5})
    assert "census" in kz.tables()


def test_shards_of_a_country(kz, small, tmp_path) -> None:
    whole = kz.project(draws=6, horizon=2028, regions=True)
    found = kz.project(draws=6, horizon=2028, regions=True, out=tmp_path)
    assert np.array_equal(found.drawn.cells, whole.drawn.cells)


def test_indicators_of_a_persons_flows(kz, tmp_path) -> None:
    flows = pl.DataFrame({"origin": ["A", "A", "B", "B", "C", "C"], "destination": ["B", "C", "A", "C", "A", "B"],
                          "value": [10.0, 5.0, 4.0, 6.0, 2.0, 3.0]})  # fmt: skip
    people = pl.DataFrame({"region": ["A", "B", "C"], "population": [1000.0, 2000.0, 500.0]})
    found = kz.indicators(flows, people, draws=0)
    cmi = found.filter(pl.col("region").is_null() & (pl.col("indicator") == "cmi") & (pl.col("variant") == "crude"))
    assert cmi["value"].item() == pytest.approx(100 * 30 / 3500)  # by hand: movers per 100 people
    flows.write_csv(tmp_path / "flows.csv")
    people.write_csv(tmp_path / "people.csv")
    from_files = kz.indicators(tmp_path / "flows.csv", str(tmp_path / "people.csv"), draws=0)
    assert from_files.equals(found)
    command = indicators_of_file(tmp_path / "flows.csv", TableFiles(tmp_path / "people.csv"), IndicatorsAsk(draws=0))
    assert command.equals(found)
    assert set(kz.indicators(flows, people, kind="pairs")["origin"]) == {"A", "B", "C"}
    assert set(kz.indicators(flows, people, kind="scale", zones=2)["zones"]) == {2}
    cohorts = pl.DataFrame({"cohort": [2010], "duration": [3], "arrived": [200], "remaining": [150]})
    assert kz.indicators(cohorts, kind="settling")["value"].to_list() == [0.75]
    totals = pl.DataFrame({"region": ["A", "B"], "arrivals": [6.0, 3.0], "departures": [3.0, 6.0]})
    assert kz.indicators(totals).height > 0
    for wrong, part in (({"colour": 1}, "colour"), ({"kind": "none"}, "none"), ({"auxiliary": {"wind": people}}, "wind")):
        with pytest.raises(BadInput, match=part):
            kz.indicators(flows, people, **wrong)


def test_indicators_of_the_countrys_own_moves(kz) -> None:
    found = kz.indicators(draws=0)
    assert found["period"].n_unique() >= 3
    intensity = found.filter(
        pl.col("region").is_null() & (pl.col("indicator") == "cmi") & (pl.col("variant") == "crude")
    )
    assert intensity["value"].is_between(0.2, 10).all()


def ask(**changes):
    return analysis.ProjectionRequest(draws=6, horizon=2028, **changes)


def test_tables_of_the_command(kz, small, tmp_path) -> None:
    told = []

    def tell(key, **values):
        told.append(key)

    frame = analysis.answer(kz.pack, ask(regions="R1,R3", groups="all", measure="births"), tell)
    assert frame.columns[:4] == ["measure", "region", "group", "year"]
    assert set(frame["region"]) == {"R1", "R3"}
    assert "study.project.compared" in told
    ages = analysis.answer(kz.pack, ask(regions="all", ages="0,15,65"))
    assert sorted(set(ages["age"])) == [0, 15, 65]
    assert analysis.answer(kz.pack, ask(regions="all", table="compared")).height == 6
    assert analysis.answer(kz.pack, ask(regions="all", table="deviations")).height == 3
    assert analysis.answer(kz.pack, ask(regions="R1", table="pyramid")).height == 42
    assert analysis.answer(kz.pack, ask(groups="all", table="draws")).height == 6 * 6 * 2
    cells = analysis.answer(kz.pack, ask(regions="all", moments="2024,2028", table="moments"))
    assert cells.filter(year=2028, region="R1")["mean"].sum() == pytest.approx(
        kz.project(draws=6, horizon=2028, regions=True).sum(region="R1")[:, -1].mean()
    )
    chance = analysis.answer(kz.pack, ask(regions="all", question="population[region=R1,2028] > 1"))
    assert chance["probability"].item() == 1
    part = analysis.answer(kz.pack, ask(regions="all", out=tmp_path, shard="2/2", unit=2), tell)
    assert part["finished"].to_list() == [False, True, False]
    with pytest.raises(BadInput, match="--resume"):
        analysis.answer(kz.pack, ask(regions="all", out=tmp_path, unit=2))
    rest = analysis.answer(kz.pack, ask(regions="all", out=tmp_path, unit=2, resume=True, measure="population"))
    assert rest.equals(analysis.answer(kz.pack, ask(regions="all", measure="population")))
    for wrong, part in (({"regions": "R9"}, "R9"), ({"regions": "all", "ages": "x"}, "x"), ({"shard": "1/2"}, "--out"),
                        ({"regions": "all", "moments": "soon"}, "soon"),
                        ({"regions": "all", "table": "moments"}, "not stored"),
                        ({"regions": "all", "table": "crises"}, "compared")):  # fmt: skip
        with pytest.raises(BadInput, match=part):
            analysis.answer(kz.pack, ask(**wrong))


def test_what_is_finished_stays_when_interrupted(kz, small, tmp_path, monkeypatch) -> None:
    told = []
    true_work = analysis.ensembles.work

    def work(folder, unit):
        if unit[0] == 2:
            raise KeyboardInterrupt
        return true_work(folder, unit)

    monkeypatch.setattr(analysis.ensembles, "work", work)
    with pytest.raises(KeyboardInterrupt):
        analysis.answer(kz.pack, ask(out=tmp_path, unit=2), lambda key, **values: told.append((key, values)))
    assert told[-1][0] == "study.project.kept"
    assert told[-1][1]["done"] == 1


def test_scenarios_from_toml_yaml_and_changes(tmp_path) -> None:
    (tmp_path / "s.toml").write_text(
        'since = 2027\nnet_add = 5\n[region_attraction]\n"KZ-71" = 1.2\n[immigration_add]\nkazakh = 100\n'
    )
    (tmp_path / "s.yaml").write_text(
        "since: 2027\nnet_add: 5\nregion_attraction: {KZ-71: 1.2}\nimmigration_add: {kazakh: 100}\n"
    )
    first, second = (scenario_of(tmp_path / name) for name in ("s.toml", "s.yaml"))
    assert (
        first
        == second
        == Scenario(
            since=2027, net_add=5.0, region_attraction={"KZ-71": 1.2}, immigration_add={"kazakh": {"all": 100.0}}
        )
    )
    changed = scenario_of(tmp_path / "s.toml", ("net_add=7", "immigration_add.kazakh.KZ-61=40", "no_migration=true"))
    assert (changed.net_add, changed.no_migration) == (7.0, True)
    assert changed.immigration_add == {"kazakh": {"KZ-61": 40.0}}
    assert scenario_of(given=as_document(changed)) == changed
    assert scenario_of() == Scenario()


@pytest.mark.parametrize(
    ("change", "part"),
    [("net_ad=1", "net_ad"), ("no_migration=1", "no_migration"), ("net_add", "KEY=VALUE"), ("net_add=[1", "KEY=VALUE"),
     ("since=2027.5", "since"), ("region_attraction=3", "KZ-71"), ("emigration_times_by_group.russian=true", "russian"),
     ("fertility_times=0", "fertility_times"), ("immigration_add.kazakh=true", "immigration_add"), ("net_add=nan", "net_add")],
)  # fmt: skip
def test_a_wrong_key_or_value_is_one_clear_sentence(change, part) -> None:
    with pytest.raises(BadInput, match=part) as caught:
        scenario_of(None, (change,))
    for language in ("en", "ru", "kk"):
        assert "\n" not in caught.value.sentence(language)


def test_a_wrong_file_is_one_clear_sentence(tmp_path) -> None:
    for name, text in (("a.toml", "net_add ="), ("b.yaml", "net_add: ["), ("c.yaml", "- 1\n- 2\n")):
        (tmp_path / name).write_text(text)
        with pytest.raises(BadInput, match=name):
            scenario_of(tmp_path / name)
    with pytest.raises(BadInput, match="none"):
        scenario_of(tmp_path / "none.toml")


def test_a_fan_in_three_languages(kz, small, tmp_path) -> None:
    pytest.importorskip("vl_convert", reason="the extra `report` is not installed")
    found = kz.project(draws=6, horizon=2030, regions=True)
    text = qonys.fan_chart(found, "population", str(tmp_path / "fan.svg"), "kk", region="R1")
    assert (tmp_path / "fan.svg").read_text(encoding="utf-8") == text
    assert "млн" in text or "миллион" in text
    assert "тысяч" in qonys.fan_chart(found, "net_migration", language="ru")
    assert "<svg" in qonys.fan_chart(kz.project(draws=6, horizon=2030), "median_age")
