"""Life tables: closed forms, the published rules, and UN expectations of life."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.mortality.life_tables import expectation_error, infant_years, life_table, survival_ratios

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


def slow(m, sex):
    """The rules loop by loop, from the written formulas."""
    ages = list(ABRIDGED)
    survivors, lived = [1.0], []
    for i, age in enumerate(ages[:-1]):
        n = ages[i + 1] - age
        if age == 0:
            a = float(infant_years(np.array([m[0]]), sex)[0])
        elif age == 1:
            level, slope = (1.522, -1.518) if sex == "female" else (1.651, -2.816)
            a = level + slope * m[0] if m[0] < 0.107 else (1.361 if sex == "female" else 1.352)
        elif age < 15 or i + 2 > len(ages) - 1:
            a = 2.5
        else:
            a = 2.5 - (25 / 12) * (m[i] - 0.1 * np.log(m[i + 1] / m[i - 1]))
            a = max(a, 0.97) if age >= 45 else a
        q = n * m[i] / (1 + (n - a) * m[i])
        survivors.append(survivors[-1] * (1 - q))
        lived.append(n * survivors[-1] + a * (survivors[-2] - survivors[-1]))
    lived.append(survivors[-1] / m[-1])
    return sum(lived)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_equals_the_slow_twin(sex) -> None:
    m = gompertz(ABRIDGED)
    assert life_table(m, ABRIDGED, sex).e[0] == pytest.approx(slow(m, sex), rel=1e-12)


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
