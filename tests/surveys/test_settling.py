"""Survival, competing ends and hazards against textbook figures, hand work and closed forms."""

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.settling import (
    Stays,
    hazard,
    incidence,
    person_years,
    same_survival,
    settled_after,
    survival,
)  # fmt: skip

# Freireich et al. (1963), weeks of remission; + is censored. Table and errors: Collett (2003), Klein (2003).
DRUG = [
    "6",
    "6",
    "6",
    "6+",
    "7",
    "9+",
    "10",
    "10+",
    "11+",
    "13",
    "16",
    "17+",
    "19+",
    "20+",
    "22",
    "23",
    "25+",
    "32+",
    "32+",
    "34+",
    "35+",
]
PLACEBO = [
    "1",
    "1",
    "2",
    "2",
    "3",
    "4",
    "4",
    "5",
    "5",
    "8",
    "8",
    "8",
    "8",
    "11",
    "11",
    "12",
    "12",
    "15",
    "17",
    "22",
    "23",
]


def records(texts, group):
    return pl.DataFrame(
        {
            "years": [float(text.rstrip("+")) for text in texts],
            "end": [None if text.endswith("+") else "return" for text in texts], "group": [group] * len(texts),
        },
        schema={"years": pl.Float64, "end": pl.String, "group": pl.String},
    )  # fmt: skip


@pytest.fixture(scope="module")
def remission():
    return Stays(pl.concat([records(DRUG, "drug"), records(PLACEBO, "placebo")]))


def test_the_textbook_curve_and_its_errors(remission):
    curve = survival(remission, "group").filter(pl.col("group") == "drug")
    assert curve["years"].to_list() == [6, 7, 10, 13, 16, 22, 23]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve["settled"].to_list() == pytest.approx(expected, abs=5e-5)
    assert curve["se"].to_list() == pytest.approx(errors, abs=5e-5)
    assert curve["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]


def test_the_textbook_log_rank_test(remission):
    found = same_survival(remission, "group")
    assert found["chi2"] == pytest.approx(16.79, abs=0.005)
    assert (found["degrees"], found["p"] < 1e-4) == (1, True)


def test_the_curve_is_that_of_lifelines(remission):
    lifelines = pytest.importorskip("lifelines")
    from qonys.surveys.design import quietly

    drug = Stays(remission.frame.filter(pl.col("group") == "drug"))
    fit = quietly(lambda: lifelines.KaplanMeierFitter().fit(drug.frame["years"].to_numpy(), drug.ended))
    ends = fit.confidence_interval_.loc[[6.0, 10.0, 23.0]].to_numpy()
    ours = survival(drug).filter(pl.col("years").is_in([6.0, 10.0, 23.0])).select("low", "high").to_numpy()
    assert ours == pytest.approx(ends, abs=1e-9)


def test_settled_after_says_nothing_beyond_what_was_watched(remission):
    table = settled_after(remission, [5, 10, 40], "group")
    drug = table.filter(pl.col("group") == "drug")
    assert drug["settled"].to_list()[:2] == [1.0, pytest.approx(0.7529, abs=1e-4)]
    assert drug["settled"][2] is None


def test_incidence_without_censoring_is_the_share_and_with_it_hand_work():
    ends = ["return", "move", "return", "death", "move", "return"]
    whole = Stays(pl.DataFrame({"years": [1.0, 2, 3, 4, 5, 6], "end": ends}))
    last = incidence(whole).group_by("end").agg(pl.col("share").last())
    assert dict(last.rows()) == {
        "return": pytest.approx(3 / 6),
        "move": pytest.approx(2 / 6),
        "death": pytest.approx(1 / 6),
    }
    cut = Stays(pl.DataFrame({"years": [1.0, 2, 3, 4], "end": ["return", None, "move", "return"]}))
    found = {end: part["share"].to_list()[-1] for (end,), part in incidence(cut).group_by("end")}
    # S(1) = 3/4; at 3 of two at risk one moves: 3/4 * 1/2; at 4 the last returns: 1/4 + 3/8
    assert found == {"return": pytest.approx(1 / 4 + 3 / 8), "move": pytest.approx(3 / 8)}


def test_the_hazard_without_covariates_is_the_life_table(remission):
    frame = remission.frame.with_columns(pl.col("years") / 6)
    stays = Stays(frame)
    cells = person_years(stays, 3)
    found = hazard(stays, most=3)
    share = (cells["left"] / cells["at_risk"]).to_numpy()
    assert found["estimate"].to_numpy() == pytest.approx(np.log(share / (1 - share)), abs=1e-6)
    assert cells["at_risk"][0] == 42 - 0
    assert cells["left"][0] == int(((frame["years"] <= 1) & frame["end"].is_not_null()).sum())


def test_a_true_hazard_is_covered(every):
    """Made-up cohorts: 95 % intervals of the log-odds ratio of a group hold the truth in a binomial band."""
    hits, rounds, truth = 0, 200 if every else 20, 0.7
    for seed in range(rounds):
        rng = np.random.Generator(np.random.Philox(key=seed))
        group = rng.integers(0, 2, 600)
        p = 1 / (1 + np.exp(2.0 - truth * group))
        years = rng.geometric(p).astype(float)
        end = np.where(years > 5, None, "return")
        frame = pl.DataFrame(
            {"years": np.minimum(years, 5), "end": pl.Series(end.tolist(), dtype=pl.String), "g": group.astype(str)}
        )
        row = hazard(Stays(frame), ["g"], 5).filter(pl.col("term") == "g=1").row(0, named=True)
        hits += row["low"] <= truth <= row["high"]
    assert abs(hits - 0.95 * rounds) <= 3 * np.sqrt(0.95 * 0.05 * rounds)


def test_censoring_taken_as_leaving_would_be_caught(remission):
    """Planted fault: those still in remission counted as relapsed give another curve than the textbook's."""
    wrong = Stays(remission.frame.with_columns(end=pl.lit("return")))
    curve = survival(wrong, "group").filter((pl.col("group") == "drug") & (pl.col("years") == 10))
    assert abs(curve["settled"][0] - 0.7529) > 0.02


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        ({"years": [1.0, -2.0], "end": ["return", None]}, "surveys.settling.years"),
        ({"years": [1.0, None], "end": ["return", None]}, "surveys.settling.years"),
        ({"time": [1.0], "end": ["return"]}, "surveys.settling.columns"),
    ],
)
def test_records_that_cannot_be_used(frame, key):
    with pytest.raises(BadInput) as caught:
        Stays(pl.DataFrame(frame))
    assert caught.value.key == key


def test_faults_of_the_hazard_are_named(remission):
    nobody = Stays(pl.DataFrame({"years": [1.0, 2.0], "end": [None, None]}, schema_overrides={"end": pl.String}))
    for work, key in (
        (lambda: survival(nobody), "surveys.settling.nobody_left"),
        (lambda: hazard(Stays(remission.frame.with_columns(same=pl.lit(1.0))), ["same"], 3), "surveys.model.collinear"),
        (lambda: hazard(remission, ["nothing"]), "surveys.no_variable"),
        (lambda: hazard(Stays(parted()), ["g"], 2), "surveys.model.separated"),
        (lambda: hazard(Stays(parted().with_columns(pl.col("years") + 5)), [], 7), "surveys.settling.flat_year"),
    ):
        with pytest.raises(BadInput) as caught:
            work()
        assert caught.value.key == key


def parted():
    """Group b never leaves."""
    rows = [(1.0, "return", "a"), (2.0, "return", "a"), (3.0, None, "a"), (3.0, None, "b"), (3.0, None, "b")] * 5
    return pl.DataFrame(rows, schema={"years": pl.Float64, "end": pl.String, "g": pl.String}, orient="row")
