"""Present state: internal flows, external flows, repatriates."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import flows, repatriates
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Paragraph, Section, Table
from qonys.report.notion_keys import period_text

NEEDS = ("external_flows", "internal_flows", "repatriate_quota", "repatriates_cumulative")
FLOWS_DRAWN = 40
SMALLEST_RIBBON = 2000


def build(context: Context) -> Section:
    """The present state."""
    blocks: tuple[Block, ...] = (
        context.paragraph("present.internal", year="present.internal.year", total="present.internal.total"),
        _flow_map(context),
        _chord(context),
        *context.cautions("internal_od", "internal_totals"),
        *_released(context),
        context.paragraph("present.external"),
        _external(context),
        *_gap(context),
        context.paragraph("present.repatriates"),
        _repatriates(context),
        *context.cautions("repatriates"),
    )
    return Section("present", context.say("chapter.present"), blocks)


def _year(context: Context) -> int:
    return context.count("present.internal.year")


def _flow_map(context: Context) -> Figure:
    year = _year(context)
    table = context.results.table("internal_flows")
    drawing = flows.flow_map(context, year, FLOWS_DRAWN)
    return context.figure("flow_map", drawing, context.say("present.flow", year=year), data=table.frame)


def _chord(context: Context) -> Figure:
    year = _year(context)
    table = context.results.table("internal_flows")
    drawing = flows.chord(context, year, SMALLEST_RIBBON)
    return context.figure("chord", drawing, context.say("present.chord", year=year), data=table.frame).as_detail()


def _released(context: Context) -> tuple[Block, ...]:
    """First releases of net moves of cities and regions: a row a period, the region with most periods first."""
    if not context.has("internal_released"):
        return ()
    table, whole = context.results.table("internal_released"), context.pack.whole
    frame = table.frame
    parts = frame.filter(pl.col("region") != whole).group_by("region").len()
    places = [*parts.sort("len", "region", descending=[True, False])["region"], whole]
    rows = tuple(
        (
            period_text(str(period), context.language),
            *(_released_cell(context, part.filter(pl.col("region") == place)["value"].to_list()) for place in places),
        )
        for (period,), part in frame.group_by("period", maintain_order=True)
    )
    names = (context.region(place) for place in places[:-1])
    head = (context.say("present.column.period"), *names, context.say("present.column.all_moves"))
    caption, source = context.say("present.released_table"), context.origin(table.sources)
    told = Table("internal_released", head, rows, "l" + "r" * len(places), caption, source, frame).as_detail()
    return context.paragraph("present.released"), told, *context.cautions("internal_reported")


def _released_cell(context: Context, values: list[float]) -> str:
    return words.integer(values[0], context.language) if values else "–"


def _gap(context: Context) -> tuple[Paragraph, ...]:
    """Where the flows that pages quote for the last official year give another balance than the official one."""
    if not {"present.net.latest", "present.net.pages"} <= context.results.numbers.keys():
        return ()
    names = {"net": "present.net.latest", "pages": "present.net.pages", "year": "present.net.year"}
    return (context.paragraph("present.gap", **names),)


def _external(context: Context) -> Table:
    table = context.results.table("external_flows")
    rows = []
    for year in sorted(table.frame["year"].unique()):
        cells = [str(year)]
        for flow in ("immigrants", "emigrants"):
            part = table.frame.filter((pl.col("year") == year) & (pl.col("flow") == flow))["value"]
            values = [words.integer(v, context.language) for v in dict.fromkeys(part.sort())]
            cells.append(" / ".join(values) or "–")
        rows.append(tuple(cells))
    head = tuple(context.say(f"present.column.{name}") for name in ("year", "immigrants", "emigrants"))
    return Table(
        "external_flows",
        head,
        tuple(rows),
        "lrr",
        context.say("present.external_table"),
        context.origin(table.sources),
        table.frame,
    )


def _repatriates(context: Context) -> Figure:
    drawing = repatriates.repatriates(context)
    return context.figure("repatriates", drawing, drawing.title, context.origin(drawing.sources))
