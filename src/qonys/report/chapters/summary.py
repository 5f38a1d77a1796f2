"""One page: what happened, where things stand, who leaves, what is ahead, what can be done, what is not known."""

from __future__ import annotations

import polars as pl

from qonys.report.chapters.emigrants import where_to
from qonys.report.chapters.measures import changed, named_measure, surest
from qonys.report.chapters.retrospective import century_figure
from qonys.report.context import Context
from qonys.report.document import Block, Paragraph, Section
from qonys.report.periods import heaviest_loss, losses_before, named, year_ahead

NEEDS = ("annual_components", "census_population", "components_by_period")


def build(context: Context) -> Section:
    """The summary."""
    blocks: tuple[Block, ...] = context.held(
        lambda: _exodus(context),
        lambda: _decades(context),
        lambda: context.paragraph(
            "summary.today", net="present.net.latest", year="present.net.year", internal="present.internal.total",
            moved="present.internal.year",
        ),
        lambda: where_to(context),
        lambda: _ahead(context),
        lambda: _measure(context),
        lambda: context.paragraph("summary.unknown", unsure="accounts.unsure", first="accounts.first"),
        lambda: century_figure(context),
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


def _ahead(context: Context) -> Paragraph | None:
    """The projected population of the year that is told first, and the chance of a decline."""
    if not context.has("projection_quantiles"):
        return None
    year = year_ahead(context.results)
    population, chance = f"projection.population.{year}", f"projection.p_decline.{year}"
    return context.paragraph("summary.ahead", year=str(year), population=population, chance=chance)


def _measure(context: Context) -> Paragraph | None:
    """The strongest measure of an established sign."""
    if not context.has("conclusion_measures"):
        return None
    found = surest(context.frame("conclusion_measures").filter(pl.col("outcome") == "population").to_dicts())
    if not found:
        return None
    first = found[0]
    return context.paragraph(
        "summary.measure", name=named_measure(context, first), change=changed(context, first),
        effect=f"conclusion.effect.{first['measure']}", year="conclusion.year",
    )  # fmt: skip
