"""Representation of ethnic groups: ratios by sphere and year, small bodies by seats, bounds of dissimilarity."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.edition import capital
from qonys.figures.style import SEQUENCE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.study.chapters.representation import SEATS, name_of

NEEDS = ("representation_spheres", "representation_unequal")
BODIES = 2
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, the newest bodies, every ratio, bounds of dissimilarity."""
    frame = context.frame("representation_spheres")
    bodies = _newest_bodies(frame)
    blocks: tuple[Block | None, ...] = (
        _answer(context, frame),
        *(_body(context, row) for row in bodies),
        Note(context.say("representation.limits")),
        *context.cautions("ethnic_representation"),
        context.paragraph("representation.chart_text"),
        _chart(context, frame),
        _table(context, "bodies", frame.filter(pl.col("limits") == SEATS)).as_detail(),
        *_unequal(context),
        context.paragraph("representation.missing"),
        _table(context, "spheres", frame).as_detail(),
    )
    return Section("representation", context.say("chapter.representation"),
                   tuple(one for one in blocks if one is not None))  # fmt: skip


def _sphere(context: Context, code: str) -> str:
    return context.pack.label("sphere", code, context.language)


def _answer(context: Context, frame: pl.DataFrame) -> Paragraph | None:
    """The spheres where each group of the fullest year stands lowest and highest."""
    if not context.has("representation.year"):
        return None
    year = context.count("representation.year")
    part = frame.filter((pl.col("year") == year) & (pl.col("limits") != SEATS))
    told = []
    for group in dict.fromkeys(part["group"]):
        own = part.filter(pl.col("group") == group).sort("ratio")
        least, most = own.row(0, named=True), own.row(-1, named=True)
        told.append(context.say(
            "representation.extremes", group=context.group(group), low=context.number(least["ratio"], 2),
            low_sphere=_sphere(context, least["sphere"]), high=context.number(most["ratio"], 2),
            high_sphere=_sphere(context, most["sphere"]),
        ))  # fmt: skip
    return context.paragraph("representation.answer", year=str(year), n=str(part["sphere"].n_unique()),
                             told=capital("; ".join(told)))  # fmt: skip


def _newest_bodies(frame: pl.DataFrame) -> list[Row]:
    """The largest body of each of the newest years that count members, and its group with the least ratio."""
    order = ["year", "total", "ratio"]
    counted = frame.filter(pl.col("limits") == SEATS).sort(order, descending=[True, True, False])
    return counted.unique("year", keep="first", maintain_order=True).head(BODIES).rows(named=True)


def _body(context: Context, row: Row) -> Paragraph:
    return context.paragraph(
        "representation.body", sphere=capital(_sphere(context, row["sphere"])), year=str(row["year"]),
        group=context.group(row["group"]), seats=context.number(row["seats"]), total=context.number(row["total"]),
        parity=context.number(row["base"] * row["total"], 0), ratio=name_of(row),
    )  # fmt: skip


def _place(context: Context, row: Row) -> str:
    return context.say("representation.place", sphere=_sphere(context, row["sphere"]), year=row["year"])


def _chart(context: Context, frame: pl.DataFrame) -> Figure:
    """Every ratio with its limits."""
    rows = [
        {"category": _place(context, row), "series": context.group(row["group"]), "low": row["low"],
         "median": row["ratio"], "high": row["high"]}
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    shown = pl.DataFrame(rows)
    groups, order = list(dict.fromkeys(shown["series"])), list(dict.fromkeys(shown["category"]))
    colours = [(name, SEQUENCE[index % len(SEQUENCE)]) for index, name in enumerate(groups)]
    spec = by_category.dots(context, shown, context.say("representation.axis"), order, colours, at=1,
                            at_name=context.say("key.equal"), form=".2f", step=15, aside=False, limit=235)  # fmt: skip
    top, least = (frame.sort("ratio").row(at, named=True) for at in (-1, 0))
    alt = context.say(
        "representation.chart.alt", n=frame.height, first=frame["year"].min(), last=frame["year"].max(),
        most=context.number(top["ratio"], 2), most_group=context.group(top["group"]), most_place=_place(context, top),
        least=context.number(least["ratio"], 2), least_group=context.group(least["group"]),
        least_place=_place(context, least),
    )  # fmt: skip
    table = context.results.table("representation_spheres")
    return Figure("representation_chart", context.picture(spec), alt, context.say("representation.chart"),
                  context.origin(table.sources, table.method), frame)  # fmt: skip


def _table(context: Context, kind: str, frame: pl.DataFrame) -> Table:
    """Shares with their ratios: of the bodies whose members are counted, or all."""
    rows = tuple(
        (str(row["year"]), _sphere(context, row["sphere"]), context.group(row["group"]),
         "–" if row["seats"] is None else context.say("representation.of", seats=row["seats"], total=row["total"]),
         context.number(100 * row["share"], 1), context.number(100 * row["base"], 1),
         words.years_text(row["base_from"], row["base_to"]), context.number(row["ratio"], 2),
         context.ends(row["low"], row["high"], 2))
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    names = ("year", "sphere", "group", "seats", "share", "base", "counts", "ratio", "limits")
    head = tuple(context.say(f"representation.column.{name}") for name in names)
    table = context.results.table("representation_spheres")
    return Table(f"representation_{kind}", head, rows, "lllrrrlrr", context.say(f"representation.{kind}"),
                 context.origin(table.sources, table.method), frame, result="representation_spheres")  # fmt: skip


def _unequal(context: Context) -> tuple[Block, ...]:
    """Pairs of groups: odds ratio of the spheres that differ most, and the largest dissimilarity that it allows."""
    table = context.results.table("representation_unequal")
    if table.frame.is_empty():
        return ()
    top = table.frame.row(0, named=True)
    text = context.paragraph(
        "representation.unequal_text", one=context.group(top["one"]), other=context.group(top["other"]),
        year=str(top["year"]), most=f"representation.most.{top['one']}.{top['other']}.{top['year']}",
    )  # fmt: skip
    rows = tuple(
        (str(row["year"]), context.group(row["one"]), context.group(row["other"]), str(row["spheres"]),
         context.number(row["odds"], 2), *(context.number(100 * row[name], 1) for name in ("most", "most_high")))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    names = ("year", "one", "other", "spheres", "odds", "most", "most_high")
    head = tuple(context.say(f"representation.column.{name}") for name in names)
    shown = Table("representation_unequal", head, rows, "lllrrrr", context.say("representation.unequal"),
                  context.origin(table.sources, table.method), table.frame)  # fmt: skip
    return text, shown.as_detail()
