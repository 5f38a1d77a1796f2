"""Representation of groups: intervals against SciPy, bounds against all sizes of spheres, ratios by hand, planted faults."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from qonys.catalog import open_pack
from qonys.catalog.group_parts import group_parts, group_parts_findings
from qonys.errors import BadInput
from qonys.kernels.indices.exact import clopper_pearson
from qonys.kernels.structure.segregation import dissimilarity, most_dissimilarity
from qonys.measurement import representation as measure
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.report.document import Figure, Table
from qonys.study.chapters import representation
from qonys.study.chapters.registry import absences
from qonys.study.runs.results import Results


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def results(pack):
    found = Results("r")
    representation.compute(pack, found)
    return found


def row_of(results, year, sphere, group):
    frame = results.table("representation_spheres").frame
    return frame.row(by_predicate=(pl.col("year") == year) & (pl.col("sphere") == sphere) & (pl.col("group") == group), named=True)


@pytest.mark.parametrize(("part", "whole"), [(0, 15), (13, 15), (15, 15), (27, 107)])
def test_the_exact_interval_is_that_of_scipy(part, whole):
    told = binomtest(part, whole).proportion_ci(method="exact")
    assert [end.item() for end in clopper_pearson(part, whole)] == pytest.approx([told.low, told.high])


def test_no_sizes_of_spheres_give_more_than_the_bound():
    """Shares of two groups in four spheres with 20,000 drawn sets of sizes, the extreme one among them."""
    one, other = np.array([0.424, 0.385, 0.302, 0.254]), np.array([0.363, 0.401, 0.476, 0.53])
    sizes = np.random.default_rng(5).dirichlet([0.2] * 4, 20_000)
    drawn = max(dissimilarity(one * w, other * w) for w in sizes)
    most = most_dissimilarity(one, other)
    assert 0.95 * most < drawn <= most
    x = np.sqrt(one[[0, 3]] * other[[0, 3]])  # the sizes at which the bound is met
    assert dissimilarity((one[[0, 3]] / x), (other[[0, 3]] / x)) == pytest.approx(most)
    assert most_dissimilarity([1.0, 0.0], [0.5, 0.5]) == 1.0


def test_ratios_by_hand(results):
    """1989: 25.4 % of science, 6,486,000 or so of 16,222,324; 2021: 27 of 107, others than 70.35 % of the population."""
    science = row_of(results, 1989, "science", "kazakh")
    assert science["ratio"] == pytest.approx(0.254 / science["base"])
    assert science["base"] == pytest.approx(0.397, abs=0.004)
    seats = row_of(results, 2021, "mazhilis", "non_kazakh")
    assert seats["ratio"] == pytest.approx(27 / 107 / (1 - 0.7035), rel=2e-3)
    assert seats["low"] < seats["ratio"] < seats["high"]


def test_a_page_that_says_the_share_of_the_population_is_held_against_it(results):
    students = row_of(results, 1984, "students", "kazakh")
    assert (students["base"], students["base_from"]) == (0.38, 1984)
    assert students["ratio"] == pytest.approx(54 / 38)


def test_between_two_counts_both_are_limits():
    base = measure.at(1994, {1989: 0.4, 1999: 0.5})
    assert (base.share.value, base.share.low, base.share.high) == pytest.approx((0.45, 0.4, 0.5))
    assert (base.since, base.until) == (1989, 1999)
    assert measure.at(1980, {1989: 0.4}).share.value == 0.4
    assert measure.at(1980, {}) is None


def test_a_share_of_persons_takes_the_place_of_its_percentage(results):
    frame = results.table("representation_spheres").frame.filter(pl.col("sphere") == "candidates_of_the_mazhilis")
    assert frame.select("group", "seats", "total").rows() == [("kazakh", 241, 283), ("non_kazakh", 42, 283)]
    assert frame["share"].sum() == pytest.approx(1.0)


def test_groups_of_groups_close_to_one(pack):
    shares = representation.counted_shares(pack)
    for year, rest in shares["non_kazakh"].items():
        assert rest + shares["kazakh"][year] == pytest.approx(1.0)
    assert shares["european"][2009] > shares["russian"][2009] + shares["ukrainian"][2009]
    assert set(shares["european"]) == {2009, 2025}  # other counts lack Belarusians or Poles


def test_seats_and_shares_that_cannot_be_are_refused():
    with pytest.raises(BadInput, match="16"):
        measure.seats(16, 15)
    with pytest.raises(BadInput):
        measure.ratio(measure.Within(0.1, 0.1, 0.1), measure.Within(0.2, 0.0, 0.3))


def test_planted_a_share_of_another_group_moves_its_ratio(pack, monkeypatch):
    told = representation.inputs.rows

    def swapped(which, name, *more):
        frame = told(which, name, *more)
        change = (pl.col("sphere") == "science") & (pl.col("ethnic_group") == "kazakh")
        return frame.with_columns(value=pl.when(change).then(53.0).otherwise("value")) if name == representation.SHARES else frame

    honest = representation.spheres(pack)
    monkeypatch.setattr(representation.inputs, "rows", swapped)
    planted = representation.spheres(pack)
    apart = [(a["sphere"], a["group"]) for a, b in zip(honest.to_dicts(), planted.to_dicts(), strict=True) if a["ratio"] != b["ratio"]]
    assert apart == [("science", "kazakh")]


def test_planted_group_parts_without_a_label_or_told_twice_are_found(pack, tmp_path):
    own = tmp_path / "kazakhstan"
    shutil.copytree(pack.path, own, ignore=shutil.ignore_patterns("fits", "geometry"))
    file = own / "group_parts.yaml"
    told = file.read_text(encoding="utf-8")
    assert [one.id for one in group_parts(open_pack(str(own)))] == ["european", "non_kazakh"]
    file.write_text(told.replace("polish", "pole").replace("rest_of: [", "parts: [russian], rest_of: ["), encoding="utf-8")
    keys = [one.key for one in group_parts_findings(open_pack(str(own)))]
    assert keys == ["catalog.group_parts.code", "catalog.group_parts.ways"]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page_says_every_ratio(results, pack, language):
    section = section_of("representation", Context(results, pack, language))
    tables = [block for block in section.blocks if isinstance(block, Table)]
    frame = results.table("representation_spheres").frame
    assert [len(table.rows) for table in tables] == [frame["seats"].count(), 3, frame.height]
    assert sum(isinstance(block, Figure) for block in section.blocks) == 1


def test_a_country_without_the_figures_leaves_the_chapter_out():
    assert "representation" in absences(open_pack("georgia"))
    assert Path(open_pack("georgia").path / "group_parts.yaml").exists() is False
