"""Town and village: bounds against every split that regions allow, spans between recounts, 2007 and 2014 by hand."""

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.measurement.town_and_village import Area, bounded, split
from qonys.study.chapters import settlement
from qonys.study.runs.results import Results


def test_the_bounds_are_those_of_all_splits_within_the_ratios():
    towns, villages, natural, (low, high) = Area(300.0, 80.0, 900.0), Area(40.0, -60.0, 400.0), 260.0, (0.5, 1.9)
    one, other = bounded(towns, villages, natural, (low, high))
    rate = natural / 1300
    splits = [n for n in np.linspace(0, natural, 200_001)
              if low * rate * 900 <= n <= high * rate * 900 and low * rate * 400 <= natural - n <= high * rate * 400]  # fmt: skip
    assert (one.natural_low, one.natural_high) == pytest.approx((min(splits), max(splits)), abs=0.01)
    assert (one.moved_low, one.moved_high) == pytest.approx((220 - max(splits), 220 - min(splits)), abs=0.01)
    assert one.natural_low + other.natural_high == pytest.approx(natural)


def test_a_loss_by_more_deaths_than_births_is_bounded_too():
    one, other = bounded(Area(-50.0, 0.0, 500.0), Area(-10.0, 0.0, 500.0), -60.0, (0.8, 1.4))
    assert (one.natural_low, one.natural_high) == pytest.approx((-36.0, -24.0))
    assert one.moved_low == pytest.approx(-26.0)
    assert one.sign_is_known
    assert other.sign_is_known


def test_ratios_on_one_side_of_one_are_refused():
    with pytest.raises(BadInput, match="both sides of one"):
        bounded(Area(1.0, 0.0, 1.0), Area(1.0, 0.0, 1.0), 1.0, (1.1, 1.4))


@pytest.fixture(scope="module")
def computed():
    results = Results("r")
    settlement.compute(open_pack("kazakhstan"), results)
    return results


def test_spans_end_before_recounts(computed):
    frame = computed.table("settlement_components").frame
    assert sorted(set(frame.select("start", "end").rows())) == [(2000, 2008), (2009, 2021), (2022, 2023)]
    planted = settlement.periods(list(range(2000, 2024)), set())  # without the recounts it would be one span
    assert planted == [(2000, 2023)]


def test_2007_by_hand(computed):
    """8,833,249 in towns on 1 January 2007, 8,265,935 a year later; registered net migration 58,467."""
    row = computed.table("settlement_years").frame.filter((pl.col("start") == 2007) & (pl.col("area") == "urban"))
    assert row["growth"][0] == 8_265_935 - 8_833_249
    assert row["moved_high"][0] == pytest.approx(row["growth"][0] - 58_467 - row["natural_low"][0])
    known = computed.table("settlement_years").frame.filter("sign_known")["start"].unique().sort().to_list()
    assert known == [2007, 2014]
    assert computed.number("settlement.reclassified.2007.low").value <= row["moved_low"][0]


def test_towns_and_villages_make_the_country(computed):
    """What is left of both areas together is the error of the figures: small beside one reclassification."""
    frame = computed.table("settlement_years").frame.with_columns(rest=pl.col("growth") - pl.col("net"))
    natural = frame.group_by("start").agg(pl.col("rest").sum(), n=(pl.col("natural_low").first() + pl.col("natural_high").last()))
    assert (natural["rest"] - natural["n"]).abs().max() < 5_000


def test_a_published_ratio_splits_both_readings_and_the_parts_make_the_growth():
    """Rates: N_u / E_u is a third of N_r / E_r; numbers: N_u is a third of N_r."""
    towns, villages = Area(60.0, 20.0, 750.0), Area(10.0, -20.0, 250.0)
    one, other = split(towns, villages, 60.0, (3.0, 3.0))
    assert 3 * one.natural_high / 750 == pytest.approx(other.natural_low / 250)
    assert 3 * one.natural_low == pytest.approx(other.natural_high)
    for own, area in ((one, towns), (other, villages)):
        assert own.natural_low + area.net_migration + own.moved_high == pytest.approx(area.growth)
    with pytest.raises(BadInput, match="above zero"):
        split(towns, villages, 60.0, (0.0, 3.0))


def test_the_year_with_a_published_ratio_lies_within_the_bounds_of_regions(computed):
    """2000: births less deaths 72,276 or so, villages 3.45 to 3.55 times the towns."""
    narrow = computed.table("settlement_split").frame
    wide = computed.table("settlement_years").frame.filter(pl.col("start") == 2000)
    assert narrow["start"].to_list() == [2000, 2000]
    for own, other in zip(narrow.iter_rows(named=True), wide.iter_rows(named=True), strict=True):
        assert other["natural_low"] < own["natural_low"] < own["natural_high"] < other["natural_high"]
        assert own["natural_high"] + own["net"] + own["moved_low"] == pytest.approx(own["growth"])
    towns = narrow.row(0, named=True)
    natural = towns["natural_low"] * (1 + 3.55)
    assert natural == pytest.approx(72_276, rel=0.02)
    planted = split(Area(15_833.0, -5_561.0, 8.4e6), Area(-51_864.0, -102_746.0, 6.5e6), natural, (1 / 3.55, 1 / 3.45))
    assert planted[0].natural_low > towns["natural_high"]  # planted: towns over villages instead of villages over towns
