"""Search for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from qonys.web.api.open_data import GIVEN, Lang, answer, facts_of, json_of
from qonys.web.pages.search import document
from qonys.web.response_cache import Kept
from qonys.web.search.finding import LONGEST, find
from qonys.web.view import Site, View

router = APIRouter(responses=GIVEN)
Asked = Annotated[str, Query(min_length=1, max_length=LONGEST, description="Words in Kazakh, Russian or English.")]


@router.get("/search", summary="What a query finds")
async def search(request: Request, q: Asked, lang: Lang = "en") -> Response:
    """Places, groups, partners, indicators, claims, terms, tables, questions, chapters and pages, the best first."""

    def make(site: Site) -> Kept:
        return json_of(facts_of(site, **document(View(site, lang), find(site, lang, q))))

    return await answer(request, make)
