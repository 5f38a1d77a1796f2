"""Fronts, volumes, grids and the genetic search against known fronts, a linear program and slow plain twins."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from qonys.kernels.search import fronts, genetic, grids, local

STORED = json.loads((Path(__file__).parent / "search" / "pymoo.json").read_text(encoding="utf-8"))


def zdt(number):
    """ZDT1 to ZDT3 (Zitzler, Deb and Thiele 2000, Evolutionary Computation 8: 173-195)."""

    def aims(points):
        first, g = points[:, 0], 1 + 9 * points[:, 1:].mean(axis=1)
        ratio = first / g
        shape = {1: 1 - np.sqrt(ratio), 2: 1 - ratio**2, 3: 1 - np.sqrt(ratio) - ratio * np.sin(10 * np.pi * first)}
        return np.stack([first, g * shape[number]], axis=1), np.zeros(len(points))

    return aims


def known(number):
    x = np.linspace(0, 1, 20001)
    shape = {1: 1 - np.sqrt(x), 2: 1 - x**2, 3: 1 - np.sqrt(x) - x * np.sin(10 * np.pi * x)}[number]
    points = np.stack([x, shape], axis=1)
    return points[fronts.front(points)]


def dtlz2(points):
    """DTLZ2 of three aims (Deb, Thiele, Laumanns and Zitzler 2005): the front is an eighth of the unit sphere."""
    one, other = points[:, 0] * np.pi / 2, points[:, 1] * np.pi / 2
    radius = 1 + np.square(points[:, 2:] - 0.5).sum(axis=1)
    found = np.stack([np.cos(one) * np.cos(other), np.cos(one) * np.sin(other), np.sin(one)], axis=1)
    return found * radius[:, None], np.zeros(len(points))


def beats(one, other):
    pairs = list(zip(one, other, strict=True))
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)


def slow_front(points):
    return [i for i, one in enumerate(points) if not any(beats(other, one) for other in points)]


@pytest.mark.parametrize("aims", [1, 2, 3, 4])
def test_the_front_is_that_of_a_plain_twin_with_equal_points(aims):
    rng = np.random.default_rng(aims)
    points = rng.integers(0, 7, (700, aims)).astype(float)
    assert fronts.front(points).tolist() == slow_front(points.tolist())
    assert fronts.front(points[fronts.front(points)]).size == fronts.front(points).size


def test_what_is_no_number_has_no_front():
    with pytest.raises(ValueError, match="finite"):
        fronts.front(np.array([[1.0, np.nan]]))


def test_the_volume_is_that_of_counted_cells_and_of_the_sphere():
    rng = np.random.default_rng(3)
    for aims in (2, 3):
        points = rng.integers(0, 9, (30, aims)).astype(float)
        cells = np.stack(np.meshgrid(*[np.arange(8.0)] * aims, indexing="ij"), axis=-1).reshape(-1, aims)
        counted = (points[None] <= cells[:, None]).all(axis=2).any(axis=1).sum()
        assert fronts.hypervolume(points, np.full(aims, 8.0)) == counted
    assert fronts.hypervolume(points + 9, np.full(3, 8.0)) == 0
    with pytest.raises(ValueError, match="three"):
        fronts.hypervolume(np.zeros((1, 4)), np.ones(4))
    line = np.stack([np.linspace(0, 1, 2001)] * 2)
    angle = np.stack(np.meshgrid(*line), axis=-1).reshape(-1, 2)[::37]
    sphere, _ = dtlz2(np.column_stack([angle, np.full(len(angle), 0.5)])[:4000])
    assert fronts.hypervolume(sphere, np.full(3, 1.0)) < 1 - np.pi / 6


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_search_reaches_known_fronts(number):
    found = genetic.genetic(zdt(number), 10, size=100, rounds=150, seed=1)
    best = fronts.hypervolume(known(number), np.array([1.1, 1.1]))
    assert fronts.hypervolume(found.aims, np.array([1.1, 1.1])) == pytest.approx(best, rel=0.01)


def test_a_search_without_choice_by_rank_stays_away(monkeypatch):
    """The same search with winners drawn by chance and no survivors chosen: the check above must ring."""
    monkeypatch.setattr(genetic, "_survivors", lambda both, size: genetic.Population(
        both.points[-size:], both.aims[-size:], both.excess[-size:]))  # fmt: skip
    found = genetic.genetic(zdt(1), 10, size=100, rounds=50, seed=1)
    best = fronts.hypervolume(known(1), np.array([1.1, 1.1]))
    assert fronts.hypervolume(found.aims, np.array([1.1, 1.1])) < 0.97 * best


@pytest.mark.long
def test_the_search_reaches_the_sphere():
    found = genetic.genetic(dtlz2, 5, size=240, rounds=200, seed=1)
    best = 1.1**3 - np.pi / 6
    assert fronts.hypervolume(found.aims, np.full(3, 1.1)) == pytest.approx(best, rel=0.01)


def test_the_same_seed_gives_the_same_and_limits_hold():
    def limited(points):
        return zdt(1)(points)[0], np.maximum(0.3 - points[:, 0], 0)

    one, other = (genetic.genetic(limited, 5, size=40, rounds=30, seed=2) for _ in range(2))
    assert (one.points == other.points).all()
    assert (one.excess == 0).all()
    assert (one.points[:, 0] >= 0.3).all()


GAINS, SPENT, MOST = np.array([[3.0, 1.0, 2.0], [0.5, 2.0, 1.5]]), np.array([2.0, 3.0, 1.0]), 3.5


def test_the_linear_front_is_that_of_linear_programs():
    """Epsilon-constraint (Haimes, Lasdon and Wismer 1971) by HiGHS: no grid point beats it, and corners are equal."""
    grid, found = grids.front_of_grid(
        lambda points: -(points @ GAINS.T), np.tile(np.linspace(0, 1, 31), (3, 1)),
        lambda points: points @ SPENT <= MOST + 1e-12,
    )  # fmt: skip
    assert (grid @ SPENT <= MOST + 1e-12).all()
    for first, second in found:
        program = linprog(
            -GAINS[1], A_ub=np.stack([SPENT, -GAINS[0]]), b_ub=[MOST, first], bounds=[(0, 1)] * 3, method="highs"
        )
        assert program.fun <= second + 1e-6
    for aim in (0, 1):
        program = linprog(-GAINS[aim], A_ub=SPENT[None], b_ub=[MOST], bounds=[(0, 1)] * 3, method="highs")
        assert found[:, aim].min() == pytest.approx(program.fun, abs=0.05)


def test_a_grid_misses_no_combination_over_its_blocks(monkeypatch):
    levels = np.array([[0.0, 0.5, 1.0]] * 6)
    monkeypatch.setattr(grids, "BLOCK", 100)
    weights = np.random.default_rng(1).normal(size=(2, 6))
    points, found = grids.front_of_grid(lambda x: x @ weights.T, levels)
    whole = grids.combinations(levels, 0, 3**6)
    assert len(np.unique(whole, axis=0)) == 3**6
    assert {tuple(x) for x in points} == {tuple(x) for x in whole[fronts.front(whole @ weights.T)]}
    assert found == pytest.approx(points @ weights.T)


def test_crowding_and_ranks_are_those_of_the_paper():
    aims = np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 1.0], [3.0, 4.0], [5.0, 5.0]])
    ranks, room = genetic.standing(genetic.Population(aims, aims, np.zeros(5)))
    assert ranks.tolist() == [0, 0, 0, 1, 2]
    assert room[1] == pytest.approx(2.0)
    unfeasible, _ = genetic.standing(genetic.Population(aims, aims, np.array([1.0, 0, 0, 0, 0])))
    assert unfeasible.tolist() == [3, 0, 0, 1, 2]


@pytest.mark.parametrize("row", STORED, ids=lambda row: row["problem"])
def test_volumes_are_those_of_pymoo(row):
    aims = np.array(row["aims"])
    assert fronts.hypervolume(aims, np.full(aims.shape[1], 1.1)) == pytest.approx(row["volume"], abs=1e-9)
    assert len(fronts.front(aims)) == len(aims)


def zdt4(points):
    """ZDT4: 21 to the power of 3 local fronts (Zitzler, Deb and Thiele 2000), of four inputs."""
    first, other = points[:, 0], 10 * points[:, 1:] - 5
    g = 1 + 10 * other.shape[1] + (np.square(other) - 10 * np.cos(4 * np.pi * other)).sum(axis=1)
    return np.stack([first, g * (1 - np.sqrt(first / g))], axis=1), np.zeros(len(points))


@pytest.mark.long
def test_the_search_leaves_local_fronts():
    found = genetic.genetic(zdt4, 4, size=100, rounds=400, seed=1)
    best = fronts.hypervolume(known(1), np.array([1.1, 1.1]))
    assert fronts.hypervolume(found.aims, np.array([1.1, 1.1])) == pytest.approx(best, rel=0.01)


def lattice(places):
    """Gains and costs of the linear case on a lattice of 41 stops, its limit as excess."""
    x = places / 40
    return -(x @ GAINS.T), np.maximum(x @ SPENT - MOST - 1e-12, 0)


def test_moves_of_stops_reach_the_linear_front():
    """From one point: each found is within a stop of what HiGHS finds where the first gain is held."""
    counts, home = np.full(3, 41), np.zeros(3, dtype=np.int64)
    places, found = local.local_front(lattice, home[None], counts, home, rounds=60)
    assert (lattice(places)[1] == 0).all()
    for first, second in found:
        program = linprog(
            -GAINS[1], A_ub=np.stack([SPENT, -GAINS[0]]), b_ub=[MOST, first], bounds=[(0, 1)] * 3, method="highs"
        )
        assert program.fun - 1e-6 <= second <= program.fun + 0.05
    top = local.climbed(
        lambda places, rows: np.einsum("nml,nl->nm", places / 40, GAINS[rows]), lambda places: lattice(places)[1],
        np.zeros((2, 3), dtype=np.int64), counts, home,
    )  # fmt: skip
    for aim in (0, 1):
        program = linprog(-GAINS[aim], A_ub=SPENT[None], b_ub=[MOST], bounds=[(0, 1)] * 3, method="highs")
        assert top[aim] / 40 @ GAINS[aim] == pytest.approx(-program.fun, abs=0.02)


def test_linear_programs_and_a_fine_segment_agree():
    """Two inputs with a limit: the front is the edge, which HiGHS gives to 1e-6 at every point of the grid on it."""
    gains, limit = np.array([[1.0, 0.0], [0.0, 1.0]]), 1.0
    grid, found = grids.front_of_grid(
        lambda points: -(points @ gains.T), np.tile(np.linspace(0, 1, 101), (2, 1)),
        lambda points: points.sum(axis=1) <= limit + 1e-12,
    )  # fmt: skip
    assert len(grid) == 101
    for first, second in found:
        program = linprog([0, -1], A_ub=[[1, 1], [-1, 0]], b_ub=[limit, first], bounds=[(0, 1)] * 2, method="highs")
        assert second == pytest.approx(program.fun, abs=1e-6)


def test_a_front_is_thinned_by_no_more_than_two_boxes():
    x = np.linspace(0, 1, 5001)
    points = np.stack([x, 1 - np.sqrt(x)], axis=1)
    kept = points[fronts.thinned(points, 0.01)]
    assert len(kept) < 200
    near = [(kept <= one + 0.02).all(axis=1).any() for one in points]
    assert all(near)
    whole, part = (fronts.hypervolume(one, np.array([1.1, 1.1])) for one in (points, kept))
    assert part == pytest.approx(whole, rel=0.01)
