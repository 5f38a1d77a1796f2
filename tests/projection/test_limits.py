"""Limits of the long end: in the choice of processes, the table of parameters, the backtest, the regions."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.cli import main
from qonys.kernels.processes.window_limits import WindowLimits, observed_limits
from qonys.projection.backtest import models
from qonys.projection.national import Processes, Run, project_national
from qonys.projection.processes.limits import AFTER
from qonys.projection.processes.migration import BOUNDED, CRISES, MigrationProcess
from qonys.projection.processes.registry import ProcessChoices
from qonys.projection.processes.vital import LEVEL, SCALE, STEP, VitalProcess
from qonys.projection.regional.project import project_world
from qonys.projection.regional.result import Keep
from qonys.study.analyses import project as analysis
from qonys.study.base.national import Prepared

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("made_up.py"))
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)
HORIZON, DRAWS = 50, 40
NARROW = WindowLimits(np.array([-3.0, -2.0, -1.5]), np.array([1.0, 0.5, 0.0]), AFTER)
FEW_BIRTHS = WindowLimits(np.array([-1.0, -0.9]), np.array([1.0, 0.9]), AFTER // STEP)


def limited(processes: Processes) -> Processes:
    """The made-up processes with limits that many paths reach."""
    migration, fertility = (
        replace(one, posterior=replace(one.posterior, limits=limits))
        for one, limits in ((processes.migration, NARROW), (processes.fertility, FEW_BIRTHS))
    )
    return replace(processes, migration=migration, fertility=fertility)


def rates(seed: int = 3) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=seed))
    noise = rng.standard_normal((4, 60))
    found = np.zeros((4, 60))
    for t in range(1, 60):
        found[:, t] = 0.9 * found[:, t - 1] + noise[:, t]
    return found


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    """Net migration and total fertility of four made-up countries, 1964 to 2023."""
    rows = [(c, 1964 + t, x * 1e3, 1e6, 2.2 * np.exp(x / 20)) for c, row in zip("ABCD", rates(), strict=True) for t, x in enumerate(row)]
    frame = pl.DataFrame(rows, schema=["country", "year", "net_migration", "population", "value"], orient="row")
    return {"migration": frame.drop("value"), "fertility": frame.select("country", "year", "value")}


def test_the_default_is_limited_and_the_former_process_has_the_same_posterior(frames) -> None:
    usual, former = ProcessChoices(), ProcessChoices(migration="crises", fertility="regimes")
    for name, kind in (("migration", MigrationProcess), ("fertility", VitalProcess)):
        found, free = (one.fitted(name, frames[name], 40, 1) for one in (usual, former))
        assert isinstance(found, kind)
        assert np.array_equal(found.posterior.phi, free.posterior.phi)
        assert free.posterior.limits is None
        assert found.posterior.limits.after * (1 if name == "migration" else STEP) == AFTER
        seen, usual_paths = (one.paths("A", 70, 60, 1) for one in (found, free))
        assert np.array_equal(seen[:, :AFTER], usual_paths[:, :AFTER])
    table = rates()
    assert found.posterior.limits.high[0] == pytest.approx((SCALE * np.log(2.2 * np.exp(table[:, 4::5] / 20) / LEVEL)).max())
    own = usual.fitted("migration", frames["migration"], 40, 1).posterior.limits
    assert len(own.low) == 40
    assert own.low[29] == pytest.approx(min(table[c, s : s + 30].mean() for c in range(4) for s in range(31)))


def test_correlated_components_take_the_limited_processes() -> None:
    assert ProcessChoices(dependence="correlated").fertility == "bounded"
    assert ProcessChoices(dependence="correlated", fertility="regimes").dependence == "correlated"


def test_the_table_of_parameters_tells_the_limits_and_what_they_held(monkeypatch, capsys) -> None:
    """Through the command: ends of means, units, and the shares of draws and steps of this run, counted by hand."""
    world = made_up.world()
    ready = Prepared(world.national, limited(world.processes), ())
    monkeypatch.setattr(analysis, "account_of", lambda pack, *rest, **named: None)
    monkeypatch.setattr(analysis, "fitted", lambda *rest: ready)
    command = ["project", "--table", "parameters", "--horizon", str(made_up.YEAR + HORIZON), "--draws", str(DRAWS)]
    assert main([*command, "--seed", "2", "--format", "csv"]) == 0
    rows = {row["parameter"]: row for row in csv.DictReader(capsys.readouterr().out.splitlines()) if row["country"] in ("", "AAA")}
    assert (rows["limit_3"]["unit"], float(rows["limit_3"]["low"]), float(rows["limit_3"]["high"])) == ("per_1000", -1.5, 0.0)
    assert (rows["limit_after"]["unit"], float(rows["fertility_limit_after"]["median"])) == ("years", AFTER)
    assert rows["fertility_limit_10"]["unit"] == "children_per_woman"
    assert float(rows["fertility_limit_10"]["high"]) == pytest.approx(LEVEL * np.exp(0.9 / SCALE))
    run = Run(HORIZON, (0, DRAWS), 2)
    net = ready.processes.migration.paths("AAA", HORIZON, DRAWS, 213)
    free = world.processes.migration.paths("AAA", HORIZON, DRAWS, 213)
    assert np.array_equal(project_national(ready.inputs, ready.processes, HORIZON, DRAWS, 2).net_rate, net)
    moved = (net != free).any(axis=1)
    assert moved.any()
    assert float(rows["limit_held"]["median"]) == pytest.approx(moved.mean())
    births = ready.processes.fertility.drawn("AAA", run.horizon, run.draws, 211)
    assert float(rows["fertility_limit_held_steps"]["median"]) == pytest.approx(births.held.mean())
    monkeypatch.setattr(analysis, "fitted", lambda *rest: replace(ready, processes=world.processes))
    assert main([*command, "--format", "csv"]) == 0
    assert "limit" not in capsys.readouterr().out


def test_limits_narrow_the_population_and_leave_the_near_term() -> None:
    world = made_up.world()
    free, held = (
        project_national(world.national, one, HORIZON, DRAWS) for one in (world.processes, limited(world.processes))
    )
    assert np.array_equal(held.population[:, : AFTER + 1], free.population[:, : AFTER + 1])
    assert np.log(held.population[:, -1]).std() < np.log(free.population[:, -1]).std()


def test_regions_follow_the_nation_of_the_limited_processes() -> None:
    world = made_up.world()
    bounded = replace(world, processes=limited(world.processes))
    run = Run(AFTER + 15, (0, 6), 1)
    nation = project_national(world.national, bounded.processes, run.horizon, run.draws, 1)
    parts = project_world(bounded, run, keep=Keep(("region",)))
    assert parts.drawn.population == pytest.approx(nation.population, rel=1e-12)
    assert np.array_equal(parts.drawn.fertility, nation.fertility)
    assert parts.population.mean() == pytest.approx(nation.population.mean(), rel=0.03)
    usual = project_world(world, run, keep=Keep(("region",)))
    assert np.abs(parts.drawn.population / usual.drawn.population - 1).max() > 1e-3


def test_paths_of_all_countries_have_the_law_of_the_keyed_ones_under_limits() -> None:
    """Another hand: `regime_process.paths`, which redraws by rejection; the backtest redraws by the quantile."""
    from qonys.kernels.processes import regime_process as process

    past = rates()
    posterior, _ = models.fitted(past, 400, 1, replace(BOUNDED, after=5))
    ours = models.futures(posterior, past[:, -1], 30, 3)
    theirs = np.stack([process.paths(posterior, c, past[c, -1], 30, 400, 5) for c in range(4)])
    window = np.lib.stride_tricks.sliding_window_view
    for length in (1, 10, 25):
        for found in (ours, theirs):
            means = window(found[:, :, 5:], length, axis=2).mean(axis=3)
            assert means.max() < posterior.limits.high[length - 1] + 1e-2  # the bound of single rates bends the last digits
            assert means.min() > posterior.limits.low[length - 1] - 1e-2
    one, two = (found[:, :, 10:].mean(axis=2) for found in (ours, theirs))
    spread = np.subtract(*np.quantile(two, [0.9, 0.1], axis=1))
    assert np.abs((np.median(one, axis=1) - np.median(two, axis=1)) / spread).max() < 0.2
    assert np.subtract(*np.quantile(one, [0.9, 0.1], axis=1)).sum() == pytest.approx(spread.sum(), rel=0.12)


def test_forecasts_as_far_as_they_are_scored_do_not_change() -> None:
    past = rates()
    free, _ = models.fitted(past, 100, 1, CRISES)
    held = replace(free, limits=observed_limits(past, BOUNDED.window, BOUNDED.after))
    one, two = (models.futures(posterior, past[:, -1], 45, 3) for posterior in (held, free))
    assert np.array_equal(one[:, :, :AFTER], two[:, :, :AFTER])
    assert not np.array_equal(one, two)
