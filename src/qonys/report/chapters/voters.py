"""People of voting age by ethnic group and region, now and at the end of the projection."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import by_category
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table

NEEDS = ("voters",)
ENDS = ("low", "median", "high")
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, shares of groups, numbers of groups and of regions."""
    blocks: tuple[Block, ...] = (
        _answer(context),
        Note(context.say("voters.limits")),
        _shares(context),
        _table(context, "group").as_detail(),
        *_beside(context),
        context.paragraph("voters.regions_text"),
        _table(context, "region").as_detail(),
    )
    return Section("voters", context.say("chapter.voters"), blocks)


def _years(context: Context) -> tuple[int, int]:
    return context.count("voters.from"), context.count("voters.to")


def _answer(context: Context) -> Paragraph:
    """How many are of voting age, and the share of the state's own group among them and among those who come next."""
    first, last = _years(context)
    names = {"age": str(context.count("voters.age")), "first": str(first), "last": str(last),
             "people_first": f"voters.people.{first}", "people_last": f"voters.people.{last}"}  # fmt: skip
    if not context.has(f"voters.kin.{first}"):
        return context.paragraph("voters.answer", **names)
    own = {f"{name}_{at}": f"voters.{name}.{year}"
           for name in ("kin", "kin_young") for at, year in (("first", first), ("last", last))}  # fmt: skip
    return context.paragraph("voters.answer_kin", **names, **{f"share_{key}": value for key, value in own.items()})


def _beside(context: Context) -> tuple[Paragraph, ...]:
    """Why these are not the adults to whom the answers of a survey are applied, where the study has both."""
    if not context.has("voters_beside"):
        return ()
    first, year = _years(context)[0], str(context.count("potential.people_year"))
    return (context.paragraph("voters.beside", chapter=context.say("chapter.potential"), asked="potential.people",
                              year=year, own=f"voters.people.{first}", first=str(first)),)  # fmt: skip


def _cells(context: Context, axis: str, measure: str) -> dict[tuple[str, int], Row]:
    kept = (pl.col("axis") == axis) & (pl.col("measure") == measure)
    return {(row["code"], row["year"]): row for row in context.frame("voters").filter(kept).iter_rows(named=True)}


def _name(context: Context, axis: str, code: str) -> str:
    return context.region(code) if axis == "region" else context.group(code)


def _shares(context: Context) -> Figure:
    """Share of each group among people of voting age in both years."""
    table, years = context.results.table("voters"), _years(context)
    cells = _cells(context, "group", "share")
    order = list(dict.fromkeys(code for code, _ in cells))
    rows = [
        {"category": _name(context, "group", code), "series": str(year),
         **{end: 100 * cells[code, year][end] for end in ENDS}}
        for code in order for year in years
    ]  # fmt: skip
    spec = by_category.dots(context, pl.DataFrame(rows), context.say("voters.axis"),
                            [_name(context, "group", code) for code in order],
                            [(str(years[0]), BLUE), (str(years[1]), ORANGE)], form=".1f", step=14)  # fmt: skip
    first, last = (cells[order[0], year]["median"] for year in years)
    alt = context.say("voters.shares.alt", n=len(order), group=context.group(order[0]), start=years[0], end=years[1],
                      first=context.percent(first), last=context.percent(last))  # fmt: skip
    frame = table.frame.filter((pl.col("axis") == "group") & (pl.col("measure") == "share"))
    return Figure("voters_shares", context.picture(spec), alt, context.say("voters.shares"),
                  context.origin(table.sources, table.method), frame)  # fmt: skip


def _table(context: Context, axis: str) -> Table:
    """People of voting age and their share by group or region in both years."""
    table, years = context.results.table("voters"), _years(context)
    people, shares = (_cells(context, axis, measure) for measure in ("persons", "share"))
    codes = list(dict.fromkeys(code for code, _ in people))
    rows = tuple(
        (_name(context, axis, code),
         *(_ends(context, people[code, year], 1e-3, 0) for year in years),
         *(_ends(context, shares[code, year], 100, 1) for year in years))
        for code in codes
    )  # fmt: skip
    head = (
        context.say(f"voters.column.{axis}"),
        *(context.say(f"voters.column.{name}", year=year) for name in ("persons", "share") for year in years),
    )
    kept = table.frame.filter(pl.col("axis") == axis)
    return Table(f"voters_{axis}", head, rows, "lrrrr", context.say(f"voters.{axis}"),
                 context.origin(table.sources, table.method), kept, result="voters")  # fmt: skip


def _ends(context: Context, row: Row, scale: float, decimals: int) -> str:
    """A median with the ends of its interval."""
    low, middle, high = (scale * row[end] for end in ENDS)
    return f"{context.number(middle, decimals)} ({context.ends(low, high, decimals)})"
