"""Reconciled accounts on simulated countries: exact closure, recovery, coverage, and alarms."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.estimation.reconciliation.national import reconcile
from qonys.estimation.reconciliation.regional import RegionalStatements, reconcile_regions

SPAN = (2000, 2016)
YEARS = range(*SPAN)


def simulated(seed: int, gap: float = 0.0):
    """A made-up country: a good register, a register of migration that misses people, a noisy model, two censuses."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    births, deaths = 300e3 + rng.normal(0, 5e3, 16).cumsum(), 150e3 + rng.normal(0, 2e3, 16).cumsum()
    net = -40e3 + rng.normal(0, 12e3, 16).cumsum()
    population = 15e6 + np.concatenate([[0], np.cumsum(births - deaths + net)])
    missed = rng.normal(15e3, 5e3)
    rows = []
    for t, year in enumerate(YEARS):
        span = (float(year), float(year + 1))
        rows.append(("registry", "register", "births", *span, births[t] * (1 + rng.normal(0, 0.002)), None))
        rows.append(("registry", "register", "deaths", *span, deaths[t] * (1 + rng.normal(0, 0.002)), None))
        rows.append(
            ("migration register", "register", "net_migration", *span, net[t] + missed + rng.normal(0, 2e3), None)
        )
        rows.append(("model", "model", "net_migration", *span, net[t] + gap + rng.normal(0, 15e3), 15e3))
    for t in (0, 8, 15):
        rows.append(
            ("census", "census", "population", 2000.0 + t, 2000.0 + t, population[t] + rng.normal(0, 20e3), 20e3)
        )
    names = ["source", "kind", "quantity", "start", "end", "value", "sd"]
    return pl.DataFrame(rows, schema=names, orient="row"), net, population, missed


def test_every_draw_closes_to_the_person() -> None:
    statements, *_ = simulated(1)
    found = reconcile(statements, SPAN, draws=60, seed=3)
    assert found.residual() == 0
    assert found.population.dtype == np.int64
    assert found.population.shape == (60, 17)


def test_coverage_of_the_migration_register_is_found() -> None:
    statements, net, _, missed = simulated(2)
    found = reconcile(statements, SPAN, draws=400, seed=3)
    rows = found.departures.filter((pl.col("source") == "migration register") & (pl.col("year") == 2008))
    assert rows["low"].item() < missed < rows["high"].item()
    low, middle, high = found.period(2000, 2015)
    assert low < net[:15].sum() < high
    assert abs(middle - net[:15].sum()) < abs(missed * 15)
    assert found.rhat < 1.1


def test_intervals_cover_the_truth_of_made_up_countries() -> None:
    inside = []
    for seed in range(8):
        statements, net, *_ = simulated(50 + seed)
        table = reconcile(statements, SPAN, draws=120, seed=seed).table()
        rows = table.filter(pl.col("quantity") == "net_migration").sort("year")
        inside.append(np.mean((rows["low"].to_numpy() <= net) & (net <= rows["high"].to_numpy())))
    assert np.mean(inside) > 0.85


def test_same_seed_same_account_and_row_order_is_free() -> None:
    statements, *_ = simulated(4)
    first = reconcile(statements, SPAN, draws=30, seed=9)
    second = reconcile(statements.sample(fraction=1, shuffle=True, seed=1), SPAN, draws=30, seed=9)
    assert np.array_equal(first.net, second.net)


def test_a_census_that_is_wrong_moves_the_account() -> None:
    statements, *_ = simulated(5)
    shifted = statements.with_columns(
        value=pl.when((pl.col("quantity") == "population") & (pl.col("start") == 2015))
        .then(pl.col("value") + 600e3)
        .otherwise("value")
    )
    plain, moved = (reconcile(s, SPAN, draws=100, seed=1).period(2000, 2015)[1] for s in (statements, shifted))
    assert moved - plain > 200e3


def test_faults_are_named() -> None:
    statements, *_ = simulated(1)
    with pytest.raises(BadInput, match="No source gives the deaths"):
        reconcile(statements.filter(pl.col("quantity") != "deaths"), SPAN, 10)
    with pytest.raises(BadInput, match="No source gives the births of 2003"):
        reconcile(statements.filter((pl.col("quantity") != "births") | (pl.col("start") != 2003)), SPAN, 10)
    with pytest.raises(BadInput, match="outside the years 2000–2010"):
        reconcile(statements, (2000, 2010), 10)
    with pytest.raises(BadInput, match="'hearsay'"):
        reconcile(statements.with_columns(kind=pl.lit("hearsay")), SPAN, 10)
    with pytest.raises(BadInput, match="no column sd"):
        reconcile(statements.drop("sd"), SPAN, 10)
    with pytest.raises(BadInput, match="no finite number in model/net_migration/2000"):
        reconcile(
            statements.with_columns(
                value=pl.when((pl.col("source") == "model") & (pl.col("start") == 2000)).then(None).otherwise("value")
            ),
            SPAN,
            10,
        )


def regional(seed: int, net: np.ndarray, population: float):
    """Three made-up regions of the made-up country; region C gives a district to B in 2005."""
    rng = np.random.Generator(np.random.Philox(key=1000 + seed))
    share = np.array([0.5, 0.2, 0.3])
    internal = np.outer(np.ones(16), [20e3, -5e3, -15e3]) + rng.normal(0, 500, (16, 3))
    internal -= internal.mean(axis=1, keepdims=True)
    external = net[:, None] * np.array([0.6, 0.3, 0.1])
    births, deaths = np.outer(np.full(16, 300e3), share), np.outer(np.full(16, 150e3), share)
    given = np.zeros((16, 3))
    given[5] = [0, 120e3, -120e3]
    size = population * share + np.concatenate(
        [np.zeros((1, 3)), np.cumsum(births - deaths + internal + external + given, axis=0)]
    )
    cells = [(t, i) for t in range(16) for i in range(3)]
    name = "ABC"
    frame = lambda rows, *names: pl.DataFrame(rows, schema=["year", "region", *names], orient="row")  # noqa: E731
    statements = RegionalStatements(
        frame([(2000 + t, name[i], size[t, i] + rng.normal(0, 5e3), 5e3) for t in (0, 8, 15) for i in range(3)], "value", "sd"),
        frame([(2000 + t, name[i], (internal + external + given)[t, i] + rng.normal(0, 1e3)) for t, i in cells if t != 8], "value"),
        frame([(2000 + t, name[i], internal[t, i] + rng.normal(0, 500)) for t, i in cells if t in (3, 10)], "value"),
        frame([(2000 + t, name[i], births[t, i], deaths[t, i]) for t, i in cells], "births", "deaths"),
        pl.DataFrame({"year": [2005], "region_from": ["C"], "region_to": ["B"]}),
    )  # fmt: skip
    return statements, internal, external


@pytest.fixture(scope="module")
def nation():
    statements, net, population, _ = simulated(6)
    return reconcile(statements, SPAN, draws=120, seed=3), net, population


def test_regions_close_to_the_person_with_the_nation(nation) -> None:
    national, net, population = nation
    known, internal, _ = regional(6, net, population[0])
    found = reconcile_regions(known, national, SPAN, seed=5)
    assert found.residual(national) == 0
    assert found.rhat < 1.2
    assert (found.internal.sum(axis=2) == 0).all()
    assert np.array_equal((found.external).sum(axis=2), national.net)
    assert (found.reclassified.sum(axis=2) == 0).all()
    given = np.median(found.reclassified[:, 5, 1])
    assert abs(given - 120e3) < 30e3
    middle = found.period("internal", 2000, 2016)
    assert middle["median"][0] > 0 > middle["median"][2]
    assert abs(middle["median"][0] - internal[:, 0].sum()) < 150e3


def test_a_boundary_change_that_is_not_told_is_taken_for_migration(nation) -> None:
    national, net, population = nation
    known, internal, external = regional(6, net, population[0])
    silent = RegionalStatements(known.counts, known.balance, known.internal, known.natural)
    found = reconcile_regions(silent, national, SPAN, seed=5)
    total = np.median((found.internal + found.external)[:, :8, 1].sum(axis=1))
    assert total - (internal + external)[:8, 1].sum() > 60e3


def test_regional_faults_are_named(nation) -> None:
    national, net, population = nation
    known, *_ = regional(6, net, population[0])
    with pytest.raises(BadInput, match="outside the national accounts"):
        reconcile_regions(known, national, (1990, 2016))
    short = RegionalStatements(
        known.counts.filter(pl.col("region") != "B"), known.balance, known.internal, known.natural
    )
    with pytest.raises(BadInput, match="counts table has no row for 2000/B"):
        reconcile_regions(short, national, SPAN)
    gappy = RegionalStatements(
        known.counts, known.balance, known.internal, known.natural.filter(pl.col("year") != 2004)
    )
    with pytest.raises(BadInput, match="no row for 2004/A"):
        reconcile_regions(gappy, national, SPAN)
