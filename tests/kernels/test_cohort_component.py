"""The national step: closed forms, accounts, a plain loop, and the engine against the oracle."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.cohorts import component as cc
from qonys.kernels.cohorts import engine

AGES = 101
RNG = np.random.Generator(np.random.Philox(key=44))


def survival_at(e0: float) -> np.ndarray:
    """Made-up survival that rises with `e0`, (A,)."""
    ages = np.arange(AGES)
    return np.exp(-np.exp(-9.5 + 0.09 * ages - 0.05 * (e0 - 70)) - 0.01 * (ages == 0))


GRID = np.arange(50.0, 95.0, 0.5)
SURVIVAL = np.stack([[survival_at(e) for e in GRID], [survival_at(e - 2) for e in GRID]])
PATTERN = np.exp(-(((np.arange(AGES) - 28.0) / 6) ** 2)) * ((np.arange(AGES) >= 15) & (np.arange(AGES) < 50))
PATTERN = PATTERN / PATTERN.sum()
INTO = np.stack([np.exp(-(((np.arange(AGES) - 25.0) / 12) ** 2))] * 2)
INTO[0] *= 0.8
INTO = INTO / INTO.sum()
OUT = np.stack([np.exp(-(((np.arange(AGES) - 30.0) / 15) ** 2))] * 2)
OUT = OUT / OUT.sum()
BASE = RNG.uniform(1e4, 2e5, (2, AGES)) * np.linspace(1.5, 0.02, AGES)


def plain(base, survival, fertility, ratio, migrants, width):
    """The UN step written out cell by cell."""
    ages = base.shape[1]
    new, deaths = np.zeros_like(base), 0.0
    start = base + migrants / 2
    for s in range(2):
        for x in range(1, ages):
            exposed = start[s, x - 1] + (start[s, x] if x == ages - 1 else 0.0)
            new[s, x] = exposed * survival[s, x] + migrants[s, x] / 2
            deaths += exposed * (1 - survival[s, x])
    born = sum(width * fertility[x] * (start[0, x] + (new[0, x] if x else 0.0)) / 2 for x in range(ages))
    for s, share in enumerate((1 / (1 + ratio), ratio / (1 + ratio))):
        new[s, 0] = born * share * survival[s, 0] + migrants[s, 0] / 2
        deaths += born * share * (1 - survival[s, 0])
    return new, born, deaths


@pytest.mark.parametrize(("width", "ages"), [(1, 101), (5, 21)])
def test_the_step_is_the_plain_loop(width, ages) -> None:
    base = RNG.uniform(1e3, 2e4, (2, ages))
    survival = RNG.uniform(0.8, 1, (2, ages))
    fertility = RNG.uniform(0, 0.1, ages)
    migrants = RNG.normal(0, 300, (2, ages))
    done = cc.step(base, survival, fertility, 1.06, migrants, width)
    new, born, deaths = plain(base, survival, fertility, 1.06, migrants, width)
    assert done.population == pytest.approx(new, rel=1e-12)
    assert done.births.sum() == pytest.approx(born, rel=1e-12)
    assert done.deaths.sum() == pytest.approx(deaths, rel=1e-12)


@given(st.integers(0, 10**6), st.sampled_from([cc.EVEN, cc.END]))
def test_accounts_close_in_every_step_even_where_too_many_leave(seed, timing) -> None:
    rng = np.random.Generator(np.random.Philox(key=seed))
    base = rng.uniform(0, 1e4, (3, 2, 12))
    migrants = rng.normal(0, 9000, (3, 2, 12))
    done = cc.step(base, rng.uniform(0.5, 1, (3, 2, 12)), rng.uniform(0, 0.1, (3, 12)), 1.05, migrants, 1, timing)
    both = (-2, -1)
    left = base.sum(axis=both) + done.births.sum(axis=-1) + done.migrants.sum(axis=both)
    assert left == pytest.approx(done.population.sum(axis=both) + done.deaths.sum(axis=both), rel=1e-12)
    assert (done.population >= 0).all()
    assert done.clipped.sum() == pytest.approx((done.migrants - migrants).sum())


def test_a_stable_population_grows_at_its_eigenvalue() -> None:
    survival = np.stack([survival_at(72.0), survival_at(68.0)])
    fertility = 2.8 * PATTERN
    zero = np.zeros((2, AGES))
    size = 2 * AGES
    matrix = np.empty((size, size))
    for cell in range(size):
        one = np.zeros(size)
        one[cell] = 1.0
        matrix[:, cell] = cc.step(one.reshape(2, AGES), survival, fertility, 1.05, zero).population.ravel()
    values, vectors = np.linalg.eig(matrix)
    place = int(values.real.argmax())
    stable = np.abs(vectors[:, place].real).reshape(2, AGES)
    later = cc.step(stable, survival, fertility, 1.05, zero).population
    assert later == pytest.approx(values[place].real * stable, rel=1e-9, abs=1e-15)


def test_all_at_the_end_leaves_births_and_deaths_as_without_migration() -> None:
    survival = np.stack([survival_at(72.0), survival_at(68.0)])
    migrants = RNG.normal(0, 100, (2, AGES))
    none = cc.step(BASE, survival, 2 * PATTERN, 1.05, np.zeros((2, AGES)))
    end = cc.step(BASE, survival, 2 * PATTERN, 1.05, migrants, timing=cc.END)
    assert end.population - none.population == pytest.approx(migrants)
    assert end.deaths == pytest.approx(none.deaths)


def tables(buckets: np.ndarray | None = None) -> engine.CohortTables:
    names = np.zeros((2, AGES), dtype=np.int64) if buckets is None else buckets
    length = 30
    pattern, ratio = np.repeat(PATTERN[None], length, 0), np.full(length, 1.06)
    return engine.CohortTables(
        e0=GRID,
        survival=SURVIVAL,
        pattern=pattern,
        sex_ratio=ratio,
        immigrant_ages=INTO,
        emigrant_ages=OUT,
        added=np.zeros(length),
        buckets=names,
    )


def drivers(draws: int = 7, length: int = 30) -> engine.CohortDrivers:
    rng = np.random.Generator(np.random.Philox(key=9))
    walk = lambda sd: np.cumsum(rng.normal(0, sd, (draws, length)), axis=1)  # noqa: E731
    longevity = 72 + np.stack([walk(0.3) + 3, walk(0.3)], axis=-1)
    return engine.CohortDrivers(2.5 + walk(0.05), longevity, walk(0.002), np.exp(walk(0.3) - 7))


def oracle(d: int, given_tables: engine.CohortTables, given: engine.CohortDrivers) -> cc.CohortPath:
    """One draw by the NumPy oracle, with survival interpolated in the table."""
    now, length = BASE, given.fertility.shape[1]
    survival = np.empty((length, 2, AGES))
    for t in range(length):
        for s in range(2):
            for x in range(AGES):
                survival[t, s, x] = np.interp(given.longevity[d, t, s], GRID, SURVIVAL[s, :, x])
    flows: list[cc.CohortFlows] = []
    path = None
    for t in range(length):
        people = now.sum()
        arriving, leaving = cc.gross(np.array(given.net_rate[d, t] * people), np.array(people), given.gross_mean[d, t])
        flows.append(cc.CohortFlows(arriving, leaving, given_tables.immigrant_ages, given_tables.emigrant_ages))
        path = cc.project(
            BASE, survival[: t + 1], given.fertility[d, : t + 1, None] * PATTERN, given_tables.sex_ratio, flows
        )
        now = path.population[-1]
    assert path is not None
    return path


def test_the_engine_gives_the_oracles_numbers() -> None:
    names = np.minimum(np.arange(AGES) // 20, 4)[None] + np.array([[0], [5]])
    given_tables, given = tables(names), drivers()
    found = engine.run(BASE[None], given_tables, given, years=(0, 30))
    for d in (0, 6):
        path = oracle(d, given_tables, given)
        assert found.kept[d, 1] == pytest.approx(path.population[-1], rel=1e-12)
        assert found.buckets[d].sum(axis=1) == pytest.approx(path.population.sum(axis=(1, 2)), rel=1e-12)
        for place, name in enumerate(("births", "deaths", "arrivals", "departures")):
            assert found.accounts[d, :, place] == pytest.approx(getattr(path, name), rel=1e-11), name
    assert found.residual() < 1e-6
    assert found.buckets[0, 30, 2] == pytest.approx(found.kept[0, 1, 0, 40:60].sum(), rel=1e-12)


def test_the_same_draws_in_any_company_and_any_number_of_threads() -> None:
    import numba

    given_tables, given = tables(), drivers(9)
    whole = engine.run(BASE[None], given_tables, given)
    few = engine.CohortDrivers(*(getattr(given, one.name)[3:5] for one in fields(given)))
    assert np.array_equal(engine.run(BASE[None], given_tables, few).buckets, whole.buckets[3:5])
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    alone = engine.run(BASE[None], given_tables, given)
    numba.set_num_threads(before)
    assert np.array_equal(alone.buckets, whole.buckets)
    assert np.array_equal(alone.accounts, whole.accounts)


def test_a_life_expectancy_outside_the_table_is_refused() -> None:
    given = drivers()
    with pytest.raises(ValueError, match="outside"):
        engine.run(BASE[None], tables(), replace(given, longevity=given.longevity + 40))


def test_nobody_leaves_twice() -> None:
    flows = cc.CohortFlows(np.array(0.0), np.array(BASE.sum()), INTO, OUT)
    into, out, short = cc.migrants_of(BASE, flows)
    assert into.sum() == 0
    assert (out <= 0.8 * BASE + 1e-9).all()
    assert out.sum() + short == pytest.approx(BASE.sum())


def test_gross_flows_keep_their_balance() -> None:
    net = np.array([-5e5, -100.0, 0.0, 100.0, 5e5])
    arriving, leaving = cc.gross(net, np.full(5, 2e7), 0.001)
    assert arriving - leaving == pytest.approx(net, abs=1e-9)
    assert arriving * leaving == pytest.approx((0.001 * 2e7) ** 2)
    assert (arriving > 0).all()
    assert (leaving > 0).all()
    nobody = cc.gross(net, np.full(5, 2e7), 0.0)
    assert [flow.tolist() for flow in nobody] == [[0, 0, 0, 100, 5e5], [5e5, 100, 0, 0, 0]]


@given(st.floats(-0.2, 0.2), st.floats(1e-7, 0.1))
def test_gross_rates_solve_their_two_equations(net, mean) -> None:
    came, left = (float(flow) for flow in cc.gross_rates(np.array(net), np.array(mean)))
    assert came > 0
    assert left > 0
    assert came - left == pytest.approx(net, abs=1e-15)
    assert came * left == pytest.approx(mean**2, rel=1e-12)
    assert came == pytest.approx((net + (net**2 + 4 * mean**2) ** 0.5) / 2, abs=1e-15)


def moved(now, rates, levers, added):
    """One year's move written out cell by cell: net migrants, arrivals, departures."""
    people = sum(now[s, x] for s in range(2) for x in range(AGES))
    net, mean = rates[0] * people + added, rates[1] * people
    coming = (net + (net * net + 4 * mean * mean) ** 0.5) / 2
    going = (coming - net) * levers[1]
    coming = coming * levers[0] + levers[2]
    weight = sum(OUT[s, x] * now[s, x] for s in range(2) for x in range(AGES))
    move, gone = np.empty_like(now), 0.0
    for s in range(2):
        for x in range(AGES):
            left = min(going * OUT[s, x] * now[s, x] / weight, 0.8 * now[s, x])
            gone += left
            move[s, x] = coming * INTO[s, x] - left
    return move, coming, gone


@pytest.mark.parametrize("rates", [(0.004, 0.001), (-0.004, 0.001), (0.0, 0.002), (-0.3, 1e-5)])
def test_the_move_of_a_year_is_the_plain_loop(rates) -> None:
    levers, added, move = np.array([[1.3, 0.7, 900.0]]), np.array([2500.0]), np.empty_like(BASE)
    found = engine._moves(BASE, rates, (INTO, OUT, added, levers), 0, move)
    expected, coming, gone = moved(BASE, rates, levers[0], added[0])
    assert move == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert found[:2] == pytest.approx((coming, gone), rel=1e-9)
