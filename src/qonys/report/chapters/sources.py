"""Sources of the figures used, with licence and address."""

from __future__ import annotations

from qonys.report.context import Context
from qonys.report.document import Section, Table

NEEDS = ("sources_used",)


def build(context: Context) -> Section:
    """The list of sources."""
    frame = context.results.table("sources_used").frame
    rows = tuple(
        (str(row["publisher"] or ""), str(row["title"]), context.say(f"licence.{row['licence_class']}"))
        for row in frame.sort("publisher", "title").iter_rows(named=True)
    )
    head = tuple(context.say(f"sources.column.{name}") for name in ("publisher", "title", "licence"))
    table = Table("sources", head, rows, "lll", context.say("sources.table"), "", frame)
    return Section("sources", context.say("chapter.sources"), (context.paragraph("sources.intro"), table))
