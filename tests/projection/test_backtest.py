"""The record of skill: no look ahead, goals met on the shipped figures, certain rivals score their error."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.projection.backtest import MODELS, backtest, summary


@pytest.fixture(scope="module")
def forecasts(study) -> pl.DataFrame:
    return study.table("skill_forecasts").frame


def test_goals_of_the_record(study) -> None:
    """80 % intervals hold 75-85 %, better than every rival, not wider than the autoregression where both hold alike."""
    table = study.table("skill_summary").frame
    for horizon in (1, 5, 10):
        part = {row["model"]: row for row in table.filter(pl.col("horizon") == horizon).iter_rows(named=True)}
        ours = part["process"]
        assert 0.75 <= ours["coverage_80"] <= 0.85
        assert ours["width_80"] <= part["autoregression"]["width_80"]
        for name, row in part.items():
            if name != "process":
                assert ours["crps"] < row["crps"], (horizon, name)
                assert row["skill_low"] > 0


def test_summary_is_what_the_forecasts_say(forecasts) -> None:
    part = forecasts.filter((pl.col("model") == "process") & (pl.col("horizon") == 5))
    row = summary(forecasts).filter((pl.col("model") == "process") & (pl.col("horizon") == 5)).row(0, named=True)
    inside = ((part["actual"] >= part["low_80"]) & (part["actual"] <= part["high_80"])).mean()
    assert row["coverage_80"] == pytest.approx(inside)
    certain = forecasts.filter(pl.col("model") == "zero")
    assert (certain["crps"] - certain["actual"].abs()).abs().max() < 1e-12


def made_up(years: range, seed: int = 1) -> pl.DataFrame:
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = [
        (country, year, float(rng.normal(0, 2000)), 1e6) for country in ("A", "B", "C", "D") for year in years
    ]
    return pl.DataFrame(rows, schema=["country", "year", "net_migration", "population"], orient="row")


def test_figures_after_the_origin_do_not_speak() -> None:
    """Planted fault: other futures must give the same forecasts."""
    frame = made_up(range(1960, 2011))
    other = frame.with_columns(
        net_migration=pl.when(pl.col("year") > 2000).then(99_000.0).otherwise(pl.col("net_migration"))
    )
    one, two = (backtest(f, (2000,), (1, 5), 50) for f in (frame, other))
    for name in ("median", "low_80", "high_95"):
        assert one[name].to_list() == two[name].to_list()
    assert one["actual"].to_list() != two["actual"].to_list()


def test_horizons_beyond_the_figures_are_left_out() -> None:
    found = backtest(made_up(range(1960, 2005)), (2000,), (1, 5), 50)
    assert set(found["horizon"]) == {1}
    assert set(found["model"]) == set(MODELS)
