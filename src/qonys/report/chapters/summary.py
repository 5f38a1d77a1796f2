"""One page: where things stand, who leaves, what happened, what is ahead, what can be done, what is not known."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.report.chapters.emigrants import where_to
from qonys.report.chapters.measures import changed, measure_key, named_measure, surest
from qonys.report.chapters.retrospective import century_figure
from qonys.report.context import Context
from qonys.report.document import Block, Paragraph, Section
from qonys.report.periods import heaviest_loss, named, year_ahead
from qonys.study.runs.convergence import unconverged

NEEDS = ("annual_components", "census_population", "components_by_period")
MILLIONS = "millions"


def build(context: Context) -> Section:
    """The summary."""
    now = context.held(
        lambda: _account(context),
        lambda: context.paragraph("summary.today", net="present.net.latest", year="present.net.year"),
        lambda: context.paragraph("summary.quoted", net="present.net.quoted", year="present.net.quoted_year"),
    )
    leaving = context.held(
        lambda: where_to(context),
        lambda: context.paragraph(
            "summary.moves", internal="present.internal.total", moved="present.internal.year"
        ),
    )
    before = context.held(lambda: _exodus(context))
    ahead = context.held(lambda: _ahead(context), lambda: _measure(context))
    unknown = context.held(
        lambda: context.paragraph("summary.unknown", unsure="accounts.unsure", first="accounts.first"),
        lambda: chains(context),
    )
    told: tuple[Block, ...] = tuple(joined(part) for part in (now, leaving, before, ahead, unknown) if part)
    return Section("summary", context.say("chapter.summary"), (*told, *context.held(lambda: century_figure(context))))


def joined(paragraphs: Sequence[Paragraph]) -> Paragraph:
    """Sentences in one paragraph."""
    first, *rest = (paragraph.runs for paragraph in paragraphs)
    return Paragraph((*first, *(run for runs in rest for run in (" ", *runs))))


def _account(context: Context) -> Paragraph:
    """What the reconciled account says of its last year."""
    return context.paragraph(account_key(context), net="accounts.net.last", year="accounts.last")


def account_key(context: Context) -> str:
    """The sentence on the account's last year: whether its interval leaves the sign open."""
    net = context.results.number("accounts.net.last")
    open_ = net.low is not None and net.high is not None and net.low < 0 < net.high
    return "summary.account.open" if open_ else "summary.account"


def chains(context: Context) -> Paragraph | None:
    """Which chapters rest on fits that have not converged."""
    titles = [context.say(f"chapter.{one.chapter}") for one in unconverged(context.results)]
    listed = context.listed([context.say("summary.chapter", title=title) for title in titles])
    return context.paragraph("summary.chains", listed=listed) if titles else None


def _exodus(context: Context) -> Paragraph | None:
    """The period in which migration took most and the population fell."""
    row = heaviest_loss(context.results)
    if row is None:
        return None
    years = {name: str(row[name]) for name in ("start", "end")}
    net, times = context.value(named(row, "residual"), MILLIONS), context.value(named(row, "offset"), "ratio")
    return context.paragraph("summary.exodus", net=net, times=times, **years)


def _ahead(context: Context) -> Paragraph | None:
    """The projected population of the year that is told first, and the chance of a decline."""
    if not context.has("projection_quantiles"):
        return None
    year = year_ahead(context.results)
    population = context.value(f"projection.population.{year}", MILLIONS)
    return context.paragraph(
        "summary.ahead", year=str(year), population=population, chance=f"projection.p_decline.{year}"
    )


def _measure(context: Context) -> Paragraph | None:
    """The strongest measure of an established sign."""
    if not context.has("conclusion_measures"):
        return None
    found = surest(context.frame("conclusion_measures").filter(pl.col("outcome") == "population").to_dicts())
    if not found:
        return None
    first = found[0]
    return context.paragraph(
        measure_key("summary.measure", first), since="conclusion.since", name=named_measure(context, first),
        change=changed(context, first), effect=f"conclusion.effect.{first['measure']}", year="conclusion.year",
    )  # fmt: skip
