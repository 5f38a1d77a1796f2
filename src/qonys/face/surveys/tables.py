"""Weighted tables, tests of differences between groups, changes between waves."""

from __future__ import annotations

from collections.abc import Sequence

from qonys.face.arguments import offered
from qonys.face.frames import Table
from qonys.face.options import names
from qonys.face.result import Result
from qonys.face.surveys.design import Survey, opened
from qonys.figures.results import View
from qonys.study.analyses import surveys as analysis


@offered
def survey_table(
    survey: Survey | Table,
    variables: str | Sequence[str],
    *,
    kind: str = "share",
    by: str | Sequence[str] = (),
    over: str = "",
    deff: str = "with-replacement",
) -> Result:
    """Weighted proportions, means, totals, ratios or cross-tabulations with design-based standard errors.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    variables
        One or more columns.
    kind
        share, mean, total, ratio (needs `over`), cross (needs one `by`).
    by
        Columns that define domains; estimates for domains use the whole design.
    over
        Denominator of a ratio.
    deff
        The simple random sample that the design effect compares with: with-replacement, without-replacement (R's
        default; the weights must sum to the population).

    Returns
    -------
    variable, the domains, answer, estimate, se, low, high (95%, Student's t; shares on the logit scale), deff (design
    effect), df, n. Proportions are between 0 and 1; means and totals are in the unit of the variable.

    Raises
    ------
    BadInput
        An unusable design; a variable that is missing, non-numeric, or has an undeclared label.

    Notes
    -----
    Source: Binder (1983); domains: Saerndal, Swensson and Wretman (1992), section 5.8; design effect: Kish (1965).

    Examples
    --------
    >>> import qonys
    >>> import polars as pl
    >>> people = {"vote": ["yes", "no", "yes", "no"], "w": [1, 1, 2, 2]}
    >>> found = qonys.survey_table(qonys.survey_design(people, weight="w"), "vote").frame
    >>> found.select("answer", pl.col("estimate").round(6)).rows()
    [('no', 0.5), ('yes', 0.5)]
    """
    file, sources = opened(survey)
    found = analysis.table(file, kind, names(variables), names(by), over, deff)
    groups = [name for name in names(by) if name in found.frame.columns]
    y = "answer" if "answer" in found.frame.columns else groups[0] if groups else "variable"
    panel = next((name for name in (*groups, "variable") if name != y and found.frame[name].n_unique() > 1), "")
    view = View("dots", "estimate", y, "low", "high", panel=panel)
    return Result("survey_table", found.frame, {}, found.notes, (view,), None, sources)


@offered
def survey_test(
    survey: Survey | Table, variables: str | Sequence[str], by: str | Sequence[str], *, pairs: bool = False
) -> Result:
    """Differences between groups: design-based tests of independence, or pairwise differences.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    variables, by
        Answers and grouping variables; each combination is tested.
    pairs
        Pairwise differences of proportions instead of one test.

    Returns
    -------
    variable, by, the statistic with its degrees of freedom and p, and p adjusted for multiple testing (Holm;
    Benjamini and Hochberg). With `pairs`: the two groups, answer, difference, se, low, high, p.

    Raises
    ------
    BadInput
        An unusable design or variable; one group only.

    Notes
    -----
    Source: Rao and Scott (1984), second-order correction; multiple testing: Holm (1979), Benjamini and Hochberg (1995).

    Examples
    --------
    >>> import qonys
    >>> people = {"vote": ["yes", "no"] * 20, "sex": ["f"] * 20 + ["m"] * 20}
    >>> qonys.survey_test(people, "vote", "sex").frame.height
    1
    """
    file, sources = opened(survey)
    found = analysis.compared(file, names(variables), names(by), pairs)
    return Result("survey_test", found.frame, {}, found.notes, (), None, sources)


@offered
def survey_trend(survey: Survey | Table, variables: str | Sequence[str], wave: str) -> Result:
    """Change of proportions between consecutive waves of a survey.

    Parameters
    ----------
    survey
        All waves in one table, as `survey_design` gives it.
    variables
        Variables whose answers are compared.
    wave
        Column of the wave (numbers, or dates as sortable text).

    Returns
    -------
    variable, the two waves, answer, difference with se, low, high (95%), p and adjusted p.

    Raises
    ------
    BadInput
        An unusable design or variable; one wave only.

    Notes
    -----
    Source: Binder (1983); multiple testing: Holm (1979), Benjamini and Hochberg (1995).

    Examples
    --------
    >>> import qonys
    >>> people = {"vote": ["yes", "no"] * 10 + ["yes"] * 15 + ["no"] * 5, "year": [2020] * 20 + [2021] * 20}
    >>> qonys.survey_trend(people, "vote", "year").frame.height > 0
    True
    """
    file, sources = opened(survey)
    found = analysis.trend(file, names(variables), wave)
    return Result("survey_trend", found.frame, {}, found.notes, (), None, sources)
