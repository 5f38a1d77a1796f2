"""What a text demands, asserts and proposes, and the pages that answer each statement; the works that it cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qonys import inputs
from qonys.catalog.course import ANSWERS, Statement
from qonys.errors import UnknownName
from qonys.report.chapters.course import claim_numbers, remarks
from qonys.study.notions.register import register
from qonys.web.charts.report_figures import chapters
from qonys.web.content import Block, Content, Heading, Listing, Text, why_address
from qonys.web.pages import bibliography, guide, labs
from qonys.web.view import View

Run = tuple[str, str | None]
LINKED, NAMED = "linked", 3  # notions of one table


def build(view: View) -> Content:
    """The statements by section of the text, each with links to what answers it."""
    course, reachable = inputs.course(view.site.pack), set(chapters(view.site))
    names = ("statements", "sections", *ANSWERS)
    counts = {name: view.context.value(f"course.{name}").shown for name in names}
    parts = tuple((titles[view.language], f"#{section}") for section, titles in course.sections.items())
    blocks: list[Block] = [Text(view.say("course.intro", **counts)), Listing((*parts, *_further(view)))]
    for section, titles in course.sections.items():
        blocks.append(Heading(titles[view.language], section))
        for number, one in enumerate(course.of_section(section), 1):
            runs = tuple(_runs(view, number, one, reachable))
            blocks.append(Text("".join(text for text, _ in runs), LINKED, runs))
    return Content(view.say("web.page.course"), view.say("web.lead.course"), tuple(blocks))


def item(view: View, name: str, pages: frozenset[str] = frozenset()) -> Content:
    """A page below that of the course: labs with links to those of the `pages` they have, guide, bibliography.

    Raises
    ------
    UnknownName
        There is no such page, or the pack has no bibliography.

    """
    if name == labs.NAME:
        return labs.build(view, pages)
    if name == guide.NAME:
        return guide.build(view)
    if name != bibliography.NAME or not inputs.works(view.site.pack):
        raise UnknownName("web.page.unknown")
    return bibliography.build(view)


def _further(view: View) -> Iterator[tuple[str, str | None]]:
    """Links to the labs, to the teacher's guide, to the bibliography, if the pack has one, and to the glossary."""
    yield view.say("web.page.labs"), f"/{view.language}/course/{labs.NAME}"
    yield view.say("web.page.guide"), f"/{view.language}/course/{guide.NAME}"
    if inputs.works(view.site.pack):
        yield view.say("web.page.bibliography"), f"/{view.language}/course/{bibliography.NAME}"
    yield view.say("web.page.glossary"), f"/{view.language}/glossary"


def _runs(view: View, number: int, one: Statement, reachable: set[str]) -> Iterator[Run]:
    """The statement, and links to the chapters, claims, numbers and commands that answer it."""
    yield f"{number}. {one.says[view.language]}", None
    language = view.language
    titles = [
        (view.say(f"chapter.{name}"), f"/{language}/study/{name}" if name in reachable else None)
        for name in one.names["chapters"]
    ]
    yield from _listed(view, "course.in_chapters", "titles", titles)
    claims = [(number, f"/{language}/claims#answers") for number in claim_numbers(view.context, one)]
    yield from _listed(view, "course.in_claims", "numbers", claims)
    yield from _listed(view, "course.in_results", "names", _results(view, one))
    commands = [(f"qonys {name}", None) for name in one.names["commands"]]
    yield from _listed(view, "course.in_commands", "names", commands)
    for text in remarks(view.context, one):
        yield f" {text}", None


def _results(view: View, one: Statement) -> list[Run]:
    """Where the numbers of the answer come from, by the names of their notions, each once."""
    known, found = register(), dict[str, str | None]()
    for name in one.names["results"]:
        number = known.of_number(name)
        variants = known.of_table(name) if view.site.has(name) else (number,) if number else ()
        for variant in variants[:NAMED]:
            found.setdefault(view.say(f"notion.{variant.notion}"), why_address(view, name))
    return list(found.items())


def _listed(view: View, key: str, place: str, items: Sequence[Run]) -> Iterator[Run]:
    """The items with a comma between them, in the text under `key`; nothing where there are none."""
    if not items:
        return
    before, after = view.say(key, **{place: "\n"}).split("\n")
    yield f" {before}", None
    for number, item in enumerate(items):
        if number:
            yield ", ", None
        yield item
    yield after, None
