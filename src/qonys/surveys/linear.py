"""Linear regression of a number with errors of the design, fitted by svy (own sums where svy has not the design).

b = (sum w x x')^-1 sum w x y; V = A^-1 V(score) A^-1 (Binder 1983, International Statistical
Review 51, 279-292). Regressors are checked for collinearity before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.design import (
    CLUSTER,
    CLUSTERS_OF_STRATUM,
    STRATUM,
    WEIGHT,
    Array,
    Design,
    Plan,
    design_covariance,
    plan_of,
    quietly,
    sample,
    with_design,
)
from qonys.surveys.reading import Microdata
from qonys.surveys.regressors import INTERCEPT, refuse_collinear, regressors

ANSWER = "__answer"
DESIGN, MODEL = "design", "model"


def refuse_unknown_errors(errors: str) -> None:
    """Refuse errors that are neither of the design nor of the model.

    Raises
    ------
    BadInput
        Names them.

    """
    if errors not in (DESIGN, MODEL):
        raise BadInput("surveys.choice", option="--errors", value=errors, known=f"{DESIGN}, {MODEL}")


@dataclass(frozen=True)
class LinearFit:
    """`table`: term, estimate, se, low, high, p; respondents used and left out."""

    table: pl.DataFrame
    n: int
    left_out: int


def fit_linear(
    data: Microdata,
    design: Design,
    answer: str,
    on: tuple[str, ...],
    confidence: float = 0.95,
    base: tuple[str, ...] = (),
    errors: str = DESIGN,
) -> LinearFit:
    """Regression of a number on regressors; respondents with a missing value are left out, strata and clusters kept.

    `base`: ``VARIABLE=LEVEL``. Errors of the MODEL: s2 (X'WX)^-1, s2 = sum w e2 / (n - k), weights scaled to n, t of
    n - k degrees.

    Raises
    ------
    BadInput
        The design or a variable cannot be used, regressors are collinear, nobody answered all.

    """
    held = with_design(data.frame, design)
    refuse_unknown_errors(errors)
    columns = regressors(data, on, base)
    y = data.numbers(answer).fill_null(np.nan).to_numpy().astype(float)
    known = ~np.isnan(y) & ~np.isnan(columns.matrix).any(axis=1)
    if not known.any():
        raise BadInput("surveys.no_answers", variable=answer)
    matrix = columns.matrix[known]
    refuse_collinear(np.column_stack([np.ones(len(matrix)), matrix]), (INTERCEPT, *columns.names))
    if errors == MODEL:
        full, weight = np.column_stack([np.ones(len(matrix)), matrix]), plan_of(held, design).weight[known]
        named = model_linear(full, y[known], weight / weight.mean(), confidence)
        named = named.select(pl.Series("term", [INTERCEPT, *columns.names]), pl.all())
        return LinearFit(named, len(matrix), int((~known).sum()))
    if not design.plain:
        full = np.column_stack([np.ones(len(matrix)), matrix])
        table = own_linear(full, y[known], plan_of(held, design), known, confidence)
        named = table.select(pl.Series("term", [INTERCEPT, *columns.names]), pl.all())
        return LinearFit(named, len(matrix), int((~known).sum()))
    own = [WEIGHT, STRATUM, CLUSTER, *([CLUSTERS_OF_STRATUM] if design.fpc else [])]
    names = [f"__x{place}" for place in range(matrix.shape[1])]
    frame = held.select(own).filter(pl.Series(known)).with_columns(pl.Series(ANSWER, y[known]))
    frame = frame.with_columns(pl.Series(name, matrix[:, place]) for place, name in enumerate(names))
    drawn = sample(frame, design)
    found = quietly(lambda: drawn.glm.fit(ANSWER, x=names, alpha=1 - confidence)).to_polars()
    table = found.select(
        pl.Series("term", [INTERCEPT, *columns.names]), "estimate", pl.col("std_err").alias("se"),
        pl.col("conf_low").alias("low"), pl.col("conf_high").alias("high"), pl.col("p_value").alias("p"),
    )  # fmt: skip
    return LinearFit(table, len(matrix), int((~known).sum()))


def model_linear(matrix: Array, y: Array, weight: Array, confidence: float) -> pl.DataFrame:
    """Estimate, se, low, high, p of y (m,) on matrix (m x k, intercept in it), errors of the model.

    Raises
    ------
    BadInput
        No respondent is left over for the error.

    """
    bread = np.linalg.inv((matrix * weight[:, None]).T @ matrix)
    b = bread @ (matrix.T @ (weight * y))
    degrees = len(y) - len(b)
    if degrees < 1:
        raise BadInput("surveys.model.few", n=len(y), parameters=len(b))
    se = np.sqrt(np.diag(bread) * float(weight @ (y - matrix @ b) ** 2) / degrees)
    reach = float(stats.t.ppf(0.5 + confidence / 2, degrees)) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(b) / se, degrees)
    return pl.DataFrame({"estimate": b, "se": se, "low": b - reach, "high": b + reach, "p": p})


def own_linear(matrix: Array, y: Array, plan: Plan, known: NDArray[np.bool_], confidence: float) -> pl.DataFrame:
    """Estimate, se, low, high, p of y (m,) on matrix (m x k, intercept in it) of the respondents `known` of the plan.

    Intervals: t with the degrees of freedom of the design less the regressors.
    """
    weight = plan.weight[known]
    bread = np.linalg.inv((matrix * weight[:, None]).T @ matrix)
    b = bread @ (matrix.T @ (weight * y))
    scores = np.zeros((len(plan.weight), len(b)))
    scores[known] = matrix * (weight * (y - matrix @ b))[:, None]
    se = np.sqrt(np.diag(bread @ design_covariance(scores, plan) @ bread))
    degrees = max(plan.degrees - (len(b) - 1), 1)
    reach = float(stats.t.ppf(0.5 + confidence / 2, degrees))
    p = 2 * stats.t.sf(np.abs(b) / se, degrees)
    return pl.DataFrame({"estimate": b, "se": se, "low": b - reach * se, "high": b + reach * se, "p": p})
