"""Composition: closed forms, scipy, exact accounts, probabilities of crossing, planted faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from qonys.kernels.structure import diversity

SIZES = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=9)


@given(SIZES)
def test_indices_beside_sums_over_pairs_and_scipy(sizes) -> None:
    share = diversity.shares(np.array(sizes))
    pairs = sum(a * b for i, a in enumerate(share) for j, b in enumerate(share) if i != j)
    assert diversity.simpson(share) == pytest.approx(pairs, abs=1e-12)
    assert diversity.entropy(share) == pytest.approx(scipy_entropy(sizes), abs=1e-10)
    rq = 1 - sum(((0.5 - p) / 0.5) ** 2 * p for p in share)
    assert diversity.polarisation(share) == pytest.approx(rq, abs=1e-12)


@pytest.mark.parametrize("groups", [1, 2, 3, 10])
def test_equal_groups(groups) -> None:
    share = np.full(groups, 1 / groups)
    assert diversity.simpson(share) == pytest.approx(1 - 1 / groups)
    assert diversity.entropy(share) == pytest.approx(np.log(groups))
    assert diversity.polarisation(share) == pytest.approx(4 * (1 / groups) * (1 - 1 / groups))


def test_nobody_is_not_a_number_and_an_empty_group_is_nothing() -> None:
    assert np.isnan(diversity.shares(np.zeros((2, 3)))).all()
    share = np.array([0.5, 0.5, 0.0])
    assert diversity.entropy(share) == pytest.approx(np.log(2))


def test_crossing_beside_a_walk_over_draws() -> None:
    rng = np.random.Generator(np.random.Philox(key=3))
    values = rng.normal(0, 1, (40, 12, 2)).cumsum(axis=1)
    for above in (False, True):
        at, by = diversity.crossed(values, 0.7, above)
        for t in range(12):
            for g in range(2):
                beyond = [[v > 0.7 if above else v < 0.7 for v in path[: t + 1, g]] for path in values]
                assert at[t, g] == pytest.approx(np.mean([path[-1] for path in beyond]))
                assert by[t, g] == pytest.approx(np.mean([any(path) for path in beyond]))
    assert (np.diff(by, axis=0) >= 0).all()


def test_crossing_of_a_random_walk_by_the_reflection_principle() -> None:
    """P(minimum of n fair steps <= -k) = P(S_n <= -k) + P(S_n < -k), Feller (1968), III.7."""
    steps = np.where(np.indices((2**10, 10))[0] >> np.arange(10) & 1, 1.0, -1.0)
    paths = steps.cumsum(axis=1)[..., None]
    _, by = diversity.crossed(paths, -2.5)
    last = paths[:, -1, 0]
    assert by[-1, 0] == pytest.approx((last <= -3).mean() + (last < -3).mean())


def test_an_unknown_year_stays_unknown_and_no_draws_are_refused() -> None:
    values = np.array([[1.0, np.nan, 1.0], [3.0, 3.0, 3.0]])
    at, by = diversity.crossed(values, 2.0)
    assert at.tolist()[0] == 0.5
    assert np.isnan(at[1])
    assert at[2] == 0.5
    assert by[0] == 0.5
    assert np.isnan(by[1:]).all()
    with pytest.raises(ValueError, match="draws"):
        diversity.crossed(np.zeros((0, 3)), 1.0)


def test_share_effects_are_exact() -> None:
    rng = np.random.Generator(np.random.Philox(key=8))
    start = rng.uniform(1e3, 1e5, (5, 4))
    parts = rng.normal(0, 400, (3, 5, 4))
    effects = diversity.share_effects(start, parts)
    change = diversity.shares(start + parts.sum(axis=0)) - diversity.shares(start)
    assert effects.sum(axis=0) == pytest.approx(change, abs=1e-14)
    assert effects.sum(axis=-1) == pytest.approx(np.zeros((3, 5)), abs=1e-14)


def test_planted_faults_ring() -> None:
    """Plain shares of each part do not sum to the change of shares."""
    start, parts = np.array([100.0, 300.0]), np.array([[10.0, 10.0], [-30.0, 5.0]])
    change = diversity.shares(start + parts.sum(axis=0)) - diversity.shares(start)
    plain = parts / start.sum()
    assert plain.sum(axis=0) != pytest.approx(change, abs=1e-3)
