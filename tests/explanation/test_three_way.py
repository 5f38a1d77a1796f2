"""Bias and errors of three-way effects: closed form, definition by plain loops, simulation; faults named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.explanation.gravity import Model, fit_gravity
from qonys.explanation.three_way import correct, leverage, pairs_of, three_parts
from qonys.study.analyses.factors import FactorOptions, factors_of_file

MODEL = Model("m", ("x",), ("o^t", "d^t", "o^d"), ("o^d",))
TRUTH = 0.5


def drawn(seed: int, places: int = 8, years: int = 2, spread: float = 2.0) -> pl.DataFrame:
    """Moves with a spread that grows where x is one, which is what makes the estimate biased."""
    rng = np.random.default_rng(seed)
    o, d, t = (one.ravel() for one in np.meshgrid(range(places), range(places), range(years), indexing="ij"))
    o, d, t = o[o != d], d[o != d], t[o != d]
    x = (rng.random((places, places, years)) < 0.5).astype(float)[o, d, t]
    sides = rng.normal(0, 0.3, (2, places, years))
    mu = 20 * np.exp(TRUTH * x + sides[0][o, t] + sides[1][d, t] + rng.normal(0, 0.5, (places, places))[o, d])
    wild = np.where(x > 0, spread, 0.05)
    return pl.DataFrame({"o": o, "d": d, "t": t, "x": x, "m": mu * rng.gamma(1 / wild, wild)})


def test_the_bias_shrinks_and_the_coverage_grows() -> None:
    before, after = [], []
    for seed in range(60):
        frame = drawn(seed)
        fit = fit_gravity(frame, MODEL, "own")
        for kept, found in ((before, fit), (after, correct(frame, fit).fit)):
            value, low, high = found.estimate("x")
            kept.append((value - TRUTH, low <= TRUTH <= high))
    (bias, covered), (left, covered_now) = (np.mean(np.array(kept, dtype=float), axis=0) for kept in (before, after))
    assert bias < -0.2
    assert abs(left) < 0.75 * abs(bias)
    assert covered < 0.85
    assert covered_now > covered + 0.05


def test_by_definition_in_plain_loops() -> None:
    """The two traces with dense information matrices and third derivatives by differences of the information."""
    frame = drawn(1, places=5, years=3)
    fit = fit_gravity(frame, MODEL, "own")
    found = correct(frame, fit)
    cells = {
        (o, d): np.flatnonzero((frame["o"] == o) & (frame["d"] == d)) for o in range(5) for d in range(5) if o != d
    }
    y, mu = frame["m"].to_numpy(), fit.fitted
    dummies = np.column_stack(
        [frame.select(pl.struct(e.split("^")).rank("dense")).to_dummies().to_numpy() for e in MODEL.effects]
    )
    root = np.sqrt(mu)[:, None]
    x = (
        frame["x"].to_numpy()
        - dummies @ np.linalg.lstsq(dummies * root, frame["x"].to_numpy() * root[:, 0], rcond=None)[0]
    )

    def information(eta: np.ndarray, total: float) -> np.ndarray:
        s = np.exp(eta) / np.exp(eta).sum()
        return total * (np.diag(s) - np.outer(s, s))

    sums = 0.0
    for side in (0, 1):
        for place in range(5):
            around = [rows for pair, rows in cells.items() if pair[side] == place]
            h = np.linalg.pinv(sum(information(np.log(mu[r]), y[r].sum()) for r in around), rcond=1e-9)
            scores = [y[r] - mu[r] / mu[r].sum() * y[r].sum() for r in around]
            one = sum(
                np.outer(information(np.log(mu[r]), y[r].sum()) @ x[r], s) for r, s in zip(around, scores, strict=True)
            )
            step = 1e-5
            third = sum(
                -(information(np.log(mu[r]) + step * x[r], y[r].sum()) - information(np.log(mu[r]) - step * x[r], y[r].sum()))
                / (2 * step) for r in around
            )  # fmt: skip
            spread = sum(np.outer(s, s) for s in scores)
            sums += -np.trace(h @ one) + np.trace(third @ h @ spread @ h) / 2
    assert found.bias[0] == pytest.approx(sums / (mu @ x**2), rel=1e-4)


def test_leverage_is_what_refitting_shows() -> None:
    """By differences: the moves of one pair in one year are raised and the model is fitted again."""
    frame = drawn(2, places=5, years=3, spread=0.2)
    fit = fit_gravity(frame, MODEL, "own")
    o, d, t = (frame[name].to_numpy().astype(np.int64) for name in ("o", "d", "t"))
    pairs = pairs_of(frame, fit, o, d, t)
    bread = np.linalg.inv(np.einsum("pt,ptk,ptl->kl", pairs.mu, pairs.x, pairs.x))
    own = leverage(pairs, bread)[0]
    s = pairs.share[0]
    expected = np.outer(s, np.ones(3)) + own @ (np.eye(3) - np.outer(s, np.ones(3)))
    rows = np.flatnonzero((o == 0) & (d == 1))
    seen = []
    for row in rows:
        fits = []
        for step in (0.01, -0.01):
            moves = frame["m"].to_numpy().copy()
            moves[row] += step
            fits.append(fit_gravity(frame.with_columns(m=pl.Series(moves)), MODEL, "own").fitted[rows])
        seen.append((fits[0] - fits[1]) / 0.02)
    assert np.abs(np.array(seen).T - expected).max() < 2e-4
    assert correct(frame, fit).stretch[0] > 1.02


def test_nothing_to_correct_where_the_fit_is_perfect() -> None:
    """Closed form: moves that are their means have no scores, and no bias."""
    frame = drawn(3, 6, 3).with_columns(m=(pl.col("x") * TRUTH + pl.col("o") * 0.1 + pl.col("d") * 0.2).exp())
    fit = fit_gravity(frame, MODEL, "own")
    assert correct(frame, fit).bias == pytest.approx([0.0], abs=1e-10)


def test_missing_years_of_a_pair_are_no_moves() -> None:
    """A pair seen in one year says nothing; leaving it out changes nothing."""
    frame = drawn(4, 6, 3)
    single = (pl.col("o") == 0) & (pl.col("d") == 1)
    part = frame.filter(~single | (pl.col("t") == 0))
    seen, gone = (correct(f, fit_gravity(f, MODEL, "own")) for f in (part, frame.filter(~single)))
    assert seen.fit.coefficients() == pytest.approx(gone.fit.coefficients(), abs=1e-7)
    assert seen.bias == pytest.approx(gone.bias, rel=1e-5)


@pytest.mark.parametrize(
    ("effects", "clusters"),
    [
        (("o^t", "d^t"), ("o^d",)),
        (("o^t", "d^t", "o^d"), ("o",)),
        (("o", "d", "t"), ("o^d",)),
        (("o^t", "d^t", "o^t"), ("o^d",)),
    ],
)
def test_other_effects_are_refused(effects, clusters) -> None:
    with pytest.raises(BadInput) as caught:
        three_parts(Model("m", ("x",), effects, clusters))
    assert caught.value.key == "explanation.three_way"


def test_the_command_takes_the_bias_away_and_says_so(tmp_path) -> None:
    frame = drawn(5)
    path = tmp_path / "flows.csv"
    frame.write_csv(path)
    asked = FactorOptions(
        outcome="m", log=(), plain=("x",), effects=MODEL.effects, clusters=MODEL.clusters, engine="own", correct=True
    )
    table, notes = factors_of_file(path, asked)
    want = correct(frame, fit_gravity(frame, MODEL, "own"))
    assert table["estimate"].to_list() == pytest.approx(want.fit.coefficients())
    assert notes[-1][0] == "cli.factors.corrected"
    plain, _ = factors_of_file(
        path,
        FactorOptions(outcome="m", log=(), plain=("x",), effects=MODEL.effects, clusters=MODEL.clusters, engine="own"),
    )
    assert table["error"][0] > plain["error"][0]
