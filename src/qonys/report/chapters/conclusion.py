"""Conclusion: what was found, and what measures could change, each with its effect and what that rests on."""

from __future__ import annotations

import json

import polars as pl

from qonys import words
from qonys.report.chapters.measures import Row, changed, measure_key, named_measure, surest, thousands
from qonys.report.chapters.summary import chains
from qonys.report.context import Context
from qonys.report.document import Block, Note, Paragraph, Section, Table

NEEDS = ("conclusion_measures",)
FIRST = "population"


def build(context: Context) -> Section:
    """Findings, measures by the size of their effect, and the basis of each effect."""
    measures = context.frame("conclusion_measures").filter(pl.col("outcome") == FIRST).to_dicts()
    blocks: tuple[Block, ...] = (
        *_findings(context),
        context.paragraph(
            "conclusion.measures_text", n="conclusion.measures", since="conclusion.since", year="conclusion.year",
            sure="conclusion.sure",
        ),
        *_strongest(context, measures),
        _effects(context),
        *_costs(context),
        _bases(context, measures).as_detail(),
        Note(context.say("conclusion.limits")),
    )  # fmt: skip
    return Section("conclusion", context.say("chapter.conclusion"), blocks)


def _findings(context: Context) -> tuple[Block, ...]:
    """What the chapters before found, where they were computed."""
    return context.held(
        lambda: context.paragraph(
            "conclusion.effect", since="consequences.since", effect="consequences.effect.total",
            direct="consequences.effect.direct", indirect="consequences.effect.indirect", until="consequences.end",
            schedule=f"consequences.schedule.{context.count('consequences.since')}",
        ),
        lambda: _selection(context),
        lambda: context.paragraph(
            "conclusion.concentration", now="regional.top_three_now", share="regional.top_three", year="regional.until"
        ),
        lambda: context.paragraph(
            "summary.claims",
            confirmed="claims.confirmed",
            contradicted="claims.contradicted",
            depends="claims.depends",
            cannot="claims.cannot_tell",
        ),
        lambda: chains(context),
    )  # fmt: skip


def _selection(context: Context) -> Paragraph | None:
    """How much likelier the trained are to leave, in the period that was published."""
    if not context.has("brain_drain", "emigrants_parts"):
        return None
    period = context.frame("brain_drain")["period"][0]
    rows = context.frame("emigrants_parts").filter(
        (pl.col("breakdown") == "education") & (pl.col("period") == period)
    )
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    months, year = int(row["months"]), str(row["start"])[:4]
    period = context.say(f"conclusion.period{'.months' if months % 12 else ''}", n=months, year=year)
    return context.paragraph("conclusion.selection", period=period, n="labour.leavers", times="labour.selection")


def _strongest(context: Context, measures: list[Row]) -> list[Block]:
    """The strongest measure whose interval leaves no doubt of its sign, and those of which it does."""
    sure = surest(measures)
    open_ = [row for row in measures if row not in sure and row["low"] < row["high"]]
    blocks: list[Block] = []
    if sure:
        first = sure[0]
        names = {"name": named_measure(context, first), "change": changed(context, first)}
        effect = context.value(f"conclusion.effect.{first['measure']}")
        blocks.append(context.paragraph(measure_key("conclusion.strongest", first), effect=effect, **names))
    if open_:
        listed = "; ".join(named_measure(context, row) for row in open_)
        blocks.append(context.paragraph("conclusion.open", listed=listed))
    return blocks


def _effects(context: Context) -> Table:
    table = context.results.table("conclusion_measures")
    rows = []
    for (_,), part in table.frame.partition_by("measure", as_dict=True, maintain_order=True).items():
        first = part.row(0, named=True)
        cells = [thousands(context, row) for row in part.iter_rows(named=True)]
        decided = context.say(f"lab.decided.{first['decided_by']}")
        rows.append((named_measure(context, first), decided, changed(context, first), *cells))
    outcomes = (f"effect_{name}" for name in table.frame["outcome"].unique(maintain_order=True))
    head = tuple(
        context.say(f"conclusion.column.{name}") for name in ("measure", "decided", "change", *outcomes)
    )
    caption = context.say("conclusion.table", year=context.count("conclusion.year"))
    return Table(
        "conclusion_measures", head, tuple(rows), "lllrr", caption, context.origin(table.sources, table.method),
        table.frame,
    )  # fmt: skip


def _costs(context: Context) -> tuple[Block, ...]:
    """Published payments and costs by unit; nothing where the pack has none."""
    if not context.has("conclusion_costs"):
        return ()
    table = context.results.table("conclusion_costs")
    rows = tuple(
        (
            context.pack.label("measure", row["measure"], context.language),
            context.region(row["region"]),
            str(row["year"]),
            words.integer(row["value"], context.language),
            context.pack.label("per", row["per"], context.language),
            context.publishers([row["source"]]),
        )
        for row in table.frame.to_dicts()
    )
    names = ("cost", "where", "year", "value", "per", "source")
    head = tuple(context.say(f"conclusion.column.{name}") for name in names)
    shown = Table(
        "conclusion_costs", head, rows, "llrrll", context.say("conclusion.costs"), context.origin(table.sources),
        table.frame,
    )  # fmt: skip
    return context.paragraph("conclusion.costs_text"), shown.as_detail(), *context.cautions("unit_costs")


def _bases(context: Context, measures: list[Row]) -> Table:
    rows = tuple(
        (named_measure(context, row), context.say(f"lab.basis.{row['basis']}"), _rests_on(context, row))
        for row in measures
    )
    table = context.results.table("conclusion_measures")
    head = tuple(context.say(f"conclusion.column.{name}") for name in ("measure", "basis", "rests_on"))
    source = context.origin(table.sources, table.method)
    return Table(
        "conclusion_bases", head, rows, "lll", context.say("conclusion.bases"), source, result="conclusion_measures"
    )


def _rests_on(context: Context, row: Row) -> str:
    """What is known of a measure's effects, each once."""
    texts = (text[context.language] for text in json.loads(row["rests_on"]))
    return " ".join(dict.fromkeys(texts))
