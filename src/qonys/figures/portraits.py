"""One region, one ethnic group, one partner country: what is known of each over the years, and what is projected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from qonys import inputs
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition, capital
from qonys.figures.over_time import fan, levels, lines
from qonys.figures.population import OLDEST
from qonys.figures.pyramids import SEXES, age_text, pyramids
from qonys.figures.style import BLUE, GREY, ORANGE
from qonys.inputs.boundaries import region_lineage
from qonys.study.chapters.bilateral import stock_tables

SIZES, ACCOUNT, SHARES, COMPOSITION = "regional_sizes", "reconciled_regional", "group_shares", "ethnic_composition"
STOCKS, AGES = "bilateral_range", "population_age_sex_regional"
KINDS = ("net_migration", "internal_net", "external_net")
SIDES = ("here", "there")
Row = dict[str, Any]
_GROUP = re.compile(r"^(\d+)(?:-\d+|\+)$")  # a five-year group or the open one


def holder(edition: Edition, region: str) -> str:
    """The region of the oldest common boundaries that holds a region of today; itself where nothing changed."""
    lineage = region_lineage(edition.pack)
    newest = edition.pack.vintages().sort("order")["vintage"][-1]
    oldest = lineage.reachable(newest)[-1]
    return lineage.mapping(newest, oldest).get(region, region)


def held(edition: Edition, region: str) -> tuple[str, ...]:
    """The regions of today that lie in the region of the oldest common boundaries with this code."""
    newest = edition.pack.vintages().sort("order")["vintage"][-1]
    every = region_lineage(edition.pack).regions(newest)
    return tuple(code for code in every if holder(edition, code) == region)


def changed(edition: Edition, region: str) -> tuple[str, ...]:
    """A note that a region's account is of older boundaries, and of which regions of today; none where they are one."""
    parts = held(edition, region)
    if parts == (region,):
        return ()
    return (edition.say("portrait.boundaries", regions=", ".join(edition.region(code) for code in parts)),)


def _quantiles(frame: pl.DataFrame, scale: float) -> pl.DataFrame:
    return frame.select("year", *(pl.col(name) / scale for name in frame.columns if name.startswith("q")))


def _fan_sheet(edition: Edition, rows: pl.DataFrame, write: Callable[[float | None], str]) -> Any:
    return sheet(edition, rows, "lrrr", {
        "year": lambda r: str(r["year"]), "median": lambda r: write(r["q50"]),
        "low95": lambda r: write(r["q2.5"]), "high95": lambda r: write(r["q97.5"]),
    })  # fmt: skip


def region_population(edition: Edition, region: str) -> Drawing:
    """The population of a region: the account of the past, where its boundaries are those of today, and the fan."""
    frame = edition.frame(SIZES).filter(pl.col("region") == region).sort("year")
    shown = _quantiles(frame, 1e3)
    title = edition.say("portrait.population")
    parts: dict[str, Any] = {"form": ",.0f"}
    known = [SIZES]
    if held(edition, holder(edition, region)) == (region,) and edition.has(ACCOUNT):
        past = edition.frame(ACCOUNT).filter((pl.col("region") == region) & (pl.col("quantity") == "population"))
        upto = past.filter(pl.col("year") <= frame["year"].min()).sort("year")
        if upto.height:
            parts["history"], known = upto.select("year", value=pl.col("median") / 1e3), [SIZES, ACCOUNT]
    last = shown.row(-1, named=True)
    sentence = edition.say(
        "portrait.population.says", place=edition.region(region), year=last["year"], median=edition.number(last["q50"]),
        low=edition.number(last["q2.5"]), high=edition.number(last["q97.5"]),
    )  # fmt: skip
    about = facts(edition, *known) | {"method": edition.results.table(SIZES).method}
    return Drawing(
        f"{title}: {edition.region(region)}",
        sentence,
        frame,
        _fan_sheet(edition, shown, edition.number),
        **about,
        spec=edition.document(fan(edition, shown, f"{title}, {edition.say('web.card.thousand')}", **parts)),
        notes=_read(edition, shown.columns),
    )


def _read(edition: Edition, columns: Sequence[str]) -> tuple[str, ...]:
    """How a fan is read, and what it assumes."""
    return edition.say("web.fan.bands", levels=levels(edition, columns)), edition.say("projection.assumptions")


def region_net(edition: Edition, region: str) -> Drawing:
    """Net migration of a region by year: all, internal and external, medians of the account with their bands."""
    frame = edition.frame(ACCOUNT).filter((pl.col("region") == region) & pl.col("quantity").is_in(KINDS))
    frame = frame.sort(pl.col("quantity").replace_strict({kind: i for i, kind in enumerate(KINDS)}), "year")
    names = {kind: edition.say(f"web.option.kind.{kind}") for kind in KINDS}
    shown = frame.select(
        "year", name=pl.col("quantity").replace_strict(names), value=pl.col("median") / 1e3, low=pl.col("low") / 1e3,
        high=pl.col("high") / 1e3,
    )  # fmt: skip
    last = shown.filter(pl.col("name") == names[KINDS[0]]).row(-1, named=True)
    ends = {name: edition.number(last[name], 1) for name in ("value", "low", "high")}
    title, unit = edition.say("portrait.net"), edition.say("web.axis.thousand_a_year")
    tints = dict(zip(names.values(), (BLUE, ORANGE, GREY), strict=True))
    order = [names[kind] for kind in KINDS if kind in set(frame["quantity"])]
    return Drawing(
        f"{title}: {edition.region(region)}",
        edition.say("portrait.net.says", place=edition.region(region), year=last["year"], **ends),
        frame,
        sheet(edition, shown.sort("year", descending=True), "llrr", {
            "year": lambda r: str(r["year"]), "what": lambda r: r["name"],
            "median": lambda r: edition.number(r["value"], 1),
            "interval95": lambda r: edition.ends(r["low"], r["high"], 1),
        }),
        **facts(edition, ACCOUNT),
        spec=edition.document(
            lines(edition, shown, unit, order, tints=[tints[name] for name in order], form=",.1f", height=280)
        ),
        notes=changed(edition, region),
    )  # fmt: skip


def group_share(edition: Edition, group: str) -> Drawing:
    """The share of an ethnic group: every count, and the fan of the projection where it has the group apart."""
    counted = edition.frame(COMPOSITION).filter(pl.col("ethnic_group") == group).sort("year")
    past = counted.select("year", value=100 * pl.col("share"))
    title, name = edition.say("portrait.share"), capital(edition.group(group))
    ahead = edition.frame(SHARES).filter(pl.col("group") == group).sort("year") if edition.has(SHARES) else None
    first, newest = counted.row(0, named=True), counted.row(-1, named=True)
    said = {"group": name, "first": first["year"], "a": edition.percent(first["share"], 1)}
    said |= {"last": newest["year"], "b": edition.percent(newest["share"], 1)}
    rows = [{"year": r["year"], "value": r["share"], "low": None, "high": None} for r in counted.iter_rows(named=True)]
    about, notes = facts(edition, COMPOSITION), [edition.say("retro.ethnic.note")]
    frame = counted.select("year", pl.col("share").alias("value"), "source")
    if ahead is None or ahead.is_empty():
        shown = past.with_columns(name=pl.lit(name))
        spec = lines(edition, shown, f"{title}, %", form=",.2f", points=True)
        sentence = edition.say("portrait.share.says", **said)
    else:
        spec = fan(edition, _quantiles(ahead, 0.01), f"{title}, %", history=past, form=",.1f")
        end = ahead.row(-1, named=True)
        ends = {key: edition.percent(end[q], 1) for key, q in (("median", "q50"), ("low", "q2.5"), ("high", "q97.5"))}
        sentence = edition.say("portrait.share.says_ahead", year=end["year"], **said, **ends)
        rows += [
            {"year": r["year"], "value": r["q50"], "low": r["q2.5"], "high": r["q97.5"]}
            for r in ahead.iter_rows(named=True)
        ]
        about = facts(edition, SHARES, COMPOSITION)
        notes += _read(edition, ahead.columns)
        later = ahead.select("year", pl.col("q50").alias("value"), pl.lit("projection").alias("source"))
        frame = pl.concat([frame, later], how="vertical_relaxed")
    return Drawing(
        f"{title}: {name}", sentence, frame,
        sheet(edition, rows, "lrr", {
            "year": lambda r: str(r["year"]), "share": lambda r: edition.percent(r["value"], 1),
            "interval95": lambda r: _ends(edition, r),
        }),
        **about, spec=edition.document(spec), notes=tuple(notes),
    )  # fmt: skip


def _ends(edition: Edition, row: Mapping[str, Any]) -> str:
    return "–" if row["low"] is None else " … ".join(edition.percent(row[end], 1) for end in ("low", "high"))


def stocks(edition: Edition) -> pl.DataFrame:
    """Stocks by birthplace with every partner: year, partner, side (`here`: born there), value; persons."""
    home = str(edition.pack.country["iso3"])
    parts = []
    for year, table in stock_tables(edition.pack).items():
        for side, (other, own) in zip(SIDES, (("birthplace", "residence"), ("residence", "birthplace")), strict=True):
            rows = table.filter((pl.col(own) == home) & (pl.col(other) != home))
            parts.append(rows.select(pl.lit(year).alias("year"), partner=other, side=pl.lit(side), value="value"))
    return pl.concat(parts).sort("year", "partner", "side")


def partner_stocks(edition: Edition, partner: str) -> Drawing:
    """People born in the partner country and living here, and the reverse, by year."""
    frame = stocks(edition).filter(pl.col("partner") == partner)
    names = {side: edition.say(f"portrait.stock.{side}") for side in SIDES}
    shown = frame.select("year", name=pl.col("side").replace_strict(names), value=pl.col("value") / 1e3)
    last = int(str(frame["year"].max()))
    now = {r["side"]: edition.thousands(r["value"]) for r in frame.filter(pl.col("year") == last).iter_rows(named=True)}
    title = edition.say("portrait.stock")
    about = facts(edition, STOCKS) | {"method": "study.chapters.bilateral.stock_tables", "unit": "persons"}
    about["source"] = edition.origin(about["sources"])
    sentence = edition.say(
        "portrait.stock.says", partner=edition.country(partner), year=last, **{s: now.get(s, "–") for s in SIDES}
    )
    return Drawing(
        f"{title}: {edition.country(partner)}", sentence, frame,
        sheet(edition, shown.sort("year", descending=True), "llr", {
            "year": lambda r: str(r["year"]), "what": lambda r: r["name"],
            "thousand": lambda r: edition.number(r["value"], 1),
        }),
        **about,
        spec=edition.document(
            lines(edition, shown, edition.say("chart.thousand_persons"), list(names.values()), tints=[BLUE, ORANGE],
                  form=",.1f", points=True)
        ),
    )  # fmt: skip


def _ages_of(edition: Edition, region: str) -> pl.DataFrame:
    """The newest published ages of a region in five-year groups, of town and village together."""
    every = inputs.rows(edition.pack, AGES).filter((pl.col("region") == region) & pl.col("sex").is_in(SEXES))
    if "area" in every.columns:
        every = every.filter(pl.col("area") == "total")
    start = pl.col("age_group").str.extract(_GROUP.pattern).cast(pl.Int64)
    return every.with_columns(age_start=start).filter(
        pl.col("age_start").is_not_null() & (pl.col("year") == pl.col("year").max())
    )


def region_ages(edition: Edition, region: str) -> Drawing:
    """The pyramid of a region in the newest year with its ages."""
    every = _ages_of(edition, region)
    year = int(str(every["year"].max()))
    frame = (
        every.with_columns(age_start=pl.col("age_start").clip(0, OLDEST))
        .group_by("sex", "age_start", maintain_order=True)
        .agg(pl.col("value").cast(pl.Float64).sum())
        .sort("age_start", "sex")
    )
    used = tuple(every["source"].unique().sort())
    whole = float(frame["value"].sum())
    old = float(frame.filter(pl.col("age_start") >= 65)["value"].sum()) / whole
    young = float(frame.filter(pl.col("age_start") < 15)["value"].sum()) / whole
    said = {"year": year, "young": edition.percent(young), "old": edition.percent(old)}
    shown = frame.with_columns(value=pl.col("value") / 1e3)
    return Drawing(
        f"{edition.say('portrait.ages')}: {edition.region(region)}, {year}",
        edition.say("portrait.ages.says", place=edition.region(region), **said),
        frame,
        sheet(edition, frame, "llr", {
            "age": lambda r: age_text(r["age_start"], OLDEST), "sex": lambda r: edition.say(f"chart.sex.{r['sex']}"),
            "thousand": lambda r: edition.thousands(r["value"]),
        }),
        edition.origin(used), used, unit="persons",
        spec=edition.document(pyramids(edition, {"": shown}, edition.say("chart.thousand_persons"))),
    )  # fmt: skip
