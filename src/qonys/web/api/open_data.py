"""The interface for programs: tables, series, indicators, claims and results, with the pages' own limits and words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from qonys import inputs, words
from qonys.catalog.filters import filtered, split_conditions
from qonys.errors import BadInput, UnknownName
from qonys.web.chart_requests import known_charts, parameters_of
from qonys.web.charts.indicators import described
from qonys.web.downloads import csv_bytes, parquet_bytes, workbook_bytes
from qonys.web.render_worker import apart
from qonys.web.response_cache import Kept, finished
from qonys.web.view import Site

MOST_ROWS = 20_000
USUAL_ROWS = 1_000
TEXTS = ("title", "title_ru", "title_kk", "title_original", "publisher", "publisher_ru", "publisher_kk")
Language = Literal["ru", "kk", "en"]
FormName = Literal["json", "csv", "parquet", "xlsx"]
MEDIA = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Name = Annotated[str, Path(max_length=80, description="Name from the list.")]
Lang = Annotated[Language, Query(description="Language of titles and labels.")]
Where = Annotated[
    str,
    Query(
        max_length=500,
        description="Row filter: column=value, alternatives by |, conditions by ;, ranges of years by ..",
    ),
]
Columns = Annotated[str, Query(max_length=500, description="Columns to give, parted by commas; all when empty.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="First row.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Most rows given as JSON.")]
FormQuery = Annotated[FormName, Query(description="json, csv, parquet or xlsx; files hold all rows.")]


class Refusal(BaseModel):
    """One sentence that says what was found and what to do."""

    error: str
    status: int


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "A parameter cannot be used."},
    404: {"model": Refusal, "description": "There is nothing of this name."},
    414: {"model": Refusal, "description": "The address is too long."},
    429: {"model": Refusal, "description": "Too many slow requests are waiting."},
}
GIVEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The figures.", "content": {media: {} for media in MEDIA.values()}},
    304: {"description": "Not changed since the ETag given in If-None-Match."},
    **REFUSALS,
}
router = APIRouter(responses=GIVEN)


def language_of(given: str | None, usual: str) -> str:
    """A language asked for by `lang`, if we speak it."""
    return given if given in words.LANGUAGES else usual


async def answer(request: Request, make: Callable[[Site], Kept], gate: str = "wide") -> Response:
    """The answer under the sorted query; an unknown parameter is refused."""
    query = "&".join(sorted(f"{key}={value}" for key, value in request.query_params.multi_items()))
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            raise BadInput("web.parameter.unknown", name=name[:60], known=", ".join(sorted(known)) or "–")
    site: Site = request.app.state.site
    found: Response = await request.app.state.shelf.answer(
        request, f"api {request.url.path}?{query}", lambda: make(site), gate
    )
    return found


def json_of(document: object) -> Kept:
    """A document as JSON."""
    return finished(json.dumps(document, ensure_ascii=False, default=str, allow_nan=False).encode(), MEDIA["json"])


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    return frame.with_columns(pl.col(floats).fill_nan(None)).to_dicts() if floats else frame.to_dicts()


def _chosen(frame: pl.DataFrame, where: str, columns: str) -> pl.DataFrame:
    frame = filtered(frame, split_conditions(where)) if where else frame
    wanted = [name.strip() for name in columns.split(",") if name.strip()]
    for name in wanted:
        if name not in frame.columns:
            raise BadInput("web.parameter.value", name="columns", value=name[:60], known=", ".join(frame.columns))
    return frame.select(list(dict.fromkeys(wanted))) if wanted else frame


def _given(frame: pl.DataFrame, form: FormName, about: dict[str, Any], part: tuple[int, int] = (0, MOST_ROWS)) -> Kept:
    """A frame in a form: JSON holds the asked part, files hold all rows."""
    name = f"{about['name']}.{form}"
    if form == "csv":
        return finished(csv_bytes(frame), MEDIA[form], name)
    if form == "parquet":
        return finished(parquet_bytes(frame), MEDIA[form], name)
    if form == "xlsx":
        return finished(apart(workbook_bytes, frame, about), MEDIA[form], name)
    offset, limit = part
    shown = _rows(frame.slice(offset, limit))
    return json_of({**about, "total": frame.height, "offset": offset, "rows": shown})


def facts_of(site: Site, **more: object) -> dict[str, Any]:
    """Release and results, which every answer names."""
    return {**more, "data_release": site.results.release, "model": site.model}


@router.get("", summary="What there is")
async def index(request: Request) -> Response:
    """Addresses of the lists."""
    names = ("tables", "series", "indicators", "claims", "results", "numbers", "charts", "policy")
    return await answer(request, lambda site: json_of(facts_of(site, **{name: f"/api/v1/{name}" for name in names})))


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
    where: Where = "",
    columns: Columns = "",
    offset: Offset = 0,
    limit: Limit = USUAL_ROWS,
    form: FormQuery = "json",
) -> Response:
    """Rows with value, unit, status and source; licences stand in `sources`."""

    def make(site: Site) -> Kept:
        if name not in site.pack.tables():
            raise UnknownName("catalog.table.unknown", table=name, near=", ".join(site.pack.tables()[:8]))
        frame = _chosen(inputs.rows(site.pack, name), where, columns)
        used = frame["source"].unique().to_list() if "source" in frame.columns else []
        sources = (
            site.pack.sources()
            .filter(pl.col("id").is_in(used))
            .select("id", *TEXTS, "year", "licence", "address_kind", "address", "accessed")
        )
        return _given(frame, form, facts_of(site, name=name, sources=sources.to_dicts()), (offset, limit))

    return await answer(request, make, "narrow" if form == "xlsx" else "wide")


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
        rows = [row | {"title": _label(site, row["indicator"], lang)} for row in _rows(frame)]
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
) -> Response:
    """All figures of an indicator, every source; nothing is chosen for you."""

    def make(site: Site) -> Kept:
        frame = inputs.rows(site.pack, "national").filter(pl.col("indicator") == name)
        if source:
            frame = frame.filter(pl.col("source") == source)
        if not frame.height:
            raise UnknownName("web.series.unknown", name=name, source=source or "–")
        return _given(frame.sort("source", "year"), form, facts_of(site, name=name))

    return await answer(request, make, "narrow" if form == "xlsx" else "wide")


@router.get("/indicators", summary="Indicators of migration")
async def indicators(request: Request, lang: Lang = "en") -> Response:
    """Every computed indicator with name, definition, unit and reference."""
    return await answer(request, lambda site: json_of(facts_of(site, indicators=list(described(site, lang).values()))))


@router.get("/indicators/{name}", summary="One indicator")
async def one_indicator(request: Request, name: Name, form: FormQuery = "json") -> Response:
    """Values by period, variant and region, with 95 % intervals."""

    def make(site: Site) -> Kept:
        found = site.results.tables.get("internal_indicators")
        frame = None if found is None else found.frame.filter(pl.col("indicator") == name)
        if found is None or frame is None or not frame.height:
            raise UnknownName("web.indicator.unknown", name=name, known=", ".join(sorted(described(site, "en"))))
        return _given(frame, form, facts_of(site, name=name, method=found.method, evidence_rank=found.rank))

    return await answer(request, make, "narrow" if form == "xlsx" else "wide")


@router.get("/claims", summary="Statements recomputed")
async def claims(request: Request, lang: Lang = "en") -> Response:
    """Every statement with its verdict and the range over the sources."""

    def make(site: Site) -> Kept:
        found = site.results.tables.get("claims")
        rows = [] if found is None else _rows(found.frame)
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
    where: Where = "",
    columns: Columns = "",
    offset: Offset = 0,
    limit: Limit = USUAL_ROWS,
    form: FormQuery = "json",
) -> Response:
    """Rows of a result with its sources and method."""

    def make(site: Site) -> Kept:
        found = site.results.table(name)
        about = facts_of(
            site, name=name, unit=found.unit, method=found.method, evidence_rank=found.rank, sources=list(found.sources)
        )
        return _given(_chosen(found.frame, where, columns), form, about, (offset, limit))

    return await answer(request, make, "narrow" if form == "xlsx" else "wide")


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
