"""What a text proposes, and what can be said of the effect of each: calculated, bounded, or no number and why."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from qonys import words
from qonys.catalog.proposals import ANSWERS, BOUNDED, MODELLED, UNQUANTIFIED, Proposal, proposals
from qonys.catalog.sentences import places
from qonys.report.chapters.measures import Row, changed, named_measure, thousands
from qonys.report.context import Context
from qonys.report.document import Block, Section, Table

NEEDS = ("proposals", "conclusion_measures")
FIRST = "population"


def build(context: Context) -> Section:
    """How many proposals have which answer; those that are calculated; all others in the appendix of details."""
    found = proposals(context.pack)
    counts = {name: f"proposals.{name}" for name in ("all", *ANSWERS)}
    blocks: list[Block] = [
        context.paragraph("proposals.intro", year="conclusion.year", **counts),
        *_together(context, found),
        _modelled(context, found),
        _known(context, found, MODELLED, "assumed"),
        _known(context, found, BOUNDED),
        _known(context, found, UNQUANTIFIED),
    ]
    return Section("proposals", context.say("chapter.proposals"), tuple(blocks))


def _modelled(context: Context, found: tuple[Proposal, ...]) -> Table:
    """Proposals for which measures of the lab stand, with their effects."""
    known = context.frame("conclusion_measures").filter(pl.col("outcome") == FIRST)
    effects = {row["measure"]: row for row in known.iter_rows(named=True)}
    rows = tuple(
        row for one in found if one.answer == MODELLED and one.measures for row in _effects(context, one, effects)
    )
    names = ("proposal", "measure", "change", "effect_population", "basis")
    return _table(context, "modelled", names, rows, "lllrl")


def _effects(context: Context, one: Proposal, effects: dict[str, Row]) -> Iterator[tuple[str, ...]]:
    """A row for each measure of a proposal, which stands in the first."""
    for place, name in enumerate(one.measures):
        row = effects[name]
        shown = (
            named_measure(context, row), changed(context, row), thousands(context, row),
            context.say(f"lab.basis.{row['basis']}"),
        )  # fmt: skip
        yield (one.says[context.language] if place == 0 else "", *shown)


def _together(context: Context, found: tuple[Proposal, ...]) -> list[Block]:
    """What is calculated as a number of the study, not as a measure."""
    return [
        context.paragraph("proposals.calculated", proposal=one.says[context.language], says=text_of(context, one))
        for one in found
        if one.answer == MODELLED and not one.measures
    ]


def _known(context: Context, found: tuple[Proposal, ...], answer: str, name: str = "") -> Table:
    """Proposals of one kind of answer, each with what is known."""
    rows = tuple((one.says[context.language], text_of(context, one)) for one in found if one.answer == answer)
    return _table(context, name or answer, ("proposal", "says"), rows, "ll", answer).as_detail()


def text_of(context: Context, one: Proposal) -> str:
    """What is known of a proposal, its places filled with the study's numbers as the report writes them."""
    text = one.text[context.language]
    if not all(one.numbers[place] in context.results.numbers for place in places(text)):
        return context.say("proposals.not_computed")
    filled = {place: context.value(one.numbers[place]).shown for place in sorted(places(text))}
    return words.agreed(text.format(**filled), context.language)


def _table(
    context: Context, name: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], align: str, kind: str = ""
) -> Table:
    result = context.results.table("proposals")
    head = tuple(context.say(f"proposals.column.{one}") for one in columns)
    caption, source = context.say(f"proposals.table.{name}"), context.origin(result.sources, result.method)
    data = result.frame.filter(pl.col("answer") == (kind or name))
    return Table(f"proposals_{name}", head, rows, align, caption, source, data, "proposals")
