"""Weighted tables, tests of groups, changes between waves."""

from __future__ import annotations

from collections.abc import Sequence

from qonys.face.charts import View
from qonys.face.frames import Table
from qonys.face.options import names
from qonys.face.result import Result
from qonys.face.surveys.design import Survey, opened
from qonys.study.analyses import surveys as analysis


def survey_table(
    survey: Survey | Table,
    variables: str | Sequence[str],
    *,
    kind: str = "share",
    by: str | Sequence[str] = (),
    over: str = "",
) -> Result:
    """Weighted shares, means, totals, ratios or cross-tables with errors of the design.

    Parameters
    ----------
    survey
        What `survey_design` gives; a plain table is taken as a simple random sample.
    variables
        One or more columns.
    kind
        share, mean, total, ratio (needs `over`), cross (needs one `by`).
    by
        Columns of domains; a domain keeps the whole design.
    over
        Denominator of a ratio.

    Returns
    -------
    variable, the domains, answer, estimate, se, low, high (95 %, Student's t; shares on the logit scale), deff (design
    effect), df, n. Shares are parts of one; means and totals are in the unit of the variable.

    Raises
    ------
    BadInput
        A design that cannot be used; a variable that is missing, not a number, or has an undeclared label.

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
    found = analysis.table(file, kind, names(variables), names(by), over)
    groups = [name for name in names(by) if name in found.frame.columns]
    y = "answer" if "answer" in found.frame.columns else groups[0] if groups else "variable"
    panel = next((name for name in (*groups, "variable") if name != y and found.frame[name].n_unique() > 1), "")
    view = View("dots", "estimate", y, "low", "high", panel=panel)
    return Result("survey_table", found.frame, {}, found.notes, (view,), None, sources)


def survey_test(
    survey: Survey | Table, variables: str | Sequence[str], by: str | Sequence[str], *, pairs: bool = False
) -> Result:
    """Whether answers differ between groups: tests of independence under the design, or differences by pairs.

    Parameters
    ----------
    survey
        What `survey_design` gives; a plain table is taken as a simple random sample.
    variables, by
        Answers, and groupings; every pair of the two is tested.
    pairs
        Differences of shares between each two groups in place of one test.

    Returns
    -------
    variable, by, the statistic with its degrees and p, and p corrected for many tests (Holm; Benjamini and Hochberg).
    With `pairs`: the two groups, answer, difference, se, low, high, p.

    Raises
    ------
    BadInput
        A design or variable that cannot be used; one group only.

    Notes
    -----
    Source: Rao and Scott (1984), second-order correction; several tests: Holm (1979), Benjamini and Hochberg (1995).

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


def survey_trend(survey: Survey | Table, variables: str | Sequence[str], wave: str) -> Result:
    """How shares of answers change from wave to wave of a survey.

    Parameters
    ----------
    survey
        All waves in one table, as `survey_design` gives it.
    variables
        Answers.
    wave
        Column of the wave (numbers or dates as text that sort).

    Returns
    -------
    variable, the two waves, answer, difference with se, low, high (95 %), p and corrected p.

    Raises
    ------
    BadInput
        A design or variable that cannot be used; one wave only.

    Notes
    -----
    Source: Binder (1983); several tests: Holm (1979), Benjamini and Hochberg (1995).

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
