"""Why fewer leave: the fall of emigration of each group in two parts; groups that passed the size of a diaspora."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.edition import capital
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table

NEEDS = ("decline_diasporas", "decline_parts")
TOLD = ("change", "part", "part_low", "part_high", "rate_start", "rate_end")
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer by group, parts of the fall, other pairs of periods, new diasporas."""
    frame = context.frame("decline_parts")
    main, rest = frame.filter("main"), frame.filter(~pl.col("main"))
    blocks: tuple[Block | None, ...] = (
        *(_answer(context, row) for row in main.sort("change").iter_rows(named=True)),
        Note(context.say("decline.limits")),
        context.paragraph("decline.parts_text"),
        _chart(context, main) if main.height else None,
        _parts(context, main, "decline_parts").as_detail() if main.height else None,
        context.paragraph("decline.diasporas_text", n="decline.diasporas", new="decline.new", least="decline.least"),
        _diasporas(context),
        *(_history(context) if context.has("decline_history", "decline_history_test") else ()),
        _parts(context, rest, "decline_pairs").as_detail() if rest.height else None,
    )
    return Section("decline", context.say("chapter.decline"), tuple(one for one in blocks if one is not None))


def _answer(context: Context, row: Row) -> Paragraph:
    """Of how much of its fall a group's size is the reason."""
    group = row["group"]
    return context.paragraph(
        "decline.answer", group=capital(context.group(group)), start=_period(row["start"]), end=_period(row["end"]),
        **{name: f"decline.{name}.{group}" for name in TOLD},
    )  # fmt: skip


def _period(told: str) -> str:
    """A year, or the years of a period."""
    first, _, last = told.partition("/")
    return words.years_text(int(first), int(last or first))


def _chart(context: Context, main: pl.DataFrame) -> Figure:
    """Both parts of the fall by group, and the fall."""
    kinds = [
        (context.say(f"decline.kind.{name}"), tint) for name, tint in (("exhaustion", ORANGE), ("propensity", BLUE))
    ]
    rows, sums = [], []
    for row in main.sort("change").iter_rows(named=True):
        place = context.say("decline.row", group=context.group(row["group"]), start=_period(row["start"]),
                            end=_period(row["end"]))  # fmt: skip
        rows += [{"category": place, "kind": kind, "value": row[name] / 1e3}
                 for (kind, _), name in zip(kinds, ("exhaustion", "propensity"), strict=True)]  # fmt: skip
        sums.append({"category": place, "value": row["change"] / 1e3})
    whole = pl.DataFrame(sums), context.say("decline.kind.change")
    spec = by_category.stack(context, pl.DataFrame(rows), context.say("decline.axis"),
                             [one["category"] for one in sums],
                             kinds, whole)  # fmt: skip
    top = main.sort("change").row(0, named=True)
    alt = context.say("decline.chart.alt", n=main.height, group=context.group(top["group"]),
                      change=context.thousands(top["change"], 0), part=context.percent(top["part"]))  # fmt: skip
    table = context.results.table("decline_parts")
    return Figure("decline_parts_chart", context.picture(spec), alt, context.say("decline.chart"),
                  context.origin(table.sources, table.method), main)  # fmt: skip


def _parts(context: Context, frame: pl.DataFrame, key: str) -> Table:
    table = context.results.table("decline_parts")
    rows = tuple(
        (context.group(row["group"]), _period(row["start"]), _period(row["end"]),
         context.thousands(row["left_start"]), context.thousands(row["left_end"]),
         context.number(row["rate_start"], 1), context.number(row["rate_end"], 1),
         context.thousands(row["exhaustion"]), context.thousands(row["propensity"]),
         context.ends(100 * row["part_low"], 100 * row["part_high"], 0))
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    names = (
        "group",
        "start",
        "end",
        "left_start",
        "left_end",
        "rate_start",
        "rate_end",
        "exhaustion",
        "propensity",
        "part",
    )
    head = tuple(context.say(f"decline.column.{name}") for name in names)
    return Table(key, head, rows, "lllrrrrrrr", context.say(f"decline.{key.removeprefix('decline_')}"),
                 context.origin(table.sources, table.method), frame, result="decline_parts")  # fmt: skip


def _diasporas(context: Context) -> Table:
    table = context.results.table("decline_diasporas")
    rows = tuple(
        (context.group(row["group"]), context.say("decline.new" if row["new"] else "decline.old"),
         str(row["passed"]), context.thousands(row["at"]), context.thousands(row["last"]),
         "–" if row["share"] is None else context.number(100 * row["share"], 2),
         "–" if row["yearly"] is None else context.number(100 * row["yearly"], 1),
         "–" if row["region"] is None else context.region(row["region"]),
         "–" if row["region_share"] is None else context.number(100 * row["region_share"], 0))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    year = int(str(table.frame["year"].max()))
    names = ("group", "kind", "passed", "at", "last", "share", "yearly", "region", "region_share")
    head = tuple(context.say(f"decline.column.{name}", year=year) for name in names)
    return Table("decline_diasporas", head, rows, "lllrrrrlr", context.say("decline.diasporas"),
                 context.origin(table.sources), table.frame)  # fmt: skip


def _history(context: Context) -> tuple[Block, ...]:
    """Whether groups that were deported to the country lost more; nothing told where too few were counted."""
    made: tuple[Block, ...] = context.held(
        lambda: _history_text(context), lambda: _history_test(context).as_detail(),
        lambda: Note(context.say("decline.history_limits")), lambda: _history_groups(context).as_detail(),
    )  # fmt: skip
    return made


def _history_text(context: Context) -> Paragraph:
    years = {name: str(context.count(f"decline.history.{name}")) for name in ("start", "end")}
    values = {name: f"decline.history.{name}" for name in ("deported", "others", "p", "low", "high")}
    return context.paragraph("decline.history_text", **years, **values)


def _history_test(context: Context) -> Table:
    """What both kinds of groups kept to each later count, their ratio and the exact p-value."""
    table = context.results.table("decline_history_test")
    rows = tuple(
        (words.year_range(row["start"], row["end"]), context.percent(row["deported"]), context.percent(row["others"]),
         context.number(row["ratio"], 2), context.ends(row["low"], row["high"], 2), context.number(row["p"], 2),
         str(row["n_deported"]), str(row["n_others"]))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    names = ("years", "deported", "others", "ratio", "without", "p", "n_deported", "n_others")
    head = tuple(context.say(f"decline.column.{name}") for name in names)
    return Table("decline_history_test", head, rows, "lrrrrrrr", context.say("decline.history_test"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _history_groups(context: Context) -> Table:
    table = context.results.table("decline_history")
    rows = tuple(
        (words.year_range(row["start"], row["end"]), context.group(row["group"]),
         context.say("decline.was_deported" if row["deported"] else "decline.not_deported"),
         context.thousands(row["first"]), context.thousands(row["last"]), context.percent(row["change"]))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    names = ("years", "group", "history", "first", "last_count", "changed")
    head = tuple(context.say(f"decline.column.{name}") for name in names)
    return Table("decline_history", head, rows, "lllrrr", context.say("decline.history_groups"),
                 context.origin(table.sources), table.frame)  # fmt: skip
