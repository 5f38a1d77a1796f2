"""Models of intention: multinomial and ordered logit with design-based errors and average marginal effects.

Multinomial: P(y = j) = exp(x b_j) / sum_l exp(x b_l), b of the reference answer zero (McFadden 1974). Ordered:
P(y <= j) = 1 / (1 + exp(-(t_j - x b))), thresholds rising (McCullagh 1980). Both are fitted by Newton's method to
the weighted likelihood; the covariance is A^-1 V A^-1, V the design's covariance of the weighted scores (Binder
1983). Associations, not causal effects. The average marginal effect is the weighted mean over respondents of the
change in P(y = j): the derivative for a numeric regressor, the difference from the first category for a category; its
standard error is by the delta method (covariates taken as fixed).

Errors of the MODEL, for tables of frequencies or simple random samples: the inverse of the information (minus the
second derivative of the log-likelihood), weights scaled to the number of respondents, and the normal distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.design import Array, Design, design_covariance, plan_of, with_design
from qonys.surveys.linear import DESIGN, MODEL, refuse_unknown_errors
from qonys.surveys.ordered import ordered_probabilities, ordered_scores, ordered_start
from qonys.surveys.reading import Microdata
from qonys.surveys.regressors import (
    INTERCEPT,
    Regressors,
    refuse_collinear,
    refuse_separated,
    refuse_separated_order,
    regressors,
)

KINDS = ("multinomial", "ordered")
ROUNDS = 60
SURE = 1e-6


@dataclass(frozen=True)
class ChoiceSpec:
    """What is fitted: the answer, the regressors, the kind of model, the reference answer of a multinomial one.

    `base`: ``VARIABLE=LEVEL`` of regressors. `errors`: design, or model, the inverse of the information.
    """

    answer: str
    on: tuple[str, ...]
    kind: str = "multinomial"
    reference: str = ""
    confidence: float = 0.95
    base: tuple[str, ...] = ()
    errors: str = DESIGN

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("surveys.choice", option="--kind", value=self.kind, known=", ".join(KINDS))
        refuse_unknown_errors(self.errors)


@dataclass(frozen=True, kw_only=True)
class ChoiceFit:
    """A fitted model.

    `table`: outcome, term, estimate, se, low, high, p (log-odds). `effects`: outcome, term, effect, se, low, high, p
    (changes of probability). `likelihood`: weighted log-likelihood with weights scaled to the number of
    respondents, and that of the model without regressors. `bread`: inverse information; `influence` (respondents x
    parameters): what each adds to the error of the parameters.
    """

    table: pl.DataFrame
    effects: pl.DataFrame
    parameters: Array
    covariance: Array
    likelihood: tuple[float, float]
    n: int
    left_out: int
    bread: Array
    influence: Array

    @property
    def mcfadden(self) -> float:
        """McFadden's pseudo-R2, 1 less the ratio of the log-likelihoods (McFadden 1974)."""
        return 1 - self.likelihood[0] / self.likelihood[1]

    @property
    def deviance(self) -> float:
        """Minus twice the log-likelihood: against a model that knows each respondent's answer."""
        return -2 * self.likelihood[0]


@dataclass(frozen=True)
class Problem:
    """Arrays of one model: answers as numbers, regressors, design, and the functions of the kind."""

    answer: NDArray[np.int64]
    matrix: Array
    weight: Array
    outcomes: int
    probabilities: Callable[[Array, Array, int], Array]
    scores: Callable[[Array, Array, NDArray[np.int64], int], Array]
    information: Callable[[Array, Array, Array, int], Array] | None = None


def fit_choice(data: Microdata, design: Design, spec: ChoiceSpec) -> ChoiceFit:
    """Fit a model of an answer on regressors.

    Raises
    ------
    BadInput
        The design or a variable cannot be used; the answer has one category; regressors are collinear or separate
        the answers; the fit does not settle.

    """
    held = with_design(data.frame, design)
    columns = regressors(data, spec.on, spec.base)
    outcomes = _outcomes(data, spec)
    labels = data.categories(spec.answer)
    code = {label: place for place, label in enumerate(outcomes)}
    answer = np.array([code.get(label, -1) if label is not None else -1 for label in labels], dtype=np.int64)
    known = (answer >= 0) & ~np.isnan(columns.matrix).any(axis=1)
    plan = plan_of(held, design)
    matrix = columns.matrix[known]
    full = np.column_stack([np.ones(len(matrix)), matrix])
    refuse_collinear(full, (INTERCEPT, *columns.names))
    weight = plan.weight[known] / plan.weight[known].mean()
    if spec.kind == "multinomial":
        problem = Problem(
            answer[known],
            full,
            weight,
            len(outcomes),
            multinomial_probabilities,
            multinomial_scores,
            multinomial_information,
        )
        start = np.zeros((len(outcomes) - 1) * full.shape[1])
    else:
        problem = Problem(answer[known], matrix, weight, len(outcomes), ordered_probabilities, ordered_scores)
        start = ordered_start(answer[known], weight, len(outcomes), matrix.shape[1])
    parameters, bread = _settled(problem, start, outcomes, (INTERCEPT, *columns.names))
    influence = np.zeros((held.height, len(parameters)))
    influence[known] = problem.scores(parameters, problem.matrix, problem.answer, len(outcomes)) * weight[:, None]
    influence = influence @ bread
    of_model = spec.errors == MODEL
    covariance = bread if of_model else design_covariance(influence, plan)
    degrees = np.inf if of_model else plan.degrees
    reach = (float(stats.t.ppf(0.5 + spec.confidence / 2, degrees)), degrees)
    return ChoiceFit(
        table=_coefficients(parameters, covariance, _names(spec.kind, outcomes, columns), reach),
        effects=average_effects(problem, parameters, covariance, (outcomes, columns), reach),
        parameters=parameters,
        covariance=covariance,
        likelihood=_likelihoods(problem, parameters),
        n=len(matrix),
        left_out=int((~known).sum()),
        bread=bread,
        influence=influence,
    )


def _outcomes(data: Microdata, spec: ChoiceSpec) -> list[str]:
    outcomes = data.ordered(spec.answer)
    if len(outcomes) < 2:
        raise BadInput("surveys.one_category", variable=spec.answer, n=len(outcomes))
    if not spec.reference or spec.kind == "ordered":
        return outcomes
    if spec.reference not in outcomes:
        raise BadInput("surveys.choice", option="--reference", value=spec.reference, known=", ".join(outcomes))
    return [spec.reference, *(label for label in outcomes if label != spec.reference)]


def multinomial_probabilities(parameters: Array, matrix: Array, outcomes: int) -> Array:
    """Probabilities (n, outcomes) by `parameters` ((outcomes - 1) k,) and `matrix` (n, k); the first is the reference.

    McFadden (1974), as in the module's docstring.
    """
    scores = matrix @ parameters.reshape(outcomes - 1, -1).T
    scores = np.column_stack([np.zeros(len(matrix)), scores])
    scores -= scores.max(axis=1, keepdims=True)
    raised = np.exp(scores)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def multinomial_scores(parameters: Array, matrix: Array, answer: NDArray[np.int64], outcomes: int) -> Array:
    """Scores (n, p), p = (outcomes - 1) k: derivatives of each log-likelihood, (1(y = j) - P_j) x, by outcome."""
    p = multinomial_probabilities(parameters, matrix, outcomes)
    return np.column_stack([((answer == j) - p[:, j])[:, None] * matrix for j in range(1, outcomes)])


def multinomial_information(parameters: Array, matrix: Array, weight: Array, outcomes: int) -> Array:
    """Information matrix (p, p), p = (outcomes - 1) k: sum_i w_i (P_j 1(j = l) - P_j P_l) x x', by blocks."""
    p = multinomial_probabilities(parameters, matrix, outcomes)[:, 1:]
    blocks = [
        [(matrix.T * (weight * (p[:, j] * (j == k) - p[:, j] * p[:, k]))) @ matrix for k in range(outcomes - 1)]
        for j in range(outcomes - 1)
    ]
    return np.block(blocks)


def _settled(problem: Problem, start: Array, outcomes: list[str], names: tuple[str, ...]) -> tuple[Array, Array]:
    """The fit; where it fails or some probability is all but zero, the regressors are searched for separation."""
    failed: BadInput | np.linalg.LinAlgError | None = None
    try:
        parameters, bread = newton(problem, start)
        sure = problem.probabilities(parameters, problem.matrix, problem.outcomes).min() > SURE
    except (BadInput, np.linalg.LinAlgError) as error:
        failed, sure = error, False
    if not sure and problem.matrix.shape[1] == len(names):
        refuse_separated(problem.matrix, problem.answer, outcomes, names)
    elif not sure:
        refuse_separated_order(problem.matrix, problem.answer, problem.outcomes, names[1:])
    if failed is not None:
        raise BadInput("surveys.model.no_fit", rounds=ROUNDS) from failed
    return parameters, bread


def newton(problem: Problem, start: Array) -> tuple[Array, Array]:
    """Parameters (p,) at the maximum of the weighted likelihood from `start` (p,), and the inverse information (p, p).

    Raises
    ------
    BadInput
        Newton's method does not converge.

    """
    parameters = start
    level = _log_likelihood(problem, parameters)
    for _ in range(ROUNDS):
        gradient = _gradient(problem, parameters)
        bread = np.linalg.inv(-_hessian(problem, parameters))
        step, size = bread @ gradient, 1.0
        while size > 1e-6:
            tried = _log_likelihood(problem, parameters + size * step)
            if np.isfinite(tried) and tried >= level - 1e-12 * abs(level):
                break
            size /= 2
        parameters, level = parameters + size * step, tried
        if float(gradient @ step) < 1e-12 * max(1.0, abs(level)):
            return parameters, np.asarray(np.linalg.inv(-_hessian(problem, parameters)), dtype=float)
    raise BadInput("surveys.model.no_fit", rounds=ROUNDS)


def _log_likelihood(problem: Problem, parameters: Array) -> float:
    p = problem.probabilities(parameters, problem.matrix, problem.outcomes)
    chosen = p[np.arange(len(p)), problem.answer]
    return float(problem.weight @ np.log(chosen)) if (chosen > 0).all() else -np.inf


def _gradient(problem: Problem, parameters: Array) -> Array:
    return problem.weight @ problem.scores(parameters, problem.matrix, problem.answer, problem.outcomes)


def _hessian(problem: Problem, parameters: Array) -> Array:
    """Second derivative: exact where the kind has it, else central differences of the exact gradient."""
    if problem.information is not None:
        return -problem.information(parameters, problem.matrix, problem.weight, problem.outcomes)
    steps = 1e-5 * np.maximum(1.0, np.abs(parameters))
    rows = []
    for place, step in enumerate(steps):
        shift = np.zeros(len(parameters))
        shift[place] = step
        rows.append((_gradient(problem, parameters + shift) - _gradient(problem, parameters - shift)) / (2 * step))
    found: Array = np.array(rows)
    return np.asarray((found + found.T) / 2)


def _likelihoods(problem: Problem, parameters: Array) -> tuple[float, float]:
    shares = np.bincount(problem.answer, weights=problem.weight, minlength=problem.outcomes) / problem.weight.sum()
    return _log_likelihood(problem, parameters), float(problem.weight @ np.log(shares[problem.answer]))


def _names(kind: str, outcomes: list[str], columns: Regressors) -> list[tuple[str, str]]:
    if kind == "ordered":
        cuts = [(f"{low} | {high}", "(threshold)") for low, high in pairwise(outcomes)]
        return [*cuts, *((f"> {outcomes[0]}", name) for name in columns.names)]
    return [(outcome, name) for outcome in outcomes[1:] for name in (INTERCEPT, *columns.names)]


def _coefficients(
    parameters: Array, covariance: Array, names: list[tuple[str, str]], reach: tuple[float, float]
) -> pl.DataFrame:
    frame = pl.DataFrame(names, schema=["outcome", "term"], orient="row")
    return _with_errors(frame, "estimate", parameters, np.sqrt(np.diag(covariance)), reach)


def _with_errors(
    frame: pl.DataFrame, name: str, values: Array, errors: Array, reach: tuple[float, float]
) -> pl.DataFrame:
    times, degrees = reach
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(values) / errors, degrees)
    return frame.with_columns(
        pl.Series(name, values), pl.Series("se", errors), pl.Series("low", values - times * errors),
        pl.Series("high", values + times * errors), pl.Series("p", p).fill_nan(None),
    )  # fmt: skip


def average_effects(
    problem: Problem,
    parameters: Array,
    covariance: Array,
    shape: tuple[list[str], Regressors],
    reach: tuple[float, float],
) -> pl.DataFrame:
    """Average marginal effects: outcome, term, effect (change in probability), se, low, high, p.

    `parameters` (p,), `covariance` (p, p); `shape`: outcomes and regressors; `reach`: quantile of t and its degrees.
    """
    outcomes, columns = shape
    value = _effects(problem, parameters, columns)
    jacobian = np.empty((value.size, len(parameters)))
    for place in range(len(parameters)):
        step = 1e-5 * max(1.0, abs(float(parameters[place])))
        shift = np.zeros(len(parameters))
        shift[place] = step
        high, low = (_effects(problem, parameters + sign * shift, columns) for sign in (1, -1))
        jacobian[:, place] = ((high - low) / (2 * step)).ravel()
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian), 0.0))
    frame = pl.DataFrame(
        [(outcome, name) for name in columns.names for outcome in outcomes], schema=["outcome", "term"], orient="row"
    )
    return _with_errors(frame, "effect", value.ravel(), errors, reach)


def _effects(problem: Problem, parameters: Array, columns: Regressors) -> Array:
    """Effects (columns of regressors x outcomes)."""
    first = problem.matrix.shape[1] - len(columns.names)
    total = problem.weight.sum()
    rows = []
    for place, factor in enumerate(columns.factor):
        if factor:
            with_it, without = problem.matrix.copy(), problem.matrix.copy()
            same = [first + other for other, name in enumerate(columns.factor) if name == factor]
            with_it[:, same] = without[:, same] = 0.0
            with_it[:, first + place] = 1.0
            width = 1.0
        else:
            width = 1e-4 * max(1e-8, float(np.std(problem.matrix[:, first + place])))
            with_it, without = problem.matrix.copy(), problem.matrix.copy()
            with_it[:, first + place] += width / 2
            without[:, first + place] -= width / 2
        high, low = (problem.probabilities(parameters, m, problem.outcomes) for m in (with_it, without))
        rows.append(problem.weight @ (high - low) / (total * width))
    return np.array(rows)
