"""Independence of irrelevant alternatives: by definition on statsmodels, closed form, size, power; faults named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.design import Design, quietly
from qonys.surveys.iia import iia_tests, wald, without
from qonys.surveys.reading import Microdata

ASKED = ChoiceSpec("y", ("x", "z"), reference="stay")
DESIGN = Design("", "", "c")


def drawn(seed, n=900, alike=1.0, noise=None):
    """Three answers; `alike` below one ties the last two (nested logit with that dissimilarity)."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    x, z = rng.normal(size=n), rng.normal(size=n)
    inside = np.column_stack([0.2 + 1.5 * x, -0.3 + 1.5 * z])
    sums = np.exp(inside / alike).sum(axis=1)
    chance = 1 / (1 + np.exp(-alike * np.log(sums)))
    go = rng.random(n) < chance
    near = rng.random(n) < np.exp(inside[:, 0] / alike) / sums
    y = np.where(go, np.where(near, "near", "far"), "stay")
    return Microdata(pl.DataFrame({"y": y, "x": x, "z": z, "c": rng.integers(0, 60, n)}))


def test_statistics_by_definition_on_another_library():
    import statsmodels.api as sm

    data = drawn(1)
    ours = {row["test"]: row["statistic"] for row in iia_tests(data, Design(), ASKED).iter_rows(named=True)
            if row["without"] == "far"}  # fmt: skip
    x = sm.add_constant(data.frame.select("x", "z").to_numpy())
    code = data.frame["y"].replace_strict({"stay": 0, "near": 1, "far": 2}).to_numpy()
    part = quietly(lambda: sm.Logit(code[code < 2], x[code < 2]).fit(disp=0))
    whole = quietly(lambda: sm.MNLogit(code, x).fit(disp=0))
    apart = part.params - whole.params[:, 0]
    between = part.cov_params() - np.asarray(whole.cov_params())[:3, :3]
    assert ours["hausman"] == pytest.approx(apart @ np.linalg.solve(between, apart), rel=1e-4)
    first = np.random.Generator(np.random.Philox(key=1)).random(len(code)) < 0.5
    one, other = (quietly(lambda m=m: sm.MNLogit(code[m], x[m]).fit(disp=0)).params[:, 0] for m in (first, ~first))
    held = ~first & (code < 2)
    half = sm.Logit(code[held], x[held])
    best = quietly(lambda: half.fit(disp=0)).params
    mixed = one / np.sqrt(2) + (1 - 1 / np.sqrt(2)) * other
    assert ours["small_hsiao"] == pytest.approx(2 * (half.loglike(best) - half.loglike(mixed)), rel=1e-5)


def test_a_saturated_model_cannot_be_tested():
    """Closed form: with one regressor of categories, odds of two answers are those of the table without the third."""
    data = drawn(2)
    two = Microdata(data.frame.with_columns(g=pl.when(pl.col("x") > 0).then(pl.lit("a")).otherwise(pl.lit("b"))))
    found = iia_tests(two, Design(), ChoiceSpec("y", ("g",), reference="stay")).filter(pl.col("test") != "small_hsiao")
    assert found["statistic"].to_list() == [0.0] * 4
    assert found["p"].null_count() == 4


def test_size_and_power(every):
    """Where the answers are independent the statistics are about their degrees; where two are alike `wald` rings."""
    even = pl.concat([iia_tests(drawn(100 + i), DESIGN, ASKED, i) for i in range(8 if every else 3)])
    means = even.drop_nulls("p").group_by("test").agg(pl.col("statistic").mean(), (pl.col("p") < 0.01).sum())
    found = {test: (value, small) for test, value, small in means.rows()}
    assert 0.4 < found["wald"][0] < 2
    assert 1.5 < found["small_hsiao"][0] < 5
    assert found["wald"][1] + found["small_hsiao"][1] <= (4 if every else 2)
    rung, rounds = 0, 8 if every else 3
    for seed in range(rounds):
        data = drawn(300 + seed, alike=0.3)
        fits = (fit_choice(data, DESIGN, ASKED), fit_choice(without(data, "y", "far"), DESIGN, ASKED))
        rung += wald(*fits, data, DESIGN)["p"] < 0.05
    assert rung >= rounds - rounds // 3


def test_clusters_that_double_every_answer_leave_the_test_under_the_design_as_it_was():
    """Each respondent twice, in one cluster: the classical test grows, that under the design does not."""
    data = drawn(4, alike=0.6)
    once = Microdata(data.frame.with_row_index("id"))
    twice = Microdata(pl.concat([once.frame, once.frame]))
    tables = [iia_tests(d, Design("", "", "id"), ASKED).filter(pl.col("without") == "far") for d in (once, twice)]
    classical, under = (
        [t.filter(pl.col("test") == test)["statistic"][0] for t in tables] for test in ("hausman", "wald")
    )
    assert under[1] == pytest.approx(under[0], rel=1e-4)
    assert classical[1] == pytest.approx(2 * classical[0], rel=1e-4)


def test_faults_are_named():
    data = drawn(5, 200)
    with pytest.raises(BadInput) as caught:
        iia_tests(data, Design(), ChoiceSpec("y", ("x",), "ordered"))
    assert caught.value.key == "surveys.iia.kind"
    two = Microdata(data.frame.filter(pl.col("y") != "far"))
    with pytest.raises(BadInput) as caught:
        iia_tests(two, Design(), ASKED)
    assert caught.value.key == "surveys.iia.few"
