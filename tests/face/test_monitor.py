"""The monitor from Python gives the tables of the command line."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.monitor.test_monitor import asked

import qonys
from qonys.errors import BadInput, UnknownName


@pytest.fixture(scope="module")
def monitor():
    return qonys.country("kazakhstan").monitor(as_of="2025-09-01")


@pytest.mark.parametrize("table", ["status", "history", "nowcast"])
def test_tables_are_those_of_the_command(capsys, monitor, table):
    code, out, err = asked(capsys, table, "--as-of", "2025-09-01", "--format", "csv")
    assert code == 0, err
    assert_frame_equal(pl.read_csv(getattr(monitor, table)().write_csv().encode()), pl.read_csv(out.encode()))


@pytest.mark.long
def test_limits_are_those_of_the_command(capsys, monitor):
    _, out, _ = asked(capsys, "calibrate", "--base", 24, "--mean", 50, "--format", "csv")
    assert_frame_equal(pl.read_csv(monitor.calibrate(base=24, mean=50).write_csv().encode()), pl.read_csv(out.encode()))


def test_a_series_is_a_file_a_table_or_counts(monitor, tmp_path):
    counts = np.random.default_rng(1).poisson(90, 30).astype(float)
    (tmp_path / "weeks.csv").write_text("\n".join(["week,value", *(f"{t + 1},{value:.0f}" for t, value in enumerate(counts))]))
    of_file, of_counts = monitor.watch(tmp_path / "weeks.csv", base=24), monitor.watch(counts, base=24)
    assert_frame_equal(of_file.values, of_counts.values)
    assert monitor.watch("deaths_monthly", base=60).base == 60
    with pytest.raises(UnknownName, match="no table by month"):
        monitor.watch("wealth")
    with pytest.raises(BadInput, match="against"):
        monitor.status(against="luck")


def test_own_releases_take_the_place_of_the_countrys(tmp_path):
    (tmp_path / "own.csv").write_text("\n".join(["year,months,value", *(f"{y},{m},{m * 100}" for y in (2021, 2022, 2023) for m in (6, 12))]))
    found = qonys.country("kazakhstan").monitor(tmp_path / "own.csv").status()
    assert found.select("indicator", "value", "light").row(0) == ("", 600, "green")
