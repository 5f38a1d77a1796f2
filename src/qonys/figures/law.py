"""Values of a legal parameter as steps, under the series that it touches."""

from __future__ import annotations

from datetime import date

import polars as pl

from qonys import words
from qonys.figures.century import ACCOUNT, account
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.marks import amount, banded, layer, named, span, stacked, tips, years, zero
from qonys.figures.style import BLUE, ORANGE, Spec
from qonys.law import law_register
from qonys.law.days import span as days_of
from qonys.law.frames import values_frame
from qonys.law.records import said
from qonys.law.values import Value


def parameters(edition: Edition) -> tuple[str, ...]:
    """Parameters that have a value of the whole country, those with most values first."""
    register = law_register(edition.pack)
    counts = {one.id: len(_national(edition, one.id)) for one in register.parameters}
    return tuple(sorted((name for name, count in counts.items() if count), key=lambda name: -counts[name]))


def steps(edition: Edition, parameter: str) -> Drawing:
    """Net migration by the account above the values of a parameter, each from the day on which it began to hold."""
    register, language = law_register(edition.pack), edition.language
    about, values = register.parameter(parameter), _national(edition, parameter)
    name, unit = said(about.names, language), edition.say(f"law.code.unit.{about.unit}")
    table, stored = values_frame(register, values, language), facts(edition, ACCOUNT)
    first, last = values[0], values[-1]
    numbers = {key: number(one.value, language) for key, one in (("first", first), ("last", last))}
    sentence = edition.say(
        "law.figure.alt", name=name, unit=unit, **numbers, start=first.start.year, end=last.start.year
    )
    still = edition.say("law.figure.open")
    sources = tuple(dict.fromkeys((*table["source"], *stored["sources"])))
    return Drawing(
        edition.say("law.figure.title", name=name, unit=unit),
        sentence,
        table,
        sheet(edition, table, "llrll", {
            "cli.column.valid_from": lambda r: _day(r["valid_from"], language),
            "cli.column.valid_to": lambda r: _day(r["valid_to"], language) if r["valid_to"] else still,
            "value": lambda r: number(r["value"], language),
            "cli.column.act": lambda r: said(register.act(r["act"]).titles, language),
            "source": lambda r: edition.source_name(r["source"]),
        }),
        **stored | {"sources": sources, "source": edition.origin(sources, stored["method"]), "unit": about.unit},
        spec=edition.document(_plots(edition, values, f"{name}, {unit}" if edition.theme.interactive else unit)),
    )  # fmt: skip


def _national(edition: Edition, parameter: str) -> list[Value]:
    register = law_register(edition.pack)
    whole = edition.pack.whole
    return [one for one in register.values if one.parameter == parameter and one.region == whole]


def _day(written: str, language: str) -> str:
    """A day in words; as it is written where less than a day was read."""
    ends = days_of(written)
    return written if ends is None or ends[0] != ends[1] else words.short_date(ends[0], language)


def number(value: float, language: str) -> str:
    """A value with the decimals that it has."""
    written = f"{value:.4f}".rstrip("0")
    return words.number(value, language, len(written.partition(".")[2]))


def _place(day: date) -> float:
    """A day as a year with its fraction."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _plots(edition: Edition, values: list[Value], title: str) -> Spec:
    net = account(edition, "net_migration")
    low, high = span(net)
    ends = min(low, int(_place(values[0].start))), max(high + 1, values[-1].start.year + 2)
    rows = [
        {"year": _place(one.start), "end": min(_place(one.end) if one.end else ends[1], ends[1]), "value": one.value,
         "zero": 0, "since": one.start.year}
        for one in values
    ]  # fmt: skip
    start = max(ends[0], int(rows[0]["year"]) - 10)
    x = years(edition, start, ends[1])
    net_title = edition.say("chart.net_thousand_a_year")
    shown = net.filter(pl.col("year") >= start)
    above = [zero(), *banded(edition, named("account", shown), x, net_title, tint=BLUE, opacity=0.18)]
    told = tips(edition, ("since", edition.say("cli.column.valid_from"), "d"), ("value", title, ",.2~f"))
    area = layer(named("held", rows), {"type": "rect", "opacity": 0.35, "color": ORANGE}, x=x, x2={"field": "end"},
                 y=amount(edition, "value", title, zero=True), y2={"field": "zero"}, tips=told)  # fmt: skip
    rule = layer(named("tops", rows), {"type": "rule", "strokeWidth": 2.4, "color": ORANGE}, x=x, x2={"field": "end"},
                 y=amount(edition, "value", title, zero=True), tips=told)  # fmt: skip
    width = edition.theme.plot
    parts = [{"width": width, "height": 170, "layer": above}, {"width": width, "height": 150, "layer": [area, rule]}]
    return stacked(edition, parts, spacing=30 if edition.theme.interactive else 14)
