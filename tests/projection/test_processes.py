"""What a process offers: the protocol, starts, wrapped and given paths, choices by name; planted faults."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.kernels.mortality.lee_carter import fit_lee_carter, lee_carter_family
from qonys.kernels.mortality.life_tables import life_table
from qonys.projection.national import Processes, project_national
from qonys.projection.processes import registry
from qonys.projection.processes.dependence import fitted_correlation
from qonys.projection.processes.migration import fit_migration, regimes_of
from qonys.projection.processes.protocol import BoundedLifeExpectancy, CachedPaths, FixedPaths
from qonys.projection.processes.vital import LEVEL, SCALE, fit_fertility, fit_longevity, steps_of
from qonys.study.base.national import pool_of
from qonys.words import has

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("made_up.py"))
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)
YEAR, nation, processes, regions = made_up.YEAR, made_up.nation, made_up.processes, made_up.regions
DRAWS = 12


@pytest.fixture(scope="module")
def inputs():
    return nation(regions().base.mean(0).sum((0, 1)))


@pytest.mark.parametrize(("name", "last"), [("fertility", 2.4), ("longevity", 74.0), ("migration", -2.0)])
def test_the_last_value_may_be_another(name, last):
    """The data's own last value as `start` changes nothing; another one moves the first year, and less the later."""
    process = getattr(processes(), name)
    if name == "fertility":
        process = replace(process, starts={"AAA": SCALE * np.log(last / LEVEL)})
    usual = process.paths("AAA", 20, DRAWS, 3)
    assert np.array_equal(process.paths("AAA", 20, DRAWS, 3, np.full(DRAWS, last)), usual)
    moved = process.paths("AAA", 20, DRAWS, 3, np.full(DRAWS, last + 0.3)) - usual
    assert (moved[:, 0] > 0).all()
    if name != "longevity":
        assert np.abs(moved[:, -1]).mean() < np.abs(moved[:, 0]).mean()


def test_given_paths_take_the_place_of_a_process(inputs):
    """Paths drawn elsewhere give the projection that the process gives which drew them."""
    fitted = processes()
    usual = project_national(inputs, fitted, 5, DRAWS)
    values = fitted.migration.paths("AAA", 5, DRAWS, 113)
    given = FixedPaths(values=values, countries=("AAA",), last_year=YEAR)
    assert np.array_equal(project_national(inputs, replace(fitted, migration=given), 5, DRAWS).groups, usual.groups)
    assert np.array_equal(given.paths("AAA", 3, (2, 7), 1), values[2:7, :3])
    for wrong in (("BBB", 3, 2, 1), ("AAA", 6, 2, 1), ("AAA", 3, DRAWS + 1, 1), ("AAA", 3, 2, 1, np.zeros(2))):
        with pytest.raises(BadInput):
            given.paths(*wrong)
    late = replace(given, last_year=YEAR + 1)
    with pytest.raises(BadInput, match=str(YEAR)):
        project_national(inputs, replace(fitted, migration=late), 5, DRAWS)


def test_wrapped_processes_are_processes(inputs):
    fitted = processes()
    kept = Processes(*(CachedPaths(one) for one in (fitted.fertility, fitted.longevity, fitted.migration)))
    assert np.array_equal(
        project_national(inputs, kept, 5, DRAWS).groups, project_national(inputs, fitted, 5, DRAWS).groups
    )
    assert kept.fertility.paths("AAA", 5, DRAWS, 1) is kept.fertility.paths("AAA", 5, DRAWS, 1)
    with pytest.raises(ValueError, match="read-only"):
        kept.fertility.paths("AAA", 5, DRAWS, 1)[0] = 0
    held = BoundedLifeExpectancy(process=fitted.longevity, limits=(73.0, 75.0))
    found, usual = (one.paths("AAA", 30, DRAWS, 1) for one in (held, fitted.longevity))
    inside = (usual > 73) & (usual < 75)
    assert inside.any()
    assert np.array_equal(found[inside], usual[inside])
    assert set(found[~inside]) <= {73.0, 75.0}
    assert (held.last_year, held.countries, held.rhat) == (YEAR, ("AAA",), 1.0)


def test_every_process_that_can_be_named_is_described():
    for component in (*registry.PROCESSES, *registry.PATTERNS):
        for name in registry.names_of(component):
            for language in ("en", "ru", "kk"):
                assert has(f"process.{component}.{name}", language)
    usual = registry.ProcessChoices()
    assert usual.label() == ""
    for component in (*registry.PROCESSES, *registry.PATTERNS):
        assert getattr(usual, component) == registry.names_of(component)[0]
    with pytest.raises(BadInput, match="double_logistic"):
        registry.ProcessChoices(fertility="triple_logistic")
    with pytest.raises(BadInput, match="regimes"):
        registry.ProcessChoices(longevity="double_logistic", dependence="correlated")
    with pytest.raises(BadInput, match="FixedPaths"):
        regimes_of(FixedPaths(values=np.zeros((1, 1)), countries=(), last_year=YEAR))


@pytest.fixture(scope="module")
def pool():
    return pool_of(open_pack("kazakhstan"))


def test_the_correlation_of_the_fitted_processes_is_the_documented_one(pool):
    """docs/explanation/processes.md: 0.07, 0.06 and 0.07, none of which differs from zero."""
    net = pool["net_migration"].rename({"value": "net_migration"})
    frames = {
        "fertility": pool["total_fertility_rate"].filter(pl.col("year") <= 2023),
        "longevity": pool["life_expectancy_both"].filter(pl.col("year") <= 2023),
        "migration": net.join(pool["mid_year_population"].rename({"value": "population"}), on=["country", "year"]).filter(
            pl.col("year") <= 2023
        ),
    }
    fits = (
        fit_fertility(frames["fertility"], 100, 1, 15.0), fit_longevity(frames["longevity"], 100, 1, 15.0),
        fit_migration(frames["migration"], 100),
    )  # fmt: skip
    found = fitted_correlation(fits, frames)
    assert found.count > 150
    assert found.matrix[np.triu_indices(3, 1)] == pytest.approx([0.07, 0.06, 0.07], abs=0.05)  # short fits
    assert (np.sign(found.low) != np.sign(found.high))[np.triu_indices(3, 1)].all()
    with pytest.raises(BadInput):
        steps_of("longevity", frames["longevity"].with_columns(value=pl.lit(96.0)))


def test_lee_carters_family_meets_every_life_expectancy():
    pack = open_pack("kazakhstan")
    rows = pack.table("mortality_age").filter(pl.col("sex").is_in(["female", "male"]) & (pl.col("year_start") <= 2020))
    rows = rows.sort("year_start", "sex", "age_start")
    ages = rows["age_start"].unique().sort().to_numpy().astype(float)
    rates = rows["value"].cast(pl.Float64).to_numpy().reshape(-1, 2, len(ages))
    grid = np.array([40.0, 65.0, 75.0, 90.0])
    found = lee_carter_family(rates, ages, grid)
    single = np.arange(101.0)
    for place, sex in enumerate(("female", "male")):
        assert np.asarray(life_table(found.rates[place], single, sex).e[:, 0]) == pytest.approx(grid, abs=1e-9)
    assert (np.diff(np.log(found.rates[:, :, 30:85]), axis=1) < 0).all()
    model = fit_lee_carter(rates, ages, last=True)
    now = np.array([float(life_table(rates[-1, s], ages, sex).e[0]) for s, sex in enumerate(("female", "male"))])
    assert model.rates((now[0], now[1])) == pytest.approx(rates[-1], rel=1e-6)
