"""What is unusual now: lights of releases and of regions, what may explain them, and what they cannot say."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import monitor as figures
from qonys.figures.edition import capital
from qonys.figures.monitor import REGIONS, RELEASES, light_text, period_text
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.study.analyses.alarms import near, newest
from qonys.study.analyses.release_files import own_releases

NEEDS = (RELEASES,)
MODELS = ("level", "year_before", "record")
FIRST = "immigrants"
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The lights, their chart, the red ones with what stood near in time, regions, and the limits of it all."""
    lights = context.frame(RELEASES)
    counts = {name: f"monitor.{name}" for name in ("releases", "red", "yellow")}
    blocks: list[Block] = [
        context.paragraph("monitor.report.intro", **counts, false="monitor.false_alarm"),
        _now(context, lights),
        *([context.paragraph("monitor.report.held", held="monitor.held")] if context.has("monitor.held") else []),
        Note(context.say("monitor.report.note")),
        *_own(context),
        *_figures(context),
        _red(context, lights).as_detail(),
        context.paragraph("monitor.report.explain"),
        *_regions(context),
    ]
    return Section("monitor", context.say("chapter.monitor"), tuple(blocks))


def _own(context: Context) -> list[Note]:
    """How many own releases the person keeps, none of which the study takes."""
    count = sum(len(some) for some in own_releases(context.pack).values())
    return [Note(context.say("monitor.report.own", n=context.number(count)))] if count else []


def _now(context: Context, lights: pl.DataFrame) -> Paragraph:
    """The newest release of each series."""
    items = [
        context.say(
            "monitor.report.item", name=context.say(f"monitor.indicator.{row['indicator']}"),
            period=period_text(row, context.language), light=light_text(context, row),
            value=context.number(row["value"]), ends=context.ends(row["low"], row["high"], 0),
        )
        for row in newest(lights).iter_rows(named=True)
    ]  # fmt: skip
    return context.paragraph("monitor.report.now", list="; ".join(items))


def _figures(context: Context) -> list[Figure]:
    """Increments of immigrants; of the other series in the appendix."""
    known = sorted(figures.indicators(context), key=lambda name: name != FIRST)
    drawings = [(name, figures.increments(context, name)) for name in known]
    found = [
        context.figure(f"monitor_{name}", drawing, context.say("monitor.report.figure", title=drawing.title))
        for name, drawing in drawings
    ]
    return [one if place == 0 else one.as_detail() for place, one in enumerate(found)]


def _red(context: Context, lights: pl.DataFrame) -> Table:
    """Red lights with what happened near in time."""
    red = lights.filter(pl.col("light") == "red").sort("start", "indicator")
    rows = tuple(
        (
            capital(context.say(f"monitor.indicator.{row['indicator']}")), period_text(row, context.language),
            context.say(f"monitor.direction.{row['direction']}"), context.number(row["value"]),
            context.ends(row["low"], row["high"], 0), near(context.pack, row, context.language) or "–",
        )
        for row in red.iter_rows(named=True)
    )  # fmt: skip
    names = ("indicator", "period", "direction", "value", "limits", "near")
    return _table(context, "monitor_red", RELEASES, _head(context, names), rows, "lllrrl")


def _regions(context: Context) -> list[Block]:
    if not context.has(REGIONS):
        return []
    counts = {name: f"monitor.regions.{name}" for name in ("places", "cases", "red", "yellow", "year")}
    drawing = figures.regions(context)
    return [
        context.paragraph("monitor.report.regions", **counts, now=_lit(context)),
        context.figure("monitor_regions", drawing, drawing.title).as_detail(),
    ]


def _lit(context: Context) -> str:
    """Regions whose light of the last year is not green."""
    frame = context.frame(REGIONS)
    lit = frame.filter((pl.col("year") == pl.col("year").max()) & (pl.col("light") != "green"))
    names = [f"{context.region(row['region'])} ({light_text(context, row)})" for row in lit.iter_rows(named=True)]
    return context.listed(names) or context.say("monitor.regions.no_region")


def scored(context: Context) -> tuple[Block, ...]:
    """The score of the forecasts behind the lights, for the record of skill."""
    if not context.has("monitor_scores"):
        return ()
    names = ("scored", "events", "held", "held_rival", "gain_pinball", "gain_brier", "precision", "precision_rival")
    return (
        context.paragraph("monitor.report.skill", **{name: f"monitor.{name}" for name in names}),
        _scores(context).as_detail(),
    )


def _scores(context: Context) -> Table:
    frame = context.frame("monitor_scores")
    whole = frame.filter(pl.col("indicator") == frame["indicator"][-1])
    measures: tuple[tuple[str, int, float], ...] = (
        ("n", 0, 1), ("held_95", 0, 100), ("pinball_low", 2, 1), ("pinball_high", 2, 1), ("brier", 3, 1),
        ("log_score", 3, 1), ("precision_1", 2, 1), ("precision_2", 2, 1), ("value_5", 2, 1), ("value_10", 2, 1),
        ("value_20", 2, 1), ("value_50", 2, 1),
    )  # fmt: skip
    held = {row["model"]: row for row in whole.iter_rows(named=True)}
    rows = tuple(
        (context.say(f"monitor.score.{name}"), *(_scaled(context, held[one][name], times, digits) for one in MODELS))
        for name, digits, times in measures
    )  # fmt: skip
    head = (context.say("monitor.score.measure"), *(capital(context.say(f"monitor.model.{one}")) for one in MODELS))
    return _table(context, "monitor_scores_shown", "monitor_scores", head, rows, "lrrr")


def _scaled(context: Context, value: float | None, times: float, digits: int) -> str:
    return context.number(None if value is None else times * value, digits)


def _head(context: Context, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(context.say(f"monitor.column.{name}") for name in names)


def _table(
    context: Context, key: str, result: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], align: str
) -> Table:
    stored = context.results.table(result)
    source = context.origin(stored.sources, stored.method)
    return Table(key, head, rows, align, context.say(f"monitor.report.{key}"), source, stored.frame, result)
