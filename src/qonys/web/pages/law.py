"""The law register: what held at the end of a year, values of parameters, treaties, coverage, and each act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from qonys import words
from qonys.catalog.bibliography import references
from qonys.figures.law import number
from qonys.law import Register, law_register
from qonys.law.days import span
from qonys.law.records import BASE, Act, Change, Texts, said
from qonys.law.values import Value
from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.law import has_law
from qonys.web.content import Block, Cell, Content, Facts, Field, Form, Heading, Listing, Rows, Text, box
from qonys.web.pages.law_effects import effect_blocks
from qonys.web.pages.preview import heading
from qonys.web.parameters import PANEL, Parameter
from qonys.web.view import Site, View

CHART = "law"
ready = has_law


def years(site: Site) -> tuple[Parameter, ...]:
    """The year at the end of which the law is shown."""
    first, last = law_register(site.pack).years
    known = tuple(str(year) for year in range(first, last + 1))
    return (Parameter("held", known, known[-1], PANEL),)


def build(view: View) -> Content:
    """What held at the end of the year, and what the register knows and does not."""
    register, day = law_register(view.site.pack), date(view.year("held"), 12, 31)
    parameters = (*_chart_parameters(view), *years(view.site))
    blocks: list[Block] = [Text(_counts(view, register))]
    if CHARTS[CHART].available(view.site):
        blocks.append(box(view, CHART, parameters, page="law"))
    blocks += [_form(view), *_acts(view, register, day)]
    blocks += [
        *_values(view, register, day),
        *_treaties(view, register),
        *_coverage(view, register),
        *_gaps(view, register),
    ]
    blocks[1:1] = [Listing(tuple((one.text, f"#{one.anchor}") for one in blocks if isinstance(one, Heading)))]
    return Content(view.say("web.page.law"), view.say("web.lead.law"), tuple(blocks), parameters)


def item(view: View, name: str) -> Content:
    """An act: its dates, what it did, what it changed and what changed it, the parameters that it sets.

    Raises
    ------
    UnknownName
        The register has no such act.

    """
    register = law_register(view.site.pack)
    act = register.act(name)
    facts = [
        (heading(view, "act_type"), view.say(f"law.code.type.{act.type}")),
        (heading(view, "number"), act.number or "–"),
        (heading(view, "topic"), view.say(f"law.code.topic.{act.topic}")),
        (heading(view, "adopted"), _written(view, act.adopted)),
        (heading(view, "valid_from"), _since(view, act)),
        (heading(view, "valid_to"), _written(view, act.in_force_to)),
        *_ended_by(view, register, act),
        (heading(view, "status"), view.say(f"law.code.status.{act.status}")),
        (heading(view, "source"), _source(view, act.source)),
        (view.say("law.path").capitalize(), act.path(view.site.pack.country.get("code", ""))),
    ]
    blocks: list[Block] = [Facts(tuple(facts))]
    if act.texts:
        blocks.append(Text(said(act.texts, view.language)))
    blocks += effect_blocks(view, act)
    blocks += _changes(view, "changed", register, register.changed_by(act.id))
    blocks += _changes(view, "changed_by", register, register.changes_of(act.id))
    own = [one for one in register.values if one.act == act.id]
    if own:
        blocks += _table(
            view,
            "sets",
            ("name", "region", "value", "unit", "valid_from", "valid_to"),
            _value_rows(view, register, own),
            "llrlll",
        )
    trail = ((view.say("web.page.law"), f"/{view.language}/law"),)
    return Content(said(act.titles, view.language), "", tuple(blocks), trail=trail)


def _chart_parameters(view: View) -> tuple[Parameter, ...]:
    chart = CHARTS[CHART]
    return chart.parameters(view.site) if chart.available(view.site) else ()


def _counts(view: View, register: Register) -> str:
    unsure = sum(one.status == "to_check" for one in register.acts)
    counts = {"acts": len(register.acts), "changes": len(register.changes), "values": len(register.values),
              "treaties": len(register.conventions), "unsure": unsure}  # fmt: skip
    return view.say("law.page.counts", **{name: view.number(count) for name, count in counts.items()})


def _form(view: View) -> Form:
    (parameter,) = years(view.site)
    options = tuple((value, value) for value in reversed(parameter.values))
    field = Field("held", view.say("law.page.year"), options, view.state["held"])
    return Form(f"/{view.language}/law", view.say("law.page.show"), (field,))


def _table(
    view: View, part: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], align: str, **values: object
) -> list[Block]:
    """A heading and its rows, or a sentence that there are none."""
    head = tuple(heading(view, name) for name in columns)
    found = Rows(view.say(f"law.caption.{part}"), head, tuple(rows), align) if rows else Text(view.say("law.page.none"))
    return [Heading(view.say(f"law.part.{part}", **values), part), found]


def _acts(view: View, register: Register, day: date) -> list[Block]:
    acts = [one for one in register.in_force(day) if one.role == BASE]
    rows = [
        (Cell(_since(view, one)), _act_cell(view, one), Cell(view.say(f"law.code.topic.{one.topic}")),
         Cell(view.say(f"law.code.status.{one.status}")), Cell(_source(view, one.source)))
        for one in acts
    ]  # fmt: skip
    columns = ("valid_from", "act", "topic", "status", "source")
    return _table(view, "acts", columns, rows, "lllll", day=words.date_text(day, view.language))


def _values(view: View, register: Register, day: date) -> list[Block]:
    whole = view.site.pack.whole
    found = [one for one in register.values_on(day) if one.region == whole]
    rows = [
        (Cell(name.text), value, unit, since, until, _act_cell(view, register.act(one.act)))
        for one, (name, _, value, unit, since, until) in zip(found, _value_rows(view, register, found), strict=True)
    ]
    columns = ("name", "value", "unit", "valid_from", "valid_to", "act")
    return _table(view, "parameters", columns, rows, "lrllll", day=words.date_text(day, view.language))


def _value_rows(view: View, register: Register, values: Iterable[Value]) -> list[tuple[Cell, ...]]:
    known = {one.id: one for one in register.parameters}
    return [
        (
            Cell(said(known[one.parameter].names, view.language)),
            Cell(view.site.pack.region_name(one.region, view.language)),
            Cell(number(one.value, view.language)),
            Cell(view.say(f"law.code.unit.{known[one.parameter].unit}")),
            Cell(_written(view, one.since)),
            Cell(words.short_date(one.end, view.language) if one.end else "–"),
        )
        for one in values
    ]


def _treaties(view: View, register: Register) -> list[Block]:
    rows = [
        (Cell(said(one.titles, view.language)), Cell(view.say(f"law.code.body.{one.body}")),
         Cell(view.say(f"law.code.state.{one.state}")), Cell(_written(view, one.since)),
         Cell(_written(view, one.binding)), _act_cell(view, register.by_id.get(one.act)),
         Cell(_remark(view, one.reservations, one.texts)))
        for one in register.conventions
    ]  # fmt: skip
    return _table(
        view, "treaties", ("convention", "body", "participation", "joined", "binding", "act", "text"), rows, "lllllll"
    )


def _coverage(view: View, register: Register) -> list[Block]:
    titles = {one.id: said(one.titles, view.language) for one in register.conventions}
    rows = [
        (Cell(titles.get(one.convention, one.convention)), Cell(f"{said(one.texts, view.language)} ({one.article})"),
         Cell(view.say(f"law.code.cover.{one.cover}")),
         _act_cell(view, register.by_id.get(one.act), one.domestic_article),
         Cell(_remark(view, one.reasons)))
        for one in register.obligations
    ]  # fmt: skip
    return _table(view, "coverage", ("convention", "obligation", "cover", "act", "reason"), rows, "lllll")


def _gaps(view: View, register: Register) -> list[Block]:
    """Topics by periods: how many acts, or whether they were looked for."""
    cells: dict[str, dict[str, str]] = {}
    for topic, start, end, count, search in register.looked_for():
        text = view.number(count) if count else view.say(f"law.code.search.{search}")
        cells.setdefault(view.say(f"law.code.topic.{topic}"), {})[
            str(start) if start == end else words.year_range(start, end)
        ] = text
    periods = next(iter(cells.values()), {})
    rows = tuple((Cell(topic), *(Cell(text) for text in found.values())) for topic, found in cells.items())
    head = (heading(view, "topic"), *periods)
    return [Heading(view.say("law.part.gaps"), "gaps"), Rows(view.say("law.caption.gaps"), head, rows, "l" * len(head))]


def _changes(view: View, part: str, register: Register, changes: Sequence[Change]) -> list[Block]:
    if not changes:
        return []
    rows = [
        (Cell(_written(view, one.date)), Cell(view.say(f"law.code.change.{one.kind}")),
         _act_cell(view, register.by_id.get(one.target if part == "changed" else one.act), one.article),
         Cell(_remark(view, one.texts)))
        for one in changes
    ]  # fmt: skip
    return _table(view, part, ("date", "change", "act", "text"), rows, "llll")


def _act_cell(view: View, act: Act | None, article: str = "") -> Cell:
    """Title, number and article of an act with a link to its page."""
    if act is None:
        return Cell("–")
    numbered = f" №\u00a0{act.number}" if act.number else ""
    part = f", {view.say('law.page.article', article=article)}" if article else ""
    return Cell(f"{said(act.titles, view.language)}{numbered}{part}", f"/{view.language}/law/{act.id}")


def _remark(view: View, *texts: Texts) -> str:
    return " ".join(said(one, view.language) for one in texts if one) or "–"


def _since(view: View, act: Act) -> str:
    """The day of entry into force, else that of adoption with a word that it is so."""
    if act.day_is_read:
        return _written(view, act.in_force_from)
    return view.say("law.page.adopted", day=_written(view, act.adopted))


def _ended_by(view: View, register: Register, act: Act) -> list[tuple[str, str]]:
    """What ended an act: the title of another one, or its own term; nothing while it holds."""
    if not act.ended_by:
        return []
    ender = register.act(act.ended_by)
    own = ender.id == act.id
    shown = view.say("law.code.ended_by.own_term") if own else said(ender.titles, view.language)
    return [(heading(view, "ended_by"), shown)]


def _written(view: View, written: str) -> str:
    """A date as far as it was read."""
    ends = span(written)
    if ends is None:
        return "–"
    return words.short_date(ends[0], view.language) if ends[0] == ends[1] else ".".join(reversed(written.split("-")))


def _source(view: View, source: str) -> str:
    found = references(view.site.pack, view.language).get(source)
    return found.publisher if found is not None else source
