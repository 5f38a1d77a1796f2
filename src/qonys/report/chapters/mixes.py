"""Mixes of measures that none beats: the front, the named ones with their settings, and when they fail."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.figures.edition import capital
from qonys.figures.fronts import effects_by_effort
from qonys.figures.style import BLUE, ORANGE
from qonys.report.chapters.measures import amount_said, named_measure
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Table

FRONT, SETTINGS, FAILURES = "levers_front", "levers_mixes", "levers_failures"
OUTCOMES = {"population": BLUE, "receiving_regions": ORANGE}
NAMED = ("least", "balanced", "robust")
Row = dict[str, Any]


def mixes(context: Context) -> tuple[Block, ...]:
    """What was looked for, the three named mixes, and in the details the front, settings and failures; none without."""
    if not there(context):
        return ()
    return (
        context.paragraph("levers.mixes_text", n="levers.mixes", draws="levers.draws"),
        _named(context),
        context.paragraph("levers.mixes_fail", failed="levers.failed.balanced.population",
                          regions="levers.failed.balanced.receiving_regions", futures="levers.futures"),
        front(context).as_detail(),
        _settings(context).as_detail(),
        _failures(context).as_detail(),
    )  # fmt: skip


def there(context: Context) -> bool:
    """Whether the stored results hold mixes."""
    return all(name in context.results.tables for name in (FRONT, SETTINGS, FAILURES))


def named_mixes(context: Context) -> list[Row]:
    """Rows of the named mixes, in the order of their names; mixes of two names stand under the first."""
    rows = {row["mix"]: row for row in context.frame(FRONT).iter_rows(named=True)}
    return [rows[name] for name in NAMED if name in rows]


def gained(context: Context, row: Row, outcome: str) -> str:
    """The effect of a mix on an outcome in thousands, with its sign."""
    return words.signed(row[f"effect_on_{outcome}"] / 1e3, context.language, 0)


def settings_said(context: Context, mix: str) -> str:
    """What a mix changes, in words."""
    names = _names(context)
    return "; ".join(
        f"{names[row['measure']]}: {amount_said(context.language, row['unit'], row['setting'])}"
        for row in context.frame(SETTINGS).filter(pl.col("mix") == mix).iter_rows(named=True)
    )


def failures_said(context: Context) -> list[str]:
    """A sentence a mix and outcome: in how many cases it fails, and where such cases gather."""
    return [
        context.say(f"levers.fails{'_where' if limits else ''}", mix=context.say(f"policy.mix.{row['mix']}"),
                    outcome=context.say(f"levers.outcome.{row['outcome']}"), failed=context.percent(row["failed"]),
                    where=limits)
        for row, limits in _failed(context)
    ]  # fmt: skip


def front(context: Context) -> Figure:
    """Effects of the mixes against what they take; the named ones are marked."""
    table = context.results.table(FRONT)
    rows = [
        {"effort": row["effort"], "series": context.say(f"levers.outcome.{outcome}"),
         "effect": row[f"effect_on_{outcome}"] / 1e3, "mix": _mix(context, row["mix"])}
        for row in table.frame.iter_rows(named=True) for outcome in OUTCOMES
    ]  # fmt: skip
    marked = [{"effort": row["effort"], "mix": _mix(context, row["mix"])} for row in named_mixes(context)]
    colours = [(context.say(f"levers.outcome.{name}"), tint) for name, tint in OUTCOMES.items()]
    titles = context.say("levers.front_effort"), context.say("levers.front_effect")
    spec = effects_by_effort(context, rows, marked, titles, colours)
    most = table.frame.row(int(table.frame["effect_on_population"].arg_max() or 0), named=True)
    alt = context.say("levers.front_alt", n=table.frame.height, effect=gained(context, most, "population"),
                      effort=context.number(most["effort"], 1))  # fmt: skip
    return Figure(FRONT, context.picture(spec), alt, context.say("levers.front"),
                  context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _mix(context: Context, name: str) -> str:
    return capital(context.say(f"policy.mix.{name}")) if name in NAMED else name


def _names(context: Context) -> dict[str, str]:
    rows = context.frame("levers_ranking").filter(pl.col("outcome") == "population").iter_rows(named=True)
    return {row["measure"]: named_measure(context, row) for row in rows}


def _named(context: Context) -> Table:
    """What the named mixes take and give."""
    table = context.results.table(FRONT)
    rows = tuple(
        (_mix(context, row["mix"]), context.number(row["effort"], 1), gained(context, row, "population"),
         gained(context, row, "receiving_regions"), context.number(row["regret"], 1))
        for row in named_mixes(context)
    )  # fmt: skip
    head = tuple(context.say(f"levers.mix_column.{name}") for name in ("mix", "effort", *OUTCOMES, "regret"))
    return Table("levers_named", head, rows, "lrrrr", context.say("levers.named"),
                 context.origin(table.sources, table.method), result=FRONT)  # fmt: skip


def _settings(context: Context) -> Table:
    table, names = context.results.table(SETTINGS), _names(context)
    rows = tuple(
        (_mix(context, row["mix"]), names[row["measure"]],
         *(_amount(context, row, name) for name in ("at_present", "setting")),
         context.say(f"lab.decided.{row['decided_by']}"),
         ", ".join(context.say(f"lab.basis.{one}") for one in row["basis"].split(", ")))
        for row in table.frame.iter_rows(named=True)
    )  # fmt: skip
    columns = ("mix", "measure", "present", "setting", "decided", "basis")
    head = tuple(context.say(f"levers.mix_column.{name}") for name in columns)
    return Table(SETTINGS, head, rows, "llllll", context.say("levers.mix_settings"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _amount(context: Context, row: Row, name: str) -> str:
    return amount_said(context.language, row["unit"], row[name]) if row[name] else "–"


def _failures(context: Context) -> Table:
    table = context.results.table(FAILURES)
    rows = tuple(
        (_mix(context, row["mix"]), context.say(f"levers.outcome.{row['outcome']}"),
         context.number(100 * row["failed"], 0), limits or "–",
         *("–" if row[name] is None else context.number(100 * row[name], 0) for name in ("coverage", "density")))
        for row, limits in _failed(context)
    )  # fmt: skip
    columns = ("mix", "outcome", "failed", "where", "coverage", "density")
    head = tuple(context.say(f"levers.mix_column.{name}") for name in columns)
    return Table(FAILURES, head, rows, "llrlrr", context.say("levers.mix_failures"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _failed(context: Context) -> list[tuple[Row, str]]:
    """The first row of each mix and outcome, and the limits of its box in words (none: no limit is sure)."""
    frame = context.frame(FAILURES)
    parts = frame.partition_by(["mix", "outcome"], maintain_order=True)
    return [
        (part.row(0, named=True), "; ".join(_limit(context, row) for row in part.iter_rows(named=True) if row["input"]))
        for part in parts
    ]


def _limit(context: Context, row: Row) -> str:
    known = {name: row[f"range_{name}"] for name in ("from", "to")}
    ends = {name: context.number(value, 2) for name, value in known.items() if value is not None}
    key = "levers.limit." + "_".join(ends)
    return context.say(key, input=context.say(f"policy.input.{row['input']}"), **ends)
