"""Functions of the face against the sciences they wrap, and what they refuse: numbers pass through unchanged."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput
from qonys.kernels.mortality import life_tables
from qonys.kernels.structure import segregation as index
from qonys.measurement.breakpoints import find_breaks

RATES = [0.0004 * np.exp(0.08 * age) for age in range(101)]
COUNTS = np.array([[400.0, 100, 20], [50, 300, 60], [10, 90, 500]])


def long(matrix, rows, columns):
    cells = [(f"r{i}", f"c{j}", float(v)) for i, row in enumerate(matrix) for j, v in enumerate(row)]
    return pl.DataFrame(cells, schema=[rows, columns, "value"], orient="row")


def test_a_life_table_is_the_kernels():
    found = qonys.life_table({"age_start": range(101), "value": RATES}, sex="male").frame
    table = life_tables.life_table(np.array(RATES), np.arange(101.0), "male")
    assert found["ex"].to_numpy() == pytest.approx(table.e, rel=1e-12)
    assert found["lx"].to_numpy() == pytest.approx(100_000 * table.l, rel=1e-12)


def test_life_tables_of_parts_are_those_of_each():
    parts = pl.DataFrame(
        {"age_start": [*range(101)] * 2, "mx": RATES + [1.5 * r for r in RATES], "sex": ["female"] * 101 + ["male"] * 101}
    )
    both = qonys.life_table(parts, columns={"value": "mx"}).frame
    alone = qonys.life_table(parts.filter(sex="male"), columns={"value": "mx"}).frame
    assert both.filter(sex="male").equals(alone)
    ages = qonys.life_expectancy(parts, columns={"value": "mx"}, ages=[0]).frame
    assert ages["value"].to_list() == pytest.approx(both.filter(age_start=0)["ex"].to_list())


def test_segregation_is_the_kernels():
    found = qonys.segregation(long(COUNTS, "region", "group"), draws=20)
    raw = dict(found.frame.select("index", "raw").rows())
    assert raw["h"] == pytest.approx(index.theil(COUNTS), rel=1e-12)
    assert raw["m"] == pytest.approx(index.information(COUNTS), rel=1e-12)
    assert found.table("groups")["isolation"][1] == pytest.approx(index.exposure(COUNTS, 1, 1), rel=1e-12)


def test_breaks_are_the_measurements_and_events_are_matched():
    series = {"year": [*range(1980, 2010)], "value": [1.0, 2, 3] * 5 + [21.0, 22, 23] * 5}
    found = qonys.breaks(series, events={"id": ["law", "war"], "start": [1995, 1985]})
    direct = find_breaks(pl.DataFrame(series).rename({"year": "time"}))
    assert found.frame.equals(direct.breaks)
    assert found.table("events")["event"].to_list() == ["law"]
    level = qonys.breaks({"time": range(1980, 2000), "value": [1, 2, 2, 1] * 5})
    assert level.frame.height == 0
    assert level.frame.columns[:2] == ["number", "date"]


def test_components_close_by_region_and_compare_with_the_register():
    people = {"region": ["a", "a", "b", "b"], "time": [2000, 2002] * 2, "value": [100, 130, 200, 190]}
    vital = {"region": list("aabb"), "time": [2000, 2001] * 2, "births": [5, 6, 7, 8], "deaths": [1, 1, 2, 2]}
    register = {"region": list("aabb"), "time": [2000, 2001] * 2, "value": [10, 12, -9, -8]}
    found = qonys.components_of_change(people, vital, registered=register).frame
    assert found["net_migration"].to_list() == [21, -21]
    assert found["registered"].to_list() == [22, -17]
    closes = pl.col("population_end") - pl.col("population_start") - pl.col("natural") - pl.col("net_migration")
    assert found.select(closes).to_series().to_list() == [0, 0]


def test_decompositions_sum_to_the_change_over_cells():
    before = {"age": ["young", "old"], "share": [0.6, 0.4], "rate": [0.01, 0.05]}
    after = {"age": ["old", "young"], "share": [0.5, 0.5], "rate": [0.04, 0.02]}
    found = qonys.decompose(before, after, ["share", "rate"], cells="age")
    assert found.frame["value"].sum() == pytest.approx(0.5 * 0.04 + 0.5 * 0.02 - 0.6 * 0.01 - 0.4 * 0.05)
    assert found.frame["value"][0] == pytest.approx(-0.1 * 0.015 + 0.1 * 0.045)  # Kitagawa: mean of the other factor
    assert found.table("cells").height == 4


def test_pandas_goes_in_and_comes_out():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"region": ["a", "a", "b", "b"], "group": list("xyxy"), "value": [3, 40, 50, 60]})
    out = qonys.protect_table(frame, ("region", "group")).to_pandas()
    assert list(out.columns) == ["region", "group", "value", "flag"]
    assert (out["flag"] == "c").sum() == 4


FLOWS = {"origin": ["a", "b"], "destination": ["b", "a"], "value": [3, 4]}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: qonys.flows_from_stocks(FLOWS, wieght=1), ["flows_from_stocks", "'wieght'", "weight"]),
        (lambda: qonys.migration_indicators(FLOWS, kind="all"), ["kind", "'all'", "system"]),
        (lambda: qonys.gravity({**FLOWS, "far": [0, 1]}, log="far"), ["far"]),
        (lambda: qonys.life_table({"age_start": [0, 1, 5], "value": [0.1, 0.2, 0.3]}), ["sex", "female, male"]),
        (lambda: qonys.life_table({"age_start": [1, 2, 5], "value": [0.1, 0.2, 0.3]}, sex="male"), ["increasing from 0"]),
        (lambda: qonys.life_table({"age_start": [0, 1, 2], "value": [0.1, -1, 1]}, sex="male"), ["age 1"]),
        (
            lambda: qonys.life_table({"age_start": [0, 1, 2], "deaths": [1, 1, 1]}, sex="male"),
            ["deaths", "person-years"],
        ),
        (lambda: qonys.graduate({"age_start": [5, 10], "value": [1, 2]}), ["5, 10"]),
        (lambda: qonys.rake(FLOWS, []), ["at least one table"]),
        (lambda: qonys.diversity({"group": ["a", "a"], "value": [1, 2]}), ["rows 1 and 2", "group=a", "twice"]),
        (lambda: qonys.decompose({"x": [1, 2]}, {"x": [1]}, "x"), ["cells"]),
        (lambda: qonys.age_structure({"sex": ["male"], "age_start": [0], "value": [1]}), ["female and male"]),
        (lambda: qonys.interplay({"region": ["a"], "time": [2019], "u": [1], "v": [1]}, ["u", "v"]), ["years"]),
        (lambda: qonys.survey_design({"a": [1]}, wieght="w"), ["weight"]),
        (lambda: qonys.survey_model({"a": [1], "b": [2]}, "a", "b", kind="probit"), ["probit", "ordered"]),
        (lambda: qonys.net_migration_residual(FLOWS, FLOWS, kind="both"), ["kind", "survival"]),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(call, words):
    with pytest.raises((BadInput, TypeError)) as caught:
        call()
    text = str(caught.value)
    for word in words:
        assert word in text, text


def test_a_chance_of_dying_above_one_is_said():
    rates = {"age_start": list(range(101)), "value": [0.02] * 99 + [2.5, 0.6]}
    with pytest.warns(UserWarning, match="1 cell, at ages 99"):
        found = qonys.life_table(rates, sex="male")
    assert found.frame["qx"][99] == 1
    assert any("99" in text for text in found.notes)
    ages, sexes = [0, 5, 10, 15] * 4, (["female"] * 4 + ["male"] * 4) * 2
    counted = {"time": [2000] * 8 + [2005] * 8, "age_start": ages, "sex": sexes, "population": [100] * 16}
    death = {"age_start": [0, 1, 5, 10, 15], "value": [0.01, 0.001, 0.001, 0.41, 0.2]}
    with pytest.warns(UserWarning, match="at ages 10"):
        qonys.net_migration_residual(counted, death)
