"""The record by region: no look ahead, rates and outcomes by hand, known years, a made-up nation that holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.projection.backtest.models import History
from qonys.projection.regional import backtest as record
from qonys.projection.regional.history import RegionalHistory
from qonys.projection.regional.processes import AR1Process

REGIONS, YEARS, FIRST = 12, 26, 2000
DRAWS, AHEAD = 300, 8


def made_up(seed: int = 1, phi: float = 0.6) -> RegionalHistory:
    """Regions about their own levels of net migration, with deviations drawn by the process; births and deaths even."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    level = rng.normal(0, 0.006, REGIONS)
    stray = AR1Process(phi, 0.004).paths(31, YEARS + 10, REGIONS, (0, 1), seed)[0, 10:]
    people = np.empty((YEARS + 1, REGIONS))
    people[0] = rng.uniform(4e5, 2e6, REGIONS)
    for t in range(YEARS):
        people[t + 1] = people[t] * np.exp(0.010 + level + stray[t])
    exposed = (people[1:] + people[:-1]) / 2
    return RegionalHistory(
        tuple(f"R{i}" for i in range(REGIONS)), tuple(range(FIRST, FIRST + YEARS)), people, 0.02 * exposed,
        0.01 * exposed, np.ones((YEARS, REGIONS), dtype=bool),
    )  # fmt: skip


def nation(history: RegionalHistory) -> History:
    """The regions' sum as the country among others, given as figures of a year."""
    exposed = history.exposed.sum(axis=1)
    rates = [1000 * (rate * history.exposed).sum(axis=1) / exposed for rate in (history.net, history.natural)]
    return History(("N",), history.years, rates[0][None], rates[1][None], exposed[None], exposed[None], exposed[None])


@pytest.fixture
def still(monkeypatch):
    """The nation's process in place: rates that stay, so that what is tested is the regions' part."""

    def ahead(past, country, origin, horizon, drawn=None):
        now = past.years.index(origin)
        last = [rate[0, now - record.BASE + 1 : now + 1].mean() / 1000 for rate in (past.net, past.natural)]
        return np.broadcast_to(np.array(last)[:, None, None], (2, DRAWS, horizon)).copy()

    monkeypatch.setattr(record, "nation_ahead", ahead)


def test_figures_after_the_origin_do_not_speak(still) -> None:
    """Planted fault: other futures must give the same forecasts."""
    history = made_up()
    other = replace(history, people=history.people * np.where(np.arange(YEARS + 1) > 16, 1.3, 1.0)[:, None])
    one, two = (record.regional_backtest(h, nation(h), "N", (2015,), (1, 5)) for h in (history, other))
    net = pl.col("target") == "net_migration"
    assert one.filter(net)["median"].to_list() == two.filter(net)["median"].to_list()
    assert one.filter(net)["high_95"].to_list() == two.filter(net)["high_95"].to_list()
    assert one["actual"].to_list() != two["actual"].to_list()


def test_simple_models_and_outcomes_by_hand(still) -> None:
    history = made_up()
    found = record.regional_backtest(history, nation(history), "N", (2012,), (5,))
    now = history.years.index(2012)
    cells = {(r["model"], r["target"], r["region"]): r for r in found.iter_rows(named=True)}
    came = 1000 * history.net[now + 1 : now + 6].mean(axis=0)
    growth = 100 * history.people[now + 6] / history.people[now + 1]
    for i, region in enumerate(history.regions):
        assert cells["zero", "net_migration", region]["median"] == 0
        assert cells["process", "net_migration", region]["actual"] == pytest.approx(came[i])
        assert cells["process", "population", region]["actual"] == pytest.approx(growth[i])
        last, five = 1000 * history.net[now, i], 1000 * history.net[now - 4 : now + 1, i].mean()
        assert cells["last_rate", "net_migration", region]["median"] == pytest.approx(last)
        assert cells["mean_5", "net_migration", region]["median"] == pytest.approx(five)
        kept = 100 * np.exp(5 * (five / 1000 + 0.01))
        assert cells["mean_5", "population", region]["median"] == pytest.approx(kept)


def test_deviations_move_nobody_in_the_nation() -> None:
    past = made_up().upto(2015)
    ahead = np.zeros((2, DRAWS, AHEAD))
    found = record.rates_ahead(past, np.zeros(2), ahead)
    moved = found["process"][0] - found["no_deviations"][0]
    assert np.abs(moved @ past.people[-1]).max() < 1e-6 * past.people[-1].sum()
    assert moved.std() > 0


def test_years_that_are_not_known_count_nowhere(still) -> None:
    history = made_up()
    known = history.known.copy()
    known[history.years.index(2014)] = False  # a recount
    known[history.years.index(2016), 0] = False  # a moved boundary
    people = history.people.copy()
    times = np.ones_like(people)
    times[15:] *= 1.2
    times[17:, 0] *= 2.0
    people = people * times
    births, deaths = history.births * times[1:], history.deaths * times[1:]
    spoilt = replace(history, people=people, births=births, deaths=deaths, known=known)
    told = record.regional_backtest(spoilt, nation(history), "N", (2012,), (1, 2, 5))
    clean = record.regional_backtest(replace(history, known=known), nation(history), "N", (2012,), (1, 2, 5))
    for column in ("median", "actual"):
        assert told[column].to_numpy() == pytest.approx(clean[column].to_numpy(), rel=1e-9)
    wrong = record.regional_backtest(replace(spoilt, known=history.known), nation(history), "N", (2012,), (5,))
    gap = (
        wrong.filter(model="process", target="net_migration")["actual"]
        - clean.filter(model="process", target="net_migration", horizon=5)["actual"]
    )
    assert gap.abs().max() > 20  # a planted fault: told as known, the recount passes for people
    with pytest.raises(BadInput, match="2013"):
        record.regional_backtest(replace(history, known=known), nation(history), "N", (2013,), (1,))


def test_intervals_hold_what_the_process_draws(still, monkeypatch) -> None:
    """Where the level is known (a long mean) and years are independent; three years for a level hold too little."""
    frames, short = [], []
    for seed in range(4):
        history = made_up(seed, 0.0)
        monkeypatch.setattr(record, "BASE", 3)
        short.append(record.regional_backtest(history, nation(history), "N", (2018,), (5,)))
        monkeypatch.setattr(record, "BASE", 19)
        frames.append(record.regional_backtest(history, nation(history), "N", (2018,), (1, 5)))
    ours = pl.concat(frames).filter(model="process", target="net_migration")
    held = ours.group_by("horizon").agg(pl.col("actual").is_between("low_80", "high_80").mean())
    assert held["actual"].min() > 0.7
    few = pl.concat(short).filter(model="process", target="net_migration")
    assert few.select(pl.col("actual").is_between("low_80", "high_80").mean()).item() < held["actual"].min()
    narrow = pl.concat(frames).filter(model="no_deviations", target="net_migration")
    assert narrow.select(pl.col("actual").is_between("low_80", "high_80").mean()).item() < 0.2
    table = record.regional_summary(pl.concat(frames).filter(pl.col("target") == "net_migration"))
    near = table.filter(horizon=5)
    assert near["model"].to_list() == list(record.MODELS)
    assert near.filter(model="zero")["skill_low"].item() > 0
    places = record.by_region(pl.concat(frames))
    assert places.filter(target="net_migration", horizon=1)["n"].to_list() == [4] * REGIONS


def test_refusals(still) -> None:
    history = made_up()
    for origin in (1999, 2025):
        with pytest.raises(BadInput, match=str(origin)):
            record.regional_backtest(history, nation(history), "N", (origin,))
    with pytest.raises(BadInput, match="pairs"):
        record.regional_backtest(history, nation(history), "N", (2004,))
