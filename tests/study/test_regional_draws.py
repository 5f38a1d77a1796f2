"""Draws of the regional projection as tables: chances by hand, what stands in their place, the same number shown twice."""

from __future__ import annotations

import contextlib
import csv
import io

import numpy as np
import polars as pl
import pytest

import qonys
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.study.counterfactual.composition import composition, groups_forward
from qonys.study.ensembles import regional_draws as rows
from qonys.study.plan import Groups

REGIONS, GROUPS = ("KZ-71", "KZ-59"), ("kazakh", "german", "other")
YEARS = tuple(range(2023, 2051))


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def people():
    """Ten draws: the capital grows; the north falls in seven and comes back by 2050 in two; Germans vanish in four."""
    values = np.full((10, len(YEARS), 5), 1000.0)
    t = np.arange(len(YEARS))
    values[:, :, 0] += 10 * t
    values[:7, 1:, 1] = 900
    values[:2, -1, 1] = 1100
    values[:, :, 2] = 1800 + 10 * t
    values[:, :, 3] = 20
    values[:4, 20:, 3] = 5
    values[:, :, 4] = 180
    return rows.wide(values, YEARS, (*REGIONS, *GROUPS))


def test_draws_come_back_as_they_were(pack, people) -> None:
    assert rows.columns(pack, people) == (REGIONS, GROUPS)
    values, years = rows.drawn(people.sample(fraction=1.0, shuffle=True, seed=1), GROUPS)
    assert values.shape == (10, len(YEARS), 3)
    assert years.tolist() == list(YEARS)
    assert values[3, 25].tolist() == [1800 + 250, 5, 180]


def test_chances_of_regions_by_hand(pack, people) -> None:
    table = rows.depopulation_rows(pack, people, Groups())
    assert sorted(set(table["year"])) == [2023, *Groups().years]
    assert set(table["basis"]) == {"projection"}
    north = table.filter((pl.col("region") == "KZ-59") & (pl.col("year") == 2050)).row(0, named=True)
    assert (north["below"], north["below_by"]) == (0.5, 0.7)
    capital = table.filter((pl.col("region") == "KZ-71") & (pl.col("year") == 2050)).row(0, named=True)
    assert (capital["below"], capital["change"]) == (0.0, pytest.approx(27.0))


def test_chances_of_groups_by_hand_and_the_counts_of_the_others(pack, people) -> None:
    counted = groups_forward(composition(pack), Groups(draws=200))
    table = rows.with_projection(pack, people, counted, Groups().share)
    german = table.filter((pl.col("group") == "german") & (pl.col("year") == 2050)).row(0, named=True)
    assert (german["falls_by"], german["basis"]) == (0.4, "projection")
    assert german["share"] == pytest.approx(20 / 2270, rel=0.02)
    told = dict(table.filter(pl.col("year") == 2050).select("group", "basis").rows())
    assert "other" not in told
    assert told["korean"] == "counts"
    assert table.select("group", "year").is_duplicated().sum() == 0
    assert set(table["year"]) == set(counted.years.astype(int))


def test_without_a_projection_the_simple_processes_say_so(pack, monkeypatch) -> None:
    few = Groups(draws=50)
    assert rows.projected(pack)
    table = rows.with_projection(pack, None, groups_forward(composition(pack), few), few.share)
    assert set(table["basis"]) == {"counts"}
    regions = rows.depopulation_rows(pack, None, few)
    assert set(regions["basis"]) == {"blocks"}
    assert regions["region"].n_unique() == 16
    monkeypatch.setattr(rows, "NEEDED", (*rows.NEEDED, "no_such_table"))
    assert not rows.projected(pack)


def test_draws_are_made_once_and_another_seed_makes_others(pack, people, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path))
    made = []

    class World:
        regional = type("Regional", (), {"base_year": 2023})

    def project(world, run, keep):
        made.append((run.horizon, run.draws, run.seed))
        return None

    monkeypatch.setattr(rows, "world_of", lambda pack, account, tell, plan: World())
    monkeypatch.setattr(rows, "project_world", project)
    monkeypatch.setattr(rows, "frames_of", lambda found: (people, people.select("draw", "year", *REGIONS)))
    first = rows.draws_of(pack)
    assert rows.draws_of(pack)[0].equals(first[0])
    rows.draws_of(pack, 7)
    assert made == [(27, (0, 400), 1), (27, (0, 400), 7)]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert main(("consequences", "--table", "regions", "--format", "csv")) == 0
        assert len(made) == 2
    found = {(row["region"], row["year"]): row for row in csv.DictReader(io.StringIO(out.getvalue()))}
    assert float(found["KZ-59", "2050"]["below"]) == 0.5
    assert found["KZ-59", "2050"]["basis"] == "projection"
    from_python = qonys.country("kazakhstan").consequences("regions")
    assert from_python.filter(region="KZ-59", year=2050)["below"].item() == 0.5
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert main(("consequences", "--table", "ethnic", "--lang", "kk")) == 0
    assert "болжам" in out.getvalue()
    assert "кездейсоқ жүріс" in out.getvalue()


def test_two_chapters_tell_the_same_of_the_same_draws(study) -> None:
    ours = study.table("regional_depopulation").frame.filter(pl.col("year") == 2050)
    theirs = study.table("regional_pace").frame
    both = ours.join(theirs, on="region")
    assert both.height == theirs.height
    assert both["below"].to_list() == both["p_decline"].to_list()
    shares = study.table("group_shares").frame.filter(pl.col("year") == 2050).select("group", "q2.5", "q50", "q97.5")
    groups = study.table("ethnic_diasporas").frame.filter((pl.col("year") == 2050) & (pl.col("basis") == "projection"))
    same = groups.join(shares, on="group")
    assert same.height == shares.height - 1
    assert same["share"].to_numpy() == pytest.approx(same["q50"].to_numpy(), rel=1e-3)
    assert same["low"].to_numpy() == pytest.approx(same["q2.5"].to_numpy(), rel=1e-3)
    work = study.table("regional_work_draws").frame
    assert (
        (work.drop("draw", "year") < study.table("regional_draws").frame.select(work.drop("draw", "year").columns))
        .to_numpy()
        .all()
    )


def test_the_shipped_country_can_be_projected_by_region_and_group() -> None:
    assert rows.projected(open_pack("kazakhstan"))
    assert not rows.projected(open_pack("georgia"))
