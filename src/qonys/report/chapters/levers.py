"""Which measure and which link of the mechanism to act on: three rankings side by side, none of them the only one."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import by_category
from qonys.figures.orders import partial_order
from qonys.figures.style import BLUE, ORANGE, wrapped
from qonys.report.chapters.measures import change_text, named_measure, thousands
from qonys.report.chapters.mixes import mixes
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table

NEEDS = ("levers_ranking", "levers_above", "levers_stages")
CHIEF, SECOND = "population", "receiving_regions"
STAGES = ("intention", "plan", "move", "settling")
ENDS = ("low", "middle", "high")
LABELS = {"labelLimit": 420, "labelExpr": "split(datum.label, '\\n')"}
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer and the figure; links, rankings and order in the details."""
    blocks: tuple[Block, ...] = (
        context.paragraph("levers.text", n="levers.measures", points="levers.points", draws="levers.draws",
                          since="levers.since", year="levers.year"),
        _strongest(context),
        _indices(context).as_detail(),
        _linked(context),
        context.paragraph("levers.luck_text", luck="levers.luck", least="levers.least"),
        *_bought(context),
        *mixes(context),
        Note(context.say("levers.limits")),
        _stages(context).as_detail(),
        _ranking(context).as_detail(),
        _order(context).as_detail(),
    )  # fmt: skip
    return Section("levers", context.say("chapter.levers"), blocks)


def _rows(context: Context, outcome: str) -> list[Row]:
    return context.frame("levers_ranking").filter(pl.col("outcome") == outcome).to_dicts()


def _strongest(context: Context) -> Paragraph:
    """The first by the whole range, and what one step of it and of the first by controllability does."""
    rows = sorted(_rows(context, CHIEF), key=lambda row: -row["total_order"])
    first = rows[0]
    near = max((row for row in rows if row["controllability"] == max(one["controllability"] for one in rows)),
               key=lambda row: row["total_order"])  # fmt: skip
    return context.paragraph(
        "levers.strongest", name=named_measure(context, first),
        decided=context.say(f"lab.decided.{first['decided_by']}"),
        total=f"levers.total.{first['measure']}", near=named_measure(context, near),
        near_decided=context.say(f"lab.decided.{near['decided_by']}"), near_total=f"levers.total.{near['measure']}",
        step=_stepped(context, near), effect=thousands(context, near, "step_", 1),
    )  # fmt: skip


def _linked(context: Context) -> Paragraph:
    """The link of the mechanism by which each of two outcomes is moved most."""
    frame = context.frame("levers_stages")
    named: dict[str, str] = {}
    for key, outcome in (("one", CHIEF), ("two", SECOND)):
        rows = frame.filter(pl.col("outcome") == outcome).sort("total_order", descending=True)["stage"].to_list()
        for place, stage in (("", rows[0]), ("_next", rows[min(1, len(rows) - 1)])):
            named[key + place] = context.say(f"policy.stage.{stage}")
            named[f"total_{key}{place}"] = f"levers.stage.{outcome}.{stage}"
    return context.paragraph("levers.stages_text", **named)


def _bought(context: Context) -> tuple[Block, ...]:
    """How many measures have a sourced cost; nothing is said of cheapness where none has."""
    rows = [row for row in _rows(context, SECOND) if row["cost"] is not None]
    if not rows:
        return (context.paragraph("levers.no_cost"),)
    listed = "; ".join(
        context.say("levers.bought_one", name=named_measure(context, row), effect=_bought_text(context, row))
        for row in sorted(rows, key=lambda row: -row["bought_middle"])
    )
    return (context.paragraph("levers.bought", n=str(len(rows)), listed=listed),)


def _bought_text(context: Context, row: Row) -> str:
    low, middle, high = (context.number(row[f"bought_{end}"], 1) for end in ENDS)
    return f"{middle} ({low} … {high})"


def _stepped(context: Context, row: Row) -> str:
    return change_text(context.language, row["unit"], row["one_step"])


def _folded(context: Context, row: Row) -> str:
    """The name of a measure in lines."""
    return "\n".join(wrapped(named_measure(context, row), 24 if context.theme.narrow else 31))


def _share(context: Context, row: Row, name: str) -> str:
    """An index in percent with its interval."""
    low, middle, high = (context.number(100 * row[end], 1) for end in (f"{name}_low", name, f"{name}_high"))
    return f"{middle} ({low} … {high})"


def _indices(context: Context) -> Figure:
    """Total index of each measure for two outcomes."""
    table = context.results.table("levers_ranking")
    both = {outcome: {row["measure"]: row for row in _rows(context, outcome)} for outcome in (CHIEF, SECOND)}
    order = sorted(both[CHIEF], key=lambda name: -max(both[one][name]["total_order"] for one in both))
    names = {name: _folded(context, both[CHIEF][name]) for name in order}
    series = {outcome: context.say(f"levers.outcome.{outcome}") for outcome in both}
    frame = pl.DataFrame([
        {"category": names[name], "series": series[outcome], "low": 100 * both[outcome][name]["total_order_low"],
         "median": 100 * both[outcome][name]["total_order"], "high": 100 * both[outcome][name]["total_order_high"]}
        for name in order for outcome in both
    ])  # fmt: skip
    spec = by_category.dots(context, frame, context.say("levers.axis"), [names[name] for name in order],
                            [(series[CHIEF], BLUE), (series[SECOND], ORANGE)], form=".1f", step=14,
                            y=LABELS)  # fmt: skip
    first = both[CHIEF][max(both[CHIEF], key=lambda name: both[CHIEF][name]["total_order"])]
    alt = context.say("levers.indices.alt", n=len(order), name=named_measure(context, first),
                      total=context.percent(first["total_order"]))  # fmt: skip
    kept = table.frame.filter(pl.col("outcome").is_in([CHIEF, SECOND]))
    return Figure("levers_indices", context.picture(spec), alt, context.say("levers.indices"),
                  context.origin(table.sources, table.method), kept)  # fmt: skip


def _stages(context: Context) -> Table:
    """Total index of each link by outcome."""
    table = context.results.table("levers_stages")
    cells = {(row["outcome"], row["stage"]): row for row in table.frame.iter_rows(named=True)}
    present = [one for one in STAGES if any(stage == one for _, stage in cells)]
    rows = tuple(
        (context.say(f"levers.outcome.{outcome}"),
         *(context.number(100 * cells[outcome, stage]["total_order"], 1) for stage in present))
        for outcome in table.frame["outcome"].unique(maintain_order=True)
    )  # fmt: skip
    head = (context.say("lab.column.outcome"), *(f"{context.say(f'policy.stage.{one}')}, %" for one in present))
    return Table("levers_stages", head, rows, "l" + "r" * len(present), context.say("levers.stages"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _ranking(context: Context) -> Table:
    """Three rankings of each measure, for two outcomes."""
    table, rows = context.results.table("levers_ranking"), []
    for outcome in (CHIEF, SECOND):
        for row in sorted(_rows(context, outcome), key=lambda row: -row["total_order"]):
            rows.append((
                context.say(f"levers.outcome.{outcome}"), f"{named_measure(context, row)}: {_stepped(context, row)}",
                context.say(f"policy.stage.{row['stage']}"), str(row["controllability"]),
                thousands(context, row, "step_", 1), thousands(context, row, "range_", 1),
                _share(context, row, "total_order"), "—" if row["cost"] is None else _bought_text(context, row),
            ))  # fmt: skip
    head = tuple(context.say(f"levers.column.{name}")
                 for name in ("outcome", "measure", "stage", "order", "step", "range", "total", "bought"))  # fmt: skip
    kept = table.frame.filter(pl.col("outcome").is_in([CHIEF, SECOND]))
    return Table("levers_ranking", head, tuple(rows), "llllrrrr", context.say("levers.ranking"),
                 context.origin(table.sources, table.method), kept)  # fmt: skip


def _order(context: Context) -> Figure:
    """The partial order of weights for the population."""
    table = context.results.table("levers_above")
    frame = table.frame.filter(pl.col("outcome") == CHIEF)
    names = {row["measure"]: _folded(context, row) for row in _rows(context, CHIEF)}
    places: list[Row] = [
        {"category": names[part["measure"][0]], "place": int(part["rank"][0]),
         "above": int(frame.filter((pl.col("other_measure") == part["measure"][0]) & pl.col("surely")).height),
         "below": int(part["surely"].sum())}
        for part in frame.sort("rank", "measure").partition_by("measure", maintain_order=True)
    ]  # fmt: skip
    lines = [
        {"category": names[row["measure"]], "place": row["rank"], "to": names[row["other_measure"]],
         "to_place": row["rank_of_other"]}
        for row in frame.filter(pl.col("next")).iter_rows(named=True)
    ]  # fmt: skip
    spec = partial_order(context, places, lines, context.say("levers.order_axis"))
    top = [row["category"] for row in places if row["place"] == 1]
    alt = context.say("levers.order.alt", n=len(places), listed="; ".join(top).replace("\n", " "))
    return Figure("levers_order", context.picture(spec), alt, context.say("levers.order"),
                  context.origin(table.sources, table.method), frame)  # fmt: skip
