"""The living report in the browser: every chapter that the stored results can fill."""

from __future__ import annotations

from collections.abc import Callable

from qonys.errors import UnknownName
from qonys.report.absences import missing_pages, reason_text
from qonys.report.document import CHAPTER, Bullets, Figure, Link, Note, Paragraph, Table, Value
from qonys.web.charts.report_figures import PREFIX, chapters, ready, section
from qonys.web.content import Block, Card, Cards, Content, Heading, Listing, Text, box, why_address
from qonys.web.view import Site, View

THEMES = {
    "factors": ("factors", "interplay"),
    "motives": ("motives", "potential"),
    "adaptation": ("settling", "stratification", "representation"),
    "consequences": ("demographic", "labour"),
    "identity": ("identity", "decline"),
    "space": ("post_soviet",),
    "settlement": ("settlement",),
    "outlook": ("published_forecasts", "voters", "levers"),
}


def build(view: View) -> Content:
    """The list of chapters."""
    cards = []
    for number, name in enumerate(chapters(view.site), 1):
        address = f"/{view.language}/study/{name}"
        cards.append(
            Card(f"{number}. {view.name(f'chapter.{name}', name)}", "", ((view.say("web.study.read"), address),))
        )
    blocks = (Cards(tuple(cards)), *_absent(view))
    return Content(view.say("web.page.study"), view.say("web.lead.study"), blocks)


def _absent(view: View) -> tuple[Block, ...]:
    """Chapters that the pack cannot carry, with the reason."""
    missing = missing_pages(view.site.results)
    if not missing:
        return ()
    items = tuple(
        (f"{view.name(f'chapter.{one.chapter}', one.chapter)}: {reason_text(view.site.pack, one, view.language)}", None)
        for one in missing
    )
    return Heading(view.say("report.absent.title"), "absent"), Text(view.say("report.absent.intro")), Listing(items)


def item(view: View, name: str) -> Content:
    """One chapter.

    Raises
    ------
    UnknownName
        There is no such chapter, or the stored results lack what it needs.

    """
    blocks, title = chapter_blocks(view, name, f"study/{name}")
    return Content(title, "", blocks, trail=((view.say("web.page.study"), f"/{view.language}/study"),))


def chapter_blocks(view: View, name: str, page: str) -> tuple[tuple[Block, ...], str]:
    """The blocks of a chapter, and its title."""
    found = section(view.site, view.language, name) if name in chapters(view.site) else None
    if found is None:
        raise UnknownName("web.study.unknown", name=name[:60], known=", ".join(chapters(view.site)))
    blocks: list[Block] = []
    for block in found.blocks:
        match block:
            case Paragraph():
                runs = tuple(_run(view, run) for run in block.runs if isinstance(run, str | Value | Link))
                blocks.append(Text("".join(text for text, _ in runs), runs=runs))
            case Note():
                blocks.append(Text(block.text, "note"))
            case Bullets():
                blocks.append(Listing(tuple((item, None) for item in block.items)))
            case Figure() | Table():
                table = isinstance(block, Table)
                blocks.append(box(view, f"{PREFIX}{name}-{block.key}", (), page=page, sheet_open=table))
    return tuple(blocks), found.title


def _run(view: View, run: str | Value | Link) -> tuple[str, str | None]:
    """A part of a paragraph with its address: where a number comes from, or the chapter that the words lead to."""
    if isinstance(run, str):
        return run, None
    if isinstance(run, Value):
        return run.shown, why_address(view, run.name)
    chapter = run.key.removeprefix(CHAPTER)
    known = run.key.startswith(CHAPTER) and chapter in chapters(view.site)
    return run.shown, f"/{view.language}/study/{chapter}" if known else None


def theme(name: str) -> Callable[[View], Content]:
    """A page made of the chapters on one theme, those that are there."""

    def build(view: View) -> Content:
        blocks: list[Block] = []
        for chapter in THEMES[name]:
            if ready(view.site, chapter):
                part, title = chapter_blocks(view, chapter, name)
                blocks += [Heading(title, chapter), *part]
        return Content(view.say(f"web.page.{name}"), view.say(f"web.lead.{name}"), tuple(blocks))

    return build


def has_theme(name: str) -> Callable[[Site], bool]:
    """Whether one of the theme's chapters can be laid out."""
    return lambda site: any(ready(site, chapter) for chapter in THEMES[name])
