"""Registered flows and the account's balance of the same years stand together in the report and on the site."""

from datetime import date

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.figures import gross
from qonys.figures.edition import Edition
from qonys.study.analyses.gross_flows import balances


def row(year, flow, published, status="published"):
    low, middle, high = (None, None, None) if year > 2022 else (1, 2, 3)
    return {"start": date(year, 1, 1), "end": date(year, 12, 31), "flow": flow, "status": status, "low": low,
            "median": middle, "high": high, "published": published}  # fmt: skip


def test_balances_take_whole_years_that_the_account_holds():
    table = pl.DataFrame([
        row(2020, "immigrants", None, "partly"), row(2020, "emigrants", None, "partly"),
        row(2021, "immigrants", 10), row(2021, "emigrants", 32), row(2022, "immigrants", 17), row(2022, "emigrants", 24),
        row(2024, "immigrants", 30), row(2024, "emigrants", 13),
    ])  # fmt: skip
    draws = pl.DataFrame({"draw": [0, 0, 0, 0, 1, 1, 1, 1], "year": [2020, 2021, 2022, 2023] * 2,
                          "net_migration": [1.0, 2.0, 3.0, None, 4.0, 5.0, 6.0, None]})  # fmt: skip
    found = balances(table, draws)
    assert found.select("year", "registered", "draw", "net_migration").rows() == [
        (2021, -22, 0, 2.0), (2021, -22, 1, 5.0), (2022, -7, 0, 3.0), (2022, -7, 1, 6.0),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_drawing_states_the_last_counts(study, pack, language):
    edition = Edition(study, pack, language)
    drawing = gross.by_year(edition)
    last = drawing.frame.drop_nulls("published").sort("start").tail(2)
    for count in last["published"]:
        assert edition.number(count) in drawing.sentence
    assert len(drawing.sheet.rows[0]) == len(drawing.sheet.head) == 6


def test_no_flow_of_a_past_year_is_below_its_count(study):
    counted = study.table("projection_gross").frame.drop_nulls(["published", "low"])
    assert counted.height >= 8
    below = counted.filter(pl.col("low") < pl.col("published") - 1)
    assert below.rows() == []
    planted = counted.with_columns(low=pl.when(pl.col("flow") == "emigrants").then(pl.col("low") / 2).otherwise("low"))
    assert planted.filter(pl.col("low") < pl.col("published") - 1).height >= 4


def test_the_report_reconciles_registers_and_account(study, pack):
    """The registered balance is the sum of the pack's own figures of the named years; the account's has an interval."""
    years = gross.registered_years(Edition(study, pack, "en"))
    counts = inputs.rows(pack, "external_flow_totals").filter(
        pl.col("start").dt.year().is_in(years) & (pl.col("end").dt.month() == 12) & (pl.col("start").dt.month() == 1)
    )
    ends = []
    for pick in ("min", "max"):
        by_flow = counts.group_by("flow", pl.col("start").dt.year()).agg(getattr(pl.col("value"), pick)())
        ends.append(dict(by_flow.group_by("flow").agg(pl.col("value").sum()).rows()))
    registered, account = study.number("projection.registered_balance"), study.number("projection.account_balance")
    low, high = (float(ends[a]["immigrants"]) - float(ends[1 - a]["emigrants"]) for a in (0, 1))
    assert low <= registered.value <= high
    assert account.low < account.value < account.high
    assert {2017, 2018, 2019} <= set(years)
    assert registered.value < account.value
