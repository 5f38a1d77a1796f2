"""Forecasts of others: errors by hand, ranges, what lies within the projection, a planted fault."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.study.chapters import published_forecasts
from qonys.study.runs.results import Results, TableResult


def made_results(low, middle, high):
    """Results that hold the projection of one year."""
    results = Results("r")
    row = {"measure": ["population"], "year": [2030], "q2.5": [low], "q50": [middle], "q97.5": [high]}
    results.add(TableResult("projection_quantiles", pl.DataFrame(row), "as_measure", 5, (), "m"))
    published_forecasts.compute(open_pack("kazakhstan"), results)
    return results


@pytest.fixture(scope="module")
def computed():
    return made_results(20.0e6, 21.0e6, 21.6e6)


def of(results, forecaster, horizon):
    frame = results.table("forecasts_scored").frame
    kept = frame.filter((pl.col("forecaster") == forecaster) & (pl.col("horizon") == horizon))
    return kept.filter(pl.col("quantity") == "population").row(0, named=True)


def test_the_error_is_that_of_the_middle_of_the_year(computed):
    """20 million forecast for 2015; 17,415,715 on 1 January 2015, 17,669,896 a year later."""
    row = of(computed, "migration_agency", 2015)
    middle = (row["came_low"] + row["came_high"]) / 2
    assert row["came_low"] == pytest.approx(17_415_715, abs=1)
    assert row["error"] == pytest.approx(20e6 / middle - 1)
    assert computed.number("forecasts.error.migration_agency.2004.2015").value == pytest.approx(row["error"])


def test_a_range_below_what_came_has_the_error_of_its_upper_end(computed):
    row = of(computed, "united_nations", 2020)
    assert (row["made"], row["inside"]) == (2010, False)
    assert row["error"] == pytest.approx(row["high"] / row["came"] - 1)
    assert published_forecasts.error(90.0, None, 110.0, 100.0) == 0.0


def test_what_meets_the_interval_lies_within_it(computed):
    assert of(computed, "workforce_centre", 2030)["within"]
    assert not of(computed, "ministry_of_economy", 2030)["within"]  # 21.7 million, above 21.6
    planted = made_results(20.0e6, 21.0e6, 21.8e6)
    assert of(planted, "ministry_of_economy", 2030)["within"]
    assert planted.number("forecasts.within").value == computed.number("forecasts.within").value + 1


def test_every_forecast_is_scored_ahead_or_said_to_be_neither(computed):
    names = ("scored", "ahead", "unscored", "all")
    counts = {name: computed.number(f"forecasts.{name}").value for name in names}
    assert counts["scored"] + counts["ahead"] + counts["unscored"] == counts["all"]
