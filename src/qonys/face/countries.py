"""What a country pack answers: its tables, projections, back-tests, consequences and claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

import polars as pl

from qonys.catalog import Pack, open_pack
from qonys.face.charts import View
from qonys.face.country import Country
from qonys.face.options import checked
from qonys.face.result import Note, Result

if TYPE_CHECKING:
    from pathlib import Path

    from qonys.face.country import Given
    from qonys.projection.national import Projection
    from qonys.projection.regional.result import RegionalProjection

Where = str | Country


def _pack(where: Where) -> Pack:
    return where.pack if isinstance(where, Country) else open_pack(where)


def table(country: Where, name: str) -> Result:
    """A table of a country pack with all its rows, sources and ranks of evidence.

    Parameters
    ----------
    country
        Name of a shipped pack, the folder of another, or what `country` gives.
    name
        Name of the table: `country("kazakhstan").tables()` lists them.

    Returns
    -------
    The table's columns; every row has a value in the column `unit`, its source, its status and its rank (1 official,
    2 estimate, 3 secondary, 4 derived, 5 projection). `cite()` names every source of the table.

    Raises
    ------
    UnknownName
        No such pack or table; the sentence names the nearest.

    Examples
    --------
    >>> import qonys
    >>> found = qonys.table("kazakhstan", "census")
    >>> found.frame.columns[:2], len(found.sources) > 1
    (['year', 'region'], True)
    """
    pack = _pack(country)
    frame = Country(pack).table(name)
    sources = tuple(sorted(set(frame["source"].drop_nulls()))) if "source" in frame.columns else ()
    return Result("table", frame, sources=sources, pack=pack)


class ProjectOptions(TypedDict, total=False):
    """Further options of `project`."""

    seed: int
    out: str | Path
    fertility: str
    longevity: str
    migration: str
    mortality: str
    dependence: str


def project(
    country: Where,
    *,
    horizon: int | None = None,
    draws: int = 200,
    regions: bool = False,
    groups: bool = False,
    scenario: Given = None,
    **options: Unpack[ProjectOptions],
) -> Result:
    """Probabilistic projection of a country's population, of its regions and groups.

    Parameters
    ----------
    country
        Name of a shipped pack, the folder of another, or what `country` gives.
    horizon
        Last year; that of `Country.project` where it is None.
    draws
        Number of paths.
    regions, groups
        Keep regions, ethnic groups apart.
    scenario
        A mapping such as {"net_add": 20000, "since": 2027}, or a TOML or YAML file.
    options
        `seed` (1); `out`: a folder of shards to go on from; the process of a component: `fertility`, `longevity`,
        `migration`, `mortality`, `dependence` (see the page on processes).

    Returns
    -------
    measure, year (and region, group), q2.5 to q97.5: quantiles over the draws; stocks are of mid-year, persons; flows
    of year y run from mid y - 1 to mid y. `model` holds the draws: `.probability(text)`, `.pyramid(year)`, ...

    Raises
    ------
    BadInput
        A year, a number of draws, a scenario or a process that is impossible.

    Notes
    -----
    Source: fertility: Raftery, Alkema and Gerland (2014), its third phase; life expectancy after Raftery, Chunn,
    Gerland and Sevcikova (2013); migration: Azose and Raftery (2015), with crises (Hamilton 1989). What differs
    from them: the page on processes. The first call fits them (about a minute) and keeps them.

    Examples
    --------
    >>> import qonys
    >>> found = qonys.project("kazakhstan", horizon=2040)  # doctest: +SKIP
    >>> found.plot().save("population.svg")  # doctest: +SKIP
    """
    known = checked(options, tuple(ProjectOptions.__annotations__), "project")
    one = country if isinstance(country, Country) else Country(open_pack(country))
    if horizon is not None:
        known["horizon"] = horizon
    found = one.project(draws, regions=regions, groups=groups, scenario=scenario, **known)
    over = tuple(axis for axis, kept in (("region", regions), ("group", groups)) if kept)
    frame = quantiles_of(found, over)
    panel = over[0] if over else ""
    whole = (("measure", "population"),)
    view = View("line", "year", "q50", "q2.5", "q97.5", over[1] if len(over) > 1 else "", panel, where=whole)
    notes: tuple[Note, ...] = (("face.project.draws", {"n": draws}),) if draws < 200 else ()
    return Result("project", frame, {}, notes, (view,), found, _account_sources(one.pack), one.pack)


def quantiles_of(found: Projection | RegionalProjection, over: Sequence[str]) -> pl.DataFrame:
    """Quantiles of all measures of a projection, by the axes `over` where it keeps any apart."""
    from qonys.projection.regional.result import MEASURES, RegionalProjection

    if isinstance(found, RegionalProjection) and over:
        return pl.concat([found.quantiles(tuple(over), measure=measure) for measure in MEASURES])
    return found.quantiles()


def _account_sources(pack: Pack) -> tuple[str, ...]:
    """Sources of the national account that projections and consequences start from."""
    from qonys.inputs.statements import account_span, national_statements

    return national_statements(pack, account_span(pack))[1]


def backtest(country: Where, *, target: str = "", origins: Sequence[int] = (), full: bool = False) -> Result:
    """How forecasts made in the past would have done: coverage, width, scores, against simple rivals.

    Parameters
    ----------
    country
        Name of a shipped pack, the folder of another, or what `country` gives.
    target
        net_migration, population, population_15_64, ... or regions; empty: all of the nation.
    origins
        Years from which forecasts are made; empty: the usual ones.
    full
        Every forecast in place of the summary.

    Returns
    -------
    target, horizon, model with the measures of skill: coverage and width of intervals, CRPS, errors, and the skill
    against each rival with its 95 % interval; with `full` each forecast with what came.

    Raises
    ------
    BadInput
        An unknown target; an origin without figures before or after it.

    Notes
    -----
    Source: Gneiting and Raftery (2007), scores; the page on skill says what is forecast from what.

    Examples
    --------
    >>> import qonys
    >>> qonys.backtest("kazakhstan", target="net_migration").frame.columns[:2]  # doctest: +SKIP
    ['target', 'horizon']
    """
    from qonys.study.analyses.skill import skill_of

    pack = _pack(country)
    return Result("backtest", skill_of(pack, target, tuple(origins), full), sources=_account_sources(pack), pack=pack)


def migration_consequences(
    country: Where, *, table: str = "effect", since: int = 0, until: int = 0, draws: int = 200, seed: int = 1
) -> Result:
    """What migration did, and may do: the population with it against the population without it.

    Parameters
    ----------
    country
        Name of a shipped pack, the folder of another, or what `country` gives.
    table
        effect, ageing, replacement, ethnic, regions, labour, decomposition.
    since
        Nobody moves from this year on in the counterfactual; 0: the year of the plan.
    until
        Last year; 0: the end of the account.
    draws, seed
        Of the account and the projection.

    Returns
    -------
    Table effect: part (total, direct: net migrants alive, indirect: births to them less deaths, net_migration, births,
    deaths), year, low, median, high (95 %), persons. The page on consequences describes the other tables.

    Raises
    ------
    BadInput
        A table, a year or a number of draws that is impossible.

    Notes
    -----
    Source: Philipov and Schuster (2010), with and without migration; United Nations (2000), replacement; Das Gupta
    (1993), equation 3.54, decomposition. Assumes that who moves has the rates of all others.

    Examples
    --------
    >>> import qonys
    >>> qonys.migration_consequences("kazakhstan", since=1991).frame.columns  # doctest: +SKIP
    ['part', 'year', 'low', 'median', 'high']
    """
    from qonys.study.analyses.consequences import ConsequencesRequest, answer

    pack = _pack(country)
    frame = answer(pack, ConsequencesRequest(since, until, table, draws, seed), lambda key: None)
    drawn = {"part", "year", "median", "low", "high"} <= set(frame.columns)
    views = (View("line", "year", "median", "low", "high", panel="part"),) if drawn else ()
    return Result("migration_consequences", frame, views=views, sources=_account_sources(pack), pack=pack)


def claims(country: Where) -> Result:
    """Quantitative claims of a country pack against every source that can answer them.

    Parameters
    ----------
    country
        Name of a shipped pack, the folder of another, or what `country` gives.

    Returns
    -------
    id, words, formula, claimed, unit, low and high (over the sources), answers, agree, verdict (confirmed,
    contradicted, depends, cannot_tell, outside). Table `answers`: each source's answer with the figures it comes from.

    Raises
    ------
    BadInput
        A claim with an unknown formula.

    Examples
    --------
    >>> import qonys
    >>> "confirmed" in set(qonys.claims("kazakhstan").frame["verdict"])
    True
    """
    from qonys.study.chapters.claims import answer_frame, claim_frame
    from qonys.study.claims import check_claims

    pack = _pack(country)
    found = check_claims(pack)
    sources = tuple(sorted({source for one in found for given in one.answers for source in given.sources}))
    tables = {"answers": answer_frame(found)}
    return Result("claims", claim_frame(found), tables, model=found, sources=sources, pack=pack)


def fan_chart(
    result: Result | Projection | RegionalProjection,
    measure: str = "population",
    path: str | None = None,
    language: str = "en",
    **where: str,
) -> str:
    """SVG of a projection's median with 80 % and 95 % bands by year (extra `report`).

    Parameters
    ----------
    result
        What `project` or `Country.project` gives.
    measure
        population, births, deaths, net_migration, total_fertility, ...: a value of the column measure.
    path
        Where the SVG is written; nowhere if None.
    language
        en, ru or kk.
    where
        Of a projection by region or group: region="KZ-75", group="kazakh".

    Returns
    -------
    The chart as SVG text: persons, or the unit of the measure, by calendar year.

    Raises
    ------
    BadInput
        An unknown measure, region or group.

    Examples
    --------
    >>> import qonys
    >>> found = qonys.project("kazakhstan", draws=100, horizon=2040)  # doctest: +SKIP
    >>> svg = qonys.fan_chart(found, "population", "population.svg")  # doctest: +SKIP
    """
    from qonys.figures import forecast

    found: str = forecast.fan_chart(
        result.model if isinstance(result, Result) else result, measure, path, language, **where
    )
    return found
