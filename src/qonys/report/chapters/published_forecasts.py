"""Forecasts of others: what came, what this study would have said from the same years, and those still to come."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import by_category
from qonys.figures.edition import MARK, capital
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table
from qonys.study.chapters.published_forecasts import NATIONS

NEEDS = ("forecasts_scored",)
SHARE = "percent"
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, forecasts whose year has come, those still to come, those that nothing can be said of."""
    frame = context.frame("forecasts_scored")
    came, ahead = frame.drop_nulls("error"), frame.drop_nulls("within")
    rest = frame.filter(pl.col("error").is_null() & pl.col("within").is_null())
    blocks: tuple[Block | None, ...] = (
        context.paragraph("forecasts.answer", all="forecasts.all", scored="forecasts.scored", ahead="forecasts.ahead",
                          within="forecasts.within"),
        Note(context.say("forecasts.limits")),
        *((context.paragraph("forecasts.came_text"), *_sentences(context, came), _errors(context, came),
           _came(context, came).as_detail()) if came.height else ()),
        *((context.paragraph("forecasts.ahead_text"), _ahead(context, ahead).as_detail()) if ahead.height else ()),
        *((context.paragraph("forecasts.rest_text"), _rest(context, rest).as_detail()) if rest.height else ()),
    )  # fmt: skip
    title = context.say("chapter.published_forecasts")
    return Section("published_forecasts", title, tuple(one for one in blocks if one is not None))


def _is_edition(row: Row) -> bool:
    """Whether a forecast is one of a series: its author names edition and base year, since `made` is the base year."""
    return bool(row["forecaster"] == NATIONS)


def _made(context: Context, row: Row) -> str:
    """The year in which a forecast was made: of an edition, that of its source."""
    if not _is_edition(row):
        return str(row["made"])
    return str(context.pack.sources().row(by_predicate=pl.col("id") == row["source"], named=True)["year"])


def author(context: Context, row: Row) -> str:
    """Who made a forecast."""
    if _is_edition(row):
        return context.say("forecasts.nations", edition=_made(context, row), made=row["made"])
    return context.pack.label("forecaster", row["forecaster"], context.language)


def _sentences(context: Context, came: pl.DataFrame) -> tuple[Block, ...]:
    """The error of each forecast whose year has come, and of this study's."""
    found: list[Block] = []
    for row in came.sort("made", "horizon").iter_rows(named=True):
        name = f"{row['forecaster']}.{row['made']}.{row['horizon']}"
        keys = ("forecasts.sentence", "forecasts.sentence_back")
        keys = ("forecasts.sentence.edition", "forecasts.sentence_back.edition") if _is_edition(row) else keys
        key = keys[row["back"] is not None]
        ours = {} if row["back"] is None else {"back": f"forecasts.back.{name}", "origin": str(row["back_from"])}
        found.append(
            context.paragraph(key, who=capital(author(context, row)), made=str(row["made"]), year=str(row["horizon"]),
                              error=f"forecasts.error.{name}", **ours)
        )  # fmt: skip
    return tuple(found)


def _errors(context: Context, came: pl.DataFrame) -> Figure:
    """Errors of the forecasts and of this study's from the same years."""
    names = [context.say("forecasts.kind.theirs"), context.say("forecasts.kind.ours")]
    rows, order = [], []
    for row in came.sort("made", "horizon").iter_rows(named=True):
        key = "forecasts.row.edition" if _is_edition(row) else "forecasts.row"
        place = context.say(key, who=author(context, row), made=row["made"], year=row["horizon"])
        order.append(place)
        ends = [row[end] if row[end] is not None else row["value"] for end in ("low", "high")]
        middle = row["value"] if row["value"] is not None else sum(ends) / 2
        told = [100 * (end / row["came"] - 1) for end in (ends[0], middle, ends[1])]
        rows.append({"category": place, "series": names[0], "low": told[0], "median": told[1], "high": told[2]})
        if row["back"] is not None:
            rows.append({"category": place, "series": names[1], "low": 100 * row["back_low"],
                         "median": 100 * row["back"], "high": 100 * row["back_high"]})  # fmt: skip
    spec = by_category.dots(context, pl.DataFrame(rows), context.say("forecasts.axis"), order,
                            list(zip(names, (ORANGE, BLUE), strict=True)), form=".1f", step=16, limit=340)  # fmt: skip
    worst = came.sort(pl.col("error").abs()).row(-1, named=True)
    alt = context.say("forecasts.errors.alt", n=came.height, who=author(context, worst), year=worst["horizon"],
                      error=context.percent(worst["error"], 1))  # fmt: skip
    return Figure("forecasts_errors", context.picture(spec), alt, context.say("forecasts.errors"),
                  context.origin(came["source"].unique().sort()), came)  # fmt: skip


def _amount(context: Context, row: Row, value: float | None) -> str:
    """Persons in thousands, a share in percent."""
    if value is None:
        return "–"
    return context.percent(value, 1) if row["unit"] == SHARE else context.thousands(value, 0)


def _stated(context: Context, row: Row) -> str:
    """What the forecast says: its middle, its range, or both, with the mark of what is quoted."""
    ends = [_amount(context, row, row[end]) for end in ("low", "high")]
    span = "" if row["low"] is None else f"{ends[0]} … {ends[1]}"
    middle = "" if row["value"] is None else _amount(context, row, row["value"])
    told = f"{middle} ({span})" if middle and span else middle or span
    return told + (MARK if context.quoted([row["source"]]) else "")


def _first(context: Context, row: Row) -> tuple[str, ...]:
    what = context.pack.label("quantity", row["quantity"], context.language)
    unit = context.say("forecasts.unit.share" if row["unit"] == SHARE else "forecasts.unit.persons")
    who, told = capital(author(context, row)), _stated(context, row)
    return who, _made(context, row), str(row["horizon"]), f"{what}, {unit}", told


FIRST = ("who", "made", "horizon", "quantity", "stated")


def _came(context: Context, came: pl.DataFrame) -> Table:
    rows = tuple(
        (*_first(context, row), context.ends(row["came_low"] / 1e3, row["came_high"] / 1e3, 0),
         context.number(100 * row["error"], 1),
         "–" if row["back"] is None else context.number(100 * row["back"], 1),
         "–" if row["back"] is None else context.ends(100 * row["back_low"], 100 * row["back_high"], 1))
        for row in came.iter_rows(named=True)
    )  # fmt: skip
    head = tuple(context.say(f"forecasts.column.{name}") for name in (*FIRST, "came", "error", "back", "back_ends"))
    return Table("forecasts_came", head, rows, "lrrlrrrrr", context.say("forecasts.came"),
                 context.origin(came["source"].unique().sort()), came, result="forecasts_scored")  # fmt: skip


def _ahead(context: Context, ahead: pl.DataFrame) -> Table:
    rows = tuple(
        (*_first(context, row), _amount(context, row, row["ours"]),
         f"{_amount(context, row, row['ours_low'])} … {_amount(context, row, row['ours_high'])}",
         context.say(f"forecasts.within.{str(row['within']).lower()}"))
        for row in ahead.iter_rows(named=True)
    )  # fmt: skip
    head = tuple(context.say(f"forecasts.column.{name}") for name in (*FIRST, "ours", "ours_ends", "within"))
    return Table("forecasts_ahead", head, rows, "lrrlrrrl", context.say("forecasts.ahead"),
                 context.origin(ahead["source"].unique().sort()), ahead, result="forecasts_scored")  # fmt: skip


def _rest(context: Context, rest: pl.DataFrame) -> Table:
    rows = tuple(_first(context, row) for row in rest.iter_rows(named=True))
    head = tuple(context.say(f"forecasts.column.{name}") for name in FIRST)
    return Table("forecasts_rest", head, rows, "lrrlr", context.say("forecasts.rest"),
                 context.origin(rest["source"].unique().sort()), rest, result="forecasts_scored")  # fmt: skip
