"""What people say about moving, and how far it can be trusted."""

from __future__ import annotations

import re

import polars as pl

from qonys import inputs, words
from qonys.figures import by_category
from qonys.figures.style import BLUE, GREEN, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table

NEEDS = ("simulated_classes", "simulated_map", "simulated_motives", "survey_flags", "survey_published")
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
GROUPS = (("group_a", BLUE), ("group_b", ORANGE), ("group_c", GREEN))


def build(context: Context) -> Section:
    """Motives."""
    blocks: tuple[Block, ...] = (
        Note(context.say("motives.limits")),
        context.paragraph(
            "motives.intro",
            n="motives.results",
            surveys="motives.surveys",
            known="motives.with_number",
            local="motives.local",
            fair="motives.fair",
            weak="motives.weak",
            unusable="motives.unusable",
        ),
        _wishes(context),
        _reasons(context),
        _flags(context),
        *context.cautions("survey_results"),
        context.paragraph("motives.simulated_text", n="motives.simulated_n"),
        _groups(context),
        context.paragraph("motives.simulated_tests", found="motives.simulated_found", tests="motives.simulated_tests"),
        _classes(context),
        _map(context),
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
    """Survey, years, whom it asked; above it the answer if asked for (lines are parted by a bar)."""
    parts = [label(context, "survey", str(row["survey"]))]
    years = dict.fromkeys(re.findall(r"\d{4}", str(row["fieldwork"] or "")))
    if years:
        parts.append("–".join(years))
    if row["group"] not in ("all", _home(context), "all_12_countries"):
        parts.append(label(context, "group", str(row["group"])))
    name = ", ".join(parts)
    return f"{label(context, 'answer', str(row['answer']))}|{name}" if answer else name


def _bars(context: Context, key: str, answers: tuple[str, ...], places: tuple[str, ...], named: bool) -> Figure:
    table = context.results.table("survey_published")
    frame = table.frame.filter(
        pl.col("answer").is_in(answers)
        & pl.col("group").is_in(places)
        & (pl.col("population_asked") != "adults, 57 countries")
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
        context.secondary(frame['source']),
        frame,
    )


def _wishes(context: Context) -> Figure:
    places = (_home(context), "all", inputs.country(context.pack).contrast_group or "")
    return _bars(context, "wishes", WISHES, places, named=False)


def _reasons(context: Context) -> Figure:
    return _bars(context, "reasons", REASONS, ("all", "all_12_countries"), named=True)


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


def simulated(context: Context, text: str) -> str:
    """A caption that says first that nobody was asked."""
    return f"{context.say('motives.simulated_mark')} {text}"


def _groups(context: Context) -> Figure:
    table = context.results.table("simulated_motives")
    names = {code: context.say(f"surveys.label.ethnic_group.{code}") for code, _ in GROUPS}
    motives = {code: context.say(f"surveys.label.{code}") for code in table.frame["motive"].unique(maintain_order=True)}
    frame = pl.DataFrame(
        {
            "category": [motives[code] for code in table.frame["motive"]],
            "series": [names[code] for code in table.frame["group"]],
            "low": 100 * table.frame["low"],
            "median": 100 * table.frame["share"],
            "high": 100 * table.frame["high"],
        }
    )
    spec = by_category.dots(
        context, frame,
        context.say("motives.percent_simulated"),
        list(motives.values()),
        [(names[code], colour) for code, colour in GROUPS],
    )
    return Figure(
        "simulated_motives",
        context.picture(spec),
        simulated(context, context.say("motives.groups.alt")),
        simulated(context, context.say("motives.groups")),
        context.say("motives.simulated_source"),
        table.frame,
    )


def _classes(context: Context) -> Table:
    table = context.results.table("simulated_classes")
    frame = table.frame.filter(pl.col("answer") == "yes")
    classes = sorted(frame["class"].unique())
    rows = []
    for motive in frame["item"].unique(maintain_order=True):
        part = dict(frame.filter(pl.col("item") == motive).select("class", "probability").rows())
        cells = [words.percent(part[c], context.language, 0) for c in classes]
        rows.append((context.say(f"surveys.label.{motive}"), *cells))
    shares = dict(frame.select("class", "share").rows())
    head = (
        context.say("motives.column.motive"),
        *(
            context.say("motives.column.class", n=c, share=words.percent(shares[c], context.language, 0))
            for c in classes
        ),
    )
    return Table(
        "simulated_classes",
        head,
        tuple(rows),
        "l" + "r" * len(classes),
        simulated(context, context.say("motives.classes")),
        context.say("motives.simulated_source"),
        table.frame,
    )


def _map(context: Context) -> Figure:
    table = context.results.table("simulated_map")
    rows = []
    for row in table.frame.iter_rows(named=True):
        variable, answer = row["variable"], row["answer"]
        if variable.startswith("motive_"):
            if answer == "no":
                continue
            name, kind = context.say(f"surveys.label.{variable}"), context.say("motives.kind.motive")
        else:
            name = context.say(f"surveys.label.{variable}.{answer.replace('+', '_up')}")
            kind = context.say(f"motives.kind.{variable}")
        rows.append({"name": name, "kind": kind, "x": row["x"], "y": row["y"]})
    kinds = [context.say(f"motives.kind.{code}") for code in ("motive", "age_group", "occupation")]
    return Figure(
        "simulated_map",
        context.picture(by_category.point_map(context, rows, kinds)),
        simulated(context, context.say("motives.map.alt", n=len(rows))),
        simulated(context, context.say("motives.map")),
        context.say("motives.simulated_source"),
        table.frame,
    )
