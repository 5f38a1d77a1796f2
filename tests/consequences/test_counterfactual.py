"""With and without migration: accounts, closed forms, linearity, a plain loop, planted faults."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.consequences import counterfactual as cf
from qonys.consequences.decomposition import parts_of_change
from qonys.errors import BadInput
from qonys.kernels.structure.ageing import old_dependency

AGES, YEARS, DRAWS = 101, 25, 4
RNG = np.random.Generator(np.random.Philox(key=71))
X = np.arange(AGES)
ALIVE = np.exp(-np.exp(-9.5 + 0.09 * X) - 0.01 * (X == 0))
SURVIVAL = np.broadcast_to(np.stack([ALIVE, ALIVE**1.3]), (YEARS, 2, AGES)).copy()
PATTERN = np.exp(-(((X - 28.0) / 6) ** 2)) * ((X >= 15) & (X < 50))
FERTILITY = np.broadcast_to(2.4 * PATTERN / PATTERN.sum(), (YEARS, AGES)).copy()
RATES = cf.VitalRates(SURVIVAL, FERTILITY, np.full(YEARS, 1.05))
YOUNG = np.stack([np.exp(-(((X - 24.0) / 10) ** 2))] * 2)
MOVES = cf.MigrationSchedules(YOUNG / YOUNG.sum(), YOUNG / YOUNG.sum(), 0.002)
BASE = RNG.uniform(5e4, 1e5, (DRAWS, 2, AGES)) * np.linspace(1.5, 0.01, AGES)


def account(net: float) -> cf.Account:
    plain = cf.carry(BASE, RATES)
    shape = plain.births.shape
    return cf.Account(
        plain.births * RNG.uniform(0.8, 1.2, shape), plain.deaths * RNG.uniform(0.8, 1.3, shape),
        net * RNG.uniform(0.5, 1.5, shape),
    )  # fmt: skip


@pytest.fixture(scope="module", params=[-60_000.0, 45_000.0])
def run(request):
    wanted = account(request.param)
    moved, used = cf.calibrated(BASE, RATES, wanted, MOVES)
    alone = cf.carry(BASE, used)
    return wanted, moved, used, alone, cf.effect_of(moved, alone, used.survival)


def test_the_population_with_migration_has_the_account(run) -> None:
    wanted, moved, *_ = run
    assert moved.births == pytest.approx(wanted.births, rel=1e-9)
    assert moved.deaths == pytest.approx(wanted.deaths, rel=1e-9)
    assert moved.migrants.sum(axis=(-2, -1)) == pytest.approx(wanted.net, abs=1e-3)
    total = moved.population.sum(axis=(-2, -1))
    left = np.diff(total, axis=1) - (wanted.births - wanted.deaths + wanted.net)
    assert np.abs(left).max() < 1e-3
    assert moved.clipped == 0


def test_effect_closes_and_parts_are_the_definition(run) -> None:
    _, moved, used, _, effect = run
    assert effect.residual() < 1e-3
    parts = effect.persons()
    assert parts["direct"] + parts["indirect"] == pytest.approx(parts["total"], abs=1e-4)
    assert not effect.total[:, 0].any()
    by_hand = np.zeros((DRAWS, 2, AGES))
    for t in range(YEARS):
        early = by_hand + moved.migrants[:, t] / 2
        grown = np.zeros_like(by_hand)
        for x in range(1, AGES):
            ahead = early[:, :, x - 1] + (early[:, :, x] if x == AGES - 1 else 0)
            grown[:, :, x] = ahead * used.survival[:, t, :, x]
        by_hand = grown + moved.migrants[:, t] / 2
    assert effect.direct[:, -1] == pytest.approx(by_hand, abs=1e-5)
    born_since = effect.indirect[:, -1, :, YEARS + 1 :]
    assert np.abs(born_since).max() < 1e-6


def test_nobody_moves_and_nothing_changes() -> None:
    none = cf.Account(account(0).births, account(0).deaths, np.zeros((DRAWS, YEARS)))
    still = cf.MigrationSchedules(MOVES.immigrant_ages, MOVES.emigrant_ages, 0.0)
    moved, used = cf.calibrated(BASE, RATES, none, still)
    assert cf.carry(BASE, used).population == pytest.approx(moved.population, abs=1e-6)


def test_direct_effect_of_one_arrival_is_a_survival_curve() -> None:
    """A thousand women who come at age 30 in the first year, at constant hazard: N exp(-mu t)."""
    mu = 0.03
    rates = cf.VitalRates(np.full((YEARS, 2, AGES), np.exp(-mu)), np.zeros((YEARS, AGES)), np.full(YEARS, 1.05))
    migrants = np.zeros((YEARS, 2, AGES))
    migrants[0, 0, 30] = 1000.0
    moved, alone = cf.carry(BASE[0], rates, migrants), cf.carry(BASE[0], rates)
    effect = cf.effect_of(moved, alone, rates.survival)
    years = np.arange(YEARS)
    expected = 500 * (np.exp(-mu * years) + np.exp(-mu * (years + 1)))
    assert effect.persons()["direct"][1:] == pytest.approx(expected)
    assert effect.persons()["indirect"] == pytest.approx(np.zeros(YEARS + 1), abs=1e-6)


def test_children_of_those_who_come_are_the_indirect_effect(run) -> None:
    wanted, *_, effect = run
    sign = np.sign(wanted.net.sum())
    assert (sign * effect.persons()["indirect"][:, -1] > 0).all()
    assert (sign * effect.persons()["births"][:, -1] > 0).all()


def test_impossible_deaths_are_refused() -> None:
    wanted = account(0)
    with pytest.raises(BadInput) as told:
        cf.calibrated(BASE, RATES, cf.Account(wanted.births, wanted.deaths * 0 + 1e9, wanted.net), MOVES)
    assert "1,000,000,000" in told.value.sentence("en") or "1000000000" in told.value.sentence("en").replace(",", "")


def test_parts_of_change_add_up_and_stand_alone(run) -> None:
    _, moved, used, *_ = run
    for measure in (lambda p: p.sum(axis=(-2, -1)), lambda p: 100 * old_dependency(p)):
        found = parts_of_change(moved, used, measure)
        assert found.residual() < 1e-6 * np.abs(found.last).max()
    still = cf.carry(BASE, RATES)
    found = parts_of_change(still, RATES, lambda p: p.sum(axis=(-2, -1)))
    assert found.effects == pytest.approx(np.zeros_like(found.effects), abs=1e-5)
    assert found.momentum == pytest.approx(found.last - found.first)


def test_as_counted_is_the_counts_and_closes() -> None:
    """Counts made by moves at the end of each year give those moves back."""
    rates = cf.VitalRates(SURVIVAL, FERTILITY, RATES.sex_ratio)
    moves = np.broadcast_to(RNG.normal(-200, 100, (YEARS, 2, AGES)) * (X < 70), (DRAWS, YEARS, 2, AGES))
    made = cf.carry(BASE, rates, moves, "end")
    assert made.clipped == 0
    wanted = cf.Account(made.births, made.deaths, made.migrants.sum(axis=(-2, -1)))
    found, used = cf.as_counted(made.population, rates, wanted)
    assert found.migrants == pytest.approx(moves, abs=1e-4)
    assert used.survival == pytest.approx(np.broadcast_to(SURVIVAL, used.survival.shape), abs=1e-9)
    assert found.residual() < 1e-4
    effect = cf.effect_of(found, cf.carry(BASE, used), used.survival)
    assert effect.residual() < 1e-3


def test_a_line_with_all_its_births_is_the_whole_effect(run) -> None:
    _, moved, used, _, effect = run
    start = np.zeros((DRAWS, 2, AGES))
    line = cf.line_of(moved.migrants, used.survival, start, moved.timing, used)
    assert line == pytest.approx(effect.total, abs=1e-4)
    less = cf.VitalRates(used.survival, 0.7 * used.fertility, used.sex_ratio)
    fewer = cf.line_of(moved.migrants, used.survival, start, moved.timing, less).sum(axis=(-2, -1))[:, -1]
    sums = effect.persons()
    between = np.sort(np.stack([sums["direct"][:, -1], sums["total"][:, -1]]), axis=0)
    assert ((between[0] < fewer) & (fewer < between[1])).all()


def test_planted_faults_ring(run) -> None:
    """Migrants all at the end, or children left to those who went, break the account or the split."""
    _wanted, moved, used, alone, effect = run
    late = np.roll(moved.migrants, 1, axis=1)
    assert np.abs(cf.carry(BASE, used, late).population - moved.population).max() > 1
    wrong = cf.MigrationEffect(effect.total, effect.direct, effect.net, -effect.births, effect.deaths)
    assert wrong.residual() > 1000
    own_rates = cf.carry(BASE, RATES)
    assert np.abs(own_rates.population[:, -1].sum() - alone.population[:, -1].sum()) > 1000
