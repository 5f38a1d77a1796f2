"""A page for each region, ethnic group and partner country, and an index of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.portraits import charts_of
from qonys.web.content import Block, Content, Rows, Text, box
from qonys.web.kinds import GROUP, KINDS, PARTNER, REGION, address, by_name, code_in, codes_of
from qonys.web.leading_values import Thing
from qonys.web.pages.portraits import group, partner, region
from qonys.web.pages.portraits.key_numbers import index_rows, numbers
from qonys.web.view import Site, View

SECTIONS: Mapping[str, Callable[[Thing], list[Block]]] = {
    REGION: region.sections, GROUP: group.sections, PARTNER: partner.sections,
}  # fmt: skip


def index(kind: str) -> Callable[[View], Content]:
    """The list of one kind with its newest numbers."""

    def build(view: View) -> Content:
        rows: Rows = partner.index_rows(view) if kind == PARTNER else index_rows(view, kind)
        blocks: tuple[Block, ...] = (rows,)
        if kind == REGION and CHARTS["compare_population"].available(view.site):
            runs = ((view.say("web.page.compare"), f"/{view.language}/compare"),)
            blocks = (Text(runs[0][0], "linked", runs), rows)
        return Content(view.say(f"web.page.{kind}"), view.say(f"web.lead.{kind}"), blocks)

    return build


def item(kind: str) -> Callable[[View, str], Content]:
    """The page of one thing of a kind."""

    def build(view: View, given: str) -> Content:
        code = code_in(view.site, kind, given)
        thing = Thing(view, kind, code)
        cards = partner.numbers(thing) if kind == PARTNER else numbers(thing)
        blocks: list[Block] = [cards] if cards.items else [Text(view.say("portrait.no_numbers"))]
        page = f"{kind}/{code}"
        blocks += [box(view, name, (), page=page) for name in charts_of(view.site, kind, code)]
        blocks += SECTIONS[kind](thing)
        trail = ((view.say(f"web.page.{kind}"), f"/{view.language}/{kind}"),)
        title = KINDS[kind].whole(view.context, code)
        return Content(title, view.say(f"portrait.lead.{kind}"), tuple(blocks), trail=trail)

    return build


def has(kind: str) -> Callable[[Site], bool]:
    """Whether the results hold anything of a kind."""
    return lambda site: bool(codes_of(site, kind))


def doors(view: View, *kinds: str) -> tuple[Block, ...]:
    """Links to the page of every thing of these kinds, a paragraph a kind."""
    found: list[Block] = []
    for kind in kinds:
        runs: list[tuple[str, str | None]] = []
        for code, name in by_name(view.site, view.language, kind).items():
            runs += [(" · ", None) if runs else (f"{view.say(f'web.page.{kind}')}: ", None)]
            runs.append((name, address(view.language, kind, code)))
        if runs:
            found.append(Text("".join(text for text, _ in runs), "linked", tuple(runs)))
    return tuple(found)
