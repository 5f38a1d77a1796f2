"""The fall of emigration: parts that add up exactly, by hand and at random; diasporas; planted faults."""

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.measurement.leaving import fall
from qonys.study.chapters import decline
from qonys.study.chapters.emigrants import shares
from qonys.study.runs.results import Results, TableResult


def test_the_parts_add_up_whatever_the_figures():
    rng = np.random.default_rng(7)
    for first, last, size, later in rng.uniform(1, 1e6, (200, 4)):
        found = fall((first, last), (size, later))
        assert found.exhaustion + found.propensity == pytest.approx(found.change, abs=1e-6)
        assert found.exhaustion_low <= found.exhaustion <= found.exhaustion_high


def test_one_factor_alone_has_the_whole_change():
    assert fall((100.0, 50.0), (1000.0, 500.0)).propensity == pytest.approx(0.0)
    assert fall((100.0, 50.0), (1000.0, 1000.0)).exhaustion == 0.0
    with pytest.raises(BadInput, match="positive"):
        fall((1.0, 1.0), (0.0, 1.0))


PARTS = {"breakdown": "ethnic_group", "source": "page", "share": 0.1}


def parts(*rows):
    """Emigrants of group a: period, first day, months, value."""
    made = [{"category": "a", "period": p, "start": s, "months": m, "value": v} for p, s, m, v in rows]
    return pl.DataFrame([PARTS | row for row in made])


PEOPLE = pl.DataFrame({
    "year": [1989, 1999, 2009, 2021], "ethnic_group": ["a"] * 4, "value": [1000.0, 800.0, 500.0, 400.0],
    "total": [10_000.0] * 4, "source": ["page"] * 4,
})  # fmt: skip


def test_halves_of_years_are_left_out_and_the_largest_is_the_main_one():
    frame = decline.falls_of(parts(
        ("1994", "1994-01-01", 12, 100.0), ("1995/1996", "1995-01-01", 24, 80.0), ("2000-H1", "2000-01-01", 6, 90.0),
        ("2019", "2019-01-01", 12, 5.0),
    ), PEOPLE)  # fmt: skip
    assert frame["start"].to_list() == ["1994", "1995/1996"]
    assert frame.filter("main")["start"].to_list() == ["1994"]
    assert frame["left_start"].to_list() == [100.0, 40.0]
    assert (frame["exhaustion"] + frame["propensity"]).to_list() == pytest.approx(frame["change"].to_list())
    size = 1000 * (800 / 1000) ** 0.55  # mid-1994
    assert frame["size_start"][0] == pytest.approx(size)


def test_a_period_outside_of_the_counts_is_not_told():
    """Planted: a newest period after the last count would need a size that nobody counted."""
    rows = parts(("1994", "1994-01-01", 12, 100.0), ("2030", "2030-01-01", 12, 5.0))
    assert decline.falls_of(rows, PEOPLE).is_empty()


def test_a_group_not_counted_before_is_not_new():
    people = pl.DataFrame({
        "year": [1959, 2021, 2021], "ethnic_group": ["a", "a", "b"], "value": [20_000.0, 60_000.0, 70_000.0],
        "total": [9e6, 2e7, 2e7], "source": ["page"] * 3,
    })  # fmt: skip
    none = pl.DataFrame(schema={"ethnic_group": pl.String, "region": pl.String, "region_share": pl.Float64})
    found = {row["group"]: row for row in decline.diasporas(people, none).iter_rows(named=True)}
    assert (found["a"]["new"], found["a"]["before"]) == (True, 20_000.0)
    assert not found["b"]["new"]


def test_kazakhstan_by_hand():
    """283,000 Russians left in 1994 and 32,800 in 2019."""
    from qonys import inputs

    pack, results = open_pack("kazakhstan"), Results("r")
    left = pl.col("flow") == "emigrants"
    rows = inputs.rows(pack, "external_flows_own_report").filter(left)
    table = shares(rows, inputs.chosen(pack, "external_flow_totals").filter(left))
    results.add(TableResult("emigrants_parts", table, "persons", 3, (), "m"))
    decline.compute(pack, results)
    assert results.number("decline.change.russian").value == pytest.approx(32_800 - 283_000)
    row = results.table("decline_parts").frame.filter((pl.col("group") == "russian") & pl.col("main")).row(0, named=True)
    assert row["exhaustion"] + row["propensity"] == pytest.approx(row["change"])
    new = results.table("decline_diasporas").frame.filter("new")["group"].to_list()
    assert set(new) == {"dungan", "azerbaijani", "turkish", "kurd", "tajik"}
