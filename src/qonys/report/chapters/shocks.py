"""Breaks, trend and shock of net migration."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category, over_time
from qonys.figures.style import BLUE, GREEN, ORANGE
from qonys.report.chapters.accounts import interval_text, source_name
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.report.precision import thousands_decimals

NEEDS = ("breaks_events", "breaks_national", "trend_effects", "trend_shares", "trend_years")
ACCOUNT = "reconciled"


def build(context: Context) -> Section:
    """Trend and shock."""
    regions: tuple[Block, ...] = ()
    if context.has("breaks_regional"):
        regions = (context.paragraph("shocks.regions_text", n="shocks.regions"), _regions(context))
    dated = bool(context.results.number("shocks.events").value)
    found = context.results.table("trend_effects").frame.height
    told: tuple[Block, ...] = (context.paragraph("shocks.split", n="shocks.events"),)
    if not dated:
        told = (context.paragraph("shocks.split_undated"),)
    elif not found:
        told = (*told, context.paragraph("shocks.no_effects"))
    blocks: tuple[Block, ...] = (
        *_turns(context),
        context.paragraph("shocks.intro"),
        _breaks(context),
        Note(context.say("shocks.breaks_note")),
        *told,
        _figure(context),
        *((_effects(context),) if found else ()),
        _shares(context),
        *regions,
        Note(context.say("shocks.caution")),
    )
    return Section("shocks", context.say("chapter.shocks"), blocks)


def _series(context: Context, code: str) -> str:
    return context.say("accounts.account") if code == ACCOUNT else source_name(context, code)


def _events(context: Context) -> dict[str, str]:
    return dict(context.pack.events().select("id", f"name_{context.language}").rows())


def _turns(context: Context) -> tuple[Block, ...]:
    """Years in which the account changed its level, with the first level and the last."""
    found = context.frame("breaks_national").filter(pl.col("series") == ACCOUNT).sort("date")
    if not found.height:
        return ()
    ends = {"first": context.thousands(found["before"][0]), "last": context.thousands(found["after"][-1])}
    return (context.paragraph("shocks.turns", years=context.listed([str(one) for one in found["date"]]), **ends),)


def _breaks(context: Context) -> Table:
    table = context.results.table("breaks_national")
    matched = context.results.table("breaks_events").frame
    names = _events(context)
    rows = []
    for r in table.frame.iter_rows(named=True):
        near = matched.filter((pl.col("series") == r["series"]) & (pl.col("number") == r["number"]))[
            "event"
        ].drop_nulls()
        rows.append(
            (
                _series(context, r["series"]),
                str(r["date"]),
                words.year_range(r["low"], r["high"]),
                context.thousands(r["before"]),
                context.thousands(r["after"]),
                "; ".join(names[event] for event in near) or "–",
            )
        )
    head = tuple(
        context.say(f"shocks.column.{name}") for name in ("series", "date", "interval", "before", "after", "events")
    )
    return Table(
        "breaks_national",
        head,
        tuple(rows),
        "lrrrrl",
        context.say("shocks.breaks"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _figure(context: Context) -> Figure:
    """Observed series, trend with band, and reaction where an event has one."""
    table = context.results.table("trend_years")
    frame = table.frame.filter(pl.col("series") == ACCOUNT).with_columns(
        pl.col("observed", "trend", "trend_low", "trend_high", "reaction") / 1e3
    )
    reacts = bool((frame["reaction"] != 0).any())
    parts = {"trend": BLUE, **({"reaction": ORANGE} if reacts else {}), "observed": GREEN}
    names = {part: context.say(f"shocks.part.{part}") for part in parts}
    band = {"trend": (pl.col("trend_low").alias("low"), pl.col("trend_high").alias("high"))}
    rows = pl.concat(
        [
            frame.select(
                pl.col("time").alias("year"),
                pl.lit(name).alias("name"),
                pl.col(part).alias("value"),
                *band.get(part, ()),
            )
            for part, name in names.items()
        ],
        how="diagonal",
    )
    spec = over_time.lines(
        context,
        rows,
        context.say("chart.net_thousand_a_year"),
        list(names.values()),
        tints=list(parts.values()),
        height=300,
    )
    low = frame.sort("reaction").row(0, named=True)
    value = words.number(low["reaction"], context.language, 0)
    told = ("shocks.figure", "shocks.figure.alt") if reacts else ("shocks.figure_trend", "shocks.figure_trend.alt")
    alt = context.say(told[1], **({"year": low["time"], "value": value} if reacts else {}))
    return Figure(
        "trend_shock",
        context.picture(spec),
        alt,
        context.say(told[0]),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _effects(context: Context) -> Table:
    table = context.results.table("trend_effects")
    places = thousands_decimals(table.frame["low"], table.frame["high"])
    names = _events(context)
    rows = tuple(
        (
            _series(context, r["series"]),
            names.get(r["event"], "–"),
            context.say(f"shocks.form.{r['form']}"),
            context.thousands(r["size"], places),
            interval_text(context, r["low"], r["high"], places),
            "; ".join(names.get(event, event) for event in r["alike"].split(", ") if event) or "–",
        )
        for r in table.frame.iter_rows(named=True)
    )
    head = tuple(
        context.say(f"shocks.column.{name}") for name in ("series", "event", "form", "size", "size_interval", "alike")
    )
    return Table(
        "trend_effects",
        head,
        rows,
        "lllrrl",
        context.say("shocks.effects"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _shares(context: Context) -> Table:
    table = context.results.table("trend_shares")
    rows = []
    for series in table.frame["series"].unique(maintain_order=True):
        part = {r["component"]: r for r in table.frame.filter(pl.col("series") == series).iter_rows(named=True)}
        cells = [_series(context, series)]
        for component in ("trend", "reaction", "rest"):
            row = part[component]
            cells += [context.thousands(row["total"]), words.percent(row["share"], context.language, 0)]
        rows.append(tuple(cells))
    head = [context.say("shocks.column.series")]
    for component in ("trend", "reaction", "rest"):
        named = context.say(f"shocks.part.{component}")
        head += [context.say("shocks.column.part", part=named), context.say("shocks.column.share", part=named)]
    return Table(
        "trend_shares",
        tuple(head),
        tuple(rows),
        "lrrrrrr",
        context.say("shocks.shares"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _regions(context: Context) -> Figure:
    """Dates of breaks by region with their intervals."""
    table = context.results.table("breaks_regional")
    up, down = context.say("shocks.rise"), context.say("shocks.fall")
    frame = table.frame.select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.when(pl.col("change") > 0).then(pl.lit(up)).otherwise(pl.lit(down)).alias("series"),
        pl.col("low").cast(pl.Float64), pl.col("date").cast(pl.Float64).alias("median"),
        pl.col("high").cast(pl.Float64),
    )  # fmt: skip
    order = sorted(frame["category"].unique(), key=lambda name: words.sort_key(name, context.language))
    axis = {"scale": {"zero": False}, "axis": {"format": "d", "title": None}}
    spec = by_category.dots(context, frame, "", order, [(up, BLUE), (down, ORANGE)], at=None, x=axis, form="d")
    common = table.frame.group_by("date").agg(pl.len()).sort("len", "date", descending=[True, False]).row(0)
    return Figure(
        "breaks_regional",
        context.picture(spec),
        context.say("shocks.regions.alt", year=common[0], n=common[1]),
        context.say("shocks.regions"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()
