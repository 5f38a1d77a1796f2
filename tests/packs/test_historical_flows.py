"""Published movements of 1871-1960: every wave has rows, every row a page that was read, bounds in their order."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.conflicts import conflicts


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def flows(pack):
    return pack.table("historical_flows")


@pytest.mark.parametrize(
    "flow",
    ["settlement", "flight", "return", "famine_deaths", "deportation", "evacuation", "labour_army", "camp", "virgin_lands"],
)
def test_every_wave_has_rows(flows, flow):
    assert flows.filter(pl.col("flow") == flow).height


def test_the_deported_peoples(flows):
    deported = flows.filter(pl.col("flow") == "deportation")
    assert {"peasants", "polish", "korean", "german", "karachay", "chechen_ingush", "greek", "turk_kurd_hemshil"} <= set(
        deported["ethnic_group"]
    )
    koreans = deported.filter((pl.col("ethnic_group") == "korean") & (pl.col("territory") == "kazakhstan"))
    assert koreans["value"].to_list() == [95256.0]


def test_bounds_of_one_source_are_in_order(flows):
    key = ["start", "end", "flow", "ethnic_group", "territory", "unit", "source"]
    wide = flows.pivot(on="bound", index=key, values="value", aggregate_function="first")
    both = wide.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    assert both.height >= 5
    assert (both["low"] < both["high"]).all()


def test_each_row_has_a_source_with_an_address(pack, flows):
    sources = pack.sources().filter(pl.col("id").is_in(flows["source"].unique().to_list()))
    assert sources.height == flows["source"].n_unique()
    assert sources["address"].str.len_chars().min() > 0
    assert set(flows["status"]) == {"secondary"}


def test_sources_that_disagree_on_the_famine_stand_beside_each_other(pack):
    found = conflicts(pack, ["historical_flows"])
    values = {value for row in found.iter_rows(named=True) for value in (row["value_a"], row["value_b"])
              if "famine_deaths" in row["key"]}  # fmt: skip
    assert {1_300_000.0, 1_600_000.0, 1_750_000.0} <= values
