"""What an answer is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qonys.figures.edition import MARK
from qonys.study.runs.results import Number
from qonys.web.content import why_address
from qonys.web.view import View


@dataclass(frozen=True)
class Answer:
    """A question, the sentences that answer it, pages to read on (title key, address below the language), results."""

    question: str
    sentences: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    results: tuple[str, ...]

    def runs(self, view: View) -> tuple[tuple[str, str | None], ...]:
        """Links to the pages and to where the numbers come from."""
        links = [(view.say(key), f"/{view.language}/{address}") for key, address in self.pages]
        links += [(view.say("why.title"), why_address(view, name)) for name in self.results[:1]]
        runs: list[tuple[str, str | None]] = []
        for text, href in links:
            runs += [(" · ", None)] if runs else []
            runs.append((text, href))
        return tuple(runs)


def shown(view: View, name: str, display: str = "") -> str:
    """A named result with its interval and mark."""
    return view.context.value(name, display).shown


def has(view: View, *names: str) -> bool:
    """Whether all these numbers are stored."""
    return all(name in view.site.results.numbers for name in names)


def marked(view: View, text: str, sources: Sequence[str]) -> str:
    """A text with the mark of what is quoted."""
    return text + (MARK if view.context.quoted(sources) else "")


def number(view: View, name: str) -> Number:
    """A stored number."""
    return view.site.results.number(name)
