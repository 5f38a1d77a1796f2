"""The policy lab: measures beside their sliders, what they do to the projection, and which of them matters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from qonys import words
from qonys.figures.edition import capital
from qonys.report.chapters import mixes
from qonys.study.lab.addresses import lab_address, written
from qonys.web.charts.lab.state import (
    LETTERS,
    amount_text,
    measures_of,
    scenario_name,
    settings_of,
    sliders,
)
from qonys.web.charts.report_figures import PREFIX, ready
from qonys.web.content import (
    Block,
    Box,
    Content,
    Control,
    EffectCard,
    Heading,
    LabPanel,
    Listing,
    MeasureCard,
    Text,
    box,
    control,
)
from qonys.web.pages.charted import boxes
from qonys.web.parameters import PANEL, Parameter
from qonys.web.view import View

if TYPE_CHECKING:
    from qonys.policy.measures import Effect, Measure

CHARTS = ("lab_future", "lab_consequences", "lab_regions", "lab_groups", "lab_levers")
PLAIN = ("budget", "interplay", "basis", "order", "luck", "groups")
LEVERS = "levers"  # the chapter that ranks all measures together
SCENARIO = "/api/v1/policy/scenario"


def build(view: View) -> Content:
    """The page."""
    found, parameters = boxes(view, "policy", CHARTS)
    ahead = found[0]
    assert isinstance(ahead, Box)
    blocks: list[Block] = [
        Text(view.say("lab.lead.plain"), "note"),
        _bench(view, parameters, ahead),
        *found[1:],
        *_mixes(view),
        Heading(view.say("lab.plain"), "plain"),
        Listing(tuple((view.say(f"lab.plain.{name}"), None) for name in PLAIN)),
        Text(view.say("lab.file.text")),
    ]
    if ready(view.site, LEVERS):
        blocks.insert(-1, Listing(((view.say("lab.levers.chapter"), f"/{view.language}/study/{LEVERS}"),)))
    return Content(view.say("lab.title"), view.say("web.lead.policy"), tuple(blocks), parameters)


def _mixes(view: View) -> tuple[Block, ...]:
    """The front of mixes, the named ones as settings of the lab, and when they fail."""
    context = view.context
    if not (ready(view.site, LEVERS) and mixes.there(context)):
        return ()
    since = int(context.results.number("levers.since").value or 0)
    said = {"since": since, "year": int(context.results.number("levers.year").value or 0)}
    named = tuple(
        (view.say("lab.mixes.one", mix=capital(view.say(f"policy.mix.{row['mix']}")),
                  effort=view.number(row["effort"], 1), population=mixes.gained(context, row, "population"),
                  regions=mixes.gained(context, row, "receiving_regions"),
                  settings=mixes.settings_said(context, row["mix"])),
         f"/{view.language}/{lab_address(_settings(row['settings']), since)}")
        for row in mixes.named_mixes(context)
    )  # fmt: skip
    return (
        Heading(view.say("lab.mixes"), "mixes"),
        Text(view.say("lab.mixes.text", **said)),
        box(view, f"{PREFIX}{LEVERS}-{mixes.FRONT}", (), page="policy"),
        Listing(named),
        Text(view.say("lab.mixes.fail")),
        Listing(tuple((text, None) for text in mixes.failures_said(context))),
    )


def _settings(text: str) -> dict[str, float]:
    """Settings of a mix by measure, as the stored results have them."""
    parts = (one.partition("=") for one in text.split(";") if one)
    return {name: float(value) for name, _, value in parts}


def _bench(view: View, parameters: tuple[Parameter, ...], ahead: Box) -> LabPanel:
    inputs = {item.name: item for item in sliders(view.site)}
    usual = {item.name: item.default for item in parameters if item.kind != PANEL}
    return LabPanel(
        tuple((letter, scenario_name(view, letter), scenario_address(view, letter)) for letter in LETTERS),
        control(view, next(item for item in parameters if item.name == "since")),
        tuple(_card(view, one, inputs) for one in measures_of(view.site)),
        tuple((name, view.state[name]) for name in usual if view.state[name] != usual[name]),
        ahead,
    )


def scenario_address(view: View, letter: str) -> str:
    """Address of a scenario as a file."""
    settings = ";".join(f"{name}={written(value)}" for name, value in settings_of(view, letter))
    return f"{SCENARIO}?{urlencode({'lang': view.language, 'set': settings, 'since': view.state['since']})}"


def _card(view: View, measure: Measure, inputs: dict[str, Parameter]) -> MeasureCard:
    now = view.say(
        "lab.now",
        value=amount_text(view, measure.unit, measure.now.value),
        year=measure.now_year,
        basis=view.say(f"lab.basis.{measure.now.basis}"),
    )
    facts = (
        (view.say("lab.fact.unit"), view.say(f"lab.measure_unit.{measure.unit}")),
        (view.say("lab.fact.now"), f"{now} {measure.text[view.language]}" if measure.text else now),
        (view.say("lab.fact.decided"), view.say(f"lab.decided.{measure.decided_by}")),
    )
    numbers = (measure.now, *(effect.unit for effect in measure.effects))
    sources = tuple(dict.fromkeys(source for number in numbers for source in number.sources))
    return MeasureCard(
        measure.id,
        measure.name[view.language],
        facts,
        tuple(_effect(view, effect) for effect in measure.effects),
        tuple(_input(view, measure, letter, inputs[f"{letter}.{measure.id}"]) for letter in LETTERS),
        view.context.origin(sources) if sources else view.say("lab.source.none"),
        _seen(view, measure),
    )


def _seen(view: View, measure: Measure) -> str:
    """The extremes of the past in a sentence."""
    kinds = {one.kind: {end.end: end for end in measure.seen if end.kind == one.kind} for one in measure.seen}
    parts = [
        view.say(
            f"lab.seen.{kind}", low=view.number(ends["low"].value, 2), high=view.number(ends["high"].value, 2),
            low_year=ends["low"].year, high_year=ends["high"].year,
        )
        for kind, ends in kinds.items()
    ]  # fmt: skip
    return view.say("lab.seen", year=measure.now_year, parts="; ".join(parts)) if parts else ""


def _effect(view: View, effect: Effect) -> EffectCard:
    """An effect in figures and words."""
    unit = effect.unit
    form = view.number if effect.form != "factor" else (lambda value, digits: words.percent(value, view.language, 0))
    value, low, high = (form(one, 2) for one in (unit.value, unit.low, unit.high))
    span = view.say("lab.range", low=low, high=high) if unit.low < unit.high else ""
    key = f"lab.form.{effect.form}.{effect.key}" if effect.form == "share" else f"lab.form.{effect.form}"
    return EffectCard(
        view.say(key, value=value) + span, view.say(f"lab.basis.{unit.basis}"), effect.text[view.language]
    )


def _input(view: View, measure: Measure, letter: str, item: Parameter) -> Control:
    """The input of a measure in a scenario."""
    extremes = {written(one.value): one for one in measure.seen}

    def text(value: str) -> str:
        shown = amount_text(view, measure.unit, float(value))
        if one := extremes.get(value):
            return view.say(f"lab.seen.{one.kind}.{one.end}", value=shown, year=one.year)
        return view.say("lab.value_now", value=shown) if value == item.default else shown

    options = tuple((value, text(value)) for value in item.values)
    name = scenario_name(view, letter)
    return Control(item.name, name, "slider", options, view.state[item.name], item.default, tuple(extremes))
