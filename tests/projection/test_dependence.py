"""What moves together: correlations recovered, marginal laws untouched, keys, factors of regions, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from qonys.errors import BadInput
from qonys.kernels.processes import regime_process as rp
from qonys.projection.national import STREAMS
from qonys.projection.processes import dependence as dp
from qonys.projection.processes.vital import VitalProcess

MATRIX = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, -0.4], [0.3, -0.4, 1.0]])


def vital(kind: str) -> VitalProcess:
    """A process without crises whose draws are all alike."""
    one, shape = np.ones(1), (1, 1)
    posterior = rp.Posterior(
        np.zeros(shape), np.full(shape, 0.5), np.ones(shape), one, one * 1e-9, one, np.zeros(shape, np.int8),
        np.zeros((1, 1)), rp.Settings(np.inf, True, np.inf, np.inf),
    )  # fmt: skip
    return VitalProcess(kind, posterior, ("A",), 2023, {"A": 2.0 if kind == "fertility" else 70.0}, {"A": 0.0}, 1.0)


def test_keys_are_those_of_the_projection() -> None:
    assert {name: STREAMS[name] for name in dp.STREAMS} == dp.STREAMS


def test_paths_share_the_correlation_and_keep_their_law() -> None:
    """Normals: the given correlations; paths: the law and, of draws in parts, the bits that they have alone."""
    fertility, longevity = dp.linked(vital("fertility"), vital("longevity"), MATRIX)
    draws, key = 4000, 100
    mixed = [
        process.link.normals(key + STREAMS[process.kind], draws, 2) for process in (fertility, longevity) if process.link
    ]
    lead = np.stack([
        np.random.Generator(np.random.Philox(key=np.array([4 * (key + 13) + 1, d], dtype=np.uint64))).standard_normal(10)
        for d in range(draws)
    ])  # fmt: skip
    steps = lead.reshape(draws, 2, 5).sum(axis=2) / np.sqrt(5)
    found = np.corrcoef(np.stack([part.ravel() for part in (steps, *mixed)]))
    assert found == pytest.approx(MATRIX, abs=0.04)
    for process in (fertility, longevity):
        alone = vital(process.kind).paths("A", 10, 2000, 3)
        shared = process.paths("A", 10, 2000, 3)
        assert ks_2samp(alone[:, -1], shared[:, -1]).pvalue > 0.01
        assert np.array_equal(process.paths("A", 5, (7, 20), 3), shared[7:20, :5])


def test_unlinked_is_the_planted_fault() -> None:
    fertility, longevity = dp.linked(vital("fertility"), vital("longevity"), np.eye(3))
    one, two = fertility.link, longevity.link
    assert one is not None
    assert two is not None
    found = np.corrcoef(one.normals(111, 2000, 1).ravel(), two.normals(112, 2000, 1).ravel())[0, 1]
    assert abs(found) < 0.07
    assert np.array_equal(fertility.paths("A", 10, 50, 111), vital("fertility").paths("A", 10, 50, 111))


def test_correlation_is_recovered_with_its_interval() -> None:
    rng = np.random.Generator(np.random.Philox(key=4))
    drawn = rng.multivariate_normal(np.zeros(3), MATRIX, (22, 14))
    found = dp.correlation({name: drawn[..., i] for i, name in enumerate(dp.ORDER)})
    assert found.matrix == pytest.approx(MATRIX, abs=0.13)
    off = ~np.eye(3, dtype=bool)
    assert ((found.low <= MATRIX) & (found.high >= MATRIX))[off].mean() >= 2 / 3
    assert found.table().height == 3
    with pytest.raises(BadInput, match="10"):
        dp.correlation({name: drawn[:1, :3, i] for i, name in enumerate(dp.ORDER)})


def test_innovations_are_white_and_of_unit_size() -> None:
    rng = np.random.Generator(np.random.Philox(key=5))
    x = np.zeros((8, 200))
    for t in range(1, 200):
        x[:, t] = 0.7 * x[:, t - 1] + rng.standard_normal(8)
    found = dp.innovations(rp.sample(x, 200, 1, rp.AZOSE_RAFTERY), x)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1:].std() == pytest.approx(1, abs=0.05)
    assert abs(np.corrcoef(found[:, 1:-1].ravel(), found[:, 2:].ravel())[0, 1]) < 0.05
    assert dp.five_yearly(found, 3).shape == (8, 3)
    assert np.isnan(dp.five_yearly(found[:, :12], 3)[:, 0]).all()


def test_refusals() -> None:
    with pytest.raises(BadInput, match="3 × 3"):
        dp.linked(vital("fertility"), vital("longevity"), np.ones((3, 3)))
