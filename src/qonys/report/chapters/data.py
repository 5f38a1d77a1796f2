"""Data, their breaks and conflicts."""

from __future__ import annotations

import polars as pl

from qonys.report.context import Context
from qonys.report.document import Block, Section, Table

NEEDS = ("pack_overview",)


def build(context: Context) -> Section:
    """Tables of the pack, breaks, cautions, greatest conflicts."""
    blocks: tuple[Block, ...] = (
        context.paragraph("data.intro", rows="data.rows", sources="data.sources", conflicts="data.conflicts"),
        _overview(context).as_detail(),
        *_broken(context),
        *context.cautions(
            "national", "population_regional", "internal_od", "internal_totals", "refugees", "repatriates"
        ),
    )
    return Section("data", context.say("chapter.data"), blocks)


def _broken(context: Context) -> tuple[Block, ...]:
    """Breaks of the series, or that none is known."""
    if not context.pack.breaks().height:
        return (context.paragraph("data.no_breaks"),)
    return context.paragraph("data.breaks_text"), _breaks(context)


def _overview(context: Context) -> Table:
    frame = context.results.table("pack_overview").frame
    statuses = ("official", "estimate", "secondary", "derived", "projection")
    rows = []
    for name in context.pack.tables():
        part = dict(frame.filter(pl.col("table") == name).select("status", "rows").rows())
        rest = sum(count for status, count in part.items() if status not in statuses)
        if rest:
            part["projection"] = part.get("projection", 0) + rest
        title = context.pack.resources_of(name)[0].titles.get(context.language, name)
        rows.append((title, *(context.amount(part.get(s), "count") if s in part else "–" for s in statuses)))
    head = (context.say("report.table_word"), *(context.say(f"status.{s}") for s in statuses))
    return Table(
        "overview",
        head,
        tuple(rows),
        "lrrrrr",
        context.say("data.overview"),
        "",
        frame,
    )


def _breaks(context: Context) -> Table:
    frame = context.pack.breaks().sort("year")
    titles = {name: context.pack.resources_of(name)[0].titles for name in context.pack.tables()}
    rows = tuple(
        (
            str(row["year"]),
            titles[row["table"]].get(context.language, row["table"]),
            row[f"text_{context.language}"],
        )
        for row in frame.iter_rows(named=True)
    )
    head = tuple(context.say(f"data.breaks.{name}") for name in ("year", "table", "what"))
    return Table("breaks", head, rows, "lll", context.say("data.breaks"), "", frame)
