"""The chapter of behaviour: its numbers are those of its tables, ranges hold their middles, scenarios their sign."""

import numpy as np
import polars as pl
import pytest

from qonys.behaviour.calibration import fit
from qonys.behaviour.identification import LEARNT
from qonys.behaviour.made_up import small_country
from qonys.behaviour.observed import Observed
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.past import Past, past_run
from qonys.behaviour.surface import BOUNDS
from qonys.study.analyses.behaviour_rivals import worse
from qonys.study.analyses.behaviour_stages import ends_of, open_directions


@pytest.fixture(scope="module")
def fitted():
    country, past = small_country(1e6), Past((0, 1), np.ones((2, 4)))
    return fit(country, Observed(past, past_run(mechanism({"distance": 1.0}), country, past).moves.round()), ("flows",))


def test_open_directions_are_not_learnt_and_their_ends_lie_within_the_ranges(fitted):
    chosen = open_directions(fitted)
    values = fitted.learnt.eigenvalues[fitted.learnt.last]
    assert len(chosen) == 3
    assert (values[chosen] < LEARNT).all()
    for direction in chosen:
        low, high, reach = ends_of(fitted, direction)
        assert 0 < reach <= 1
        assert (np.minimum(low, high) >= BOUNDS[0] - 1e-9).all()
        assert (np.maximum(low, high) <= BOUNDS[1] + 1e-9).all()
        np.testing.assert_allclose(low + high, 2 * fitted.centre, atol=1e-9)


def test_numbers_of_sentences_are_those_of_the_table(study):
    rows = study.table("behaviour_stages").frame.filter(pl.col("axis") == "all")
    found = {row["measure"]: row for row in rows.iter_rows(named=True)}
    for name, measure in (("intend", "share_intending"), ("plan", "share_planning"), ("there", "share_there")):
        number = study.number(f"behaviour.{name}")
        assert (number.value, number.low, number.high) == pytest.approx(
            tuple(found[measure][end] / 100 for end in ("median", "low", "high"))
        )
    assert study.number("behaviour.worse").value == len(worse(study.table("behaviour_scores").frame))


def test_the_whole_lies_among_its_parts(study):
    frame = study.table("behaviour_stages").frame
    whole = dict(frame.filter(pl.col("axis") == "all").select("measure", "median").rows())
    for (axis, measure), rows in frame.filter(pl.col("axis") != "all").group_by("axis", "measure"):
        if measure != "per_1000" or axis != "age":  # children leave too, and stand in no row of ages
            assert rows["median"].min() <= whole[measure] <= rows["median"].max(), (axis, measure)
    assert (frame["low"] <= frame["median"]).all()
    assert (frame["median"] <= frame["high"]).all()
    assert set(frame.filter(pl.col("measure") == "share_there")["axis"]) == {"all", "region", "group"}


def test_those_who_plan_are_fewer_than_those_who_intend_and_fewer_are_there_each_year(study):
    frame = study.table("behaviour_stages").frame.pivot(on="measure", index=["axis", "code"], values="median")
    assert (frame["share_planning"] < frame["share_intending"]).all()
    settled = study.table("behaviour_settled").frame
    assert settled["median"].is_sorted(descending=True)


def test_what_is_not_taught_moves_intentions_more_than_moves(study):
    frame = study.table("behaviour_open").frame
    assert (frame["low"] <= frame["middle"]).all()
    assert (frame["middle"] <= frame["high"]).all()
    width = {
        name: ((rows["high"] - rows["low"]) / rows["middle"]).max()
        for (name,), rows in frame.group_by("outcome")
    }  # fmt: skip
    assert width["share_intending"] > 5 * width["moves"]


def test_networks_keep_groups_together_and_at_home(study):
    found = {(row["case"], row["outcome"]): row for row in study.table("behaviour_strengths").frame.iter_rows(named=True)}
    together = [found[case, "same_region"] for case in ("network_off", "network_twice")]
    assert together[0]["found"] < together[0]["fitted"] < together[1]["found"]
    assert found["network_twice", "emigrants"]["found"] < found["network_off", "emigrants"]["found"]
