"""Present state: internal flows, external flows, repatriates."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.report.charts import chord, maps, render, series
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Section, Table

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
        context.paragraph("present.external"),
        _external(context),
        context.paragraph("present.repatriates"),
        _repatriates(context),
        *context.cautions("repatriates"),
    )
    return Section("present", context.say("chapter.present"), blocks)


def _largest(context: Context) -> tuple[str, str, str]:
    row = context.results.table("internal_flows").frame.sort("value", descending=True).row(0, named=True)
    value = words.integer(row["value"], context.language)
    return context.region(row["origin"]), context.region(row["destination"]), value


def _flow_map(context: Context) -> Figure:
    table = context.results.table("internal_flows")
    regions = context.pack.regions().filter(pl.col("kind") != "country")
    places = {
        r["region"]: (r["centre_lon"], r["centre_lat"], context.region(r["region"]))
        for r in regions.iter_rows(named=True)
    }
    vintage = str(context.pack.vintages().sort("order")["vintage"][-1])
    geometry = context.pack.geometry(vintage)
    drawing = maps.flow_map(geometry, table.frame, places, FLOWS_DRAWN, context.language)
    origin, destination, value = _largest(context)
    year = int(context.results.number("present.internal.year").value or 0)
    return Figure(
        "flow_map",
        render.with_prefix(drawing, "flow"),
        context.say("present.flow.alt", origin=origin, destination=destination, value=value),
        context.say("present.flow", year=year),
        context.outlined(context.secondary(table.sources), geometry),
        table.frame,
    )


def _chord(context: Context) -> Figure:
    table = context.results.table("internal_flows")
    codes = sorted(
        table.frame["origin"].unique(), key=lambda c: words.sort_key(context.region(c), context.language)
    )
    names = {code: context.region(code) for code in codes}
    origin, destination, value = _largest(context)
    year = int(context.results.number("present.internal.year").value or 0)
    return Figure(
        "chord",
        render.with_prefix(chord.chord(table.frame, names, SMALLEST_RIBBON, context.language), "chord"),
        context.say("present.flow.alt", origin=origin, destination=destination, value=value),
        context.say("present.chord", year=year),
        context.secondary(table.sources),
        table.frame,
    )


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
        context.secondary(table.sources),
        (1, 2, 2),
        table.frame,
    )


def _repatriates(context: Context) -> Figure:
    table = context.results.table("repatriates_cumulative")
    quota = context.results.table("repatriate_quota")
    last = table.frame.sort("end").row(-1, named=True)
    alt = context.say(
        "present.repatriates.alt",
        value=words.integer(last["value"], context.language),
        date=words.date_text(last["end"], context.language),
    )
    return Figure(
        "repatriates",
        render.svg(series.repatriates(table.frame, quota.frame, context.language), context.language, "rep"),
        alt,
        context.say("present.repatriates_figure"),
        context.secondary((*table.sources, *quota.sources)),
        table.frame,
    )
