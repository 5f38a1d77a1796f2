"""The releases and the monthly deaths of Kazakhstan: one figure with the study, faults found, the known cases."""

import shutil

import polars as pl
import pytest

from qonys import inputs
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.monitor.series import WatchOptions
from qonys.study.analyses.release_files import faults_of_releases
from qonys.study.analyses.watched_series import series_of_pack, watched_series


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_first_editions_are_the_figures_that_the_study_takes(pack):
    chosen = inputs.chosen(pack, "external_flow_totals").with_columns(pl.col("start", "end").cast(pl.Date))
    firsts = pack.table("flow_releases").filter(pl.col("edition") == 1)
    both = firsts.join(chosen, on=["flow", "start", "end"], suffix="_study")
    assert both.height == firsts.height >= 72
    assert both.filter(pl.col("value") != pl.col("value_study")).height == 0


def test_pages_of_known_days_came_within_two_months_but_for_one(pack):
    table = pack.table("flow_releases").filter((pl.col("edition") == 1) & pl.col("published").is_not_null())
    days = (table["published"] - table["end"]).dt.total_days()
    assert table.height >= 12
    assert set(days.filter(days > 60)) == {105}
    assert days.min() > 40


PLANTED = [
    ("immigrants,2022-01-01,2022-08-31,1,9595", "immigrants,2022-01-01,2022-08-31,1,8095", "is below the one to 2022-07-31"),
    ("immigrants,2022-01-01,2022-12-31,2,", "immigrants,2022-01-01,2022-12-31,3,", "are 1, 3"),
    ("immigrants,2022-01-01,2022-12-31,1,17293,persons,1,2023-02-10", "immigrants,2022-01-01,2022-12-31,1,17293,persons,1,2022-02-10", "was published before its end"),
    ("emigrants,2025-01-01,2025-03-31,1", "emigrants,2025-02-01,2025-03-31,1", "does not begin on 1 January"),
]  # fmt: skip


def with_fault(folder, there, planted):
    """A copy of the pack with a fault in its releases."""
    made = shutil.copytree(open_pack("kazakhstan").path, folder / "kazakhstan", ignore=shutil.ignore_patterns("fits", "geometry", "law"))
    table = made / "secondary" / "flow_releases.csv"
    text = table.read_text(encoding="utf-8")
    assert text.count(there) == 1
    table.write_text(text.replace(there, planted), encoding="utf-8")
    return made


@pytest.mark.parametrize(("there", "planted", "said"), PLANTED)
def test_a_planted_fault_is_found(tmp_path, there, planted, said):
    rows, faults = faults_of_releases(open_pack(with_fault(tmp_path, there, planted)))
    assert rows == 83
    assert [one for one in faults if said in one.sentence("en")]


def test_the_check_of_the_pack_says_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("qonys.catalog.checks.CHECKS", ())
    assert main(["catalog", "check", str(with_fault(tmp_path, *PLANTED[0][:2]))]) == 1
    assert PLANTED[0][2] in capsys.readouterr().out


def test_the_closed_registers_and_the_wave_of_2020(pack):
    """Dispersion 40 on 2015-2019; the fall of registration in March and April 2020, then the wave of July."""
    found = watched_series(series_of_pack(pack, "deaths"), WatchOptions(base=60))
    assert found.dispersion == pytest.approx(39.7, abs=0.1)
    rows = {row["time"]: row for row in found.values.iter_rows(named=True)}
    spread = {time: (row["value"] - row["expected"]) / (found.dispersion * row["expected"]) ** 0.5 for time, row in rows.items()}
    assert spread["2020-04"] == pytest.approx(-9.8, abs=0.3)
    assert spread["2020-07"] == pytest.approx(25.4, abs=0.5)
    red = [(time, row["direction"]) for time, row in rows.items() if row["light"] == "red"]
    assert red[:5] == [("2020-03", "down"), ("2020-04", "down"), ("2020-05", "up"), ("2020-06", "up"), ("2020-07", "up")]
    assert all(row["light"] in (None, "green", "yellow") for time, row in rows.items() if time < "2020-03")


def test_the_sum_of_2020_is_the_first_release(pack):
    assert pack.table("deaths_monthly").filter(pl.col("year") == 2020)["value"].sum() == 162613
