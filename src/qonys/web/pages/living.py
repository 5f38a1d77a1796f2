"""The living report in the browser: every chapter that the stored results can fill."""

from __future__ import annotations

from qonys.errors import UnknownName
from qonys.report.document import Bullets, Figure, Note, Paragraph, Table
from qonys.web.charts.living import PREFIX, chapters, section
from qonys.web.content import Block, Card, Cards, Content, Listing, Text, box
from qonys.web.view import View


def build(view: View) -> Content:
    """The list of chapters."""
    cards = []
    for number, name in enumerate(chapters(view.site), 1):
        address = f"/{view.language}/study/{name}"
        cards.append(
            Card(f"{number}. {view.name(f'chapter.{name}', name)}", "", ((view.say("web.study.read"), address),))
        )
    return Content(view.say("web.page.study"), view.say("web.lead.study"), (Cards(tuple(cards)),))


def item(view: View, name: str) -> Content:
    """One chapter.

    Raises
    ------
    UnknownName
        There is no such chapter, or the stored results lack what it needs.

    """
    found = section(view.site, view.language, name) if name in chapters(view.site) else None
    if found is None:
        raise UnknownName("web.study.unknown", name=name[:60], known=", ".join(chapters(view.site)))
    blocks: list[Block] = []
    for block in found.blocks:
        match block:
            case Paragraph():
                runs = (run if isinstance(run, str) else run.shown for run in block.runs)
                blocks.append(Text("".join(runs)))
            case Note():
                blocks.append(Text(block.text, "note"))
            case Bullets():
                blocks.append(Listing(tuple((item, None) for item in block.items)))
            case Figure() | Table():
                table = isinstance(block, Table)
                page = f"study/{name}"
                blocks.append(box(view, f"{PREFIX}{name}-{block.key}", (), page=page, sheet_open=table))
    return Content(found.title, "", tuple(blocks), trail=((view.say("web.page.study"), f"/{view.language}/study"),))
