"""Tests of the independence of irrelevant alternatives in the multinomial logit.

A multinomial logit says that leaving an answer out changes no coefficient of the others. With b of all answers and c
of the answers without one, on the coefficients that both have:

    hausman      (c - b)' (V_c - V_b)^-1 (c - b), chi-square (Hausman and McFadden 1984, Econometrica 52,
                 1219-1240); for a simple random sample: V are inverse informations
    wald         the same difference with its covariance under the design, from both sets of scores together (White
                 1982, Econometrica 50, 1; Binder 1983), as F; the one to read where there are weights or clusters
    small_hsiao  2 (L(c) - L(a)) on one random half, a = b_1 / sqrt 2 + (1 - 1 / sqrt 2) b_2 of both halves (Small and
                 Hsiao 1985, International Economic Review 26, 619-627), chi-square

Where the model is saturated (one regressor of categories) b and c are equal whatever the truth: nothing can be tested,
and no p is given. Where V_c - V_b has a direction below zero, `hausman` has no p either.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.choice_models import (
    ChoiceFit,
    ChoiceSpec,
    fit_choice,
    multinomial_probabilities,
)
from qonys.surveys.design import Array, Design, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata
from qonys.surveys.regressors import regressors

SAME = 1e-7
Row = dict[str, str | float | None]


def iia_tests(data: Microdata, design: Design, spec: ChoiceSpec, seed: int = 1) -> pl.DataFrame:
    """Tests with each answer but the reference omitted in turn.

    Columns: without, test, statistic, df1, df2 (null: chi-square), p.

    Raises
    ------
    BadInput
        As `fit_choice`; another model than the multinomial one; fewer than three answers.

    """
    if spec.kind != "multinomial":
        raise BadInput("surveys.iia.kind", kind=spec.kind)
    outcomes = data.ordered(spec.answer)
    if len(outcomes) < 3:
        raise BadInput("surveys.iia.few", variable=spec.answer, n=len(outcomes))
    reference = spec.reference or outcomes[0]
    spec = replace(spec, reference=reference)
    whole = fit_choice(data, design, spec)
    rows: list[Row] = []
    for outcome in outcomes:
        if outcome == reference:
            continue
        part = fit_choice(without(data, spec.answer, outcome), design, spec)
        rows += [
            {"without": outcome, **hausman(whole, part)},
            {"without": outcome, **wald(whole, part, data, design)},
            {"without": outcome, **small_hsiao(data, design, spec, outcome, seed)},
        ]
    columns = {"statistic": pl.Float64, "df1": pl.Int64, "df2": pl.Int64, "p": pl.Float64}
    return pl.DataFrame(rows, infer_schema_length=None).select("without", "test", *columns).cast(columns)  # type: ignore[arg-type]


def without(data: Microdata, answer: str, outcome: str) -> Microdata:
    """The respondents with one answer made empty: they stay in the design and leave the model."""
    gone = (data.categories(answer) == outcome).fill_null(value=False)
    return replace(data, frame=data.frame.with_columns(data.column(answer).set(gone, None)))


def _shared(whole: ChoiceFit, part: ChoiceFit) -> np.ndarray:
    """Places in the whole model of the coefficients of the part."""
    names = list(whole.table.select("outcome", "term").rows())
    return np.array([names.index(name) for name in part.table.select("outcome", "term").rows()])


def hausman(whole: ChoiceFit, part: ChoiceFit) -> Row:
    """The statistic of Hausman and McFadden."""
    places = _shared(whole, part)
    apart = part.parameters - whole.parameters[places]
    between = part.bread - whole.bread[np.ix_(places, places)]
    if np.abs(apart).max() < SAME:
        return {"test": "hausman", "statistic": 0.0, "df1": len(places), "df2": None, "p": None}
    statistic = float(apart @ np.linalg.pinv(between) @ apart)
    sound = bool(np.linalg.eigvalsh(between).min() > 0)
    p = float(stats.chi2.sf(statistic, len(places))) if sound else None
    return {"test": "hausman", "statistic": statistic, "df1": len(places), "df2": None, "p": p}


def wald(whole: ChoiceFit, part: ChoiceFit, data: Microdata, design: Design) -> Row:
    """F of the difference under the design."""
    places = _shared(whole, part)
    apart = part.parameters - whole.parameters[places]
    plan = plan_of(with_design(data.frame, design), design)
    many, below = len(places), plan.degrees - len(places) + 1
    if np.abs(apart).max() < SAME or below < 1:
        return {"test": "wald", "statistic": 0.0 if below >= 1 else None, "df1": many, "df2": max(below, 0), "p": None}
    covariance = design_covariance(part.influence - whole.influence[:, places], plan)
    f = float(apart @ np.linalg.pinv(covariance) @ apart) / many * below / plan.degrees
    return {"test": "wald", "statistic": f, "df1": many, "df2": below, "p": float(stats.f.sf(f, many, below))}


def small_hsiao(data: Microdata, design: Design, spec: ChoiceSpec, outcome: str, seed: int) -> Row:
    """The statistic of Small and Hsiao on random halves; null where a half cannot be fitted."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    first = rng.random(data.frame.height) < 0.5
    weights = Design(design.weight)
    halves = [replace(data, frame=data.frame.filter(pl.Series(mask))) for mask in (first, ~first)]
    row: Row = {"test": "small_hsiao", "statistic": None, "df1": None, "df2": None, "p": None}
    try:
        one, other = (fit_choice(half, weights, spec) for half in halves)
        held = without(halves[1], spec.answer, outcome)
        part = fit_choice(held, weights, spec)
    except BadInput:
        return row
    share = 1 / np.sqrt(2)
    places = _shared(other, part)
    mixed = (share * one.parameters + (1 - share) * other.parameters)[places]
    statistic = 2 * (part.likelihood[0] - _likelihood(held, weights, spec, part, mixed))
    return row | {"statistic": statistic, "df1": len(places), "p": float(stats.chi2.sf(statistic, len(places)))}


def _likelihood(data: Microdata, design: Design, spec: ChoiceSpec, fit: ChoiceFit, parameters: Array) -> float:
    """Weighted log-likelihood of other parameters of a fitted model, weights scaled as in `fit_choice`."""
    outcomes = [spec.reference, *fit.table["outcome"].unique(maintain_order=True)]
    labels = data.categories(spec.answer)
    matrix = regressors(data, spec.on, spec.base).matrix
    known = labels.is_not_null().to_numpy() & ~np.isnan(matrix).any(axis=1)
    answer = np.array([outcomes.index(label) for label in labels.filter(pl.Series(known))])
    weight = plan_of(with_design(data.frame, design), design).weight[known]
    full = np.column_stack([np.ones(int(known.sum())), matrix[known]])
    p = multinomial_probabilities(parameters, full, len(outcomes))[np.arange(len(answer)), answer]
    return float((weight / weight.mean()) @ np.log(p))
