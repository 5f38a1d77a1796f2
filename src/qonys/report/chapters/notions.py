"""Appendix: every notion with its definitions, and values of one notion that differ, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qonys.report.context import Context
from qonys.report.document import Block, Section, Table
from qonys.report.notion_keys import key_text
from qonys.report.notions import basis, rough, value_text, values_of
from qonys.report.origins import unit_text
from qonys.study.notions.register import register

NEEDS = ("notions", "notion_pairs")


def build(context: Context) -> Section:
    """The register of notions."""
    intro = context.paragraph(
        "notions.intro", values="notions.values", notions="notions.notions", differing="notions.differing"
    )
    blocks: tuple[Block, ...] = (intro, _pairs(context), _all(context))
    return Section("notions", context.say("chapter.notions"), blocks)


def _pairs(context: Context) -> Table:
    table = context.results.table("notion_pairs")
    rows = []
    for row in table.frame.iter_rows(named=True):
        own, lead = values_of(context, row)
        if own != lead:
            why = context.say(f"notion.{row['notion']}.{row['variant']}")
            rows.append((named(context, row["notion"], row["unit"]), key_text(context, row["keys"]), lead, own, why))
    head = ("notion", "key", "lead", "other", "why")
    return _table(context, "notion_pairs", "pairs", dict(zip(head, "llrrl", strict=True)), rows)


def named(context: Context, notion: str, unit: str) -> str:
    """Name of a notion with its unit, where the name does not end with it."""
    name, told = context.say(f"notion.{notion}"), unit_text(unit, context.language)
    return name if name.endswith(told) else f"{name}, {told}"


def _all(context: Context) -> Table:
    found = {(r["notion"], r["variant"]): r for r in context.frame("notions").iter_rows(named=True)}
    rows = [
        (
            named(context, notion.id, notion.unit) if place == 0 else "",
            context.say(variant.key),
            basis(context, variant),
            _newest(context, found[notion.id, variant.id]),
        )
        for notion in register().notions
        for place, variant in enumerate(v for v in notion.variants if (notion.id, v.id) in found)
    ]
    head = ("notion", "definition", "basis", "newest")
    return _table(context, "notions", "table", dict.fromkeys(head, "l"), rows)


def _newest(context: Context, row: dict[str, Any]) -> str:
    value = value_text(context, rough(row), row["unit"], row["low"], row["high"])
    told = key_text(context, row["keys"])
    return f"{told}: {value}" if told else value


def _table(context: Context, key: str, caption: str, head: Mapping[str, str], rows: Sequence[tuple[str, ...]]) -> Table:
    """A table of `rows` under columns with their sides."""
    table = context.results.table(key)
    names = tuple(context.say(f"notions.column.{name}") for name in head)
    source, said = context.origin(table.sources), context.say(f"notions.{caption}")
    return Table(key, names, tuple(rows), "".join(head.values()), said, source, table.frame)
