"""What is published is not forecast: the newest base, its first years in every draw, its regions; earlier bases."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.inputs.counts import last_count, newest_base, registered_events
from qonys.inputs.groups import by_group, groups_of
from qonys.inputs.regions import residents_carried, shapes
from qonys.projection.national import Run, project_national
from qonys.projection.published import HALVINGS, StepCounts, met, status_of
from qonys.projection.regional.project import project_world
from qonys.projection.regional.result import Keep
from qonys.study.base.carried import carried
from qonys.study.base.national import prepare
from qonys.study.ensembles.fits import account_of, fitted, world_of

COUNT, BIRTHS, DEATHS, NET, NET_LATER = 20_283_399, 365_923, 132_916, 16_550, 23_761 - 7_608
DRAWS = 40


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def ready(pack):
    return fitted(pack, account_of(pack))


@pytest.fixture(scope="module")
def found(ready):
    return project_national(ready.inputs, ready.processes, 26, DRAWS)


def test_the_base_ends_in_the_last_official_count(pack, ready) -> None:
    assert last_count(pack) == (2025, COUNT)
    assert newest_base(pack) == ready.inputs.base_year == 2024
    assert ready.inputs.base.sum() + (BIRTHS - DEATHS + NET) / 2 == pytest.approx(COUNT, abs=1e-3)
    assert ready.inputs.published.births == (BIRTHS,)
    assert ready.inputs.published.net == (NET, NET_LATER)


def test_levels_of_the_base_year_are_near_the_published_ones(ready) -> None:
    """Independent: the bureau states 2.80 births per woman and 75.4 years of 2024; ages here are the UN's, carried."""
    assert ready.inputs.published.fertility == pytest.approx(2.80, abs=0.06)
    assert ready.inputs.published.longevity == pytest.approx(75.4, abs=1.0)


def test_published_flows_are_the_same_number_in_every_draw(found) -> None:
    assert found.net()[:, 0] == pytest.approx((NET + NET_LATER) / 2, abs=1e-6)
    flows = found.gross()
    assert flows["immigrants"][:, 0] == pytest.approx((29_948 + 23_761) / 2, rel=0.015)  # official net: revised since
    assert flows["emigrants"][:, 0] == pytest.approx((12_784 + 7_608) / 2, rel=0.015)
    assert found.residual < 1e-6


def test_a_published_half_year_narrows_what_is_drawn(ready, found) -> None:
    """Births of a year: half the published ones and half of the drawn rates; with both halves known all are equal."""
    births, deaths = found.measures()["births"], found.measures()["deaths"]
    assert births[:, 0].std() < 0.3 * births[:, 1].std()
    assert deaths[:, 0].std() < 0.4 * deaths[:, 1].std()
    known = replace(ready.inputs.published, births=(BIRTHS, 340_001.0), deaths=(DEATHS, 130_000.0))
    both = project_national(replace(ready.inputs, published=known), ready.processes, 3, DRAWS)
    assert both.measures()["births"][:, 0] == pytest.approx((BIRTHS + 340_001) / 2, abs=1e-3)
    assert both.measures()["deaths"][:, 0] == pytest.approx((DEATHS + 130_000) / 2, abs=1e-3)
    half = 2 * both.measures()["births"][:, 1] - 340_001
    assert (half > 0).all()
    assert half.std() > 0


def test_draws_and_horizons_keep_their_company(ready, found) -> None:
    few = project_national(ready.inputs, ready.processes, 1, (3, 9))
    assert np.array_equal(few.accounts, found.accounts[3:9, :1])


def test_the_table_says_what_is_published(found) -> None:
    told = {(m, y): s for m, y, s in found.quantiles().select("measure", "year", "status").iter_rows()}
    assert told["population", 2024] == told["net_migration", 2025] == told["immigrants", 2025] == "published"
    assert told["births", 2025] == told["population", 2025] == told["net_migration", 2026] == "partly"
    assert told["births", 2026] == told["population", 2027] == told["emigrants", 2027] == "forecast"
    assert told["age_65", 2024] == status_of(None, "population", 0) == "estimated"


def test_one_step_meets_its_counts_and_its_identity(ready) -> None:
    people = np.stack([ready.inputs.base, 1.02 * ready.inputs.base])
    counts = StepCounts(np.array([360e3, 380e3]), np.array([130e3, 140e3]), np.array([5e3, -5e3]))
    fertility, longevity, done = met(people, ready.inputs, 0, counts, np.array([2e4, 1e4]))
    assert done.births.sum(axis=-1) == pytest.approx(counts.births)
    assert done.deaths.sum(axis=(1, 2)) == pytest.approx(counts.deaths)
    growth = done.population.sum(axis=(1, 2)) - people.sum(axis=(1, 2))
    assert growth == pytest.approx(counts.births - counts.deaths + counts.net, abs=1e-3)
    assert fertility[1] > fertility[0]
    assert longevity[1] < longevity[0]
    assert HALVINGS > 50


def test_regions_and_groups_agree_with_the_count_and_the_nation(pack, ready, found) -> None:
    shape = shapes(pack)
    january = residents_carried(pack, shape.newest, shape.regions, [2024, 2025]).sum(axis=2)
    whole = np.zeros(len(shape.wholes))
    np.add.at(whole, shape.whole, january[1])
    assert january[1].sum() == pytest.approx(COUNT)
    assert np.abs(whole - by_group(pack, shape, groups_of(pack)).residents.sum(axis=1)).max() < 150
    regional = project_world(world_of(pack), Run(3, (0, 8), 1), keep=Keep(("region", "group"), (0, 15, 65)))
    start = regional.draws("population", ("region",))[:, 0]
    assert start.sum(axis=1) == pytest.approx(found.population[:8, 0], rel=1e-9)
    share = start.mean(axis=0) / start.mean(axis=0).sum()
    assert share == pytest.approx(january.mean(axis=0) / january.mean(axis=0).sum(), rel=2e-3)
    compared = regional.compared()
    assert compared["difference"].abs().max() < 1e-4


def test_an_earlier_base_knows_nothing_of_later_years(pack, ready) -> None:
    account = account_of(pack)
    before = prepare(pack, account, 40, 1, base_year=2023)
    ends = account.filter((pl.col("quantity") == "population") & pl.col("year").is_in([2023, 2024]))["median"]
    assert before.inputs.published is None
    assert before.inputs.base.sum() == pytest.approx(ends.mean())
    assert max(before.processes.gross.seen) == 2023
    with pytest.raises(BadInput, match="must all end"):
        project_national(replace(ready.inputs, published=None), ready.processes, 2, 4)


def test_a_year_without_deaths_cannot_be_carried_over(pack, ready, tmp_path) -> None:
    """A planted fault: without the deaths of 2024 the base stays where the age structure ends; a carrying is refused."""
    folder = tmp_path / "kazakhstan"
    shutil.copytree(pack.path, folder)
    table = folder / "tables" / "national.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("2024,deaths,")]
    assert len(kept) == len(lines) - 1
    table.write_text("\n".join(kept) + "\n", encoding="utf-8")
    lame = open_pack(folder)
    assert newest_base(lame) == 2023
    assert registered_events(lame, 2024).filter(pl.col("year") == 2024)["deaths"].to_list() == [None]
    with pytest.raises(BadInput, match="2024"):
        carried(lame, ready.inputs.base, 2023, 2024, ready.inputs)
