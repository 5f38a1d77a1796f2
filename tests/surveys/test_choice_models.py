"""Models of intention against statsmodels, the survey library, closed forms, and recovery from simulation."""

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.design import Design, quietly
from qonys.surveys.reading import Microdata

DESIGN = Design("w", "h", "c")
LABELS = {"y": {"0": "stay", "1": "think", "2": "go"}}
TRUE = np.array([[0.2, 0.8, -0.5], [-0.6, -0.4, 0.7]])


def drawn(seed, n=1500, spread=0.0):
    rng = np.random.Generator(np.random.Philox(key=seed))
    h, c = rng.integers(0, 5, n), rng.integers(0, 12, n)
    x, g = rng.normal(size=n), rng.integers(0, 2, n)
    shared = rng.normal(0, spread, (5, 12))[h, c] if spread else np.zeros(n)
    utility = np.column_stack([np.zeros(n), *(b[0] + b[1] * x + b[2] * g + shared for b in TRUE)])
    y = (utility + rng.gumbel(size=(n, 3))).argmax(axis=1)
    w = rng.integers(1, 4, n).astype(float)
    return Microdata(pl.DataFrame({"h": h, "c": c, "w": w, "x": x, "g": g.astype(str), "y": y.astype(str)}), LABELS)


def test_a_multinomial_model_is_that_of_statsmodels():
    import statsmodels.api as sm

    data = drawn(1)
    ours = fit_choice(data, Design("w"), ChoiceSpec("y", ("x", "g")))
    rows = data.frame[np.repeat(np.arange(1500), data.frame["w"].cast(pl.Int64))]
    x = np.column_stack([np.ones(rows.height), rows["x"], (rows["g"] == "1").cast(pl.Float64)])
    theirs = quietly(lambda: sm.MNLogit(rows["y"].cast(pl.Int64).to_numpy(), x).fit(disp=0))
    assert ours.table["estimate"].to_numpy() == pytest.approx(theirs.params.T.ravel(), abs=1e-6)
    assert ours.likelihood[0] / 1500 == pytest.approx(theirs.llf / rows.height, rel=1e-8)
    effects = quietly(lambda: theirs.get_margeff(dummy=True).margeff)
    own = ours.effects.pivot("outcome", index="term", values="effect").drop("term").to_numpy()
    assert own[0] == pytest.approx(effects[0], abs=1e-6)
    assert own[1] == pytest.approx(effects[1], abs=1e-6)
    assert own.sum(axis=1) == pytest.approx([0, 0], abs=1e-9)


def test_an_ordered_model_is_that_of_statsmodels():
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    data = drawn(2)
    ours = fit_choice(data, Design("w"), ChoiceSpec("y", ("x", "g"), "ordered"))
    rows = data.frame[np.repeat(np.arange(1500), data.frame["w"].cast(pl.Int64))]
    x = np.column_stack([rows["x"], (rows["g"] == "1").cast(pl.Float64)])
    theirs = quietly(
        lambda: OrderedModel(rows["y"].cast(pl.Int64).to_numpy(), x, distr="logit").fit(disp=0, method="bfgs")
    )
    cuts = [theirs.params[2], theirs.params[2] + np.exp(theirs.params[3])]
    assert ours.table["estimate"].to_numpy() == pytest.approx([*cuts, *theirs.params[:2]], abs=1e-3)
    assert ours.likelihood[0] / 1500 == pytest.approx(theirs.llf / rows.height, rel=1e-6)


def test_design_errors_of_two_answers_are_those_of_the_library():
    svy = pytest.importorskip("svy")
    data = drawn(3, spread=0.7)
    two = Microdata(data.frame.with_columns(go=(pl.col("y") != "0").cast(pl.Int64)), {"go": {"0": "no", "1": "yes"}})
    ours = fit_choice(two, DESIGN, ChoiceSpec("go", ("x",)))
    frame = two.frame.with_columns(k=pl.col("h") * 100 + pl.col("c"))
    sample = quietly(lambda: svy.Sample(frame, svy.Design(wgt="w", stratum="h", psu="k")))
    fit = quietly(lambda: sample.glm.fit("go", x=["x"], family="binomial"))
    theirs = fit.to_polars()
    assert ours.table["estimate"].to_numpy() == pytest.approx(theirs["estimate"].to_numpy(), abs=1e-6)
    assert ours.table["se"].to_numpy() == pytest.approx(theirs["std_err"].to_numpy(), rel=1e-3)
    margin = ours.effects.filter(pl.col("outcome") == "yes")["effect"][0]
    p = 1 / (1 + np.exp(-(ours.parameters[0] + ours.parameters[1] * frame["x"].to_numpy())))
    assert margin == pytest.approx(np.average(p * (1 - p), weights=frame["w"]) * ours.parameters[1], rel=1e-5)


def test_a_saturated_model_gives_the_logs_of_the_odds():
    """One category against another: b = ln of the ratio of the odds of the weighted table."""
    data = drawn(4)
    fit = fit_choice(data, DESIGN, ChoiceSpec("y", ("g",)))
    table = data.frame.group_by("g", "y").agg(pl.col("w").sum()).sort("g", "y")["w"].to_numpy().reshape(2, 3)
    for place in (1, 2):
        odds = np.log(table[:, place] / table[:, 0])
        assert fit.parameters[2 * (place - 1) : 2 * place] == pytest.approx([odds[0], odds[1] - odds[0]], abs=1e-7)


def test_true_coefficients_are_covered(every):
    """Samples with alike clusters: 95 % intervals of the slope hold the truth in a binomial band."""
    rounds, hits = 100 if every else 12, 0
    for seed in range(rounds):
        table = fit_choice(drawn(200 + seed, 500), DESIGN, ChoiceSpec("y", ("x", "g"))).table
        row = table.filter((pl.col("outcome") == "go") & (pl.col("term") == "x")).row(0, named=True)
        hits += row["low"] <= TRUE[1, 1] <= row["high"]
    assert abs(hits - 0.95 * rounds) <= 3 * np.sqrt(0.95 * 0.05 * rounds)


def test_clusters_widen_the_error():
    """Planted fault: alike clusters taken as independent give too small an error of a cluster-level regressor."""
    data = drawn(5, spread=1.0)
    level = np.random.Generator(np.random.Philox(key=9)).normal(size=(5, 12))
    frame = data.frame.with_columns(z=pl.Series(level[data.frame["h"].to_numpy(), data.frame["c"].to_numpy()]))
    right, wrong = (
        fit_choice(Microdata(frame, LABELS), design, ChoiceSpec("y", ("z",))).table["se"][1]
        for design in (DESIGN, Design("w"))
    )
    assert right > 1.3 * wrong


def test_the_reference_answer():
    data = drawn(6)
    fit = fit_choice(data, DESIGN, ChoiceSpec("y", ("x", "g"), reference="go"))
    assert fit.table["outcome"].unique(maintain_order=True).to_list() == ["stay", "think"]
    assert 0 < fit.mcfadden < 1


def bad(**columns):
    n = 60
    rng = np.random.Generator(np.random.Philox(key=8))
    frame = {"y": rng.integers(0, 3, n).astype(str), "x": rng.normal(size=n), "z": rng.normal(size=n)}
    return Microdata(pl.DataFrame(frame | columns), LABELS)


def test_collinear_regressors_are_named():
    data = bad()
    twice = Microdata(data.frame.with_columns(s=2 * pl.col("x") - pl.col("z")), LABELS)
    with pytest.raises(BadInput) as caught:
        fit_choice(twice, Design(), ChoiceSpec("y", ("x", "z", "s")))
    assert caught.value.key == "surveys.model.collinear"
    assert {"x", "z", "s"} == {caught.value.values["name"], *str(caught.value.values["others"]).split(", ")}
    same = Microdata(data.frame.with_columns(one=pl.lit(3.0)), LABELS)
    with pytest.raises(BadInput, match="one"):
        fit_choice(same, Design(), ChoiceSpec("y", ("x", "one")))


@pytest.mark.parametrize("kind", ["multinomial", "ordered"])
def test_separation_is_named(kind):
    data = bad()
    code = data.frame["y"].cast(pl.Int64)
    parted = Microdata(data.frame.with_columns(p=code * 10 + pl.col("x").clip(-1, 1)), LABELS)
    with pytest.raises(BadInput) as caught:
        fit_choice(parted, Design(), ChoiceSpec("y", ("z", "p"), kind))
    assert caught.value.key.startswith("surveys.model.separated")
    assert "p" in str(caught.value.values["names"])


def test_an_empty_cell_is_separation_and_a_full_table_is_not():
    rows = [("0", "a"), ("0", "b"), ("1", "a"), ("2", "a"), ("2", "b")] * 12
    data = Microdata(pl.DataFrame(rows, schema=["y", "g"], orient="row"), LABELS)
    with pytest.raises(BadInput) as caught:
        fit_choice(data, Design(), ChoiceSpec("y", ("g",)))
    assert (caught.value.values["second"], caught.value.values["names"]) == ("think", "g=b")
    full = Microdata(pl.DataFrame([*rows, ("1", "b")], schema=["y", "g"], orient="row"), LABELS)
    assert fit_choice(full, Design(), ChoiceSpec("y", ("g",))).n == 61


def test_questions_that_cannot_be_asked():
    for asked, key in (
        (lambda: ChoiceSpec("y", ("x",), "probit"), "surveys.choice"),
        (lambda: fit_choice(bad(), Design(), ChoiceSpec("y", ())), "surveys.model.no_regressor"),
        (lambda: fit_choice(bad(), Design(), ChoiceSpec("y", ("x",), reference="maybe")), "surveys.choice"),
    ):
        with pytest.raises(BadInput) as caught:
            asked()
        assert caught.value.key == key
