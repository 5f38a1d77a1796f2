"""Priors of net migration as they are printed: by integrating the sampler's densities, and by draws without countries."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.processes import hierarchical_ar as ar
from qonys.kernels.processes import regime_process as rp
from qonys.kernels.processes import regime_sampler as rs
from qonys.projection.processes.migration import BOUNDED
from qonys.projection.processes.priors import prior_table

ENDS = [0.025, 0.5, 0.975]


def rows(settings: rp.Settings) -> dict[str, dict]:
    one = np.ones((30, 1))
    pool = np.tile([0.5, 4.0, 3.0, 2.0], (30, 1))
    posterior = rp.Posterior(one, one, one, one[0], one[0], one[0], one.astype(np.int8), one, settings, pool)
    return {row["parameter"]: row for row in prior_table(posterior).iter_rows(named=True)}


def ends(row: dict) -> list[float]:
    return [row["low"], row["median"], row["high"]]


def test_priors_of_the_process_with_crises() -> None:
    found = rows(BOUNDED)
    grid = np.linspace(-12, 12, 20_001)
    for place, name in enumerate(("ratio", "enter", "leave")):
        points = np.zeros((len(grid), 3))
        points[:, place] = grid
        level = np.array([rs.common_prior(point) for point in points])
        share = np.cumsum(np.exp(level - level.max()))
        at = np.interp(ENDS, share / share[-1], grid)
        values = [rs.natural(np.where(np.arange(3) == place, x, 0.0))[place] for x in at]
        assert ends(found[f"{name}.prior"]) == pytest.approx(values, rel=5e-3)
        assert found[f"{name}.prior"]["unit"] == "ratio"
    rng, pool, drawn = np.random.Generator(np.random.Philox(key=2)), np.array([0.0, 1.0, 0.7, 1.0]), []
    for _ in range(6000):
        rs.draw_pool(np.empty((0, 3)), pool, rng, False)
        drawn.append((pool[0], np.sqrt(pool[1])))
    for name, values in zip(("lambda", "tau"), np.array(drawn).T, strict=True):
        theirs = np.quantile(values, ENDS)
        assert ends(found[f"{name}.prior"]) == pytest.approx(theirs.tolist(), rel=0.15, abs=0.05)
        assert found[name]["unit"] == "per_1000"
    assert found["tau"]["median"] == 2.0


def test_published_priors() -> None:
    found = rows(rp.AZOSE_RAFTERY)
    assert ends(found["lambda.prior"]) == pytest.approx([-95.0, 0.0, 95.0])
    assert ends(found["tau.prior"]) == pytest.approx([2.5, 50.0, 97.5])
    assert found["tau"]["median"] == 4.0
    assert "enter.prior" not in found
    assert ar.WIDE == 100.0
