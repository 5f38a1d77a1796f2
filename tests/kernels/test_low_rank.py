"""Moves in few pools: exact where the table has that rank, margins kept, losses told and falling with rank."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.multiregional import low_rank as lr
from qonys.kernels.multiregional import step as mr

REGIONS, AGES = 9, 5
RNG = np.random.Generator(np.random.Philox(key=71))


def rows(*shape):
    found = RNG.uniform(0.02, 1, shape)
    return found / found.sum(axis=-1, keepdims=True)


def dense_of(choice, level=0.1):
    """The same choice at every age, levels that differ."""
    leave = level * RNG.uniform(0.5, 1.5, (2, AGES, REGIONS, 1))
    od = leave * choice
    return mr.Dense(od + np.eye(REGIONS) * (1 - leave))


PEOPLE = RNG.uniform(100, 1000, (REGIONS, 2, AGES))


def test_a_table_of_one_pool_is_found_exactly() -> None:
    v = rows(1, REGIONS)
    moves = dense_of(lr.fitted(np.ones((REGIONS, 1)), v))
    found = lr.fit(moves, PEOPLE, 1)
    assert found.misplaced < 1e-9
    assert found.deviance < 1e-9
    assert found.moves.second is not None
    assert found.moves.second[0] == pytest.approx(v, rel=1e-6)


def test_the_step_moves_as_the_fit_says() -> None:
    """Off the diagonal, level x choice is the dense table; those who are sent home stay."""
    moves = dense_of(lr.fitted(np.ones((REGIONS, 1)), rows(1, REGIONS)))
    found = lr.fit(moves, PEOPLE, 1).moves
    leaving = PEOPLE[:, None] * moves.leave()[:, None]
    arrived = found.arrive(PEOPLE[:, None] * found.level[:, None])
    home = PEOPLE[:, None] * (found.level - moves.leave())[:, None]
    assert arrived - home == pytest.approx(moves.arrive(leaving), rel=1e-7)


def test_more_pools_lose_less_and_keep_the_margins() -> None:
    choice = lr.fitted(rows(REGIONS, 4), rows(4, REGIONS) ** 3)
    moves = dense_of(choice)
    lost = [lr.fit(moves, PEOPLE, k) for k in (1, 2, 4)]
    misplaced = [f.misplaced for f in lost]
    assert misplaced == sorted(misplaced, reverse=True)
    assert misplaced[0] > 0.02
    assert misplaced[-1] < 0.4 * misplaced[0]
    flows = (choice * RNG.uniform(10, 20, (REGIONS, 1))).copy()
    u, v, _ = lr.pools(flows, 3, iterations=3000)
    expected = lr.fitted(u, v) * flows.sum(axis=1, keepdims=True)
    assert expected.sum(axis=1) == pytest.approx(flows.sum(axis=1), rel=1e-12)
    assert expected.sum(axis=0) == pytest.approx(flows.sum(axis=0), rel=1e-4)


def test_the_loss_of_pooling_ages_is_told_apart() -> None:
    young, old = (lr.fitted(np.ones((REGIONS, 1)), rows(1, REGIONS)) for _ in range(2))
    od = np.stack([0.1 * (young if x < 3 else old) + 0.9 * np.eye(REGIONS) for x in range(AGES)])
    moves = mr.Dense(np.stack([od, od]))
    which = np.repeat((np.arange(AGES) >= 3).astype(np.int64)[None], 2, axis=0)
    one, two = lr.fit(moves, PEOPLE, 1), lr.fit(moves, PEOPLE, 1, which)
    assert one.pooled > 0.05
    assert one.misplaced >= one.pooled * 0.9
    assert two.misplaced < 1e-9
    assert two.pooled < 1e-9
    shifted = mr.Dense(np.roll(moves.od, 1, axis=-1) * (1 - np.eye(REGIONS)) + 0)  # a planted fault: wrong destinations
    flows = shifted.od / np.maximum(shifted.od.sum(axis=-1, keepdims=True), 1e-9)
    assert np.abs(flows - moves.choice).sum() / 2 / flows.sum() > 0.1


def test_refusals() -> None:
    moves = dense_of(lr.fitted(np.ones((REGIONS, 1)), rows(1, REGIONS)))
    with pytest.raises(ValueError, match="rank"):
        lr.fit(moves, PEOPLE, REGIONS)
    lonely = np.zeros((REGIONS, REGIONS))
    lonely[:, 0] = 1
    lonely[0] = [0, *[1 / (REGIONS - 1)] * (REGIONS - 1)]
    with pytest.raises(ValueError, match="more than all"):
        lr.fit(dense_of(lonely, level=0.6), PEOPLE, 1)
