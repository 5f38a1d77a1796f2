"""Migration potential, adaptation and retention of migrants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.frames import Table, sources_of
from qonys.face.options import names
from qonys.face.result import Note, Result
from qonys.face.surveys.design import Survey, microdata_of, opened
from qonys.figures.results import View
from qonys.study.analyses import surveys as analysis
from qonys.surveys.endings import stays_of
from qonys.surveys.settling import hazard, incidence, same_survival, settled_after, survival


@offered
def migration_potential(
    survey: Survey | Table,
    variable: str,
    intends: str | Sequence[str],
    by: str,
    *,
    rate: tuple[float, float, str] | None = None,
) -> Result:
    """Migration potential: population × proportion intending to move × proportion of these who do move.

    Parameters
    ----------
    survey
        What `survey_design` gives; weights sum to the population represented.
    variable
        The question on migration intention.
    intends
        Answers that express an intention.
    by
        Grouping column.
    rate
        Lowest and highest proportion of those intending to move who do, and its source; None: published panel studies.

    Returns
    -------
    group (null: all), people, low, middle, high (migrants, 95%, from sampling error and the range of the rate),
    part_realise (share of the variance due to the rate), share.

    Raises
    ------
    BadInput
        An answer that does not occur; a rate without a source.

    Notes
    -----
    Source: Tjaden, Auer and Laczko (2019), and the panel studies named in the note.

    Examples
    --------
    >>> import qonys
    >>> people = {"goes": ["yes"] * 20 + ["no"] * 80, "sex": ["f", "m"] * 50, "w": [10] * 100}
    >>> survey = qonys.survey_design(people, weight="w")
    >>> found = qonys.migration_potential(survey, "goes", "yes", "sex", rate=(0.5, 0.5, "made up")).frame
    >>> found.select("group", "people", "share").rows()
    [('f', 500.0, 0.2), ('m', 500.0, 0.2), (None, 1000.0, None)]
    """
    file, sources = opened(survey)
    found = analysis.potential_by_group(file, variable, names(intends), by, rate)
    view = View("dots", "middle", "group", "low", "high")
    return Result("migration_potential", found.frame, {}, found.notes, (view,), None, sources)


@offered
def adaptation(
    survey: Survey | Table, domains: Mapping[str, tuple[Sequence[str], float, float]], group: str, native: str
) -> Result:
    """Adaptation of migrants by domain, relative to non-migrants, and a composite index.

    Parameters
    ----------
    survey
        The result of `survey_design`; a plain table is treated as a simple random sample.
    domains
        Name to (items, worst, best): {"labour": (["job", "pay"], 1, 5)}, the end points of the scale.
    group
        Column that distinguishes migrants and non-migrants.
    native
        Value of this column for non-migrants.

    Returns
    -------
    group, domain (null: the index, geometric mean over domains), n, mean (0 to 1), se, ratio to non-migrants,
    ratio_se, low, high (95%). Table `reliability`: Cronbach's alpha of each domain.

    Raises
    ------
    BadInput
        A value outside its scale; an unknown group.

    Notes
    -----
    Source: Cronbach (1951), reliability; Binder (1983), errors. Non-migrants are the reference group, not a norm.

    Examples
    --------
    >>> import qonys
    >>> people = {"job": [1, 2, 3, 4, 5, 3], "pay": [2, 2, 3, 4, 4, 3], "who": ["m", "m", "m", "n", "n", "n"]}
    >>> found = qonys.adaptation(people, {"labour": (["job", "pay"], 1, 5)}, "who", "n").frame
    >>> found.filter(domain="labour", group="m")["mean"].round(3).to_list()
    [0.292]
    """
    file, sources = opened(survey)
    written = [f"{name}={','.join(items)}:{worst}..{best}" for name, (items, worst, best) in domains.items()]
    found, alpha = (analysis.adapted(file, written, group, native, reliability) for reliability in (False, True))
    view = View("dots", "ratio", "domain", "low", "high", panel="group")
    return Result("adaptation", found.frame, {"reliability": alpha.frame}, found.notes, (view,), None, sources)


@offered
def settling(
    stays: Table,
    *,
    years: Sequence[float] = (1, 2, 3, 5),
    by: str = "",
    on: str | Sequence[str] = (),
    most: int = 10,
    censored: str | Sequence[str] = (),
) -> Result:
    """Retention of migrants (приживаемость): proportion still resident by duration, from censored durations of stay.

    Parameters
    ----------
    stays
        years (duration of residence), end (empty, "stay", 0 or "no": still resident; otherwise return, onward, death,
        ...); groups, covariates.
    years
        Durations since arrival, in years, at which the proportion is given.
    by
        Grouping column.
    on
        Covariates of the annual hazard of leaving (table `hazard`).
    most
        Longest duration since arrival in the hazard model, years.
    censored
        Codes of `end` for "still resident", if not evident (words, 0 and 1, no and yes); "none": there are none.

    Returns
    -------
    group, years, n, at_risk, settled (0 to 1), se, low, high (95%); empty beyond the longest observed duration. Tables:
    `curve` (every duration at which someone left), `ends` (cumulative incidence by kind of end), `hazard` (log-odds),
    `test` (log-rank test of the groups).

    Raises
    ------
    BadInput
        Missing columns; negative durations; no departures.

    Notes
    -----
    Source: Kaplan and Meier (1958); kinds of end: Aalen and Johansen (1978); test: Mantel (1966); hazard: Allison
    (1982).

    Examples
    --------
    >>> import qonys
    >>> stays = {"years": [1.5, 2.5, 3.0, 4.0], "end": ["return", None, "onward", None]}
    >>> qonys.settling(stays, years=[2]).frame["settled"].to_list()
    [0.75]
    """
    data = microdata_of(stays)
    known = stays_of(data, names(censored))
    tables = {"curve": survival(known, by), "ends": incidence(known, by)}
    if on:
        tables["hazard"] = hazard(known, names(on), most)
    if by:
        tables["test"] = pl.DataFrame([same_survival(known, by)])
    if not years:
        raise BadInput("estimation.choice", option="years", value="", known="1, 2, 3, ...")
    notes: tuple[Note, ...] = (("surveys.note.made_up", {}),) if "simulated" in data.frame.columns else ()
    views = (
        View("bars", "years", "settled", "low", "high", "group"),
        View("line", "years", "settled", "low", "high", "group", table="curve"),
    )
    return Result("settling", settled_after(known, list(years), by), tables, notes, views, known, sources_of(stays))
