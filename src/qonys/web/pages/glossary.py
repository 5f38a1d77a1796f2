"""The glossary: each term in three languages, with its meaning, formula, source, command and page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from qonys import words
from qonys.catalog.glossary import Term, letter_of, ordered, sources_of
from qonys.web.charts.report_figures import ready
from qonys.web.content import Block, Content, Entries, Entry, Heading, Text
from qonys.web.view import View

Run = tuple[str, str | None]
LINKED = "linked"


def build(view: View, pages: Collection[str]) -> Content:
    """The terms by first letter, in the order of the reader's alphabet, with links to those of the `pages`."""
    letters: dict[str, list[Term]] = {}
    for one in ordered(view.site.pack, view.language):
        letters.setdefault(letter_of(one.names[view.language]), []).append(one)
    anchors = {letter: f"letter-{number}" for number, letter in enumerate(letters, 1)}
    count = sum(len(held) for held in letters.values())
    blocks: list[Block] = [
        Text(view.say("web.glossary.intro", count=view.number(count))),
        Text(" ".join(anchors), LINKED, tuple(_letters(anchors))),
    ]
    for letter, held in letters.items():
        blocks.append(Heading(letter, anchors[letter]))
        blocks.append(
            Entries(tuple(Entry(one.id, one.names[view.language], tuple(_about(view, one, pages))) for one in held))
        )
    return Content(view.say("web.page.glossary"), view.say("web.lead.glossary"), tuple(blocks))


def _letters(anchors: Mapping[str, str]) -> Iterator[Run]:
    for number, (letter, anchor) in enumerate(anchors.items()):
        if number:
            yield " · ", None
        yield letter, f"#{anchor}"


def _about(view: View, one: Term, pages: Collection[str]) -> Iterator[tuple[Run, ...]]:
    yield ((one.texts[view.language], None),)
    if one.formula:
        yield ((one.formula, None),)
    others = (f"{view.say(f'language.{code}')}: {one.names[code]}" for code in words.LANGUAGES if code != view.language)
    yield (("; ".join(others), None),)
    yield ((view.say("web.glossary.source", source=sources_of(view.site.pack, one, view.language)), None),)
    if one.commands:
        yield ((view.say("course.in_commands", names=", ".join(f"qonys {name}" for name in one.commands)), None),)
    address = _address(view, one.page, pages)
    if address:
        yield ((view.say("web.glossary.page"), address),)


def _address(view: View, page: str, pages: Collection[str]) -> str | None:
    """The address of a page that the site has; a chapter by `study/` and its name."""
    name, _, chapter = page.partition("/")
    there = ready(view.site, chapter) if chapter else bool(name) and name in pages
    return f"/{view.language}/{page}" if there else None
