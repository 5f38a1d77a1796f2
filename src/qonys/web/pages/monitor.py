"""The monitor: lights of the newest releases and of regions, alarms, what may explain them, the feed."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures.monitor import REGIONS, RELEASES, light_text, period_text
from qonys.study.analyses.alarms import near, newest, unusual
from qonys.web.charts.catalogue import CHARTS
from qonys.web.content import Block, Cell, Content, Heading, Listing, Rows, Text, box, why_address
from qonys.web.own_releases import fault, has_own, indicator_name, lights_now
from qonys.web.view import View

CHART, GRID = "monitor", "monitor_regions"
SCORES = "monitor_scores"
COUNTING = ("closed", "revised", "rules", "campaign", "calendar")
MOVING = ("more", "shifted", "border", "people")
Row = dict[str, Any]


def build(view: View) -> Content:
    """Lights now, the chart of increments, alarms, explanations of both kinds, regions, how good the lights are."""
    lights = lights_now(view.site)
    parameters = CHARTS[CHART].parameters(view.site)
    blocks: list[Block] = [
        Text(_summary(view, lights)),
        Heading(view.say("monitor.part.now"), "now"),
        _lights(view, newest(lights), "monitor.caption.now"),
        Text(view.say("monitor.page.chances"), "note"),
        *_own(view, lights),
        box(view, CHART, parameters, page="monitor"),
        Heading(view.say("monitor.part.unusual"), "unusual"),
        _lights(view, unusual(lights), "monitor.caption.unusual"),
        *explanations(view),
        *_regions(view, parameters),
        *_score(view),
        Heading(view.say("monitor.part.feed"), "feed"),
        Listing(
            tuple(
                (view.say(f"monitor.feed.{name}"), address)
                for name, address in (("atom", f"/monitor/feed.atom?lang={view.language}"), ("json", "/api/v1/monitor"))
            )
        ),
        Text(view.say("monitor.page.own")),
    ]
    return Content(view.say("web.page.monitor"), view.say("web.lead.monitor"), tuple(blocks), parameters)


def _summary(view: View, lights: pl.DataFrame) -> str:
    judged = lights.filter(pl.col("light").is_not_null())
    counts = {one: judged.filter(pl.col("light") == one).height for one in ("yellow", "red")}
    numbers = {name: view.number(value) for name, value in counts.items()}
    return view.say("monitor.page.summary", n=view.number(judged.height), **numbers)


def _own(view: View, lights: pl.DataFrame) -> list[Block]:
    """What the marked rows are, or why the own releases cannot be read."""
    error = fault(view.site)
    if error is not None:
        return [Text(error.sentence(view.language), "note")]
    return [Text(view.say("monitor.own.note"), "note")] if has_own(lights) else []


def _lights(view: View, frame: pl.DataFrame, caption: str) -> Block:
    """A row a light; the chance that it is false, and what happened near in time."""
    if frame.is_empty():
        return Text(view.say("monitor.page.none"))
    head = ("indicator", "period", "light", "value", "expected", "limits", "p", "false_alarm", "near")
    rows = tuple(_row(view, row) for row in frame.iter_rows(named=True))
    names = tuple(view.say(f"monitor.column.{name}") for name in head)
    source = view.context.origin(view.site.results.table(RELEASES).sources, view.site.results.table(RELEASES).method)
    return Rows(view.say(caption), names, rows, "lllrrrrrl", source)


def _row(view: View, row: Row) -> tuple[Cell, ...]:
    context, why = view.context, why_address(view, RELEASES)
    return (
        Cell(indicator_name(view, row["indicator"], row["owner"])),
        Cell(period_text(row, view.language)),
        Cell(light_text(context, row), light=row["light"] or ""),
        Cell(view.number(row["value"]), why, origin=True),
        Cell(view.number(row["expected"]), why, origin=True),
        Cell(context.ends(row["low"], row["high"], 0)),
        Cell(chance_text(view, row["p"])),
        Cell(chance_text(view, row["false_alarm"])),
        Cell(near(view.site.pack, row, view.language) or "–"),
    )


def chance_text(view: View, share: float | None) -> str:
    """A probability in percent, of a small one that it is below a tenth of a percent."""
    if share is None:
        return "–"
    least = view.context.percent(0.001, 1)
    return f"< {least}" if share < 0.001 else view.context.percent(share, 1 if share < 0.1 else 0)


def explanations(view: View) -> tuple[Block, ...]:
    """What may stand behind an unusual figure: the count, or people; the monitor does not decide between them."""
    lists = (("counting", COUNTING), ("moving", MOVING))
    parts: list[Block] = [Heading(view.say("monitor.part.explain"), "explain"), Text(view.say("monitor.explain.intro"))]
    for kind, names in lists:
        parts.append(Text(view.say(f"monitor.explain.{kind}")))
        parts.append(Listing(tuple((view.say(f"monitor.explain.{kind}.{name}"), None) for name in names)))
    return tuple(parts)


def _regions(view: View, parameters: tuple[Any, ...]) -> list[Block]:
    if not view.site.has(REGIONS):
        return []
    numbers = view.site.results.numbers
    values = {name: view.number(numbers[f"monitor.regions.{name}"].value) for name in ("cases", "red", "yellow")}
    return [
        Heading(view.say("monitor.part.regions"), "regions"),
        Text(view.say("monitor.page.regions", **values)),
        box(view, GRID, parameters, page="monitor"),
    ]


def _score(view: View) -> list[Block]:
    """How often the limits held, beside the plain rival, with the way to the whole record."""
    results = view.site.results
    if not view.site.has(SCORES):
        return []
    shown = {name: view.context.percent(results.number(f"monitor.{name}").value) for name in ("held", "held_rival")}
    n = view.number(results.number("monitor.scored").value)
    address = f"/{view.language}/study/skill"
    return [
        Heading(view.say("monitor.part.score"), "score"),
        Text(view.say("monitor.page.score", n=n, **shown)),
        Listing(((view.say("monitor.page.record"), address),)),
    ]
