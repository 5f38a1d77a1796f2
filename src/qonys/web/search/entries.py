"""What can be found: places, groups, partners, indicators, claims, terms, tables, questions, chapters, pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qonys import inputs, words
from qonys.figures.edition import capital
from qonys.report.chapters.claims import said
from qonys.web.charts.indicators import described
from qonys.web.charts.report_figures import chapters
from qonys.web.kinds import GROUP, KINDS, PARTNER, REGION, codes_of
from qonys.web.pages.answers import QUESTIONS
from qonys.web.pages.data import title_of
from qonys.web.pages.menu import menu
from qonys.web.view import Site, View

SEARCHED = (REGION, GROUP, PARTNER, "question", "page", "chapter", "indicator", "term", "claim", "table")


@dataclass(frozen=True)
class Item:
    """One thing that can be found, in one language: its title, more text about it, its address below the language."""

    title: str
    address: str
    more: str = ""


@dataclass(frozen=True)
class Entry:
    """One thing in all languages: its kind, and what it is called in each."""

    kind: str
    items: dict[str, Item]


def entries(site: Site) -> tuple[Entry, ...]:
    """All things that can be found, made once."""
    return site.keep("search entries", lambda: tuple(_made(site)))


def _made(site: Site) -> Iterator[Entry]:
    found: dict[tuple[str, str], dict[str, Item]] = {}
    for language in words.LANGUAGES:
        for kind, key, item in _of_language(View(site, language)):
            found.setdefault((kind, key), {})[language] = item
    for (kind, _), items in found.items():
        yield Entry(kind, items)


def _of_language(view: View) -> Iterator[tuple[str, str, Item]]:
    """Kind, key and item of everything in one language."""
    site, context = view.site, view.context
    for kind in KINDS.values():
        for code in codes_of(site, kind.id):
            short, whole = kind.short(context, code), kind.whole(context, code)
            yield kind.id, code, Item(whole, f"{kind.id}/{code}", f"{short} {code}")
    for name, make in QUESTIONS.items():
        answer = make(view) if site.results.numbers else None
        if answer is not None:
            yield "question", name, Item(answer.question, f"answers#{name}", " ".join(answer.sentences))
    for page in menu(site):
        if page.id:
            yield "page", page.id, Item(view.say(f"web.page.{page.id}"), page.id, view.say(f"web.lead.{page.id}"))
    for name in chapters(site):
        yield "chapter", name, Item(view.name(f"chapter.{name}", name), f"study/{name}")
    for code, row in described(site, view.language).items():
        yield "indicator", code, Item(capital(row["name"]), f"indicators/{code}", f"{row['definition']} {code}")
    yield from _texts(view)


def _texts(view: View) -> Iterator[tuple[str, str, Item]]:
    """Terms of the glossary, claims and tables of figures."""
    for one in inputs.glossary(view.site.pack):
        others = " ".join(name for code, name in one.names.items() if code != view.language)
        yield "term", one.id, Item(one.names[view.language], f"glossary#{one.id}", others)
    if view.site.has("claims"):
        told = said(view.context)
        for row in view.site.results.table("claims").frame.iter_rows(named=True):
            yield "claim", row["id"], Item(told.get(row["id"], row["words"]), "claims#chart-claims")
    for name in view.site.pack.tables():
        yield "table", name, Item(title_of(view, name), f"data/{name}", name.replace("_", " "))
