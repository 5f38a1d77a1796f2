"""The pages in the order of the menu; a page whose results are not stored is not in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qonys.web.chart_requests import parameters_of
from qonys.web.charts.catalogue import CHARTS
from qonys.web.content import Content
from qonys.web.kinds import KINDS
from qonys.web.pages import (
    about,
    answers,
    chance,
    charted,
    compare,
    course,
    data,
    glossary,
    indicators,
    law,
    law_effects,
    living,
    methods,
    monitor,
    overview,
    policy,
    portraits,
    preview,
    why,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View


@dataclass(frozen=True)
class Page:
    """A page: its name in addresses, its charts (one of them must be available), how it is built.

    `item` builds a page below it (``indicators/cmi``). `always` pages need no chart, `when` decides by itself, `gate`
    is where its makers wait (`serving.PLACES`); one that is not `listed` is reached from others only; `own`: parameters
    besides those of its charts. A new
    room adds its page here and its charts to `charts.catalogue`; it appears when its results are stored.
    """

    id: str
    build: Callable[[View], Content]
    charts: tuple[str, ...] = ()
    always: bool = False
    when: Callable[[Site], bool] | None = None
    item: Callable[[View, str], Content] | None = None
    item_parameters: Callable[[Site, str], tuple[Parameter, ...]] | None = None
    gate: str = "wide"
    listed: bool = True
    own: Callable[[Site], tuple[Parameter, ...]] | None = None

    def available(self, site: Site) -> bool:
        """Whether the page has something to show."""
        if self.gate == "lab" and site.progress is not None:  # it would be opened anew with every chapter
            return False
        if self.when is not None:
            return self.when(site)
        return self.always or any(CHARTS[name].available(site) for name in self.charts)

    def parameters(self, site: Site) -> tuple[Parameter, ...]:
        """The parameters of all its charts, each once, and its own."""
        found: dict[str, Parameter] = {}
        for name in self.charts:
            if CHARTS[name].available(site):
                found |= {item.name: item for item in parameters_of(site, CHARTS[name]) if item.name not in found}
        found |= {item.name: item for item in (self.own(site) if self.own else ())}
        return tuple(found.values())


PAGES: tuple[Page, ...] = (
    Page("", lambda view: overview.build(view, {page.id for page in menu(view.site)}), ("century",), always=True),
    Page("answers", answers.build, when=answers.ready),
    Page("chance", chance.build, when=chance.ready),
    Page("history", charted.history, charted.HISTORY),
    Page("flows", charted.flows, charted.FLOWS),
    Page("population", charted.population, charted.POPULATION),
    Page(
        "indicators",
        indicators.build,
        ("indicator", "indicator_map"),
        item=indicators.item,
        item_parameters=indicators.item_parameters,
    ),
    *(Page(kind, portraits.index(kind), when=portraits.has(kind), item=portraits.item(kind)) for kind in KINDS),
    Page("compare", compare.build, compare.CHARTS),
    *(Page(name, living.theme(name), when=living.has_theme(name)) for name in living.THEMES),
    Page("forecast", charted.forecast, charted.FORECAST),
    Page("policy", policy.build, policy.CHARTS, gate="lab"),
    Page("claims", charted.claims, ("claims",)),
    Page(
        "law",
        law.build,
        (law.CHART,),
        when=law.ready,
        item=law.item,
        item_parameters=law_effects.item_parameters,
        own=law.years,
    ),
    Page("monitor", monitor.build, (monitor.CHART,)),
    Page(
        "course",
        course.build,
        when=lambda site: site.has("course"),
        item=lambda view, name: course.item(view, name, frozenset(page.id for page in menu(view.site))),
    ),
    Page("study", living.build, always=True, item=living.item),
    Page("data", data.build, always=True, item=data.item, item_parameters=preview.parameters),
    Page("methods", methods.build, always=True),
    Page("about", about.build, always=True),
    Page(
        "glossary", lambda view: glossary.build(view, {page.id for page in menu(view.site)}), always=True, listed=False
    ),
    Page("why", why.build, always=True, item=why.item, listed=False),
)


def menu(site: Site) -> tuple[Page, ...]:
    """The pages that the stored results can fill."""
    return tuple(page for page in PAGES if page.listed and page.available(site))


GROUPS: Mapping[str, tuple[str, ...]] = {
    "answers": ("answers", "chance"),
    "moves": ("history", "flows", "population", *KINDS, "compare", "indicators", "settlement", "space"),
    "causes": ("factors", "motives", "identity", "law"),
    "effects": ("adaptation", "consequences"),
    "ahead": ("forecast", "monitor", "outlook", "policy"),
    "evidence": ("claims", "course", "study", "data", "methods", "about"),
}


def grouped(site: Site) -> dict[str, tuple[Page, ...]]:
    """The pages of the menu by group, in the order of the groups; a group without pages is left out.

    A page of no group stands in the last one.
    """
    pages = {page.id: page for page in menu(site) if page.id}
    named = {name for names in GROUPS.values() for name in names}
    last = tuple(page for name, page in pages.items() if name not in named)
    found = {group: tuple(pages[name] for name in names if name in pages) for group, names in GROUPS.items()}
    found[list(GROUPS)[-1]] += last
    return {group: held for group, held in found.items() if held}


def page_of(site: Site, name: str) -> Page | None:
    """A page by its name, if there is something to show."""
    return next((page for page in PAGES if page.id == name and page.available(site)), None)
