"""The labs of the course: aims, times, pages with the same figures; and the labs of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qonys import inputs
from qonys.course.framing import said
from qonys.course.registry import Lab, labs
from qonys.web.content import Block, Content, Entries, Entry, Text
from qonys.web.view import View

NAME, COURSE = "labs", "course"
Run = tuple[str, str | None]


def build(view: View, pages: frozenset[str]) -> Content:
    """Every lab with its time, aim, question, command and pages; `pages`: those that the site can show."""
    entries = tuple(_entry(view, lab, pages) for lab in labs())
    intro, how = Text(view.say("labs.page.intro", count=len(entries))), Text(view.say("labs.page.how"), "small")
    blocks: list[Block] = [intro, how, Entries(entries)]
    trail = ((view.say("web.page.course"), f"/{view.language}/{COURSE}"),)
    return Content(view.say("web.page.labs"), view.say("web.lead.labs"), tuple(blocks), trail=trail)


def _entry(view: View, lab: Lab, pages: frozenset[str]) -> Entry:
    title = view.say("labs.titled", number=lab.number, title=lab.title(view.language))
    return Entry(lab.id, title, tuple(_paragraphs(view, lab, pages)))


def _paragraphs(view: View, lab: Lab, pages: frozenset[str]) -> Iterator[tuple[Run, ...]]:
    pack, language = view.site.pack, view.language
    aim = view.say("labs.aim", text=said(lab, pack, language, "aim"))
    yield ((view.say("labs.page.time", minutes=lab.minutes, exercises=len(lab.exercises)), None), (f" {aim}", None))
    yield ((said(lab, pack, language, "question"), None),)
    missing = inputs.available(pack, lab.needs)
    if missing:
        names = ", ".join(inputs.figure_name(pack, name, language) for name in missing)
        yield ((view.say("labs.no_data", figures=names), None),)
        return
    yield ((f"qonys course open {lab.id} --lang {language}", None),)
    shown = [(view.say(f"web.page.{name}"), f"/{language}/{name}") for name in lab.pages if name in pages]
    if shown:
        yield tuple(_listed(view.say("labs.page.pages"), shown))


def _listed(before: str, items: list[tuple[str, str]]) -> Iterator[Run]:
    yield f"{before} ", None
    for number, item in enumerate(items):
        if number:
            yield ", ", None
        yield item


def with_labs(view: View, page: str, content: Content) -> Content:
    """A page with links to the labs that work with its figures, where the site has the page of the labs."""
    if not view.site.has(COURSE):
        return content
    mine = [lab for lab in labs() if page in lab.pages and not inputs.available(view.site.pack, lab.needs)]
    if not mine:
        return content
    links = [(lab.title(view.language), f"/{view.language}/{COURSE}/{NAME}#{lab.id}") for lab in mine]
    runs = tuple(_listed(view.say("labs.page.labs"), links))
    line = Text("".join(text for text, _ in runs), "linked", runs)
    return replace(content, blocks=(*content.blocks, line))
