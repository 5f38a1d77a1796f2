"""Immigration and emigration above zero in every year and draw, around the net rate of the processes."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.kernels.cohorts import engine
from qonys.kernels.cohorts.component import gross_rates
from qonys.kernels.cohorts.counted import bounded
from qonys.projection.national import Processes, Run, project_national
from qonys.projection.processes.gross import PRIOR, fit_gross
from qonys.projection.regional.project import project_world
from qonys.projection.regional.reruns import Reruns, remembering
from qonys.projection.regional.result import Keep
from qonys.projection.scenarios import Scenario
from qonys.study.counterfactual.populations import projected_counterfactual

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("made_up.py"))
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)

DRAWS, HORIZON = 40, 30
RECORD = pl.DataFrame(
    {"year": [2005, 2018, 2019, 2021, 2022, 2023, 2024, 2025],
     "rate": [0.004, 0.0013, 0.0012, 0.001, 0.001, 0.00099, 0.00095, 0.0006],
     "error": [0.1] + [0.02] * 7}
)  # fmt: skip


@pytest.fixture(scope="module")
def gross():
    return fit_gross(RECORD, "AAA", made_up.YEAR, 1990, 200, 1)


@pytest.fixture(scope="module")
def world(gross):
    found = made_up.world()
    return replace(found, processes=replace(found.processes, gross=gross))


def run(world, draws=DRAWS, horizon=HORIZON, **scenario):
    return project_national(world.national, world.processes, horizon, draws, 1, Scenario(**scenario))


def test_both_flows_are_above_zero_everywhere_and_the_balance_closes(world) -> None:
    found = run(world)
    flows = found.gross()
    assert flows["immigrants"].min() > 0
    assert flows["emigrants"].min() > 0
    assert found.residual < 1e-6
    assert found.net() == pytest.approx(flows["immigrants"] - flows["emigrants"])


def test_a_constant_turnover_of_nothing_leaves_one_of_them_at_zero(world) -> None:
    """Planted: what a projection did that knew the balance only."""
    none = replace(world, national=replace(world.national, turnover=0.0), processes=made_up.processes())
    found = run(none)
    assert not found.gross_known
    assert "immigrants" not in found.measures()
    assert (np.minimum(*found.gross().values()) == 0).all()
    with pytest.raises(BadInput, match="emigrants"):
        found.probability("emigrants", 2030, above=1)


def test_the_net_rate_of_a_draw_stays_as_it_was(world, gross) -> None:
    """People hardly move: only the ages of those who come and go differ, by less than a thousandth in ten years."""
    before = run(made_up.world())
    after = run(world)
    assert np.array_equal(before.net_rate, after.net_rate)
    assert after.population[:, 10] == pytest.approx(before.population[:, 10], rel=2e-3)
    people = after.population[:, 0]
    assert after.net()[:, 0] == pytest.approx(after.net_rate[:, 0] * people, rel=1e-9)
    mean = np.sqrt(after.accounts[:, 0, engine.ARRIVALS] * after.accounts[:, 0, engine.DEPARTURES]) / people
    assert mean == pytest.approx(gross.paths("AAA", 1, DRAWS, 116)[:, 0], rel=1e-9)


def test_years_published_after_the_base_are_taken_in(gross) -> None:
    paths = gross.paths("AAA", 12, 200, 7)
    assert np.median(paths[:, 0]) == pytest.approx(0.00095, rel=0.03)
    assert np.median(paths[:, 1]) == pytest.approx(0.0006, rel=0.03)
    assert paths[:, 0].std() < 0.1 * paths[:, 8].std()
    assert np.array_equal(gross.paths("AAA", 1, (3, 9), 7), paths[3:9, :1])
    assert np.array_equal(gross.paths("AAA", 40, (3, 9), 7)[:, :12], paths[3:9])


def test_levers_act_on_their_flow_alone(world) -> None:
    usual = run(world).gross()
    twice = run(world, immigration_times=2.0).gross()
    fewer = run(world, emigration_times=0.5).gross()
    assert twice["immigrants"][:, 0] == pytest.approx(2 * usual["immigrants"][:, 0])
    assert twice["emigrants"][:, 0] == pytest.approx(usual["emigrants"][:, 0])
    assert fewer["emigrants"][:, 0] == pytest.approx(usual["emigrants"][:, 0] / 2)
    more = run(world, net_add=5000.0)
    assert more.net()[:, 0] - run(world).net()[:, 0] == pytest.approx(5000, abs=1e-6)
    assert min(flow.min() for flow in more.gross().values()) > 0
    assert all((flow == 0).all() for flow in run(world, no_migration=True).gross().values())


def test_regions_receive_and_send_the_nations_flows(world) -> None:
    found = project_world(world, Run(6, (0, 8)), Scenario(), Keep())
    nation = run(world, draws=8, horizon=6)
    assert found.draws("immigrants").reshape(8, 6) == pytest.approx(nation.gross()["immigrants"], rel=1e-9)
    assert (found.draws("emigrants") > 0).all()


def test_reruns_draw_the_same_gross_flows(world) -> None:
    """Planted: a world remembered without its process of gross flows gives other flows."""
    sums = Reruns(world, Run(6, (0, 8)), Keep(), 2025).sums(Scenario())
    nation = run(world, draws=8, horizon=6)
    assert sums.net[:, 0] == pytest.approx(nation.net()[:, 0], rel=1e-3, abs=30)
    kept = remembering(world).processes
    assert isinstance(kept, Processes)
    assert kept.gross is not None
    assert np.array_equal(kept.gross.paths("AAA", 6, 8, 3), world.processes.gross.paths("AAA", 6, 8, 3))


def test_single_ages_carried_again_are_those_of_the_projection(world) -> None:
    """Planted: the balance alone, one flow at zero, gives other ages."""
    found = run(world, draws=6, horizon=15)
    ready = SimpleNamespace(inputs=world.national)
    assert projected_counterfactual(ready, found, made_up.YEAR).residual < 1e-3
    accounts, net = found.accounts.copy(), found.net()
    accounts[..., engine.ARRIVALS], accounts[..., engine.DEPARTURES] = np.maximum(net, 0), np.maximum(-net, 0)
    assert projected_counterfactual(ready, replace(found, accounts=accounts), made_up.YEAR).residual > 1


def test_past_flows_have_the_net_of_the_account(gross) -> None:
    years = (1991, 2000, 2023)
    net = np.linspace(-0.02, 0.01, 30)[:, None] * np.ones(3)
    came, left = gross.past(net, years)
    assert came - left == pytest.approx(net, abs=1e-15)
    assert np.minimum(came, left).min() > 0
    assert np.sqrt(came * left)[:, 2] == pytest.approx(0.00099, rel=0.1)
    with pytest.raises(BadInput, match="1990"):
        gross.past(net[:, :1], (1980,))


def test_no_past_flow_is_below_what_was_registered(gross) -> None:
    """Planted: without the bound the same draws have departures and arrivals below the counts."""
    years = (2018, 2019, 2023)
    net = np.linspace(-0.004, 0.004, 40)[:, None] * np.ones(3)
    counted = np.array([0.0007, 0.0006, 0.0]), np.array([0.0023, 0.0024, 0.0])
    came, left = free = gross.past(net, years)
    came, left = gross_rates(net, bounded(net, np.sqrt(came * left), counted))
    assert came - left == pytest.approx(net, abs=1e-15)
    assert (came - counted[0]).min() > -1e-15
    assert (left - counted[1]).min() > -1e-15
    assert all((flow - bound).min() < -1e-4 for flow, bound in zip(free, counted, strict=True))
    assert came[:, 2] == pytest.approx(free[0][:, 2])
    enough = np.minimum(free[0] - counted[0], free[1] - counted[1]) > 0
    assert came[enough] == pytest.approx(free[0][enough])


def test_parameters_are_told_with_units_and_beside_their_prior(gross) -> None:
    table = gross.parameters()
    rows = {row["parameter"]: row for row in table.iter_rows(named=True)}
    assert {row["unit"] for row in rows.values()} == {"per_1000", "ratio"}
    assert rows["gross_mean.prior"]["median"] == pytest.approx(2.0)
    assert rows["gross_mean.prior"]["high"] == pytest.approx(1000 * np.exp(PRIOR.mean + 1.96 * PRIOR.spread))
    assert rows["gross_last"]["median"] == pytest.approx(0.6, rel=0.03)
    for name in ("gross_mean", "gross_sd"):
        prior = rows[f"{name}.prior"]
        assert np.log(rows[name]["high"] / rows[name]["low"]) < np.log(prior["high"] / prior["low"])


def test_refusals(world, gross) -> None:
    assert fit_gross(RECORD.head(0), "AAA", 2023, 1990) is None
    with pytest.raises(BadInput, match="must all end"):
        run(replace(world, processes=replace(world.processes, gross=replace(gross, last_year=2020))))
    with pytest.raises(BadInput, match="AAA"):
        gross.paths("BBB", 5, 5, 1)
    with pytest.raises(BadInput):
        gross.paths("AAA", 5, 5, 1, np.zeros(5))
