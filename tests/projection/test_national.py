"""The national projection on the shipped figures: the UN's own numbers, accounts, keys, scenarios, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.kernels.cohorts import component as cc
from qonys.kernels.mortality.graduation import single_ages
from qonys.projection.national import Scenario, median_age, project_national
from qonys.projection.processes.migration import fit_migration, table_of
from qonys.projection.processes.vital import by_sex, fit_fertility, fit_longevity
from qonys.study.base import national as projecting
from qonys.study.ensembles.fits import fitted


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def ready(pack, study, every):
    """Fitted anew in the full tier; the short one takes the fits that come with the pack, which other tests compare."""
    account = study.table("reconciled_national").frame
    return projecting.prepare(pack, account, 120, 1) if every else fitted(pack, account)


def run(ready, horizon=30, draws=120, **scenario):
    return project_national(ready.inputs, ready.processes, horizon, draws, 1, Scenario(**scenario))


def un_inputs(pack):
    """The UN's own drivers between mid-years, 2023 to 2075: fertility, life expectancy by sex, net migration."""
    rows = pack.table("projection_un").filter(pl.col("variant") == "median")
    past = pack.table("national").filter((pl.col("source") == "wpp2024") & (pl.col("year") == 2023))
    found = {}
    for name in ("total_fertility_rate", "life_expectancy_female", "life_expectancy_male", "net_migration"):
        ahead = rows.filter(pl.col("indicator") == name).sort("year")["value"].cast(pl.Float64).to_numpy()
        first = float(past.filter(pl.col("indicator") == name)["value"].item())
        whole = np.concatenate([[first], ahead])
        found[name] = (whole[1:] + whole[:-1]) / 2
    return found


def test_given_the_uns_inputs_the_uns_population_comes_out(pack) -> None:
    """Within 0.1 % in 2030, 0.35 % in 2050 and 0.8 % in 2075, its numbers brought from the ends of years to mid-year."""
    given = un_inputs(pack)
    people = pack.table("population_age_sex").filter(pl.col("year") == 2023).sort("age_start")
    groups = np.stack([people.filter(pl.col("sex") == sex)["value"].cast(pl.Float64).to_numpy() for sex in projecting.SEXES])
    now = single_ages(groups, np.arange(0.0, 101, 5), 101)
    tables, ratio = projecting.family_of(pack, projecting.GRID), projecting._sex_ratio(pack, 2023)
    pattern = projecting.fertility_pattern(pack, projecting.ahead(2023))
    schedule = projecting.schedule()
    totals = {}
    for t in range(52):
        survival = np.empty((2, 101))
        for s, sex in enumerate(projecting.SEXES):
            place = (given[f"life_expectancy_{sex}"][t] - tables.e0[0]) / 0.25
            i, w = int(place), place - int(place)
            survival[s] = (1 - w) * tables.survival[s, i] + w * tables.survival[s, i + 1]
        fertility = given["total_fertility_rate"][t] * pattern[t]
        done = cc.step(now, survival, fertility, ratio[t], given["net_migration"][t] * schedule)
        assert now.sum() + done.births.sum() + done.migrants.sum() - done.deaths.sum() == pytest.approx(done.population.sum())
        now = done.population
        totals[2024 + t] = now.sum()
    ends = pack.table("projection_un").filter((pl.col("variant") == "median") & (pl.col("indicator") == "population"))
    value = dict(ends.select("year", "value").rows())
    for year, most in ((2025, 0.0005), (2030, 0.001), (2050, 0.0035), (2075, 0.008)):
        middle = (float(value[year]) + float(value[year - 1])) / 2
        assert totals[year] == pytest.approx(middle, rel=most), year


def test_the_uns_population_stands_at_the_end_of_its_year(pack) -> None:
    rows = pack.table("projection_un").filter(pl.col("variant") == "median")
    wide = rows.pivot(on="indicator", index="year", values="value").sort("year")
    growth = wide["population"].diff().drop_nulls()
    own = (wide["births"] - wide["deaths"] + wide["net_migration"])[1:]
    assert (growth - own).abs().max() < 1500


def test_accounts_close_and_draws_keep_their_company(ready) -> None:
    found = run(ready)
    assert found.residual < 1e-6
    few = run(ready, draws=7)
    assert np.array_equal(few.population, found.population[:7])
    assert np.array_equal(run(ready, horizon=10).population, found.population[:, :11])


def test_migration_off_is_migration_off_and_shares_its_luck(ready) -> None:
    base, off = run(ready), run(ready, no_migration=True)
    assert (off.accounts[..., 2:4] == 0).all()
    assert np.array_equal(off.fertility, base.fertility)
    later, until = run(ready, no_migration=True, since=2040), 2040 - ready.inputs.base_year
    assert np.array_equal(later.population[:, :until], base.population[:, :until])
    assert (later.accounts[:, until - 1 :, 2:4] == 0).all()
    growth = np.diff(off.population, axis=1)
    assert growth == pytest.approx(off.accounts[..., 0] - off.accounts[..., 1], abs=1e-6)


def test_levers_move_what_they_name(ready) -> None:
    base, more = run(ready), run(ready, net_add=20_000)
    assert (more.net() - base.net()).mean() == pytest.approx(20_000, rel=0.15)  # the rest is a rate on more people
    assert (more.net()[:, 0] - base.net()[:, 0]) == pytest.approx(20_000, abs=1)
    assert (run(ready, fertility_times=0.5).fertility == 0.5 * base.fertility).all()
    longer = run(ready, longevity_add=2.0)
    assert (longer.accounts[:, 5, 1] < base.accounts[:, 5, 1]).all()


def test_quantiles_pyramid_probability_agree_with_the_draws(ready) -> None:
    found, last = run(ready), ready.inputs.base_year + 30
    table = found.quantiles().filter((pl.col("measure") == "population") & (pl.col("year") == last))
    assert table["q50"].item() == pytest.approx(np.median(found.population[:, 30]))
    assert found.pyramid(last)["q50"].sum() == pytest.approx(np.median(found.population[:, 30]), rel=0.05)
    limit = float(np.quantile(found.population[:, 30], 0.3))
    assert found.probability("population", last, below=limit) == pytest.approx(0.3, abs=0.02)
    assert found.probability("births", last - 29, above=0) == 1
    with pytest.raises(BadInput, match=str(last)):
        found.probability("population", 2100, below=1)
    with pytest.raises(BadInput, match="median_age"):
        found.probability("people", 2050, below=1)


def test_median_age_by_hand() -> None:
    groups = np.zeros(21)
    groups[[2, 6]] = 100.0
    assert float(median_age(groups)) == pytest.approx(15.0)
    groups[6] = 300.0
    assert float(median_age(groups)) == pytest.approx(30 + 5 / 3)


def test_fitted_processes_have_settled(ready, study) -> None:
    assert study.number("projection.rhat").value < 1.12
    common = ready.processes.migration.parameters().filter(pl.col("country").is_null())
    assert dict(common.select("parameter", "median").rows())["ratio"] > 3
    crises = ready.processes.migration.crises().filter(pl.col("country") == "KAZ")
    told = dict(crises.select("year", "probability").rows())
    assert told[1994] > 0.9
    assert told[1965] < 0.3


def test_refusals(ready) -> None:
    with pytest.raises(BadInput, match="77"):
        run(ready, horizon=90)
    with pytest.raises(BadInput, match="must all end"):
        project_national(replace(ready.inputs, base_year=2020), ready.processes, 5, 5)
    with pytest.raises(BadInput, match="30"):
        run(ready, longevity_add=-60.0)
    frame = pl.DataFrame({"country": ["A", "A", "A"], "year": [2000, 2001, 2003], "value": [1.0, 1, 1]})
    with pytest.raises(BadInput, match="2002"):
        table_of(frame)
    with pytest.raises(BadInput, match="2000"):
        table_of(pl.concat([frame, frame]))
    with pytest.raises(BadInput, match="net_migration"):
        fit_migration(frame)
    long = pl.DataFrame({"country": ["A"] * 40, "year": range(1980, 2020), "value": [96.0] * 40})
    with pytest.raises(BadInput, match="95"):
        fit_longevity(long)
    with pytest.raises(BadInput, match="above zero"):
        fit_fertility(long.with_columns(value=pl.lit(0.0)))
    with pytest.raises(BadInput, match="20"):
        fit_fertility(long.with_columns(value=pl.lit(2.0)).head(8))


def test_the_gap_of_the_sexes() -> None:
    found = by_sex(np.array([70.0, 75.0, 90.0]), (np.array([70.0, 80.0]), np.array([10.0, 6.0])))
    assert found.tolist() == [[75.0, 65.0], [79.0, 71.0], [93.0, 87.0]]


def test_life_expectancy_has_a_smooth_floor() -> None:
    from qonys.projection.processes.vital import BEND, FLOOR, floored

    life = np.linspace(-200, 90, 4001)
    bent = floored(life)
    assert bent.min() >= FLOOR
    assert (np.diff(bent) >= 0).all()
    assert np.array_equal(bent[life >= BEND], life[life >= BEND])
    assert np.abs(np.diff(bent, 2)).max() < 1e-2
