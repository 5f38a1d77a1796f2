"""The works that the course cites, put right, by stage, and the shelf of its labs."""

from __future__ import annotations

from qonys import inputs
from qonys.catalog.citing import gost
from qonys.catalog.works import STAGES, Work, counted
from qonys.report.context import Context
from qonys.report.document import Bullets, Section, Table

NEEDS = ("course",)


def build(context: Context) -> Section:
    """The stages by name, and a table of all works."""
    found = inputs.works(context.pack)
    title = context.say("chapter.bibliography")
    if not found:
        return Section("bibliography", title, (context.paragraph("course.works.none"),))
    counts = {name: str(count) for name, count in counted(found).items()}
    stages = Bullets(tuple(context.say(f"course.works.stage.{stage}") for stage in STAGES))
    return Section(
        "bibliography", title, (context.paragraph("course.works.intro", **counts), stages, _table(context, found))
    )


def _table(context: Context, found: tuple[Work, ...]) -> Table:
    said = {True: context.say("course.works.yes"), False: context.say("course.works.no")}
    rows = tuple((str(one.stage or "–"), gost(one), remark(context, one), said[one.checked]) for one in found)
    head = tuple(context.say(f"course.works.column.{name}") for name in ("stage", "work", "about", "checked"))
    cited = context.results.has_table("course")
    source = context.origin(context.results.table("course").sources) if cited else ""
    return Table("bibliography", head, rows, "llll", context.say("course.works.table"), source)


def remark(context: Context, one: Work) -> str:
    """What a work is about, and what the course says of it wrongly."""
    language = context.language
    fault = [context.say("course.works.wrong", said=one.said, reason=one.reasons[language])] if one.said else []
    lab = [context.say("course.works.lab", lab=one.shelf)] if one.shelf is not None else []
    return " ".join([*lab, one.texts[language], *fault])
