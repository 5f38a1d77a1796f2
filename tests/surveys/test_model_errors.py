"""Models of a table of frequencies: errors of the model, deviance and base levels against statsmodels and a known table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from tests.study.test_flow_commands import run

import qonys
from qonys.errors import BadInput

# answers by area and age: rows of an aggregated table
ROWS = [(a, g, y, n) for (a, g), counts in {("rural", "young"): (31, 12, 7), ("rural", "old"): (44, 9, 3),
        ("urban", "young"): (25, 22, 14), ("urban", "old"): (38, 15, 6)}.items()
        for y, n in zip(("a stays", "b moves", "c leaves"), counts, strict=True)]  # fmt: skip
HEAD = ("area", "age", "plan", "n")


def table(folder, *arguments):
    (folder / "t.csv").write_text("\n".join([",".join(HEAD), *(",".join(map(str, row)) for row in ROWS)]))
    done = run("survey", "model", "t.csv", "--frequency", "n", *arguments, "--format", "csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def peer():
    rows = [row for row in ROWS for _ in range(row[3])]
    x = np.array([[1.0, r[0] == "rural", r[1] == "young"] for r in rows])
    return sm.MNLogit(["abc".index(r[2][0]) for r in rows], x).fit(disp=0, method="newton", tol=1e-12)


def test_errors_of_the_model_are_those_of_statsmodels(tmp_path) -> None:
    found, said = table(tmp_path, "--var", "plan", "--on", "area", "--on", "age", "--base", "area=urban", "--base", "age=old",
                        "--errors", "model")  # fmt: skip
    other = peer()
    assert [row["term"] for row in found[:3]] == ["(1)", "area=rural", "age=young"]
    assert [float(r["estimate"]) for r in found] == pytest.approx(other.params.T.ravel(), abs=1e-8)
    assert [float(r["se"]) for r in found] == pytest.approx(other.bse.T.ravel(), rel=1e-7)
    assert [float(r["p"]) for r in found] == pytest.approx(other.pvalues.T.ravel(), rel=1e-6)
    assert f"{-2 * other.llf:.6f}" in said
    totals = np.array([sum(row[3] for row in ROWS if row[2][0] == letter) for letter in "abc"])
    assert f"{-2 * (totals * np.log(totals / totals.sum())).sum():.6f}" in said


def test_a_table_of_two_by_two_has_the_error_of_its_cells(tmp_path) -> None:
    """ln(ad/bc) has the variance 1/a + 1/b + 1/c + 1/d (Woolf 1955)."""
    cells = {"area": ["r", "r", "u", "u"], "plan": ["a", "b", "a", "b"], "n": [20, 10, 15, 30]}
    people = pl.DataFrame(cells)
    long = people.select(pl.col("area").repeat_by("n").explode(), pl.col("plan").repeat_by("n").explode())
    found = qonys.survey_model(long, "plan", "area", errors="model").frame
    assert found["estimate"][1] == pytest.approx(np.log(30 * 20 / (15 * 10)))
    assert found["se"][1] == pytest.approx((1 / 20 + 1 / 10 + 1 / 15 + 1 / 30) ** 0.5)
    turned = qonys.survey_model(long, "plan", "area", errors="model", base="area=u").frame
    assert turned["estimate"][1] == pytest.approx(-found["estimate"][1])


def test_linear_errors_of_the_model_are_those_of_least_squares() -> None:
    rng = np.random.Generator(np.random.Philox(key=8))
    x = rng.normal(size=60)
    y = 1 + 0.5 * x + rng.normal(size=60)
    found = qonys.survey_model({"y": y, "x": x}, "y", "x", kind="linear", errors="model").frame
    other = sm.OLS(y, sm.add_constant(x)).fit()
    assert found["se"].to_numpy() == pytest.approx(other.bse, rel=1e-10)
    assert found["p"].to_numpy() == pytest.approx(other.pvalues, rel=1e-8)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"errors": "robust"}, "--errors"), ({"base": "area"}, "VARIABLE=LEVEL"), ({"base": "area=x"}, "--base"),
     ({"base": "size=1"}, "--base|number")],
)  # fmt: skip
def test_what_is_no_base_or_error_is_refused(options, said) -> None:
    people = {"plan": ["a", "b"] * 20, "area": ["r", "u", "u", "r"] * 10, "size": list(range(40))}
    with pytest.raises(BadInput, match=said):
        qonys.survey_model(people, "plan", ["area", "size"], **options)


def test_the_design_effect_is_that_of_r_with_replacement() -> None:
    """svymean(~api00, dstrat, deff="replace") of R survey gives 1.1656, its default without replacement 1.2045."""
    schools = {"E": 4421, "H": 755, "M": 1018}
    rows = pl.read_csv(Path(__file__).parent / "apistrat.csv").with_columns(
        fpc=pl.col("stype").replace_strict(schools, return_dtype=pl.Float64)
    )
    people = rows.with_columns(pw=pl.col("fpc") / pl.len().over("stype"))
    design = qonys.survey_design(people, weight="pw", strata="stype", fpc="fpc")
    found = qonys.survey_table(design, "api00", kind="mean").frame
    assert found["deff"][0] == pytest.approx(1.1656, abs=5e-5)
    assert found["deff"][0] / (1 - people.height / people["pw"].sum()) == pytest.approx(1.2045, abs=5e-5)
