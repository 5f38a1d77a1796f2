"""Past revisions of the United Nations beside forecasts: only from years and over horizons that were forecast."""

import warnings

import polars as pl

from qonys.catalog import open_pack
from qonys.projection.backtest.run import OURS
from qonys.study.hindcast.national import history
from qonys.study.hindcast.un_revisions import COLUMNS, compared


def test_a_plan_without_the_origin_of_a_revision_leaves_its_row_out():
    pack = open_pack("georgia")
    past = history(pack)
    forecasts = pl.DataFrame(
        [
            {"model": OURS, "target": "net_migration", "origin": 2015, "horizon": 5, "country": country, "crps": 1.0,
             "interval_score": 1.0, "low_80": -1.0, "high_80": 1.0, "actual": 0.0}
            for country in past.countries
        ]
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compared(pack, past, forecasts)
        none = compared(pack, past, forecasts.clear())
    assert found.select("origin", "target", "horizon").rows() == [(2015, "net_migration", 5)]
    assert none.height == 0
    assert none.schema == found.schema == pl.Schema(COLUMNS)
