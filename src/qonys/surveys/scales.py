"""Scales of several items: reliability, items, equality of measurement in groups, and what the scale goes with.

Cronbach's alpha (1951) with the interval of Feldt (1965, Psychometrika 30, 357-370) for simple random samples; under a
design its error is linearised and the interval is that of ln(1 - alpha) (Bonett 2002). McDonald's omega (1999) of one
factor fitted by maximum likelihood, error from the scores of the respondents. Models of one factor in
groups: `kernels.structure.factor_models`. The scale of a respondent is the mean of the items, in the model of an
outcome in standard deviations. Respondents who lack an item are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from qonys.errors import BadInput
from qonys.kernels.structure.factor_models import (
    MODELS,
    FactorFit,
    Moments,
    fit_factors,
    fit_indices,
    moments,
    omega,
    respondent_scores,
)
from qonys.surveys.adaptation import alpha
from qonys.surveys.choice_models import ChoiceSpec, fit_choice
from qonys.surveys.design import Array, Design, Plan, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata

SURE = 0.95
OUTCOME, SCALE = "__outcome", "scale"


@dataclass(frozen=True)
class Scale:
    """Answers to the items: `values` (n, k), `known` (n,) who answered all; `labels`: the group of each, if any.

    `simple`: a simple random sample of equal weights.
    """

    items: tuple[str, ...]
    values: Array
    known: NDArray[np.bool_]
    plan: Plan
    simple: bool
    labels: pl.Series | None = None
    groups: tuple[str, ...] = ()

    def parts(self) -> list[tuple[str | None, NDArray[np.bool_]]]:
        """All respondents (None) and those of each group, as marks (n,)."""
        if self.labels is None:
            return [(None, self.known)]
        marks = [(self.labels == group).fill_null(value=False).to_numpy() & self.known for group in self.groups]
        return [(None, self.known), *zip(self.groups, marks, strict=True)]

    def moments(self, inside: NDArray[np.bool_]) -> Moments:
        """Weighted moments of the respondents `inside` (n,)."""
        return moments(self.values[inside], self.plan.weight[inside])

    def score(self) -> Array:
        """Mean of the items of each respondent (n,), not a number where an item lacks."""
        return np.asarray(np.where(self.known, self.values.mean(axis=1), np.nan))


def scale_of(
    data: Microdata, design: Design, items: Sequence[str], group: str = "", reverse: Sequence[str] = ()
) -> Scale:
    """The scale of some items; those of `reverse` are turned about the middle of their observed ends.

    Raises
    ------
    BadInput
        Fewer than two items; one named twice, or as the group; one that is no number, has no answer or does not vary;
        an item to be turned that is none of them; a group of one category, or with fewer respondents than items.
    """
    if len(items) < 2:
        raise BadInput("surveys.scale.items", n=len(items))
    twice = [name for place, name in enumerate(items) if name in items[:place]]
    if twice:
        raise BadInput("surveys.scale.twice", column=twice[0])
    if group in items:
        raise BadInput("surveys.same_column", first="--items", second="--group", column=group)
    wrong = [name for name in reverse if name not in items]
    if wrong:
        raise BadInput("surveys.choice", option="--reverse", value=wrong[0], known=", ".join(items))
    held = with_design(data.frame, design)
    columns = [data.numbers(item).fill_null(np.nan).to_numpy().astype(float) for item in items]
    for place, (item, column) in enumerate(zip(items, columns, strict=True)):
        if np.isnan(column).all():
            raise BadInput("surveys.no_answers", variable=item)
        if np.nanmax(column) == np.nanmin(column):
            raise BadInput("surveys.one_category", variable=item, n=1)
        if item in reverse:
            columns[place] = np.nanmin(column) + np.nanmax(column) - column
    values = np.column_stack(columns)
    known = ~np.isnan(values).any(axis=1)
    simple = design.plain and not (design.weight or design.strata or design.cluster or design.fpc)
    labels, groups = (data.categories(group), data.ordered(group)) if group else (None, [])
    if group and len(groups) < 2:
        raise BadInput("surveys.one_category", variable=group, n=len(groups))
    found = Scale(tuple(items), values, known, plan_of(held, design), simple, labels, tuple(groups))
    for name, inside in found.parts():
        if inside.sum() <= len(items):
            key = "surveys.scale.few" if name else "surveys.scale.few_all"
            raise BadInput(key, group=name or "", n=int(inside.sum()), items=len(items))
    return found


def reliability(scale: Scale) -> pl.DataFrame:
    """Alpha and omega of all respondents and of each group.

    Columns group (null: all), n, items, alpha, alpha_low, alpha_high, omega, omega_low, omega_high; no omega of two
    items, or where one factor cannot be fitted; no interval of omega where the fit is improper (`unsound_parts`).
    """
    rows: list[tuple[str | float | int | None, ...]] = []
    for group, inside in scale.parts():
        value, low, high = _alpha(scale, inside)
        rows.append((group, int(inside.sum()), len(scale.items), value, low, high, *_omega(scale, inside)))
    names = ("alpha", "alpha_low", "alpha_high", "omega", "omega_low", "omega_high")
    schema = {"group": pl.String, "n": pl.Int64, "items": pl.Int64, **dict.fromkeys(names, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def unsound_parts(scale: Scale) -> tuple[list[str | None], list[str | None]]:
    """Groups (None: all) whose fit of one factor is improper, and those that have none.

    Improper: a unique variance is at its bound, a Heywood case. There the information of the fit does not give the
    error of omega (Chen and others 2001, Sociological Methods and Research 29, 468-508).
    """
    fits = [(group, _one_factor_of(scale, inside)) for group, inside in scale.parts()]
    return [group for group, fit in fits if fit and fit.improper], [group for group, fit in fits if fit is None]


def _one_factor_of(scale: Scale, inside: NDArray[np.bool_]) -> FactorFit | None:
    """One factor of some respondents; None where it is not identified or does not settle."""
    if len(scale.items) < 3:
        return None
    try:
        return one_factor([scale.moments(inside)])
    except (BadInput, np.linalg.LinAlgError):
        return None


def feldt(value: float, n: float, items: int, confidence: float = SURE) -> tuple[float, float]:
    """Interval of alpha of `items` items and `n` respondents, 1 - (1 - alpha) F of n - 1 and (n - 1)(k - 1) degrees.

    Examples
    --------
    >>> [round(end, 3) for end in feldt(0.79, 41, 26, 0.9)]
    [0.705, 0.862]
    """
    degrees = (n - 1, (n - 1) * (items - 1))
    ends = (stats.f.ppf(0.5 + confidence / 2, *degrees), stats.f.ppf(0.5 - confidence / 2, *degrees))
    return 1 - (1 - value) * float(ends[0]), 1 - (1 - value) * float(ends[1])


def _alpha(scale: Scale, inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Alpha and the ends of its interval."""
    weight = np.where(inside, scale.plan.weight, 0.0)
    value = alpha(scale.values[inside], weight[inside])
    k = len(scale.items)
    if scale.simple:
        return value, *feldt(value, float(inside.sum()), k)
    found = scale.moments(inside)
    apart = np.where(inside[:, None], scale.values - found.mean, 0.0)
    trace, total = float(np.trace(found.covariance)), float(found.covariance.sum())
    shift = k / (k - 1) * (trace / total**2 * apart.sum(axis=1) ** 2 - (apart**2).sum(axis=1) / total)
    return _of_one_less(value, weight / weight.sum() * shift, scale.plan, inside)


def _omega(scale: Scale, inside: NDArray[np.bool_]) -> tuple[float | None, float | None, float | None]:
    """Omega and the ends of its interval; None where one factor is not identified or does not settle."""
    fit = _one_factor_of(scale, inside)
    if fit is None:
        return None, None, None
    loadings, unique = fit.loadings()[:, 0], fit.unique()
    value = omega(loadings, unique)
    if fit.improper:
        return value, None, None
    total = float(loadings.sum()) ** 2 + float(unique.sum())
    slope = np.zeros(len(fit.parameters))
    slope[fit.structure.loadings[0, :, 0]] = 2 * loadings.sum() * unique.sum() / total**2
    slope[fit.structure.unique[0]] = -(float(loadings.sum()) ** 2) / total**2
    weight = np.where(inside, scale.plan.weight, 0.0) * inside.sum() / scale.plan.weight[inside].sum()
    influence = np.zeros(len(inside))
    influence[inside] = respondent_scores(fit, scale.values[inside]) @ fit.covariance @ slope
    return _of_one_less(value, influence * weight, scale.plan, inside)


def _of_one_less(value: float, influence: Array, plan: Plan, inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    """A coefficient with its interval on the scale of ln(1 - value), from what each respondent adds to it."""
    se = float(np.sqrt(max(float(design_covariance(influence[:, None], plan)[0, 0]), 0.0)))
    reach = float(stats.t.ppf(0.5 + SURE / 2, plan.degrees_in(inside))) * se / max(1 - value, 1e-12)
    return value, 1 - (1 - value) * float(np.exp(reach)), 1 - (1 - value) * float(np.exp(-reach))


def one_factor(found: Sequence[Moments], model: str = MODELS[0]) -> FactorFit:
    """A model of one factor with loadings of all items, shapes as in `fit_factors`; the factor points with the items.

    Raises
    ------
    BadInput
        As `fit_factors`.
    """
    return fit_factors(found, np.ones((len(found[0].mean), 1), dtype=bool), model)


def item_table(scale: Scale) -> pl.DataFrame:
    """Columns item, n, mean, sd, item_rest (correlation with the sum of the others), alpha_without, loading.

    No loading where one factor cannot be fitted.
    """
    inside, weight = scale.known, scale.plan.weight[scale.known]
    found = scale.moments(inside)
    sd = np.sqrt(np.diag(found.covariance))
    loadings: list[float | None] = [None] * len(sd)
    fit = _one_factor_of(scale, inside)
    if fit is not None:
        loadings = [float(value) for value in fit.loadings()[:, 0] / sd]
    rows = []
    for place, item in enumerate(scale.items):
        others = [other for other in range(len(sd)) if other != place]
        rest = found.covariance[place, others].sum() / (
            sd[place] * np.sqrt(found.covariance[np.ix_(others, others)].sum())
        )
        without = alpha(scale.values[inside][:, others], weight) if len(others) > 1 else None
        rows.append((item, int(inside.sum()), float(found.mean[place]), float(sd[place]), float(rest), without,
                     loadings[place]))  # fmt: skip
    numbers = dict.fromkeys(("mean", "sd", "item_rest", "alpha_without", "loading"), pl.Float64)
    return pl.DataFrame(rows, schema={"item": pl.String, "n": pl.Int64, **numbers}, orient="row")


def invariance(scale: Scale) -> pl.DataFrame:
    """Configural, metric and scalar models of one factor in the groups.

    Columns model, chi2, degrees, p, cfi, rmsea, and against the model before: chi2_difference, degrees_difference,
    p_difference, cfi_difference. Weights are scaled to the respondents of each group.

    Raises
    ------
    BadInput
        There are no groups; fewer than three items; as `fit_factors`.
    """
    if not scale.groups:
        raise BadInput("surveys.need", option="--group")
    found = [scale.moments(inside) for _, inside in scale.parts()[1:]]
    rows: list[tuple[str | float | int | None, ...]] = []
    before: tuple[FactorFit, float] | None = None
    for model in MODELS:
        fit = one_factor(found, model)
        cfi, rmsea = fit_indices(fit, found)
        p = float(stats.chi2.sf(fit.chi2, fit.degrees)) if fit.degrees else None
        more: tuple[float | int | None, ...] = (None, None, None, None)
        if before is not None:
            rise, steps = fit.chi2 - before[0].chi2, fit.degrees - before[0].degrees
            more = (rise, steps, float(stats.chi2.sf(rise, steps)), cfi - before[1])
        rows.append((model, fit.chi2, fit.degrees, p, cfi, rmsea, *more))
        before = (fit, cfi)
    names = ("p", "cfi", "rmsea", "chi2_difference")
    after = {"degrees_difference": pl.Int64, "p_difference": pl.Float64, "cfi_difference": pl.Float64}
    schema = {"model": pl.String, "chi2": pl.Float64, "degrees": pl.Int64, **dict.fromkeys(names, pl.Float64), **after}
    return pl.DataFrame(rows, schema=schema, orient="row")


def improper_models(scale: Scale) -> bool:
    """Whether one of the models of `invariance` has a unique variance at its bound in some group."""
    found = [scale.moments(inside) for _, inside in scale.parts()[1:]]
    return any(one_factor(found, model).improper for model in MODELS)


def group_means(scale: Scale) -> pl.DataFrame:
    """Mean of the scale in each group, and of the factor if measurement is equal (scalar model).

    Columns group, n, mean, se, low, high (unit of the items), latent, latent_low, latent_high (standard deviations of
    the factor in the first group, whose mean is zero; errors of the model, none where the fit is improper).

    Raises
    ------
    BadInput
        As `invariance`.
    """
    if not scale.groups:
        raise BadInput("surveys.need", option="--group")
    parts = scale.parts()[1:]
    fit = one_factor([scale.moments(inside) for _, inside in parts], MODELS[2])
    score, columns, rows = scale.score(), [], []
    for g, (group, inside) in enumerate(parts):
        weight = np.where(inside, scale.plan.weight, 0.0) / scale.plan.weight[inside].sum()
        mean = float(weight[inside] @ score[inside])
        columns.append(np.where(inside, weight * (np.nan_to_num(score) - mean), 0.0))
        place = int(fit.structure.means[g, 0])
        latent = float(fit.parameters[place]) if place >= 0 else 0.0
        wide = 1.959964 * float(np.sqrt(fit.covariance[place, place])) if place >= 0 else None
        ends = (None, None) if wide is None or fit.improper else (latent - wide, latent + wide)
        rows.append((group, int(inside.sum()), mean, latent, *ends, scale.plan.degrees_in(inside)))
    se = np.sqrt(np.maximum(np.diag(design_covariance(np.column_stack(columns), scale.plan)), 0.0))
    names = ["group", "n", "mean", "latent", "latent_low", "latent_high", "df"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    reach = pl.Series(stats.t.ppf(0.5 + SURE / 2, frame["df"].to_numpy()) * se)
    return frame.select(
        "group", "n", "mean", pl.Series("se", se), (pl.col("mean") - reach).alias("low"),
        (pl.col("mean") + reach).alias("high"), "latent", "latent_low", "latent_high",
    )  # fmt: skip


def outcome_model(
    data: Microdata, design: Design, scale: Scale, outcome: str, answers: Sequence[str], group: str = ""
) -> pl.DataFrame:
    """Logit of giving one of `answers` to `outcome` on the scale in standard deviations, and on the group.

    Columns term, n, odds (ratio), low, high, p. Errors of the design; respondents without an answer are left out.

    Raises
    ------
    BadInput
        An answer that nobody gives, or that all give; as `fit_choice`.
    """
    known = data.ordered(outcome)
    wrong = [answer for answer in answers if answer not in known]
    if wrong or not answers:
        raise BadInput("surveys.choice", option="--answer", value=wrong[0] if wrong else "", known=", ".join(known))
    labels = data.categories(outcome)
    given = labels.is_in(list(answers)).cast(pl.String).replace({"true": "1", "false": "0"})
    score = scale.score()
    inside = scale.known
    weight = scale.plan.weight[inside] / scale.plan.weight[inside].sum()
    mean = float(weight @ score[inside])
    spread = float(np.sqrt(weight @ (score[inside] - mean) ** 2))
    frame = data.frame.with_columns(
        pl.when(labels.is_null()).then(None).otherwise(given).alias(OUTCOME),
        pl.Series(SCALE, (score - mean) / spread).fill_nan(None),
    )
    own = {name: labels for name, labels in data.values.items() if name not in (OUTCOME, SCALE)}
    fit = fit_choice(
        Microdata(frame, own, data.titles), design, ChoiceSpec(OUTCOME, (SCALE, *((group,) if group else ())))
    )
    odds = (pl.col(old).exp().alias(new) for old, new in (("estimate", "odds"), ("low", "low"), ("high", "high")))
    return fit.table.select("term", pl.lit(fit.n).alias("n"), *odds, "p")
