"""What a projection by region and group starts from, on the shipped figures: sums, credibility, joining, alarms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.estimation.base.population import Seeds, base_population
from qonys.inputs import figure_name
from qonys.inputs import regions as regional_figures
from qonys.inputs.ages import population_by_age
from qonys.kernels.flows.partial_raking import PartialMargin, partially_raked
from qonys.kernels.schedules.curves import curve
from qonys.measurement.schedules import family_parameters
from qonys.projection.national import NationalInputs
from qonys.study.base import national as projecting
from qonys.study.base import regional
from qonys.study.base.merge import merged
from qonys.study.ensembles.fits import world_of

AGES = np.arange(101) + 0.5
K = 4


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture(scope="module")
def inputs(pack):
    """The national inputs with an account whose populations are the register's."""
    people = population_by_age(pack, 2023)
    account = pl.DataFrame(
        {
            "quantity": "population",
            "year": [2023, 2024],
            "low": [19.6e6, 19.8e6],
            "median": [19.77e6, 20.03e6],
            "high": [19.9e6, 20.2e6],
        }
    )
    base, error = projecting._base(people, account, 2023)
    both = np.stack([curve(family_parameters("western_standard", sex), AGES) for sex in projecting.SEXES])
    schedule = both / both.sum(axis=1, keepdims=True) / 2
    return NationalInputs(
        country="KAZ", base_year=2023, base=base, base_error=error,
        family=projecting.family_of(pack, projecting.GRID), sex_gap=projecting._sex_gap(pack),
        pattern=projecting.fertility_pattern(pack, projecting.ahead(2023)), sex_ratio=projecting._sex_ratio(pack, 2023),
        immigrant_ages=schedule, emigrant_ages=schedule, turnover=0.001,
    )  # fmt: skip


@pytest.fixture(scope="module")
def both(pack, inputs):
    return regional.fitted(pack, inputs, 1, K)


def mean_age(people):
    return float((people.sum(axis=(0, 1)) * AGES).sum() / people.sum())


def test_regions_and_groups_sum_to_the_nation(both, inputs) -> None:
    findings, found = both
    assert found.base.shape == (K, 20, 8, 2, 101)
    assert np.abs(found.base.sum(axis=(1, 2)) - inputs.base).max() < 1e-2
    assert findings.base.checks.filter(pl.col("exact"))["greatest_error"].max() < 1e-2
    assert findings.moved["by_sex"] < 0.01
    assert found.groups[:3] == ("kazakh", "russian", "uzbek")


def test_divided_regions_hold_the_published_groups_together(both) -> None:
    findings, found = both
    shape = ("KZ-61", "KZ-79")
    place = [found.regions.index(code) for code in shape]
    whole = findings.margins.wholes.index("KZ-61")
    assert np.abs(found.base[:, place].sum(axis=(1, 3, 4)) - findings.margins.by_group[whole]).max() < 1e-2
    assert found.base[:, place[0], 2].sum(axis=(1, 2)).std() > 1000


def test_the_south_is_young_and_the_north_is_old(both) -> None:
    findings, found = both
    age = {code: mean_age(findings.base.best[r]) for r, code in enumerate(found.regions)}
    assert age["KZ-61"] < 29 < age["KZ-71"] + 1.5
    assert age["KZ-59"] > 37
    assert age["KZ-59"] - age["KZ-61"] > 9
    assert findings.ages.tilt_slope == pytest.approx(1, abs=0.25)


def test_fertility_published_for_regions_agrees_with_the_fitted_women(both) -> None:
    """Independent of the fit: sixteen regions about 2008 and a few later; no birth rate alone could tell these."""
    table = both[0].ages.fertility
    assert table.height >= 16
    gap = np.log(table["fitted"].to_numpy() / table["published"].to_numpy())
    assert np.sqrt((gap**2).mean()) < 0.09
    assert np.corrcoef(table["fitted"], table["published"])[0, 1] > 0.95
    assert np.abs(gap).max() < 0.25


def test_births_of_regions_come_out_of_the_fertility(both, pack, inputs) -> None:
    findings, found = both
    shape = regional_figures.shapes(pack)
    born = regional_figures.events_of(pack, shape, "births", 2023)
    women = found.base.mean(axis=0)[:, :, 0]
    expected = (found.fertility * women).sum(axis=(1, 2))
    assert expected / expected.sum() == pytest.approx(born / born.sum(), rel=1e-9)
    assert expected.sum() == pytest.approx((women.sum(axis=(0, 1)) @ inputs.pattern[0]), rel=1e-9)
    assert findings.kept[0] > 1 > findings.kept[1]


def test_rates_are_what_they_say(both) -> None:
    findings, found = both
    assert found.od.sum(axis=-1) == pytest.approx(1, abs=1e-12)
    assert found.od.min() >= 0
    assert found.immigration.sum() == pytest.approx(1)
    best = findings.base.best
    assert (found.emigration * best).sum() / best.sum() == pytest.approx(1)
    assert found.levels[2023] == 1
    assert 1.3 < found.levels[2024] < 1.6
    assert 2025 not in found.levels
    expected = np.einsum("rsa,sarq->rq", best.sum(axis=1), found.od)
    moved = expected.sum() - np.trace(expected)
    assert moved == pytest.approx(472227, rel=1e-6)
    astana, north = found.regions.index("KZ-71"), found.regions.index("KZ-59")
    assert found.mortality[astana, 0] < 0.9 < 1.1 < found.mortality[north, 0]


def test_joined_regions_and_groups_keep_people_and_births(both) -> None:
    findings, found = both
    halves = {code: ("south" if code in ("KZ-61", "KZ-79", "KZ-31", "KZ-43") else "rest") for code in found.regions}
    joined = merged(found, findings.base.best, halves, dict.fromkeys(found.groups, "all"))
    assert joined.base.shape == (K, 2, 1, 2, 101)
    assert joined.base.sum(axis=(1, 2)) == pytest.approx(found.base.sum(axis=(1, 2)))
    best = findings.base.best
    births = (found.fertility * best[:, :, 0]).sum()
    south = [r for r, code in enumerate(found.regions) if halves[code] == "south"]
    women = np.stack([np.delete(best, south, axis=0).sum(axis=(0, 1))[0], best[south].sum(axis=(0, 1))[0]])
    assert (joined.fertility[:, 0] * women).sum() == pytest.approx(births)
    assert joined.od.sum(axis=-1) == pytest.approx(1)
    assert joined.mixing.tolist() == [[1.0]]
    assert joined.immigration.sum() == pytest.approx(1)
    # A planted fault: an unweighted mean of the rates does not keep the births.
    assert abs((found.fertility.mean(axis=(0, 1)) * best[:, :, 0].sum(axis=(0, 1))).sum() / births - 1) > 0.02


@pytest.mark.parametrize(
    ("regions", "groups", "shape"),
    [("pre2018", None, (16, 8)), ("KZ", ("all",), (1, 1)), (None, ("kazakh", "russian"), (20, 3))],
)
def test_coarser_choices(both, pack, regions, groups, shape) -> None:
    findings, found = both
    chosen = merged(
        found,
        findings.base.best,
        regional._regions(pack, regional_figures.shapes(pack), regions),
        regional._groups(found.groups, groups),
    )
    assert chosen.base.shape[1:3] == shape
    assert chosen.base.sum(axis=(1, 2)) == pytest.approx(found.base.sum(axis=(1, 2)))


def test_unknown_names_are_refused(pack, both) -> None:
    with pytest.raises(BadInput, match=r"no boundaries 1991; choose one of pre2018, 2018, 2022, KZ"):
        regional._regions(pack, regional_figures.shapes(pack), "1991")
    with pytest.raises(BadInput, match="groups martian are not known"):
        regional._groups(both[1].groups, ("kazakh", "martian"))


def test_a_changed_count_of_a_group_is_named(both) -> None:
    findings, _ = both
    wrong = findings.margins.by_group.copy()
    wrong[3, 1] += 1000
    ages = findings.ages
    made = Seeds(
        ages=ages.best, drawn=ages.drawn, age_error=ages.error, rates=np.full((20, 2, 101), 0.01), deaths=np.ones(20), death_error=0.03, shares=findings.split.shares,
        share_error=findings.split.error, tilts=findings.younger.tilts, tilt_error=findings.younger.error, local_error=findings.younger.local,
    )  # fmt: skip
    with pytest.raises(BadInput, match=r"by_sex and by_group contradict each other at KZ-23: \d+ persons against \d+"):
        base_population(replace(findings.margins, by_group=wrong), made, 1, 0)


def test_missing_cells_are_named_and_not_filled(pack) -> None:
    frame = pl.DataFrame({"year": [2023], "region": ["KZ-10"], "value": [5.0]})
    with pytest.raises(BadInput, match=r"Missing: 1 cell by year, region, first 2023, KZ-11"):
        regional_figures.grid(frame, [2023], ["KZ-10", "KZ-11"], ("year", "region"))


def test_a_margin_of_which_some_cells_are_stated() -> None:
    seed = np.array([[1.0, 1.0, 2.0], [2.0, 1.0, 1.0]]) / 8
    rows = PartialMargin.of(np.array([0.7, np.nan]), 1.0)
    columns = PartialMargin.of(np.array([0.5, np.nan, np.nan]), 1.0)
    found = partially_raked(seed, rows, columns)
    assert found[0].sum() == pytest.approx(0.7)
    assert found[:, 0].sum() == pytest.approx(0.5)
    assert found[0, 2] / found[0, 1] == pytest.approx(2)


def test_every_note_has_words(both) -> None:
    from qonys import words

    for key in both[1].notes:
        assert all(words.has(key, language) for language in words.LANGUAGES)


@pytest.mark.parametrize(("language", "part"), [("en", "moves"), ("ru", "прогнозировать"), ("kk", "болжау")])
def test_a_pack_without_the_figures_says_which_by_name_before_anything_is_fitted(language, part):
    georgia = open_pack("georgia")
    with pytest.raises(BadInput) as caught:
        world_of(georgia, pl.DataFrame())
    sentence = caught.value.sentence(language)
    assert part in sentence
    assert figure_name(georgia, "internal_od", language) in sentence
    assert "_" not in sentence
