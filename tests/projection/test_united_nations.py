"""The step given the United Nations' own fertility, mortality and migration: their totals, years, sexes and balances.

Kazakhstan alone: of the partner countries the pack has totals by year (`partners_wpp`), no ages, so their
populations cannot be carried forward; their published years are checked for balance instead.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.kernels.cohorts import component as cc
from qonys.kernels.mortality.graduation import single_ages
from qonys.study.base import national as projecting

NAMES = ("total_fertility_rate", "life_expectancy_female", "life_expectancy_male", "net_migration", "births", "deaths")


def limit(year: int) -> float:
    """Greatest relative distance allowed: 0.1 % to 2030, 0.35 % to 2050, 0.8 % after."""
    return 0.001 if year <= 2030 else 0.0035 if year <= 2050 else 0.008


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def published(pack):
    """Median variant by year: stocks at the end of a year, flows of the year."""
    rows = pack.table("projection_un").filter(pl.col("variant") == "median")
    return rows.with_columns(pl.col("value").cast(pl.Float64)).pivot(on="indicator", index="year", values="value").sort("year")


def own(pack, published, fault: float = 1.0):
    """(years, population by sex at mid-year, births, deaths, greatest failure of a year's balance, persons)."""
    past = pack.table("national").filter((pl.col("source") == "wpp2024") & (pl.col("year") == 2023))
    given = {}
    for name in NAMES[:4]:
        first = float(past.filter(pl.col("indicator") == name)["value"].item())
        whole = np.concatenate([[first], published[name].to_numpy()])
        given[name] = (whole[1:] + whole[:-1]) / 2
    given["net_migration"] = fault * given["net_migration"]
    people = pack.table("population_age_sex").filter(pl.col("year") == 2023).sort("age_start")
    groups = np.stack([people.filter(pl.col("sex") == sex)["value"].cast(pl.Float64).to_numpy() for sex in projecting.SEXES])
    now = single_ages(groups, np.arange(0.0, 101, 5), 101)
    tables, ratio = projecting.family_of(pack, projecting.GRID), projecting._sex_ratio(pack, 2023)
    pattern = projecting.fertility_pattern(pack, projecting.ahead(2023))
    schedule, found, gap = projecting.schedule(), [], 0.0
    for t in range(len(published)):
        survival = np.empty((2, 101))
        for s, sex in enumerate(projecting.SEXES):
            place = (given[f"life_expectancy_{sex}"][t] - tables.e0[0]) / 0.25
            i, w = int(place), place - int(place)
            survival[s] = (1 - w) * tables.survival[s, i] + w * tables.survival[s, i + 1]
        done = cc.step(now, survival, given["total_fertility_rate"][t] * pattern[t], ratio[t], given["net_migration"][t] * schedule)
        left = now.sum(axis=1) + done.births + done.migrants.sum(axis=1) - done.deaths.sum(axis=1)
        gap = max(gap, float(np.abs(left - done.population.sum(axis=1)).max()), float(done.clipped.sum()))
        now = done.population
        found.append((*now.sum(axis=1), done.births.sum(), done.deaths.sum()))
    table = np.array(found)
    return published["year"].to_numpy(), table[:, :2], table[:, 2], table[:, 3], gap


@pytest.fixture(scope="module")
def mine(pack, published):
    return own(pack, published)


def middle(published, name):
    """The published stock brought from the ends of years to mid-year, from the second year on."""
    values = published[name].to_numpy()
    return (values[1:] + values[:-1]) / 2


def test_every_year_to_the_last_lies_within_the_limits(published, mine) -> None:
    years, people, _, _, _ = mine
    assert years[-1] == 2075
    distance = np.abs(people.sum(axis=1)[1:] / middle(published, "population") - 1)
    allowed = np.array([limit(y) for y in years[1:]])
    assert (distance <= allowed).all(), [(int(y), d) for y, d, a in zip(years[1:], distance, allowed, strict=True) if d > a]


def test_both_sexes_lie_within_twice_the_limits(published, mine) -> None:
    years, people, _, _, _ = mine
    for s, sex in enumerate(("female", "male")):
        distance = np.abs(people[1:, s] / middle(published, f"population_{sex}") - 1)
        assert (distance <= 2 * np.array([limit(y) for y in years[1:]])).all(), sex


def test_births_and_deaths_are_near_the_published(published, mine) -> None:
    """Flows from mid-year to mid-year beside the mean of two calendar years; age patterns are the pack's, not the UN's."""
    years, _, births, deaths, _ = mine
    for name, values, most in (("births", births, 0.03), ("deaths", deaths, 0.05)):
        distance = np.abs(values[1:] / middle(published, name) - 1)
        assert distance.max() < most, (name, int(years[1 + distance.argmax()]), distance.max())


def test_every_year_closes_to_the_person(mine) -> None:
    assert mine[4] < 1e-6


def test_the_published_years_close_to_their_rounding(published) -> None:
    growth = published["population"].diff().drop_nulls()
    balance = (published["births"] - published["deaths"] + published["net_migration"])[1:]
    assert (growth - balance).abs().max() <= 20


def test_a_planted_fault_leaves_the_limits(pack, published) -> None:
    """Migration with the wrong sign and thrice the size is seen by 2050."""
    years, people, _, _, _ = own(pack, published, fault=-3.0)
    distance = np.abs(people.sum(axis=1)[1:] / middle(published, "population") - 1)
    assert distance[years[1:] == 2050].item() > limit(2050)


def test_partners_have_totals_and_no_ages(pack) -> None:
    """Their years close: from mid-year to mid-year, growth is that of two half years, to the size of the interpolation."""
    rows = pack.table("partners_wpp")
    assert not [name for name in rows.columns if name.startswith("age")]
    wide = rows.with_columns(pl.col("value").cast(pl.Float64)).pivot(on="indicator", index=["country", "year"], values="value")
    for _, one in wide.sort("country", "year").group_by("country", maintain_order=True):
        own_growth = (one["births"] - one["deaths"] + one["net_migration"]).to_numpy()
        people = one["mid_year_population"].to_numpy()
        distance = np.diff(people) - (own_growth[1:] + own_growth[:-1]) / 2
        assert np.nanmedian(np.abs(distance) / people[1:]) < 1e-4
