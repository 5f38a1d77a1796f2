"""How people come to move: the chain by group, what the figures teach of it, scenarios, where measures act."""

from __future__ import annotations

from qonys.report.chapters import behaviour as chapter
from qonys.report.document import Paragraph, Value
from qonys.study.analyses.behaviour import acts_frame, measures_of
from qonys.web.content import Block, Cell, Content, Heading, Listing, Rows, Text, box
from qonys.web.pages.charted import boxes
from qonys.web.view import Site, View

PARTS = {
    "behaviour_stages": ("chain", chapter.who), "behaviour_learnt": ("learnt", chapter.learnt),
    "behaviour_strengths": ("strengths", chapter.strengths),
}  # fmt: skip
CHARTS = tuple(PARTS)
PAGE = "behaviour"


def build(view: View) -> Content:
    """The answer, the chain, what is learnt, scenarios, measures, forecasts that were held out."""
    _, parameters = boxes(view, PAGE, CHARTS)
    context = view.context
    blocks: list[Block] = [_text(chapter.answer(context))]
    for name, (part, said) in PARTS.items():
        blocks += [
            Heading(view.say(f"behaviour.part.{part}"), part), _text(said(context)),
            box(view, name, parameters, page=PAGE),
        ]  # fmt: skip
    blocks += [
        Heading(view.say("behaviour.part.acts"), "acts"), Text(view.say("behaviour.page.acts")), _acts(view),
        Heading(view.say("behaviour.part.scores"), "scores"), _text(chapter.scored(context)),
        _text(chapter.missed(context), "note"),
        Text(view.say("behaviour.report.note"), "note"),
        Listing(((view.say("behaviour.page.chapter"), f"/{view.language}/study/{PAGE}"),)),
    ]  # fmt: skip
    return Content(view.say("web.page.behaviour"), view.say("web.lead.behaviour"), tuple(blocks), parameters)


def ready(site: Site) -> bool:
    """Whether the results of the chapter are stored."""
    return site.has(*chapter.NEEDS)


def _text(paragraph: Paragraph, look: str = "p") -> Text:
    """A paragraph of the report without its references."""
    runs = (run.shown if isinstance(run, Value) else run for run in paragraph.runs if isinstance(run, Value | str))
    return Text("".join(runs), look)


def _acts(view: View) -> Rows:
    """Measures of the lab, their place in the chain and what they rest on."""
    names = {one["id"]: str(one["name"][view.language]) for one in measures_of(view.site.pack)}
    rows = tuple(
        (Cell(names[row["measure"]]), Cell(view.say(f"behaviour.stage.{row['stage']}")),
         Cell(view.say(row["description"])), Cell(view.say(f"behaviour.basis.{row['basis']}")))
        for row in acts_frame(view.site.pack).iter_rows(named=True) if row["measure"] in names
    )  # fmt: skip
    head = tuple(view.say(f"behaviour.column.{name}") for name in ("act", "place", "what", "basis"))
    return Rows(view.say("behaviour.part.acts"), head, rows, "llll")
