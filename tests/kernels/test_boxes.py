"""Boxes of failures: a box that is known, a slow plain twin, binomial chances, and a fault that rings."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from qonys.kernels.search import boxes


def made_up(cases=2000, seed=1):
    """Failures where the first input is above 0.6 and the third below 0.3, of four inputs."""
    points = np.random.default_rng(seed).random((cases, 4))
    return points, (points[:, 0] > 0.6) & (points[:, 2] < 0.3)


def test_a_known_box_is_found_with_no_other_limits():
    points, wanted = made_up()
    box = boxes.failure_box(points, wanted)
    assert box.density > 0.95
    assert box.coverage > 0.9
    assert box.low[0] == pytest.approx(0.6, abs=0.03)
    assert box.high[2] == pytest.approx(0.3, abs=0.03)
    free = np.concatenate([box.low[1:], box.high[:2], box.high[3:]])
    assert np.isinf(free).all()
    assert (boxes.chance_of_limits(points, wanted, box)[[0, 2]] < 1e-6).all()


def test_noise_gives_no_sure_limits_where_there_is_nothing():
    points = np.random.default_rng(2).random((400, 3))
    wanted = points[:, 1] > 0.5
    wanted[:40] = ~wanted[:40]
    box = boxes.failure_box(points, wanted)
    assert box.low[1] == pytest.approx(0.5, abs=0.05)
    assert np.isinf(np.concatenate([box.low[[0, 2]], box.high])).sum() >= 3


def slow_peel(rows, flags, share, least):
    """The same peeling, case by case."""
    path, inside = [], list(range(len(rows)))
    while True:
        path.append((len(inside), sum(flags[i] for i in inside)))
        options = []
        for column in range(len(rows[0])):
            values = sorted(rows[i][column] for i in inside)
            place = share * (len(values) - 1)
            at = values[int(place)] + (place % 1) * (values[min(int(place) + 1, len(values) - 1)] - values[int(place)])
            low = [i for i in inside if rows[i][column] >= at]
            if len(low) == len(inside):
                low = [i for i in inside if rows[i][column] > values[0]]
            back = values[::-1]
            at = back[int(place)] + (place % 1) * (back[min(int(place) + 1, len(back) - 1)] - back[int(place)])
            high = [i for i in inside if rows[i][column] <= at]
            if len(high) == len(inside):
                high = [i for i in inside if rows[i][column] < back[0]]
            options += [low, high]
        options = [o for o in options if len(o) < len(inside) and len(o) >= least * len(rows)]
        if not options:
            return path
        inside = max(options, key=lambda o: (sum(flags[i] for i in o) / len(o), len(o)))


@pytest.mark.parametrize("levels", [None, 5])
def test_the_peeling_is_that_of_a_plain_twin_with_ties_too(levels):
    points, wanted = made_up(300, 4)
    if levels:
        points = np.floor(points * levels)
    plain = slow_peel(points.tolist(), wanted.tolist(), 0.05, 0.05)
    found = boxes.peeled(points, wanted)
    assert [round(box.mass * 300) for box in found] == [held for held, _ in plain]
    assert [round(box.density * box.mass * 300) for box in found] == [hits for _, hits in plain]


def test_pasting_gives_back_what_was_peeled_too_far():
    points, wanted = made_up()
    narrow = boxes.box_of(points, wanted, np.array([0.55, 0, 0, 0]), np.array([np.inf, np.inf, 0.2, np.inf]))
    wide = boxes.pasted(points, wanted, narrow)
    assert wide.coverage > narrow.coverage
    assert wide.density > narrow.density


def test_the_chance_of_a_limit_is_a_binomial_tail():
    points = np.arange(10.0)[:, None]
    wanted = np.arange(10) >= 6
    box = boxes.box_of(points, wanted, np.array([5.0]), np.array([np.inf]))
    tail = sum(comb(5, k) * 0.4**k * 0.6 ** (5 - k) for k in range(4, 6))
    assert boxes.chance_of_limits(points, wanted, box)[0] == pytest.approx(tail, abs=1e-12)


def test_nothing_or_everything_has_no_box():
    for wanted in (np.zeros(5, bool), np.ones(5, bool)):
        with pytest.raises(ValueError, match="interest"):
            boxes.peeled(np.arange(5.0)[:, None], wanted)


def test_a_box_with_limits_the_wrong_way_round_is_seen(monkeypatch):
    """Planted: the inside taken for the outside."""
    plain = boxes.Box.holds
    monkeypatch.setattr(boxes.Box, "holds", lambda self, points: ~plain(self, points))
    points, wanted = made_up(200)
    box = boxes.box_of(points, wanted, np.array([0.6, -np.inf, -np.inf, -np.inf]), np.full(4, np.inf))
    assert box.coverage < 0.5
