"""Lee and Carter's model: life expectancies met, a known model recovered, the UN's projected tables, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.kernels.mortality.lee_carter import fit_lee_carter
from qonys.kernels.mortality.life_tables import life_table

SEXES = ("female", "male")


@pytest.fixture(scope="module")
def tables():
    rows = open_pack("kazakhstan").table("mortality_age").filter(pl.col("sex").is_in(SEXES))
    rows = rows.sort("year_start", "sex", "age_start")
    ages = rows["age_start"].unique().sort().to_numpy().astype(float)
    years = rows["year_start"].unique().sort().to_list()
    return rows["value"].cast(pl.Float64).to_numpy().reshape(len(years), 2, len(ages)), ages, years


def expectancy(rates, ages):
    return np.array([float(life_table(rates[s], ages, sex).e[0]) for s, sex in enumerate(SEXES)])


def test_life_expectancy_is_met(tables) -> None:
    rates, ages, years = tables
    model = fit_lee_carter(rates[: years.index(2020) + 1], ages)
    assert model.explained > 0.9
    for aim in ((66.0, 57.0), (79.0, 71.0), (84.0, 80.0), (92.0, 89.0)):
        assert expectancy(model.rates(aim), ages) == pytest.approx(aim, abs=1e-9)


def test_rotation_brings_the_projected_tables_of_the_un_nearer(tables) -> None:
    """Ages 30-85 within 12 % of the UN in 2075 and 2095; without rotation half as far again."""
    rates, ages, years = tables
    model = fit_lee_carter(rates[: years.index(2020) + 1], ages)
    plain = replace(model, ultimate=model.b)
    inner = slice(7, 18)
    for year in (2075, 2095):
        theirs = rates[years.index(year)]
        aim = tuple(expectancy(theirs, ages))
        turned, straight = (np.abs(np.log(m.rates(aim) / theirs))[:, inner].mean() for m in (model, plain))
        assert turned < 0.12
        assert straight > 1.5 * turned


def test_a_known_model_comes_back() -> None:
    ages = np.array([0.0, 1, *range(5, 101, 5)])
    rng = np.random.Generator(np.random.Philox(key=3))
    b = rng.uniform(0.5, 1.5, len(ages))
    b /= b.sum()
    k = np.linspace(8, -8, 12)
    a = np.stack([-9 + 0.085 * ages, -8.6 + 0.085 * ages])
    found = fit_lee_carter(np.exp(a + b * k[:, None, None]), ages)
    assert found.b == pytest.approx(b, abs=1e-12)
    assert found.k == pytest.approx(k, abs=1e-9)
    assert found.a == pytest.approx(a, abs=1e-12)
    assert found.explained == pytest.approx(1)
    assert found.pattern(70.0) == pytest.approx(b)
    assert found.pattern(110.0) == pytest.approx(found.ultimate)
    assert found.pattern(91.0).sum() == pytest.approx(1)


def test_refusals(tables) -> None:
    rates, ages, _ = tables
    with pytest.raises(BadInput, match="3 tables"):
        fit_lee_carter(rates[:3], ages)
    with pytest.raises(BadInput, match="130"):
        fit_lee_carter(rates[:10], ages).rates((130.0, 130.0))
