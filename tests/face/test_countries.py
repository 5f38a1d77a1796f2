"""Countries at the face: tables, claims, projections on a made-up world, back-tests by name."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import qonys
from qonys.errors import BadInput, UnknownName
from qonys.study.analyses import project as analysis
from qonys.study.base.national import Prepared

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)


@pytest.fixture
def small(monkeypatch):
    """The made-up world in place of the pack's: what is tested here is the way, not the figures."""
    world = made_up.world()
    monkeypatch.setattr(analysis, "world_of", lambda pack, *rest, **more: world)
    monkeypatch.setattr(analysis, "account_of", lambda pack, *rest, **named: None)
    monkeypatch.setattr(analysis, "fitted", lambda pack, *rest, **more: Prepared(world.national, world.processes, ()))
    return world


def test_a_table_names_its_sources():
    found = qonys.table("kazakhstan", "census")
    lines = found.cite().splitlines()
    assert len(lines) == len(found.sources) + 1
    assert all(line.endswith("].") for line in lines[:-1])
    with pytest.raises(UnknownName, match="census"):
        qonys.table(qonys.country("kazakhstan"), "cencus")


def test_a_country_is_projected_and_drawn(small, tmp_path):
    found = qonys.project("kazakhstan", horizon=2030, draws=6)
    assert found.frame.columns[:2] == ["measure", "year"]
    assert found.frame.filter(measure="population")["year"].max() == 2030
    assert found.model.population.shape[0] == 6
    assert any("6 draws" in note for note in found.notes)
    assert found.plot().svg().startswith("<svg")
    assert qonys.fan_chart(found, "births", tmp_path / "births.svg").startswith("<svg")
    assert any("[" in line for line in found.cite().splitlines())


def test_regions_and_groups_stay_apart(small):
    found = qonys.project("kazakhstan", horizon=2027, draws=6, regions=True, groups=True)
    assert {"region", "group"} <= set(found.frame.columns)
    whole = found.frame.filter(measure="population", year=2027)
    assert whole.height == len(whole["region"].unique()) * len(whole["group"].unique())
    with pytest.raises(BadInput, match="wages"):
        qonys.project("kazakhstan", wages=3)


def test_claims_have_answers_with_sources():
    found = qonys.claims("kazakhstan")
    assert set(found.table("answers")["id"]) <= set(found.frame["id"])
    assert found.sources


def test_what_a_country_cannot_answer_is_said():
    with pytest.raises(BadInput, match="wages"):
        qonys.backtest("kazakhstan", target="wages")
    with pytest.raises(BadInput, match="wages"):
        qonys.migration_consequences("kazakhstan", table="wages")
