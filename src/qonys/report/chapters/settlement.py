"""Town and village: shares since the first census, net migration of both, components of their growth, bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from qonys import words
from qonys.figures import over_time
from qonys.figures.style import BROWN, GREY, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.study.chapters.settlement import AREAS, PARTS

NEEDS = ("settlement_population",)
SERIES = ("census", "january", "world_bank")
TINTS = (BROWN, ORANGE, GREY)
EVERY = 5
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, shares by source, net migration, components between recounts, years of reclassification."""
    moved = context.has("settlement.net.to", "settlement_net")
    blocks: tuple[Block | None, ...] = (
        answer(context),
        Note(context.say("settlement.limits")),
        _shares(context),
        _population(context),
        context.paragraph("settlement.net_text") if moved else None,
        _net(context).as_detail() if moved and context.has("settlement_net") else None,
        *_components(context),
    )
    return Section("settlement", context.say("chapter.settlement"), tuple(one for one in blocks if one is not None))


def answer(context: Context) -> Paragraph:
    """Share of the towns at the first census and now; net migration of both areas in the newest year."""
    first, last = context.count("settlement.from"), context.count("settlement.to")
    names = {
        "first": str(first), "last": str(last), "share_first": f"settlement.share.{first}",
        "share_last": f"settlement.share.{last}", "rural_first": f"settlement.rural.{first}",
        "rural_last": f"settlement.rural.{last}",
    }  # fmt: skip
    if not context.has("settlement.net.to"):
        return context.paragraph("settlement.answer", **names)
    since, year = context.count("settlement.net.from"), context.count("settlement.net.to")
    moved = {area: f"settlement.net.{area}.{year}" for area in AREAS}
    return context.paragraph(
        "settlement.answer_net", **names, **moved, year=str(year), since=str(since),
        rural_sum=f"settlement.net_sum.rural.{year}",
    )  # fmt: skip


def _shares(context: Context) -> Figure:
    """Share of the towns by source."""
    table = context.results.table("settlement_population")
    held = [name for name in SERIES if name in set(table.frame["series"])]
    names = {name: context.say(f"settlement.series.{name}") for name in held}
    shown = table.frame.select("year", value=100 * pl.col("share"), name=pl.col("series").replace_strict(names)).sort(
        "year"
    )
    tints = [TINTS[SERIES.index(name)] for name in held]
    spec = over_time.lines(context, shown, context.say("settlement.axis"), list(names.values()), tints=tints,
                           zero=False,
                           points=True, form=".1f")  # fmt: skip
    official = table.frame.filter(pl.col("series") != SERIES[-1]).sort("year")
    first, last = official.row(0, named=True), official.row(-1, named=True)
    alt = context.say(
        "settlement.shares.alt", first=first["year"], last=last["year"], low=context.percent(first["share"], 1),
        high=context.percent(last["share"], 1), n=len(held),
    )  # fmt: skip
    return Figure("settlement_shares", context.picture(spec), alt, context.say("settlement.shares"),
                  context.origin(table.sources), table.frame)  # fmt: skip


def _population(context: Context) -> Table:
    """Urban and rural population at censuses and every fifth 1 January."""
    table = context.results.table("settlement_population")
    january = table.frame.filter(pl.col("series") == SERIES[1])
    kept = pl.col("year").is_in([january["year"].max()]) | (pl.col("year") % EVERY == 0)
    frame = pl.concat([table.frame.filter(pl.col("series") == SERIES[0]), january.filter(kept)])
    rows = tuple(
        (str(row["year"]), context.say(f"settlement.series.{row['series']}"),
         *(context.thousands(row[area]) for area in AREAS), words.number(100 * row["share"], context.language, 1))
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    head = tuple(context.say(f"settlement.column.{name}") for name in ("year", "series", "urban", "rural", "share"))
    return Table("settlement_population", head, rows, "llrrr", context.say("settlement.population"),
                 context.origin(frame["source"].unique().sort()), frame)  # fmt: skip


def _net(context: Context) -> Figure:
    """Registered net migration of towns and villages by year."""
    table = context.results.table("settlement_net")
    names = {area: context.say(f"settlement.area.{area}") for area in AREAS}
    shown = pl.concat(
        [table.frame.select("year", value=pl.col(area) / 1e3, name=pl.lit(name)) for area, name in names.items()]
    )
    spec = over_time.lines(context, shown, context.say("settlement.net_axis"), list(names.values()), points=True,
                           form=".1f",
                           height=240)  # fmt: skip
    row = table.frame.row(-1, named=True)
    alt = context.say("settlement.net.alt", year=row["year"],
                      **{area: context.thousands(row[area], 0) for area in AREAS})  # fmt: skip
    return Figure("settlement_net", context.picture(spec), alt, context.say("settlement.net"),
                  context.origin(table.sources), table.frame)  # fmt: skip


def _components(context: Context) -> tuple[Block, ...]:
    """Components of each span, and the years in which reclassification has a known sign."""
    if (
        not context.has("settlement_components", "settlement_years")
        or context.frame("settlement_components").is_empty()
    ):
        return ()
    start, end = context.count("settlement.span.from"), context.count("settlement.span.to")
    name = f"settlement.{start}_{end}"
    text = context.paragraph(
        "settlement.components_text", start=str(start), end=str(end),
        **{part: f"{name}.{part}" for part in PARTS},
    )  # fmt: skip
    return text, _spans(context), *_split(context), *_years(context)


def _spans(context: Context) -> Table:
    table = context.results.table("settlement_components")
    rows = tuple(
        (
            words.year_range(row["start"], row["end"]),
            context.say(f"settlement.area.{row['area']}"),
            *_cells(context, row),
        )
        for row in table.frame.iter_rows(named=True)
    )
    names = ("period", "area", "growth", "net", "natural", "moved")
    head = tuple(context.say(f"settlement.column.{name}") for name in names)
    return Table("settlement_components", head, rows, "llrrrr", context.say("settlement.components"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _split(context: Context) -> tuple[Block, ...]:
    """Years whose natural increase of towns and villages follows from a published ratio."""
    if not context.has("settlement_split"):
        return ()
    table = context.results.table("settlement_split")
    told = [
        context.paragraph(
            "settlement.split_text", year=str(year), ratio=f"settlement.ratio.{year}",
            **{part: f"settlement.split.{year}.{part}" for part in PARTS},
        )
        for year in table.frame["start"].unique().sort()
    ]  # fmt: skip
    rows = tuple(
        (str(row["start"]), context.say(f"settlement.area.{row['area']}"), *_cells(context, row))
        for row in table.frame.iter_rows(named=True)
    )
    names = ("year", "area", "growth", "net", "natural", "moved")
    head = tuple(context.say(f"settlement.column.{name}") for name in names)
    split = Table("settlement_split", head, rows, "llrrrr", context.say("settlement.split"),
                  context.origin(table.sources, table.method), table.frame)  # fmt: skip
    return *told, split.as_detail()


def _cells(context: Context, row: Row) -> tuple[str, ...]:
    ends = ((row[f"{part}_low"] / 1e3, row[f"{part}_high"] / 1e3) for part in ("natural", "moved"))
    return (context.thousands(row["growth"]), context.thousands(row["net"]),
            *(context.ends(low, high, 1) for low, high in ends))  # fmt: skip


def _reclassified(context: Context, year: int) -> Paragraph:
    """What reclassification moved in a year: towards towns, or, where both ends are below zero, towards villages."""
    low, high = (context.results.number(f"settlement.reclassified.{year}.{end}") for end in ("low", "high"))
    if (high.value or 0.0) >= 0:
        return context.paragraph("settlement.year", year=str(year), low=low.name, high=high.name)
    least, most = (context.value_of(replace(one, value=-(one.value or 0.0))) for one in (high, low))
    return context.paragraph("settlement.year.back", year=str(year), low=least, high=most)


def _years(context: Context) -> tuple[Block, ...]:
    """Years whose growth only reclassification explains, a sentence with each and the table of all years."""
    if not context.has("settlement_years"):
        return ()
    table = context.results.table("settlement_years")
    towns = table.frame.filter(pl.col("area") == AREAS[0])
    known = towns.filter(pl.col("sign_known"))["start"].to_list()
    told = [_reclassified(context, year) for year in known]
    rows = tuple((str(row["start"]), *_cells(context, row)) for row in towns.iter_rows(named=True))
    head = tuple(context.say(f"settlement.column.{name}") for name in ("year", "growth", "net", "natural", "moved"))
    detail = Table("settlement_years", head, rows, "lrrrr", context.say("settlement.years"),
                   context.origin(table.sources, table.method), towns).as_detail()  # fmt: skip
    intro = context.paragraph("settlement.years_text", n="settlement.certain", years="settlement.years")
    return intro, *told, detail
