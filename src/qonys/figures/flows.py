"""Flows: the map, the chord, the table between regions; partners abroad by interval; maps of net migration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.figures.by_category import spans
from qonys.figures.drawing import Drawing, Sheet, facts, heads, sheet
from qonys.figures.edition import Edition
from qonys.figures.geography import values
from qonys.figures.geography.chord import chord as chord_svg
from qonys.figures.geography.flows import Arrows, places
from qonys.figures.geography.flows import flow_map as flow_map_svg
from qonys.figures.style import BLUE, ORANGE

TABLE = "internal_od"
PARTNERS = 8
SHADES = (0.3, 0.55, 0.75, 0.88, 0.95, 0.985)
ALL = "all"


def of_year(edition: Edition, year: int) -> pl.DataFrame:
    """Moves between regions in a year."""
    rows = inputs.rows(edition.pack, TABLE).filter(pl.col("year") == year)
    return rows.select("year", "origin", "destination", "value", "source", "status")


def _facts(edition: Edition, frame: pl.DataFrame) -> dict[str, Any]:
    sources = tuple(frame["source"].unique().sort())
    secondary = bool((frame["status"] == "secondary").any())
    return {"source": edition.origin(sources), "sources": sources, "rank": 3 if secondary else 1, "unit": "moves"}


def _cautions(edition: Edition, year: int) -> tuple[str, ...]:
    """The pack's cautions that bear on the tables of moves in a year."""
    rows = edition.pack.cautions().filter(pl.col("table").is_in([TABLE, "internal_totals"]))
    return tuple(text for text in rows[f"text_{edition.language}"] if str(year) in text)


def _largest(edition: Edition, frame: pl.DataFrame) -> dict[str, object]:
    row = frame.sort("value", descending=True).row(0, named=True)
    ends: dict[str, object] = {end: edition.region(row[end]) for end in ("origin", "destination")}
    return ends | {"value": edition.number(row["value"])}


def sums(frame: pl.DataFrame, end: str) -> dict[str, float]:
    """Arrivals (`end` is destination) or departures (origin) by region."""
    return {code: float(total) for code, total in frame.group_by(end).agg(pl.col("value").sum()).rows()}


def flow_map(edition: Edition, year: int, most: int, region: str = ALL) -> Drawing:
    """The largest flows as arrows over the balance of each region; `region`: only those of one, or "all"."""
    frame = of_year(edition, year)
    chosen = frame if region == ALL else frame.filter((pl.col("origin") == region) | (pl.col("destination") == region))
    codes = frame["origin"].unique().to_list()
    into, out = sums(frame, "destination"), sums(frame, "origin")
    net = {code: into.get(code, 0.0) - out.get(code, 0.0) for code in codes}
    geometry = edition.outline(str(inputs.rows(edition.pack, TABLE)["vintage"][0]))
    says = {"year": year, "total": edition.number(float(chosen["value"].sum())), **_largest(edition, chosen)}
    if region != ALL:
        says |= {"region": edition.region(region)}
        says |= {"into": edition.number(into[region]), "out": edition.number(out[region])}
    sentence = edition.say("web.flow_map.says" if region == ALL else "web.flow_map.region_says", **says)
    shown, about = chosen.sort("value", descending=True), _facts(edition, frame)
    return Drawing(
        edition.say("web.flow_map.title", year=year),
        sentence,
        shown,
        sheet(edition, shown, "llr", {
            "origin": lambda r: edition.region(r["origin"]),
            "destination": lambda r: edition.region(r["destination"]),
            "moves": lambda r: edition.number(r["value"]),
        }),
        **about | {"source": edition.outlined(about["source"], geometry)},
        svg=flow_map_svg(edition, geometry, Arrows(chosen, places(edition, codes), net, most)),
        notes=_cautions(edition, year),
    )  # fmt: skip


def chord(edition: Edition, year: int, smallest: float) -> Drawing:
    """Moves between regions as a directional chord."""
    frame = of_year(edition, year)
    names = edition.by_name(frame["origin"].unique())
    into, out = sums(frame, "destination"), sums(frame, "origin")
    total = edition.number(float(frame["value"].sum()))
    number = edition.number
    return Drawing(
        edition.say("web.chord.title", year=year),
        edition.say("web.chord.says", year=year, total=total, **_largest(edition, frame)),
        frame,
        sheet(edition, [{"region": code} for code in names], "lrrr", {
            "region": lambda r: names[r["region"]],
            "arrivals": lambda r: number(into.get(r["region"], 0)),
            "departures": lambda r: number(out.get(r["region"], 0)),
            "balance": lambda r: words.signed(into.get(r["region"], 0) - out.get(r["region"], 0), edition.language),
        }),
        **_facts(edition, frame),
        svg=chord_svg(edition, frame, names, smallest),
        notes=_cautions(edition, year),
    )  # fmt: skip


def od_table(edition: Edition, year: int) -> Drawing:
    """Who goes where: origins in rows, destinations in columns."""
    frame = of_year(edition, year)
    names, number = edition.by_name(frame["origin"].unique()), edition.number
    cells = {(o, d): v for o, d, v in frame.select("origin", "destination", "value").rows()}
    limits = [float(frame["value"].quantile(q) or 0) for q in SHADES]
    rows, shades = [], []
    for origin, name in names.items():
        found = [cells.get((origin, code)) for code in names]
        rows.append((name, *map(number, found), number(sum(v or 0 for v in found))))
        shades.append((None, *(None if v is None else sum(v > limit for limit in limits) for v in found), None))
    totals = [sum(cells.get((code, d)) or 0 for code in names) for d in names]
    rows.append((edition.column("all"), *map(number, totals), number(sum(totals))))
    shades.append((None,) * (len(names) + 2))
    head = (edition.column("from_to"), *names.values(), edition.column("all"))
    return Drawing(
        edition.say("web.od.title", year=year),
        edition.say("web.od.says", n=len(names), year=year, total=number(sum(totals))),
        frame,
        Sheet(head, tuple(rows), "l" + "r" * (len(names) + 1), tuple(shades)),
        **_facts(edition, frame),
        notes=_cautions(edition, year),
    )


def partners(edition: Edition, start: int) -> Drawing:
    """Flows with partner countries estimated from stocks: from the fewest moves to the pseudo-Bayes mix."""
    table = edition.frame("bilateral_range").filter(pl.col("start") == start)
    names = {direction: edition.say(f"bilateral.{direction}") for direction in ("in", "out")}
    totals = table.group_by("partner").agg(pl.col("minimum").sum()).sort("minimum", "partner", descending=[True, False])
    chosen, country = totals["partner"].to_list()[:PARTNERS], edition.country
    bars = table.filter(pl.col("partner").is_in(chosen)).select(
        category=pl.col("partner").map_elements(country, return_dtype=pl.String),
        name=pl.col("direction").replace_strict(names),
        low=pl.col("minimum") / 1e3, high=pl.col("pseudo_bayes") / 1e3,
    )  # fmt: skip
    top = table.sort("minimum", descending=True).row(0, named=True)
    interval, thousands = words.year_range(start, int(str(table["end"][0]))), edition.thousands
    kinds = list(zip(names.values(), (BLUE, ORANGE), strict=True))
    order = [country(code) for code in chosen]
    told = heads(edition, "country", "direction", "fewest", "mix")
    return Drawing(
        edition.say("web.partners.title", interval=interval),
        edition.say(f"web.partners.says_{top['direction']}", interval=interval, partner=country(top["partner"]),
                    low=thousands(top["minimum"], 0),
                    high=thousands(top["pseudo_bayes"], 0)),
        table,
        sheet(edition, table.sort("minimum", descending=True), "llrrr", {
            "country": lambda r: country(r["partner"]),
            "direction": lambda r: names[r["direction"]],
            "fewest": lambda r: thousands(r["minimum"]),
            "mix": lambda r: thousands(r["pseudo_bayes"]),
            "independence": lambda r: thousands(r["independence"]),
        }),
        **facts(edition, "bilateral_range"),
        spec=edition.document(spans(edition, bars, edition.say("accounts.thousand"), order, kinds, tips=told)),
        notes=(edition.say("web.partners.note"),),
    )  # fmt: skip


def net_by_region(edition: Edition, year: int, kind: str) -> Drawing:
    """Net migration per 1,000 residents by region, medians of the reconciled accounts."""
    table = edition.frame("reconciled_regional")
    every = table.filter(pl.col("quantity").is_in([kind, "population"]))
    wide = every.pivot(on="quantity", index=["region", "year"], values="median").drop_nulls()
    wanted = every.filter(pl.col("year") == year)
    people = wanted.filter(pl.col("quantity") == "population").select("region", people="median")
    frame = (
        wanted.filter(pl.col("quantity") == kind)
        .join(people, on="region")
        .with_columns(*((1000 * pl.col(n) / pl.col("people")).alias(n) for n in ("low", "median", "high")))
        .sort("median", descending=True)
    )
    shown: Mapping[str, float | None] = dict(frame.select("region", "median").rows())
    classes = values.about_zero((1000 * wide[kind] / wide["population"]).to_list())
    geometry, about = edition.outline(), facts(edition, "reconciled_regional")
    best, worst = frame.row(0, named=True), frame.row(-1, named=True)
    vintage = edition.pack.vintages().sort("order")[f"name_{edition.language}"][0]
    return Drawing(
        edition.say("web.regions.title", year=year),
        edition.say(
            "web.regions.says", year=year, n=frame.filter(pl.col("median") < 0).height, all=frame.height,
            best=edition.region(best["region"]), high=edition.number(best["median"], 1),
            worst=edition.region(worst["region"]), low=edition.number(worst["median"], 1),
        ),
        frame,
        sheet(edition, frame, "lrr", {
            "region": lambda r: edition.region(r["region"]),
            "per_1000": lambda r: edition.number(r["median"], 1),
            "interval": lambda r: edition.ends(r["low"], r["high"], 1),
        }),
        **about | {"source": edition.outlined(about["source"], geometry), "unit": "per_1000"},
        svg=values.region_map(edition, geometry, {"": shown}, "", classes=classes),
        notes=(edition.say("web.regions.note", vintage=vintage),),
    )  # fmt: skip
