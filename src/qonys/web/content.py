"""What a page holds: blocks of ready, translated text; one template lays all of them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from qonys import words
from qonys.figures.drawing import Drawing
from qonys.figures.keys import Key, keys_of
from qonys.report.absences import chapter_text
from qonys.web.chart_requests import ChartRequest, ask, drawn
from qonys.web.charts.definitions import NOTHING, Meaning, meaning, results_of
from qonys.web.downloads import FORMS
from qonys.web.parameters import PANEL, SEVERAL, Parameter, canonical
from qonys.web.snippets import snippets
from qonys.web.view import View

TABLE_FORMS = ("xlsx", "csv", "page.csv", "parquet", "jsonstat.json", "sdmx.csv", "metadata.json")
PICTURE_FORMS = ("svg", "png", "pdf")
ROWS_SHOWN = 120


@dataclass(frozen=True)
class Text:
    """A paragraph; `look` is p, lead, note or small. `runs`: its parts, each perhaps with an address."""

    text: str
    look: str = "p"
    runs: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading inside the page."""

    text: str
    anchor: str
    level: int = 2


@dataclass(frozen=True)
class NumberCard:
    """One number with its interval, its moment and its source."""

    value: str
    label: str
    interval: str
    moment: str
    source: str
    why: str = ""


@dataclass(frozen=True)
class Numbers:
    """The numbers of the overview."""

    items: tuple[NumberCard, ...]


@dataclass(frozen=True)
class Card:
    """A door: title, text, links."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cards:
    """Doors side by side."""

    items: tuple[Card, ...]


@dataclass(frozen=True)
class Listing:
    """A list of texts, each perhaps with an address."""

    items: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Cell:
    """A cell with an address; `origin`: the address says where the number comes from, and does not stand out.

    `light`: green, yellow or red, a coloured mark before the text, which says the same.
    """

    text: str
    href: str | None = None
    origin: bool = False
    light: str = ""


@dataclass(frozen=True)
class Rows:
    """A table; `align` holds l or r a column."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: str
    source: str = ""


@dataclass(frozen=True)
class Facts:
    """Names and what they are."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """A name with an address of its own and the paragraphs about it, each in parts that perhaps lead somewhere."""

    anchor: str
    name: str
    paragraphs: tuple[tuple[tuple[str, str | None], ...], ...]


@dataclass(frozen=True)
class Entries:
    """A list of names and what they are, as in a dictionary."""

    items: tuple[Entry, ...]


@dataclass(frozen=True)
class Snippets:
    """Pieces of code by language."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Control:
    """One input of a chart: the values with their texts, the chosen one, or several with commas between them.

    `marks`: values that a slider marks; `plays` and `most` as those of its parameter.
    """

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...]
    chosen: str
    default: str
    marks: tuple[str, ...] = ()
    plays: bool = False
    most: int = 1

    @property
    def chosen_ones(self) -> tuple[tuple[str, str], ...]:
        """The chosen values with their texts, in the order of the options."""
        found = self.chosen.split(",")
        return tuple(pair for pair in self.options if pair[0] in found)


@dataclass(frozen=True)
class Box:
    """A chart on a page with all that stands around it; `held`: choices that the page leaves no one, as a query."""

    asked: ChartRequest
    drawing: Drawing
    controls: tuple[Control, ...]
    hidden: tuple[tuple[str, str], ...]
    forms: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, str], ...]
    image: str
    image_narrow: str
    bare: str
    bare_narrow: str
    permalink: str
    embed: str
    code: tuple[tuple[str, str], ...] = ()
    sheet_open: bool = False
    level: int = 2
    origins: tuple[tuple[str, str], ...] = ()
    meaning: Meaning = NOTHING
    held: str = ""

    @property
    def origin(self) -> str:
        """What a number of its table opens: the origin of its stored table, or the list of them under the chart."""
        if self.asked.chart.gate == "lab" or not self.origins:  # a simulation of the visitor is no stored result
            return ""
        return self.origins[0][1] if len(self.origins) == 1 else f"#origin-{self.asked.name}"

    @property
    def keys(self) -> tuple[Key, ...]:
        """What the drawing's lines, bands and colours are that no legend in it names."""
        return keys_of(self.drawing.spec) if self.drawing.spec is not None else ()

    @property
    def kind(self) -> str:
        """How it is drawn: vega, svg or table."""
        drawing = self.drawing
        return "vega" if drawing.spec is not None else "svg" if drawing.svg is not None else "table"


@dataclass(frozen=True)
class EffectCard:
    """What one unit of a measure does: in figures, on what that rests, and in words."""

    figures: str
    basis: str
    text: str


@dataclass(frozen=True)
class MeasureCard:
    """A measure beside its inputs, one a scenario; `seen`: what it was in the past, where its range follows that."""

    id: str
    name: str
    facts: tuple[tuple[str, str], ...]
    effects: tuple[EffectCard, ...]
    inputs: tuple[Control, ...]
    source: str
    seen: str = ""


@dataclass(frozen=True)
class LabPanel:
    """The policy lab: scenarios (letter, name, file), measures, and the chart that follows while they are moved."""

    scenarios: tuple[tuple[str, str, str], ...]
    since: Control
    cards: tuple[MeasureCard, ...]
    hidden: tuple[tuple[str, str], ...]
    box: Box


@dataclass(frozen=True)
class Field:
    """One input of a form: a choice of values with their texts, or a number where there are none."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    given: str


@dataclass(frozen=True)
class Form:
    """Inputs that are sent to an address by a button; works without a script."""

    action: str
    button: str
    fields: tuple[Field, ...]


Block = Text | Form | Heading | Numbers | Cards | Listing | Rows | Facts | Entries | Snippets | Box | LabPanel


@dataclass(frozen=True)
class Content:
    """A page: its title, what it is about, its blocks."""

    title: str
    lead: str
    blocks: tuple[Block, ...]
    parameters: tuple[Parameter, ...] = ()
    trail: tuple[tuple[str, str], ...] = field(default=())


def box(view: View, name: str, parameters: tuple[Parameter, ...], *, page: str, sheet_open: bool = False) -> Box:
    """The chart `name` in the page's state. `parameters` are all of the page, `page` its address without language."""
    own = {item.name for item in parameters}
    chart_view = [(key, value) for key, value in view.state.items()]
    asked = ask_within(view, name, chart_view)
    mine = [item.name for item in asked.parameters]
    shown = [item for item in parameters if item.name in mine]
    controls = tuple(control(view, item) for item in shown if len(item.values) > 1 and item.kind != PANEL)
    panel = {item.name for item in parameters if item.kind == PANEL}
    usual = {item.name: item.default for item in parameters}
    hidden = tuple(
        (key, value)
        for key, value in view.state.items()
        if (key in panel and value != usual[key]) or (key in own and key not in mine and key not in panel)
    )
    drawing = drawn(asked)
    return Box(
        asked, drawing, controls, hidden, sheet_open=sheet_open, origins=_origins(asked),
        meaning=meaning(asked, drawing),
        held=urlencode({item.name: view.state[item.name] for item in shown if len(item.values) == 1}),
        **links(asked, drawing, parameters, view.state, page),
    )  # fmt: skip


def _origins(asked: ChartRequest) -> tuple[tuple[str, str], ...]:
    """The results that a chart is made of, each by the chapter that computed it, with the page that explains it."""
    view, found = asked.view, list[tuple[str, str]]()
    for table in results_of(asked):
        chapter = _chapters(view).get(table)
        name = chapter_text(view.site.pack, chapter, view.language) if chapter else table
        alike = sum(one == name or one.startswith(f"{name}, ") for one, _ in found)
        shown = view.say("web.chart.why_named", chapter=name, number=alike + 1) if alike else name
        found.append((shown, why_address(view, table)))
    return tuple(found)


def _chapters(view: View) -> Mapping[str, str]:
    """Result -> the chapter that computed it."""
    made: Mapping[str, Any] = view.site.results.about.get("chapters", {})
    return view.site.keep("made by", lambda: {name: one for one, chapter in made.items() for name in chapter["gives"]})


def why_address(view: View, result: str) -> str:
    """The page that says where a result comes from."""
    return f"/{view.language}/why/{result}"


def ask_within(view: View, name: str, pairs: Iterable[tuple[str, str]]) -> ChartRequest:
    """The chart in the state of its page: the page's parameters that the chart has."""
    plain = ask(view.site, view.language, name, [], view.base)
    known = {item.name for item in plain.parameters}
    return ask(view.site, view.language, name, [(k, v) for k, v in pairs if k in known], view.base)


def links(
    asked: ChartRequest, drawing: Drawing, parameters: tuple[Parameter, ...], state: Mapping[str, str], page: str
) -> dict[str, Any]:
    """Addresses of a chart: files, pictures, the page in this state, the code to embed."""
    view = asked.view
    query = f"?{asked.query}" if asked.query else ""
    root = f"/{view.language}/chart/{asked.name}"
    narrow = canonical(asked.parameters, view.state, w="360")
    has_picture = drawing.spec is not None or drawing.svg is not None
    pinned = (
        canonical(parameters, state, rel=view.site.release, m=view.site.model)
        if parameters
        else canonical((), {}, rel=view.site.release, m=view.site.model)
    )
    return {
        "forms": tuple((form, f"{root}.{form}{query}") for form in TABLE_FORMS if form in FORMS),
        "pictures": tuple((form, f"{root}.{form}{query}") for form in PICTURE_FORMS) if has_picture else (),
        "image": f"{root}.svg{query}",
        "image_narrow": f"{root}.svg?{narrow}",
        "bare": f"{root}.plain.svg{query}",
        "bare_narrow": f"{root}.plain.svg?{narrow}",
        "code": snippets(f"{view.base}{root}.csv{query}", asked.name),
        "permalink": f"/{view.language}/{page}?{pinned}#chart-{asked.name}",
        "embed": f"/{view.language}/embed/{asked.name}{query}",
    }


def control(view: View, item: Parameter) -> Control:
    """The input of a parameter."""
    options = tuple((value, view.option(item.texts, value)) for value in item.values)
    label = view.say(f"web.parameter.name.{item.name}")
    if item.kind == SEVERAL:
        options = tuple(sorted(options, key=lambda pair: words.sort_key(pair[1], view.language)))
    chosen = view.state[item.name]
    return Control(item.name, label, item.kind, options, chosen, item.default, plays=item.plays, most=item.most)
