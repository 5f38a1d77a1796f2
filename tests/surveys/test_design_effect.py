"""The design effect against a simple sample with and without replacement: R's two, published and by another library."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import qonys
from qonys.cli import main
from qonys.errors import BadInput

HERE = Path(__file__).parent
SCHOOLS = {"E": 4421, "H": 755, "M": 1018}
WITHOUT = "without-replacement"


def schools(name):
    return pl.read_csv(HERE / f"{name}.csv")


def effect(design, variable="api00", **more):
    return qonys.survey_table(design, variable, **{"kind": "mean", "deff": WITHOUT} | more).frame["deff"].to_list()


def test_strata():
    """svymean(~api00, dstrat, deff=TRUE) of R survey: 1.2045."""
    rows = schools("apistrat").with_columns(fpc=pl.col("stype").replace_strict(SCHOOLS, return_dtype=pl.Float64))
    people = rows.with_columns(pw=pl.col("fpc") / pl.len().over("stype"))
    design = qonys.survey_design(people, weight="pw", strata="stype", fpc="fpc")
    assert effect(design) == pytest.approx([1.2045], abs=5e-5)
    assert effect(design, deff="with-replacement") == pytest.approx([1.1656], abs=5e-5)


def test_clusters():
    """svymean(~api00, dclus1, deff=TRUE), example of R's help page: mean 644.169, SE 23.542, DEff 9.3459."""
    design = qonys.survey_design(schools("apiclus1"), weight="pw", cluster="dnum", fpc="fpc")
    found = qonys.survey_table(design, "api00", kind="mean", deff=WITHOUT).frame
    assert found.select("estimate", "se", "deff").row(0) == pytest.approx((644.169, 23.542, 9.3459), rel=2e-5)


def test_clusters_of_a_sample_in_two_stages():
    """svymean(~api00, svydesign(id=~dnum+snum, weights=~pw, data=apiclus2), deff=TRUE): 670.812, 30.712, 6.5075."""
    design = qonys.survey_design(schools("apiclus2"), weight="pw", cluster="dnum")
    found = qonys.survey_table(design, "api00", kind="mean", deff=WITHOUT).frame
    assert found.select("estimate", "se", "deff").row(0) == pytest.approx((670.812, 30.712, 6.5075), rel=2e-5)


@pytest.mark.parametrize(("kind", "by"), [("mean", ()), ("mean", ("stype",)), ("share", ("comp.imp",)), ("total", ())])
def test_as_the_library_svy_has_it(kind, by):
    import svy

    rows = schools("apiclus1").with_columns(n=pl.lit(757))
    design = qonys.survey_design(rows, weight="pw", cluster="dnum")
    variable = "stype" if kind == "share" else "enroll"
    drawn = svy.Sample(rows, svy.Design(wgt="pw", psu="dnum"))
    ask = {"share": drawn.estimation.prop, "mean": drawn.estimation.mean, "total": drawn.estimation.total}[kind]
    other = ask(variable, by=list(by) or None, deff="wor").to_polars()
    mine = effect(design, variable, kind=kind, by=by)
    assert sorted(mine) == pytest.approx(sorted(other["deff"].to_list()), rel=1e-9)


def test_two_stages_have_the_same_two():
    rows = schools("apiclus1")
    plain = qonys.survey_design(rows, weight="pw", cluster="dnum")
    stages = {"second": "snum", "fpc": "fpc", "fpc_second": "fpc", "single_psu": "centre"}
    kept = qonys.survey_design(rows, weight="pw", cluster="dnum", **stages)
    represented = rows["pw"].sum()
    for design in (plain, kept):
        two = [effect(design, deff=one)[0] for one in ("with-replacement", WITHOUT)]
        assert two[1] == pytest.approx(two[0] / (1 - rows.height / represented), rel=1e-12)


def test_weights_of_no_population_are_told(tmp_path, capsys):
    rows = schools("apiclus1").with_columns(pw=pl.lit(1.0))
    design = qonys.survey_design(rows, weight="pw", cluster="dnum")
    with pytest.raises(BadInput, match="weights that sum to the population; those of 183"):
        effect(design)
    with pytest.raises(BadInput, match="--deff"):
        effect(design, deff="replace")
    rows.write_csv(tmp_path / "s.csv")
    command = ["survey", "table", str(tmp_path / "s.csv"), "--var", "stype", "--weight", "pw", "--lang", "en"]
    assert main([*command, "--deff", WITHOUT]) == 1
    assert "sum to 183" in capsys.readouterr().err
    assert main(command) == 0
