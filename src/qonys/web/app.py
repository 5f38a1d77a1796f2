"""The application: pages, charts, saved states; every refusal is one clear sentence in the reader's language."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from qonys import __version__, words
from qonys.errors import BadInput, QonysError, UnknownName
from qonys.web import assets, layout
from qonys.web.access import AccessLog
from qonys.web.address import base_of
from qonys.web.api import monitor as monitor_api
from qonys.web.api import open_data as api
from qonys.web.api import policy as policy_api
from qonys.web.api import search as search_api
from qonys.web.asked import chance_page, search_page
from qonys.web.chart_requests import ChartRequest, ask, drawn, drawn_live, parameters_of, require
from qonys.web.charts.map_links import with_links
from qonys.web.content import Content, box
from qonys.web.downloads import form_of
from qonys.web.feed import ATOM, atom
from qonys.web.guard import LOCAL_HOSTS, Guard, language_of
from qonys.web.pages.labs import with_labs
from qonys.web.pages.menu import Page, page_of
from qonys.web.parameters import Parameter, canonical, read_state
from qonys.web.response_cache import Busy, Kept, Shelf, finished, response
from qonys.web.states import MOST_BYTES, checked, read_state_file, save_state
from qonys.web.view import Site, View

HTML = "text/html; charset=utf-8"
LOG = logging.getLogger("qonys.web")


class NotYet(QonysError):
    """Unknown so far: results are still being computed."""


class WriteRefused(QonysError):
    """Writing without the token, or from another site."""


def build_app(site: Site, log: logging.Logger | None = None) -> FastAPI:
    """The application over one set of stored results; `log` takes a line for each answer."""
    app = FastAPI(
        title="Qonys",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        description="Sourced figures of migration, results and charts. No key is needed.",
    )
    app.state.site, app.state.shelf = site, Shelf(site.own_mark)
    _ = site.simulation
    for router in (api.router, monitor_api.router, policy_api.router, search_api.router):
        app.include_router(router, prefix="/api/v1")
    routes: tuple[tuple[str, Callable[[Request], Awaitable[Response]], str], ...] = (
        ("/", _root, "GET"),
        ("/static/{name}", _static, "GET"),
        ("/monitor/feed.atom", _feed, "GET"),
        ("/x", _save, "POST"),
        ("/x/{name}", _saved, "GET"),
        ("/{language}/search", search_page, "GET"),
        ("/{language}/chance", chance_page, "GET"),
        ("/{language}/chart/{name}", _chart, "GET"),
        ("/{language}/embed/{name}", _embed, "GET"),
        ("/{language}/{page}/{item}", _page, "GET"),
        ("/{language}/{page}/{item}/{row:path}", _page, "GET"),
        ("/{language}/{page}", _page, "GET"),
        ("/{language}", _page, "GET"),
    )
    for path, handler, method in routes:
        app.add_route(path, handler, methods=[method], include_in_schema=False)
        if path.startswith("/{language}") and "item" not in path and "{name}" not in path:
            app.add_route(f"{path}/", handler, methods=[method], include_in_schema=False)
    for kind in (QonysError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _refused)
    hosts = LOCAL_HOSTS | site.names if site.alone or site.names else frozenset[str]()
    app.add_middleware(Guard, refuse=_refusal, hosts=hosts)
    if log is not None:
        app.add_middleware(AccessLog, logger=log)
    return app


def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


def _shelf(request: Request) -> Shelf:
    found: Shelf = request.app.state.shelf
    return found


def _language(request: Request) -> str:
    site = _site(request)
    return language_of(request.url.path, request.headers.get("accept-language", ""), site.language)


async def _root(request: Request) -> Response:
    return RedirectResponse(f"/{_language(request)}/", 307, {"vary": "Accept-Language"})


async def _feed(request: Request) -> Response:
    """Unusual releases as an Atom feed, in the language of `lang`."""
    site = _site(request)
    require(page_of(site, "monitor"), "web.page.unknown")
    language, base = api.language_of(request.query_params.get("lang"), site.language), base_of(request)

    def make() -> Kept:
        return finished(atom(View(site, language, base=base)), ATOM)

    return await _shelf(request).answer(request, f"feed {language} {base}", make)


async def _static(request: Request) -> Response:
    found = await to_thread.run_sync(assets.asset, request.path_params["name"])
    return response(request, require(found, "web.page.unknown"), lasting=bool(request.url.query))


def _spoken(request: Request) -> str:
    language = str(request.path_params["language"])
    if language not in words.LANGUAGES:
        raise UnknownName("web.page.unknown")
    return language


async def _page(request: Request) -> Response:
    """A page, or an item below it, in the state of the query or of a saved file."""
    site, language = _site(request), _spoken(request)
    name, item = str(request.path_params.get("page", "")), request.path_params.get("item")
    if "row" in request.path_params:
        item = f"{item}/{request.path_params['row']}"
    page = require(page_of(site, name), "web.page.unknown")
    if item is not None and page.item is None:
        raise UnknownName("web.page.unknown")
    query = list(request.query_params.multi_items())
    saved = dict(query).get("x")
    if saved is not None:
        query = [
            *_stored(site, saved, f"{name}/{item}" if item else name),
            *((k, v) for k, v in query if k in ("rel", "m")),
        ]
    parameters = _parameters(site, page, item)
    view = View(site, language, read_state(parameters, query), base=base_of(request))
    notice = layout.notice_of(view, dict(query))
    path = f"{name}/{item}" if item else name
    moment = "" if site.progress is None else site.progress.elapsed
    key = f"page {language} {path} {canonical(parameters, view.state)} {notice} {moment} {view.base}"

    def make() -> Kept:
        below = item is not None and page.item
        content: Content = page.item(view, str(item)) if below and page.item else page.build(view)
        content = content if below else with_labs(view, page.id, content)
        return finished(layout.page_html(view, content, path, notice).encode(), HTML)

    return await _shelf(request).answer(request, key, make, page.gate)


def _parameters(site: Site, page: Page, item: str | None) -> tuple[Parameter, ...]:
    if item is None:
        return page.parameters(site)
    return page.item_parameters(site, item) if page.item_parameters else ()


def _stored(site: Site, name: str, page: str) -> list[tuple[str, str]]:
    document = read_state_file(site.states, name)
    if document["page"] != page:
        raise UnknownName("web.state.unknown", name=name[:40])
    pairs = [(key, value) for key, value in document["state"].items()]
    return pairs + [(key, document[key]) for key in ("rel", "m") if key in document]


async def _chart(request: Request) -> Response:
    """One form of a chart: ``flow_map.csv``, ``flow_map.json`` for the page's own script."""
    site, language = _site(request), _spoken(request)
    name, _, form_name = str(request.path_params["name"]).partition(".")
    if not form_name:
        return RedirectResponse(f"/{language}/chart/{name}.svg?{request.url.query}", 307)
    base = base_of(request)
    asked = ask(site, language, name, request.query_params.multi_items(), base)
    if form_name in OWN_FORMS:
        make = OWN_FORMS[form_name]
        key = f"{form_name} {language} {asked.name} {asked.query} {asked.view.width} {base}"
        answer = _shelf(request).answer
        return await answer(request, key, lambda: finished(make(asked), "application/json"), asked.chart.gate)
    form = form_of(form_name)
    key = f"form {form_name} {language} {asked.name} {asked.query} {asked.view.width} {base}"
    file = "" if form_name in ("svg", "metadata.json", "vl.json") else f"{asked.name}.{form_name}"
    return await _shelf(request).answer(
        request, key, lambda: finished(form.make(asked, base), form.media, file), form.gate(asked)
    )


def _chart_json(asked: ChartRequest) -> bytes:
    """What the page's script needs to redraw a chart."""
    view, drawing = asked.view, drawn(asked)
    shown = box(view, asked.name, asked.parameters, page="")
    parts: dict[str, Any] = {
        "title": drawing.title,
        "says": drawing.sentence,
        "notes": list(drawing.notes),
        "source": drawing.source,
        "query": asked.query,
        "forms": dict(shown.forms),
        "pictures": dict(shown.pictures),
        "embed": shown.embed,
    }
    parts |= layout.box_html(view.language, view.site, shown)
    if drawing.svg is not None:
        parts["svg"] = with_links(view, drawing.svg)
    else:
        parts["spec"] = drawing.spec
    return json.dumps(parts, ensure_ascii=False, default=str).encode()


def _live_json(asked: ChartRequest) -> bytes:
    """What the page's script needs while an input is being moved: data and words, nothing else."""
    begin = time.perf_counter()
    drawing = drawn_live(asked)
    parts = {
        "title": drawing.title,
        "says": drawing.sentence,
        "datasets": (drawing.spec or {}).get("datasets", {}),
        "model": round(drawing.took, 1),
        "made": round(1000 * (time.perf_counter() - begin), 1),
    }
    return json.dumps(parts, ensure_ascii=False, default=str, separators=(",", ":")).encode()


OWN_FORMS: dict[str, Callable[[ChartRequest], bytes]] = {"json": _chart_json, "live.json": _live_json}


async def _embed(request: Request) -> Response:
    site, language = _site(request), _spoken(request)
    base, query = base_of(request), request.query_params.multi_items()
    asked = ask(site, language, str(request.path_params["name"]), query, base)
    key = f"embed {language} {asked.name} {asked.query} {base}"

    def make() -> Kept:
        shown = box(asked.view, asked.name, parameters_of(site, asked.chart), page="")
        return finished(layout.embed_html(site, language, replace(shown, controls=(), origins=())).encode(), HTML)

    return await _shelf(request).answer(request, key, make, asked.chart.gate)


async def _save(request: Request) -> Response:
    """Keep a long state as a file named by its content."""
    site = _site(request)
    if site.read_only:
        raise WriteRefused("web.write.read_only")
    token = request.headers.get("x-qonys-token", "")
    if not site.alone and not (site.token and secrets.compare_digest(token.encode(), site.token.encode())):
        raise WriteRefused("web.write.token")
    own = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if not own or request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise WriteRefused("web.write.kind")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise BadInput("web.request.too_big", most=MOST_BYTES)
        given = json.loads(bytes(body))
    except (ValueError, RecursionError, ClientDisconnect):
        raise BadInput("web.write.shape", found="–") from None
    document = checked(given)
    page, _, item = document["page"].partition("/")
    found = require(page_of(site, page), "web.page.unknown")
    read_state(_parameters(site, found, item or None), document["state"].items())
    name = save_state(site.states, {"rel": site.release, "m": site.model, **document})
    return JSONResponse({"id": name, "link": f"/x/{name}", "file": f"/x/{name}.json"}, 201)


async def _saved(request: Request) -> Response:
    """A saved state: its page, or, with ``.json``, the file itself."""
    site, given = _site(request), str(request.path_params["name"])
    name = given.removesuffix(".json")
    document = read_state_file(site.states, name)
    if given.endswith(".json"):
        return JSONResponse(document, headers={"content-disposition": f'attachment; filename="{name}.json"'})
    return RedirectResponse(f"/{document['lang']}/{document['page']}?x={name}", 303)


def _status(error: Exception) -> int:
    match error:
        case NotYet():
            return 503
        case UnknownName():
            return 404
        case Busy():
            return 429
        case WriteRefused():
            return 403
        case QonysError() | RequestValidationError():
            return 400
        case HTTPException():
            return error.status_code
    return 500


async def _refused(request: Request, error: Exception) -> Response:
    progress = _site(request).progress
    if progress is not None and _status(error) == 404:
        error = NotYet("web.progress.unknown", done=len(progress.ended), all=len(progress.chapters))
    status, language = _status(error), _language(request)
    if request.url.path.startswith("/api/"):
        language = api.language_of(request.query_params.get("lang"), language)
        if isinstance(error, UnknownName) and error.key == "web.page.unknown":
            error = UnknownName("web.api.unknown")
    if isinstance(error, QonysError):
        sentence = error.sentence(language)
    elif isinstance(error, RequestValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        sentence = words.text("web.request.bad", language, reason=f"{place}: {first['msg']}"[:200])
    elif status == 405:
        sentence = words.text("web.method.unknown", language, method=request.method[:12])
    elif status == 404:
        sentence = words.text("web.page.unknown", language)
    else:
        LOG.exception("request failed", exc_info=error)
        sentence = words.text("web.request.failed", language)
    headers = getattr(error, "headers", None) or ({"retry-after": "3"} if status in (429, 503) else None)
    return _refusal_response(request, status, sentence, language, headers)


def _refusal_response(
    request: Request, status: int, sentence: str, language: str, headers: Mapping[str, str] | None = None
) -> Response:
    plain = request.url.path.startswith(("/api/", "/x")) or "/chart/" in request.url.path
    if plain:
        return JSONResponse({"error": sentence, "status": status}, status, dict(headers or {}))
    return Response(layout.error_html(_site(request), language, sentence, status), status, dict(headers or {}), HTML)


def _refusal(scope: Any, status: int, key: str, values: dict[str, object]) -> Any:
    request = Request(scope)
    language = _language(request)
    return _refusal_response(request, status, words.text(key, language, **values), language)
