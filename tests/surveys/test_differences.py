"""Tests of independence, differences by pairs, waves, many tests."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys import differences as d
from qonys.surveys.design import Design
from qonys.surveys.differences import corrected, differences, independence, shares_by_group, trend
from qonys.surveys.estimates import EstimateSpec, estimate
from qonys.surveys.reading import Microdata

pytest.importorskip("svy")


def drawn(seed, n=600, pull=0.0, spread=0.0):
    """Made-up answers by group in 6 strata of 10 clusters; `spread` makes clusters alike, `pull` groups different."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    stratum, cluster = rng.integers(0, 6, n), rng.integers(0, 10, n)
    shared = rng.normal(0, spread, (6, 10))[stratum, cluster] if spread else np.zeros(n)
    group = rng.integers(0, 3, n)
    p = 1 / (1 + np.exp(-(-0.5 + shared + pull * (group == 2))))
    return Microdata(
        pl.DataFrame(
            {
                "h": stratum, "c": cluster, "w": rng.uniform(0.5, 2, n),
                "group": np.array(["a", "b", "c"])[group], "answer": np.where(rng.random(n) < p, "go", "stay"),
            }
        )
    )  # fmt: skip


DESIGN = Design("w", "h", "c")


def test_without_a_design_the_test_is_pearsons():
    """Equal weights, no clusters: the Rao-Scott F is close to Pearson's chi-square over its degrees."""
    data = drawn(1, pull=0.8)
    found = independence(data, Design(), "answer", "group")
    table = data.frame.pivot("answer", index="group", values="w", aggregate_function="len").drop("group").to_numpy()
    chi2 = stats.chi2_contingency(table, correction=False)
    assert found["pearson"] == pytest.approx(chi2.statistic, rel=0.01)
    assert found["f"] == pytest.approx(chi2.statistic / 2, rel=0.02)
    assert found["p"] == pytest.approx(chi2.pvalue, rel=0.2)


def test_shares_and_errors_are_those_of_the_library():
    data = drawn(2, spread=0.8)
    ours = shares_by_group(data, DESIGN, "answer", "group")
    library = estimate(data, DESIGN, EstimateSpec("share", "answer", by=("group",))).table.sort("group", "answer")
    assert ours.shares.ravel() == pytest.approx(library["estimate"].to_numpy())
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(library["se"].to_numpy())


def test_size_under_no_difference_when_clusters_are_alike(every):
    """Groups that do not differ, alike clusters: 5 % of the tests find one, in a binomial band."""
    rounds = 400 if every else 30
    found = sum(
        independence(drawn(100 + i, 300, spread=0.7), DESIGN, "answer", "group")["p"] < 0.05 for i in range(rounds)
    )
    assert found <= 0.05 * rounds + 3 * np.sqrt(0.05 * 0.95 * rounds)


def test_a_planted_difference_is_found_and_where_it_lies():
    data = drawn(3, 1500, pull=1.2)
    assert independence(data, DESIGN, "answer", "group")["p"] < 1e-4
    pairs = differences(data, DESIGN, "answer", "group").filter(pl.col("answer") == "go")
    p = {(row["first"], row["second"]): row["p_holm"] for row in pairs.iter_rows(named=True)}
    assert p["a", "c"] < 0.01
    assert p["b", "c"] < 0.01
    assert p["a", "b"] > 0.05


def test_corrections_by_hand():
    """Holm (1979) and Benjamini and Hochberg (1995) worked on four p-values."""
    frame = corrected(pl.DataFrame({"p": [0.01, 0.04, 0.03, 0.005, None]}))
    assert frame["p_holm"].to_list() == [pytest.approx(v) if v else None for v in (0.03, 0.06, 0.06, 0.02, None)]
    assert frame["p_bh"].to_list() == [pytest.approx(v) if v else None for v in (0.02, 0.04, 0.04, 0.02, None)]


def test_many_tests_in_one_table():
    data = drawn(4, pull=0.9)
    more = Microdata(data.frame.with_columns(other=pl.col("answer").reverse(), kind=pl.col("c").cast(pl.String)))
    found = d.tests_of_groups(more, DESIGN, ["answer", "other"], ["group", "kind"])
    assert found.height == 4
    assert (found["p_holm"] >= found["p_bh"]).all()
    assert (found["p_bh"] >= found["p"]).all()


def test_a_trend_between_independent_waves():
    """Waves that share nothing: the variance of the change is the sum of the two."""
    first, second = drawn(5), drawn(6, pull=0.6)
    frame = pl.concat(
        [part.frame.with_columns(wave=pl.lit(str(i)), h=pl.col("h") + 10 * i) for i, part in enumerate((first, second))]
    )
    found = trend(Microdata(frame), DESIGN, "answer", "wave").filter(pl.col("answer") == "go").row(0, named=True)
    parts = [
        estimate(part, DESIGN, EstimateSpec("share", "answer")).table.filter(pl.col("answer") == "go").row(0, named=True)
        for part in (first, second)
    ]
    assert found["difference"] == pytest.approx(parts[1]["estimate"] - parts[0]["estimate"])
    assert found["se"] == pytest.approx(np.hypot(parts[0]["se"], parts[1]["se"]))


def test_one_group_is_refused():
    data = Microdata(pl.DataFrame({"answer": ["go", "stay"], "group": ["a", "a"]}))
    for work in (independence, shares_by_group):
        with pytest.raises(BadInput) as caught:
            work(data, Design(), "answer", "group")
        assert caught.value.key == "surveys.one_category"
