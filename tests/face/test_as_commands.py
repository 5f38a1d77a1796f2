"""Functions that read what the commands of the same name read: names of kin groups, dates, rates per 1,000; made up."""

import warnings

import polars as pl
import pytest

import qonys
from qonys.errors import BadInput

MOVE = {"origin_country": ["UZB"], "destination_country": ["KAZ"], "cause": ["ethnic"], "stay_months": ["24"], "citizenship": ["UZB"]}


def form(group, kin="kazakh", **more):
    return qonys.classify_forms({**MOVE, "ethnic_group": [group], **more}, home="KAZ", kin_groups=kin)


@pytest.mark.parametrize("group", ["Kazakh", "казахи", "Қазақтар", " kazakh "])
def test_any_name_of_a_kin_group(group):
    assert form(group).frame["form"].to_list() == form("kazakh").frame["form"].to_list()
    with pytest.warns(UserWarning, match="meets kin_groups kazakh"):
        assert form("uzbek").frame["form"].to_list() != form("kazakh").frame["form"].to_list()
    assert form("kazakh", kin="қазақтар").frame["form"].to_list() == form("kazakh").frame["form"].to_list()


def test_dates_and_numbers_as_people_write_them():
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = form("kazakh", date=["30.05.2021"], stay_months=["1,5"]).frame
    assert found.select("date", "stay_months").row(0) == ("2021-05-30", "1.5")
    assert ["2021-05-30" in str(one.message) for one in heard] == [True]
    with pytest.raises(BadInput, match="Say dates='day-first' or dates='month-first'"):
        form("kazakh", date=["1/3/2021"])
    with pytest.warns(UserWarning, match="was read as 2021-03-01"):
        found = qonys.classify_forms({**MOVE, "date": ["1/3/2021"]}, home="KAZ", dates="day-first").frame
    assert found["date"].to_list() == ["2021-03-01"]


def test_what_no_move_has_is_said():
    with pytest.warns(UserWarning, match="meets kin_groups zzz"):
        form("kazakh", kin=["kazakh", "zzz"])
    with pytest.warns(UserWarning, match="meets home FRA"):
        qonys.classify_forms(MOVE, home="FRA")


AGES = list(range(0, 105, 5))
PEOPLE = {"sex": ["f"] * 21 + ["m"] * 21, "age": AGES * 2, "value": [1000.0] * 42}
DEATHS = pl.DataFrame({"sex": ["f"] * 21 + ["m"] * 21, "age": AGES * 2, "value": [0.02] * 42})
BIRTHS = pl.DataFrame({"age": [20, 25, 30], "value": [0.12, 0.15, 0.1]})


def projected(births=BIRTHS, deaths=DEATHS, **options):
    return qonys.project_population(PEOPLE, births, deaths, start=2020, horizon=2030, **options).frame


def test_rates_per_thousand():
    times = pl.col("value") * 1000
    found = projected(BIRTHS.with_columns(times), DEATHS.with_columns(times), per={"fertility": 1000, "mortality": 1000})
    assert found["population_end"].to_list() == pytest.approx(projected()["population_end"].to_list(), rel=1e-12)
    said = DEATHS.with_columns(times, unit=pl.lit("per 1,000"))
    assert projected(deaths=said, per={"mortality": 1000})["deaths"].to_list() == pytest.approx(projected()["deaths"].to_list())


@pytest.mark.parametrize("per", [1000, {"deaths": 1000}, {"mortality": 0}, {"mortality": "x"}])
def test_what_values_cannot_be_divided_by(per):
    with pytest.raises(BadInput, match=r"^per is .*such as \{'mortality': 1000\}"):
        projected(per=per)
