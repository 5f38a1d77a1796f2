"""The works that the course cites, put right, by stage, and the shelf of its labs."""

from __future__ import annotations

from collections.abc import Iterator

from qonys import inputs
from qonys.catalog.citing import gost
from qonys.catalog.works import NAME, STAGES, Work, counted
from qonys.web.content import Block, Content, Entries, Entry, Heading, Listing, Text
from qonys.web.view import View

__all__ = ["NAME", "build"]
Run = tuple[str, str | None]


def build(view: View) -> Content:
    """Every work with what it is about, where the course cites it, what it says wrongly, and what was checked."""
    found = inputs.works(view.site.pack)
    blocks: list[Block] = [Text(_intro(view, found))]
    parts = {stage: [one for one in found if one.stage == stage] for stage in (*STAGES, None)}
    titles = {stage: view.say(f"course.works.stage.{stage or 'shelf'}") for stage in parts}
    blocks.append(Listing(tuple((titles[stage], f"#{_anchor(stage)}") for stage, held in parts.items() if held)))
    for stage, held in parts.items():
        if held:
            blocks.append(Heading(titles[stage], _anchor(stage)))
            blocks.append(Entries(tuple(_entry(view, one) for one in held)))
    trail = ((view.say("web.page.course"), f"/{view.language}/course"),)
    return Content(view.say("web.page.bibliography"), view.say("web.lead.bibliography"), tuple(blocks), trail=trail)


def _intro(view: View, found: tuple[Work, ...]) -> str:
    counts = {name: view.number(count) for name, count in counted(found).items()}
    return view.say("course.works.intro", **counts)


def _anchor(stage: int | None) -> str:
    return f"stage-{stage}" if stage is not None else "shelf"


def _entry(view: View, one: Work) -> Entry:
    people = one.authors or one.editors
    who = people[0].family if people else one.title.partition(":")[0]
    return Entry(one.key, f"{who}, {one.year or one.title}", tuple(_paragraphs(view, one)))


def _paragraphs(view: View, one: Work) -> Iterator[tuple[Run, ...]]:
    yield ((gost(one), None),)
    lab = [view.say("course.works.lab", lab=one.shelf)] if one.shelf is not None else []
    yield ((" ".join([*lab, one.texts[view.language]]), None),)
    if one.said:
        yield ((view.say("course.works.wrong", said=one.said, reason=one.reasons[view.language]), None),)
    if one.cited:
        yield tuple(_cited(view, one))
    yield ((_checked(view, one), None),)


def _checked(view: View, one: Work) -> str:
    """What the details were compared with, all or some of them, or that they were not."""
    if not one.against:
        return view.say("course.works.was_not_checked")
    if one.checked:
        return view.say("course.works.was_checked", against=one.against)
    details = ", ".join(view.say(f"course.works.detail.{name}") for name in one.compared)
    return view.say("course.works.checked_in_part", details=details, against=one.against)


def _cited(view: View, one: Work) -> Iterator[Run]:
    """The parts of the text in which it is cited."""
    course = inputs.course(view.site.pack)
    parts = dict.fromkeys(name.rpartition("-")[0] for name in one.cited)
    before, after = view.say("course.works.cited", parts="\n").split("\n")
    yield before, None
    for number, part in enumerate(parts):
        if number:
            yield ", ", None
        yield course.sections[part][view.language], f"/{view.language}/course#{part}"
    yield after, None
