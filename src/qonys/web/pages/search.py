"""The page of what a query finds, and the same for programs."""

from __future__ import annotations

from typing import Any

from qonys.web.content import Block, Content, Heading, Listing, Text
from qonys.web.search.finding import Found, Hit
from qonys.web.view import View


def build(view: View, found: Found) -> Content:
    """Hits by kind; where there are none, what is nearest."""
    title = view.say("search.title")
    if not found.query:
        return Content(title, view.say("search.lead"), ())
    blocks: list[Block] = []
    if found.read_as:
        blocks.append(Text(view.say("search.read_as", text=found.read_as)))
    for kind, hits in found.groups.items():
        blocks += [Heading(view.say(f"search.kind.{kind}"), f"found-{kind}"), _listed(view, hits)]
    if not found.groups:
        blocks.append(Text(view.say("search.none", query=found.query)))
        if found.nearest:
            blocks += [Heading(view.say("search.nearest"), "nearest"), _listed(view, found.nearest)]
    lead = view.say("search.found", n=found.count, query=found.query) if found.groups else ""
    return Content(title, lead, tuple(blocks))


def _listed(view: View, hits: tuple[Hit, ...]) -> Listing:
    return Listing(tuple((hit.item.title, f"/{view.language}/{hit.item.address}") for hit in hits))


def document(view: View, found: Found) -> dict[str, Any]:
    """The hits for a program."""

    def told(hit: Hit) -> dict[str, object]:
        address = f"/{view.language}/{hit.item.address}"
        return {"kind": hit.kind, "title": hit.item.title, "address": address, "score": round(hit.score, 2)}

    return {
        "query": found.query, "read_as": found.read_as, "count": found.count,
        "hits": [told(hit) for hits in found.groups.values() for hit in hits],
        "nearest": [told(hit) for hit in found.nearest],
    }  # fmt: skip
