"""Net migration by age beside what the censuses leave: the verdict on each interval."""

from types import SimpleNamespace

import polars as pl
import pytest

from qonys.report.chapters.against_censuses import verdicts
from qonys.study.runs.results import Results, TableResult


def told(value, width=20.0):
    """Two intervals of five years with a sum around `value`, beside censuses of 1970 and 1979 that leave -476."""
    results = Results("test")
    frame = pl.DataFrame({"start": [1970], "end": [1979], "residual": [-476.0], "residual_low": [-600.0], "residual_high": [-352.0]})
    results.add(TableResult("components_by_period", frame, "persons", 3, (), "test"))
    rows = [(start, start + 5, value / 2, value / 2 - width, value / 2 + width) for start in (1965, 1970, 1975)]
    totals = pl.DataFrame(rows, schema=["start", "end", "value", "low", "high"], orient="row")
    return verdicts(SimpleNamespace(results=results), totals)


@pytest.mark.parametrize(("value", "verdict"), [(581.0, "opposite"), (-500.0, "agrees"), (-50.0, "apart"), (-900.0, "apart")])
def test_the_sum_of_the_intervals_is_compared(value, verdict):
    assert told(value) == {1965: "none", 1970: verdict, 1975: verdict}


def test_an_interval_that_holds_zero_is_not_opposite():
    assert told(100.0, 300.0)[1970] == "agrees"
    assert told(100.0, 60.0)[1970] == "apart"
