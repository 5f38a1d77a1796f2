"""Terms in three languages."""

from __future__ import annotations

from qonys import words
from qonys.catalog.glossary import ordered
from qonys.report.context import Context
from qonys.report.document import Section, Table

NEEDS: tuple[str, ...] = ()


def build(context: Context) -> Section:
    """The glossary, in the order of the reader's language."""
    order = (context.language, *(code for code in words.LANGUAGES if code != context.language))
    rows = tuple(tuple(one.names[code] for code in order) for one in ordered(context.pack, context.language))
    head = tuple(context.say(f"language.{code}") for code in order)
    table = Table("glossary", head, rows, "lll", context.say("glossary.table"), "")
    return Section("glossary", context.say("chapter.glossary"), (context.paragraph("glossary.intro"), table))
