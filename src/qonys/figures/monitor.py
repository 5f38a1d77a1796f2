"""Lights of the monitor: increments a month beside the limits of their forecasts, and regions by year."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition, capital
from qonys.figures.marks import amount, category, colour, layer, named, named_as, rows_high, strong, tips, years
from qonys.figures.style import AMBER, BLUE, GREEN, INK, ORANGE, Spec

RELEASES, REGIONS = "monitor_releases", "monitor_regions"
LIGHTS = {"green": GREEN, "yellow": AMBER, "red": ORANGE}
SHAPES = {"": "circle", "up": "triangle-up", "down": "triangle-down"}
LATEST = 10
AMOUNTS = ("value", "expected", "low", "high")
Row = dict[str, Any]


def light_text(edition: Edition, row: Row) -> str:
    """The light with its direction: "red, up"; a dash where there is no forecast."""
    if row["light"] is None:
        return "–"
    light = edition.say(f"monitor.light.{row['light']}")
    return f"{light}, {edition.say('monitor.direction.' + row['direction'])}" if row["direction"] else light


def period_text(row: Row, language: str) -> str:
    """The months of an increment."""
    return words.months_text(date.fromisoformat(row["start"]), date.fromisoformat(row["end"]), language)


def indicators(edition: Edition) -> tuple[str, ...]:
    """Series that have lights."""
    return tuple(edition.frame(RELEASES)["indicator"].unique(maintain_order=True))


def increments(edition: Edition, indicator: str) -> Drawing:
    """Persons a month of each increment of a series, the 95 % limits of the forecast made before it, and its light."""
    frame = edition.frame(RELEASES).filter(pl.col("indicator") == indicator)
    name, rows = capital(edition.say(f"monitor.indicator.{indicator}")), frame.to_dicts()
    table = sheet(edition, frame.reverse(), "lrrrl", {
        "monitor.column.period": lambda r: period_text(r, edition.language),
        "value": lambda r: edition.number(r["value"]),
        "monitor.column.expected": lambda r: edition.number(r["expected"]),
        "monitor.column.limits": lambda r: edition.ends(r["low"], r["high"], 0),
        "monitor.column.light": lambda r: light_text(edition, r),
    })  # fmt: skip
    spec = edition.document(_plot(edition, rows, edition.say("monitor.axis")))
    return Drawing(edition.say("monitor.figure.title", name=name), _sentence(edition, name, rows), frame, table,
                   **facts(edition, RELEASES), spec=spec, notes=(edition.say("monitor.figure.note"),))  # fmt: skip


def _sentence(edition: Edition, name: str, rows: list[Row]) -> str:
    red = [row for row in rows if row["light"] == "red"]
    listed = "; ".join(
        edition.say("monitor.figure.item", period=period_text(row, edition.language),
                    direction=edition.say(f"monitor.direction.{row['direction']}"))
        for row in red
    )  # fmt: skip
    last = rows[-1]
    parts = {"name": name, "n": sum(row["light"] is not None for row in rows), "red": len(red), "list": listed}
    newest = {"period": period_text(last, edition.language), "light": light_text(edition, last),
              "value": edition.number(last["value"]), "ends": edition.ends(last["low"], last["high"], 0)}  # fmt: skip
    key = "monitor.figure.alt" if red else "monitor.figure.alt_none"
    return f"{edition.say(key, **parts)} {edition.say('monitor.figure.newest', **newest)}"


def _plot(edition: Edition, rows: list[Row], title: str) -> Spec:
    say, language = edition.say, edition.language
    spans: list[Row] = [
        {
            "from": _place(row["start"]), "to": _place(row["end"], after=True), "period": period_text(row, language),
            "middle": (_place(row["start"]) + _place(row["end"], after=True)) / 2,
            **{key: None if row[key] is None else row[key] / row["months"] for key in AMOUNTS},
            "light": say(f"monitor.light.{row['light']}") if row["light"] else say("monitor.light.none"),
            "turn": row["direction"] or "",
        }
        for row in rows
    ]  # fmt: skip
    judged = [row for row in spans if row["low"] is not None]
    names = [say(f"monitor.light.{one}") for one in LIGHTS] + [say("monitor.light.none")]
    shade = strong(colour(names, [*LIGHTS.values(), "#9aa5b1"], "light"))
    x = years(edition, int(spans[0]["from"]), ceil(spans[-1]["to"]), field="from")
    told = tips(edition, ("period", say("monitor.column.period")), ("value", title, ",.0f"),
                ("expected", say("monitor.column.expected"), ",.0f"), ("low", edition.column("low95"), ",.0f"),
                ("high", edition.column("high95"), ",.0f"), ("light", say("monitor.column.light")))  # fmt: skip

    def y(field: str) -> Spec:
        return amount(edition, field, title, zero=True)

    band = layer(named("limits", judged), {"type": "rect", "opacity": 0.2, "color": BLUE}, x=x, x2={"field": "to"},
                 y=y("low"), y2={"field": "high"}, tips=told)  # fmt: skip
    expected = layer(named("expected", judged), {"type": "rule", "strokeWidth": 1.4, "color": BLUE}, x=x,
                     x2={"field": "to"}, y=y("expected"))  # fmt: skip
    came = layer(named("came", spans), {"type": "rule", "strokeWidth": 2.2, "color": INK}, x=x, x2={"field": "to"},
                 y=y("value"))  # fmt: skip
    shape = {"field": "turn", "type": "nominal", "legend": None,
             "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())}}  # fmt: skip
    points = layer(named("lights", spans), {"type": "point", "filled": True, "size": 70, "opacity": 1},
                   x=x | {"field": "middle"}, y=y("value"), color=shade, shape=shape, tips=told)  # fmt: skip
    parts = [named_as(say("monitor.key.limits"), band), named_as(say("monitor.key.expected"), expected),
             named_as(say("monitor.key.came"), came), points]  # fmt: skip
    height = 260 if edition.theme.interactive else 150
    return {"width": edition.theme.plot, "height": height, "layer": parts}


def _place(day: str, *, after: bool = False) -> float:
    """The first day of a month as a year with its fraction, or the day after the last one."""
    found = date.fromisoformat(day)
    return found.year + (found.month - (0 if after else 1)) / 12


def regions(edition: Edition) -> Drawing:
    """Regions by year: the light of net migration beside the three years before, of the latest years."""
    whole = edition.frame(REGIONS)
    last = int(str(whole["year"].max()))
    frame = whole.filter(pl.col("year") > last - LATEST).sort("year", "region", descending=[True, False])
    order = list(edition.by_name(frame["region"].unique()).values())
    table = sheet(edition, frame, "lrrrrl", {
        "region": lambda r: edition.region(r["region"]), "year": lambda r: str(r["year"]),
        "monitor.column.rate": lambda r: edition.number(r["value"], 1),
        "monitor.column.expected": lambda r: edition.number(r["expected"], 1),
        "monitor.column.limits": lambda r: edition.ends(r["low"], r["high"], 1),
        "monitor.column.light": lambda r: light_text(edition, r),
    })  # fmt: skip
    spec = edition.document(_grid(edition, frame, order))
    notes = (edition.say("monitor.regions.note"), edition.say("monitor.regions.basis"))
    return Drawing(edition.say("monitor.regions.title"), _regional_sentence(edition, frame, last), frame, table,
                   **facts(edition, REGIONS), spec=spec, notes=notes)  # fmt: skip


def _regional_sentence(edition: Edition, frame: pl.DataFrame, last: int) -> str:
    lit = frame.filter((pl.col("year") == last) & (pl.col("light") != "green"))
    names = [f"{edition.region(row['region'])} ({light_text(edition, row)})" for row in lit.iter_rows(named=True)]
    red = frame.filter(pl.col("light") == "red")
    past = [f"{edition.region(row['region'])}, {row['year']}" for row in red.iter_rows(named=True)]
    none = edition.say("monitor.regions.no_region")
    return edition.say("monitor.regions.alt", year=last, first=int(str(frame["year"].min())),
                       list=edition.listed(names) or none, red="; ".join(past) or none)  # fmt: skip


def _grid(edition: Edition, frame: pl.DataFrame, order: list[str]) -> Spec:
    say = edition.say
    rows = [
        {"region": edition.region(row["region"]), "year": str(row["year"]),
         "light": say(f"monitor.light.{row['light']}"),
         "turn": {"up": "▲", "down": "▼"}.get(row["direction"], ""), "shown": light_text(edition, row),
         "value": row["value"], "low": row["low"], "high": row["high"]}
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    names = [say(f"monitor.light.{one}") for one in LIGHTS]
    shade = strong(colour(names, list(LIGHTS.values()), "light"))
    known = sorted(frame["year"].unique())
    every = [str(year) for year in range(known[0], known[-1] + 1)]
    x = {"field": "year", "type": "ordinal", "title": None, "scale": {"domain": every},
         "axis": {"labelAngle": 0, "orient": "top", "labelOverlap": "parity"}}  # fmt: skip
    told = tips(edition, ("region", edition.column("region")), ("year", edition.column("year")),
                ("value", say("monitor.column.rate"), ",.1f"), ("low", edition.column("low95"), ",.1f"),
                ("high", edition.column("high95"), ",.1f"), ("shown", say("monitor.column.light")))  # fmt: skip
    y = category(edition, "region", order, 150)
    cells = layer(None, {"type": "rect", "stroke": "white", "strokeWidth": 2, "opacity": 0.75}, x=x, y=y, color=shade,
                  tips=told)  # fmt: skip
    turns = layer(None, {"type": "text", "fontSize": 10, "color": INK}, x=x, y=y, text={"field": "turn"})
    return {"data": named("regions", rows), "width": edition.theme.plot, "height": rows_high(edition, 16, len(order)),
            "layer": [cells, turns]}  # fmt: skip
