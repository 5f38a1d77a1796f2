"""How people come to move: who intends, plans, moves and settles by the fitted chain; what is learnt of it."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures import behaviour as figures
from qonys.figures.behaviour import AXES, SHARES, STAGES, STRENGTHS, part_name, ranged
from qonys.figures.edition import capital
from qonys.report.context import Context
from qonys.report.document import Block, Note, Paragraph, Section, Table

OPEN, SCORES = "behaviour_open", "behaviour_scores"
NEEDS = (STAGES, figures.LEARNT, figures.FIT, OPEN, STRENGTHS, SCORES)
MAIN = "group"
Row = dict[str, Any]


def build(context: Context) -> Section:
    """The answer, who does what, what is learnt, scenarios of norm and networks, forecasts held out; tables behind."""
    blocks: tuple[Block, ...] = (
        answer(context),
        who(context),
        context.figure("behaviour_stages_group", drawing := figures.stages(context, MAIN), drawing.title),
        learnt(context),
        strengths(context),
        scored(context),
        Note(context.say("behaviour.report.note")),
        missed(context),
        _stages_table(context).as_detail(),
        _learnt_table(context).as_detail(),
        _open_table(context).as_detail(),
        _strengths_table(context).as_detail(),
        _scores_table(context).as_detail(),
    )  # fmt: skip
    return Section("behaviour", context.say("chapter.behaviour"), blocks)


def answer(context: Context) -> Paragraph:
    """Stages of all people."""
    return context.paragraph("behaviour.report.answer", intend="behaviour.intend", plan="behaviour.plan",
                             left="behaviour.left", there="behaviour.there", year="behaviour.year",
                             draws="behaviour.draws")  # fmt: skip


def _ends(context: Context, axis: str, measure: str = SHARES[0]) -> tuple[Row, Row]:
    """The part of an axis with most, and the one with least."""
    frame = context.frame(STAGES).filter((pl.col("axis") == axis) & (pl.col("measure") == measure)).sort("median")
    return frame.row(-1, named=True), frame.row(0, named=True)


def who(context: Context) -> Paragraph:
    """Ethnic groups, ages and education."""
    named: dict[str, str] = {}
    for axis in ("group", "age", "education"):
        for place, row in zip(("most", "least"), _ends(context, axis), strict=True):
            named[f"{axis}_{place}"] = part_name(context, axis, row["code"])
            named[f"{axis}_{place}_share"] = ranged(context, row)
    return context.paragraph("behaviour.report.who", **named)


def learnt(context: Context) -> Paragraph:
    """Directions that are learnt, and how far results go along the others."""
    left = _left(context)
    frame = context.frame(OPEN)
    widest = frame.filter(pl.col("outcome") == SHARES[0]).sort(pl.col("high") - pl.col("low")).row(-1, named=True)
    along = frame.filter(pl.col("direction") == widest["direction"])
    moves = along.row(by_predicate=pl.col("outcome") == "moves", named=True)
    return context.paragraph(
        "behaviour.report.learnt", n="behaviour.matrices", count="behaviour.directions", total="behaviour.parameters",
        distance=left["distance"], gain=left["gain"], drop=left["drop"], norm=left["norm"],
        low=context.number(widest["low"], 1), high=context.number(widest["high"], 1),
        moves_low=_millions(context, moves["low"]), moves_high=_millions(context, moves["high"]),
        year="behaviour.year", until="behaviour.until",
    )  # fmt: skip


def _left(context: Context) -> dict[str, str]:
    """Percent of the prior's spread that is left, by parameter."""
    return {row["parameter"]: context.number(row["left_open"], 0)
            for row in context.frame(figures.FIT).iter_rows(named=True)}  # fmt: skip


def _millions(context: Context, value: float) -> str:
    return context.number(value / 1e6, 2)


def strengths(context: Context) -> Paragraph:
    """What other strengths of the norm and of networks would change."""
    rows = {(row["case"], row["outcome"]): row for row in context.frame(STRENGTHS).iter_rows(named=True)}
    left = _left(context)
    gone, near, moved = (("emigrants", 1e3, 0), ("same_region", 1.0, 1), ("moves", 1e6, 2))

    def shown(case: str, what: tuple[str, float, int], column: str = "found") -> str:
        return context.number(rows[case, what[0]][column] / what[1], what[2])

    return context.paragraph(
        "behaviour.report.strengths", norm=left["norm"], network=left["network"], year="behaviour.year",
        until="behaviour.until", off=shown("network_off", gone), fitted=shown("network_off", gone, "fitted"),
        twice=shown("network_twice", gone), near_off=shown("network_off", near),
        near_fitted=shown("network_off", near, "fitted"), near_twice=shown("network_twice", near),
        norm_off=shown("norm_off", moved), norm_fitted=shown("norm_off", moved, "fitted"),
        norm_twice=shown("norm_twice", moved),
    )  # fmt: skip


def scored(context: Context) -> Paragraph:
    """The error of the newest matrix held out, and how often the chain is worse."""
    frame = context.frame(SCORES)
    last = frame.filter(pl.col("year") == frame["year"].max())
    error = {row["method"]: row["error"] for row in last.iter_rows(named=True)}
    verdict = "worse" if error["chain"] > min(error.values()) else "better"
    return context.paragraph(
        f"behaviour.report.scores.{verdict}", n="behaviour.held", year=str(last["year"][0]), worse="behaviour.worse",
        all=str(2 * frame.filter(pl.col("method") != "chain").height),
        **{name: context.number(value, 0) for name, value in error.items()},
    )  # fmt: skip


def missed(context: Context) -> Paragraph:
    """How closely the first year meets the regional projection."""
    return context.paragraph("behaviour.report.missed", n="behaviour.missed", draws="behaviour.draws",
                             miss="behaviour.miss")  # fmt: skip


def _table(
    context: Context, key: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], left: int = 1
) -> Table:
    """A table whose first `left` columns are texts."""
    stored = context.results.table(key)
    return Table(key, head, rows, "l" * left + "r" * (len(head) - left), context.say(f"behaviour.report.{key}"),
                 context.origin(stored.sources, stored.method), stored.frame)  # fmt: skip


def _head(context: Context, *names: str) -> tuple[str, ...]:
    return tuple(context.say(f"behaviour.column.{name}") for name in names)


def _stages_table(context: Context) -> Table:
    """Stages of all axes."""
    frame = context.frame(STAGES)
    cells = {(row["axis"], row["code"], row["measure"]): row for row in frame.iter_rows(named=True)}
    rows = tuple(
        (part_name(context, axis, code),
         *(ranged(context, cells[axis, code, one]) if (axis, code, one) in cells else "–" for one in figures.MEASURES))
        for axis in (figures.ALL, *AXES)
        for code in frame.filter(pl.col("axis") == axis)["code"].unique(maintain_order=True)
    )  # fmt: skip
    head = (*_head(context, "part"), *(context.say(f"behaviour.outcome.{one}") for one in figures.MEASURES))
    return _table(context, STAGES, head, rows)


def _learnt_table(context: Context) -> Table:
    """Spread left by parameter and set of figures; the last row counts directions."""
    frame = context.frame(figures.LEARNT)
    sets = frame.columns[1:]
    rows = tuple(
        (capital(context.say(f"behaviour.name.{row['parameter']}")), *(context.number(row[one], 0) for one in sets))
        for row in frame.iter_rows(named=True)
    )
    head = (*_head(context, "parameter"), *(context.say(f"behaviour.set.{one}") for one in sets))
    return _table(context, figures.LEARNT, head, rows)


def _outcome(context: Context, name: str, value: float) -> str:
    """A result in its unit."""
    return context.number(value, 1) if name in SHARES else context.number(value / 1e3, 0)


def _outcome_heads(context: Context, frame: pl.DataFrame) -> tuple[list[str], tuple[str, ...]]:
    """The results of a table, and their headings."""
    found = frame["outcome"].unique(maintain_order=True).to_list()
    return found, tuple(context.say(f"behaviour.outcome.{one}") for one in found)


def _open_table(context: Context) -> Table:
    """Results at the centre of the fit and along directions that are not learnt."""
    frame = context.frame(OPEN)
    outcomes, heads = _outcome_heads(context, frame)
    cells = {(row["direction"], row["outcome"]): row for row in frame.iter_rows(named=True)}
    first = frame.row(0, named=True)["direction"]
    rows = [(context.say("behaviour.case.fitted"),
             *(_outcome(context, one, cells[first, one]["middle"]) for one in outcomes))]  # fmt: skip
    rows += [
        (f"{number}: {named_direction(context, named)}",
         *(" … ".join(_outcome(context, one, cells[number, one][end]) for end in ("low", "high")) for one in outcomes))
        for number, named in frame.select("direction", "parameters").unique(maintain_order=True).iter_rows()
    ]  # fmt: skip
    return _table(context, OPEN, (*_head(context, "direction"), *heads), tuple(rows))


def named_direction(context: Context, parameters: str) -> str:
    """The parameters of a direction by name, with their signs."""
    signs = {"+": "+", "-": "−"}
    return " ".join(
        signs[part] if part in signs else context.say(f"behaviour.name.{part}") for part in parameters.split()
    )


def _strengths_table(context: Context) -> Table:
    """Results as fitted and under other strengths of the norm and of networks."""
    frame = context.frame(STRENGTHS)
    outcomes, heads = _outcome_heads(context, frame)
    cells = {(row["case"], row["outcome"]): row for row in frame.iter_rows(named=True)}
    cases = frame["case"].unique(maintain_order=True).to_list()
    rows = [(context.say("behaviour.case.fitted"),
             *(_outcome(context, one, cells[cases[0], one]["fitted"]) for one in outcomes))]  # fmt: skip
    rows += [
        (context.say(f"behaviour.case.{case}"),
         *(_outcome(context, one, cells[case, one]["found"]) for one in outcomes))
        for case in cases
    ]  # fmt: skip
    return _table(context, STRENGTHS, (*_head(context, "case"), *heads), tuple(rows))


def _scores_table(context: Context) -> Table:
    """Scores of the chain and of rules without behaviour."""
    rows = tuple(
        (str(row["year"]), context.say(f"behaviour.method.{row['method']}"), context.number(row["log_score"], 3),
         context.number(row["error"], 0), context.number(row["inside_percent"], 1))
        for row in context.frame(SCORES).iter_rows(named=True)
    )  # fmt: skip
    return _table(context, SCORES, _head(context, "year", "method", "log_score", "error", "inside"), rows, 2)
