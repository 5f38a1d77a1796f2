"""Forms of the moves of a register: those of the typology's engine, record for record, in tables."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.measurement.typology.classify import classify
from qonys.registers.axes import TableChoices
from qonys.registers.forms import FormChoices, form_table
from qonys.registers.opened import OpenRegister

from .conftest import made_records


def records_with_forms():
    draws = np.random.default_rng(8)
    frame = made_records(6)
    n = frame.height
    cause = pl.Series(["labour", "education", None, "ethnic", "unknown"]).gather(draws.integers(0, 5, n))
    citizen = pl.Series(["KAZ", "RUS", None]).gather(draws.integers(0, 3, n))
    return frame.with_columns(cause=cause, citizenship=citizen)


def as_moves(frame):
    """The same for the engine, which knows countries and regions apart."""

    def country(name):
        return pl.when(pl.col(name).str.starts_with("KZ")).then(pl.lit("KAZ")).otherwise(name)

    return frame.select(
        "person", "origin", "destination", "cause", "citizenship", "sex", date="day", ethnic_group="group",
        origin_country=country("origin"), destination_country=country("destination"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "label", ["form", *(pytest.param(one, marks=pytest.mark.long) for one in ("un_class", "frequency_class"))]
)
def test_forms_are_those_of_the_engine(imported, here, label):
    frame = records_with_forms()
    path = here / "records.csv"
    frame.write_csv(path)
    found = form_table(imported(path), TableChoices(("year", "sex")), FormChoices(label)).flows
    moves = classify(as_moves(frame), "KAZ", kin_groups=("kazakh",))
    wanted = moves.group_by(pl.col("date").dt.year().alias("time"), "sex", pl.col(label).cast(pl.String)).len()
    got = found.tidy(component=label).filter(pl.col("value") > 0)
    assert found.values.sum() == frame.height
    assert {row[:3]: row[3] for row in got.select("time", "sex", label, "value").iter_rows()} == {
        row[:3]: row[3] for row in wanted.iter_rows()
    }


def test_the_public_face(imported, here):
    path = here / "records.csv"
    records_with_forms().write_csv(path)
    found = OpenRegister(imported(path)).forms(("origin",), "un_class", places="regions")
    assert [axis.name for axis in found.axes] == ["origin", "component"]


def test_words_that_the_typology_does_not_know(imported):
    found = imported(["person,day,origin,destination,cause", "A,2020-01-01,KZ-11,KZ-71,boredom"])
    with pytest.raises(BadInput) as caught:
        form_table(found)
    assert "boredom" in str(caught.value)
    with pytest.raises(BadInput):
        FormChoices("colour")


def test_histories_of_one_person_make_repeated_moves(imported):
    days = [date(2020, 1, 1) + timedelta(days=100 * n) for n in range(4)]
    places = ["KZ-11", "KZ-71", "KZ-11", "KZ-71", "KZ-11"]
    rows = [f"A,{day},{a},{b}" for day, a, b in zip(days, places, places[1:], strict=False)]
    found = form_table(imported(["person,day,origin,destination", *rows]), None, FormChoices("frequency_class")).flows
    assert found.at(time=2020, component="repeated") + found.at(time=2020, component="circular") == 3
