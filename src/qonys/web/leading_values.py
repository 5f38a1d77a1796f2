"""The values that lead the page of a region or an ethnic group: newest known ones and projected, with their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qonys.figures.portraits import held
from qonys.report.context import Context
from qonys.study.notions.readings import Reading
from qonys.study.notions.register import register
from qonys.study.runs.results import Number
from qonys.web.kinds import REGION, codes_of, known_readings
from qonys.web.view import Site, View

DRAWN = ("regional_projection", "group_process")  # models whose values are ahead
FREE = {"year", "source"}  # keys that a value may have besides the thing
RECENT = 1  # years before the newest value of the notion within which another definition's is shown
DECADES, DECADE, TODAY = 2, 10, "current"
# kind -> notions of what is known, notion of what is ahead
NOTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "region": (("region_population", "region_net_migration"), "region_population"),
    "group": (("group_size", "group_share"), "group_share"),
}


@dataclass(frozen=True)
class Thing:
    """One region, ethnic group or partner country on its page."""

    view: View
    kind: str
    code: str

    @property
    def context(self) -> Context:
        """Words, names and source lines."""
        return self.view.context


@dataclass(frozen=True)
class Told:
    """A value of one thing, and its place among `of` things with a value of the same year."""

    reading: Reading
    place: int
    of: int


def values(site: Site, kind: str, notion: str) -> dict[tuple[str, str], dict[str, Reading]]:
    """Values of a notion by variant and year, of each thing; keys: variant, year."""

    def make() -> dict[tuple[str, str], dict[str, Reading]]:
        found: dict[tuple[str, str], dict[str, Reading]] = {}
        known = set(codes_of(site, kind))
        for one in known_readings(site):
            keys = dict(one.keys)
            if one.variant.notion == notion and one.year and keys.get(kind) in known and keys.keys() - {kind} <= FREE:
                of_year = found.setdefault((one.variant.id, one.year), {})
                of_year.setdefault(keys[kind], one)
        return found

    return site.keep(f"values:{kind}:{notion}", make)


def _told(every: Mapping[str, Reading], code: str) -> Told:
    own = every[code]
    return Told(own, 1 + sum(one.value > own.value for one in every.values()), len(every))


def known(thing: Thing, notion: str) -> list[Told]:
    """Values of a notion by model (published, register, account), as new as the leading one, in their order.

    The year is the newest of those with most things: only among all of them does a place say something.
    """
    found = values(thing.view.site, thing.kind, notion)
    newest: dict[str, str] = {}
    for variant in {name for name, _ in found}:
        years = {year: every for (name, year), every in found.items() if name == variant}
        most = max(map(len, years.values()))
        year = max(year for year, every in years.items() if len(every) == most)
        if thing.code in years[year] and years[year][thing.code].variant.model not in DRAWN:
            newest[variant] = year
    order = [v.id for n in register().notions if n.id == notion for v in n.variants if v.id in newest]
    if not order:
        return []
    since = int(newest[order[0]]) - RECENT
    told = (_told(found[v, newest[v]], thing.code) for v in order if int(newest[v]) >= since)
    first: dict[str, Told] = {}
    for one in told:
        first.setdefault(one.reading.variant.model, one)
    return list(first.values())


def ahead(thing: Thing, notion: str) -> list[Told]:
    """Projected values of the last years that end a decade."""
    found = values(thing.view.site, thing.kind, notion)
    own = {
        year: every for (_, year), every in sorted(found.items())
        if thing.code in every and every[thing.code].variant.model in DRAWN and int(year) % DECADE == 0
    }  # fmt: skip
    return [_told(own[year], thing.code) for year in sorted(own)[-DECADES:]]


def number_of(context: Context, one: Reading) -> Number:
    """A value of a notion as a number with its interval, its unit and the sources of the result that it is from."""
    results, unit = context.results, next(n.unit for n in register().notions if n.id == one.variant.notion)
    held = results.numbers.get(one.result) or results.table(one.result)
    return Number(one.result, one.value, unit, one.low, one.high, held.rank, held.sources, held.method)


def place(view: View, told: Told) -> str:
    """The place of a value among those of its kind."""
    return view.say("portrait.place", place=told.place, of=told.of) if told.of > 1 else ""


def boundaries(thing: Thing, one: Reading) -> str:
    """Boundaries of a value of a region, where they are not those of the region today."""
    if thing.kind != REGION or one.variant.boundaries == TODAY or held(thing.context, thing.code) == (thing.code,):
        return ""
    return thing.context.say(f"notion.boundaries.{one.variant.boundaries}")
