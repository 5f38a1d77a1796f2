"""Two stages, calibrated weights and replicate weights against R survey on its own examples; what cannot be done is named.

`apiclus1`, `apiclus2`: Californian schools in a sample of districts, and of schools in districts (Lumley 2010, Complex
Surveys). Figures without another word are those of R survey 4.1-1 for the examples of its manual (svydesign,
postStratify, rake, calibrate, svrepdesign), to the digits that it prints.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.calibration import Calibration, Margin, read_margins
from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.design import Design, design_covariance, plan_of, with_design
from qonys.surveys.differences import independence, shares_by_group
from qonys.surveys.estimates import EstimateSpec, by_sums, estimate
from qonys.surveys.linear import fit_linear
from qonys.surveys.reading import Microdata
from qonys.surveys.replication import Replication, replicate_weights
from qonys.surveys.weighting import prepared

HERE = Path(__file__).parent
ONE = Design("pw", "", "dnum", "fpc")
TWO = Design("pw", "", "dnum", "fpc1", second="snum", fpc_second="fpc2")
TYPES = (Margin("stype", "E", 4421), Margin("stype", "H", 755), Margin("stype", "M", 1018))
WIDE = (Margin("sch.wide", "No", 1072), Margin("sch.wide", "Yes", 5122))
SCORES = (Margin("api99", "", 3914069),)
MEAN, TOTAL, RATIO = (
    EstimateSpec("mean", "api00"),
    EstimateSpec("total", "enroll"),
    EstimateSpec("ratio", "api.stu", over="enroll"),
)
GREG = Calibration(TYPES + SCORES, "linear")


@pytest.fixture(scope="module")
def clus1():
    return Microdata(pl.read_csv(HERE / "apiclus1.csv"))


@pytest.fixture(scope="module")
def clus2():
    return Microdata(pl.read_csv(HERE / "apiclus2.csv"))


@pytest.fixture(scope="module")
def ambulances():
    """`scd` of R survey (Levy and Lemeshow 1999, table 11.1): arrests and survivors in two ambulances of three areas."""
    rows = [(1, 1, 120, 25), (1, 2, 78, 24), (2, 1, 185, 30), (2, 2, 228, 49), (3, 1, 670, 80), (3, 2, 530, 70)]
    frame = pl.DataFrame(rows, schema=["area", "ambulance", "arrests", "alive"], orient="row")
    halves = np.array([[1, 0, 1, 0, 1, 0], [1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 0, 1], [0, 1, 0, 1, 1, 0]])
    return Microdata(frame.with_columns(**{f"rep{r}": pl.Series(2.0 * half) for r, half in enumerate(halves)}))


def figure(data, design, asked):
    row = estimate(data, design, asked).table.row(0, named=True)
    return row["estimate"], row["se"]


@pytest.mark.parametrize(
    ("asked", "value", "se"),
    [(MEAN, 670.8118081, 30.09902738), (TOTAL, 2639272.93, 799637.7736), (RATIO, 0.8197370421, 0.01885056331)],
)
def test_two_stages(clus2, asked, value, se):
    assert figure(clus2, TWO, asked) == pytest.approx((value, se), rel=1e-8)


def test_domains_shares_tests_and_models_of_two_stages(clus2):
    by_type = estimate(clus2, TWO, EstimateSpec("mean", "api00", ("stype",))).table
    assert by_type["se"].to_list() == pytest.approx([29.92660424, 17.69416713, 45.09131630], rel=1e-8)
    shares = estimate(clus2, TWO, EstimateSpec("share", "stype")).table
    assert shares["se"].to_list() == pytest.approx([0.05564064701, 0.05673318629, 0.02222521551], rel=1e-8)
    cross = estimate(clus2, TWO, EstimateSpec("cross", "comp.imp", ("sch.wide",))).table
    assert cross["se"].to_list() == pytest.approx([0.05107344, 0.02471939, 0.03678986, 0.06399822], rel=1e-6)
    line = fit_linear(clus2, TWO, "api00", ("ell", "meals", "mobility")).table
    assert line["estimate"].to_list() == pytest.approx([811.4907225, -2.0591642, -1.7771813, 0.3252517], rel=1e-6)
    assert line["se"].to_list() == pytest.approx([30.2338303, 1.3798437, 1.0830021, 0.6103138], rel=1e-6)
    assert line["p"].to_list()[1:] == pytest.approx([0.14433, 0.10951, 0.59736], abs=1e-5)
    found = independence(clus2, TWO, "stype", "comp.imp")
    assert [found[k] for k in ("f", "df1", "df2", "p")] == pytest.approx(
        [6.6230652, 1.3347193, 52.0540526, 0.0075137], rel=1e-5
    )
    logit = fit_choice(clus2, TWO, ChoiceSpec("sch.wide", ("ell", "meals"))).table
    assert logit["se"].to_list() == pytest.approx([0.63165930, 0.02188972, 0.01634548], rel=1e-4)


def test_the_second_stage_is_in_the_error(clus2):
    """Planted fault: without the second stage the variance lacks the part inside districts."""
    first = figure(clus2, replace(TWO, second="", fpc_second=""), MEAN)[1]
    assert first < 0.999 * 30.09902738


@pytest.mark.parametrize(
    ("calibration", "mean", "total"),
    [
        (Calibration(TYPES), (642.3107882, 23.92048645), (3680892.945, 406292.6363)),
        (Calibration(TYPES, "linear"), (642.3107882, 23.92048645), (3680892.945, 406292.6363)),
        (Calibration(TYPES + WIDE), (641.2303209, 23.70361689), (3647280.148, 400603.2569)),
        (GREG, (665.3090712, 3.441753116), (3638487.204, 385524.4274)),
        (Calibration(TYPES + SCORES, "logit", (0.7, 1.8)), (665.48193, 3.42567), (3648520.0, 380117.3)),
    ],
)
def test_calibrated_weights(clus1, calibration, mean, total):
    data, design = prepared(clus1, ONE, calibration)
    near = 1e-6 if calibration.method == "logit" else 1e-8
    assert figure(data, design, MEAN) == pytest.approx(mean, rel=near * 3)
    assert figure(data, design, TOTAL) == pytest.approx(total, rel=near * 3)
    sums = data.frame.group_by("stype").agg(pl.col(design.weight).sum()).sort("stype")[design.weight].to_list()
    assert sums == pytest.approx([4421, 755, 1018], rel=1e-8)


def test_domains_and_models_of_calibrated_weights(clus1):
    data, design = prepared(clus1, ONE, GREG)
    by_type = estimate(data, design, EstimateSpec("mean", "api00", ("stype",))).table
    assert by_type["se"].to_list() == pytest.approx([6.478065913, 32.700046540, 17.606258150], rel=1e-8)
    line = fit_linear(data, design, "api00", ("ell", "meals", "mobility")).table
    assert line["se"].to_list() == pytest.approx([16.1895010, 0.3279889, 0.2953709, 0.4687908], rel=1e-6)
    logit = fit_choice(data, design, ChoiceSpec("sch.wide", ("ell", "meals"))).table
    assert logit["se"].to_list() == pytest.approx([0.53223152, 0.01641293, 0.01070073], rel=1e-5)
    assert independence(data, design, "sch.wide", "comp.imp")["f"] == pytest.approx(203.81788, rel=1e-7)
    shares = shares_by_group(data, design, "stype", "sch.wide")
    table = estimate(data, design, EstimateSpec("share", "stype", ("sch.wide",))).table
    assert np.sqrt(np.diag(shares.covariance)) == pytest.approx(table["se"].to_numpy())


def test_a_total_of_a_calibration_variable_has_no_error_and_weights_as_given_would_have(clus1):
    """Closed form, and the planted fault: the design without its auxiliary variables still gives an error."""
    data, design = prepared(clus1, ONE, GREG)
    known = EstimateSpec("total", "api99")
    assert figure(data, design, known) == (pytest.approx(3914069), pytest.approx(0, abs=1e-3))
    assert figure(data, replace(design, auxiliary=()), known)[1] > 1e5


@pytest.mark.parametrize(
    ("centre", "mean", "ratio", "greg"),
    [
        ("mean", 26.32936059, 0.009517085176, (3.942854484, 478748.8639)),
        ("estimate", 26.33485767, 0.009519363482, (3.948192883, 478758.3717)),
    ],
)
def test_jackknife_of_clusters(clus1, centre, mean, ratio, greg):
    asked = Replication("JK1", centre=centre)
    data, design = prepared(clus1, ONE, None, asked)
    assert figure(data, design, MEAN)[1] == pytest.approx(mean, rel=1e-8)
    assert figure(data, design, RATIO)[1] == pytest.approx(ratio, rel=1e-8)
    assert plan_of(with_design(data.frame, design), design).degrees == 14
    data, design = prepared(clus1, ONE, GREG, asked)
    assert [figure(data, design, one)[1] for one in (MEAN, TOTAL)] == pytest.approx(greg, rel=1e-8)


def test_jackknife_of_strata_made_and_read():
    frame = pl.read_csv(HERE / "apistrat.csv").with_columns(
        all=pl.col("stype").replace_strict({"E": 4421, "M": 1018, "H": 755})
    )
    data = Microdata(frame.with_columns(weight=pl.col("all") / pl.len().over("stype")))
    plain = Design("weight", "stype", fpc="all")
    made, design = prepared(data, plain, None, Replication("JKn"))
    assert figure(made, design, MEAN) == pytest.approx((662.2873632, 9.408940803), rel=1e-8)
    ratio = EstimateSpec("ratio", "api_stu", over="enroll")
    assert figure(made, design, ratio)[1] == pytest.approx(0.007772509051, rel=1e-7)
    held = made.frame.rename({name: f"r{name}" for name in design.replicates}).with_row_index("id")
    _, scales = replicate_weights(held, replace(plain, cluster="id"), Replication("JKn", ("r__replicate*",)))
    assert scales == pytest.approx(design.scales)


def test_halves_read_from_a_file(ambulances):
    asked = EstimateSpec("ratio", "alive", over="arrests")
    for centre, se, fay in (("mean", 0.00941840067, 0.009525187478), ("estimate", 0.009426635733, 0.009529189143)):
        data, design = prepared(ambulances, Design(), None, Replication("BRR", ("rep*",), centre=centre))
        assert figure(data, design, asked) == pytest.approx((0.1535063501, se), rel=1e-8)
        part = ambulances.frame.with_columns(pl.selectors.starts_with("rep") * 0.7 + 0.3)
        data, design = prepared(Microdata(part), Design(), None, Replication("Fay", ("rep*",), 0.3, centre))
        assert figure(data, design, asked)[1] == pytest.approx(fay, rel=1e-8)


def test_made_halves_and_draws_give_the_variance_of_totals(ambulances):
    """Closed form: balanced halves, and jackknife, give the variance of a total exactly; the bootstrap nearly."""
    design = Design("", "area", "ambulance")
    exact = (
        figure(ambulances, design, EstimateSpec("total", "alive"))[1] if _library() else np.hypot(np.hypot(1, 19), 10)
    )
    for kind, near in (("BRR", 1e-9), ("Fay", 1e-9), ("JKn", 1e-9), ("bootstrap", 0.08)):
        data, made = prepared(ambulances, design, None, Replication(kind, draws=800))
        assert figure(data, made, EstimateSpec("total", "alive"))[1] == pytest.approx(exact, rel=near)


def _library() -> bool:
    from importlib.util import find_spec

    return find_spec("svy") is not None


def test_models_by_replicates_are_near_those_by_the_design(clus1):
    """Estimating functions in each replicate (Rao and Tausi 2004): for linear scores the jackknife of sums, exactly."""
    data, design = prepared(clus1, ONE, None, Replication("JK1"))
    plain, by_replicates = (
        fit_choice(d, one, ChoiceSpec("sch.wide", ("ell",))) for d, one in ((clus1, ONE), (data, design))
    )
    assert by_replicates.table["se"].to_list() == pytest.approx(plain.table["se"].to_list(), rel=1e-9)


def test_own_sums_are_the_library_s_where_it_has_the_design(clus1):
    pytest.importorskip("svy")
    for asked in (EstimateSpec("mean", "api00", ("stype",)), TOTAL, EstimateSpec("share", "stype", ("sch.wide",)), RATIO,
                  EstimateSpec("cross", "stype", ("sch.wide",))):  # fmt: skip
        library = estimate(clus1, ONE, asked).table.sort(*asked.by, "answer")
        columns = {
            "__answer": clus1.frame[asked.variable],
            **{f"__by{i}": clus1.frame[n] for i, n in enumerate(asked.by)},
        }
        held = with_design(clus1.frame, ONE).with_columns(**columns)
        if asked.over:
            held = held.with_columns(__over=pl.col(asked.over))
        if asked.kind == "cross":
            held = held.with_columns(pl.concat_str("__by0", "__answer", separator="\x1f").alias("__answer"))
        own = by_sums(held, np.ones(held.height, dtype=bool), plan_of(held, ONE), asked).sort(*asked.by, "answer")
        for name in ("estimate", "se", "low", "high", "df", "n"):
            assert own[name].to_list() == pytest.approx(library[name].to_list()), (asked, name)


def test_bootstrap_of_a_covariance_tends_to_the_design_s(clus1):
    data, design = prepared(clus1, ONE, None, Replication("bootstrap", draws=1500, seed=3))
    held = with_design(data.frame, design)
    x = held.select("api00", "meals").to_numpy().astype(float)
    influence = (x - x.mean(axis=0)) / len(x)
    own, drawn = (
        design_covariance(influence, plan)
        for plan in (plan_of(with_design(clus1.frame, ONE), ONE), plan_of(held, design))
    )
    assert np.sqrt(np.diag(drawn)) == pytest.approx(np.sqrt(np.diag(own)), rel=0.06)


@pytest.mark.parametrize(
    ("calibration", "key"),
    [
        (lambda: Calibration(TYPES[:2]), "calibrate.no_total"),
        (lambda: Calibration((*TYPES, Margin("stype", "K", 5))), "calibrate.nobody"),
        (lambda: Calibration((*TYPES, Margin("sch.wide", "No", 1), WIDE[1])), "calibrate.sums"),
        (lambda: Calibration((*TYPES, Margin("enrolment", "", 5))), "no_column"),
        (lambda: Calibration((*TYPES, Margin("sch.wide", "", 5))), "calibrate.empty"),
        (lambda: Calibration((*TYPES, Margin("api99", "", 1.0))), "calibrate.unreachable"),
        (lambda: Calibration((*TYPES, Margin("api99", "", 3e6)), "logit", (0.9, 1.1)), "calibrate.unreachable"),
        (lambda: Calibration((*TYPES, Margin("api99", "", 3e6)), "linear"), "calibrate.negative"),
        (lambda: Calibration((*TYPES, Margin("stype", "", 3.0))), "calibrate.mixed"),
        (lambda: Calibration(TYPES, "ranks"), "choice"),
        (lambda: Calibration(TYPES, "logit"), "calibrate.bounds_needed"),
        (lambda: Calibration(TYPES, "logit", (1.1, 2.0)), "calibrate.bounds"),
    ],
)
def test_totals_that_cannot_be_met_are_named(clus1, calibration, key):
    with pytest.raises(BadInput) as caught:
        prepared(clus1, ONE, calibration())
    assert caught.value.key == f"surveys.{key}"
    assert all(caught.value.sentence(language) for language in ("en", "ru", "kk"))


def test_a_file_of_totals_and_its_faults(tmp_path, clus1):
    path = tmp_path / "totals.csv"
    path.write_text("variable,category,total\nstype^sch.wide,E^No,500\nstype^sch.wide,E^Yes,3921\napi99,,3914069\n")
    found = read_margins(path)
    assert (found[0].name, found[2]) == ("stype^sch.wide = E^No", SCORES[0])
    cells = clus1.frame.group_by("stype", "sch.wide").agg(pl.len())
    joined = tuple(Margin("stype^sch.wide", f"{t}^{w}", 10.0 * n) for t, w, n in cells.rows())
    data, design = prepared(clus1, ONE, Calibration(joined))
    assert data.frame[design.weight].to_list() == pytest.approx([10.0] * 183)
    for text, key in (("variable,total\na,1\n", "file"), ("variable,category,total\na,,x\n", "total"),
                      ("variable,category,total\na,b,1\na,b,2\n", "twice")):  # fmt: skip
        path.write_text(text)
        with pytest.raises(BadInput) as caught:
            read_margins(path)
        assert caught.value.key == f"surveys.calibrate.{key}"


@pytest.mark.parametrize(
    ("design", "replication", "key"),
    [
        (ONE, lambda: Replication("half"), "choice"),
        (ONE, lambda: Replication("Fay", fay=1.0), "replicates.fay"),
        (ONE, lambda: Replication("bootstrap", draws=1), "replicates.few"),
        (ONE, lambda: Replication("BRR"), "replicates.two"),
        (ONE, lambda: Replication("JK2"), "replicates.cannot_make"),
        (ONE, lambda: Replication("BRR", ("rep*",)), "no_column"),
        (ONE, lambda: Replication("BRR", ("growth",)), "replicates.bad"),
        (ONE, lambda: Replication("JKn", ("meals", "fpc")), "replicates.dropped"),
    ],
)
def test_replicates_that_cannot_be_used_are_named(clus1, design, replication, key):
    data = Microdata(clus1.frame.with_columns(growth=pl.col("api00") - pl.col("api99")))
    with pytest.raises(BadInput) as caught:
        prepared(data, design, None, replication())
    assert caught.value.key == f"surveys.{key}"


def test_faults_of_a_second_stage(clus2):
    for change, key in (
        ({"fpc_second": ""}, "second.alone"),
        ({"fpc_second": "snum"}, "second.in_all"),
        ({"second": "none"}, "no_column"),
    ):
        with pytest.raises(BadInput) as caught:
            estimate(clus2, replace(TWO, **change), MEAN)
        assert caught.value.key == f"surveys.{key}"
    alone = Microdata(clus2.frame.filter((pl.col("dnum") != 83) | (pl.col("snum") == 4958)))
    with pytest.raises(BadInput) as caught:
        estimate(alone, TWO, MEAN)
    assert caught.value.key == "surveys.second.lonely"
    assert figure(alone, replace(TWO, single_psu="centre"), MEAN)[1] > 0
