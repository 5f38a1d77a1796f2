"""Adaptation scores, reliability and distance to non-migrants."""

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.adaptation import Domain, adaptation, alpha, domain_of, scores
from qonys.surveys.design import Design
from qonys.surveys.estimates import EstimateSpec, estimate
from qonys.surveys.reading import Microdata

DOMAINS = {"labour": Domain(("a1", "a2"), 1, 5), "housing": Domain(("b1", "b2"), 5, 1)}


def drawn(seed, n=800, lag=1.0):
    rng = np.random.Generator(np.random.Philox(key=seed))
    migrant = rng.random(n) < 0.4
    level = np.clip(3.4 - lag * migrant + rng.normal(0, 0.5, n), 1, 5)
    items = {name: np.clip(np.round(level + rng.normal(0, 0.5, n)), 1, 5) for name in ("a1", "a2")}
    items |= {name: 6 - np.clip(np.round(level + rng.normal(0, 0.5, n)), 1, 5) for name in ("b1", "b2")}
    frame = {"h": rng.integers(0, 4, n), "c": rng.integers(0, 9, n), "w": rng.uniform(0.5, 2, n), **items}
    return Microdata(pl.DataFrame({**frame, "who": np.where(migrant, "migrant", "native")}))


DESIGN = Design("w", "h", "c")


def test_alpha_by_its_definition_and_in_two_limits():
    """k / (k - 1) (1 - sum of variances / variance of the sum), worked on three items of five people."""
    items = np.array([[3.0, 4, 3], [2, 2, 1], [5, 4, 5], [4, 5, 4], [1, 1, 2]])
    by_hand = 3 / 2 * (1 - items.var(axis=0).sum() / items.sum(axis=1).var())
    assert alpha(items, np.ones(5)) == pytest.approx(by_hand)
    rng = np.random.Generator(np.random.Philox(key=1))
    assert abs(alpha(rng.normal(size=(20_000, 4)), np.ones(20_000))) < 0.05
    doubled = np.repeat(items, [1, 2, 1, 1, 1], axis=0)
    assert alpha(doubled, np.ones(6)) == pytest.approx(alpha(items, np.array([1.0, 2, 1, 1, 1])))


def test_means_and_errors_are_those_of_the_library():
    pytest.importorskip("svy")
    data = drawn(2)
    table = adaptation(data, DESIGN, DOMAINS, "who", "native").table
    scored = Microdata(data.frame.hstack(scores(data, DOMAINS)))
    library = estimate(scored, DESIGN, EstimateSpec("mean", "labour", by=("who",))).table.sort("who")
    ours = table.filter(pl.col("domain") == "labour").sort("group")
    assert ours["mean"].to_list() == pytest.approx(library["estimate"].to_list())
    assert ours["se"].to_list() == pytest.approx(library["se"].to_list())


def test_non_migrants_are_one_and_the_index_is_the_geometric_mean():
    table = adaptation(drawn(3), DESIGN, DOMAINS, "who", "native").table
    native = table.filter(pl.col("group") == "native")
    assert native["ratio"].to_list() == pytest.approx([1, 1, 1])
    assert native["ratio_se"].to_list() == pytest.approx([0, 0, 0], abs=1e-9)
    migrant = {row["domain"]: row for row in table.filter(pl.col("group") == "migrant").iter_rows(named=True)}
    assert migrant[None]["ratio"] == pytest.approx(np.sqrt(migrant["labour"]["ratio"] * migrant["housing"]["ratio"]))
    assert migrant[None]["high"] < 1


def test_the_index_of_equals_is_covered(every):
    """Migrants who are as non-migrants: the interval of the index holds one in a binomial band."""
    rounds, hits = 200 if every else 20, 0
    for seed in range(rounds):
        table = adaptation(drawn(300 + seed, 400, lag=0.0), DESIGN, DOMAINS, "who", "native").table
        row = table.filter((pl.col("group") == "migrant") & pl.col("domain").is_null()).row(0, named=True)
        hits += row["low"] <= 1 <= row["high"]
    assert abs(hits - 0.95 * rounds) <= 3 * np.sqrt(0.95 * 0.05 * rounds)


def test_a_falling_scale_forgotten_would_be_caught():
    """Planted fault: housing read from 1 to 5, though 5 is the worst, makes migrants look better than natives."""
    wrong = {**DOMAINS, "housing": Domain(("b1", "b2"), 1, 5)}
    row = adaptation(drawn(4), DESIGN, wrong, "who", "native").table.filter(
        (pl.col("group") == "migrant") & (pl.col("domain") == "housing")
    )
    assert row["ratio"][0] > 1
    assert (
        adaptation(drawn(4), DESIGN, wrong, "who", "native").reliability.filter(pl.col("domain").is_null())["alpha"][0]
        < 0
    )


@pytest.mark.parametrize(
    ("work", "key"),
    [
        (lambda d: domain_of("labour=a1"), "surveys.adaptation.domain"),
        (lambda d: domain_of("labour=a1:1..1"), "surveys.adaptation.domain"),
        (lambda d: adaptation(d, DESIGN, {"x": Domain(("a1",), 1, 3)}, "who", "native"), "surveys.adaptation.scale"),
        (lambda d: adaptation(d, DESIGN, DOMAINS, "who", "locals"), "surveys.choice"),
    ],
)
def test_what_cannot_be_scored_is_named(work, key):
    with pytest.raises(BadInput) as caught:
        work(drawn(5))
    assert caught.value.key == key
