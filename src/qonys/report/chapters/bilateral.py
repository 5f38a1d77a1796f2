"""Flows with partner countries estimated from stocks: ranges over methods, kinds of flow, mirror statistics."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.geography import chord
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table
from qonys.report.precision import thousands_decimals

NEEDS = ("bilateral_kinds", "bilateral_latest", "bilateral_range")
PARTNERS = 6
SMALLEST = 20_000


def build(context: Context) -> Section:
    """Estimated bilateral flows."""
    blocks = (
        context.paragraph("bilateral.largest", **_largest(context, context.results.table("bilateral_range").frame)),
        context.paragraph("bilateral.intro", places="bilateral.places", first="bilateral.first", last="bilateral.last"),
        _partners(context),
        _totals(context),
        context.paragraph("bilateral.kinds_text"),
        _kinds(context),
        _chord(context),
        *((context.paragraph("bilateral.mirror_text"), _mirror(context)) if context.has("mirror_flows") else ()),
        Note(context.say("bilateral.caution", places=_places(context))),
    )
    return Section("bilateral", context.say("chapter.bilateral"), blocks)


def _places(context: Context) -> str:
    return words.integer(context.results.number("bilateral.places").value or 0, context.language)


def _country(context: Context, code: str) -> str:
    return context.pack.label("country", code, context.language)


def _directions(context: Context) -> tuple[str, str]:
    return context.say("bilateral.in"), context.say("bilateral.out")


def _largest(context: Context, flows: pl.DataFrame) -> dict[str, str]:
    """The largest flow: its direction, partner, interval, and both ends in thousands."""
    top = flows.sort("minimum", descending=True).row(0, named=True)
    places = thousands_decimals([top["minimum"]], [top["pseudo_bayes"]])
    return {
        "direction": context.say(f"bilateral.{top['direction']}"),
        "partner": _country(context, top["partner"]),
        "interval": f"{top['start']}–{top['end']}",
        "low": context.thousands(top["minimum"], places),
        "high": context.thousands(top["pseudo_bayes"], places),
    }


def _partners(context: Context) -> Figure:
    """The partners with the most moves: from the fewest moves to the pseudo-Bayes mix."""
    table = context.results.table("bilateral_range")
    sums = table.frame.group_by("partner").agg(pl.col("minimum").sum()).sort("minimum", descending=True)
    chosen = sums["partner"].to_list()[:PARTNERS]
    into, out = _directions(context)
    frame = table.frame.filter(pl.col("partner").is_in(chosen)).select(
        pl.col("partner").map_elements(lambda c: _country(context, c), return_dtype=pl.String).alias("facet"),
        (pl.col("start").cast(pl.String) + "–" + pl.col("end").cast(pl.String).str.slice(2)).alias("interval"),
        pl.when(pl.col("direction") == "in").then(pl.lit(into)).otherwise(pl.lit(out)).alias("direction"),
        (pl.col("minimum") / 1e3).alias("low"),
        (pl.col("pseudo_bayes") / 1e3).alias("high"),
    )
    names = [_country(context, code) for code in chosen]
    spec = by_category.range_panels(context, frame, context.say("accounts.thousand"), names, (into, out))
    alt = context.say("bilateral.partners.alt", **_largest(context, table.frame))
    return Figure(
        "bilateral_partners",
        context.picture(spec),
        alt,
        context.say("bilateral.partners"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _totals(context: Context) -> Table:
    table = context.results.table("bilateral_range")
    methods = ("minimum", "pseudo_bayes", "difference_zero", "difference_reverse")  # independence is no estimate
    sums = table.frame.group_by("start", "end", "direction").agg(pl.col(*methods, "independence").sum())
    places = thousands_decimals(sums["minimum"], sums["pseudo_bayes"])
    rows = [
        (
            f"{r['start']}–{r['end']}",
            context.say(f"bilateral.{r['direction']}"),
            *(context.thousands(r[m], places) for m in methods),
        )
        for r in sums.sort("start", "direction").iter_rows(named=True)
    ]
    head = (
        context.say("bilateral.column.interval"),
        context.say("bilateral.column.direction"),
        *(context.say(f"bilateral.method.{m}") for m in methods),
    )
    return Table(
        "bilateral_totals",
        head,
        tuple(rows),
        "llrrrr",
        context.say("bilateral.totals"),
        context.origin(table.sources, table.method),
        sums.sort("start", "direction"),
        table.name,
    ).as_detail()


def _kinds(context: Context) -> Figure:
    table = context.results.table("bilateral_kinds")
    kinds = ("leaving_home", "returning", "onward")
    names = [context.say(f"bilateral.kind.{kind}") for kind in kinds]
    into, out = _directions(context)
    frame = table.frame.select(
        pl.when(pl.col("direction") == "in").then(pl.lit(into)).otherwise(pl.lit(out)).alias("facet"),
        (pl.col("start").cast(pl.String) + "–" + pl.col("end").cast(pl.String).str.slice(2)).alias("interval"),
        pl.col("kind").replace_strict(dict(zip(kinds, names, strict=True))).alias("kind"),
        (pl.col("value") / 1e3).alias("value"),
    )
    spec = by_category.stack_panels(context, frame, context.say("accounts.thousand"), names, [into, out])
    back = table.frame.filter((pl.col("direction") == "in") & (pl.col("kind") == "returning"))
    last = back.sort("start").row(-1, named=True)
    total = table.frame.filter((pl.col("direction") == "in") & (pl.col("start") == last["start"]))["value"].sum()
    alt = context.say(
        "bilateral.kinds.alt",
        interval=f"{last['start']}–{last['end']}",
        share=words.percent(last["value"] / total, context.language, 0),
    )
    return Figure(
        "bilateral_kinds",
        context.picture(spec),
        alt,
        context.say("bilateral.kinds"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _chord(context: Context) -> Figure:
    table = context.results.table("bilateral_latest")
    codes = sorted({*table.frame["origin"], *table.frame["destination"]})
    names = {code: _country(context, code) for code in codes}
    ordered = dict(sorted(names.items(), key=lambda item: words.sort_key(item[1], context.language)))
    top = table.frame.sort("value", descending=True).row(0, named=True)
    alt = context.say(
        "bilateral.chord.alt",
        origin=names[top["origin"]],
        destination=names[top["destination"]],
        value=context.thousands(top["value"]),
        interval=f"{top['start']}–{top['end']}",
    )
    drawing = chord.chord(context, table.frame.filter(pl.col("value") > 0), ordered, SMALLEST)
    return Figure(
        "bilateral_chord",
        context.picture(drawing),
        alt,
        context.say(
            "bilateral.chord",
            interval=f"{top['start']}–{top['end']}",
            smallest=words.integer(SMALLEST, context.language),
        ),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _mirror(context: Context) -> Table:
    table = context.results.table("mirror_flows")
    rows = [
        (
            r["period"],
            _country(context, r["partner"]),
            context.say(f"bilateral.{r['direction']}"),
            words.integer(r["own"], context.language),
            words.integer(r["theirs"], context.language),
            words.number(r["ratio"], context.language, 2),
        )
        for r in table.frame.iter_rows(named=True)
    ]
    head = tuple(
        context.say(f"bilateral.column.{name}") for name in ("year", "partner", "direction", "own", "theirs", "ratio")
    )
    return Table(
        "mirror_flows",
        head,
        tuple(rows),
        "lllrrr",
        context.say("bilateral.mirror"),
        context.origin(table.sources),
        table.frame,
    )
