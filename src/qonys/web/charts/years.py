"""Charts over years: the century, net migration by source, the time-line of events."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.report.chapters.accounts import source_name
from qonys.report.charts.series import lanes
from qonys.report.charts.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, Spec
from qonys.web.charts.kit import (
    AXIS_ROOM,
    LINE,
    Chart,
    Drawing,
    Sheet,
    about,
    amount,
    break_notes,
    break_rules,
    colour,
    document,
    ends,
    heads,
    interval_tips,
    layer,
    named,
    tip,
    years_axis,
    zero_line,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

ACCOUNT = ("reconciled_national",)
DIRECTIONS = {"in": BLUE, "out": ORANGE, "both": "#8c6d31", "none": GREY}


def account(view: View, quantity: str) -> pl.DataFrame:
    """One quantity of the reconciled account: year, low, median, high, in thousands or millions."""
    scale = 1e6 if quantity == "population" else 1e3
    frame = view.site.results.table("reconciled_national").frame.filter(pl.col("quantity") == quantity)
    return frame.select("year", *(pl.col(name) / scale for name in ("low", "median", "high"))).sort("year")


def band_layers(rows: list[dict[str, Any]], x: Spec, title: str, tips: list[Spec]) -> list[Spec]:
    """A line with its 95 % band."""
    data, band = named("account", rows), {"type": "area", "color": BLUE, "opacity": 0.18}
    return [
        layer(data, band, x=x, y=amount("low", title), y2={"field": "high"}),
        layer(data, LINE | {"color": BLUE}, x=x, y=amount("median", title), tips=tips),
    ]


def century(view: View) -> Drawing:
    """Population by census and year above the net migration of the account and the censuses."""
    results = view.site.results
    census, periods = results.table("census_population").frame, results.table("components_by_period").frame
    people, net = account(view, "population"), account(view, "net_migration")
    breaks = view.context.breaks("census") + view.context.breaks("national")
    first, last = int(str(census["year"].min())), int(str(people["year"].max())) + 1
    rules = break_rules(view, breaks, years_axis(view, first, last))
    panels = [_people(view, people, census, (first, last)), _net(view, net, periods, (first, last))]
    for panel in panels:
        panel["layer"] += rules
    worst = periods.sort("residual").row(0, named=True)
    sentence = view.say(
        "web.century.says",
        first=first,
        last=last - 1,
        low=view.number(float(census.sort("year")["value"][0]) / 1e6, 1),
        high=view.number(people["median"][-1], 1),
        period=words.year_range(worst["start"], worst["end"]),
        loss=view.thousands(-worst["residual"]),
    )
    joined = people.join(net, on="year", how="full", coalesce=True, suffix="_net").sort("year")
    frame = joined.rename({name: f"population_{name}_million" for name in ("low", "median", "high")}).rename(
        {f"{name}_net": f"net_migration_{name}_thousand" for name in ("low", "median", "high")}
    )
    rows = tuple(
        (str(r[0]), view.number(r[2], 2), ends(view, r[1], r[3], 2), view.number(r[5]), ends(view, r[4], r[6], 0))
        for r in frame.sort("year", descending=True).rows()
    )
    head = heads(view, "year", "population_million", "interval", "net_thousand", "interval")
    return Drawing(
        view.say("web.century.title"),
        sentence,
        frame,
        Sheet(head, rows, "lrrrr"),
        **about(view, "reconciled_national", "census_population", "components_by_period"),
        spec=document(view, {"vconcat": panels, "spacing": 30}),
        notes=break_notes(breaks),
    )


def _people(view: View, people: pl.DataFrame, census: pl.DataFrame, span: tuple[int, int]) -> Spec:
    """The population: the account as a line, censuses as points."""
    title, x = view.say("chart.population_millions"), years_axis(view, *span)
    points = [{"year": y, "value": v / 1e6} for y, v in census.select("year", "value").rows()]
    ring = {"type": "point", "size": 70, "stroke": INK, "fill": "white", "strokeWidth": 1.6, "opacity": 1}
    tips = [tip("year", view.say("web.column.census"), "d"), tip("value", title, ".2f")]
    layers = band_layers(people.to_dicts(), x, title, interval_tips(view, ".2f"))
    layers.append(layer(named("census", points), ring, x=x, y=amount("value", title), tips=tips))
    return {"width": view.width - AXIS_ROOM, "height": 200, "layer": layers}


def _net(view: View, net: pl.DataFrame, periods: pl.DataFrame, span: tuple[int, int]) -> Spec:
    """Net migration: the account as a line with its band, the residuals between censuses as blocks."""
    title, x = view.say("chart.net_thousand_a_year"), years_axis(view, *span)
    blocks = [
        {"year": a, "end": b, "mean": v / (b - a) / 1e3}
        for a, b, v in periods.select("start", "end", "residual").rows()
    ]
    block = {"type": "rect", "color": ORANGE, "opacity": 0.25}
    data = named("net", net.to_dicts())
    lines = [part | {"data": data} for part in band_layers([], x, title, interval_tips(view, ",.0f"))]
    behind = layer(named("periods", blocks), block, x=x, x2={"field": "end"}, y=amount("mean", title), y2={"datum": 0})
    return {"width": view.width - AXIS_ROOM, "height": 190, "layer": [zero_line(), behind, *lines]}


def net_sources(view: View) -> Drawing:
    """Net migration by year, every source as steps, the reconciled account with its band."""
    table = view.site.results.table("net_by_source").frame
    net = account(view, "net_migration")
    breaks = view.context.breaks("national", "net_migration") + view.context.breaks("national", "population_1_january")
    names = {code: source_name(view.context, code) for code in table["source"].unique(maintain_order=True)}
    unsure = net.filter((pl.col("low") < 0) & (pl.col("high") > 0)).height
    sentence = view.say(
        "web.net.says", first=net["year"].min(), last=net["year"].max(), unsure=unsure, years=net.height
    )
    rows = tuple(
        (words.year_range(r["start"], r["end"]) if r["end"] - r["start"] > 1 else str(r["start"]),
         names[r["source"]], view.thousands(r["value"], 1))
        for r in table.sort("start", descending=True).iter_rows(named=True)
    )  # fmt: skip
    layers = _steps(view, table, net, names)
    x = layers[1]["encoding"]["x"]
    return Drawing(
        view.say("web.net.title"),
        sentence,
        table,
        Sheet(heads(view, "year", "source", "thousand"), rows, "llr"),
        **about(view, "net_by_source", "reconciled_national"),
        spec=document(view, {"width": 1, "height": 380, "layer": [*layers, *break_rules(view, breaks, x)]}),
        notes=break_notes(breaks),
    )


def _steps(view: View, table: pl.DataFrame, net: pl.DataFrame, names: dict[str, str]) -> list[Spec]:
    """The account's band and line, the sources as steps."""
    ours, title = view.say("accounts.estimate"), view.say("chart.net_thousand_a_year")
    tint = colour([ours, *names.values()], [BLUE, ORANGE, "#E69F00", GREEN, "#CC79A7", INK, "#8c6d31"])
    steps = [
        {"year": r["start"], "end": r["end"], "value": r["value"] / 1e3, "name": names[r["source"]]}
        for r in table.iter_rows(named=True)
    ]
    x = years_axis(view, int(str(net["year"].min())), int(str(net["year"].max())) + 1)
    data = named("account", [row | {"name": ours} for row in net.to_dicts()])
    band, step = {"type": "area", "color": BLUE, "opacity": 0.16}, {"type": "rule", "strokeWidth": 2.2, "opacity": 0.9}
    tips = [
        tip("name", view.say("web.column.source")),
        tip("year", view.say("web.column.year"), "d"),
        tip("value", view.say("web.column.thousand"), ",.0f"),
    ]
    return [
        zero_line(),
        layer(data, band, x=x, y=amount("low", title), y2={"field": "high"}),
        layer(named("steps", steps), step, x=x, x2={"field": "end"}, y=amount("value", title), color=tint, tips=tips),
        layer(data, LINE, x=x, y=amount("median", title), color=tint, tips=interval_tips(view, ",.0f")),
    ]


def event_ids(site: Site) -> tuple[Parameter, ...]:
    """The event that is looked at."""
    rows = site.pack.events().filter(pl.col("scheme").is_null() | (pl.col("scheme") == "wave")).sort("start", "id")
    return (Parameter("event", ("none", *rows["id"]), "none", texts="event"),)


def timeline(view: View) -> Drawing:
    """Waves, shocks and acts above the series of net migration; one of them may be looked at."""
    name, text = f"name_{view.language}", f"text_{view.language}"
    events = (
        view.site.pack.events().filter(pl.col("scheme").is_null() | (pl.col("scheme") == "wave")).sort("start", "id")
    )
    net = account(view, "net_migration")
    first, last = int(str(events["start"].min())) - 1, int(str(net["year"].max())) + 1
    chosen = events.filter(pl.col("id") == view.state["event"])
    band = [
        {"year": s, "end": e or (last if k == "period" else s + 1)}
        for s, e, k in chosen.select("start", "end", "kind").rows()
    ]
    width = view.width - AXIS_ROOM
    x = years_axis(view, first, last)
    focus = {
        "data": named("focus", band),
        "mark": {"type": "rect", "color": "#fdecc8", "opacity": 0.9},
        "encoding": {"x": x, "x2": {"field": "end"}},
    }
    title = view.say("chart.net_thousand_a_year")
    lower = {
        "width": width,
        "height": 240,
        "layer": [focus, zero_line(), *band_layers(net.to_dicts(), x, title, interval_tips(view, ",.0f"))],
    }
    rows = [
        (
            str(r["start"]) if not r["end"] or r["end"] == r["start"] + 1 else words.year_range(r["start"], r["end"]),
            r[name],
            view.say(f"web.direction.{r['direction']}"),
            r[text] or "",
        )
        for r in events.iter_rows(named=True)
    ]
    head = tuple(map(view.say, ("web.column.year", "web.column.event", "web.column.direction", "web.column.text")))
    facts = about(view, *ACCOUNT)
    frame = events.select("id", "kind", "start", "end", "direction", name, text, "source")
    return Drawing(
        view.say("web.timeline.title"),
        _says(view, chosen, net, name),
        frame,
        Sheet(head, tuple(rows), "llll"),
        **facts | {"sources": tuple(dict.fromkeys((*facts["sources"], *events["source"].drop_nulls())))},
        spec=document(view, {"vconcat": [_lanes(view, events, (first, last), focus), lower], "spacing": 8}),
    )


def _says(view: View, chosen: pl.DataFrame, net: pl.DataFrame, name: str) -> str:
    if not chosen.height:
        low = net.sort("median").row(0, named=True)
        return view.say(
            "web.timeline.says",
            year=low["year"],
            value=view.number(low["median"]),
            low=view.number(low["low"]),
            high=view.number(low["high"]),
        )
    row = chosen.row(0, named=True)
    end = max(
        row["end"] or (int(str(net["year"].max())) + 1 if row["kind"] == "period" else row["start"] + 1),
        row["start"] + 1,
    )
    part = net.filter(pl.col("year").is_between(row["start"], end - 1))
    period = str(row["start"]) if end == row["start"] + 1 else words.year_range(row["start"], end)
    if not part.height:
        return view.say("web.timeline.no_series", event=row[name], period=period, first=net["year"].min())
    ends = [view.number(float(str(part["median"].min()))), view.number(float(str(part["median"].max())))]
    return view.say("web.timeline.event_says", event=row[name], period=period, low=ends[0], high=ends[1])


def _lanes(view: View, events: pl.DataFrame, span: tuple[int, int], focus: Spec) -> Spec:
    """Events as bars, each kind in its own lanes, names beside them where there is room."""
    name = f"name_{view.language}"
    per_letter = (span[1] - span[0]) / (view.width - AXIS_ROOM) * 6.4
    rows: list[dict[str, Any]] = []
    waves = events.filter(pl.col("scheme") == "wave")
    others = events.filter(pl.col("scheme").is_null())
    labelled = not view.narrow
    for part in (waves, others):
        triples = [
            (
                r["start"],
                r["end"] or (span[1] if r["kind"] == "period" else r["start"] + 1),
                r[name] if labelled else "",
            )
            for r in part.sort("start", name).iter_rows(named=True)
        ]
        facts = {
            (t[0], t[1], t[2]): r for t, r in zip(triples, part.sort("start", name).iter_rows(named=True), strict=True)
        }
        base = 1 + max((row["lane"] for row in rows), default=-1)
        for band in lanes(triples, per_letter):
            row = facts[band["year"], band["end"], band["label"]]
            rows.append(
                {
                    **band,
                    "lane": base + band["lane"],
                    "direction": view.say(f"web.direction.{row['direction']}"),
                    "event": row[name],
                    "text": min(band["text"], span[1] - len(band["label"]) * per_letter),
                    "years": f"{band['year']}–{band['end']}",
                }
            )
    height = 22 if labelled else 10
    lane = {"field": "lane", "type": "ordinal", "axis": None, "scale": {"padding": 0.1}}
    x = {**years_axis(view, *span), "axis": None}
    names = {view.say(f"web.direction.{code}"): tint for code, tint in DIRECTIONS.items()}
    tint = colour(list(names), list(names.values()), "direction")
    data = named("events", rows)
    tips = [tip("event", view.say("web.column.event")), tip("years", view.say("web.column.year"))]
    bars = {
        "data": data,
        "mark": {"type": "bar", "height": 6, "yOffset": 7 if labelled else 0, "cornerRadius": 2},
        "encoding": {"x": x, "x2": {"field": "end"}, "y": lane, "color": tint, "tooltip": tips},
    }
    texts = {
        "data": data,
        "mark": {"type": "text", "align": "left", "fontSize": 11, "dy": -3, "color": INK},
        "encoding": {"x": {**x, "field": "text"}, "y": lane, "text": {"field": "label"}},
    }
    count = 1 + max(row["lane"] for row in rows)
    layers = [focus | {"encoding": {"x": x, "x2": {"field": "end"}}}, bars, *([texts] if labelled else [])]
    return {"width": view.width - AXIS_ROOM, "height": height * count, "layer": layers, "view": {"stroke": FAINT}}


CHARTS = (
    Chart("century", century, ("reconciled_national", "census_population", "components_by_period")),
    Chart("net", net_sources, ("net_by_source", "reconciled_national")),
    Chart("timeline", timeline, ACCOUNT, event_ids),
)
