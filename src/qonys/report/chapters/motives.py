"""What people say about moving, and how far it can be trusted."""

from __future__ import annotations

import re

import polars as pl

from qonys import inputs, words
from qonys.figures import by_category
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table

NEEDS = ("survey_flags", "survey_published")
REASONS = ("economic_situation", "no_prospects", "language_policy", "better_standard_of_living")
WISHES = (
    "would_leave",
    "would_move",
    "considers_moving",
    "wish_to_leave",
    "would_like_to",
    "ready_to_leave_country",
    "will_leave",
)


def build(context: Context) -> Section:
    """Motives."""
    blocks: tuple[Block, ...] = (
        context.paragraph(
            "motives.intro",
            n="motives.results",
            surveys="motives.surveys",
            known="motives.with_number",
            local="motives.local",
        ),
        context.paragraph("motives.grades", fair="motives.fair", weak="motives.weak", unusable="motives.unusable"),
        Note(context.say("motives.limits")),
        _wishes(context),
        _reasons(context),
        _flags(context).as_detail(),
        *context.cautions("survey_results"),
    )
    return Section("motives", context.say("chapter.motives"), blocks)


def label(context: Context, axis: str, code: str) -> str:
    """Name of a code of the collection, or the code."""
    column = f"name_{context.language}"
    rows = context.pack.labels().filter((pl.col("axis") == axis) & (pl.col("code") == code))
    return str(rows[column][0]) if rows.height else code


def grade(context: Context, code: str) -> str:
    """Word of a grade."""
    return context.say(f"surveys.grade.{code}")


def _home(context: Context) -> str:
    return inputs.country(context.pack).iso3


def _row_name(context: Context, row: dict[str, object], answer: bool) -> str:
    """Survey and years, then who was asked and how many; above them the answer if `answer`; a bar parts lines."""
    years = dict.fromkeys(re.findall(r"\d{4}", str(row["fieldwork"] or "")))
    name = ", ".join([label(context, "survey", str(row["survey"])), *(["–".join(years)] if years else [])])
    lines = [name, _asked(context, row)]
    return "|".join([label(context, "answer", str(row["answer"])), *lines] if answer else lines)


def _asked(context: Context, row: dict[str, object]) -> str:
    """Population asked, the part of them that is the base of the percentage, and the number of respondents."""
    who, kind, group = (str(row[column]) for column in ("population_asked", "group_type", "group"))
    parts = [label(context, "population_asked", who)]
    if group != "all":
        parts.append(label(context, "country" if kind == "country" else "group", group))
    elif kind != "all":
        parts.append(label(context, "group_type", kind))
    if parts[-1] in parts[0]:
        del parts[1:]
    key = "motives.asked" if row["n"] is None else "motives.asked_n"
    return context.say(key, who=", ".join(parts), n=row["n"])


def _bars(context: Context, key: str, answers: tuple[str, ...], groups: tuple[str, ...], named: bool) -> Figure:
    """Bars of the answers of residents; `groups`: of whom."""
    table = context.results.table("survey_published")
    frame = table.frame.filter(
        pl.col("home") & pl.col("answer").is_in(answers) & pl.col("group").is_in(groups)
    ).sort("value", descending=True)
    rows = pl.DataFrame(
        {
            "name": [_row_name(context, row, named) for row in frame.iter_rows(named=True)],
            "value": frame["value"],
            "grade": [grade(context, code) for code in frame["grade"]],
        }
    )
    grades = [grade(context, code) for code in ("fair", "weak", "unusable")]
    top = frame.row(0, named=True)
    return Figure(
        key,
        context.picture(by_category.graded_bars(context, rows, context.say("motives.percent"), grades)),
        context.say(f"motives.{key}.alt", n=rows.height, value=words.number(top["value"], context.language, 1)),
        context.say(f"motives.{key}"),
        context.origin(frame['source']),
        frame,
    )


def _wishes(context: Context) -> Figure:
    groups = (_home(context), "all", inputs.country(context.pack).contrast_group or "")
    return _bars(context, "wishes", WISHES, groups, named=False)


def _reasons(context: Context) -> Figure:
    return _bars(context, "reasons", REASONS, ("all", _home(context)), named=True)


def _flags(context: Context) -> Table:
    table = context.results.table("survey_flags")
    rows = tuple(
        (context.say(f"surveys.flag.{flag}"), str(results), str(surveys))
        for flag, results, surveys in table.frame.rows()
    )
    head = tuple(context.say(f"motives.column.{name}") for name in ("flag", "results", "surveys"))
    return Table(
        "survey_flags",
        head,
        rows,
        "lrr",
        context.say("motives.flags"),
        context.origin(table.sources, table.method),
        table.frame,
    )

