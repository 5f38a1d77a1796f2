"""The states that were one country: one group's number since their last common census, and who lives across borders."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import by_category, over_time
from qonys.figures.edition import MARK, capital
from qonys.figures.style import BLUE, GREY, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.study.chapters.post_soviet import RULES

NEEDS = ("post_soviet_change", "post_soviet_counts")
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, change by state, what changes the rank, stocks between the states, all counts."""
    blocks: tuple[Block | None, ...] = (
        answer(context),
        Note(context.say("post_soviet.limits")),
        _chart(context),
        _change(context).as_detail(),
        context.paragraph("post_soviet.rules_text"),
        _rules(context).as_detail(),
        *_between(context),
        _counts(context).as_detail(),
    )
    return Section("post_soviet", context.say("chapter.post_soviet"), tuple(one for one in blocks if one is not None))


def _home(context: Context) -> str:
    return str(context.pack.country["iso3"])


def answer(context: Context) -> Paragraph:
    """The change in the home country, its place and what the place depends on."""
    home, end = _home(context), context.count("post_soviet.to")
    low, high = context.count("post_soviet.place_low"), context.count("post_soviet.place_high")
    places = str(low) if low == high else f"{low}–{high}"
    names = {
        "since": str(context.count("post_soviet.since")), "end": str(end), "first": f"post_soviet.first.{home}",
        "last": f"post_soviet.last.{home}.{end}", "change": f"post_soviet.change.{home}.{end}",
        "middle": "post_soviet.change.middle", "place": "post_soviet.place", "n": "post_soviet.states",
        "places": places,
    }  # fmt: skip
    if not context.has("post_soviet.upto"):
        return context.paragraph("post_soviet.answer", **names)
    upto = context.count("post_soviet.upto")
    return context.paragraph(
        "post_soviet.answer_left", **names, upto=str(upto), left=f"post_soviet.left.{home}.{upto}",
        left_share=f"post_soviet.left_share.{home}.{upto}", left_place="post_soviet.left_place",
        left_n="post_soviet.left_states",
    )  # fmt: skip


def _state(context: Context, code: str) -> str:
    return capital(context.country(code))


def _chart(context: Context) -> Figure:
    """Change of the group's number by state: newest figure, and the newest census."""
    table = context.results.table("post_soviet_change")
    home, kinds = _home(context), [context.say(f"post_soviet.kind.{name}") for name in ("home", "other", "own")]
    rows = []
    for row in table.frame.iter_rows(named=True):
        ends = [100 * row[name] for name in ("changed_newest", "changed_census") if row[name] is not None]
        kind = kinds[0] if row["country"] == home else kinds[2] if row["own"] else kinds[1]
        rows.append({"category": _state(context, row["country"]), "series": kind, "low": min(ends), "median": ends[0],
                     "high": max(ends)})  # fmt: skip
    title, order = context.say("post_soviet.axis"), [row["category"] for row in rows]
    spec = by_category.dots(
        context, pl.DataFrame(rows), title, order, list(zip(kinds, (ORANGE, BLUE, GREY), strict=True)), aside=False,
        form=".1f", step=17,
    )  # fmt: skip
    alt = context.say(
        "post_soviet.chart.alt", n=len(rows), most=order[0], least=order[-1], low=context.number(rows[0]["median"], 0),
        high=context.number(rows[-1]["median"], 0),
    )  # fmt: skip
    return Figure("post_soviet_change", context.picture(spec), alt,
                  context.say("post_soviet.chart", since=context.count("post_soviet.since")),
                  context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _change(context: Context) -> Table:
    table = context.results.table("post_soviet_change")
    rows = tuple(_change_row(context, row) for row in table.frame.iter_rows(named=True))
    since, upto = context.count("post_soviet.since"), table.frame["upto"].max()
    names = ("state", "first", "year", "basis", "last", "change", "share_first", "share_last", "population", "left")
    head = tuple(context.say(f"post_soviet.column.{name}", since=since, upto=upto) for name in names)
    return Table("post_soviet_states", head, rows, "lrrlrrrrrr", context.say("post_soviet.change", since=since),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _change_row(context: Context, row: Row) -> tuple[str, ...]:
    people = None
    if row["population_first"] and row["population_last"]:
        people = row["population_last"] / row["population_first"] - 1
    left = None if row["left"] is None else row["left"] / row["first"]
    return (
        _state(context, row["country"]), context.thousands(row["first"]), str(row["year"]),
        context.pack.label("basis", row["basis"], context.language), context.thousands(row["last"]),
        *(_percent(context, row[name]) for name in ("changed_newest", "share_first", "share_last")),
        _percent(context, people), _percent(context, left),
    )  # fmt: skip


def _percent(context: Context, share: float | None) -> str:
    return "–" if share is None else context.number(100 * share, 1)


def _rules(context: Context) -> Table:
    """The home country's change and place by each choice of the newest count."""
    table = context.results.table("post_soviet_change")
    others = table.frame.filter(~pl.col("own"))
    row = others.filter(pl.col("country") == _home(context)).row(0, named=True)
    rows = tuple(
        (context.say(f"post_soviet.rule.{rule}"), _percent(context, row[f"changed_{rule}"]), str(row[f"place_{rule}"]),
         str(others[f"place_{rule}"].drop_nulls().len()))
        for rule in RULES if row[f"place_{rule}"] is not None
    )  # fmt: skip
    head = tuple(context.say(f"post_soviet.column.{name}") for name in ("rule", "change", "place", "of"))
    return Table("post_soviet_rules", head, rows, "lrrr", context.say("post_soviet.rules"),
                 context.origin(table.sources, table.method), others, result="post_soviet_change")  # fmt: skip


def _between(context: Context) -> tuple[Block, ...]:
    """People born in one of the states who live in another."""
    if not context.has("post_soviet_stocks"):
        return ()
    table, home = context.results.table("post_soviet_stocks"), _home(context)
    first, last = context.count("post_soviet.stocks.from"), context.count("post_soviet.stocks.to")
    text = context.paragraph(
        "post_soviet.stocks_text", first=str(first), last=str(last), n="post_soviet.stocks.states",
        **{f"{side}_{name}": f"post_soviet.stock.{side}.{home}.{year}"
           for side in ("abroad", "here") for name, year in (("first", first), ("last", last))},
    )  # fmt: skip
    return text, _stock_lines(context, table.frame, home).as_detail(), _stocks(context, (first, last)).as_detail()


def _stock_lines(context: Context, frame: pl.DataFrame, home: str) -> Figure:
    table = context.results.table("post_soviet_stocks")
    names = {side: context.say(f"post_soviet.side.{side}") for side in ("abroad", "here")}
    own = frame.filter(pl.col("country") == home).sort("year")
    shown = pl.concat([own.select("year", value=pl.col(side) / 1e6, name=pl.lit(name)) for side, name in names.items()])
    spec = over_time.lines(context, shown, context.say("post_soviet.millions"), list(names.values()), points=True,
                           form=".2f", height=220)  # fmt: skip
    start, end = own.row(0, named=True), own.row(-1, named=True)
    alt = context.say("post_soviet.stock_lines.alt", first=start["year"], last=end["year"],
                      **{f"{side}_{at}": context.number(row[side] / 1e6, 2) for side in names
                         for at, row in (("first", start), ("last", end))})  # fmt: skip
    caption = context.say("post_soviet.stock_lines", n=context.count("post_soviet.stocks.states") - 1)
    return Figure("post_soviet_home_stocks", context.picture(spec), alt, caption,
                  context.origin(table.sources, table.method), own)  # fmt: skip


def _stocks(context: Context, years: tuple[int, int]) -> Table:
    table = context.results.table("post_soviet_stocks")
    cells = {(row["country"], row["year"]): row for row in table.frame.iter_rows(named=True)}
    order = table.frame.filter(pl.col("year") == years[1]).sort(pl.col("net") / pl.col("population"))["country"]
    rows = tuple(
        (_state(context, code), *(_per_hundred(context, cells.get((code, year)), side)
                                  for side in ("abroad", "here", "net") for year in years))
        for code in order
    )  # fmt: skip
    heads = (
        context.say(f"post_soviet.column.{side}", year=year) for side in ("abroad", "here", "net") for year in years
    )
    return Table("post_soviet_stocks", (context.say("post_soviet.column.state"), *heads), rows, "lrrrrrr",
                 context.say("post_soviet.stocks"), context.origin(table.sources, table.method),
                 table.frame.filter(pl.col("year").is_in(years)))  # fmt: skip


def _per_hundred(context: Context, row: Row | None, side: str) -> str:
    return "–" if row is None or not row["population"] else context.number(100 * row[side] / row["population"], 1)


def _counts(context: Context) -> Table:
    """Every count of the group."""
    table = context.results.table("post_soviet_counts")
    quoted = table.frame["source"].map_elements(
        lambda one: MARK if context.quoted([one]) else "", return_dtype=pl.String
    )
    rows = tuple(
        (_state(context, row["country"]), str(row["year"]), context.pack.label("basis", row["basis"], context.language),
         context.thousands(row["value"]) + mark, _percent(context, row["share"]), context.thousands(row["population"]))
        for row, mark in zip(table.frame.iter_rows(named=True), quoted, strict=True)
    )  # fmt: skip
    names = ("state", "year", "basis", "count", "share", "people")
    head = tuple(context.say(f"post_soviet.column.{name}") for name in names)
    return Table("post_soviet_counts", head, rows, "lllrrr", context.say("post_soviet.counts"),
                 context.origin(table.sources), table.frame)  # fmt: skip
