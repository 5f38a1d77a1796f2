"""Life tables: closed forms, the published rules, and UN expectations of life."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.cohorts.component import step
from qonys.kernels.mortality.life_tables import (
    certain_ages,
    expectation_error,
    infant_years,
    life_table,
    survival_ratios,
)

ABRIDGED = np.array([0.0, 1, *range(5, 105, 5)])


def gompertz(ages):
    return 0.0002 * np.exp(0.075 * (ages + 2.5)) + 0.02 * (ages == 0) + 0.0005


def test_constant_force_has_the_closed_form() -> None:
    table = life_table(np.full(101, 0.02), np.arange(101.0), "female")
    assert table.e[50] == pytest.approx(50, rel=1e-4)
    assert table.l[60] == pytest.approx(np.exp(-1.2), rel=2e-3)


def test_infant_rule_of_andreev_and_kingkade() -> None:
    """Formulas of table 4-2: three linear pieces a sex."""
    assert infant_years(np.array([0.01]), "female")[0] == pytest.approx(0.14903 - 0.0205527)
    assert infant_years(np.array([0.05]), "female")[0] == pytest.approx(0.04667 + 3.88089 * 0.05)
    assert infant_years(np.array([0.1]), "male")[0] == pytest.approx(0.29915)
    assert infant_years(np.array([0.05]), "male")[0] == pytest.approx(0.02832 + 3.26021 * 0.05)


@given(st.floats(0.3, 1.0))
def test_identities(level) -> None:
    table = life_table(level * gompertz(ABRIDGED)[None].repeat(3, axis=0), ABRIDGED, "male")
    np.testing.assert_allclose(table.d.sum(axis=-1), 1)
    np.testing.assert_allclose(table.T[:, 0], table.L.sum(axis=-1))
    np.testing.assert_allclose((table.d / table.L)[:, :-1], table.m[:, :-1], rtol=1e-9)
    assert (np.diff(table.l) < 0).all()


def slow(m, sex, ages=tuple(ABRIDGED)):
    """The rules loop by loop, from the written formulas: survivors, person-years."""
    k = 0.0
    survivors, lived = [1.0], []
    for i, age in enumerate(ages[:-1]):
        n = ages[i + 1] - age
        if age == 0:
            a = float(infant_years(np.array([m[0]]), sex)[0])
        elif age == 1:
            level, slope = (1.522, -1.518) if sex == "female" else (1.651, -2.816)
            a = level + slope * m[0] if m[0] < 0.107 else (1.361 if sex == "female" else 1.352)
        elif age < 15:
            a = 2.5
        else:
            k = 0.1 * np.log(m[i + 1] / m[i - 1]) if i + 2 < len(ages) else k
            a = 2.5 - (25 / 12) * (m[i] - k)
            a = max(a, 0.97) if age >= 45 else a
        q = n * m[i] / (1 + (n - a) * m[i])
        survivors.append(survivors[-1] * (1 - q))
        lived.append(n * survivors[-1] + a * (survivors[-2] - survivors[-1]))
    lived.append(survivors[-1] / m[-1])
    return survivors, lived


@pytest.mark.parametrize("oldest", [85, 100, 130])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_equals_the_slow_twin(sex, oldest) -> None:
    ages = np.array([0.0, 1, *range(5, oldest + 5, 5)])
    m = np.minimum(gompertz(ages), 1.0)
    table = life_table(m, ages, sex)
    survivors, lived = slow(m, sex, tuple(ages))
    np.testing.assert_allclose(table.l, survivors, rtol=1e-12)
    np.testing.assert_allclose(table.L, lived, rtol=1e-12)
    assert not table.certain.any()


@pytest.mark.parametrize("oldest", [85, 100, 130])
@pytest.mark.parametrize("force", [0.01, 0.1, 0.25])
def test_every_group_of_a_constant_force_has_its_closed_form(force, oldest) -> None:
    """q = 1 - exp(-5 m), the group before the open one too; the cubic rule is off by (n m)^5 / 720 at most."""
    ages = np.array([0.0, 1, *range(5, oldest + 5, 5)])
    table = life_table(np.full(len(ages), force), ages, "female")
    found, exact = table.q[(ages >= 15) & (ages < oldest)], 1 - np.exp(-5 * force)
    assert np.abs(found - exact).max() < (5 * force) ** 5 / 720
    assert found[-1] == pytest.approx(found[0], rel=1e-12)


@pytest.mark.parametrize("oldest", [85, 100])
def test_the_group_before_the_open_one_follows_gompertz(oldest) -> None:
    """m of a group is l(x) - l(x + 5) over its person-years, by 4,000 points a group; its q comes back to 0.5 %."""
    ages = np.array([0.0, 1, *range(5, oldest + 5, 5)])
    survival = lambda x: np.exp(-0.00005 / 0.09 * (np.exp(0.09 * x) - 1))  # noqa: E731
    ends = np.append(ages[1:], 140.0)
    points = [np.linspace(low, high, 4001) for low, high in zip(ages, ends, strict=True)]
    lived = np.array([np.trapezoid(survival(x), x) for x in points])
    table = life_table((survival(ages) - survival(ends)) / lived, ages, "female")
    exact = 1 - survival(ends) / survival(ages)
    assert table.q[-2] == pytest.approx(exact[-2], rel=0.005)
    np.testing.assert_allclose(table.q[5:-1], exact[5:-1], rtol=0.005)


def test_a_neighbour_without_deaths_says_nothing_of_the_slope() -> None:
    m = gompertz(ABRIDGED)
    m[6] = 0.0  # 25-29
    table = life_table(m, ABRIDGED, "female")
    np.testing.assert_allclose(table.a[[5, 7]], 2.5 - 25 / 12 * m[[5, 7]])
    assert (table.L > 0).all()


def test_a_chance_above_one_is_named() -> None:
    m = np.full(101, 0.02)
    m[97:] = [1.9, 2.0, 2.1, 2.5]
    table = life_table(np.stack([m, np.full(101, 0.02)]), np.arange(101.0), "male")
    assert table.certain.sum() == 1
    assert table.q[0, 99] == 1
    assert certain_ages(table) == "99"
    assert table.l[0, 100] == 0


def test_five_years_of_a_population_from_rates_equal_the_slow_twin() -> None:
    """The step of the United Nations' engine from death rates, one age after the other; thousands to 1e-6."""
    rates = np.stack([gompertz(ABRIDGED), 1.3 * gompertz(ABRIDGED)])
    groups = len(ABRIDGED) - 1
    people = np.stack([100 * np.exp(-0.03 * np.arange(groups)), 104 * np.exp(-0.04 * np.arange(groups))])
    fertility = np.zeros(groups)
    fertility[3:10] = [0.03, 0.1, 0.12, 0.08, 0.04, 0.01, 0.001]
    sexes = ("female", "male")
    survival = np.stack([survival_ratios(life_table(rates[s], ABRIDGED, sex)) for s, sex in enumerate(sexes)])
    found = step(people, survival, fertility, 1.06, np.zeros_like(people), width=5)
    for s, sex in enumerate(sexes):
        lived = slow(rates[s], sex)[1]
        five = [lived[0] + lived[1], *lived[2:]]
        later = [people[s][x - 1] * five[x] / five[x - 1] for x in range(1, groups - 1)]
        oldest = (people[s][-2] + people[s][-1]) * five[-1] / (five[-2] + five[-1])
        np.testing.assert_allclose(found.population[s, 1:], [*later, oldest], atol=1e-6, rtol=0)


def test_expectation_of_life_of_the_un_is_met() -> None:
    """UN rates by five years against the UN's own yearly expectations of life, mean of the period."""
    import polars as pl

    from qonys.catalog import open_pack

    pack = open_pack("kazakhstan")
    rates = pack.table("mortality_age").filter(pl.col("period") == "2010-2015")
    yearly = pack.table("national").filter(pl.col("year").is_between(2010, 2014) & (pl.col("source") == "wpp2024"))
    for sex in ("female", "male"):
        rows = rates.filter(pl.col("sex") == sex).sort("age_start")
        found = life_table(rows["value"].to_numpy(), rows["age_start"].to_numpy().astype(float), sex).e[0]
        told = yearly.filter(pl.col("indicator") == f"life_expectancy_{sex}")["value"].mean()
        assert found == pytest.approx(told, abs=0.8)


def test_survival_ratios_of_a_stationary_population() -> None:
    table = life_table(gompertz(ABRIDGED), ABRIDGED, "female")
    ratio = survival_ratios(table)
    five = np.concatenate([[table.L[0] + table.L[1]], table.L[2:]])
    np.testing.assert_allclose(ratio[1:-1] * five[:-2], five[1:-1])
    assert ratio[0] * 5 == pytest.approx(five[0])
    assert ratio[-1] * (five[-2] + five[-1]) == pytest.approx(five[-1])


def test_error_of_the_expectation_by_simulation() -> None:
    m = gompertz(ABRIDGED)
    exposure = np.full(len(m), 20_000.0)
    rng = np.random.Generator(np.random.Philox(key=1))
    drawn = rng.poisson(m * exposure, (3000, len(m))) / exposure
    simulated = life_table(np.maximum(drawn, 1e-9), ABRIDGED, "female").e[:, 0].std()
    table = life_table(m, ABRIDGED, "female")
    assert expectation_error(table, m * exposure)[0] == pytest.approx(simulated, rel=0.15)
