"""Replacement migration: closed forms, the levels kept, the order of the UN's scenarios, planted faults."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.consequences import replacement as rp
from qonys.consequences.counterfactual import VitalRates, carry
from qonys.errors import BadInput

AGES, YEARS = 101, 55
X = np.arange(AGES)
ALIVE = np.exp(-np.exp(-9.5 + 0.09 * X))
PATTERN = np.exp(-(((X - 28.0) / 6) ** 2)) * ((X >= 15) & (X < 50))


def rates(children: float, alive=ALIVE) -> VitalRates:
    fertility = np.broadcast_to(children * PATTERN / PATTERN.sum(), (YEARS, AGES))
    return VitalRates(np.broadcast_to(np.stack([alive, alive]), (YEARS, 2, AGES)), fertility, np.full(YEARS, 1.05))


LOW = rates(1.3)
YOUNG = np.stack([np.exp(-(((X - 24.0) / 10) ** 2))] * 2)
YOUNG = YOUNG / YOUNG.sum()
OLD_COUNTRY = np.stack([np.cumprod(ALIVE)] * 2)[None] * np.array([1e5, 2e5])[:, None, None]


def test_without_births_each_year_the_dead_are_replaced() -> None:
    """Constant hazard, no births: P e^-mu + M (1 + e^-mu) / 2 = P, so M = 2 P (1 - e^-mu) / (1 + e^-mu)."""
    mu = 0.02
    childless = rates(0.0, np.full(AGES, np.exp(-mu)))
    base = np.ones((2, AGES)) * 100
    base[:, 0] = 0
    schedule = YOUNG.copy()
    schedule[:, 0] = 0
    found = rp.replacement(base, childless, schedule / schedule.sum(), "total", "base")
    expected = 2 * base.sum() * (1 - np.exp(-mu)) / (1 + np.exp(-mu))
    assert found.migrants == pytest.approx(np.full(YEARS, expected))


@pytest.mark.parametrize("level", rp.LEVELS)
@pytest.mark.parametrize("criterion", rp.CRITERIA)
def test_the_level_is_kept_and_another_way_gives_the_same(criterion, level) -> None:
    found = rp.replacement(OLD_COUNTRY, LOW, YOUNG, criterion, level)
    held = rp.measure(criterion, found.population)
    asked = found.migrants > 0
    kept = held[..., 1:][asked] / np.broadcast_to(found.level[:, None], asked.shape)[asked]
    assert kept == pytest.approx(np.ones(asked.sum()), rel=1e-9)
    assert (found.migrants >= 0).all()
    again = carry(found.population[..., 0, :, :], LOW, found.migrants[..., None, None] * YOUNG)
    assert again.population == pytest.approx(found.population, rel=1e-9)
    assert again.residual() < 1e-3


def test_the_order_of_the_united_nations() -> None:
    """In an ageing country the support ratio asks for far more than ages 15-64, and these for more than the total."""
    grown = OLD_COUNTRY * np.exp(-0.02 * X)
    needed = {c: rp.replacement(grown, LOW, YOUNG, c).migrants.sum(axis=1) for c in rp.CRITERIA}
    assert (needed["support_ratio"] > 3 * needed["working_age"]).all()
    assert (needed["working_age"] > needed["total"]).all()
    assert needed["total"][1] == pytest.approx(2 * needed["total"][0])


def test_a_growing_country_asks_for_nobody() -> None:
    found = rp.replacement(OLD_COUNTRY, rates(3.5), YOUNG, "total", "base")
    assert not found.migrants.any()
    assert found.population == pytest.approx(carry(OLD_COUNTRY, rates(3.5)).population)


def test_before_the_peak_nobody_comes() -> None:
    young = OLD_COUNTRY * np.exp(-0.04 * X)
    closed = carry(young, LOW).population.sum(axis=(-2, -1))
    peak = int(closed[0].argmax())
    assert 0 < peak < YEARS
    found = rp.replacement(young, LOW, YOUNG, "total", "peak")
    assert not found.migrants[:, :peak].any()
    assert (found.migrants[:, peak:] > 0).all()


def test_refusals() -> None:
    with pytest.raises(BadInput):
        rp.replacement(OLD_COUNTRY, LOW, YOUNG, "gdp")
    elders = np.where(X >= 70, 1.0, 0.0) * np.ones((2, 1))
    with pytest.raises(BadInput):
        rp.replacement(OLD_COUNTRY, LOW, elders / elders.sum(), "support_ratio")


def test_a_planted_fault_rings() -> None:
    """A tenth fewer migrants do not keep the level."""
    found = rp.replacement(OLD_COUNTRY, LOW, YOUNG, "working_age")
    fewer = carry(OLD_COUNTRY, LOW, 0.9 * found.migrants[..., None, None] * YOUNG).population
    assert (rp.measure("working_age", fewer)[:, -1] < 0.99 * found.level).all()
