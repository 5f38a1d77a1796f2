"""Net migration by year: what every source says, the reconciled account, and the time-line of events over it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys import words
from qonys.figures.century import ACCOUNT, account
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.lanes import Wave, lane_layers, lane_plot, lane_rows
from qonys.figures.marks import (
    amount,
    banded,
    break_notes,
    break_rules,
    colour,
    interval,
    interval_tips,
    layer,
    line_mark,
    named,
    named_as,
    span,
    stacked,
    strong,
    tips,
    years,
    zero,
)
from qonys.figures.style import BLUE, FAINT, INK, Spec

TABLE = "net_by_source"


def by_source(edition: Edition, *, account_shown: bool = True, besides: Sequence[str] = ()) -> Drawing:
    """Net migration by year, every source as steps with its range, the reconciled account with its band.

    `besides`: sources that are left out.
    """
    table = edition.frame(TABLE).filter(~pl.col("source").is_in(list(besides)))
    net = account(edition, "net_migration") if account_shown else account(edition, "net_migration").clear()
    breaks = edition.breaks("national", "net_migration") + edition.breaks("national", "population_1_january")
    names = {code: edition.source_name(code) for code in table["source"].unique(maintain_order=True)}
    if net.height:
        unsure = net.filter((pl.col("low") < 0) & (pl.col("high") > 0)).height
        first, last = span(net)
        sentence = edition.say("web.net.says", first=first, last=last, unsure=unsure, years=net.height)
    else:
        ends = (table.sort("value").row(place, named=True) for place in (0, -1))
        low, high = (
            {"year": r["start"], "value": edition.thousands(r["value"], 0), "source": names[r["source"]]} for r in ends
        )
        sentence = edition.say(
            "chart.net.says", **{f"{end}_{k}": v for end, r in (("low", low), ("high", high)) for k, v in r.items()}
        )
    return Drawing(
        edition.say("web.net.title"),
        sentence,
        table,
        sheet(edition, table.sort("start", descending=True), "llr", {
            "year": lambda r: _period(r["start"], r["end"]),
            "source": lambda r: names[r["source"]],
            "thousand": lambda r: edition.thousands(r["value"]),
        }),
        **facts(edition, TABLE, *([ACCOUNT] if net.height else [])),
        spec=edition.document(_steps(edition, table, net, names, breaks)),
        notes=break_notes(breaks),
    )  # fmt: skip


def _steps(
    edition: Edition, table: pl.DataFrame, net: pl.DataFrame, names: dict[str, str], breaks: Sequence[tuple[int, str]]
) -> Spec:
    """The account's band and line, the sources as steps coloured by their role, ranges where a source gives one."""
    ours, title = edition.say("accounts.estimate"), edition.say("chart.net_thousand_a_year")
    tints = edition.tints(names, [INK] if net.height else [])
    shown = ([(ours, INK)] if net.height else []) + [(names[code], tints[code]) for code in names]
    tint = strong(colour([name for name, _ in shown], [shade for _, shade in shown]))
    if not edition.theme.interactive:
        tint["legend"] |= {"columns": 2}  # the names of sources are long: none is cut on the page
    steps = table.select("start", "end", *(pl.col(n) / 1e3 for n in ("value", "low", "high")),
                         pl.col("source").replace_strict(names).alias("name")).rename({"start": "year"})  # fmt: skip
    both = [span(table, "start")[0], *([span(net)[0]] if net.height else [])]
    x = years(edition, min(both), max(span(table, "end")[1], span(net)[1] + 1 if net.height else 0))
    told = tips(edition, ("name", edition.column("source")), ("year", edition.column("year"), "d"),
                ("value", edition.column("thousand"), ",.0f"))  # fmt: skip
    layers, ranged = [zero()], steps.drop_nulls("low")
    if ranged.height:
        layers.append(layer(named("ranges", ranged), {"type": "rect", "opacity": 0.16}, x=x, x2={"field": "end"},
                            y=amount(edition, "low", title), y2={"field": "high"}, color=tint))  # fmt: skip
    rule, y = {"type": "rule", "strokeWidth": 2.2, "opacity": 0.9}, amount(edition, "value", title)
    if net.height:
        data = named("account", net.with_columns(name=pl.lit(ours)))
        area, line = {"type": "area", "color": INK, "opacity": 0.14}, line_mark(edition)
        band = layer(data, area, x=x, y=amount(edition, "low", title), y2={"field": "high"})
        layers.append(named_as(interval(edition, "95"), band))
    layers.append(layer(named("steps", steps), rule, x=x, x2={"field": "end"}, y=y, color=tint, tips=told))
    if net.height:
        told = interval_tips(edition, ",.0f")
        layers.append(layer(data, line, x=x, y=amount(edition, "median", title), color=tint, tips=told))
    height = 380 if edition.theme.interactive else 330
    return {
        "width": edition.theme.width,
        "height": height,
        "layer": [*layers, *break_rules(edition, breaks, x, height)],
    }


def timeline(edition: Edition, event: str) -> Drawing:
    """Waves, shocks and acts above the series of net migration; one of them may be looked at (`event`, or "none")."""
    name, text = f"name_{edition.language}", f"text_{edition.language}"
    events, net = events_of(edition), account(edition, "net_migration")
    ends = (span(events, "start")[0] - 1, span(net)[1] + 1)
    chosen = events.filter(pl.col("id") == event)
    focus_rows = [{"year": row["start"], "end": _end(row, ends[1])} for row in chosen.iter_rows(named=True)]
    x = years(edition, *ends)
    shade = {"type": "rect", "color": "#fdecc8", "opacity": 0.9}
    focus = named_as(edition.say("key.chosen"), layer(named("focus", focus_rows), shade, x=x, x2={"field": "end"}))
    told = interval_tips(edition, ",.0f")
    series = banded(
        edition, named("account", net), x, edition.say("chart.net_thousand_a_year"), tint=BLUE, opacity=0.18, tips=told,
        keys=(edition.say("notion.model.account"), interval(edition, "95")),
    )  # fmt: skip
    lower = {"width": edition.theme.plot, "height": 240, "layer": [focus, zero(), *series]}
    rows = _lanes(edition, events, ends)
    behind = focus | {"encoding": {"x": x | {"axis": None}, "x2": {"field": "end"}}}
    above = lane_plot(edition, [behind, *lane_layers(edition, rows, ends)], rows)
    about = facts(edition, ACCOUNT)
    return Drawing(
        edition.say("web.timeline.title"),
        _says(edition, chosen, net, name),
        events.select("id", "kind", "start", "end", "direction", name, text, "source"),
        sheet(edition, events, "llll", {
            "year": lambda r: _period(r["start"], r["end"] or r["start"] + 1),
            "event": lambda r: str(r[name]),
            "direction": lambda r: edition.say(f"web.direction.{r['direction']}"),
            "text": lambda r: r[text] or "",
        }),
        **about | {"sources": tuple(dict.fromkeys((*about["sources"], *events["source"].drop_nulls())))},
        spec=edition.document(stacked(edition, [above | {"view": {"stroke": FAINT}}, lower], spacing=8)),
    )  # fmt: skip


def events_of(edition: Edition) -> pl.DataFrame:
    """The pack's events that belong to no scheme, and its waves."""
    return edition.pack.events().filter(pl.col("scheme").is_null() | (pl.col("scheme") == "wave")).sort("start", "id")


def _period(start: int, end: int) -> str:
    """One year, or from year to year."""
    return str(start) if end == start + 1 else words.year_range(start, end)


def _end(row: dict[str, object], last: int) -> int:
    """The end of an event: its own, the axis' for a period that goes on, else a year."""
    return int(str(row["end"] or (last if row["kind"] == "period" else int(str(row["start"])) + 1)))


def _lanes(edition: Edition, events: pl.DataFrame, ends: tuple[int, int]) -> list[Wave]:
    """Waves in lanes of their own above the other events."""
    name, rows = f"name_{edition.language}", list[Wave]()
    for part in (events.filter(pl.col("scheme") == "wave"), events.filter(pl.col("scheme").is_null())):
        shown = [
            (r["start"], _end(r, ends[1]), "" if edition.theme.narrow else r[name], r)
            for r in part.iter_rows(named=True)
        ]
        rows += lane_rows(edition, shown, ends, 1 + max((row["lane"] for row in rows), default=-1))
    return rows


def _says(edition: Edition, chosen: pl.DataFrame, net: pl.DataFrame, name: str) -> str:
    """The lowest year, or what net migration was in the years of the chosen event."""
    if not chosen.height:
        low = net.sort("median").row(0, named=True)
        shown = {end: edition.number(low[end]) for end in ("low", "high")}
        return edition.say("web.timeline.says", year=low["year"], value=edition.number(low["median"]), **shown)
    row = chosen.row(0, named=True)
    end = max(_end(row, span(net)[1] + 1), row["start"] + 1)
    part = net.filter(pl.col("year").is_between(row["start"], end - 1))
    period = _period(row["start"], end)
    if not part.height:
        return edition.say("web.timeline.no_series", event=row[name], period=period, first=net["year"].min())
    ends = (edition.number(float(str(value))) for value in (part["median"].min(), part["median"].max()))
    both = dict(zip(("low", "high"), ends, strict=True))
    return edition.say("web.timeline.event_says", event=row[name], period=period, **both)
