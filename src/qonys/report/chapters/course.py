"""What a text demands, asserts and proposes, statement by statement, and where each is answered."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from qonys import inputs
from qonys.catalog.course import ANSWERS, KINDS, NONE, Statement
from qonys.report.context import Context
from qonys.report.document import Block, Heading, Link, Paragraph, Section, See, Table, Value, to_chapter

NEEDS = ("course",)


def build(context: Context) -> Section:
    """The statements by section of the text, each with its answer; how many there are of each kind."""
    course = inputs.course(context.pack)
    counts = {name: f"course.{name}" for name in ("statements", "sections", *ANSWERS)}
    blocks: list[Block] = [context.paragraph("course.intro", **counts), _counted(context)]
    for section, names in course.sections.items():
        statements = course.of_section(section)
        blocks += [Heading(names[context.language]), _answered_in(context, statements)]
        blocks.append(_table(context, section, statements))
    return Section("course", context.say("chapter.course"), tuple(blocks))


def _counted(context: Context) -> Table:
    """Statements by kind and kind of answer."""
    result = context.results.table("course")
    counts = result.frame.group_by("kind", "answer").len()
    held = {(row["kind"], row["answer"]): row["len"] for row in counts.iter_rows(named=True)}
    rows = tuple(
        (context.say(f"course.kind.{kind}"), *(context.amount(held.get((kind, one), 0), "count") for one in ANSWERS))
        for kind in KINDS
    )
    head = (context.say("course.column.kind"), *(context.say(f"course.answer.{one}") for one in ANSWERS))
    caption, source = context.say("course.counted"), context.origin(result.sources, result.method)
    return Table("course_counted", head, rows, "lrrr", caption, source, counts.sort("kind", "answer"), "course")


def _answered_in(context: Context, statements: tuple[Statement, ...]) -> Paragraph:
    """The chapters and the tables of the report that the statements of a section name."""
    chapters = dict.fromkeys(name for one in statements for name in one.names["chapters"])
    results = dict.fromkeys(name for one in statements for name in one.names["results"])
    runs: list[str | Value | See | Link] = []
    for name in chapters:
        runs += ["; " if runs else "", to_chapter(context.say(f"chapter.{name}"), name)]
    if not runs:
        return Paragraph((context.say("course.unanswered"),))
    before, after = context.say("course.answered", chapters="\n").split("\n")
    return Paragraph(tuple(run for run in (before, *runs, See(tuple(results)), after) if run))


def _table(context: Context, section: str, statements: tuple[Statement, ...]) -> Table:
    """One row per statement: its number, what it says, what answers it."""
    result = context.results.table("course")
    rows = tuple((one.id, one.says[context.language], answer_text(context, one)) for one in statements)
    shown = tuple((name.rpartition("-")[2], *texts) for name, *texts in rows)
    head = tuple(context.say(f"course.column.{name}") for name in ("id", "says", "answer"))
    texts = pl.DataFrame(rows, schema=["id", "says", "answer_text"], orient="row")
    data = result.frame.filter(pl.col("section") == section).join(texts, on="id", how="left", maintain_order="left")
    caption = context.say("course.table", section=inputs.course(context.pack).sections[section][context.language])
    source = context.origin(result.sources, result.method)
    return Table(f"course_{section}", head, shown, "lll", caption, source, data, "course")


def answer_text(context: Context, one: Statement) -> str:
    """The answer of a statement in words: chapters and claims that give it, and what bounds it or why there is none."""
    return " ".join(_parts(context, one))


def _parts(context: Context, one: Statement) -> Iterator[str]:
    if one.names["chapters"]:
        titles = "; ".join(context.say(f"chapter.{name}") for name in one.names["chapters"])
        yield context.say("course.in_chapters", titles=titles)
    numbers = claim_numbers(context, one)
    if numbers:
        yield context.say("course.in_claims", numbers=", ".join(numbers))
    yield from remarks(context, one)


def remarks(context: Context, one: Statement) -> Iterator[str]:
    """What bounds an answer; where there is none why, what figure would answer and who could give it."""
    if one.answer == NONE:
        yield context.say("course.no_answer", limit=one.limit[context.language])
        figure, agency = (texts[context.language] for texts in (one.figure, one.agency))
        yield context.say("course.would_answer", figure=figure.rstrip("."), agency=agency)
    elif one.limit:
        yield context.say("course.bounded", limit=one.limit[context.language])


def claim_numbers(context: Context, one: Statement) -> list[str]:
    """Numbers of the claims of a statement in the table of claims."""
    if not one.names["claims"] or not context.results.has_table("claims"):
        return []
    order = {name: str(number) for number, name in enumerate(context.frame("claims")["id"], 1)}
    return [order[name] for name in one.names["claims"] if name in order]
