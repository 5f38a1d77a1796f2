"""The record of skill: no look ahead, closed forms of the simple models, measures by hand, goals on the shipped figures."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from qonys.kernels.processes import regime_process as process
from qonys.projection.backtest import models
from qonys.projection.backtest.run import backtest, equal_width, missed, not_better, scored, summary, transforms
from qonys.projection.processes.migration import CRISES

COUNTRIES = ("A", "B", "C", "D", "E")


@cache
def made_up(last: int = 2010, moved: float = 0.0, seed: int = 1) -> models.History:
    """Five countries from 1950; `moved` is added to every figure of net migration after 2000."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = []
    for country in COUNTRIES:
        people, net, born = 1e6, 0.0, 30.0
        for year in range(1950, last + 1):
            net = 0.8 * net + rng.normal(0, 1.5)
            born = max(born - 0.2 + rng.normal(0, 0.3), 12.0)
            extra = moved if year > 2000 else 0.0
            flows = (born * people / 1e3, 9.0 * people / 1e3, (net + extra) * people / 1e3)
            rows.append((country, year, *flows, people, 0.62 * people))
            people *= np.exp((born - 9.0 + net + extra) / 1e3)
    schema = ["country", "year", *models.COLUMNS]
    return models.history_of(pl.DataFrame(rows, schema=schema, orient="row"))


@cache
def record(moved: float = 0.0) -> pl.DataFrame:
    return backtest(made_up(moved=moved), (1995, 2000), (1, 5, 10), 80).forecasts


def test_figures_after_the_origin_do_not_speak() -> None:
    """Planted fault: other futures must give the same forecasts."""
    one, two = (record(moved).filter(pl.col("origin") == 2000) for moved in (0.0, 25.0))
    for name in ("median", "low_80", "high_95"):
        assert one[name].to_list() == two[name].to_list()
    assert one["actual"].to_list() != two["actual"].to_list()


def test_every_target_model_and_possible_horizon_is_there_once() -> None:
    found = record()
    assert found.height == 2 * 3 * len(models.TARGETS) * len(models.MODELS) * len(COUNTRIES)
    late = backtest(made_up(), (2005,), (1, 5, 10), 40).forecasts
    assert set(late["horizon"]) == {1, 5}


def test_paths_of_all_countries_have_the_law_of_the_keyed_ones() -> None:
    """Another hand: `regime_process.paths`, one country and one draw at a time."""
    past = made_up().upto(2000)
    posterior, _ = models.fitted(past.net, 400, 1, CRISES)
    start = past.net[:, -1]
    ours = models.futures(posterior, start, 8, 3)
    theirs = np.stack([process.paths(posterior, c, start[c], 8, 400, 5) for c in range(len(COUNTRIES))])
    assert ours.shape == theirs.shape == (len(COUNTRIES), 400, 8)
    middle = np.median(theirs, axis=1) - np.median(ours, axis=1)
    spread = np.subtract(*np.quantile(theirs, [0.9, 0.1], axis=1))
    assert np.abs(middle / spread).max() < 0.2
    assert np.subtract(*np.quantile(ours, [0.9, 0.1], axis=1)).sum() == pytest.approx(spread.sum(), rel=0.12)


def test_growth_is_the_sum_of_the_rates_between_the_middles_of_years() -> None:
    """With the rates that came the identity gives the population that came."""
    history = made_up()
    past, came = history.upto(2000), slice(51, 61)
    given = models.DrawnRates(
        dict.fromkeys(models.MODELS, history.net[:, None, came]), history.natural[:, None, came],
        np.zeros((len(COUNTRIES), 1, 10)), 1.0,
    )  # fmt: skip
    found = models.values(past, given)["process"]["population"][:, 0]
    exact = 100 * history.population[:, came] / history.population[:, 50, None]
    assert found == pytest.approx(exact, rel=4e-3)


def test_kept_growth_by_hand() -> None:
    past = made_up().upto(2000)
    drawn = models.draw(past, 3, 20)
    found = models.values(past, drawn)
    now, before, five = (past.population[:, -k] for k in (1, 2, 6))
    assert found["last_rate"]["population"][:, 0, 2] == pytest.approx(100 * (now / before) ** 3)
    assert found["last_count"]["population"][:, 0, 2] == pytest.approx(100 * (now + 3 * (now - before)) / now)
    assert found["mean_5"]["population"][:, 0, 2] == pytest.approx(100 * (now / five) ** 0.6)
    assert found["last_rate"]["net_migration"][:, 0, 2] == pytest.approx(past.net[:, -1])
    assert not found["zero"]["net_migration"].any()
    assert np.abs(found["last_count"]["net_migration"][:, 0, 2]).sum() < np.abs(past.net[:, -1]).sum()


def test_summary_is_what_the_forecasts_say() -> None:
    forecasts = record()
    part = forecasts.filter(
        (pl.col("model") == "process") & (pl.col("horizon") == 5) & (pl.col("target") == "population")
    )
    row = summary(forecasts).filter(
        (pl.col("model") == "process") & (pl.col("horizon") == 5) & (pl.col("target") == "population")
    ).row(0, named=True)  # fmt: skip
    assert row["coverage_80"] == pytest.approx(part["actual"].is_between(part["low_80"], part["high_80"]).mean())
    assert row["crps"] == pytest.approx(part["crps"].mean())
    assert row["mape"] == pytest.approx((100 * (part["median"] / part["actual"] - 1)).abs().mean())
    assert row["skill"] == pytest.approx(0)
    certain = forecasts.filter(pl.col("model") == "zero").filter(pl.col("target") == "net_migration")
    assert (certain["crps"] - certain["actual"].abs()).abs().max() < 1e-12
    signed = summary(forecasts).filter(pl.col("target") == "net_migration")
    assert signed["mape"].null_count() == signed.height


def dressed(sd: float, shift: float = 0.0, n: int = 400) -> pl.DataFrame:
    """Forecasts of a standard normal outcome in 20 countries by normals of another spread or mean."""
    rng = np.random.Generator(np.random.Philox(key=8))
    sample, actual = rng.normal(shift, sd, (n, 300)), rng.normal(size=n)
    about: dict[str, str | int] = {"target": "net_migration", "model": "process", "origin": 2000, "horizon": 1}
    names = [f"C{i % 20}" for i in range(n)]
    return scored(sample, actual, about, names).with_columns(origin=pl.int_range(pl.len()) // 20)


def test_equal_width_calls_all_spreads_alike() -> None:
    """A forecast that is only too wide or too narrow needs the same width in the end: 2 x 1.2816."""
    for sd in (0.8, 1.0, 1.5):
        assert equal_width(dressed(sd)) == pytest.approx(2.563, rel=0.1)
    certain = scored(np.zeros((5, 1)), np.ones(5), {"target": "net_migration"}, list("abcde"))
    assert np.isnan(equal_width(certain))


def test_planted_faults_ring() -> None:
    """A forecast too narrow misses its coverage and its transform; a better rival is named."""
    good, narrow = dressed(1.0), dressed(0.3)
    table = summary(narrow)
    assert missed(table).height == 1 > missed(summary(good)).height
    assert transforms(narrow)["probability"].item() < 0.02 < transforms(good)["probability"].item()
    both = pl.concat([narrow, good.with_columns(model=pl.lit("autoregression"))])
    assert not_better(summary(both))["model"].to_list() == ["autoregression"]
    turned = pl.concat([good, narrow.with_columns(model=pl.lit("autoregression"))])
    assert not_better(summary(turned)).is_empty()


def test_goals_of_the_record(study) -> None:
    """Net migration: 80 % intervals hold 75-85 %, better than every rival, narrower than the autoregression's."""
    table = study.table("skill_summary").frame.filter(pl.col("target") == "net_migration")
    for horizon in (1, 5, 10, 15, 20):
        part = {row["model"]: row for row in table.filter(pl.col("horizon") == horizon).iter_rows(named=True)}
        ours, rival = part["process"], part["autoregression"]
        assert 0.73 <= ours["coverage_80"] <= 0.87
        assert all(ours["crps"] < row["crps"] for name, row in part.items() if name != "process")
        if horizon <= 10:
            assert ours["width_equal"] < rival["width_equal"]
            assert all(row["skill_low"] > 0 for name, row in part.items() if name != "process")
    assert study.number("skill.rhat").value < 2


def test_the_page_names_what_is_not_better(study) -> None:
    worse = study.table("skill_worse").frame
    told = study.table("skill_un").frame.filter(pl.col("target") == "net_migration")
    again = study.table("skill_summary").frame.filter((pl.col("model") != "process") & ~(pl.col("skill_low") > 0))
    assert worse.height == again.height
    assert study.number("skill.not_better").value == worse.height + (~(told["skill_low"] > 0)).sum()
    assert set(study.table("skill_fans").frame["origin"]) == {1990, 2000, 2010}
    assert study.table("skill_ages").frame.filter(pl.col("model") == "wpp2012").height == 8
