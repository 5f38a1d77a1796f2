"""Claims: each statement, what the sources answer, the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from qonys import words
from qonys.report.context import Context
from qonys.report.document import Block, Note, Section, Table
from qonys.study.claims.check import COUNTS
from qonys.study.claims.reading import claims_source

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
        context.paragraph("claims.arithmetic"),
        _answers(context).as_detail(),
    )
    return Section("claims", context.say("chapter.claims"), blocks)


def _range(context: Context, row: dict[str, object]) -> str:
    if row["low"] is None:
        return context.say(f"claims.outside.{row['outside']}") if row["outside"] else "–"
    low, high = (context.amount(float(str(row[end])), str(row["unit"])) for end in ("low", "high"))
    return low if low == high else f"{low} … {high}"


def _verdicts(context: Context) -> Table:
    table = context.results.table("claims")
    rows = tuple(
        (row["words"], _range(context, row), verdict_text(row, context.language))
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


def verdict_text(row: dict[str, object], language: str) -> str:
    """The verdict with one sentence that says how many sources agree."""
    verdict = words.text(f"verdict.{row['verdict']}", language)
    if not row["answers"]:
        return verdict
    counts = {name: words.integer(int(str(row[name])), language) for name in ("agree", "answers")}
    if not row["agree"]:
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
                str(order[row["id"]]),
                source_name(context, row["source"]),
                context.amount(row["value"], units[row["id"]]),
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
