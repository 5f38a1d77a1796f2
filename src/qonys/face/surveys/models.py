"""Models of a categorical or numeric answer, latent classes, correspondence analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from qonys.face.arguments import offered
from qonys.face.frames import Table
from qonys.face.options import checked, chosen, names
from qonys.face.result import Result
from qonys.face.surveys.design import Survey, opened
from qonys.figures.results import View
from qonys.study.analyses import surveys as analysis
from qonys.surveys.choice_models import ChoiceSpec

MODELS = ("multinomial", "ordered", "linear")


class ModelOptions(TypedDict, total=False):
    """Further options of `survey_model`."""

    base: str | Sequence[str]
    errors: str


@offered
def survey_model(
    survey: Survey | Table,
    answer: str,
    on: str | Sequence[str],
    *,
    kind: str = "multinomial",
    reference: str = "",
    iia: bool = False,
    **options: Unpack[ModelOptions],
) -> Result:
    """Multinomial or ordered logit, or linear regression, with design-based standard errors.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    answer
        The dependent variable.
    on
        Regressors: numeric, or categorical with the first category as reference.
    kind
        multinomial, ordered, or linear.
    reference
        Reference category of a multinomial model; by default the first.
    iia
        Also test the independence of irrelevant alternatives of a multinomial model (table `iia`).
    options
        `base`: "variable=level" that the other categories of a regressor are compared with; `errors`: design, or model
        (the inverse of the information; linear: s2 (X'WX)^-1), for tables of frequencies and simple random samples.

    Returns
    -------
    outcome (except linear), term, estimate (log-odds; linear: the unit of the answer), se, low, high (95%), p. Table
    `effects`: average marginal effects on probabilities.

    Raises
    ------
    BadInput
        An unusable design or variable; collinear regressors; regressors that perfectly predict the answers.

    Notes
    -----
    Source: McFadden (1974); ordered: McCullagh (1980); errors: Binder (1983). Associations, not causal effects.

    Examples
    --------
    >>> import qonys
    >>> schools = {"score": [1.0, 2.0, 3.1, 3.9], "size": [1, 2, 3, 4]}
    >>> qonys.survey_model(schools, "score", "size", kind="linear").frame["estimate"].round(2).to_list()
    [0.05, 0.98]
    """
    file, sources = opened(survey)
    chosen("kind", kind, MODELS)
    known = checked(options, tuple(ModelOptions.__annotations__), "survey_model")
    base, errors = names(known.get("base", ())), str(known.get("errors", "design"))
    if kind == "linear":
        line = analysis.linear(file, answer, names(on), base, errors)
        view = View("dots", "estimate", "term", "low", "high")
        return Result("survey_model", line.frame, {}, line.notes, (view,), None, sources)
    spec = ChoiceSpec(answer, names(on), kind, reference, base=base, errors=errors)
    found, effects = (analysis.model(file, spec, average) for average in (False, True))
    tables = {"effects": effects.frame}
    if iia:
        tables["iia"] = analysis.independence_of_alternatives(file, spec).frame
    panel = "outcome" if "outcome" in found.frame.columns else ""
    views = (
        View("dots", "estimate", "term", "low", "high", panel=panel),
        View("dots", "effect", "term", "low", "high", panel="outcome", table="effects"),
    )
    return Result("survey_model", found.frame, tables, found.notes, views, None, sources)


@offered
def survey_classes(
    survey: Survey | Table, variables: Sequence[str], *, classes: int = 0, most: int = 4, by: str = ""
) -> Result:
    """Latent class analysis: number of classes, their answer probabilities and their membership.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    variables
        Categorical items.
    classes
        Number of classes; 0: models with 1 to `most` classes are fitted and compared.
    most
        Largest number of classes fitted.
    by
        With `classes`: a grouping column; class shares by group are corrected for classification error.

    Returns
    -------
    Without `classes`: classes, log_likelihood, parameters, degrees, g2, bic, ... by number of classes. With it: class,
    share, variable, answer, probability. With `by` also: group, class, share, se, low, high.

    Raises
    ------
    BadInput
        More classes than the data identify; a variable that cannot be used.

    Notes
    -----
    Source: Goodman (1974); choice by BIC: Schwarz (1978); groups: Bolck, Croon and Hagenaars (2004).

    Examples
    --------
    >>> import qonys
    >>> people = {"a": [1, 1, 1, 0, 0, 0] * 9, "b": [1, 1, 0, 0, 0, 1] * 9, "c": [1, 0, 1, 0, 1, 0] * 9}
    >>> qonys.survey_classes(people, ["a", "b", "c"], most=1).frame["classes"].to_list()
    [1]
    """
    file, sources = opened(survey)
    found = analysis.classes(file, list(variables), classes, most, "")
    tables = {"groups": analysis.classes(file, list(variables), classes, most, by).frame} if classes and by else {}
    views = () if classes else (View("line", "classes", "bic"),)
    return Result("survey_classes", found.frame, tables, found.notes, views, None, sources)


@offered
def survey_map(survey: Survey | Table, variables: Sequence[str]) -> Result:
    """Multiple correspondence analysis: answer categories as points on a map.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    variables
        Categorical columns.

    Returns
    -------
    variable, answer and its coordinates on the axes. Table `axes`: inertia of each axis.

    Raises
    ------
    BadInput
        A variable that is missing or has one category.

    Notes
    -----
    Source: Greenacre (2017), chapters 18 and 19.

    Examples
    --------
    >>> import qonys
    >>> people = {"a": ["x", "x", "y", "y", "x"], "b": ["p", "p", "q", "q", "q"]}
    >>> qonys.survey_map(people, ["a", "b"]).frame.height
    4
    """
    file, sources = opened(survey)
    points, axes = (analysis.answer_map(file, list(variables), inertias) for inertias in (False, True))
    return Result("survey_map", points.frame, {"axes": axes.frame}, points.notes, (), None, sources)
