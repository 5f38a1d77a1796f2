"""Methods: what intervals, ranks and definitions mean, which method made which result."""

from __future__ import annotations

from qonys.web.content import Block, Cell, Content, Facts, Heading, Listing, Rows
from qonys.web.view import View


def build(view: View) -> Content:
    """The page."""
    ranks = tuple((str(rank), view.say(f"web.rank.{rank}")) for rank in range(1, 6))
    reading = tuple(
        (view.say(f"web.reading.{key}"), view.say(f"web.reading.{key}_text"))
        for key in ("interval", "break", "mark", "draws", "small")
    )
    blocks: list[Block] = [
        Heading(view.say("web.methods.reading"), "reading"),
        Facts(reading),
        Heading(view.say("web.methods.ranks"), "ranks"),
        Facts(ranks),
        *_definitions(view),
        *_used(view),
        *_glossary(view),
    ]
    return Content(view.say("web.page.methods"), view.say("web.lead.methods"), tuple(blocks))


def _definitions(view: View) -> list[Block]:
    rows = view.site.pack.definitions().iter_rows(named=True)
    items = tuple((str(r["id"]), str(r[f"text_{view.language}"] or "–")) for r in rows)
    return [Heading(view.say("web.methods.definitions"), "definitions"), Facts(items)]


def _used(view: View) -> list[Block]:
    """Every method with the results it made."""
    made: dict[str, list[str]] = {}
    for name, table in view.site.results.tables.items():
        made.setdefault(table.method, []).append(name)
    rows = tuple((Cell(method), Cell(", ".join(sorted(names)))) for method, names in sorted(made.items()))
    head = (view.say("web.column.method"), view.say("web.data.results"))
    return [Heading(view.say("web.methods.used"), "used"), Rows(view.say("web.methods.used_text"), head, rows, "ll")]


def _glossary(view: View) -> list[Block]:
    address = f"/{view.language}/glossary"
    return [Heading(view.say("chapter.glossary"), "glossary"), Listing(((view.say("web.methods.glossary"), address),))]
