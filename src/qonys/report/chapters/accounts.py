"""Reconciled accounts: the nation and its regions, with what the sources depart by."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category, net_migration, over_time
from qonys.figures.geography import values
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.report.precision import thousands_decimals

NEEDS = ("net_by_source", "reconciled_departures", "reconciled_national", "reconciled_periods")
REGIONAL = ("reconciled_regional", "reconciled_regional_sums", "register_missed")


def build(context: Context) -> Section:
    """Reconciled accounts: the nation's, and its regions' where there are any."""
    blocks: list[Block] = [
        context.paragraph("accounts.unsure", n="accounts.unsure"),
        context.paragraph(
            "accounts.intro", first="accounts.first", last="accounts.last", draws="accounts.draws", rhat="accounts.rhat"
        ),
        _net(context),
        *([_periods(context)] if context.results.table("reconciled_periods").frame.height else []),
        *([_departures(context)] if _departing(context).height else []),
    ]
    if context.has(*REGIONAL):
        count = len(context.results.table("register_missed").frame["region"].unique())
        ends = {name: f"accounts.regions.{name}" for name in ("first", "last", "rhat")}
        blocks += [context.paragraph("accounts.regions", n=str(count), **ends), _regions(context), _map(context)]
    blocks.append(Note(context.say("accounts.cannot")))
    if context.has(*REGIONAL):
        blocks += _transfers(context)
    return Section("accounts", context.say("chapter.accounts"), tuple(blocks))


def source_name(context: Context, source: str) -> str:
    """Short name of a source of net migration, or its publisher."""
    return context.source_name(source)


def _thousands(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("low", "median", "high") / 1e3)


def _net(context: Context) -> Figure:
    table = context.results.table("reconciled_national")
    net = table.frame.filter(pl.col("quantity") == "net_migration")
    drawing = net_migration.by_source(context, besides=("census_residual",))
    worst = net.sort("median").row(0, named=True)
    places = thousands_decimals([worst["low"]], [worst["high"]])
    alt = context.say(
        "accounts.net.alt",
        year=worst["year"],
        value=context.thousands(worst["median"], places),
        low=context.thousands(worst["low"], places),
        high=context.thousands(worst["high"], places),
    )
    return Figure(
        "reconciled_net",
        drawing.picture(context.language),
        alt,
        context.say("accounts.net"),
        context.origin(table.sources, table.method),
        net,
    )


def interval_text(context: Context, low: float | None, high: float | None, decimals: int = 1) -> str:
    """Ends of an interval in thousands."""
    thousands = (None if low is None else low / 1e3, None if high is None else high / 1e3)
    return context.ends(*thousands, decimals)


def _periods(context: Context) -> Table:
    table = context.results.table("reconciled_periods")
    places = thousands_decimals(table.frame["low"], table.frame["high"])
    rows = [
        (
            words.year_range(r["start"], r["end"]),
            context.thousands(r["residual"], places),
            interval_text(context, r["residual_low"], r["residual_high"], places),
            context.thousands(r["registered"], places),
            context.thousands(r["median"], places),
            interval_text(context, r["low"], r["high"], places),
        )
        for r in table.frame.iter_rows(named=True)
    ]
    head = tuple(
        context.say(f"accounts.column.{name}")
        for name in ("period", "residual", "disagreement", "registered", "reconciled", "interval")
    )
    return Table(
        "reconciled_periods",
        head,
        tuple(rows),
        "lrrrrr",
        context.say("accounts.periods"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _departing(context: Context) -> pl.DataFrame:
    """What the sources of net migration say above the account; no row where one source alone speaks briefly."""
    frame = context.results.table("reconciled_departures").frame
    return frame.filter(pl.col("quantity") == "net_migration") if frame.height else frame


def _departures(context: Context) -> Figure:
    table = context.results.table("reconciled_departures")
    net = _departing(context).with_columns(
        value=pl.col("median") / 1e3,
        name=pl.col("source").map_elements(lambda s: source_name(context, s), return_dtype=pl.String),
    )
    title = context.say("accounts.departure_axis")
    spec = over_time.lines(context, net.select("year", "value", "name"), title, points=True)
    widest = net.sort(pl.col("median").abs(), descending=True).row(0, named=True)
    alt = context.say(
        "accounts.departures.alt",
        source=source_name(context, widest["source"]),
        year=widest["year"],
        value=context.thousands(widest["median"]),
    )
    return Figure(
        "departures",
        context.picture(spec),
        alt,
        context.say("accounts.departures"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _regions(context: Context) -> Figure:
    table = context.results.table("reconciled_regional_sums")
    kinds = [("internal", BLUE), ("external", ORANGE)]
    frame = table.frame.filter(pl.col("quantity").is_in(["internal", "external"]))
    order = frame.filter(pl.col("quantity") == "internal").sort("median", descending=True)["region"].to_list()
    shown = _thousands(frame).select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.col("quantity")
        .map_elements(lambda q: context.say(f"accounts.kind.{q}"), return_dtype=pl.String)
        .alias("series"),
        "low", "median", "high",
    )  # fmt: skip
    colours = [(context.say(f"accounts.kind.{kind}"), colour) for kind, colour in kinds]
    names = [context.region(code) for code in order]
    spec = by_category.dots(context, shown, context.say("accounts.thousand"), names, colours)
    years = [int(context.results.number(f"accounts.regions.{end}").value or 0) for end in ("first", "last")]
    return Figure(
        "reconciled_regions",
        context.picture(spec),
        context.say("accounts.regions.alt", first=names[0], last=names[-1]),
        context.say("accounts.regions_figure", first=years[0], last=years[1]),
        context.origin(table.sources, table.method),
        frame,
    ).as_detail()


def _map(context: Context) -> Figure:
    """Net migration per 1,000 a year, posterior medians, before and after the middle recount."""
    table = context.results.table("reconciled_regional")
    eras = context.results.table("register_missed").frame.select("start", "end").unique().sort("start").rows()
    rates = {words.year_range(a, b): _rates(table.frame, a, b) for a, b in eras if b - a > 3}
    vintage = str(context.pack.vintages().sort("order")["vintage"][0])
    geometry = context.pack.geometry(vintage)
    counts = [sum(v < 0 for v in values.values()) for values in rates.values()]
    return Figure(
        "reconciled_map",
        context.picture(values.region_map(context, geometry, rates)),
        context.say("accounts.map.alt", first=next(iter(rates)), a=counts[0], last=list(rates)[-1], b=counts[-1]),
        context.say("accounts.map"),
        context.outlined(context.origin(table.sources, table.method), geometry),
        table.frame.filter(pl.col("quantity") == "net_migration"),
    )


def _rates(frame: pl.DataFrame, start: int, end: int) -> dict[str, float]:
    inside = (
        frame.filter(pl.col("year").is_between(start, end - 1))
        .group_by("region", "quantity")
        .agg(total=pl.col("median").sum())
    )
    wide = inside.pivot(on="quantity", index="region", values="total")
    rate = 1000 * pl.col("net_migration") / pl.col("population")
    return dict(wide.select("region", rate.alias("rate")).rows())


def _transfers(context: Context) -> list[Note]:
    """Changes of boundary with the size that the accounts give them."""
    sums = context.results.table("reconciled_regional").frame.filter(pl.col("quantity") == "reclassified")
    notes = []
    for row in context.pack.transfers().iter_rows(named=True):
        found = sums.filter((pl.col("year") == row["year"]) & (pl.col("region") == row["region_to"]))
        if found.height:
            low, middle, high = found.select("low", "median", "high").row(0)
            places = thousands_decimals([low], [high])
            notes.append(
                Note(
                    context.say(
                        "accounts.transfer",
                        year=row["year"],
                        text=row[f"text_{context.language}"],
                        value=context.thousands(middle, places),
                        low=context.thousands(low, places),
                        high=context.thousands(high, places),
                    )
                )
            )
    return notes
