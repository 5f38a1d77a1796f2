"""Indicators of the internal system of migration and of external flows."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category, over_time
from qonys.figures.geography import values
from qonys.figures.marks import measure
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table
from qonys.study.analyses.indicators import names_of

NEEDS = ("external_indicators", "internal_indicators", "internal_pairs", "internal_scale")
SHOWN = (
    ("cmi", "crude", 2),
    ("courgeau_k", "crude", 3),
    ("mei", "system", 1),
    ("anmr", "system", 3),
    ("connectivity", "nonzero", 2),
    ("inequality", "quasi_independent", 3),
    ("gini", "total_corrected", 3),
    ("acv", "total", 2),
    ("distance", "mean", 0),
    ("decay", "poisson_origin_destination", 2),
)
PAIRS = 12


def build(context: Context) -> Section:
    """Indicators."""
    ends = {"first": "measures.first", "last": "measures.last"}
    changes = _changes(context)
    blocks = (
        *((context.paragraph("measures.change", **ends, **changes),) if changes else ()),
        context.paragraph("measures.intro", **ends, n="measures.regions"),
        _system(context),
        Note(context.say("measures.errors")),
        _regions(context),
        _map(context),
        context.paragraph("measures.scale_text"),
        _scale(context),
        context.paragraph("measures.pairs_text"),
        _pairs(context),
        context.paragraph("measures.external_text"),
        _external(context).as_detail(),
    )
    return Section("indicators", context.say("chapter.indicators"), blocks)


def _changes(context: Context) -> dict[str, str]:
    """Intensity and effectiveness of the whole system in the first and the last year; nothing where one is unknown."""
    frame = context.frame("internal_indicators").filter(pl.col("region").is_null()).sort("period")
    found: dict[str, str] = {}
    for code, variant, digits in SHOWN:
        if code in ("cmi", "mei"):
            values = frame.filter((pl.col("indicator") == code) & (pl.col("variant") == variant))["value"]
            if values.is_empty():
                return {}
            found[f"{code}_from"] = context.number(values[0], digits)
            found[f"{code}_to"] = context.number(values[-1], digits)
    return found


def _system(context: Context) -> Table:
    table = context.results.table("internal_indicators")
    frame = table.frame.filter(pl.col("region").is_null())
    years = sorted(frame["period"].unique())
    names = names_of([code for code, _, _ in SHOWN], context.language)
    rows = []
    for code, variant, digits in SHOWN:
        part = frame.filter((pl.col("indicator") == code) & (pl.col("variant") == variant))
        values = dict(part.select("period", "value").rows())
        cells = [words.number(values[y], context.language, digits) if y in values else "–" for y in years]
        unit = context.say(f"measures.unit.{part['unit'][0]}") if part.height else ""
        rows.append((f"{names[code]}, {unit}" if unit else names[code], *cells))
    return Table(
        "internal_indicators",
        (context.say("measures.column.indicator"), *map(str, years)),
        tuple(rows),
        "l" + "r" * len(years),
        context.say("measures.system"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _ends(context: Context) -> tuple[int, int]:
    return tuple(int(context.results.number(f"measures.{end}").value or 0) for end in ("first", "last"))  # type: ignore[return-value]


def _effect(context: Context) -> pl.DataFrame:
    frame = context.results.table("internal_indicators").frame
    return frame.filter((pl.col("indicator") == "mei") & (pl.col("variant") == "region"))


def _regions(context: Context) -> Figure:
    """Effectiveness of each region in the first and the last year."""
    table = context.results.table("internal_indicators")
    years = _ends(context)
    frame = _effect(context).filter(pl.col("period").is_in(years))
    order = frame.filter(pl.col("period") == years[1]).sort("value", descending=True)["region"].to_list()
    shown = frame.select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.col("period").cast(pl.String).alias("series"),
        "low", pl.col("value").alias("median"), "high",
    )  # fmt: skip
    colours = [(str(years[0]), ORANGE), (str(years[1]), BLUE)]
    names = [context.region(code) for code in order]
    spec = by_category.dots(context, shown, context.say("measures.mei_axis"), names, colours)
    return Figure(
        "effectiveness",
        context.picture(spec),
        context.say("measures.regions.alt", first=names[0], last=names[-1], year=years[1]),
        context.say("measures.regions", first=years[0], last=years[1]),
        context.origin(table.sources, table.method),
        frame,
    ).as_detail()


def _map(context: Context) -> Figure:
    """Net rate of internal migration by region, first and last year."""
    table = context.results.table("internal_indicators")
    frame = table.frame.filter((pl.col("indicator") == "rate") & (pl.col("variant") == "net"))
    years = _ends(context)
    factor = {"per_100": 10.0, "per_1000": 1.0}
    scaled = frame.with_columns(pl.col("value") * pl.col("unit").replace_strict(factor, return_dtype=pl.Float64))
    rates = {y: dict(scaled.filter(pl.col("period") == y).select("region", "value").rows()) for y in years}
    vintage = str(context.pack.vintages().sort("order")["vintage"][0])
    geometry = context.pack.geometry(vintage)
    losers = [sum(v < 0 for v in rates[y].values()) for y in years]
    return Figure(
        "internal_map",
        context.picture(values.region_map(context, geometry, rates)),
        context.say("retro.map.alt", first=years[0], last=years[1], a=losers[0], b=losers[1], n=len(rates[years[0]])),
        context.say("measures.map", first=years[0], last=years[1]),
        context.outlined(context.origin(table.sources, table.method), geometry),
        frame,
    )


def _scale(context: Context) -> Figure:
    """Intensity and effectiveness over random contiguous aggregations of the regions."""
    table = context.results.table("internal_scale")
    wanted = table.frame.filter(pl.col("indicator").is_in(["cmi", "mei"]) & pl.col("zones").is_not_null())
    names = names_of(["cmi", "mei"], context.language)
    rows = wanted.select(
        "zones", facet=pl.col("indicator").replace_strict(names), low="min", median="mean", high="max"
    )
    x = measure(context, "zones", context.say("measures.zones"), scale={"zero": False})
    spec = over_time.band_panels(
        context, "scale", rows, list(names.values()), x=x, zero=False, height=190, line={"point": True}
    )
    first, last = (wanted.filter(pl.col("indicator") == "cmi").sort("zones").row(i, named=True) for i in (0, -1))
    alt = context.say(
        "measures.scale.alt",
        few=first["zones"],
        low=words.number(first["mean"], context.language, 2),
        many=last["zones"],
        high=words.number(last["mean"], context.language, 2),
    )
    return Figure(
        "scale",
        context.picture(spec),
        alt,
        context.say("measures.scale", repeats=first["repeats"], year=_ends(context)[1]),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _pairs(context: Context) -> Table:
    """The pairs of regions with the strongest ties."""
    table = context.results.table("internal_pairs")
    ties = table.frame.filter((pl.col("indicator") == "kims") & (pl.col("variant") == "arrivals_others"))
    rows = [
        (
            context.region(r["origin"]),
            context.region(r["destination"]),
            words.number(r["value"], context.language, 2),
            f"{words.number(r['low'], context.language, 2)} … {words.number(r['high'], context.language, 2)}",
        )
        for r in ties.sort("value", descending=True).head(PAIRS).iter_rows(named=True)
    ]
    head = tuple(context.say(f"measures.column.{name}") for name in ("origin", "destination", "kims", "interval"))
    return Table(
        "ties",
        head,
        tuple(rows),
        "llrr",
        context.say("measures.pairs", year=_ends(context)[1]),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _external(context: Context) -> Table:
    table = context.results.table("external_indicators")
    pick = (
        ("moves", "arrivals"),
        ("moves", "departures"),
        ("results", "departures_per_1000_arrivals"),
        ("mei", "region"),
    )
    frame = table.frame
    rows = []
    for year in sorted(frame["period"].unique()):
        cells = [str(year)]
        for code, variant in pick:
            part = frame.filter(
                (pl.col("period") == year) & (pl.col("indicator") == code) & (pl.col("variant") == variant)
            )
            cells.append(words.number(float(part["value"][0]), context.language, 1 if code == "mei" else 0))
        rows.append(tuple(cells))
    head = tuple(
        context.say(f"measures.column.{name}") for name in ("year", "arrivals", "departures", "results", "mei")
    )
    return Table(
        "external_indicators",
        head,
        tuple(rows),
        "lrrrr",
        context.say("measures.external"),
        context.origin(table.sources, table.method),
        frame,
    )
