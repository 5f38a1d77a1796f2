"""Registered flows over the border: one source a span by the written order, and what parts of years tell of the whole."""

from __future__ import annotations

import math

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.inputs import partners


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_whole_years_are_those_of_the_preferred_sources(pack) -> None:
    found = {year: (came, left) for year, came, left in partners.gross_years(pack).rows()}
    assert sorted(found) == [2017, 2018, 2019, 2021, 2022, 2023, 2024, 2025]
    assert found[2017] == (16_081, 37_704)
    assert found[2022] == (17_293, 24_239)
    assert found[2025] == (23_761, 7_608)


def test_the_balance_of_whole_years_is_near_the_registered_one(pack) -> None:
    """First reports against the later table: within 700 persons where both are known."""
    table = pack.table("national").filter(
        (pl.col("indicator") == "net_migration") & (pl.col("source") == "bns_migration_balance")
    )
    net = dict(table.select("year", "value").rows())
    years = [row for row in partners.gross_years(pack).rows() if row[0] in net]
    assert len(years) >= 5
    for year, came, left in years:
        assert abs(came - left - float(net[year])) < 700, year


SPANS = pl.DataFrame(
    [
        (2001, 9, 400.0, 100.0), (2002, 12, 400.0, 400.0), (2002, 9, 200.0, 450.0), (2002, 3, 90.0, 90.0),
        (2003, 12, 800.0, 200.0), (2003, 9, 300.0, 300.0), (2004, 6, 10.0, 10.0), (2005, 3, 50.0, 50.0),
    ],
    schema=["year", "months", "immigrants", "emigrants"], orient="row",
)  # fmt: skip
PEOPLE = pl.DataFrame({"country": ["AAA"] * 4, "year": [2001, 2002, 2003, 2004], "value": [1000.0, 1000, 1000, 1100]})


class Named:
    country = {"iso3": "AAA"}  # noqa: RUF012


def test_part_of_a_year_counts_by_the_share_of_the_same_months(monkeypatch) -> None:
    """By hand: nine months had 300 of 400 in both years, so 200 stand for 266.7; six months have no year to tell them."""
    monkeypatch.setattr(partners, "gross_spans", lambda pack: SPANS)
    rows = {row["year"]: row for row in partners.gross_record(Named, PEOPLE).iter_rows(named=True)}
    assert sorted(rows) == [2001, 2002, 2003, 2005]
    assert rows[2001]["rate"] == pytest.approx(200 / 0.75 / 1000)
    assert rows[2001]["error"] == partners.LEAST_ERROR
    assert (rows[2003]["rate"], rows[2003]["error"]) == (0.4, partners.WHOLE)
    assert rows[2005]["rate"] == pytest.approx(50 / (90 / 400) / (1100 * 1.1))
    assert rows[2005]["error"] == partners.ONE_YEAR
    assert partners.gross_record(Named, PEOPLE, until=2002)["year"].to_list() == [2001, 2002]


def test_the_error_of_a_share_is_the_spread_over_years(monkeypatch) -> None:
    uneven = SPANS.with_columns(
        immigrants=pl.when((pl.col("year") == 2003) & (pl.col("months") == 9)).then(200.0).otherwise("immigrants")
    )
    monkeypatch.setattr(partners, "gross_spans", lambda pack: uneven)
    row = partners.gross_record(Named, PEOPLE).row(0, named=True)
    a, b = math.log(300 / 400), math.log(math.sqrt(200 * 300) / 400)
    assert row["error"] == pytest.approx(abs(a - b) / math.sqrt(2) * math.sqrt(1.5))
