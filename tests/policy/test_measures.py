"""Measures: their numbers come from the pack, and settings become a scenario."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.catalog import open_pack
from qonys.catalog.reading.numbers.entries import Entry
from qonys.errors import BadInput
from qonys.policy.levers import Interval, Lever, difference, ranked
from qonys.policy.measures import Effect, Estimate, Measure, changes_of
from qonys.study.lab.policy_measures import read_measures
from qonys.study.runs.results import Number, Results

USUAL = {"N": 1000.0, "S": 500.0}


def one(value=1.0, low=None, high=None):
    return Estimate(value, value if low is None else low, value if high is None else high, "identity")


def measure(name, form, now=1.0, unit=None, **more):
    effect = Effect(form, unit or one(), {}, **more)
    return Measure(name, {}, "x", one(now), 2020, 0, 100, 1, "ministry", (effect,))


@pytest.fixture(scope="module")
def kazakh():
    results = Results("r")
    results.add(Number("factors.elasticity.income", 0.8, "ratio", 0.5, 1.1, sources=("s",)))
    results.add(Number("factors.elasticity.housing", 0.2, "ratio", -0.1, 0.4, sources=("s",)))
    return read_measures(open_pack("kazakhstan"), results)


def test_the_packs_numbers_are_those_of_its_rows(kazakh):
    known = {m.id: m for m in kazakh}
    assert known["repatriation_quota"].now.value == 2281
    market = {e.key: e.unit.value for e in known["common_market"].effects}
    assert market["immigration_times"] == pytest.approx((8000 + 842) / 29948)
    assert market["emigration_times"] == pytest.approx((8800 + 226 + 317) / 12784)
    quota = known["labour_quota"].effects[0].unit
    assert (quota.low, quota.value) == (pytest.approx(15786 / 29300), pytest.approx(13183 / 22000))
    assert known["repatriates"].now.value == pytest.approx((1161200 - 1140000) * 12 / 14)


def test_every_measure_has_its_basis_and_its_words(kazakh):
    pack = open_pack("kazakhstan")
    known = {row["id"] for row in pack.sources().iter_rows(named=True)}
    for m in kazakh:
        assert m.low <= m.now.value <= m.high
        for e in m.effects:
            assert e.unit.low <= e.unit.value <= e.unit.high
            assert set(e.text) == {"en", "ru", "kk"}
            assert e.unit.sources or e.unit.basis in ("identity", "bound", "estimated")
            assert set(e.unit.sources) - {"s"} <= known
        assert set(m.name) == {"en", "ru", "kk"}


def test_a_measure_without_its_result_is_not_shown():
    ids = {m.id for m in read_measures(open_pack("kazakhstan"))}
    assert "investment" not in ids
    assert "repatriates" in ids


@pytest.mark.parametrize("where", ["year=2026", "year=1900;measure=regional_quota_kandas"])
def test_a_filter_that_meets_several_rows_or_none_rings(tmp_path, where):
    from qonys.study.lab import policy_measures as reading

    pack = open_pack("kazakhstan")
    with pytest.raises(BadInput, match="repatriate_quota"):
        reading._sum(pack, "m", (Entry("measures.yaml", "", {"figure": "repatriate_quota", "where": where}),))


def test_forms():
    persons = changes_of({"a": 11.0}, (measure("a", "persons", groups=("kazakh",), regions=("N", "S")),), USUAL)
    assert persons.scenario == {"immigration_add": {"kazakh": {"N": 5.0, "S": 5.0}}}
    factor = measure("a", "factor", now=0.0, unit=one(-0.1, -0.1, 0.0), key="k", groups=("g",))
    assert changes_of({"a": 2.0}, (factor,), USUAL).scenario == {"k": {"g": 0.8}}
    assert changes_of({"a": 2.0}, (factor,), USUAL, "high").scenario == {"k": {"g": 1.0}}
    share = measure("a", "share", unit=one(0.25), key="k")
    assert changes_of({"a": 3.0}, (share,), USUAL).scenario == {"k": 1.5}
    power = measure("a", "power", unit=one(0.5), regions=("N",))
    assert changes_of({"a": 4.0}, (power,), USUAL).scenario == {"region_attraction": {"N": 2.0}}
    places = measure("a", "attraction", now=0.0, regions=("N", "S"))
    assert changes_of({"a": 30.0}, (places,), USUAL).scenario == {"region_attraction": {"N": 1.02, "S": 1.02}}
    work = changes_of({"a": 3.0}, (measure("a", "temporary", unit=one(0.5)),), USUAL)
    assert (dict(work.scenario), work.workers) == ({}, 1.0)


def test_measures_on_one_factor_multiply_and_persons_add():
    two = (measure("a", "share", unit=one(0.5), key="k"), measure("b", "share", unit=one(1.0), key="k"))
    assert changes_of({"a": 2.0, "b": 2.0}, two, USUAL).scenario == {"k": pytest.approx(3.0)}
    both = (measure("a", "persons"), measure("b", "persons"))
    assert changes_of({"a": 2.0, "b": 3.0}, both, USUAL).scenario == {"immigration_add": {"all": {"all": 3.0}}}


def test_nothing_moved_is_the_baseline():
    assert changes_of({"a": 1.0}, (measure("a", "persons"),), USUAL).scenario == {}


def test_refusals_name_the_measure():
    with pytest.raises(BadInput, match="choose one of: a"):
        changes_of({"z": 1.0}, (measure("a", "persons"),), USUAL)
    with pytest.raises(BadInput, match="from 0 to 100"):
        changes_of({"a": -1.0}, (measure("a", "persons"),), USUAL)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-1e4, 1e4))
def test_a_constant_shift_is_found_exactly(values, shift):
    base = np.array(values)
    found = difference(base, {"value": base + shift})
    assert found.middle == pytest.approx(shift, abs=1e-6)
    assert found.high - found.low == pytest.approx(0, abs=1e-6)


def test_the_interval_holds_the_range_of_the_effect():
    base = np.arange(5.0)
    found = difference(base, {"value": base + 1, "low": base - 2, "high": base + 4})
    assert (found.low, found.middle, found.high) == (-2, 1, 4)
    assert not found.surely()
    assert found.over(-2) == Interval(-2, -0.5, 1)


def test_levers_are_ranked_by_effect_and_by_who_decides():
    strong = Lever("strong", 1, Interval(5, 10, 15), Interval(5, 10, 15), 1)
    easy = Lever("easy", 1, Interval(-4, -3, -2), Interval(-4, -3, -2), 5)
    assert [one.measure for one in ranked([strong, easy], "effect")] == ["strong", "easy"]
    assert [one.measure for one in ranked([strong, easy])] == ["easy", "strong"]
