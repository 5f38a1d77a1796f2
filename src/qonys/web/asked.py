"""Pages whose state a reader writes freely: what is searched for. Nothing of it is stored; what is long is refused."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from qonys import words
from qonys.errors import BadInput, UnknownName
from qonys.web import layout
from qonys.web.address import base_of
from qonys.web.content import Content
from qonys.web.pages import chance, search
from qonys.web.response_cache import Kept, finished
from qonys.web.search.finding import find
from qonys.web.view import Site, View

HTML = "text/html; charset=utf-8"


def given(request: Request, *names: str) -> dict[str, str]:
    """The parameters of an address, each once.

    Raises
    ------
    BadInput
        A parameter is unknown or stands twice.

    """
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in names:
            raise BadInput("web.parameter.unknown", name=name[:60], known=", ".join(names))
        if name in found:
            raise BadInput("web.parameter.twice", name=name)
        found[name] = value
    return found


async def answered(
    request: Request,
    path: str,
    names: tuple[str, ...],
    make: Callable[[View], Content],
    ready: Callable[[Site], bool] = lambda site: True,
) -> Response:
    """A page from what a reader wrote; `make`: what makes its content from a view, where the site is `ready` for it."""
    site: Site = request.app.state.site
    language = str(request.path_params["language"])
    if language not in words.LANGUAGES or not ready(site):
        raise UnknownName("web.page.unknown")
    state, base = given(request, *names), base_of(request)
    address = f"{path}?{urlencode(state)}" if state else path

    def page() -> Kept:
        view = View(site, language, state, base=base)
        return finished(layout.page_html(view, make(view), address).encode(), HTML)

    found: Response = await request.app.state.shelf.answer(request, f"asked {language} {address} {base}", page, "wide")
    return found


async def chance_page(request: Request) -> Response:
    """A probability that is asked for."""
    return await answered(request, "chance", chance.NAMES, chance.build, chance.ready)


async def search_page(request: Request) -> Response:
    """What a query finds."""
    return await answered(
        request, "search", ("q",),
        lambda view: search.build(view, find(view.site, view.language, view.state.get("q", ""))),
    )  # fmt: skip
