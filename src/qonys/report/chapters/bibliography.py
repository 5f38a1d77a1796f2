"""The works that the course cites, put right, by stage, and the shelf of its labs."""

from __future__ import annotations

from qonys import inputs
from qonys.catalog.citing import gost
from qonys.catalog.works import STAGES, Work, counted
from qonys.report.context import Context
from qonys.report.document import Block, Section, Table

NEEDS = ("course",)


def build(context: Context) -> Section:
    """A table for each stage and one for the shelf."""
    found = inputs.works(context.pack)
    if not found:
        return Section("bibliography", context.say("chapter.bibliography"), (context.paragraph("course.works.none"),))
    counts = {name: str(count) for name, count in counted(found).items()}
    blocks: list[Block] = [context.paragraph("course.works.intro", **counts)]
    for stage in (*STAGES, None):
        blocks += _part(context, stage, [one for one in found if one.stage == stage])
    return Section("bibliography", context.say("chapter.bibliography"), tuple(blocks))


def _part(context: Context, stage: int | None, found: list[Work]) -> list[Block]:
    if not found:
        return []
    title = context.say(f"course.works.stage.{stage or 'shelf'}")
    said = {True: context.say("course.works.yes"), False: context.say("course.works.no")}
    rows = tuple((gost(one), remark(context, one), said[one.checked]) for one in found)
    head = tuple(context.say(f"course.works.column.{name}") for name in ("work", "about", "checked"))
    table = Table(f"bibliography_{stage or 'shelf'}", head, rows, "lll", title, "")
    return [table]


def remark(context: Context, one: Work) -> str:
    """What a work is about, and what the course says of it wrongly."""
    language = context.language
    fault = [context.say("course.works.wrong", said=one.said, reason=one.reasons[language])] if one.said else []
    lab = [context.say("course.works.lab", lab=one.shelf)] if one.shelf is not None else []
    return " ".join([*lab, one.texts[language], *fault])
