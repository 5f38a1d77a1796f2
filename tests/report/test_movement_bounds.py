"""The balance of the periods before the registers: ranges by hand, table and chart in three languages with the mark."""

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.figures import early
from qonys.figures.render import vega_svg
from qonys.measurement.published_movements import SIGNS
from qonys.report.chapters import retrospective as laid_out
from qonys.report.context import Context
from qonys.study.chapters import retrospective
from qonys.study.runs.results import Results

PERIODS = [(1897, 1926), (1926, 1939), (1939, 1959)]


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def table(pack):
    return retrospective.movement_bounds(pack)


@pytest.fixture(scope="module")
def results(table):
    found = Results("0" * 64)
    found.add(table)
    return found


def cells(table):
    return {(r["start"], r["component"]): (r["low"], r["high"]) for r in table.frame.iter_rows(named=True)}


def test_periods_before_the_registers_and_their_components(table):
    found = cells(table)
    assert sorted({(r["start"], r["end"]) for r in table.frame.iter_rows(named=True)}) == PERIODS
    assert found[1926, "flight"] == (-1_100_000.0, -665_000.0)
    assert found[1926, "return"] == (414_000.0, 414_000.0)
    assert found[1926, "famine_deaths"] == (-2_400_000.0, -1_500_000.0)
    assert found[1926, "change"] == (6_000_000.0 - 6_500_895.0, 6_151_102.0 - 6_025_000.0)
    assert (1897, "natural") not in found
    assert (1926, "natural") not in found


def test_natural_increase_of_the_war_by_rates_and_of_the_fifties_by_events(pack, table):
    births = pack.table("national").filter(
        (pl.col("indicator") == "natural_increase") & pl.col("year").is_between(1950, 1958)
        & (pl.col("source") == "wiki_demographics_kz")
    )["value"].sum()  # fmt: skip
    rates = (23.7 + 21.0 + 14.8 + 4.7 + 0.7 + 1.1 + 7.7) / 1000
    low, high = cells(table)[1939, "natural"]
    assert low == pytest.approx(births + rates * 6_000_000)
    assert high == pytest.approx(births + rates * 9_295_000)


def test_components_and_rest_hold_the_change(table):
    for start, _ in PERIODS:
        rows = table.frame.filter(pl.col("start") == start)
        parts = rows.filter(pl.col("component") != "change")
        change = rows.filter(pl.col("component") == "change").row(0, named=True)
        assert parts["low"].sum() <= change["low"] < change["high"] <= parts["high"].sum()
        assert (rows["low"] <= rows["high"]).all()


def test_the_chart_shows_every_component_of_the_table():
    assert set(early.COMPONENTS) == {"change", "natural", *SIGNS, "rest"}


def test_a_pack_without_published_movements_has_no_such_table():
    assert inputs.available(open_pack("georgia"), retrospective.PUBLISHED)


@pytest.mark.parametrize(("language", "head"), [("en", "Component"), ("ru", "Составляющая"), ("kk", "Құрамы")])
def test_table_and_chart_in_three_languages(pack, results, language, head):
    context = Context(results, pack, language)
    laid = laid_out._early(context)
    assert laid.head[0] == head
    assert laid.head[1:] == ("1897–1926", "1926–1939", "1939–1959")
    assert laid.source.endswith("†")
    names = [row[0] for row in laid.rows]
    assert names[-1] == context.say("retro.early.rest")
    assert all("." not in name and "_" not in name for name in names)
    drawn = laid_out._early_figure(context)
    assert drawn.source.endswith("†")
    assert "890" in drawn.alt or "-3" in drawn.alt
    picture = vega_svg(early.movement_bounds(context).spec, language)
    for name in names:
        assert name[:8] in picture
