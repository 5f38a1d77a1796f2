"""Sources of the figures used: publisher, title, date, address, licence."""

from __future__ import annotations

from qonys.catalog.bibliography import order, references
from qonys.report.context import Context
from qonys.report.document import Section, Table

NEEDS = ("sources_used",)


def build(context: Context) -> Section:
    """The list of sources."""
    frame = context.results.table("sources_used").frame
    known = references(context.pack, context.language)
    used = sorted((known[one] for one in frame["id"] if one in known), key=lambda one: order(one, context.language))
    rows = tuple(
        (one.publisher, one.title, one.dated, one.address, context.say(f"licence.{one.licence}")) for one in used
    )
    head = tuple(context.say(f"sources.column.{name}") for name in ("publisher", "title", "date", "address", "licence"))
    table = Table("sources", head, rows, "lllll", context.say("sources.table"), "", frame)
    return Section("sources", context.say("chapter.sources"), (context.paragraph("sources.intro"), table))
