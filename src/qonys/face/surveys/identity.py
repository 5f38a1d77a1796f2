"""Scales of identity and social distance."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.frames import Table
from qonys.face.options import names
from qonys.face.result import Note, Result
from qonys.face.surveys.design import Survey, opened
from qonys.figures.results import View
from qonys.study.analyses.identity import ScaleRequest, identity
from qonys.study.analyses.surveys import SurveyFile


@offered
def survey_identity(
    survey: Survey | Table,
    items: Sequence[str],
    *,
    group: str = "",
    reverse: str | Sequence[str] = (),
    outcome: str = "",
    answers: str | Sequence[str] = (),
) -> Result:
    """A scale of several items: reliability, items, measurement invariance between groups, association with an outcome.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    items
        Numeric items of one scale; respondents who lack one are left out.
    group
        Column of groups to compare.
    reverse
        Items whose answers run the other way.
    outcome, answers
        A categorical column, such as the intention to move, and its answers that count.

    Returns
    -------
    group (null: all), n, items, alpha, omega with 95% intervals. Tables: `items` (item-rest correlation, alpha without
    the item, loading); with a group `invariance` (configural, metric, scalar: chi2, CFI, RMSEA and their differences),
    `means` (of the scale and of the factor) and `functioning` (of items); with an outcome `outcome` (odds ratios).

    Raises
    ------
    BadInput
        Fewer than two items; an item that is no number or does not vary; an unusable design.

    Notes
    -----
    Source: Cronbach (1951), Feldt (1965), McDonald (1999); invariance: Joereskog (1971), Meredith (1993); functioning
    of items: Zumbo (1999); errors: Binder (1983).

    Examples
    --------
    >>> import qonys
    >>> people = {"a": [1, 2, 3, 4, 5, 3], "b": [2, 2, 3, 5, 4, 3], "c": [1, 3, 3, 4, 4, 2]}
    >>> qonys.survey_identity(people, ["a", "b", "c"]).frame["alpha"].round(3).to_list()
    [0.927]
    """
    file, sources = opened(survey)

    def request_of(shown: str) -> ScaleRequest:
        return ScaleRequest(tuple(items), names(reverse), group, outcome, names(answers), shown)

    found = identity(file, request_of("reliability"))
    messages: list[Note] = list(found.notes)
    tables = {"items": identity(file, request_of("items")).frame}
    for shown in ("invariance", "means", "functioning") if group else ():
        tables |= _possible(file, request_of(shown), messages)
    if outcome:
        tables["outcome"] = identity(file, request_of("outcome")).frame
    views = (
        View("dots", "alpha", "group", "alpha_low", "alpha_high"),
        View("dots", "item_rest", "item", table="items"),
    )
    return Result("survey_identity", found.frame, tables, tuple(messages), views, None, sources)


def _possible(file: SurveyFile, request: ScaleRequest, messages: list[Note]) -> dict[str, pl.DataFrame]:
    """A table by its name, with its notes added; where the items cannot give it, the reason in its place."""
    try:
        found = identity(file, request)
    except BadInput as error:
        messages.append((error.key, error.values))
        return {}
    messages += [note for note in found.notes if note not in messages]
    return {request.shown: found.frame}


@offered
def social_distance(
    survey: Survey | Table, items: Sequence[str], answers: str | Sequence[str], *, group: str = ""
) -> Result:
    """Social distance (Bogardus) as a cumulative scale, with reproducibility and scalability.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    items
        Relations from the nearest (family) to the farthest (citizen of the country).
    answers
        Answers that mean acceptance.
    group
        Column of groups to compare.

    Returns
    -------
    group (null: all), n, items, mean (relations accepted), se, low, high (95%), reproducibility with its interval,
    minimal (what the shares alone give), scalability.

    Raises
    ------
    BadInput
        Fewer than two items; an answer that nobody gives.

    Notes
    -----
    Source: Bogardus (1925); Guttman (1950); Menzel (1953); errors: Binder (1983).

    Examples
    --------
    >>> import qonys
    >>> people = {"family": ["no", "yes", "no"], "neighbour": ["yes", "yes", "no"], "citizen": ["yes", "yes", "yes"]}
    >>> found = qonys.social_distance(people, ["family", "neighbour", "citizen"], "yes").frame
    >>> [round(found[name][0], 6) for name in ("mean", "reproducibility")]
    [2.0, 1.0]
    """
    file, sources = opened(survey)
    found = identity(file, ScaleRequest(tuple(items), (), group, "", names(answers), "distance"))
    view = View("dots", "mean", "group", "low", "high")
    return Result("social_distance", found.frame, {}, found.notes, (view,), None, sources)
