"""Distances and the fall of flows with distance, against a peer and plain loops. Tables are made up."""

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.kernels.indices.distance import distance_decay, mean_distance, median_distance
from qonys.kernels.indices.intensity import between


def system(n=8, b=-1.4, seed=5, noise=True):
    random = np.random.default_rng(seed)
    place = random.random((n, 2)) * 1000
    far = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    means = np.exp(random.normal(6, 1, n))[:, None] * np.exp(random.normal(3, 1, n)) * (far + np.eye(n)) ** b
    flows = random.poisson(means).astype(float) if noise else means
    return between(flows), far


def test_mean_and_median_by_loops():
    flows, far = system()
    cells = sorted((far[i, j], flows[i, j]) for i in range(8) for j in range(8) if i != j)
    total = flows.sum()
    nearest = next(d for d, _ in cells if sum(m for e, m in cells if e <= d) >= total / 2)
    assert mean_distance(flows, far) == pytest.approx(sum(d * m for d, m in cells) / total)
    assert median_distance(flows, far) == nearest
    both = np.stack([flows, np.zeros_like(flows)])
    assert median_distance(both, far).tolist()[0] == nearest
    assert np.isnan(median_distance(both, far)[1])
    assert np.isnan(mean_distance(both, far)[1])


def test_decay_equals_another_program():
    import statsmodels.api as sm

    flows, far = system()
    cells = [(i, j) for i in range(8) for j in range(8) if i != j]
    design = np.array(
        [[i == a for a in range(8)] + [j == a for a in range(1, 8)] + [np.log(far[i, j])] for i, j in cells], float
    )
    model = sm.GLM([flows[c] for c in cells], design, family=sm.families.Poisson())
    plain, robust = model.fit(tol=1e-12), model.fit(cov_type="HC0", tol=1e-12)
    found = distance_decay(flows, far)
    assert found.exponent == pytest.approx(plain.params[-1], rel=1e-8)
    assert found.error == pytest.approx(plain.bse[-1], rel=1e-6)
    assert found.robust == pytest.approx(robust.bse[-1], rel=1e-6)
    assert found.fitted.sum(axis=1) == pytest.approx(flows.sum(axis=1))


def test_decay_finds_the_true_exponent_whatever_the_unit_of_distance():
    flows, far = system(b=-0.8, noise=False)
    assert distance_decay(flows, far).exponent == pytest.approx(-0.8, abs=1e-7)
    assert distance_decay(flows, far / 1609).exponent == pytest.approx(-0.8, abs=1e-7)
    assert distance_decay(flows, far**2).exponent == pytest.approx(-0.4, abs=1e-7)


def test_regions_without_moves_take_no_part():
    flows, far = system()
    flows[3] = 0
    flows[:, 5] = 0
    found = distance_decay(flows, far)
    kept = np.ix_([0, 1, 2, 4, 5, 6, 7], [0, 1, 2, 3, 4, 6, 7])
    assert np.isfinite(found.error)
    assert found.fitted[3].sum() == found.fitted[:, 5].sum() == 0
    assert found.fitted[kept].sum() == pytest.approx(flows.sum())


def test_decay_rings():
    flows, far = system()
    near = far.copy()
    near[2, 4] = 0
    with pytest.raises(BadInput, match=r"\(2, 4\)"):
        distance_decay(flows, near)
    with pytest.raises(BadInput, match="three origins"):
        distance_decay(between(np.ones((2, 2))), [[0, 1], [1, 0]])
    with pytest.raises(BadInput, match="no finite estimate"):
        distance_decay(flows, far, rounds=1)
