"""The teacher's guide: the weeks of a term with their plan, questions, labs and statements of the text."""

from __future__ import annotations

from collections.abc import Iterator

from qonys.course.guide import Place, Week, places, weeks
from qonys.web.content import Block, Content, Entries, Entry, Text
from qonys.web.pages.labs import COURSE
from qonys.web.pages.labs import NAME as LABS
from qonys.web.view import View

NAME = "guide"
Run = tuple[str, str | None]


def build(view: View) -> Content:
    """Every week of the guide; statements of the text where the pack has one."""
    found, known = weeks(), places(view.site.pack)
    intro = "guide.intro" if known else "guide.intro.plain"
    counts = {"weeks": len(found)} | ({"statements": len(known)} if known else {})
    entries = tuple(_entry(view, week, [one for one in known if one.week is week]) for week in found)
    blocks: list[Block] = [Text(view.say(intro, **counts)), Entries(entries)]
    trail = ((view.say("web.page.course"), f"/{view.language}/{COURSE}"),)
    return Content(view.say("web.page.guide"), view.say("web.lead.guide"), tuple(blocks), trail=trail)


def _entry(view: View, week: Week, known: list[Place]) -> Entry:
    paragraphs: list[tuple[Run, ...]] = [((text, None),) for text in week.paragraphs(view.language)]
    paragraphs.append(tuple(_labs(view, week)))
    if known:
        paragraphs.append(((view.say("guide.statements"), None),))
    for one in known:
        chapters = ", ".join(view.say(f"chapter.{name}") for name in one.chapters)
        text = one.statement.says[view.language]
        paragraphs.append(((view.say("guide.statement", text=text, chapters=chapters), None),))
    return Entry(f"week-{week.number}", week.titled(view.language), tuple(paragraphs))


def _labs(view: View, week: Week) -> Iterator[Run]:
    yield f"{view.say('guide.labs')} ", None
    for place, lab in enumerate(week.labs):
        if place:
            yield ", ", None
        title = view.say("labs.titled", number=lab.number, title=lab.title(view.language))
        yield title, f"/{view.language}/{COURSE}/{LABS}#{lab.id}"
