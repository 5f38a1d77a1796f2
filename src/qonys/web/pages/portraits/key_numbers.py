"""The numbers that lead a page: values of notions of one thing, each with its place among the things of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qonys.report.context import Context
from qonys.study.runs.results import Number
from qonys.web.content import Cell, NumberCard, Numbers, Rows, why_address
from qonys.web.kinds import codes_of
from qonys.web.leading_values import NOTIONS, Thing, Told, ahead, boundaries, known, number_of, place
from qonys.web.pages.portraits.kit import marked, named
from qonys.web.view import View


def numbers(thing: Thing) -> Numbers:
    """The cards of a page."""
    if thing.kind not in NOTIONS:
        return Numbers(())
    notions, later = NOTIONS[thing.kind]
    told = [one for notion in notions for one in known(thing, notion)]
    return Numbers(tuple(card(thing, one) for one in (*told, *ahead(thing, later))))


def card(thing: Thing, told: Told) -> NumberCard:
    """A value with its interval, date, place among its kind, and source."""
    context, view, one = thing.context, thing.view, told.reading
    number = number_of(context, one)
    value = marked(view, context.rounded(number), number.sources)
    model, date = (context.say(f"notion.{part}.{getattr(one.variant, part)}") for part in ("model", "date"))
    moment = " · ".join(filter(None, (f"{one.year}, {date}", place(view, told), boundaries(thing, one))))
    return NumberCard(
        value, f"{context.say(f'notion.{one.variant.notion}')}: {model}", _interval(context, number), moment,
        context.origin(number.sources, number.method),
        why_address(view, one.result),
    )  # fmt: skip


def _interval(context: Context, number: Number) -> str:
    if number.low is None or number.high is None:
        return ""
    ends = [context.rounded(replace(number, value=end)) for end in (number.low, number.high)]
    return context.say("web.card.interval", low=ends[0], high=ends[1])


def index_rows(view: View, kind: str) -> Rows:
    """All things of a kind with the newest published value of each notion, the greatest first."""
    notions, _ = NOTIONS[kind]
    things = [Thing(view, kind, code) for code in codes_of(view.site, kind)]
    found = {(t.code, n): next(iter(known(t, n)), None) for t in things for n in notions}
    things.sort(key=lambda t: -_value(found[t.code, notions[0]]))
    rows = tuple((named(view, kind, t.code), *(_cell(view, found[t.code, n]) for n in notions)) for t in things)
    heads = (_heading(view, n, [found[t.code, n] for t in things]) for n in notions)
    used = {source for told in found.values() if told for source in number_of(view.context, told.reading).sources}
    return Rows(
        view.say(f"portrait.index.{kind}"), (view.say(f"portrait.column.{kind}"), *heads), rows,
        "l" + "r" * len(notions), view.context.origin(tuple(sorted(used))),
    )  # fmt: skip


def _value(told: Told | None) -> float:
    return told.reading.value if told else float("-inf")


def _heading(view: View, notion: str, held: Sequence[Told | None]) -> str:
    years = sorted({one.reading.year for one in held if one})
    name = view.say(f"notion.{notion}")
    return f"{name}, {'–'.join(dict.fromkeys((years[0], years[-1])))}" if years else name


def _cell(view: View, told: Told | None) -> Cell:
    if told is None:
        return Cell("–")
    text = view.context.written(number_of(view.context, told.reading), "report.interval.brief")
    return Cell(text, why_address(view, told.reading.result), origin=True)
