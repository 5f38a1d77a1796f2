"""The interface for programs: tables, series, indicators, claims and results, with the pages' own limits and words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from qonys import inputs, words
from qonys.catalog.pack import nearest
from qonys.catalog.schema import Resource
from qonys.errors import UnknownName
from qonys.web.api.answering import (
    GIVEN,
    FormQuery,
    Lang,
    Name,
    Named,
    TableWanted,
    Wanted,
    answer,
    chosen,
    facts_of,
    file_name,
    given,
    json_of,
    language_of,
    rows_of,
)
from qonys.web.chart_requests import known_charts, parameters_of
from qonys.web.charts.indicators import described
from qonys.web.charts.own_tables import own_table
from qonys.web.response_cache import Kept
from qonys.web.tabular import CubeKind
from qonys.web.view import Site

__all__ = ["GIVEN", "Lang", "answer", "facts_of", "json_of", "language_of", "router"]
TEXTS = ("title", "title_ru", "title_kk", "title_original", "publisher", "publisher_ru", "publisher_kk")
router = APIRouter(responses=GIVEN)


@router.get("", summary="What there is")
async def index(request: Request) -> Response:
    """Addresses of the lists."""
    names = ("tables", "own", "series", "indicators", "claims", "results", "numbers", "charts", "policy", "monitor",
             "registers")
    return await answer(request, lambda site: json_of(facts_of(site, **{name: f"/api/v1/{name}" for name in names})))


@router.get("/docs", include_in_schema=False)
async def described_for_people(request: Request) -> Response:
    """Where people read about the interface."""
    return RedirectResponse(f"/{request.app.state.site.language}/about#api")


@router.get("/tables", summary="Tables of figures")
async def tables(request: Request, lang: Lang = "en") -> Response:
    """All tables of the pack with title, rows and columns."""

    def make(site: Site) -> Kept:
        found = []
        for name in site.pack.tables():
            frame = inputs.rows(site.pack, name)
            title = site.pack.resources_of(name)[0].titles.get(lang, name)
            found.append({"name": name, "title": title, "rows": frame.height, "columns": frame.columns})
        return json_of(facts_of(site, tables=found))

    return await answer(request, make)


@router.get("/tables/{name}", summary="One table of figures")
async def table(
    request: Request,
    name: Name,
    wanted: TableWanted,
) -> Response:
    """Rows with value, unit, status and source; licences stand in `sources`."""
    name, form = file_name(name, wanted.form)
    wanted = replace(wanted, form=form)

    def make(site: Site) -> Kept:
        if name not in site.pack.tables():
            near = nearest(name, site.pack.tables())
            raise UnknownName("web.table.unknown", table=name[:60], near=near, address="/api/v1/tables")
        frame = chosen(inputs.rows(site.pack, name), wanted)
        used = frame["source"].unique().to_list() if "source" in frame.columns else []
        sources = (
            site.pack.sources()
            .filter(pl.col("id").is_in(used))
            .select("id", *TEXTS, "year", "licence", "address_kind", "address", "accessed")
        )
        resource = site.pack.resources_of(name)[0]
        about = facts_of(
            site, name=name, title=resource.titles.get(wanted.lang or "en", name), sources=sources.to_dicts()
        )
        wanted_cube = replace(wanted, cube=_cube_of(resource))
        return given(site, frame, wanted_cube, about)

    return await answer(request, make, wanted.gate)


def _cube_of(resource: Resource) -> CubeKind:
    return CubeKind((*resource.statement_key(), "source"), resource.values)


@router.get("/own", summary="Your own tables")
async def own(request: Request, lang: Lang = "en") -> Response:
    """Tables that the person who serves has added: not part of the pack, small counts withheld."""

    def make(site: Site) -> Kept:
        found = [
            {
                "name": name,
                "title": site.pack.resources_of(name)[0].titles.get(lang, name),
                "rows": table.frame.height,
                "withheld": table.hidden,
                "added": table.added,
                "columns": table.frame.columns,
                "mark": words.text("web.own.mark", lang),
            }
            for name, table in site.own.items()
        ]
        return json_of(facts_of(site, tables=found))

    return await answer(request, make)


@router.get("/own/{name}", summary="One of your own tables")
async def own_rows(
    request: Request,
    name: Name,
    wanted: TableWanted,
) -> Response:
    """Rows with `owner` (user) and `flag` (c where the value is withheld)."""
    name, form = file_name(name, wanted.form)
    wanted = replace(wanted, form=form)

    def make(site: Site) -> Kept:
        table, resource = own_table(site, name), site.pack.resources_of(name)[0]
        about = facts_of(
            site,
            name=f"own-{name}",
            title=resource.titles.get(wanted.lang or "en", name),
            owner="user",
            mark=words.text("web.own.mark", wanted.lang or "en"),
            withheld=table.hidden,
            sources=dict(table.sources),
        )
        wanted_cube = replace(wanted, cube=_cube_of(resource))
        return given(site, chosen(table.frame, wanted), wanted_cube, about)

    return await answer(request, make, wanted.gate)


@router.get("/series", summary="National series")
async def series(request: Request, lang: Lang = "en") -> Response:
    """Indicators of the whole country by year, with their sources and years."""

    def make(site: Site) -> Kept:
        frame = (
            inputs.rows(site.pack, "national")
            .group_by("indicator", "source", "unit")
            .agg(first=pl.col("year").min(), last=pl.col("year").max())
            .sort("indicator", "source")
        )
        rows = [row | {"title": _label(site, row["indicator"], lang)} for row in rows_of(frame)]
        return json_of(facts_of(site, series=rows))

    return await answer(request, make)


def _label(site: Site, code: str, language: str) -> str:
    try:
        return site.pack.label("indicator", code, language)
    except UnknownName:
        return code


@router.get("/series/{name}", summary="One national series")
async def one_series(
    request: Request,
    name: Name,
    source: Annotated[str, Query(max_length=80, description="Only this source.")] = "",
    form: FormQuery = "json",
    lang: Named = None,
) -> Response:
    """All figures of an indicator, every source; nothing is chosen for you."""
    name, form = file_name(name, form)
    wanted = Wanted(form, lang, cube=CubeKind(("year", "indicator", "unit", "source"), ("value",)))

    def make(site: Site) -> Kept:
        frame = inputs.rows(site.pack, "national").filter(pl.col("indicator") == name)
        if source:
            frame = frame.filter(pl.col("source") == source)
        if not frame.height:
            raise UnknownName("web.series.unknown", name=name, source=source or "–")
        return given(site, frame.sort("source", "year"), wanted, facts_of(site, name=name))

    return await answer(request, make, wanted.gate)


@router.get("/indicators", summary="Indicators of migration")
async def indicators(request: Request, lang: Lang = "en") -> Response:
    """Every computed indicator with name, definition, unit and reference."""
    return await answer(request, lambda site: json_of(facts_of(site, indicators=list(described(site, lang).values()))))


@router.get("/indicators/{name}", summary="One indicator")
async def one_indicator(request: Request, name: Name, form: FormQuery = "json", lang: Named = None) -> Response:
    """Values by period, variant and region, with 95 % intervals."""
    name, form = file_name(name, form)
    wanted = Wanted(form, lang)

    def make(site: Site) -> Kept:
        found = site.results.tables.get("internal_indicators")
        frame = None if found is None else found.frame.filter(pl.col("indicator") == name)
        if found is None or frame is None or not frame.height:
            raise UnknownName("web.indicator.unknown", name=name, known=", ".join(sorted(described(site, "en"))))
        return given(site, frame, wanted, facts_of(site, name=name, method=found.method, evidence_rank=found.rank))

    return await answer(request, make, wanted.gate)


@router.get("/claims", summary="Statements recomputed")
async def claims(request: Request, lang: Lang = "en") -> Response:
    """Every statement with its verdict and the range over the sources."""

    def make(site: Site) -> Kept:
        found = site.results.tables.get("claims")
        rows = [] if found is None else rows_of(found.frame)
        shown = [row | {"verdict_text": words.text(f"verdict.{row['verdict']}", lang)} for row in rows]
        return json_of(facts_of(site, claims=shown))

    return await answer(request, make)


@router.get("/results", summary="Stored result tables")
async def results(request: Request) -> Response:
    """Names of the result tables with unit, rows, evidence rank and method."""

    def make(site: Site) -> Kept:
        found = [
            {
                "name": t.name,
                "unit": t.unit,
                "rows": t.frame.height,
                "evidence_rank": t.rank,
                "method": t.method,
                "columns": t.frame.columns,
            }
            for t in site.results.tables.values()
        ]
        return json_of(facts_of(site, tables=found))

    return await answer(request, make)


@router.get("/results/{name}", summary="One result table")
async def result(
    request: Request,
    name: Name,
    wanted: TableWanted,
) -> Response:
    """Rows of a result with its sources and method."""
    name, form = file_name(name, wanted.form)
    wanted = replace(wanted, form=form)

    def make(site: Site) -> Kept:
        found = site.results.table(name)
        about = facts_of(
            site, name=name, unit=found.unit, method=found.method, evidence_rank=found.rank, sources=list(found.sources)
        )
        return given(site, chosen(found.frame, wanted), wanted, about)

    return await answer(request, make, wanted.gate)


@router.get("/numbers", summary="Named numbers")
async def numbers(request: Request) -> Response:
    """All named numbers with value, unit, interval, rank, sources and method."""
    return await answer(
        request, lambda site: json_of(facts_of(site, numbers=[vars(n) for n in site.results.numbers.values()]))
    )


@router.get("/numbers/{name}", summary="One named number")
async def number(request: Request, name: Name) -> Response:
    """One number with its interval and lineage."""
    return await answer(request, lambda site: json_of(facts_of(site, **vars(site.results.number(name)))))


@router.get("/charts", summary="Charts")
async def charts(request: Request, lang: Lang = "en") -> Response:
    """Every chart with its parameters; each is served as /{lang}/chart/{id}.{form}."""

    def make(site: Site) -> Kept:
        found = [
            {
                "id": c.id,
                "address": f"/{lang}/chart/{c.id}",
                "parameters": [
                    {"name": p.name, "values": p.values, "default": p.default} for p in parameters_of(site, c)
                ],
            }
            for c in known_charts(site)
        ]
        return json_of(facts_of(site, charts=found))

    return await answer(request, make)
