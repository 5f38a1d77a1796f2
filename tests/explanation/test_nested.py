"""Nested choice from shares: recovery with a third branch that is not seen, closed forms, cover; faults named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.explanation.nested import choices_of, fit_nested

LAMBDA = 0.6


def drawn(seed: int, places: int = 16, years: int = 3, similar: float = LAMBDA, noise: float = 0.05) -> pl.DataFrame:
    """Residents who stay, move inside or leave, by the three-branch model; those who leave are not in the table."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 10, (places, 2)) * np.array([1.0, 0.4])
    far = np.log(0.3 + np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2)))
    rows = []
    for t in range(years):
        pull, keep = rng.normal(0, 0.5, places), rng.normal(0, 0.3, places)
        v = -1.2 * far + pull[None, :]
        for i in range(places):
            others = np.array([j for j in range(places) if j != i])
            inclusive = np.log(np.exp(v[i, others]).sum())
            branch = np.exp([0.0, similar * inclusive - 5 - 0.8 * keep[i] + rng.normal(0, noise), -4 + rng.normal()])
            counts = rng.multinomial(400_000, branch / branch.sum())
            within = np.exp(v[i, others])
            moves = rng.multinomial(counts[1], within / within.sum())
            rows += [(t, f"r{i:02}", f"r{j:02}", int(m), int(counts[0] + counts[1]), far[i, j], keep[i])
                     for j, m in zip(others, moves, strict=True)]  # fmt: skip
    names = ["year", "origin", "destination", "moves", "residents", "far", "keep"]
    return pl.DataFrame(rows, schema=names, orient="row")


def test_recovery_and_cover_without_those_who_leave() -> None:
    inside, values = 0, []
    for seed in range(4):
        found = fit_nested(choices_of(drawn(seed), ("far",), ("keep",)), ("keep",), 20, seed)
        value, low, high = found.dissimilarity
        inside += low <= LAMBDA <= high
        values.append((value, found.lower[0], found.values[1]))
    assert np.mean(values, axis=0) == pytest.approx([LAMBDA, -1.2, -0.8], abs=0.04)
    assert inside >= 3


def test_the_inclusive_value_by_definition() -> None:
    """With fitted moves equal to the moves themselves, I is the log of the sum over the destinations."""
    frame = drawn(7, 6, 1, noise=0.0)
    far = {(o, d): x for o, d, x in frame.select("origin", "destination", "far").rows()}
    pull = {f"r{j:02}": 0.3 * j for j in range(6)}
    exact = frame.with_columns(
        moves=pl.Series([1000 * np.exp(-far[o, d] + pull[d]) for o, d in frame.select("origin", "destination").rows()])
    )
    found = fit_nested(choices_of(exact, ("far",)), draws=2)
    mean = np.mean(list(pull.values()))
    for i in range(6):
        own = [np.exp(-far[f"r{i:02}", d] + pull[d] - mean) for d in pull if d != f"r{i:02}"]
        assert found.inclusive[i, 0] == pytest.approx(np.log(sum(own)), abs=1e-6)


def test_one_choice_among_all_and_no_answer_at_all() -> None:
    """Planted: lambda one is the plain logit; where the odds do not know of the reach, the interval holds zero."""
    plain = fit_nested(choices_of(drawn(8, similar=1.0), ("far",), ("keep",)), ("keep",), 25)
    assert plain.dissimilarity[0] == pytest.approx(1.0, abs=0.06)
    deaf = fit_nested(choices_of(drawn(9, similar=0.0, noise=0.3), ("far",), ("keep",)), ("keep",), 25)
    assert deaf.dissimilarity[1] < 0 < deaf.dissimilarity[2]


def test_faults_are_named() -> None:
    frame = drawn(1, 5, 2)
    for table, key in (
        (frame.head(39), "pairs"),
        (frame.with_columns(residents=pl.lit(10)), "stayers"),
        (frame.with_columns(moves=pl.when(pl.col("origin") == "r01").then(0).otherwise(pl.col("moves"))), "stayers"),
    ):
        with pytest.raises(BadInput) as caught:
            choices_of(table, ("far",))
        assert caught.value.key == f"explanation.nested.{key}"
        assert all(caught.value.sentence(language) for language in ("en", "ru", "kk"))
