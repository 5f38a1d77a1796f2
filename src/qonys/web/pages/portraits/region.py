"""What stands below the charts of a region: flows with other regions, its groups, what is ahead."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures.portraits import SIZES, changed, held, holder
from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.comparisons import regions
from qonys.web.charts.portraits import PORTRAITS
from qonys.web.content import Block, Cell, Text, why_address
from qonys.web.kinds import GROUP, REGION, address, codes_of
from qonys.web.leading_values import Thing
from qonys.web.pages import chance
from qonys.web.pages.portraits.ahead import forecast_table
from qonys.web.pages.portraits.kit import marked, named, table
from qonys.web.view import View

MAIN = 6  # other regions and groups that are listed
FLOWS, PACE, GROUPS, DRAWN = "internal_flows", "regional_pace", "representation", "regional.draws"


def sections(thing: Thing) -> list[Block]:
    """The blocks in order."""
    return [*_boundaries(thing), *_ages(thing), *_flows(thing), *_groups(thing), *_forecast(thing), *_further(thing)]


def _boundaries(thing: Thing) -> list[Block]:
    """Where a region is a part of another in the account of the past."""
    view, whole = thing.view, holder(thing.context, thing.code)
    if whole == thing.code:
        return []
    parts = [code for code in held(thing.context, whole) if code != thing.code]
    before, after = view.say("portrait.inside", regions="\n").split("\n")
    runs: list[tuple[str, str | None]] = [(before, None)]
    for code in parts:
        runs += [(", ", None)] if len(runs) > 1 else []
        runs.append((view.region(code), address(view.language, REGION, code)))
    runs.append((after, None))
    return [Text("".join(text for text, _ in runs), "linked", tuple(runs))]


def _ages(thing: Thing) -> list[Block]:
    if PORTRAITS[REGION]["ages"].has(thing.view.site, thing.code):
        return []
    return [Text(thing.view.say("portrait.no_ages"))]


def _flows(thing: Thing) -> list[Block]:
    """Arrivals from and departures to the regions with which it exchanges most."""
    view, nothing = thing.view, "portrait.flows.none"
    if not view.site.has(FLOWS):
        return table(view, "flows", (), (), "", nothing)
    stored = view.site.results.table(FLOWS)
    frame = stored.frame.filter(pl.col("origin") != pl.col("destination"))
    came = dict(frame.filter(pl.col("destination") == thing.code).select("origin", "value").rows())
    went = dict(frame.filter(pl.col("origin") == thing.code).select("destination", "value").rows())
    others = sorted({*came, *went}, key=lambda code: -(came.get(code, 0) + went.get(code, 0)))[:MAIN]
    why = why_address(view, FLOWS)
    rows = [
        (
            named(view, REGION, code),
            *(Cell(marked(view, view.number(part.get(code)), stored.sources), why, True) for part in (came, went)),
        )
        for code in others
    ]
    year = int(str(frame["year"].max()))
    sides = (f"{view.say(f'web.column.{name}')}, {year}" for name in ("arrivals", "departures"))
    head = (view.say("portrait.column.region"), *sides)
    return table(view, "flows", head, rows, view.context.origin(stored.sources), nothing)


def _groups(thing: Thing) -> list[Block]:
    """The largest ethnic groups of the region."""
    view = thing.view
    if not view.site.has(GROUPS):
        return []
    stored = view.site.results.table(GROUPS)
    own = (pl.col("region") == thing.code) & pl.col("group").is_in(list(codes_of(view.site, GROUP)))
    largest = stored.frame.filter(own).sort("people", descending=True).head(MAIN)
    why = why_address(view, GROUPS)
    rows = [
        (
            named(view, GROUP, row["group"]), Cell(marked(view, view.number(row["people"]), stored.sources), why, True),
            Cell(words.percent(row["share"], view.language, 1), why, True),
        )
        for row in largest.iter_rows(named=True)
    ]  # fmt: skip
    head = tuple(view.say(key) for key in ("portrait.column.group", "portrait.column.persons", "web.column.share"))
    notes = [Text(note, "small") for note in changed(thing.context, thing.code)] if rows else []
    return [*table(view, "groups", head, rows, view.context.origin(stored.sources), "portrait.groups.none"), *notes]


def _forecast(thing: Thing) -> list[Block]:
    view = thing.view
    blocks = forecast_table(thing, ((SIZES, "persons"),), REGION)
    if view.site.has(PACE):
        frame = view.site.results.table(PACE).frame.filter(pl.col("region") == thing.code)
        if frame.height:
            blocks.append(Text(view.say("portrait.decline", chance=_decline(view, frame["p_decline"][0]))))
    return blocks


def compared(view: View, code: str) -> str:
    """The page that compares a region with the one with which it exchanges most people, or with what is usual there."""
    with_it = list(regions(view.site).default.split(","))
    if view.site.has(FLOWS):
        frame = view.site.results.table(FLOWS).frame.filter(pl.col("origin") != pl.col("destination"))
        there = frame.filter((pl.col("origin") == code) | (pl.col("destination") == code))
        other = pl.when(pl.col("origin") == code).then("destination").otherwise("origin")
        most = there.group_by(other=other).agg(pl.col("value").sum()).sort("value", "other", descending=[True, False])
        with_it = [one for one in most["other"] if one in regions(view.site).values] or with_it
    chosen = sorted({code, *[one for one in with_it if one != code][:1]})
    return f"/{view.language}/compare?regions={','.join(chosen)}"


def _decline(view: View, share: float) -> str:
    """A probability of the projection, never said to be nought or certain."""
    draws = view.site.results.numbers.get(DRAWN)
    least = 1 / draws.value if draws and draws.value else 0.0
    key = "under" if share < least else "over" if share > 1 - least else "of"
    edge = {"under": least, "over": 1 - least}.get(key, share)
    return view.say(f"answers.chance.{key}", chance=words.percent(edge, view.language, 0 if key == "of" else 1))


def _further(thing: Thing) -> list[Block]:
    """Pages to read on."""
    view, language = thing.view, thing.view.language
    links: list[tuple[str, str]] = []
    if CHARTS["compare_population"].available(view.site):
        links.append((view.say("compare.with_others"), compared(view, thing.code)))
    if view.site.has(FLOWS):
        links.append((view.say("portrait.on_map"), f"/{language}/flows?region={thing.code}#chart-flow_map"))
    if chance.ready(view.site) and f"region.{thing.code}" in chance.quantities(view.site):
        links.append((view.say("answers.any_chance"), f"/{language}/chance?of=region.{thing.code}"))
    links += [(view.say(f"web.page.{page}"), f"/{language}/{page}") for page in ("population", "data", "methods")]
    runs: list[tuple[str, str | None]] = []
    for text, href in links:
        runs += [(" · ", None)] if runs else []
        runs.append((text, href))
    return [Text("".join(text for text, _ in runs), "linked", tuple(runs))]
