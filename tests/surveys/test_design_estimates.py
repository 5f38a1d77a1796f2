"""Designs and weighted tables against R survey, SAS and a plain twin; what cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.design import Design, design_covariance, plan_of, with_design
from qonys.surveys.estimates import EstimateSpec, estimate
from qonys.surveys.linear import fit_linear
from qonys.surveys.reading import Microdata

pytest.importorskip("svy")
HERE = Path(__file__).parent
ICE = [
    "7",
    "34",
    "7",
    "7",
    "34",
    "7",
    "7",
    "412",
    "4",
    "9",
    "27",
    "14",
    "7",
    "34",
    "2",
    "9",
    "230",
    "15",
    "9",
    "27",
    "15",
    "7",
    "501",
    "2",
    "9",
    "230",
    "8",
    "9",
    "230",
    "7",
    "7",
    "501",
    "3",
    "8",
    "59",
    "20",
    "7",
    "403",
    "4",
    "7",
    "403",
    "11",
    "8",
    "59",
    "13",
    "8",
    "59",
    "17",
    "8",
    "143",
    "12",
    "8",
    "143",
    "16",
    "8",
    "59",
    "18",
    "9",
    "235",
    "9",
    "8",
    "143",
    "10",
    "9",
    "312",
    "8",
    "9",
    "235",
    "6",
    "9",
    "235",
    "11",
    "9",
    "312",
    "10",
    "7",
    "321",
    "6",
    "8",
    "156",
    "19",
    "8",
    "156",
    "14",
    "7",
    "321",
    "3",
    "7",
    "321",
    "12",
    "7",
    "489",
    "2",
    "7",
    "489",
    "9",
    "7",
    "78",
    "1",
    "7",
    "78",
    "10",
    "7",
    "489",
    "2",
    "7",
    "156",
    "1",
    "7",
    "78",
    "6",
    "7",
    "412",
    "6",
    "7",
    "156",
    "2",
    "9",
    "301",
    "8",
]


@pytest.fixture(scope="module")
def schools():
    """California schools, stratified sample: `apistrat` of R survey (Lumley 2010), as Survey.jl ships it (MIT licence)."""
    rows = pl.read_csv(HERE / "apistrat.csv")
    schools = rows.with_columns(all=pl.col("stype").replace_strict({"E": 4421, "M": 1018, "H": 755}))
    return Microdata(schools.with_columns(weight=pl.col("all") / pl.len().over("stype")))


@pytest.fixture(scope="module")
def ice():
    """Ice cream study of the SAS/STAT guide, SURVEYMEANS example 1: 40 pupils in 16 study groups."""
    groups = pl.Series(ICE[0::3])
    total, drawn = {"7": 608, "8": 252, "9": 403}, {"7": 8, "8": 3, "9": 5}
    return Microdata(
        pl.DataFrame(
            {
                "grade": groups, "study": ICE[1::3], "spending": [float(value) for value in ICE[2::3]],
                "in_all": [total[g] for g in groups], "weight": [total[g] / drawn[g] for g in groups],
            }
        ).with_columns(group=pl.when(pl.col("spending") < 10).then(pl.lit("less")).otherwise(pl.lit("more")))
    )  # fmt: skip


STRAT = Design("weight", "stype", fpc="all")
ICED = Design("weight", "grade", "study", "in_all")


@pytest.mark.parametrize(
    ("asked", "value", "se"),
    [
        (EstimateSpec("mean", "api00"), 662.2874, 9.408940),
        (EstimateSpec("total", "enroll"), 3687177.5, 114641.7),
        (EstimateSpec("ratio", "api_stu", over="enroll"), 0.8369569, 0.007757103),
    ],
)
def test_the_numbers_printed_by_r_survey(schools, asked, value, se):
    row = estimate(schools, STRAT, asked).table.row(0, named=True)
    assert row["estimate"] == pytest.approx(value, rel=1e-6)
    assert row["se"] == pytest.approx(se, rel=1e-6)


def test_the_regression_printed_by_r_survey(schools):
    """svyglm(api00 ~ ell + meals + mobility, design = dstrat), as R survey prints it."""
    table = fit_linear(schools, STRAT, "api00", ("ell", "meals", "mobility")).table
    assert table["estimate"].to_list() == pytest.approx([820.8873, -0.4806, -3.1415, 0.2257], abs=5e-5)
    assert table["se"].to_list() == pytest.approx([10.0777, 0.3920, 0.2839, 0.3932], abs=5e-5)


def test_a_regression_leaves_out_missing_answers_and_names_collinear_regressors(schools):
    frame = schools.frame.with_columns(twice=2 * pl.col("ell"), gap=pl.when(pl.col("ell") > 5).then(pl.col("api00")))
    data = Microdata(frame)
    fit = fit_linear(data, STRAT, "gap", ("meals",))
    assert (fit.n, fit.left_out) == (int((frame["ell"] > 5).sum()), int((frame["ell"] <= 5).sum()))
    with pytest.raises(BadInput) as caught:
        fit_linear(data, STRAT, "api00", ("ell", "twice"))
    assert caught.value.key == "surveys.model.collinear"


def test_the_design_effect_printed_by_r_survey_without_finite_population(schools):
    row = estimate(schools, STRAT, EstimateSpec("mean", "api00")).table.row(0, named=True)
    api, weight = (schools.frame[name].to_numpy().astype(float) for name in ("api00", "weight"))
    mean = np.average(api, weights=weight)
    simple = np.average((api - mean) ** 2, weights=weight) / (len(api) - 1)
    assert row["deff"] == pytest.approx(row["se"] ** 2 / simple, rel=0.01)


def test_the_numbers_printed_by_sas(ice):
    row = estimate(ice, ICED, EstimateSpec("mean", "spending")).table.row(0, named=True)
    assert row["estimate"] == pytest.approx(8.923860, abs=1e-6)
    assert row["se"] == pytest.approx(0.650859, abs=1e-6)
    assert (row["low"], row["high"]) == (pytest.approx(7.51776370, abs=1e-7), pytest.approx(10.3299565, abs=1e-7))
    assert (row["df"], row["n"]) == (13, 40)


def twin(values, weight, stratum, cluster, share):
    """Variance of a weighted total by plain loops over strata and clusters (Wolter 2007, eq. 6.11.1)."""
    total = 0.0
    for h in set(stratum):
        inside = [i for i in range(len(values)) if stratum[i] == h]
        sums = {}
        for i in inside:
            sums[cluster[i]] = sums.get(cluster[i], 0.0) + weight[i] * values[i]
        n, mean = len(sums), sum(sums.values()) / len(sums)
        total += (1 - share[h]) * n / (n - 1) * sum((s - mean) ** 2 for s in sums.values())
    return total


def test_the_covariance_is_that_of_plain_loops_and_of_the_library(ice):
    frame = ice.frame
    held = with_design(frame, ICED)
    plan = plan_of(held, ICED)
    spending = frame["spending"].to_numpy()
    v = design_covariance((plan.weight * spending)[:, None], plan)[0, 0]
    share = {"7": 8 / 608, "8": 3 / 252, "9": 5 / 403}
    assert v == pytest.approx(twin(spending, plan.weight, frame["grade"], frame["study"], share), rel=1e-12)
    library = estimate(ice, ICED, EstimateSpec("total", "spending")).table.row(0, named=True)
    assert np.sqrt(v) == pytest.approx(library["se"], rel=1e-10)
    assert plan.degrees == 13


def test_a_domain_keeps_the_design(ice):
    """A mean in a domain is a ratio of totals over the whole sample: missing answers and other domains are zeros."""
    found = estimate(ice, ICED, EstimateSpec("mean", "spending", by=("group",))).table
    plan = plan_of(with_design(ice.frame, ICED), ICED)
    inside = (ice.frame["group"] == "less").to_numpy()
    y, w = ice.frame["spending"].to_numpy(), plan.weight * inside
    mean = w @ y / w.sum()
    se = np.sqrt(design_covariance((w * (y - mean) / w.sum())[:, None], plan)[0, 0])
    row = found.filter(pl.col("group") == "less").row(0, named=True)
    assert (row["estimate"], row["se"]) == (pytest.approx(mean), pytest.approx(se))
    gap = Microdata(ice.frame.with_columns(pl.when(pl.col("group") == "less").then(pl.col("spending"))))
    part = estimate(gap, ICED, EstimateSpec("mean", "spending"))
    assert part.left_out == int((~inside).sum())
    assert part.table["se"][0] == pytest.approx(se)


def test_shares_and_cross_shares_add_up(ice):
    shares = estimate(ice, ICED, EstimateSpec("share", "group", by=("grade",))).table
    assert shares.group_by("grade").agg(pl.col("estimate").sum())["estimate"].to_list() == pytest.approx([1, 1, 1])
    cross = estimate(ice, ICED, EstimateSpec("cross", "group", by=("grade",))).table
    assert cross["estimate"].sum() == pytest.approx(1)
    assert cross.columns[:2] == ["grade", "answer"]


def test_an_answer_that_all_give_has_no_error_and_no_design_effect():
    frame = pl.DataFrame({"g": ["a"] * 4 + ["b"] * 4, "y": ["no"] * 4 + ["yes", "no", "yes", "no"], "w": [1.0] * 8})
    found = estimate(Microdata(frame), Design("w"), EstimateSpec("share", "y", ("g",))).table
    row = found.filter((pl.col("g") == "a") & (pl.col("answer") == "no")).row(0, named=True)
    assert (row["estimate"], row["se"]) == (1, 0)


def test_coverage_of_intervals_on_samples_of_a_known_population(every):
    """Cluster samples of a made-up population: 95 % intervals hold its mean in a binomial band."""
    rng = np.random.Generator(np.random.Philox(key=5))
    level = rng.normal(0, 1, (4, 60)) + np.arange(4)[:, None]
    people = level[:, :, None] + rng.normal(0, 1, (4, 60, 8))
    truth, hits, rounds = people.mean(), 0, 1000 if every else 60
    for _ in range(rounds):
        picked = np.array([rng.choice(60, 8, replace=False) for _ in range(4)])
        y = people[np.arange(4)[:, None], picked].reshape(4 * 8 * 8)
        cluster = np.repeat(np.arange(32), 8)
        frame = pl.DataFrame({"h": np.repeat(np.arange(4), 64), "c": cluster, "all": np.full(256, 60)})
        design = Design("", "h", "c", "all")
        plan = plan_of(with_design(frame, design), design)
        se = np.sqrt(design_covariance(((y - y.mean()) / len(y))[:, None], plan)[0, 0])
        hits += abs(y.mean() - truth) <= 2.048 * se
    assert abs(hits - 0.95 * rounds) <= 3 * np.sqrt(0.95 * 0.05 * rounds)


def test_a_design_without_clusters_would_be_caught(ice):
    """Planted fault: leaving the clusters out gives another error, so the comparison with SAS can ring."""
    wrong = estimate(ice, Design("weight", "grade"), EstimateSpec("mean", "spending")).table.row(0, named=True)
    assert abs(wrong["se"] - 0.650859) > 0.05


@pytest.mark.parametrize(
    ("weights", "key"),
    [([1.0, None, 1.0, 1.0], "missing"), ([1.0, -1.0, 1.0, 1.0], "negative"), ([0.0, 1.0, 1.0, 1.0], "zero")],
)
def test_bad_weights_are_named(weights, key):
    frame = pl.DataFrame({"w": weights, "y": [1.0, 2, 3, 4]})
    with pytest.raises(BadInput) as caught:
        estimate(Microdata(frame), Design("w"), EstimateSpec("mean", "y"))
    assert caught.value.key == f"surveys.weight.{key}"
    assert caught.value.values["n"] == 1
    for language in ("ru", "kk", "en"):
        assert "w" in caught.value.sentence(language)


def test_a_lonely_cluster_is_refused_or_centred(ice):
    frame = ice.frame.with_columns(
        pl.when(pl.col("grade") == "8").then(pl.lit("one")).otherwise(pl.col("study")).alias("study")
    )
    with pytest.raises(BadInput) as caught:
        estimate(Microdata(frame), Design("weight", "grade", "study"), EstimateSpec("mean", "spending"))
    assert (caught.value.key, caught.value.values["strata"]) == ("surveys.lonely", "8")
    centred = Design("weight", "grade", "study", single_psu="centre")
    library = estimate(Microdata(frame), centred, EstimateSpec("mean", "spending")).table["se"][0]
    plan = plan_of(with_design(frame, centred), centred)
    y = frame["spending"].to_numpy()
    mean = np.average(y, weights=plan.weight)
    ours = design_covariance((plan.weight * (y - mean) / plan.weight.sum())[:, None], plan)[0, 0]
    assert np.sqrt(ours) == pytest.approx(library, rel=1e-9)


@pytest.mark.parametrize(
    ("design", "key"),
    [
        (Design("nothing"), "surveys.no_column"),
        (Design("w", "s"), "surveys.no_code"),
        (Design("w", "", "", "a"), "surveys.in_all"),
    ],
)
def test_other_faults_of_a_design(design, key):
    frame = pl.DataFrame({"w": [1.0, 1, 1], "s": ["a", None, "a"], "a": [2, 2, 2], "y": [1.0, 2, 3]})
    with pytest.raises(BadInput) as caught:
        estimate(Microdata(frame), design, EstimateSpec("mean", "y"))
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (lambda: EstimateSpec("median", "y"), "surveys.choice"),
        (lambda: EstimateSpec("ratio", "y"), "surveys.ratio"),
        (lambda: EstimateSpec("cross", "y"), "surveys.cross"),
        (lambda: EstimateSpec("mean", "y", confidence=1.0), "surveys.confidence"),
        (lambda: EstimateSpec("share", "y", ("y",)), "surveys.same_variable"),
        (lambda: Design(single_psu="ignore"), "surveys.choice"),
    ],
)
def test_questions_that_cannot_be_asked(asked, key):
    with pytest.raises(BadInput) as caught:
        asked()
    assert caught.value.key == key
