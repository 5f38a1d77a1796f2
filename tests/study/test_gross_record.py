"""The record of gross flows: which cases there are, nothing later is used, the rival, refusals, what it says."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.analyses.skill import skill_of
from qonys.study.hindcast.gross import gross_origins, gross_record_of_skill

LATER = "2025,2025-01-01,2025-12-31,KAZ,immigrants,total,total,23761,"


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def record(pack):
    return gross_record_of_skill(pack, (2023, 2024), draws=100)


def test_origins_are_the_published_years_since_2021(pack) -> None:
    assert gross_origins(pack) == (2021, 2022, 2023, 2024)
    for wrong in (2020, 2025):
        with pytest.raises(BadInput, match=str(wrong)):
            gross_record_of_skill(pack, (wrong,))
    with pytest.raises(BadInput, match="gross"):
        skill_of(pack, "gros")


def test_every_case_is_scored_once_and_beside_the_rate_kept(record) -> None:
    keys = ("target", "model", "origin", "horizon")
    assert record.height == 2 * 2 * 3  # flows, models; 2023 one and two years ahead, 2024 one
    assert not record.select(keys).is_duplicated().any()
    kept = record.filter(pl.col("model") == "last_rate")
    assert kept["crps"].to_list() == pytest.approx((kept["median"] - kept["actual"]).abs().to_list())
    ours = record.filter(pl.col("model") == "process")
    assert (ours["low_95"] > 0).all()
    assert (ours["width_80"] > 0).all()
    immigration = ours.filter((pl.col("target") == "immigration") & (pl.col("origin") == 2024)).row(0, named=True)
    emigration = ours.filter((pl.col("target") == "emigration") & (pl.col("origin") == 2024)).row(0, named=True)
    assert immigration["actual"] / emigration["actual"] == pytest.approx(23_761 / 7_608, rel=1e-6)


def test_a_later_figure_changes_what_came_and_no_forecast(pack, record, tmp_path) -> None:
    """A leak would ring: with other flows of 2025 the forecast of 2025 from 2024 is the same to the bit."""
    folder = tmp_path / "kazakhstan"
    shutil.copytree(pack.path, folder)
    table = folder / "secondary" / "external_flows.csv"
    text = table.read_text(encoding="utf-8")
    assert LATER in text
    table.write_text(text.replace(LATER, LATER.replace("23761", "93761")), encoding="utf-8")
    other = gross_record_of_skill(open_pack(folder), (2024,), draws=100)
    same = record.filter(pl.col("origin") == 2024)
    forecast = ["median", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95"]
    assert other.select(forecast).equals(same.select(forecast))
    came = pl.col("target") == "immigration"
    assert (other.filter(came)["actual"] > 3 * same.filter(came)["actual"]).all()
