"""The monitor for programs: lights of releases and of regions, and the score of the forecasts behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from qonys import words
from qonys.errors import UnknownName
from qonys.figures.monitor import REGIONS, RELEASES
from qonys.study.analyses.alarms import near, newest
from qonys.web.api.answering import GIVEN, Lang, answer, facts_of, json_of, rows_of
from qonys.web.own_releases import lights_now
from qonys.web.response_cache import Kept
from qonys.web.view import Site

Rows = Annotated[
    Literal["newest", "all"], Query(description="newest: the last release of each series; all: every release.")
]
router = APIRouter(prefix="/monitor", responses=GIVEN)


@router.get("", summary="What is unusual now")
async def monitor(request: Request, rows: Rows = "newest", lang: Lang = "en") -> Response:
    """Each release beside the forecast made before it, with its light, chances and the dated events near in time.

    `p`: probability, nothing changed, of a value as far from the forecast; `false_alarm`: of a red light within the
    year, nothing changed; `owner`: user where it ends with a release of this server's own store. `regions`: yearly net
    migration per 1,000 residents; `scores`: how the forecasts did.
    """

    def make(site: Site) -> Kept:
        if not site.has(RELEASES):
            raise UnknownName("web.chart.no_results", name="monitor", tables=RELEASES)
        lights = lights_now(site)
        chosen = rows_of(newest(lights) if rows == "newest" else lights)
        found = [row | {"near": near(site.pack, row, lang)} for row in chosen]
        more = {
            name: rows_of(site.results.table(table).frame)
            for name, table in (("regions", REGIONS), ("scores", "monitor_scores"))
            if site.has(table)
        }
        if rows == "newest" and "regions" in more:
            last = max(row["year"] for row in more["regions"])
            more["regions"] = [row for row in more["regions"] if row["year"] == last]
        rule = words.text("monitor.release_rule", lang)
        return json_of(facts_of(site, rule=rule, feed="/monitor/feed.atom", lights=found, **more))

    return await answer(request, make)
