"""Wilson's family: balancing factors by plain iteration, equivalence to Poisson regression, mean cost, planted faults."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.explanation.constrained import attraction, calibrated, doubly, production


def table(seed: int = 1, n: int = 8) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 10, (n, 2))
    far = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    mu = 400 * np.outer(rng.uniform(0.5, 2, n), rng.uniform(0.5, 2, n)) * np.where(far > 0, far + (far == 0), 1) ** -1.3
    moves = rng.poisson(mu * (far > 0)).astype(float)
    rows = [(f"p{i}", f"p{j}", moves[i, j], far[i, j]) for i in range(n) for j in range(n) if i != j]
    return pl.DataFrame(rows, schema=["origin", "destination", "moves", "distance"], orient="row"), moves, far


def test_doubly_constrained_by_plain_iteration() -> None:
    _, moves, far = table()
    f = np.where(far > 0, np.exp(-0.2 * far), 0.0)
    o, d = moves.sum(axis=1), moves.sum(axis=0)
    a, b = np.ones(len(o)), np.ones(len(d))
    for _ in range(3000):
        a = 1 / (f @ (b * d))
        b = 1 / (f.T @ (a * o))
    assert doubly(o, d, f) == pytest.approx(np.outer(a * o, b * d) * f, rel=1e-7)


@pytest.mark.parametrize("function", ["power", "exponential"])
def test_poisson_regression_is_the_doubly_constrained_model(function) -> None:
    """Fitted means equal the balanced table of the same margins; the mean cost of both is the observed one."""
    frame, moves, far = table(2)
    found = calibrated(frame, "doubly", function, engine="own")
    f = np.where(far > 0, found.of(far), 0.0)
    balanced = doubly(moves.sum(axis=1), moves.sum(axis=0), f)
    off = ~np.eye(len(far), dtype=bool)
    assert balanced[off] == pytest.approx(found.fit.fitted, rel=1e-5)
    cost = np.log(np.where(far > 0, far, 1.0)) if function == "power" else far
    assert (balanced * cost).sum() == pytest.approx((moves * cost).sum(), rel=1e-6)
    if function == "power":
        assert found.value == pytest.approx(-1.3, abs=0.1)


def test_one_sided_forms_keep_their_side() -> None:
    frame, moves, far = table(3)
    f = np.where(far > 0, far + (far == 0), 1.0) ** -1.0 * (far > 0)
    o, d = moves.sum(axis=1), moves.sum(axis=0)
    assert production(o, d, f).sum(axis=1) == pytest.approx(o)
    assert attraction(o, d, f).sum(axis=0) == pytest.approx(d)
    fitted = calibrated(frame.with_columns(size=pl.col("destination").replace_strict(
        {f"p{j}": float(np.log(d[j])) for j in range(len(d))})), "production", others=("size",), engine="own")  # fmt: skip
    sums = frame.with_columns(mu=pl.Series(fitted.fit.fitted)).group_by("origin").agg(pl.col("moves", "mu").sum())
    assert sums["mu"].to_numpy() == pytest.approx(sums["moves"].to_numpy(), rel=1e-6)


def test_faults_are_named() -> None:
    frame, _, _ = table(4)
    for change, form, function, key in (
        ({}, "triply", "power", "form"),
        ({}, "doubly", "gamma", "form"),
        ({"distance": pl.col("distance") * 0}, "doubly", "power", "distance"),
    ):
        with pytest.raises(BadInput) as caught:
            calibrated(frame.with_columns(**change), form, function)
        assert caught.value.key == f"explanation.{key}"
    with pytest.raises(BadInput) as caught:
        calibrated(frame.drop("distance"))
    assert caught.value.key == "explanation.no_column"
    with pytest.raises(BadInput) as caught:
        doubly([1.0, 2.0], [1.0, 1.0], np.ones((2, 2)))
    assert caught.value.key == "explanation.totals"
    with pytest.raises(BadInput) as caught:
        doubly([3.0, 1.0], [3.0, 1.0], [[0.0, 1.0], [1.0, 0.0]])
    assert caught.value.key == "explanation.unreachable"
