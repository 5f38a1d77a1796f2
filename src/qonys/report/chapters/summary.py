"""One page: what the figures say, how surely, and what they cannot say."""

from __future__ import annotations

from qonys.report.chapters.retrospective import century_figure
from qonys.report.context import Context
from qonys.report.document import Block, Note, Paragraph, Section
from qonys.report.periods import heaviest_loss, losses_before, named

NEEDS = ("annual_components", "census_population", "components_by_period")


def build(context: Context) -> Section:
    """The summary."""
    blocks: tuple[Block, ...] = context.held(
        lambda: _exodus(context),
        lambda: _decades(context),
        lambda: context.paragraph("summary.today", net="present.net.latest", internal="present.internal.total"),
        lambda: context.paragraph(
            "summary.claims",
            confirmed="claims.confirmed",
            contradicted="claims.contradicted",
            depends="claims.depends",
            cannot="claims.cannot_tell",
        ),
        lambda: century_figure(context),
        lambda: Note(context.say("summary.secondary")),
    )
    return Section("summary", context.say("chapter.summary"), blocks)


def _exodus(context: Context) -> Paragraph | None:
    """The period in which migration took most and the population fell."""
    row = heaviest_loss(context.results)
    if row is None:
        return None
    years = {name: str(row[name]) for name in ("start", "end")}
    times = context.value(named(row, "offset"), "ratio")
    return context.paragraph("summary.exodus", net=named(row, "residual"), times=times, **years)


def _decades(context: Context) -> Paragraph | None:
    """What migration took of natural increase in the two periods before."""
    row = heaviest_loss(context.results)
    earlier = losses_before(context.results, row) if row else []
    if not earlier:
        return None
    first, second = earlier
    years = {"first": str(first["start"]), "second": str(second["start"]), "third": str(second["end"])}
    return context.paragraph(
        "summary.decades", seventies=named(first, "offset"), eighties=named(second, "offset"), **years
    )
