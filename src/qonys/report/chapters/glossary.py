"""Terms in three languages."""

from __future__ import annotations

from qonys import inputs, words
from qonys.report.context import Context
from qonys.report.document import Section, Table

NEEDS: tuple[str, ...] = ()
TERMS = (
    "census", "natural_increase", "net_migration", "residual", "offset", "immigrant", "emigrant",
    "move", "interregional", "repatriate", "quota", "vintage", "series_break", "rate", "secondary",
)  # fmt: skip


def build(context: Context) -> Section:
    """The glossary, in the order of the reader's language."""
    order = (context.language, *(code for code in words.LANGUAGES if code != context.language))
    rows = sorted(
        (tuple(inputs.said(context.pack, f"term.{term}", code) for code in order) for term in TERMS),
        key=lambda row: words.sort_key(row[0], context.language),
    )
    head = tuple(context.say(f"language.{code}") for code in order)
    table = Table("glossary", head, tuple(rows), "lll", context.say("glossary.table"), "")
    return Section("glossary", context.say("chapter.glossary"), (context.paragraph("glossary.intro"), table))
