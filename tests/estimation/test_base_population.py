"""Base population: twins of the kernel and the history, recovery of made-up populations, properties, alarms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from qonys.errors import BadInput
from qonys.estimation.base import history
from qonys.estimation.base.population import Margins, Seeds, base_population, smooth
from qonys.kernels.flows.max_entropy import MarginSums, nearest, sums_over
from qonys.kernels.flows.raking import rake

AGES = 41
WHOLE = np.array([0, 1, 2, 2])


def stream(key):
    return np.random.Generator(np.random.Philox(key=key))


def test_exact_sums_alone_are_raking() -> None:
    rng = stream(1)
    seed = rng.uniform(1, 9, (3, 4))
    truth = seed * rng.uniform(0.5, 2, (3, 4))
    row, column = np.indices(seed.shape).reshape(2, -1)
    exact = MarginSums.joined(
        MarginSums(sums_over(row, 3), truth.sum(axis=1), np.zeros(3)),
        MarginSums(sums_over(column - 1, 3), truth.sum(axis=0)[1:], np.zeros(3)),
    )
    found = nearest(seed.ravel(), exact, tolerance=1e-12, disjoint=3)
    other = rake(seed, [((0,), truth.sum(axis=1)), ((1,), truth.sum(axis=0))], 1e-13).table
    assert np.abs(found.table - other.ravel()).max() < 1e-8
    assert found.infeasible == ()


def test_relaxed_sums_are_the_minimum_of_the_stated_cost() -> None:
    """Another hand: a general minimiser on the primal."""
    seed = np.array([4.0, 2.0, 1.0, 3.0])
    matrix = np.array([[1.0, 1, 1, 1], [0.1, 0.2, 0.3, 0.4]])
    sums = MarginSums(sums_over(np.zeros(4, dtype=np.int64), 1), np.array([12.0]), np.zeros(1))
    soft = MarginSums(sums.matrix.multiply(matrix[1:]).tocsr(), np.array([4.0]), np.array([0.5]))
    found = nearest(seed, MarginSums.joined(sums, soft), dispersion=0.7, tolerance=1e-12)

    def cost(p):
        return float((p * np.log(p / seed) - p + seed).sum() + 0.7 * ((matrix[1] @ p - 4) / 0.5) ** 2 / 2)

    other = minimize(
        cost, seed, method="SLSQP", bounds=[(1e-6, None)] * 4, tol=1e-14,
        constraints={"type": "eq", "fun": lambda p: p.sum() - 12}, options={"maxiter": 500},
    )  # fmt: skip
    assert np.abs(found.table - other.x).max() < 1e-4
    assert abs(found.errors[0]) < 1e-9


def test_a_sum_that_no_table_meets_is_told() -> None:
    sums = MarginSums(sums_over(np.array([0, 1, 1]), 2), np.array([5.0, 2.0]), np.zeros(2))
    assert nearest(np.array([0.0, 1.0, 1.0]), sums).infeasible == (0,)


def record(rng, years=6, places=3):
    people = rng.uniform(900, 1100, (years + 1, places, 2))
    survival = rng.uniform(0.9, 1.0, (years, places, 2, AGES))
    moved = np.zeros((years, places), dtype=np.bool_)
    moved[2, 1] = True
    return history.HistoricalRecord(people, rng.uniform(15, 25, (years, places, 2)), survival, moved)


def test_history_equals_a_plain_loop_and_meets_the_counts() -> None:
    rng = stream(2)
    known, start, rates = record(rng), rng.uniform(10, 40, (1, 3, 2, AGES)), rng.uniform(0.1, 1, (1, 3, 2, AGES))
    start *= (known.people[0] / start.sum(axis=-1))[..., None]
    path = history.carried(start, known, rates)
    assert np.abs(path.sum(axis=-1)[:, 0] - known.people).max() < 1e-9
    now = start[0].copy()
    for t in range(6):
        new = np.zeros_like(now)
        for p in range(3):
            for s in range(2):
                new[p, s, 0] = known.births[t, p, s] * known.survival[t, p, s, 0]
                for a in range(1, AGES):
                    new[p, s, a] = now[p, s, a - 1] * known.survival[t, p, s, a]
                new[p, s, -1] += now[p, s, -1] * known.survival[t, p, s, -1]
        done = new.copy()
        for p in range(3):
            gaps, weights, young = [], [], np.zeros(15)
            for s in range(2):
                gap = known.people[t + 1, p, s] - new[p, s].sum()
                weight = rates[0, p, s] * (new[:, s].sum(axis=0) if gap > 0 else new[p, s])
                if known.moved[t, p]:
                    weight = new[p, s]
                gaps.append(gap)
                weights.append(weight)
                young += gap * weight[:15] / weight.sum()
            for s in range(2):
                for a in range(15):
                    child = young[a] * new[p, s, a] / (new[p, 0, a] + new[p, 1, a])
                    done[p, s, a] += child
                    gaps[s] -= child
                done[p, s, 15:] += gaps[s] * weights[s][15:] / weights[s][15:].sum()
        now = done
    assert np.abs(now - path[-1, 0]).max() < 1e-9


def test_tilts_are_found_from_deaths_and_a_wrong_register_shows() -> None:
    rng = stream(3)
    national = 1000 * np.exp(-0.02 * np.arange(101.0)) * np.ones((2, 1))
    rates = 0.0005 * np.exp(0.08 * np.arange(101.0)) * np.ones((4, 2, 1))
    people = national.sum(axis=1) * np.array([0.1, 0.2, 0.3, 0.4])[:, None]
    tilts = np.array([0.01, -0.006, 0.004, -0.0025])
    tilts -= np.average(tilts, weights=people.sum(axis=1))
    truth = history.raked(history.tilted(np.broadcast_to(national, (4, 2, 101)), tilts[:, None]), people, national)
    deaths = (truth * rates).sum(axis=(1, 2))
    found = history.tilts_by_deaths(people, national, rates, 0.9 * deaths)
    assert np.abs(found - tilts).max() < 2e-5
    wrong = history.tilts_by_deaths(people, national, rates, deaths * rng.permutation([1.0, 1.0, 1.0, 1.2]))
    assert np.abs(wrong - tilts).max() > 2e-3


def test_parts_follow_births_and_meet_their_residents() -> None:
    """Girls and boys alike by the births, though the part has fewer men."""
    ages = stream(4).uniform(10, 20, (1, 1, 2, AGES))
    people = ages[0, 0].sum(axis=1) * np.array([[0.45, 0.35], [0.55, 0.65]])
    youngest = np.array([[0.5, 0.48, np.nan], [0.5, 0.52, np.nan]])
    parts = history.divided(ages, np.array([0, 0]), people, youngest)
    assert np.abs(parts.sum(axis=-1)[0] - people).max() < 1e-9
    assert parts[0, 0, :, 0] == pytest.approx(ages[0, 0, :, 0] / 2)
    assert parts[0, 0, :, 1] == pytest.approx(ages[0, 0, :, 1] * 0.48)
    assert parts[0, :, :, :19].sum(axis=0) == pytest.approx(ages[0, 0, :, :19], rel=0.05)


def made_up(key):
    """A population drawn from the stated errors, its margins, and the seeds without the errors."""
    rng = stream(key)
    age = np.arange(AGES)
    size = np.array([300e3, 500e3, 200e3, 400e3])
    ages = np.exp(-np.array([0.03, 0.0, 0.02, 0.01])[:, None, None] * age) * np.ones((4, 2, 1))
    ages *= (size / ages.sum(axis=(1, 2)))[:, None, None]
    error = np.linspace(0.04, 0.08, AGES)
    rates = 0.002 * np.exp(0.1 * age) * np.ones((4, 2, 1))
    shares = np.array([[0.6, 0.3, 0.1], [0.4, 0.5, 0.1], [0.7, 0.2, 0.1], [0.7, 0.2, 0.1]])
    tilts, tilt_error, local = np.array([0.01, -0.015, 0.0]), np.full(3, 0.006), 0.004
    share_error = np.array([0.3, 0.4, 0.5])
    truth = ages * np.exp(smooth(rng.standard_normal((4, 2, AGES // 10 + 2)), AGES) * error)
    counts = shares * np.exp(share_error * rng.standard_normal((4, 3)) * (WHOLE == 2)[:, None])
    counts *= (truth.sum(axis=(1, 2)) / counts.sum(axis=1))[:, None]
    lean = tilts + tilt_error * rng.standard_normal(3) + local * rng.standard_normal((4, 3))
    table = truth[:, None] * np.exp(-lean[..., None] * (age - 30.0))[:, :, None] * counts[..., None, None]
    flat = (table / table.sum(axis=(2, 3), keepdims=True) * counts[..., None, None]).reshape(4, 3, -1)
    table = rake(flat, [((0, 1), counts), ((0, 2), truth.reshape(4, -1))], 1e-12).table.reshape(4, 3, 2, AGES)
    deaths = (truth * rates).sum(axis=(1, 2)) * np.exp(0.03 * rng.standard_normal(4))
    by_group = np.stack([counts[p == WHOLE].sum(axis=0) for p in range(3)])
    margins = Margins(
        ("A", "B", "C", "D"), ("x", "y", "z"), truth.sum(axis=0), truth.sum(axis=2), ("A", "B", "CD"), WHOLE, by_group
    )
    seeds = Seeds(
        ages=ages,
        drawn=ages[None],
        age_error=error,
        rates=rates,
        deaths=deaths,
        death_error=0.03,
        shares=shares,
        share_error=share_error,
        tilts=tilts,
        tilt_error=tilt_error,
        local_error=local,
    )
    return margins, seeds, table


MEASURES = {
    "children of region A": lambda t: t[0, :, :, :15].sum(),
    "old of region D": lambda t: t[3, :, :, 30:].sum(),
    "women of region B, 20-29": lambda t: t[1, :, 0, 20:30].sum(),
    "group x in the part C": lambda t: t[2, 0].sum(),
    "children of group y in region A": lambda t: t[0, 1, :, :10].sum(),
}
WORLDS, REPLICATES = 24, 19


def covered(narrow=1.0):
    """How many of the made-up worlds have the truth inside the second-lowest .. second-highest replicate (90 %)."""
    hits = dict.fromkeys(MEASURES, 0)
    for world in range(WORLDS):
        margins, seeds, truth = made_up(100 + world)
        if narrow != 1:
            seeds = replace(
                seeds, age_error=seeds.age_error * narrow, share_error=seeds.share_error * narrow,
                tilt_error=seeds.tilt_error * narrow, local_error=seeds.local_error * narrow,
            )  # fmt: skip
        found = base_population(margins, seeds, 5, REPLICATES).replicates
        for name, measure in MEASURES.items():
            rank = sum(measure(table) < measure(truth) for table in found)
            hits[name] += 1 <= rank <= REPLICATES - 1
    return hits


LEAST = int(binom.ppf(1e-3, WORLDS, 0.9))


def test_replicates_cover_made_up_populations() -> None:
    hits = covered()
    assert all(count >= LEAST for count in hits.values()), hits
    # The band is two-sided for all measures together: 5 x 24 looks, not all inside.
    assert sum(hits.values()) < WORLDS * len(MEASURES), hits


def test_errors_stated_too_small_show_as_poor_coverage() -> None:
    hits = covered(0.2)
    assert sum(count < LEAST for count in hits.values()) >= 4, hits


def test_margins_hold_to_the_person_in_every_replicate() -> None:
    margins, seeds, _ = made_up(7)
    found = base_population(margins, seeds, 1, 6)
    exact = found.checks.filter(found.checks["exact"])
    assert exact["greatest_error"].max() < 1e-3
    assert np.abs(found.replicates.sum(axis=(1, 2)) - margins.national).max() < 1e-3
    assert found.replicates.min() > 0
    assert found.replicates.std(axis=0).max() > 0


def test_more_replicates_change_none() -> None:
    margins, seeds, _ = made_up(8)
    few, many = (base_population(margins, seeds, 2, count).replicates for count in (2, 4))
    assert np.array_equal(few, many[:2])


def test_relabelled_regions_give_the_same_people() -> None:
    margins, seeds, _ = made_up(9)
    order = np.array([3, 1, 0, 2])
    other = replace(
        margins, regions=tuple(margins.regions[i] for i in order), by_sex=margins.by_sex[order], whole=WHOLE[order]
    )
    moved = replace(
        seeds, ages=seeds.ages[order], drawn=seeds.drawn[:, order], rates=seeds.rates[order], deaths=seeds.deaths[order],
        shares=seeds.shares[order],
    )  # fmt: skip
    first, second = base_population(margins, seeds, 1, 0).best, base_population(other, moved, 1, 0).best
    assert np.abs(first[order] - second).max() < 1e-3


def test_a_margin_that_contradicts_another_is_named() -> None:
    margins, seeds, _ = made_up(10)
    by_sex = margins.by_sex.copy()
    by_sex[0, 1] += 50
    with pytest.raises(BadInput, match=r"national and by_sex contradict each other at male: \d+ persons against \d+"):
        base_population(replace(margins, by_sex=by_sex), seeds, 1, 1)
    by_group = margins.by_group.copy()
    by_group[2, 0] += 50
    with pytest.raises(BadInput, match="by_sex and by_group contradict each other at CD"):
        base_population(replace(margins, by_group=by_group), seeds, 1, 1)


def test_a_seed_whose_zeros_forbid_a_margin_is_named() -> None:
    margins, seeds, _ = made_up(11)
    empty = seeds.ages.copy()
    empty[:, 0, 12] = 0
    with pytest.raises(BadInput, match=r"margin national cannot be met at female 12: at most 0 persons are possible"):
        base_population(margins, replace(seeds, ages=empty), 1, 0)


@pytest.mark.parametrize(("name", "key"), [("national", "base.negative"), ("by_group", "base.shape")])
def test_bad_tables_are_refused(name, key) -> None:
    margins, seeds, _ = made_up(12)
    table = getattr(margins, name).copy()
    bad = table[:, :2] if name == "by_group" else np.where(table == table.max(), np.nan, table)
    with pytest.raises(BadInput) as told:
        base_population(replace(margins, **{name: bad}), seeds, 1, 0)
    assert told.value.key == key
    assert all(told.value.sentence(language) for language in ("ru", "kk", "en"))
