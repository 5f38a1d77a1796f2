"""How many would leave: from intentions to moves, and what came of earlier intentions."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.style import BLUE
from qonys.report.chapters.motives import label
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table, Value
from qonys.report.precision import thousands_decimals

NEEDS = (
    "potential_after", "potential_ages", "potential_asked", "potential_factors", "potential_left", "potential_rates",
)  # fmt: skip


def build(context: Context) -> Section:
    """Potential."""
    blocks: tuple[Block, ...] = (
        context.paragraph(
            "potential.intro", share="potential.plan", people="potential.people", planned="potential.planned"
        ),
        Note(context.say("potential.limits")),
        _asked(context),
        context.paragraph("potential.rates_text", low=_whole(context, "low"), high=_whole(context, "high")),
        _rates(context),
        context.paragraph("potential.result", rate=_whole(context, "middle"), **_ends("potential.movers")),
        _sensitivity(context).as_detail(),
        context.paragraph(
            "potential.after_text",
            low="potential.after_low",
            high="potential.after_high",
            since="potential.since",
            share="potential.since_share",
        ),
        _after(context).as_detail(),
        context.paragraph(
            "potential.contrast_text",
            wish="potential.wish",
            soon="potential.soon",
            said_low="potential.contrast.low",
            said_high="potential.contrast.high",
            left="potential.contrast_left",
            low="potential.contrast_rate.low",
            high="potential.contrast_rate.high",
        ),
        context.paragraph("potential.ages_text", young="potential.considers.18-29", older="potential.considers.30-39"),
        _ages(context),
        Note(context.say("potential.caution")),
    )
    return Section("potential", context.say("chapter.potential"), blocks)


def _ends(name: str) -> dict[str, str]:
    return {end: f"{name}.{end}" for end in ("low", "middle", "high")}


def _whole(context: Context, end: str) -> Value:
    """A published rate in whole per cent, as the works give it."""
    number = context.results.number(f"potential.rate_{end}")
    shown = words.percent(number.value or 0.0, context.language, 0)
    return Value(context.marked(shown, number), number.name, context.origin(number.sources))


def _asked(context: Context) -> Table:
    table = context.results.table("potential_asked")
    rows = tuple(
        (
            label(context, "survey", row["survey"]),
            str(row["year"]),
            label(context, "answer", row["answer"]),
            f"{row['from_age']}+",
            words.percent(row["share"], context.language, 1),
            words.number(row["people"] * row["share"] / 1e3, context.language, 0),
        )
        for row in table.frame.iter_rows(named=True)
    )
    head = tuple(
        context.say(f"potential.column.{name}") for name in ("survey", "year", "answer", "ages", "share", "people")
    )
    return Table(
        "potential_asked",
        head,
        rows,
        "lrlrrr",
        context.say("potential.asked"),
        context.origin(table.sources),
        table.frame,
    )


def _rates(context: Context) -> Table:
    table = context.results.table("potential_rates")
    rows = tuple(
        (
            context.say(f"potential.rate.{row['id']}"),
            words.number(row["years"], context.language, 0),
            words.percent(row["rate"], context.language, 0),
            row["reference"],
        )
        for row in table.frame.iter_rows(named=True)
    )
    head = tuple(context.say(f"potential.column.{name}") for name in ("panel", "years", "rate", "reference"))
    return Table(
        "potential_rates",
        head,
        rows,
        "lrrl",
        context.say("potential.rates"),
        context.say("potential.rates_source"),
        table.frame,
    )


def _sensitivity(context: Context) -> Table:
    table = context.results.table("potential_factors")
    frame = table.frame.filter(pl.col("factor").is_not_null())
    places = thousands_decimals(frame["low"], frame["high"])
    rows = []
    for row in frame.iter_rows(named=True):
        known = row["part"] is not None and row["low"] < row["high"]
        part = words.percent(row["part"], context.language, 0) if known else "–"
        rows.append(
            (
                context.say(f"potential.factor.{row['factor']}"),
                context.thousands(row["low"], places),
                context.thousands(row["high"], places),
                part,
                context.say(f"potential.known.{row['factor']}"),
            )
        )
    head = tuple(context.say(f"potential.column.{name}") for name in ("factor", "low", "high", "part", "known"))
    return Table(
        "potential_factors",
        head,
        tuple(rows),
        "lrrrl",
        context.say("potential.sensitivity"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _after(context: Context) -> Table:
    table = context.results.table("potential_after")
    rows = tuple(
        (
            label(context, "survey", row["survey"]),
            str(row["year"]),
            words.number(row["intended"] / 1e3, context.language, 0),
            str(row["after"]),
            context.thousands(row["high"]),
            words.percent(row["rate_high"], context.language, 1),
        )
        for row in table.frame.iter_rows(named=True)
    )
    head = tuple(
        context.say(f"potential.column.{name}") for name in ("survey", "year", "people", "after", "left", "of_those")
    )
    sources = (*table.sources, *context.results.table("potential_left").sources)
    return Table(
        "potential_after",
        head,
        rows,
        "lrrrrr",
        context.say("potential.after"),
        context.origin(sources, table.method),
        table.frame,
    )


def _ages(context: Context) -> Figure:
    table = context.results.table("potential_ages")
    series = context.say("potential.range")
    frame = pl.DataFrame(
        {
            "category": [label(context, "group", code) for code in table.frame["group"]],
            "series": [series] * table.frame.height,
            "low": table.frame["low"] / 1e3,
            "median": table.frame["middle"] / 1e3,
            "high": table.frame["high"] / 1e3,
        }
    )
    spec = by_category.dots(
        context, frame, context.say("potential.thousand"), frame["category"].to_list(), [(series, BLUE)], step=34
    )
    top = table.frame.sort("middle").row(-1, named=True)
    places = thousands_decimals([top["low"]], [top["high"]])
    return Figure(
        "potential_ages",
        context.picture(spec),
        context.say(
            "potential.ages.alt",
            group=label(context, "group", top["group"]),
            low=context.thousands(top["low"], places),
            high=context.thousands(top["high"], places),
        ),
        context.say("potential.ages"),
        context.origin(table.sources, table.method),
        table.frame,
    )
