"""How many may move, who adapts, who stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from qonys.errors import BadInput
from qonys.face.charts import View
from qonys.face.frames import Table, sources_of
from qonys.face.options import names
from qonys.face.result import Note, Result
from qonys.face.surveys.design import Survey, microdata_of, opened
from qonys.study.analyses import surveys as analysis
from qonys.surveys.endings import stays_of
from qonys.surveys.settling import hazard, incidence, same_survival, settled_after, survival


def migration_potential(
    survey: Survey | Table,
    variable: str,
    intends: str | Sequence[str],
    by: str,
    *,
    rate: tuple[float, float, str] | None = None,
) -> Result:
    """How many may move: people, times those who intend to, times those of them who go.

    Parameters
    ----------
    survey
        What `survey_design` gives; weights add up to the people they stand for.
    variable
        The question of intention.
    intends
        Answers that mean an intention.
    by
        Column of groups.
    rate
        Lowest and highest share of those intending who move, and its source; None takes the published panels.

    Returns
    -------
    group (null: all), people, low, middle, high (movers, 95 % over the sampling error and the range of the rate),
    part_realise (part of the variance that the rate makes), share.

    Raises
    ------
    BadInput
        An answer that does not occur; a rate without a source.

    Notes
    -----
    Source: Tjaden, Auer and Laczko (2019), and the panels that the note names.

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


def adaptation(
    survey: Survey | Table, domains: Mapping[str, tuple[Sequence[str], float, float]], group: str, native: str
) -> Result:
    """Adaptation of migrants by domain against non-migrants, and its index.

    Parameters
    ----------
    survey
        What `survey_design` gives; a plain table is taken as a simple random sample.
    domains
        Name to (items, worst, best): {"labour": (["job", "pay"], 1, 5)}, the ends of the items' scale.
    group
        Column that says who is a migrant.
    native
        Its value for non-migrants.

    Returns
    -------
    group, domain (null: the index, geometric mean over domains), n, mean (0 to 1), se, ratio to non-migrants,
    ratio_se, low, high (95 %). Table `reliability`: Cronbach's alpha of each domain.

    Raises
    ------
    BadInput
        A value outside its scale; a group that does not exist.

    Notes
    -----
    Source: Cronbach (1951), reliability; Binder (1983), errors. Non-migrants are a yardstick, not a norm.

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


def settling(
    stays: Table,
    *,
    years: Sequence[float] = (1, 2, 3, 5),
    by: str = "",
    on: str | Sequence[str] = (),
    most: int = 10,
    censored: str | Sequence[str] = (),
) -> Result:
    """Who stays (приживаемость): share still settled after years, from records of stays with an open end.

    Parameters
    ----------
    stays
        years (in the place), end (empty, "stay", 0 or "no": still there; else return, onward, death, ...);
        groups, covariates.
    years
        Years since arrival at which the share is given.
    by
        Column of groups.
    on
        Covariates of the yearly hazard of leaving (table `hazard`).
    most
        Last year since arrival in the hazard.
    censored
        Codes of `end` that mean "still there", where its words, 0 and 1, or no and yes do not tell; "none": nobody.

    Returns
    -------
    group, years, n, at_risk, settled (0 to 1), se, low, high (95 %); empty where nobody was watched that long. Tables:
    `curve` (every time at which someone left), `ends` (cumulative incidence of each kind of end), `hazard` (log-odds),
    `test` (log-rank test of the groups).

    Raises
    ------
    BadInput
        Columns that lack; negative years; nobody left.

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
