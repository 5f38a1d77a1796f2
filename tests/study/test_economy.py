"""Money, doctors and towns: the shares agree with what the office publishes, and the sentences with the tables."""

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.study.chapters.economy import payer_since, shares_of_product


def test_remittances_received_agree_with_the_office(study) -> None:
    """Made of the World Bank's dollars, they are the office's own share of the product within its rounding."""
    own = study.table("remittances").frame.select("year", "received")
    office = inputs.chosen(open_pack("kazakhstan"), "remittances_share_of_gdp").select("year", "value")
    both = own.join(office.with_columns(pl.col("year").cast(own.schema["year"])), on="year")
    assert both.height >= 10
    assert (both["received"] - both["value"]).abs().max() < 0.03


def test_more_is_sent_than_received_since() -> None:
    frame = pl.DataFrame({"year": [1, 2, 3, 4], "paid": [2.0, 1.0, 2.0, 2.0], "received": [1.0, 1.0, 1.0, 1.0]})
    assert payer_since(frame) == 3
    assert payer_since(frame.head(2)) is None


def test_shares_are_of_the_same_year() -> None:
    one = pl.DataFrame({"year": [2000, 2001], "value": [1.0, 2.0]})
    shares = shares_of_product(one, one, one.with_columns(pl.col("value") * 10))
    assert shares.to_dicts() == [{"year": y, "paid": 10.0, "received": 10.0} for y in (2000, 2001)]


def test_numbers_are_those_of_the_tables(study) -> None:
    doctors = study.table("services").frame.filter(pl.col("measure") == "physicians")
    assert doctors["value"].min() == study.number(f"economy.physicians.{doctors.sort('value')['year'][0]}").value
    towns = study.table("towns").frame
    assert set(towns["outcome"]) == {"unemployment", "failing", "housing"}
    assert study.number("economy.arrivals.housing").value == dict(study.table("towns_arrivals").frame.select("outcome", "value").iter_rows())["housing"]
    assert study.number("economy.towns.failing").value == towns.filter(pl.col("outcome") == "failing")["value"][0]
    left = study.number("economy.medical_left").value
    rate = dict(doctors.select("year", "value").iter_rows())[2022]
    people = dict(inputs.chosen(open_pack("kazakhstan"), "mid_year_population").select("year", "value").iter_rows())
    assert study.number("economy.medical_bound").value == pytest.approx(1e3 * left / (rate / 1e3 * people[2022]))
