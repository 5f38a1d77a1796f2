"""Regions beside arrivals: rates per resident, years with every region, ranks by another hand; planted faults."""

import polars as pl
import pytest
from scipy.stats import spearmanr

from qonys.catalog import open_pack
from qonys.study.analyses import towns
from qonys.study.chapters import economy, regions
from qonys.study.runs.results import Results


@pytest.fixture(scope="module")
def results():
    pack, found = open_pack("kazakhstan"), Results("r")
    regions.compute(pack, found)
    economy.compute(pack, found)
    return found


def test_offences_by_hand(results):
    """Almaty: 34,891 offences of 2022 to the residents of 1 January; 16 regions of the oldest boundaries."""
    frame = results.table("offences").frame
    pack = open_pack("kazakhstan")
    assert frame.height == 16
    assert frame["offences"].sum() == 155_200
    row = frame.filter(pl.col("place") == "KZ-75").row(0, named=True)
    people = towns.people(pack, "pre2018").filter((pl.col("place") == "KZ-75") & (pl.col("year") == 2022))["people"][0]
    assert (row["year"], row["rate"]) == (2022, pytest.approx(1e4 * 34_891 / people))
    assert results.number("economy.offences_most").value == row["rate"]
    assert "open_data_kz_crime" in results.table("offences").sources
    assert "qazyr_2024_crime" not in results.table("offences").sources


def test_ranks_by_another_hand(results):
    frame = results.table("offences").frame
    for row in results.table("offences_ranked").frame.iter_rows(named=True):
        found = spearmanr(frame["rate"].to_numpy(), frame[row["factor"]].to_numpy())
        assert row["value"] == pytest.approx(found.statistic)
        assert row["p"] == pytest.approx(found.pvalue, abs=0.02)
        assert row["low"] < row["value"] < row["high"]


def test_a_year_without_a_region_is_not_taken(monkeypatch):
    """Planted: one region of 2022 is lost, so no year has every region and no rate is told."""
    pack, whole = open_pack("kazakhstan"), towns.inputs.rows
    lost = ~((pl.col("region") == "KZ-43") & (pl.col("year") == 2022))
    planted = lambda pack, name: whole(pack, name).filter(lost) if name == towns.OFFENCES else whole(pack, name)  # noqa: E731
    monkeypatch.setattr(towns.inputs, "rows", planted)
    residents = towns.people(pack, "pre2018")
    net = residents.select("year", "place", factor=pl.lit(0.0))
    frame = towns.offences(pack, "pre2018", residents, net)
    assert frame.is_empty()
    assert towns.offences_ranked(frame).is_empty()


def test_arrivals_leave_out_moves_inside_joined_regions():
    """Moves between the two parts of a region that was divided later are no arrivals of the whole."""
    pack = open_pack("kazakhstan")
    came = towns.arrivals(pack, "pre2018", towns.people(pack, "pre2018"))
    assert came["year"].n_unique() >= 5
    assert set(came["place"]) == set(towns.people(pack, "pre2018")["place"])
    assert came["factor"].min() > 0
