"""Composition, settlement, human capital and loads: closed forms, exact sums, coverage, planted faults."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.consequences import composition, human_capital, loads, settlement
from qonys.consequences.ageing import compared, measures
from qonys.errors import BadInput
from qonys.kernels.mortality.life_tables import life_table
from qonys.kernels.structure import diversity

RNG = np.random.Generator(np.random.Philox(key=72))
AGES = np.arange(101.0)


def test_diversity_of_any_split_of_the_rest_lies_between_the_bounds() -> None:
    sizes, total = np.array([[500.0, 200.0, 100.0]]), np.array([1000.0])
    bounds = composition.diversity_bounds(sizes, total)
    for parts in (1, 2, 5, 50):
        whole = np.concatenate([sizes[0], np.full(parts, 200.0 / parts)]) / 1000
        for name, index in (("simpson", diversity.simpson), ("polarisation", diversity.polarisation)):
            low, high = bounds[name]
            assert low[0] - 1e-12 <= index(whole) <= high[0] + 1e-12, (name, parts)
        assert diversity.entropy(whole) >= bounds["entropy"][0][0] - 1e-12
    assert np.isnan(bounds["entropy"][1])
    with pytest.raises(BadInput):
        composition.diversity_bounds(sizes, np.array([700.0]))


def walk(count: int, variance: float, drift: float, groups: int) -> tuple[np.ndarray, np.ndarray]:
    years = np.arange(count) * 10.0
    steps = drift * 10 + np.sqrt(variance * 10) * RNG.standard_normal((count - 1, groups))
    return years, 1e5 * np.exp(np.concatenate([np.zeros((1, groups)), steps.cumsum(axis=0)]))


def test_intervals_of_the_group_process_cover_what_came() -> None:
    """Walks of the process itself: 80 % intervals ten years ahead hold about 80 % of what came."""
    groups = 400
    years, sizes = walk(6, 0.001, 0.01, groups)
    fitted = composition.fit_groups(tuple(map(str, range(groups))), years[:5], sizes[:5])
    low, high = np.quantile(fitted.draws(years[5:], 400, 1)[:, 0], (0.1, 0.9), axis=0)
    covered = ((low < sizes[5]) & (sizes[5] < high)).mean()
    assert 0.73 < covered < 0.87


def test_a_group_process_of_even_growth_is_certain() -> None:
    years = np.array([0.0, 10, 20, 30])
    sizes = np.exp(0.02 * years)[:, None] * np.array([1e4, 1e6])
    fitted = composition.fit_groups(("a", "b"), years, sizes)
    ahead = fitted.draws(np.array([40.0, 50.0]), 5, 3)
    assert ahead == pytest.approx(np.broadcast_to(np.exp(0.02 * np.array([40, 50]))[:, None] * [1e4, 1e6], (5, 2, 2)))
    with pytest.raises(BadInput):
        composition.fit_groups(("a",), years[:2], sizes[:2, :1])
    with pytest.raises(BadInput):
        fitted.draws(np.array([20.0]), 5, 3)


def test_a_draw_is_the_same_however_many_are_asked() -> None:
    years, sizes = walk(4, 0.001, 0.01, 3)
    fitted = composition.fit_groups(("a", "b", "c"), years, sizes)
    ahead = np.array([40.0, 50.0])
    assert (fitted.draws(ahead, 9, 4)[:5] == fitted.draws(ahead, 5, 4)).all()


def test_diasporas_come_and_go() -> None:
    draws = np.array([[[90.0, 10], [99.5, 0.5]], [[90, 10], [80, 20]]])
    found = composition.diasporas(draws, ("a", "b"), np.array([2025.0, 2050.0]), 0.01)
    row = found.row(by_predicate=(pl.col("group") == "b") & (pl.col("year") == 2050), named=True)
    assert (row["below"], row["falls_by"], row["above"], row["rises_by"]) == (0.5, 0.5, 0.5, 1.0)


def test_hoover_and_redistribution() -> None:
    assert settlement.hoover(np.array([3.0, 5.0]), np.array([3.0, 5.0])) == pytest.approx(0)
    assert settlement.hoover(np.array([10.0, 0.0]), np.array([1.0, 3.0])) == pytest.approx(75)
    assert settlement.redistribution(np.array([5.0, 5.0]), np.array([6.0, 4.0])) == pytest.approx(10)


def test_regional_growth_is_split_exactly() -> None:
    start, parts = RNG.uniform(1e5, 1e6, 6), RNG.normal(0, 3e4, (3, 6))
    found = settlement.regional_growth(tuple("abcdef"), start, *parts)
    share = 100 * (diversity.shares(start + parts.sum(axis=0)) - diversity.shares(start))
    assert found.select(pl.sum_horizontal("^share_.*$")).to_series().to_numpy() == pytest.approx(share)
    assert (found["losing"].to_numpy() == (parts.sum(axis=0) < 0)).all()
    everything, alone, moved = settlement.migration_effect(start, parts[0], np.zeros(6))
    assert (everything, moved) == (pytest.approx(alone), pytest.approx(0))


def test_block_paths_keep_years_whole() -> None:
    rates = np.stack([np.linspace(-0.02, 0.02, 12), -np.linspace(-0.02, 0.02, 12)], axis=1)
    paths = settlement.block_paths(rates, np.array([1.0, 1.0]), 20, 30, 1)
    assert paths[..., 0] * paths[..., 1] == pytest.approx(np.ones((30, 21)))
    steps = np.diff(np.log(paths[..., 0]), axis=1)
    assert np.isin(steps.round(9), rates[:, 0].round(9)).all()
    many = settlement.block_paths(rates, np.array([1.0, 1.0]), 24, 400, 2, block=1)[:, -1, 0]
    spread = np.log(many).std()
    assert spread == pytest.approx(rates[:, 0].std() * np.sqrt(24 + 24**2 / 12), rel=0.15)
    found = settlement.depopulation(paths, ("a", "b"), np.arange(2024.0, 2045))
    first = found.filter(pl.col("year") == 2024)
    assert first["below"].to_list() == [0.0, 0.0]
    with pytest.raises(BadInput):
        settlement.block_paths(rates, np.array([1.0, 1.0]), 20, 30, 1, block=13)


def test_cohorts_who_neither_move_nor_learn_leave_no_rest() -> None:
    start = RNG.uniform(1e3, 1e4, (21, 4))
    survival = np.linspace(0.99, 0.2, 21)
    end = np.zeros_like(start)
    end[6:] = start[:-6] * survival[:-6, None]
    end[14, 2] += 500
    found = human_capital.cohort_change(start, end, survival, np.arange(0, 105, 5), 6)
    assert found.ages.tolist() == list(range(0, 70, 5))
    assert found.rest.sum() == pytest.approx(500)
    assert found.rest[8, 2] == pytest.approx(500)
    with pytest.raises(BadInput):
        human_capital.cohort_change(start, end, survival, np.arange(0, 105, 5), 30)


def test_schooling_and_selection() -> None:
    people, years = np.array([[100.0, 300.0]]), np.array([4.0, 12.0])
    assert human_capital.schooling_stock(people, years) == pytest.approx([4000])
    assert human_capital.mean_schooling(people, years) == pytest.approx([10])
    rate, selection = human_capital.brain_drain(np.array([5.0, 5.0]), np.array([95.0, 95.0]))
    assert rate == pytest.approx([0.05, 0.05])
    assert selection == pytest.approx([1, 1])


def test_years_ahead_at_constant_hazard() -> None:
    """e = 1 / mu at all ages; between 15 and 65 from age x: (1 - e^(-mu (65 - x))) / mu."""
    mu = 0.04
    table = life_table(np.full(101, mu), AGES, "female")
    ahead = human_capital.expected_years(table)
    assert ahead[20:90] == pytest.approx(np.full(70, 1 / mu), rel=1e-3)
    work = human_capital.expected_years(table, 15, 65)
    assert work[30] == pytest.approx((1 - np.exp(-mu * 34.5)) / mu, rel=2e-3)
    assert not work[65:].any()
    migrants = np.zeros((2, 101))
    migrants[0, 30] = -10
    assert human_capital.potential_years(migrants, np.stack([ahead, ahead])) == pytest.approx(-10 / mu, rel=1e-3)


def test_loads_are_averages_and_ends_enclose() -> None:
    frame = pl.DataFrame(
        {"region": ["a", "b"], "population": [1000.0, 500.0], "net": [10.0, -5.0], "births": [20.0, 5.0],
         "housing": [400.0, None]}
    )  # fmt: skip
    young, old = np.zeros((2, 101)), np.ones((2, 101))
    young[:, 6:18] = 1
    found = loads.loads(frame, old, young)
    assert found["births_by_net"].to_list() == pytest.approx([0.2, -0.05])
    assert found["housing_by_net"].to_list()[0] == pytest.approx(4.0)
    assert found["housing_by_net"].to_list()[1] is None
    assert (found["pupils_low"] <= found["pupils_high"]).all()
    assert found["pupils_high"].to_list()[0] == pytest.approx(10.0)
    assert "product_by_net" not in found.columns


def test_measures_with_and_without_differ_by_the_difference() -> None:
    moved, alone = RNG.uniform(1, 2, (2, 3, 2, 2, 101))
    limit = np.full((3, 2, 2), 66.0)
    found = compared((2024, 2025), measures(moved, limit), measures(alone, limit))
    assert found["case"].unique().sort().to_list() == ["difference", "with", "without"]
    assert found["measure"].n_unique() == 9
    assert found.filter(pl.col("low") > pl.col("high")).height == 0


def test_planted_faults_ring() -> None:
    """One year of survival in place of thirty leaves a rest where nobody moved; a variance of a tenth does not cover."""
    start = RNG.uniform(1e3, 1e4, (21, 2))
    survival = np.linspace(0.9, 0.2, 21)
    end = np.zeros_like(start)
    end[6:] = start[:-6] * survival[:-6, None]
    wrong = human_capital.cohort_change(start, end, survival ** (1 / 30), np.arange(0, 105, 5), 6)
    assert wrong.rest.sum() < -1000
    years, sizes = walk(6, 0.001, 0.01, 300)
    fitted = composition.fit_groups(tuple(map(str, range(300))), years[:5], sizes[:5])
    narrow = composition.GroupProcess(
        fitted.groups, fitted.last, fitted.sizes, fitted.drift, fitted.variance / 10, fitted.degrees, fitted.span
    )
    low, high = np.quantile(narrow.draws(years[5:], 300, 1)[:, 0], (0.1, 0.9), axis=0)
    assert ((low < sizes[5]) & (sizes[5] < high)).mean() < 0.6
