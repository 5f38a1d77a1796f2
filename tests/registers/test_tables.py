"""Tables of a register: against plain counts, and the identities between them."""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput, IdentityBroken
from qonys.kernels.registers import residence
from qonys.registers import stocks
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.margins import ALL, every_margin, margin_table
from qonys.registers.spells import SpellChoices, spell_frame, spells, write_spells
from qonys.registers.summary import spell_summary

from .conftest import REGIONS, made_records


@pytest.fixture
def register(imported, here):
    path = here / "records.csv"
    made_records(5).write_csv(path)
    return imported(path)


def plain(frame=None):
    """Rows as a plain program would have them: year, age in completed years, group of five years."""
    frame = made_records(5) if frame is None else frame
    day, born = pl.col("day"), pl.col("birth")
    before = day.dt.strftime("%m%d") < born.dt.strftime("%m%d")
    return frame.with_columns(year=day.dt.year(), years=day.dt.year() - born.dt.year() - before)


def test_cells_are_those_of_a_plain_count(register):
    by = ("year", "origin", "destination", "group", "sex", "age")
    found = flows(register, TableChoices(by)).flows.tidy(time="year").filter(pl.col("value") > 0)
    start = pl.min_horizontal(pl.col("years") // 5 * 5, 85)
    age = pl.when(start < 85).then(pl.format("{}-{}", start, start + 4)).otherwise(pl.lit("85+"))
    wanted = plain().with_columns(age=age).group_by(by).agg(value=pl.len().cast(pl.Float64))
    assert found.sort(by).equals(
        wanted.with_columns(pl.col("year").cast(found["year"].dtype)).select(found.columns).sort(by)
    )


def test_margins_are_sums_and_moves_in_are_moves_out(register):
    whole = flows(register).flows
    assert whole.values.sum() == made_records(5).height
    np.testing.assert_array_equal(whole.values.sum(axis=(1, 2)), flows(register, TableChoices(("year",))).flows.values)
    fine = flows(register, TableChoices(("year", "origin", "destination", "sex", "age"))).flows
    np.testing.assert_array_equal(fine.values.sum(axis=(3, 4)), whole.values)
    months = flows(register, TableChoices(("month", "origin"))).flows.values
    np.testing.assert_array_equal(months.reshape(-1, 12, months.shape[1]).sum(axis=1), whole.values.sum(axis=2))
    assert whole.unit == "moves"
    assert whole.definition == "register_moves"


def test_moves_inside_the_country_and_in_older_boundaries(register):
    inside = flows(register, TableChoices(places="regions"))
    kept = made_records(5).filter((pl.col("origin") != "RUS") & (pl.col("destination") != "RUS"))
    assert inside.flows.values.sum() == kept.height
    assert inside.outside == 0
    assert "RUS" not in inside.flows.axis("origin").labels
    older = flows(register, TableChoices(vintage="pre2018"))
    assert "KZ-10" not in older.flows.axis("origin").labels
    assert older.flows.vintage == "pre2018"
    assert older.flows.values.sum() == made_records(5).height - older.within


def test_moves_with_an_unknown_value_are_counted_apart(imported):
    found = imported(["person,day,origin,destination,sex", "A,2020-01-01,KZ-11,KZ-71,F", "B,2020-01-01,KZ-11,KZ-71,"])
    table = flows(found, TableChoices(("year", "sex")))
    assert (table.flows.values.sum(), table.outside) == (1, 1)


def test_the_account_closes(register):
    found = stocks.account(register)
    frame = found.frame
    change = pl.col("arrivals") - pl.col("departures") + pl.col("unrecorded_arrivals") - pl.col("unrecorded_departures")
    assert frame.filter(pl.col("stock_start") + change != pl.col("stock_end")).height == 0
    assert frame.group_by("start").agg(pl.col("stock_start").sum())["stock_start"].unique().to_list() == [400]
    assert frame["arrivals"].sum() == frame["departures"].sum() == made_records(5).height
    assert frame["unrecorded_arrivals"].sum() > 0
    days = [(b - a).days for a, b in pairwise(stocks.year_days(register))]
    assert frame["person_years"].sum() == pytest.approx(400 * sum(days) / 365.25)
    np.testing.assert_array_equal(found.stock.values[:-1].sum(axis=1), 400)


def test_a_planted_loss_in_the_account_rings(register, monkeypatch):
    monkeypatch.setattr(
        stocks, "add_stocks", lambda *given: residence.add_stocks(*(one[1:] for one in given[:4]), *given[4:])
    )
    with pytest.raises(IdentityBroken):
        stocks.account(register)


def test_transitions_are_differences_between_two_days(register):
    days = [date(2017, 1, 1), date(2019, 1, 1)]
    found = stocks.transitions(register, days)
    frame, count = made_records(5), {}
    for _, rows in frame.sort("person", "day", "record").group_by("person", maintain_order=True):
        at = []
        for day in days:
            past = rows.filter(pl.col("day") < day)
            at.append(past["destination"][-1] if past.height else rows["origin"][0])
        if at[0] != at[1]:
            count[tuple(at)] = count.get(tuple(at), 0) + 1
    assert {(a, b): found.at(time="2017-01-01", origin=a, destination=b) for a in REGIONS for b in REGIONS
            if found.at(time="2017-01-01", origin=a, destination=b)} == count  # fmt: skip
    assert found.unit == "persons"
    assert found.definition == "register_transitions"
    with pytest.raises(BadInput):
        stocks.transitions(register, days[::-1])


def test_migrants_add_up_to_their_spells(register):
    stays = SpellChoices(months=12)
    summary = spell_summary(register, stays)
    table = flows(register, TableChoices(("year",)), stays)
    np.testing.assert_allclose(table.flows.values, summary["migrants"].to_numpy(), rtol=1e-12)
    every = pl.concat([spell_frame(one, register) for one in spells(register, stays)])
    assert every.height == summary["moves"].sum() == made_records(5).height
    assert every["break"].sum() == summary["chain_breaks"].sum() > 0
    year = summary.filter(pl.col("year") == summary["year"].max()).row(0, named=True)
    assert year["provisional"]
    assert 0 < year["migrants"] - year["stayed"] < year["open"]
    assert year["migrants_sd"] > 0
    closed = summary.filter(~pl.col("provisional"))
    assert (closed["migrants"] == closed["stayed"]).all()
    assert (closed["migrants_sd"] == 0).all()
    parts = summary.select(pl.sum_horizontal("first_moves", "returns", "onward", "without_person"))
    assert parts.to_series().equals(summary["moves"], check_names=False)


def test_three_months_make_more_migrants_than_twelve(register):
    three, twelve = (spell_summary(register, SpellChoices(months=months))["migrants"].sum() for months in (3, 12))
    assert three > twelve


def test_spells_in_a_file(register, here):
    path = here / "spells.parquet"
    assert write_spells(register, SpellChoices(), path) == pl.read_parquet(path).height == made_records(5).height


def test_other_functions_take_the_quantities(register, here):
    found = qonys.registers.open("try")
    inside = found.flows(("year", "origin", "destination"), places="regions")
    answer = qonys.migration_indicators(inside)
    assert answer.frame.height > 0
    parts = qonys.multiplicative_components(found.flows(("origin", "destination"), places="regions"))
    assert parts.frame.height > 0
    assert qonys.registers.names() == ["try"]
    assert found.check()["records"][0] == made_records(5).height


@pytest.mark.long
@pytest.mark.parametrize("by", [("year", "origin", "destination"), ("month", "sex"), ("group", "age", "origin")])
@pytest.mark.parametrize("places", ["all", "regions"])
def test_margins_in_one_pass_are_sums_of_the_cells(register, by, places):
    choices = TableChoices(by, places=places, vintage="2018")
    found = margin_table(register, choices)
    dense = flows(register, choices).flows
    names = [axis.name for axis in dense.axes]
    ordered = found.columns[:-1]
    for axes in every_margin(range(len(names))):
        kept = pl.all_horizontal(*((pl.col(name) == ALL) != (at in axes) for at, name in enumerate(ordered)))
        rows = found.filter(kept)
        sums = dense.values.sum(axis=tuple(set(range(len(names))) - set(axes)))
        assert rows["value"].sum() == dense.values.sum()
        labels = [tuple(map(str, dense.axes[at].labels)) for at in axes]
        for *given, value in rows.iter_rows():
            place = tuple(labels[k].index(given[at]) for k, at in enumerate(axes))
            assert sums[place] == value


def test_choices_that_are_none(register):
    for choices in (
        {"by": ("colour",)},
        {"by": ("year", "month")},
        {"places": "x"},
        {"years": (2020, 2010)},
    ):
        with pytest.raises(BadInput):
            TableChoices(**choices)
    with pytest.raises(BadInput):
        margin_table(register, TableChoices(()))
    assert flows(register, TableChoices(())).flows.values == made_records(5).height
    with pytest.raises(BadInput):
        flows(register, TableChoices(vintage="x"))
