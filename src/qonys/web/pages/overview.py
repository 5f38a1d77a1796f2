"""The overview: five numbers, the century, what is not known, doors."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from qonys import inputs, words
from qonys.figures.edition import MARK
from qonys.report.periods import heaviest_loss, named, named_years, year_ahead
from qonys.study.runs.results import Number
from qonys.web.charts.catalogue import CHARTS
from qonys.web.content import Block, Card, Cards, Content, Heading, NumberCard, Numbers, Text, box, why_address
from qonys.web.view import View


def build(view: View, have: Collection[str]) -> Content:
    """The page; `have`: the pages that there are."""
    blocks: list[Block] = []
    cards = [card for card in (_population(view), _net(view), _exodus(view), _moves(view), _ahead(view)) if card]
    if cards:
        blocks.append(Numbers(tuple(cards)))
    if CHARTS["century"].available(view.site):
        blocks.append(box(view, "century", (), page=""))
    unknown = _unknown(view)
    if unknown:
        blocks += [Heading(view.say("web.unknown.title"), "unknown"), Cards(tuple(unknown))]
    blocks += [Heading(view.say("web.doors.title"), "doors"), Cards(_doors(view, have))]
    if any(view.context.quoted(number.sources) for number in view.site.results.numbers.values()):
        blocks.append(Text(view.say("summary.secondary"), "note"))
    return Content(_title(view), view.say("web.home.lead"), tuple(blocks))


def _title(view: View) -> str:
    """The country and the years from its first figure to the last of the projection."""
    first, last = inputs.country(view.site.pack).span or ("", "")
    ahead = view.site.results.tables.get("projection_quantiles")
    return view.say("web.home.title", first=first, last=last if ahead is None else ahead.frame["year"].max())


def _interval(view: View, low: str, high: str) -> str:
    return view.say("web.card.interval", low=low, high=high)


def _of_sources(view: View, low: str, high: str) -> str:
    """Ends that the disagreement of sources leaves open."""
    return view.say("web.card.interval.sources", low=low, high=high)


def _account(view: View, quantity: str) -> dict[str, float] | None:
    table = view.site.results.tables.get("reconciled_national")
    if table is None:
        return None
    rows = table.frame.filter(pl.col("quantity") == quantity).sort("year")
    return rows.row(-1, named=True) if rows.height else None


def _population(view: View) -> NumberCard | None:
    row = _account(view, "population")
    if row is None:
        return None
    low, middle, high = (view.number(row[name] / 1e6, 2) for name in ("low", "median", "high"))
    source = view.context.origin(view.site.results.table("reconciled_national").sources, "computed")
    moment = view.say("web.card.january", year=row["year"])
    return NumberCard(
        f"{middle} {view.say('web.axis.million')}",
        view.say("web.card.population"),
        _interval(view, low, high),
        moment,
        source,
        why_address(view, "reconciled_national"),
    )


def _net(view: View) -> NumberCard | None:
    row = _account(view, "net_migration")
    if row is None:
        return None
    low, middle, high = (words.signed(row[name] / 1e3, view.language, 0) for name in ("low", "median", "high"))
    source = view.context.origin(view.site.results.table("reconciled_national").sources, "computed")
    value = f"{middle} {view.say('web.card.thousand')}"
    why = why_address(view, "reconciled_national")
    return NumberCard(value, view.say("web.card.net"), _interval(view, low, high), str(row["year"]), source, why)


def _number(view: View, name: str) -> Number | None:
    return view.site.results.numbers.get(name)


def _exodus(view: View) -> NumberCard | None:
    row = heaviest_loss(view.site.results)
    found = _number(view, named(row, "residual")) if row else None
    if row is None or found is None or found.value is None or found.low is None or found.high is None:
        return None
    low, middle, high = (words.signed(v / 1e6, view.language, 2) for v in (found.low, found.value, found.high))
    mark = MARK if view.context.quoted(found.sources) else ""
    return NumberCard(
        f"{middle} {view.say('web.axis.million')}{mark}",
        view.say("web.card.exodus"),
        _of_sources(view, low, high),
        words.year_range(row["start"], row["end"]),
        view.context.origin(found.sources, found.method),
        why_address(view, found.name),
    )


def _moves(view: View) -> NumberCard | None:
    found, year = _number(view, "present.internal.total"), _number(view, "present.internal.year")
    if found is None or found.value is None or year is None:
        return None
    mark = MARK if view.context.quoted(found.sources) else ""
    value = f"{view.thousands(found.value)} {view.say('web.card.thousand')}{mark}"
    return NumberCard(
        value,
        view.say("web.card.moves"),
        view.say("web.card.register"),
        str(int(year.value or 0)),
        view.context.origin(found.sources),
        why_address(view, found.name),
    )


def _ahead(view: View) -> NumberCard | None:
    if not named_years(view.site.results, "projection.population"):
        return None
    year = year_ahead(view.site.results)
    found = _number(view, f"projection.population.{year}")
    if found is None or found.value is None or found.low is None or found.high is None:
        return None
    low, middle, high = (view.number(v / 1e6, 1) for v in (found.low, found.value, found.high))
    return NumberCard(
        f"{middle} {view.say('web.axis.million')}",
        view.say("web.card.ahead"),
        _interval(view, low, high),
        str(year),
        view.context.origin(found.sources, found.method),
        why_address(view, found.name),
    )


def _unknown(view: View) -> list[Card]:
    """Three things that the figures cannot say, from the results themselves."""
    language, cards = view.language, []
    unsure, first, last = (_number(view, f"accounts.{n}") for n in ("unsure", "first", "last"))
    if unsure and first and last:
        years = int((last.value or 0) - (first.value or 0)) + 1
        cards.append(
            Card(
                view.say("web.unknown.sign"),
                view.say("web.unknown.sign_text", n=view.number(unsure.value), years=years),
                ((view.say("web.page.history"), f"/{language}/history#chart-net"),),
            )
        )
    jump = view.site.pack.cautions().filter(pl.col("table") == "internal_totals")
    if jump.height and CHARTS["flow_map"].available(view.site):
        cards.append(
            Card(
                view.say("web.unknown.jump"),
                jump[f"text_{language}"][0],
                ((view.say("web.page.flows"), f"/{language}/flows"),),
            )
        )
    shown = named_years(view.site.results, "projection.population")
    ahead = _number(view, f"projection.population.{shown[-1]}") if shown else None
    if ahead and ahead.low is not None and ahead.high is not None:
        ends = {"year": shown[-1], "low": view.number(ahead.low / 1e6), "high": view.number(ahead.high / 1e6)}
        cards.append(
            Card(
                view.say("web.unknown.ahead"),
                view.say("web.unknown.ahead_text", **ends),
                ((view.say("web.page.forecast"), f"/{language}/forecast"),),
            )
        )
    return cards


def _doors(view: View, have: Collection[str]) -> tuple[Card, ...]:
    doors = {
        "student": ("history", "claims", "study"),
        "analyst": ("flows", "indicators", "forecast"),
        "developer": ("data", "methods", "about"),
    }
    cards = []
    for who, pages in doors.items():
        links = [(view.say(f"web.page.{page}"), f"/{view.language}/{page}") for page in pages if page in have]
        if who == "developer":
            links.append((view.say("web.api"), "/api/v1/openapi.json"))
        text = f"web.doors.{who}_text" + ("" if {"history", "claims"} <= {*have} or who != "student" else "_few")
        cards.append(Card(view.say(f"web.doors.{who}"), view.say(text), tuple(links)))
    return tuple(cards)
