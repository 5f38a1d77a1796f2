"""Plain questions and their answers: each a sentence or two from the results, where to read on, and why this number."""

from __future__ import annotations

from collections.abc import Callable

from qonys.web.content import Block, Content, Heading, Listing, Text
from qonys.web.pages import chance
from qonys.web.pages.answers import ahead, now
from qonys.web.pages.answers.kit import Answer
from qonys.web.view import Site, View

QUESTIONS: dict[str, Callable[[View], Answer | None]] = {
    "net": now.net,
    "left": now.left,
    "repatriates": now.repatriates,
    "flow": now.largest_flow,
    "losing": now.losing,
    "young": now.young,
    "population": ahead.population,
    "share": ahead.share,
    "measure": ahead.measure,
    "sure": ahead.sure,
}


def build(view: View) -> Content:
    """The page: the questions first, then each with its answer."""
    found = {name: answer for name, make in QUESTIONS.items() if (answer := make(view)) is not None}
    listed = tuple((answer.question, f"#{name}") for name, answer in found.items())
    blocks: list[Block] = [Listing(listed)]
    if chance.ready(view.site):
        link = ((view.say("answers.any_chance"), f"/{view.language}/chance"),)
        blocks.append(Text(link[0][0], "linked", link))
    for name, answer in found.items():
        blocks.append(Heading(answer.question, name))
        blocks += [Text(sentence) for sentence in answer.sentences]
        blocks.append(Text("".join(text for text, _ in answer.runs(view)), "linked", answer.runs(view)))
    return Content(view.say("web.page.answers"), view.say("web.lead.answers"), tuple(blocks))


def ready(site: Site) -> bool:
    """Whether any question can be answered from stored results."""
    view = View(site, site.language)
    return bool(site.results.numbers) and any(make(view) is not None for make in QUESTIONS.values())
