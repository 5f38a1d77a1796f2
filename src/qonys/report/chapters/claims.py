"""Claims: each statement, what the sources answer, the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from qonys import words
from qonys.report.context import Context
from qonys.report.document import Block, Note, Section, Table
from qonys.study.chapters.claims import NOW as TODAY
from qonys.study.claims.check import COUNTS
from qonys.study.claims.reading import claims_source, claims_text, read_asof, read_claims

NOW = "verdict_now"
NEEDS = ("claim_answers", "claims")


def build(context: Context) -> Section:
    """The claims and every answer behind them."""
    title = claims_source(context.pack, context.language)
    blocks: tuple[Block, ...] = (
        context.paragraph(
            "summary.claims",
            confirmed="claims.confirmed",
            contradicted="claims.contradicted",
            depends="claims.depends",
            cannot="claims.cannot_tell",
        ),
        context.paragraph("claims.intro"),
        *([Note(context.say("claims.source", title=title))] if title else []),
        _verdicts(context),
        *_today(context),
        context.paragraph("claims.arithmetic"),
        *_definitions(context),
        _answers(context).as_detail(),
    )
    return Section("claims", context.say("chapter.claims"), blocks)


def range_text(context: Context, row: Mapping[str, Any], when: str = "") -> str:
    """Range over the sources of a row of the claims, then or (`when` is "_now") today; why there is none."""
    if row[f"low{when}"] is None:
        return context.say(f"claims.outside.{row['outside']}") if row["outside"] else "–"
    low, high = (context.amount(float(row[f"{end}{when}"]), str(row["unit"])) for end in ("low", "high"))
    return low if low == high else f"{low} … {high}"


def said(context: Context) -> dict[str, str]:
    """Claims of the pack in the language of the report, by id."""
    return {one.id: one.said(context.language) for one in read_claims(context.pack)}


def _verdicts(context: Context) -> Table:
    table, told = context.results.table("claims"), said(context)
    rows = tuple(
        (told.get(row["id"], row["words"]), range_text(context, row), verdict_text(row, context.language))
        for row in table.frame.iter_rows(named=True)
    )
    head = tuple(context.say(f"claims.column.{name}") for name in ("words", "range", "verdict"))
    return Table(
        "claims",
        head,
        rows,
        "lrl",
        context.say("claims.table"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _today(context: Context) -> tuple[Block, ...]:
    """Theses by the figures of the time of the text and by those of today; nothing where there are none."""
    table, until = context.results.table("claims"), read_asof(context.pack)
    theses = table.frame.filter(pl.col("verdict_now").is_not_null()) if NOW in table.frame.columns else None
    if until is None or theses is None or not theses.height:
        return ()
    told = said(context)
    rows = tuple(
        (
            told.get(row["id"], row["words"]), verdict_text(row, context.language), range_text(context, row, "_now"),
            verdict_text(row, context.language, "_now"),
        )
        for row in theses.iter_rows(named=True)
    )  # fmt: skip
    columns = ("words", "then", "range_now", "now")
    head = tuple(context.say(f"claims.column.{name}", until=until) for name in columns)
    counted = ("confirmed", "contradicted", "depends", "cannot_tell", "theses")
    counts = {name: f"claims.now.{name}" for name in counted}
    origin = context.origin(table.sources, table.method)
    shown = Table("claims_today", head, rows, "llrl", context.say("claims.today.table"), origin, theses, "claims")
    return context.paragraph("claims.today", until=str(until), **counts), shown


def _definitions(context: Context) -> tuple[Table, ...]:
    """How each thesis is put into figures."""
    claims = read_claims(context.pack)
    order = {name: str(number) for number, name in enumerate(context.frame("claims")["id"], 1)}
    rows = tuple(
        (order[one.id], one.said(context.language), one.definition[context.language])
        for one in claims
        if one.id in order and one.definition.get(context.language)
    )
    if not rows:
        return ()
    head = tuple(context.say(f"claims.column.{name}") for name in ("number", "words", "definition"))
    frame = pl.DataFrame(rows, schema=["number", "words", "definition"], orient="row")
    caption, source = context.say("claims.definitions"), context.publishers([claims_text(context.pack)])
    return (Table("claims_definitions", head, rows, "lll", caption, source, frame).as_detail(),)


def verdict_text(row: Mapping[str, Any], language: str, when: str = "") -> str:
    """The verdict, then or (`when` is "_now") today, with one sentence that says how many sources agree."""
    verdict = words.text(f"verdict.{row[f'verdict{when}']}", language)
    if not row[f"answers{when}"]:
        return verdict
    counts = {name: words.integer(int(row[f"{name}{when}"]), language) for name in ("agree", "answers")}
    if not row[f"agree{when}"]:
        return verdict + words.text("claims.explained_none", language, answers=counts["answers"])
    return verdict + words.text("claims.explained", language, **counts)


def agreement(row: Mapping[str, Any], language: str) -> str:
    """Whether an answer agrees, or why it does not count."""
    if row.get("weight", COUNTS) != COUNTS:
        return words.text(f"claims.weight.{row['weight']}", language)
    agrees = {True: "yes", False: "no", None: "unknown"}[row["agrees"]]
    return words.text(f"claims.agrees.{agrees}", language)


def _answers(context: Context) -> Table:
    claims = context.results.table("claims").frame
    table = context.results.table("claim_answers")
    units = dict(claims.select("id", "unit").rows())
    order = {claim: i + 1 for i, claim in enumerate(claims["id"])}
    rows = []
    for row in table.frame.filter(pl.col("id").is_in(list(order))).iter_rows(named=True):
        rows.append(
            (
                number_text(context, order[row["id"]], row),
                source_name(context, row["source"]),
                value_text(context, row, units[row["id"]]),
                agreement(row, context.language),
            )
        )
    head = tuple(context.say(f"claims.column.{name}") for name in ("number", "source", "value", "agrees"))
    return Table(
        "claim_answers",
        head,
        tuple(rows),
        "llrl",
        context.say("claims.answers"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def number_text(context: Context, number: int, row: Mapping[str, Any]) -> str:
    """Number of a claim; with the word for today where an answer is of today."""
    return context.say("claims.number.now", number=number) if row.get("asof") == TODAY else str(number)


def value_text(context: Context, row: Mapping[str, Any], unit: str) -> str:
    """The value of an answer, or the bounds that it gives."""
    if not row.get("bounds"):
        return context.amount(row["value"], unit)
    low, high = (context.amount(row[end], unit) if row[end] is not None else "" for end in ("low", "high"))
    return f"{low} … {high}".strip()


def source_name(context: Context, source: str) -> str:
    """Name of an answer's source: a source of the pack or a way of computing."""
    if words.has(f"answer.{source}"):
        return context.say(f"answer.{source}")
    return context.publishers([source]) or source


def figure_label(context: Context, name: str) -> str:
    """Name of a figure of an answer's arithmetic: a quantity, an ethnic group, or a symbol or period as it stands.

    Empty where the figure has no name but is the answer itself.
    """
    key = f"answer.figure.{name}"
    if name == "None" or words.has(key):
        return context.say(key) if name != "None" else ""
    groups = context.pack.labels().filter(axis="ethnic_group")["code"]
    return context.group(name) if name in groups else name
