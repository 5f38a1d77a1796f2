"""Flows: the map, the chord, the table between regions; partners abroad by interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.report.charts import render
from qonys.report.charts.chord import chord as chord_svg
from qonys.report.charts.style import BLUE, GREY, ORANGE, Spec
from qonys.web.charts.kit import Chart, Drawing, Sheet, about, amount, colour, document, named, tip
from qonys.web.charts.mapping import Arrows, flow_map_svg
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

TABLE = "internal_od"
PARTNERS = 8


def od_years(site: Site) -> tuple[str, ...]:
    """Years with a table between all regions."""
    return site.keep("od_years", lambda: tuple(str(y) for y in inputs.rows(site.pack, TABLE)["year"].unique().sort()))


def _year(site: Site) -> Parameter:
    years = od_years(site)
    latest = int(site.results.number("present.internal.year").value or int(years[-1]))
    return Parameter("year", years, str(latest), "slider")


def _regions(site: Site) -> tuple[str, ...]:
    return tuple(inputs.rows(site.pack, TABLE)["origin"].unique().sort())


def map_parameters(site: Site) -> tuple[Parameter, ...]:
    """Year, region looked at, how many flows are drawn."""
    return (
        _year(site),
        Parameter("region", ("all", *_regions(site)), "all", texts="region"),
        Parameter("most", ("10", "20", "40", "80", "160"), "40", "slider"),
    )


def chord_parameters(site: Site) -> tuple[Parameter, ...]:
    """Year and smallest ribbon."""
    return _year(site), Parameter("from", ("500", "1000", "2000", "4000", "8000"), "2000", "slider")


def _flows(view: View) -> pl.DataFrame:
    rows = inputs.rows(view.site.pack, TABLE).filter(pl.col("year") == view.year("year"))
    return rows.select("year", "origin", "destination", "value", "source", "status")


def _facts(view: View, frame: pl.DataFrame) -> dict[str, Any]:
    sources = tuple(frame["source"].unique().sort())
    secondary = bool((frame["status"] == "secondary").any())
    text = view.context.origin(sources).rstrip(".") + (". " + view.say("report.secondary") if secondary else "")
    return {"source": text, "sources": sources, "rank": 3 if secondary else 1, "unit": "moves"}


def _cautions(view: View, year: int) -> tuple[str, ...]:
    """The pack's breaks and cautions that bear on the tables of moves."""
    notes = [note.text for note in view.context.cautions(TABLE, "internal_totals") if str(year) in note.text]
    return tuple(notes)


def _largest(view: View, frame: pl.DataFrame) -> dict[str, object]:
    row = frame.sort("value", descending=True).row(0, named=True)
    return {
        "origin": view.region(row["origin"]),
        "destination": view.region(row["destination"]),
        "value": view.number(row["value"]),
    }


def flow_map(view: View) -> Drawing:
    """The largest flows as arrows over the balance of each region."""
    frame, region = _flows(view), view.state["region"]
    chosen = (
        frame if region == "all" else frame.filter((pl.col("origin") == region) | (pl.col("destination") == region))
    )
    codes = frame["origin"].unique().to_list()
    into, out = (dict(frame.group_by(end).agg(pl.col("value").sum()).rows()) for end in ("destination", "origin"))
    net = {code: float(into[code] - out[code]) for code in codes}
    vintage = str(inputs.rows(view.site.pack, TABLE)["vintage"][0])
    geometry = view.site.keep(f"geometry:{vintage}", lambda: view.site.pack.geometry(vintage))
    centres = view.site.pack.regions().filter(pl.col("region").is_in(codes))
    places = {
        r["region"]: (r["centre_lon"], r["centre_lat"], view.region(r["region"])) for r in centres.iter_rows(named=True)
    }
    drawing = flow_map_svg(geometry, Arrows(chosen, places, net, int(view.state["most"])), view)
    year = view.year("year")
    total = float(chosen["value"].sum())
    key = "web.flow_map.says" if region == "all" else "web.flow_map.region_says"
    named_region = (
        {}
        if region == "all"
        else {"region": view.region(region), "into": view.number(into[region]), "out": view.number(out[region])}
    )
    sentence = view.say(key, year=year, total=view.number(total), **_largest(view, chosen), **named_region)
    rows = tuple(
        (view.region(r["origin"]), view.region(r["destination"]), view.number(r["value"]))
        for r in chosen.sort("value", descending=True).iter_rows(named=True)
    )
    head = tuple(map(view.say, ("web.column.origin", "web.column.destination", "web.column.moves")))
    facts = _facts(view, frame)
    outline = view.say("report.outline", attribution=geometry.get("attribution", ""))
    return Drawing(
        view.say("web.flow_map.title", year=year),
        sentence,
        chosen.sort("value", descending=True),
        Sheet(head, rows, "llr"),
        **facts | {"source": f"{facts['source']} {outline}"},
        svg=drawing,
        notes=_cautions(view, year),
    )


def chord(view: View) -> Drawing:
    """Moves between regions as a directional chord."""
    frame = _flows(view)
    names = {code: view.region(code) for code in view.sorted_names(frame["origin"].unique().to_list())}
    size = min(view.width, 820)
    margin = min(0.36 * size, 5.3 * max(map(len, names.values())) + 24)
    drawing = chord_svg(frame, names, float(view.state["from"]), view.language, size, margin)
    year = view.year("year")
    sentence = view.say(
        "web.chord.says", year=year, total=view.number(float(frame["value"].sum())), **_largest(view, frame)
    )
    rows = []
    for code, name in names.items():
        into = float(frame.filter(pl.col("destination") == code)["value"].sum())
        out = float(frame.filter(pl.col("origin") == code)["value"].sum())
        rows.append((name, view.number(into), view.number(out), words.signed(into - out, view.language)))
    head = tuple(
        map(view.say, ("web.column.region", "web.column.arrivals", "web.column.departures", "web.column.balance"))
    )
    return Drawing(
        view.say("web.chord.title", year=year),
        sentence,
        frame,
        Sheet(head, tuple(rows), "lrrr"),
        **_facts(view, frame),
        svg=render.with_prefix(drawing, "chord"),
        notes=_cautions(view, year),
    )


def od_table(view: View) -> Drawing:
    """Who goes where: origins in rows, destinations in columns."""
    frame = _flows(view)
    codes = view.sorted_names(frame["origin"].unique().to_list())
    cells = {(o, d): v for o, d, v in frame.select("origin", "destination", "value").rows()}
    steps = frame["value"].quantile
    limits = [float(steps(q) or 0) for q in (0.3, 0.55, 0.75, 0.88, 0.95, 0.985)]
    rows, shades = [], []
    for origin in codes:
        values = [cells.get((origin, code)) for code in codes]
        rows.append((view.region(origin), *(view.number(v) for v in values), view.number(sum(v or 0 for v in values))))
        shades.append((None, *(None if v is None else sum(v > limit for limit in limits) for v in values), None))
    sums = [sum(cells.get((code, d)) or 0 for code in codes) for d in codes]
    rows.append((view.say("web.column.all"), *(view.number(v) for v in sums), view.number(sum(sums))))
    shades.append((None,) * (len(codes) + 2))
    head = (view.say("web.column.from_to"), *(view.region(code) for code in codes), view.say("web.column.all"))
    year = view.year("year")
    sentence = view.say("web.od.says", n=len(codes), year=year, total=view.number(sum(sums)))
    return Drawing(
        view.say("web.od.title", year=year),
        sentence,
        frame,
        Sheet(head, tuple(rows), "l" + "r" * (len(codes) + 1), tuple(shades)),
        **_facts(view, frame),
        notes=_cautions(view, year),
    )


def interval_parameters(site: Site) -> tuple[Parameter, ...]:
    """Five-year intervals between stocks."""
    starts = [str(y) for y in site.results.table("bilateral_range").frame["start"].unique().sort()]
    return (Parameter("interval", tuple(starts), starts[-1], "slider", "interval"),)


def partners(view: View) -> Drawing:
    """Flows with partner countries estimated from stocks: from the fewest moves to the pseudo-Bayes mix."""
    start = int(view.state["interval"])
    table = view.site.results.table("bilateral_range").frame.filter(pl.col("start") == start)
    sums = table.group_by("partner").agg(pl.col("minimum").sum()).sort("minimum", "partner", descending=[True, False])
    chosen = sums["partner"].to_list()[:PARTNERS]
    names = {"in": view.say("bilateral.in"), "out": view.say("bilateral.out")}
    rows = [
        {
            "partner": view.country(r["partner"]),
            "name": names[r["direction"]],
            "low": r["minimum"] / 1e3,
            "high": r["pseudo_bayes"] / 1e3,
        }
        for r in table.filter(pl.col("partner").is_in(chosen)).iter_rows(named=True)
    ]
    order = [view.country(code) for code in chosen]
    top = table.sort("minimum", descending=True).row(0, named=True)
    key = f"web.partners.says_{top['direction']}"
    interval = words.year_range(start, start + 5)
    sentence = view.say(
        key,
        interval=interval,
        partner=view.country(top["partner"]),
        low=view.thousands(top["minimum"]),
        high=view.thousands(top["pseudo_bayes"]),
    )
    shown = tuple(
        (
            view.country(r["partner"]),
            names[r["direction"]],
            view.thousands(r["minimum"], 1),
            view.thousands(r["pseudo_bayes"], 1),
            view.thousands(r["independence"], 1),
        )
        for r in table.sort("minimum", descending=True).iter_rows(named=True)
    )
    head = tuple(
        map(
            view.say,
            (
                "web.column.country",
                "web.column.direction",
                "web.column.fewest",
                "web.column.mix",
                "web.column.independence",
            ),
        )
    )
    return Drawing(
        view.say("web.partners.title", interval=interval),
        sentence,
        table,
        Sheet(head, shown, "llrrr"),
        **about(view, "bilateral_range"),
        spec=_partner_bars(view, rows, order, list(names.values())),
        notes=(view.say("web.partners.note"),),
    )


def _partner_bars(view: View, rows: list[dict[str, object]], order: list[str], names: list[str]) -> Spec:
    y = {
        "field": "partner",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"labelLimit": 150 if view.narrow else 220},
    }
    x = amount("low", view.say("accounts.thousand"), zero=True)
    x["axis"] = {"grid": True, "tickCount": max(3, view.width // 130), "domain": False}
    tips = [
        tip("partner", view.say("web.column.country")),
        tip("name", view.say("web.column.direction")),
        tip("low", view.say("web.column.fewest"), ",.1f"),
        tip("high", view.say("web.column.mix"), ",.1f"),
    ]
    mark = {
        "mark": {"type": "bar", "size": 11, "cornerRadius": 2},
        "encoding": {
            "x": x,
            "x2": {"field": "high"},
            "y": y,
            "yOffset": {"field": "name", "type": "nominal", "scale": {"domain": names}},
            "color": colour(names, [BLUE, ORANGE]),
            "tooltip": tips,
        },
    }
    rule = {"mark": {"type": "rule", "color": GREY}, "encoding": {"x": {"datum": 0}}}
    return document(
        view, {"width": 1, "height": 40 * len(order), "data": named("partners", rows), "layer": [rule, mark]}
    )


CHARTS = (
    Chart("flow_map", flow_map, ("internal_flows",), map_parameters),
    Chart("chord", chord, ("internal_flows",), chord_parameters),
    Chart("od", od_table, ("internal_flows",), lambda site: (_year(site),)),
    Chart("partners", partners, ("bilateral_range",), interval_parameters),
)
