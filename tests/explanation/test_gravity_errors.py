"""Errors of gravity by definition, and least squares of logs, against statsmodels with dummies for the effects."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import qonys
from qonys.errors import BadInput
from qonys.explanation.gravity import Model, fit_gravity

RNG = np.random.Generator(np.random.Philox(key=87))
PLACES = "abcdefgh"


def flows(zeros=True) -> pl.DataFrame:
    rows = [(a, b) for a in PLACES for b in PLACES if a != b]
    far, near = RNG.normal(0, 1, len(rows)), RNG.integers(0, 2, len(rows))
    mean = np.exp(2 - 0.7 * far + 0.4 * near) * RNG.gamma(2, 0.5, len(rows))
    return pl.DataFrame(rows, schema=["origin", "destination"], orient="row").with_columns(
        value=pl.Series(RNG.poisson(mean) + (0 if zeros else 1)).cast(pl.Float64), far=pl.Series(far), near=pl.Series(near)
    )  # fmt: skip


def design(frame, effects) -> np.ndarray:
    columns = [frame["far"].to_numpy(), frame["near"].to_numpy(), np.ones(frame.height)]
    for name in effects:
        columns += [(frame[name] == level).to_numpy().astype(float) for level in PLACES[1:]]
    return np.column_stack(columns)


@pytest.mark.parametrize("engine", ["own", "library"])
@pytest.mark.parametrize("effects", [(), ("origin",), ("origin", "destination")])
@pytest.mark.parametrize(("errors", "peer"), [("iid", "nonrobust"), ("hetero", "HC1")])
def test_poisson_errors_are_those_of_statsmodels(engine, effects, errors, peer) -> None:
    if engine == "library":
        pytest.importorskip("pyfixest")
    frame = flows()
    found = fit_gravity(frame, Model("value", ("far", "near"), effects, errors=errors), engine)
    x = design(frame, effects)
    other = sm.GLM(frame["value"].to_numpy(), x, family=sm.families.Poisson()).fit(tol=1e-13)
    assert found.coefficients() == pytest.approx(other.params[:2], rel=1e-7)
    bread = other.cov_params()
    if errors == "hetero":
        error = frame["value"].to_numpy() - other.fittedvalues
        bread = bread @ (x.T * error**2) @ x @ bread * len(x) / (len(x) - x.shape[1])
    assert found.covariance == pytest.approx(bread[:2, :2], rel=2e-5)
    assert found.degrees == len(x) - x.shape[1]


@pytest.mark.parametrize("effects", [(), ("origin", "destination")])
@pytest.mark.parametrize("errors", ["iid", "hetero", "cluster"])
def test_least_squares_of_logs_is_that_of_statsmodels(effects, errors) -> None:
    frame = flows(zeros=False)
    found = fit_gravity(frame, Model("value", ("far", "near"), effects, ("origin^destination",), errors), "ols")
    x, y = design(frame, effects), np.log(frame["value"].to_numpy())
    kind = {"iid": ("nonrobust", {}), "hetero": ("HC1", {}), "cluster": ("cluster", {"groups": np.arange(len(y))})}[errors]
    other = sm.OLS(y, x).fit(cov_type=kind[0], cov_kwds=kind[1], use_t=True)
    assert found.coefficients() == pytest.approx(other.params[:2], rel=1e-9)
    if errors != "cluster" or not effects:
        assert found.terms["error"].to_numpy() == pytest.approx(other.bse[:2], rel=1e-9)
    if errors != "cluster":
        assert found.terms["p"].to_numpy() == pytest.approx(other.pvalues[:2], rel=1e-6)
    assert found.fitted == pytest.approx(np.exp(other.fittedvalues), rel=1e-9)


def test_rows_of_zero_are_left_out_of_logs_and_said() -> None:
    frame = flows()
    zeros = int((frame["value"] == 0).sum())
    assert zeros > 0
    found = qonys.gravity(frame, plain=["far", "near"], engine="ols", errors="hetero")
    assert found.model.left_out == zeros
    assert any("no logarithm" in text for text in found.notes)
    alone = qonys.gravity(frame.filter(pl.col("value") > 0), plain=["far", "near"], engine="ols", errors="hetero")
    assert found.frame["error"].to_list() == pytest.approx(alone.frame["error"].to_list())


def test_errors_of_the_model_read_no_clusters() -> None:
    frame = flows().drop("destination")
    assert qonys.gravity(frame, plain="far", errors="iid", engine="own").frame.height == 1


def test_what_does_not_go_together_is_refused() -> None:
    frame = flows()
    with pytest.raises(BadInput, match="--errors"):
        qonys.gravity(frame, plain="far", errors="hc3")
    with pytest.raises(BadInput, match="three-way"):
        qonys.gravity(frame, plain="far", errors="iid", correct=True)
    with pytest.raises(BadInput, match="parameters"):
        fit_gravity(frame.filter(pl.col("value") > 0)[:2], Model("value", ("far",), errors="iid"), "ols")
