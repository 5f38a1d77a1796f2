"""Other hands for the search on a made-up country: every mix of a small grid, SLSQP, random mixes, an idle measure."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.study.test_lab import made_up
from tests.study.test_lever_ranking import SMALL

from qonys.kernels.search import local
from qonys.kernels.search.fronts import dominated
from qonys.kernels.search.grids import combinations
from qonys.study.lab import mix_hands, mix_search
from qonys.study.lab.mix_aims import Taken, Worth, pooled
from qonys.study.lab.mix_hands import aims_of, sought, volumes
from qonys.study.lab.mix_regret import few_of, reachable
from qonys.study.lab.mix_search import MixRequest, mixes
from qonys.study.lab.session import Lab, usual_arrivals, worlds_of
from qonys.study.lab.surface import surface

pytestmark = pytest.mark.long
OUTCOMES = ("population", "receiving_regions")
EPSILON = 0.01  # of the span of each aim


def lab_of(measures):
    world = made_up.world(groups=3)
    return Lab(measures, worlds_of(world, measures), usual_arrivals(world), ("R2",), 2026, 2032, 3)


@pytest.fixture(scope="module")
def lab():
    return lab_of(SMALL)


@pytest.fixture(scope="module")
def flat(lab):
    return pooled({side: surface(lab, 2032, 2026, 48, side=side) for side in ("value", "low", "high")}, OUTCOMES)


@pytest.fixture(scope="module")
def taken():
    return Taken(SMALL, None, 7)


@pytest.fixture(scope="module")
def aims(flat, taken):
    return aims_of(flat, Worth("low"), taken)


@pytest.fixture(scope="module")
def found(aims, taken):
    return sought(aims, taken, 2, lambda *_: None)


def beating(found, others):
    """Which of `others` beat a mix found by more than epsilon of every aim's span."""
    span = np.ptp(found.aims, axis=0)
    return dominated(found.aims, others + EPSILON * span)


def test_no_random_mix_and_none_of_the_grid_beats_the_front(found, aims, taken):
    drawn = taken.nearest(np.random.default_rng(5).random((100_000, len(SMALL))))
    assert not beating(found, aims(drawn)[0]).any()
    levels = np.stack([0 * taken.counts, taken.home, taken.counts - 1], axis=1).astype(float)
    grid = combinations(levels, 0, 3 ** len(SMALL)).astype(np.int64)
    assert not beating(found, aims(grid)[0]).any()


def test_that_a_front_with_points_taken_away_is_seen(found, aims, taken):
    """Planted: the mixes that take little are gone, the rest take too much."""
    poor = replace(found, aims=found.aims + 0.1 * np.ptp(found.aims, axis=0))
    drawn = taken.nearest(np.random.default_rng(5).random((100_000, len(SMALL))))
    assert beating(poor, np.concatenate([aims(drawn)[0], found.aims])).any()


def test_gradients_find_no_mix_that_beats_the_front(flat):
    """SLSQP over continuous settings: the second outcome as large as it gets, effort and the first held."""
    low, high = (np.array([getattr(one, end) for one in SMALL]) for end in ("low", "high"))
    now = np.array([one.now.value for one in SMALL])
    fine = tuple(replace(one, step=(one.high - one.low) / 200) for one in SMALL)  # near to no stops at all
    worth, taken = Worth("mean"), Taken(fine, None, 7)
    aims = aims_of(flat, worth, taken)
    mean = sought(aims, taken, 1, lambda *_: None)
    span = np.ptp(mean.aims, axis=0)

    def gains(x):
        return worth.of(flat.effects((now + (x[:5] - x[5:]) * (high - low))[None]))[0]

    for place in np.linspace(0, len(mean.aims) - 1, 8).round().astype(int):
        start = (taken.values(mean.places[place]) - now) / (high - low)
        x = np.concatenate([np.maximum(start, 0), np.maximum(-start, 0)])
        held, effort = -mean.aims[place, 0], mean.aims[place, -1]
        limits = [{"type": "ineq", "fun": lambda x, held=held: (gains(x)[0] - held) / span[0]},
                  {"type": "ineq", "fun": lambda x, effort=effort: effort - x.sum()}]  # fmt: skip
        up = np.concatenate([(high - now) / (high - low), (now - low) / (high - low)])
        best = minimize(lambda x: -gains(x)[1] / span[1], x, bounds=list(zip(0 * up, up, strict=True)),
                        constraints=limits, method="SLSQP")  # fmt: skip
        if best.success:
            assert -best.fun <= -mean.aims[place, 1] / span[1] + 2 * EPSILON


def test_what_is_reachable_is_that_of_every_mix(flat):
    """Two measures, all stops: the most on the surface within an effort, future by future."""
    two = tuple(replace(one, step=(one.high - one.low) / 10) if one.id in ("come", "houses")
                else replace(one, low=100, high=101, step=1) for one in SMALL)  # fmt: skip
    taken = Taken(SMALL, None, 7)
    taken.__dict__["stops"] = tuple(
        np.array(one.stops() if one.id in ("come", "houses") else (100.0,)) for one in two
    )  # the other measures stay
    every = np.array(list(product(*(range(len(one)) for one in taken.stops))))
    for most in (0.3, 0.9, np.inf):
        allowed = every[taken.excess(taken.values(every), most) <= 0]
        brute = flat.effects(taken.values(allowed)).reshape(len(allowed), -1)
        ours = reachable(flat, taken, most)
        assert (taken.excess(taken.values(ours), most) <= 0).all()
        reached = flat.each(taken.values(ours)[:, None], np.arange(len(ours)))[:, 0]
        assert reached == pytest.approx(brute.max(axis=0), rel=1e-9)
        few = few_of(flat, taken, ours, 16)
        held = flat.effects(taken.values(few)).reshape(len(few), -1).max(axis=0)
        assert (held >= 0.98 * brute.max(axis=0)).all()


def test_climbing_that_takes_the_worst_neighbour_is_seen(flat, taken, monkeypatch):
    """Planted: moves only go back to the present."""
    whole = reachable(flat, taken)
    monkeypatch.setattr(local, "moves", lambda inputs, pairs=(): np.zeros((1, inputs), dtype=np.int64))
    less = reachable(flat, taken)
    each = [flat.each(taken.values(one)[:, None], np.arange(len(one)))[:, 0] for one in (whole, less)]
    assert (each[0] >= each[1]).all()
    assert (each[0] > each[1]).any()


def test_the_regret_shown_is_that_of_every_mix_in_the_lab():
    """Two measures with few stops: regret and the robust mix against all mixes run in the lab itself."""
    two = tuple(
        replace(one, step=(one.high - one.low) / 5, now_year=2025) for one in SMALL if one.id in ("come", "houses")
    )
    lab = lab_of(two)
    found = mixes(lab, MixRequest(OUTCOMES, Worth("mean"), 2032, 2026, points=40, seeds=1, design=48))
    taken = Taken(two, None, 7)
    values = np.array(list(product(*(one.stops() for one in two))))
    runs = mix_search._Runs(lab, found.request, lambda *_: None)
    every, effort = runs.effects(values), taken.effort(values)
    top = every[effort <= found.within * (1 + 1e-12)].max(axis=0)
    places = np.flatnonzero(np.isfinite(found.regret))
    span = np.ptp(found.effects.mean(axis=1), axis=0)
    mine = ((top - found.effects[places]) / span).max(axis=(1, 2))
    ranked = dict(zip(places.tolist(), mine, strict=True))
    assert ranked[found.named["robust"]] <= mine.min() + 0.02
    assert found.regret[places] == pytest.approx(mine, rel=0.05, abs=0.02)


def test_a_measure_that_does_nothing_moves_no_mix(lab):
    idle = replace(SMALL[1], id="idle", within="")
    wide = lab_of((*SMALL[:1], *SMALL[2:]))
    more = lab_of((*SMALL[:1], *SMALL[2:], idle))
    request = MixRequest(OUTCOMES, Worth("low"), 2032, 2026, points=12, seeds=1, design=48)
    one, other = mixes(wide, request), mixes(more, request)
    assert (other.values[:, -1] == idle.now.value).all()
    every = np.concatenate([np.column_stack([-x.worth, x.effort]) for x in (one, other)])
    shares = volumes([np.column_stack([-x.worth, x.effort]) for x in (one, other)], every)
    assert np.ptp(shares) < 0.05
    searched = [x.sought.aims for x in (one, other)]
    assert np.ptp(volumes(searched, np.concatenate(searched))) < 0.02


def test_the_front_of_a_budget_lies_behind_that_of_a_larger_one(flat):
    from qonys.policy.measures import Cost

    costs = {one.id: Cost(1e5, "KZT", 2026, ("s",)) for one in SMALL}
    fronts = []
    for budget in (500.0, 2000.0):
        taken = Taken(SMALL, costs, 7, budget)
        fronts.append(sought(aims_of(flat, Worth("mean"), taken), taken, 1, lambda *_: None))
        assert (fronts[-1].aims[:, -1] <= budget * (1 + 1e-9)).all()
    span = np.ptp(fronts[1].aims, axis=0)
    assert not dominated(fronts[1].aims, fronts[0].aims + EPSILON * span).any()
    near = [(fronts[1].aims <= one + EPSILON * span).all(axis=1).any() for one in fronts[0].aims]
    assert all(near)


def test_mixes_lie_on_the_stops_of_the_sliders(found, taken):
    for one, column in zip(SMALL, taken.values(found.places).T, strict=True):
        assert set(column) <= set(one.stops())
    assert mix_hands.WIDTH <= EPSILON
