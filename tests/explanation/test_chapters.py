"""Covariates and chapters of the study on the pack, with a stand-in for the accounts; pages in three languages."""

from __future__ import annotations

import importlib

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.explanation.gravity import Model, fit_gravity
from qonys.inputs.series import regional_years
from qonys.report.context import Context
from qonys.report.document import Figure, Table
from qonys.study.chapters import factors, interplay, stratification
from qonys.study.factors import covariates, covariates_abroad
from qonys.study.plan import Plan, merged
from qonys.study.runs.results import Results, TableResult

CHAPTERS = ("factors", "interplay", "stratification")


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(pack) -> Results:
    """Results with an account made for the test: residents as counted and carried on, rates drawn."""
    people, _, _ = regional_years(pack, "pre2018")
    regions = people.axes[1].labels
    stock = dict(zip(people.axes[0].labels, people.values, strict=True))
    stock |= {year: stock[2023] * 1.01 ** (year - 2023) for year in (2024, 2025)}
    rng = np.random.default_rng(1)
    rows = []
    for i, region in enumerate(regions):
        for year in range(2000, 2026):
            rows.append(("population", year, region, *(float(stock[year][i]) * f for f in (0.99, 1.0, 1.01))))
            if year < 2025:
                for quantity in ("internal_net", "external_net"):
                    middle = float(rng.normal(0, 3)) * stock[year][i] / 1000
                    rows.append((quantity, year, region, middle - 500, middle, middle + 500))
    frame = pl.DataFrame(rows, schema=["quantity", "year", "region", "low", "median", "high"], orient="row")
    few = {"draws": 30}
    found = Results("test", plan=merged(Plan(), {"gravity": few, "interplay": few, "segregation": few}))
    found.add(TableResult("reconciled_regional", frame, "persons", 4, ("made",), "test"))
    for module in (factors, interplay, stratification):
        module.compute(pack, found)
    return found


@pytest.fixture(scope="module")
def frame(pack, results) -> pl.DataFrame:
    return covariates.pair_frame(pack, results, "pre2018")


def test_pairs_are_whole_and_symmetric_where_they_must_be(frame) -> None:
    assert frame.group_by("year").len()["len"].unique().to_list() == [16 * 15]
    back = frame.select("year", origin="destination", destination="origin", far="distance", same="likeness")
    both = frame.join(back, on=["year", "origin", "destination"])
    assert both["distance"].to_numpy() == pytest.approx(both["far"].to_numpy())
    assert both["likeness"].to_numpy() == pytest.approx(both["same"].to_numpy())
    assert frame["likeness"].is_between(0, 1).all()


def test_covariates_are_those_of_the_year_before(pack, frame) -> None:
    rows = pack.table("economy_regional").filter(
        (pl.col("indicator") == "nominal_income_per_capita") & (pl.col("region") == "KZ-11")
    )
    stated = dict(rows.select("period", "value").rows())
    for year in (2010, 2020, 2024):
        seen = frame.filter((pl.col("year") == year) & (pl.col("origin") == "KZ-11"))["income_o"].unique()
        assert np.exp(seen.to_numpy()) == pytest.approx([stated[str(year - 1)]])


def test_a_divided_region_has_the_mean_of_its_parts_weighted_by_residents(pack, frame) -> None:
    """East Kazakhstan of 2023 stands on Abai and East Kazakhstan of 2022."""
    rows = pack.table("economy_regional").filter(
        (pl.col("indicator") == "nominal_income_per_capita") & (pl.col("period") == "2022")
        & pl.col("region").is_in(["KZ-10", "KZ-63"])
    )  # fmt: skip
    income = dict(rows.select("region", "value").rows())
    people = pack.table("population_regional").filter(
        (pl.col("year") == 2022) & (pl.col("sex") == "both") & (pl.col("area") == "total")
    )
    size = dict(people.select("region", "value").rows())
    mean = sum(income[r] * size[r] for r in income) / sum(size[r] for r in income)
    seen = frame.filter((pl.col("year") == 2023) & (pl.col("origin") == "KZ-63"))["income_o"][0]
    assert np.exp(seen) == pytest.approx(mean)


def test_nothing_is_filled_in(pack, frame) -> None:
    """South Kazakhstan has no housing before 2018: its pairs of 2015 have none, and one part alone is not the whole."""
    old = frame.filter((pl.col("year") == 2015) & (pl.col("destination") == "KZ-61"))
    assert old["housing_d"].null_count() == old.height
    half = pl.DataFrame({"year": [2023], "region": ["KZ-10"], "vintage": ["2022"], "value": [5.0]})
    weights = pl.DataFrame({"year": [2023], "region": ["KZ-10"], "people": [1.0]})
    assert covariates.per_head(pack, half, weights, "pre2018").height == 0


def test_partners_have_positive_distances_and_ratios_that_mirror(pack) -> None:
    rows = covariates_abroad.partner_frame(pack)
    far = rows.group_by("partner").agg(pl.col("distance").n_unique(), pl.col("income").abs().round(9).n_unique())
    assert far["distance"].max() == far["income"].max() == 1
    assert (
        rows.filter(pl.col("partner") == "KGZ")["distance"][0] < rows.filter(pl.col("partner") == "USA")["distance"][0]
    )


def test_elasticities_are_the_destination_side_of_the_fit(results, frame) -> None:
    for name, regressors in (("income", ("population_d", "income_d")),
                             ("housing", ("population_d", "income_d", "housing_d"))):  # fmt: skip
        number = results.number(f"factors.elasticity.{name}")
        rows = frame.drop_nulls(list(regressors))
        model = Model("moves", regressors, ("origin^destination", "origin^year"), ("origin", "destination"))
        found = fit_gravity(rows, model, "own").estimate(f"{name}_d")
        assert (number.value, number.low, number.high) == pytest.approx(found)
        assert number.low < number.value < number.high
        assert number.sources
        assert number.rank == 3


def test_contributions_add_up_exactly(results) -> None:
    frame = results.table("factors_contributions").frame
    for what in ("direction", "change", "change_destination"):
        sums = (
            frame.filter(pl.col("what") == what).group_by("place").agg(pl.col("value").sum(), pl.col("whole").first())
        )
        assert sums["value"].to_numpy() == pytest.approx(sums["whole"].to_numpy(), abs=1e-6)
    inside = frame.filter(pl.col("what") == "change")["whole"][0]
    by_place = frame.filter(pl.col("what") == "change_destination").unique("place")["whole"].sum()
    assert by_place == pytest.approx(inside)


def test_levels_cancel_over_regions(results) -> None:
    """What a group adds to some regions it takes from others: the sum of a year is kept."""
    frame = results.table("factors_contributions").frame
    for side in ("origin", "destination"):
        sums = frame.filter(pl.col("what") == f"level_{side}").group_by("group").agg(pl.col("value").sum())
        assert sums["value"].to_numpy() == pytest.approx(np.zeros(sums.height), abs=1e-5)


def test_the_choice_to_move_has_its_interval_and_says_who_is_lacking(results) -> None:
    table = results.table("interplay_nested").frame
    assert table["held"].to_list() == ["none", "residents", "increase", "income"]
    assert (table["low"] <= table["high"]).all()
    assert table["years"].to_list() == [6] * 4
    assert (table["distance"] < 0).all()
    number = results.number("interplay.reach_residents")
    assert (number.value, number.low) == (table["value"][1], table["low"][1])
    assert results.number("interplay.leavers").value == 9


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_pages(pack, results, chapter, language) -> None:
    section = importlib.import_module(f"qonys.report.chapters.{chapter}").build(Context(results, pack, language))
    assert section.key == chapter
    for block in section.blocks:
        if isinstance(block, Figure):
            assert "<svg" in block.svg
        if isinstance(block, Table):
            assert block.rows
