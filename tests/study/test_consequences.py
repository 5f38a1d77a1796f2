"""Consequences on the shipped pack: what closes, what agrees with another hand, and `qonys consequences`."""

from __future__ import annotations

import contextlib
import csv
import io

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.consequences.counterfactual import line_of
from qonys.errors import BadInput
from qonys.kernels.structure.ageing import between
from qonys.study.analyses.consequences import DRAWS as KEPT_DRAWS
from qonys.study.analyses.consequences import ConsequencesRequest, draws_folder
from qonys.study.base.national import carried_ages
from qonys.study.counterfactual import composition as composing
from qonys.study.counterfactual import schooling
from qonys.study.counterfactual.populations import fewer, known, past_counterfactual
from qonys.study.counterfactual.tables import (
    MEASURES,
    ageing_table,
    by_start,
    decomposition_table,
    effect_table,
    pyramid,
)
from qonys.study.plan import Groups
from qonys.study.runs.stored import kept_frames

DRAWS = 4


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def draws(pack) -> pl.DataFrame:
    """An account that closes: the UN's births and deaths, its population of 1950, and net migration with noise."""
    rows = pack.table("national").filter(pl.col("source").is_in(["wpp2024", "wpp_portal_populaR"]))
    cells = {(row["indicator"], row["year"]): float(row["value"]) for row in rows.to_dicts()}
    years = range(1950, 2024)
    rng = np.random.Generator(np.random.Philox(key=7))
    frames = []
    for draw in range(DRAWS):
        flows = {
            name: np.array([cells[name, year] for year in years]) for name in ("births", "deaths", "net_migration")
        }
        flows["net_migration"] = flows["net_migration"] + rng.normal(0, 5_000, len(flows["births"]))
        change = flows["births"] - flows["deaths"] + flows["net_migration"]
        people = cells["mid_year_population", 1950] * 0.984 + np.concatenate([[0.0], change.cumsum()])
        columns = {name: [*values, None] for name, values in flows.items()}
        frames.append(pl.DataFrame({"draw": draw, "year": [*years, 2024], "population": people, **columns}))
    return pl.concat(frames)


@pytest.fixture(scope="module")
def found(pack, draws):
    return known(pack, draws, DRAWS)


@pytest.fixture(scope="module")
def since(found):
    return past_counterfactual(found, 1991)


def test_with_migration_is_the_account_and_the_counted_ages(found, since) -> None:
    i = found.years.index(1991)
    assert since.moved.population.sum(axis=(-2, -1)) == pytest.approx(found.population[:, i:])
    assert since.moved.births == pytest.approx(found.account.births[:, i:])
    assert since.moved.migrants.sum(axis=(-2, -1)) == pytest.approx(found.account.net[:, i:], abs=1)
    assert since.moved.residual() < 1e-3
    assert since.effect.residual() < 1e-3
    ages = since.moved.population[0, -1] / since.moved.population[0, -1].sum()
    assert ages == pytest.approx(found.ages[-1])


def test_ages_after_the_last_age_structure_go_on(pack, draws) -> None:
    """Old people of the years after the last age structure change by steps like those before, not by none or by two."""
    one = draws.filter(pl.col("draw") == 0)
    last, before = one.row(-1, named=True), one.row(-2, named=True)
    later = {**last, "year": 2025, "population": last["population"] + 250_000}
    flows = {name: before[name] for name in ("births", "deaths", "net_migration")}
    found = known(pack, pl.concat([one[:-1], pl.DataFrame([{**last, **flows}, later], one.schema)]), 1)
    steps = np.diff(between(found.ages, 65))[-4:]
    assert (steps[1:] / steps[:-1]).max() < 1.6
    assert (steps[1:] / steps[:-1]).min() > 0.6
    year, base = carried_ages(pack)
    assert year == 2024
    middle = (found.ages[found.years.index(2024)] + found.ages[found.years.index(2025)]) / 2
    assert between(middle, 65) == pytest.approx(between(base, 65) / base.sum(), abs=2e-4)


def test_another_way_to_the_effect(since) -> None:
    """The line of migrants and their descendants, carried by itself, is with less without."""
    start = np.zeros_like(since.moved.migrants[:, 0])
    line = line_of(since.moved.migrants, since.rates.survival, start, since.moved.timing, since.rates)
    assert line == pytest.approx(since.effect.total, abs=1e-3)


def test_the_year_chosen_matters_and_assumptions_bound(found) -> None:
    starts = by_start(found, fewer(found, 2), 0.75, (1970, 1991, 2010))
    cells = {(row["since"], row["part"]): row["median"] for row in starts.to_dicts()}
    assert cells[1991, "total"] < cells[1991, "fewer_births"] < 0
    assert cells[1991, "direct"] < 0
    assert abs(cells[2010, "total"]) < abs(cells[1991, "total"])
    with pytest.raises(BadInput):
        past_counterfactual(found, 1949)


def test_tables_of_the_past_agree_with_each_other(found, since) -> None:
    effect, ages, parts = effect_table(since), ageing_table(found, since), decomposition_table(since)
    last = since.years[-1]
    total = effect.filter((pl.col("part") == "total") & (pl.col("year") == last))["median"].item()
    gap = ages.filter((pl.col("measure") == "population") & (pl.col("case") == "difference") & (pl.col("year") == last))
    assert gap["median"].item() == pytest.approx(total)
    for name in MEASURES:
        cells = dict(parts.filter(pl.col("measure") == name).select("part", "median").rows())
        whole = sum(cells[part] for part in ("first", "momentum", "fertility", "mortality", "migration"))
        assert whole == pytest.approx(cells["last"], rel=2e-3)
    sides = pyramid(since, last)
    assert sides["with"].sum() - sides["without"].sum() == pytest.approx(total, rel=0.03)


def test_diversity_and_groups_of_the_pack(pack) -> None:
    people = composing.composition(pack)
    index = composing.diversity_table(people)
    assert (index.filter(pl.col("high").is_not_null()).select((pl.col("high") - pl.col("low")).min()).item()) >= 0
    groups = composing.groups_forward(people, Groups(draws=200))
    assert 0.6 < groups.hits / groups.tried < 1
    table = composing.diaspora_table(groups, Groups().share)
    assert table.group_by("year").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1] * 6, abs=0.1)
    now = table.filter(pl.col("year") == 2025)
    assert now["low"].to_list() == pytest.approx(now["high"].to_list())


def test_regions_of_the_pack(pack) -> None:
    regions = composing.regions_of(pack)
    whole = pack.regions().filter(pl.col("region") == "KZ")["area_km2"].item()
    assert regions.area.sum() == pytest.approx(whole, rel=1e-3)
    table = composing.concentration_table(regions)
    assert table["redistributed"][0] == 0
    assert table["hoover"].is_between(0, 100).all()
    chances = composing.depopulation_table(regions, Groups(draws=100))
    north = chances.filter((pl.col("region") == "KZ-59") & (pl.col("year") == 2050))
    assert north["below"].item() > 0.9
    loads = composing.load_table(pack)
    assert loads.height == 20
    assert (loads["pupils_low"] <= loads["pupils_high"]).all()


def test_schooling_of_the_pack(pack, found, since) -> None:
    years = schooling.years_of_schooling(pack)
    assert years["primary"][0] < years["basic_secondary"][0] < years["general_secondary"][0] < years["higher"][0]
    stock = schooling.stock_table(pack)
    assert stock["mean"].is_sorted()
    cohorts = schooling.cohort_table(pack, found, 1990, 2020)
    gap = cohorts["found"] - cohorts["expected"] - cohorts["rest"]
    assert gap.abs().max() < 1e-6
    leavers = schooling.leavers_table(pack)
    assert (leavers["low"] <= leavers["high"]).all()
    assert leavers["leavers"].sum() == 9408
    moved = schooling.years_moved(found, since)
    for name in ("life", "work"):
        part = moved.filter(pl.col("quantity") == name)
        assert part.height == len(since.years)
    whole = moved.filter(pl.col("year").is_null())
    assert (whole["median"][0] - whole["median"][1]) * np.sign(whole["median"][0]) > 0


def test_every_norm_has_a_source(pack) -> None:
    norms, sources = pack.norms(), pack.sources()["id"].to_list()
    assert norms.height > 0
    assert norms["source"].is_in(sources).all()
    assert ((norms["low"] <= norms["value"]) & (norms["value"] <= norms["high"])).all()


@pytest.fixture
def cache(pack, draws, tmp_path, monkeypatch):
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path))
    kept_frames(draws_folder(pack), lambda: {KEPT_DRAWS: draws})
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


def test_the_command_prints_what_was_asked(cache) -> None:
    code, out, err = run("consequences", "--since", "2000", "--draws", "3", "--format", "csv")
    assert code == 0, err
    rows = list(csv.DictReader(io.StringIO(out)))
    last = {row["part"]: float(row["median"]) for row in rows if row["year"] == "2024"}
    assert last["direct"] + last["indirect"] == pytest.approx(last["total"], rel=0.05)
    code, out, err = run("consequences", "--table", "decomposition", "--draws", "3", "--lang", "kk")
    assert code == 0, err
    assert "жас құрамы" in out


def test_refusals_are_one_sentence(cache) -> None:
    for arguments, part in (
        (("--since", "1900"), "1900"),
        (("--table", "wealth"), "wealth"),
        (("--draws", "1"), "200"),
        (("--since", "2000", "--until", "1995"), "1995"),
    ):
        code, _, err = run("consequences", *arguments, "--lang", "ru")
        assert code == 1, arguments
        assert part in err
    with pytest.raises(BadInput):
        ConsequencesRequest(table="nothing")


def test_the_stored_chapters_close(study) -> None:
    assert study.number("consequences.gap").value < 0.01
    assert study.number("consequences.engine_gap").value < 0.01
    effect = study.table("consequences_effect").frame
    wide = effect.filter(pl.col("year") == 2010).pivot(on="part", index="year", values="median")
    assert wide["direct"].item() + wide["indirect"].item() == pytest.approx(wide["total"].item(), rel=0.02)
    needed = study.table("consequences_replacement").frame.filter(pl.col("quantity") == "migrants")
    cells = {(row["criterion"], row["level"], row["end"]): row["median"] for row in needed.to_dicts()}
    assert cells["support_ratio", "peak", 2050] > cells["working_age", "peak", 2050] >= 0
