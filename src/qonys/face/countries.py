"""Results from a country pack: its tables, projections, backtests, consequences of migration and claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

import polars as pl

from qonys.catalog import Pack, open_pack
from qonys.face.arguments import offered
from qonys.face.country import Country
from qonys.face.options import checked
from qonys.face.result import Note, Result
from qonys.figures.results import View

if TYPE_CHECKING:
    from pathlib import Path

    from qonys.face.country import Given
    from qonys.projection.national import Projection
    from qonys.projection.regional.result import RegionalProjection

Where = str | Country


def _pack(where: Where) -> Pack:
    return where.pack if isinstance(where, Country) else open_pack(where)


@offered
def table(country: Where, name: str) -> Result:
    """A table of a country pack with all its rows, their sources and ranks of evidence.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.
    name
        Name of the table; `country("kazakhstan").tables()` lists the names.

    Returns
    -------
    The columns of the table. Every row has a value, its `unit`, source, status and rank (1 official, 2 estimate,
    3 secondary, 4 derived, 5 projection). `cite()` lists all sources of the table.

    Raises
    ------
    UnknownName
        There is no such pack or table; the message suggests similar names.

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


@offered
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
    """Probabilistic projection of a country's population, optionally by region and ethnic group.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.
    horizon
        Last year of the projection; None: the default of `Country.project`.
    draws
        Number of simulated trajectories.
    regions, groups
        Distinguish regions or ethnic groups in the result.
    scenario
        A mapping such as {"net_add": 20000, "since": 2027}, or a TOML or YAML file.
    options
        `seed` (1); `out`: a folder in which shards are stored and resumed; the process of a component: `fertility`,
        `longevity`, `migration`, `mortality`, `dependence` (see the page on processes).

    Returns
    -------
    measure, year (and region, group), q2.5 to q97.5: quantiles over the draws; stocks are mid-year populations in
    persons; flows of year y are from mid-year y - 1 to mid-year y. `model` contains the draws: `.probability(text)`,
    `.pyramid(year)`, ...

    Raises
    ------
    BadInput
        An invalid year, number of draws, scenario or process.

    Notes
    -----
    Source: fertility: Raftery, Alkema and Gerland (2014), its third phase; life expectancy after Raftery, Chunn,
    Gerland and Sevcikova (2013); migration: Azose and Raftery (2015), with crises (Hamilton 1989). The
    page on processes states the differences. The first call fits the processes (about a minute) and stores
    them.

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
    """Quantiles of all measures: columns measure, the axes `over` if any, year, q<level>; units of the projection."""
    from qonys.projection.regional.result import MEASURES, RegionalProjection

    if isinstance(found, RegionalProjection) and over:
        return pl.concat([found.quantiles(tuple(over), measure=measure) for measure in MEASURES])
    return found.quantiles()


def _account_sources(pack: Pack) -> tuple[str, ...]:
    """Sources of the national account on which projections are based."""
    from qonys.inputs.statements import account_span, national_statements

    return national_statements(pack, account_span(pack))[1]


@offered
def backtest(country: Where, *, target: str = "", origins: Sequence[int] = (), full: bool = False) -> Result:
    """Out-of-sample performance of forecasts from past years: coverage, width and scores, against simple benchmarks.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.
    target
        net_migration, population, population_15_64, regions, gross (immigrants, emigrants); empty: the first three.
    origins
        Forecast origins (years); empty: the default origins.
    full
        Return every forecast instead of the summary.

    Returns
    -------
    target, horizon, model and measures of skill: coverage and width of intervals, CRPS, errors, and the skill score
    against each benchmark with its 95% interval; with `full`, each forecast and the observed value.

    Raises
    ------
    BadInput
        An unknown target; an origin without observations before or after it.

    Notes
    -----
    Source: Gneiting and Raftery (2007), for the scores; the page on skill describes the data behind each forecast.

    Examples
    --------
    >>> import qonys
    >>> qonys.backtest("kazakhstan", target="net_migration").frame.columns[:2]  # doctest: +SKIP
    ['target', 'horizon']
    """
    from qonys.study.analyses.skill import skill_of

    pack = _pack(country)
    return Result("backtest", skill_of(pack, target, tuple(origins), full), sources=_account_sources(pack), pack=pack)


@offered
def migration_consequences(
    country: Where, *, table: str = "effect", since: int = 0, until: int = 0, draws: int = 200, seed: int = 1
) -> Result:
    """Past and future effects of migration: the population with migration compared with that without it.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.
    table
        effect, ageing, replacement, ethnic, regions, labour, decomposition.
    since
        First year without migration in the counterfactual; 0: the year of the plan.
    until
        Last year; 0: the end of the account.
    draws, seed
        Number of draws and random seed of the account and the projection.

    Returns
    -------
    Table effect: part (total; direct: surviving net migrants; indirect: births to them minus deaths;
    net_migration, births, deaths), year, low, median, high (95%), persons. The page on consequences describes
    the other tables.

    Raises
    ------
    BadInput
        An invalid table, year or number of draws.

    Notes
    -----
    Source: Philipov and Schuster (2010), with and without migration; United Nations (2000), replacement; Das Gupta
    (1993), equation 3.54, decomposition. Assumes that migrants have the fertility and mortality of the rest
    of the population.

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


@offered
def claims(country: Where) -> Result:
    """Quantitative claims of a country pack, checked against every source that can test them.

    Parameters
    ----------
    country
        Name of a pack included in Qonys, folder of another pack, or the result of `country`.

    Returns
    -------
    id, words, formula, claimed, unit, low and high (over the sources), answers, agree, verdict (confirmed,
    contradicted, depends, cannot_tell, outside), and, for a thesis that is judged by the figures of today as well, the
    same with `_now`. Table `answers`: the answer from each source with its figures, then and now (`asof`).

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


@offered
def fan_chart(
    result: Result | Projection | RegionalProjection,
    measure: str = "population",
    path: str | None = None,
    language: str = "en",
    **where: str,
) -> str:
    """Fan chart (SVG) of a projection: median with 80% and 95% prediction intervals by year (extra `report`).

    Parameters
    ----------
    result
        The result of `project` or `Country.project`.
    measure
        population, births, deaths, net_migration, total_fertility, ...: a value of the column `measure`.
    path
        File to which the SVG is written; None: no file.
    language
        en, ru or kk.
    where
        Selection from a projection by region or group: region="KZ-75", group="kazakh".

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
