"""Latent classes against published fits and simulation; correspondence maps against definition and closed form."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.class_groups import classes_by_group, corrected_weights, error_matrix
from qonys.surveys.classes import choose_classes, class_table, fit_classes, patterns_of
from qonys.surveys.correspondence import correspondence
from qonys.surveys.design import Design
from qonys.surveys.reading import Microdata

# Stouffer and Toby (1951): four situations of role conflict, 216 students, patterns from ++++ to ---- (Goodman 1974).
COUNTS = (42, 23, 6, 25, 6, 24, 7, 38, 1, 4, 1, 6, 2, 9, 2, 20)
ITEMS = list("ABCD")


@pytest.fixture(scope="module")
def toby():
    rows = [[(i >> k) & 1 for k in (3, 2, 1, 0)] for i, n in enumerate(COUNTS) for _ in range(n)]
    return Microdata(pl.DataFrame(rows, schema=ITEMS, orient="row"))


def test_the_published_fit_of_role_conflict(toby):
    """Goodman's example in R poLCA: log-likelihoods printed in poLCA, man/values.Rd; shares, BIC and G2 of two classes in
    broom, reference of glance.poLCA. The other G2 follow from the log-likelihoods and that of the table itself."""
    patterns, _ = patterns_of(toby, Design(), ITEMS)
    table, fits = choose_classes(patterns, 3)
    saturated = sum(n * np.log(n / 216) for n in COUNTS)
    assert table["log_likelihood"].to_list() == pytest.approx([-543.6498, -504.4677, -503.3011], abs=1e-4)
    assert table["g2"].to_list() == pytest.approx(2 * (saturated - np.array([-543.6498, -504.4677, -503.3011])), abs=3e-4)
    assert table["g2"][1] == pytest.approx(2.719922, abs=1e-5)
    assert table["degrees"].to_list() == [11, 6, 1]
    assert table["bic"][1] == pytest.approx(1057.313, abs=1e-3)
    assert table["bic"].arg_min() == 1
    assert fits[1].shares == pytest.approx([0.7208, 0.2792], abs=6e-5)
    assert fits[1].reached == 20


def drawn(seed, n=2000):
    """Two made-up classes, four items, class shares 0.7 and 0.3 in group a, 0.4 and 0.6 in group b."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    group = rng.integers(0, 2, n)
    first = rng.random(n) < np.where(group == 0, 0.7, 0.4)
    answers = {f"m{k}": (rng.random(n) < np.where(first, 0.8, 0.25)).astype(int) for k in range(4)}
    return Microdata(pl.DataFrame({**answers, "group": np.array(["a", "b"])[group], "first": first})), first


def test_classes_come_back_and_the_correction_undoes_the_pull_to_zero(every):
    names = [f"m{k}" for k in range(4)]
    hits, rounds, naive, corrected = 0, 60 if every else 15, [], []
    for seed in range(rounds):
        data, _ = drawn(seed, 900)
        patterns, _ = patterns_of(data, Design(), names)
        fit = fit_classes(patterns, 2, 5)
        high = int(np.argmax(fit.answers[0][:, 1]))
        table = classes_by_group(data, Design(), fit, patterns, "group").filter(pl.col("class") == high + 1)
        row = table.filter(pl.col("group") == "a").row(0, named=True)
        hits += row["low"] <= 0.7 <= row["high"]
        corrected.append(table["share"][0] - table["share"][1])
        given = fit.posterior.argmax(axis=1)[patterns.of_row] == high
        marks = (data.frame["group"] == "a").to_numpy()
        naive.append(given[marks].mean() - given[~marks].mean())
    assert np.mean(corrected) == pytest.approx(0.3, abs=0.035)
    assert np.mean(naive) < 0.25
    assert hits >= 0.8 * rounds
    assert table["p"][0] < 0.01


def test_the_errors_of_classes_and_their_inverse(toby):
    patterns, _ = patterns_of(toby, Design(), ITEMS)
    fit = fit_classes(patterns, 2)
    errors = error_matrix(fit, patterns)
    assert errors.sum(axis=1) == pytest.approx([1, 1])
    weights = corrected_weights(fit, patterns)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(patterns.codes)))
    assert patterns.weight @ weights / patterns.n == pytest.approx(fit.shares, abs=1e-4)


def test_missing_answers_and_weights_are_used(toby):
    frame = toby.frame.with_columns(
        pl.when(pl.int_range(pl.len()) % 9 == 0).then(None).otherwise(pl.col("D")).alias("D")
    )
    patterns, answers = patterns_of(Microdata(frame), Design(), ITEMS)
    fit = fit_classes(patterns, 2)
    assert fit.g2 is None
    assert patterns.n == pytest.approx(216)
    assert class_table(fit, ITEMS, answers).group_by("class", "item").agg(pl.col("probability").sum())[
        "probability"
    ].to_list() == pytest.approx([1.0] * 8)
    counted = pl.DataFrame([[(i >> k) & 1 for k in (3, 2, 1, 0)] for i in range(16)], schema=ITEMS, orient="row")
    weighted, _ = patterns_of(Microdata(counted.with_columns(w=pl.Series(COUNTS))), Design("w"), ITEMS)
    whole, _ = patterns_of(toby, Design(), ITEMS)
    assert fit_classes(weighted, 2).shares == pytest.approx(fit_classes(whole, 2).shares, abs=1e-4)


def test_classes_that_cannot_be_told_apart_are_told(toby):
    patterns, _ = patterns_of(toby, Design(), ITEMS)
    fit = fit_classes(patterns, 2, 3)
    alike = replace(fit, posterior=np.full_like(fit.posterior, 0.5))
    with pytest.raises(BadInput) as caught:
        classes_by_group(toby, Design(), alike, patterns, "A")
    assert caught.value.key == "surveys.classes.unsure"
    with pytest.raises(BadInput, match="two questions"):
        patterns_of(toby, Design(), ["A"])


def test_the_map_of_two_questions_is_simple_correspondence():
    """Inertias are (1 + r) / 2 and (1 - r) / 2, r the canonical correlations of the table (Greenacre 2017, ch. 18)."""
    rng = np.random.Generator(np.random.Philox(key=3))
    table = rng.integers(5, 60, (3, 4)).astype(float)
    rows = [(str(i), str(j), table[i, j]) for i in range(3) for j in range(4)]
    data = Microdata(pl.DataFrame(rows, schema=["u", "v", "w"], orient="row"))
    found = correspondence(data, Design("w"), ["u", "v"])
    p = table / table.sum()
    r, c = p.sum(axis=1), p.sum(axis=0)
    rho = np.linalg.svd((p - np.outer(r, c)) / np.sqrt(np.outer(r, c)), compute_uv=False)[:2]
    expected = sorted([*(0.5 + rho / 2), 0.5, *(0.5 - rho / 2)], reverse=True)
    assert found.inertias["inertia"].to_numpy() == pytest.approx(expected)
    assert found.inertias["inertia"].sum() == pytest.approx(7 / 2 - 1)
    assert found.inertias["adjusted"][:2].to_numpy() == pytest.approx(rho**2)


def test_points_are_those_of_the_indicator_matrix(toby):
    """Slow twin: singular values of the indicator matrix; points are barycentres of the respondents' scores."""
    found = correspondence(toby, Design(), ITEMS)
    z = np.column_stack([toby.frame[item].to_numpy() == k for item in ITEMS for k in (0, 1)]).astype(float)
    p = z / z.sum()
    r, c = p.sum(axis=1), p.sum(axis=0)
    u, s, _ = np.linalg.svd((p - np.outer(r, c)) / np.sqrt(np.outer(r, c)), full_matrices=False)
    assert found.inertias["inertia"].to_numpy() == pytest.approx((s**2)[:4])
    standard = u[:, 0] / np.sqrt(r)
    barycentres = (z * standard[:, None]).sum(axis=0) / z.sum(axis=0)
    x = found.points["x"].to_numpy()
    assert np.abs(x) == pytest.approx(np.abs(barycentres), abs=1e-9)
    assert float(found.points["mass"].to_numpy() @ x) == pytest.approx(0, abs=1e-12)


def test_a_map_needs_two_questions(toby):
    with pytest.raises(BadInput) as caught:
        correspondence(toby, Design(), ["A"])
    assert caught.value.key == "surveys.map.variables"
