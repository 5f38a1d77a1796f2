"""What a text demands, asserts and proposes, and the pages that answer each statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qonys import inputs
from qonys.catalog.course import ANSWERS, Statement
from qonys.report.chapters.course import claim_numbers, remarks
from qonys.web.charts.report_figures import chapters
from qonys.web.content import Block, Content, Heading, Text, why_address
from qonys.web.view import View

Run = tuple[str, str | None]
LINKED = "linked"


def build(view: View) -> Content:
    """The statements by section of the text, each with links to what answers it."""
    course, reachable = inputs.course(view.site.pack), set(chapters(view.site))
    names = ("statements", "sections", *ANSWERS)
    counts = {name: view.context.value(f"course.{name}").shown for name in names}
    blocks: list[Block] = [Text(view.say("course.intro", **counts))]
    for section, titles in course.sections.items():
        blocks.append(Heading(titles[view.language], section))
        for one in course.of_section(section):
            runs = tuple(_runs(view, one, reachable))
            blocks.append(Text("".join(text for text, _ in runs), LINKED, runs))
    return Content(view.say("web.page.course"), view.say("web.lead.course"), tuple(blocks))


def _runs(view: View, one: Statement, reachable: set[str]) -> Iterator[Run]:
    """The statement, its kind, and links to chapters, claims, results and commands that answer it."""
    yield f"{one.id}. {one.says[view.language]} ({view.say(f'course.kind.{one.kind}')})", None
    language = view.language
    titles = [
        (view.say(f"chapter.{name}"), f"/{language}/study/{name}" if name in reachable else None)
        for name in one.names["chapters"]
    ]
    yield from _listed(view, "course.in_chapters", "titles", titles)
    claims = [(number, f"/{language}/claims#answers") for number in claim_numbers(view.context, one)]
    yield from _listed(view, "course.in_claims", "numbers", claims)
    held = [name for name in one.names["results"] if view.site.has(name) or name in view.site.results.numbers]
    yield from _listed(view, "course.in_results", "names", [(name, why_address(view, name)) for name in held])
    commands = [(f"qonys {name}", None) for name in one.names["commands"]]
    yield from _listed(view, "course.in_commands", "names", commands)
    for text in remarks(view.context, one):
        yield f" {text}", None


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
