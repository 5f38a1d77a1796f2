"""What came after an act, on its page: the chart, the numbers, how far they can be believed, and the rivals."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.figures.law_effects import ACTS, EFFECTS, FIGURE, TABLES, acts
from qonys.law import law_register
from qonys.law.records import BASE, Act, said
from qonys.web.content import Block, Cell, Heading, Rows, Text, box
from qonys.web.pages.preview import heading
from qonys.web.parameters import PANEL, Parameter
from qonys.web.view import Site, View

CHART = "law_effect"
RIVALS = "law_effect_rivals"
SHORT = {"effect.short": "law.effect.early", "effect.short_after": "law.effect.late"}
LEVEL, LEAST = 0.05, 0.0001


def item_parameters(site: Site, name: str) -> tuple[Parameter, ...]:
    """The act of the page, where its effect is known."""
    act = law_register(site.pack).act(name).id
    known = site.has(*TABLES) and act in acts(site.context("en"))
    return (Parameter("act", (act,), act, PANEL),) if known else ()


def effect_blocks(view: View, act: Act) -> list[Block]:
    """The effect of an act, the sentence that refuses it, or nothing where none was sought."""
    if not view.site.has(*TABLES, RIVALS) or act.role != BASE:
        return []
    found = _row(view, ACTS, pl.col("act") == act.id)
    if found is None:
        return []
    blocks: list[Block] = [Heading(view.say("law.part.effect"), "effect")]
    if found["refused"] is not None:
        return [*blocks, Text(_refusal(view, found))]
    parameters = item_parameters(view.site, act.id)
    return [
        *blocks,
        Text(_counted(view, found["first"])),
        box(view, CHART, parameters, page=f"law/{act.id}"),
        _numbers(view, found["first"]),
        Text(_doubt(view, found["first"])),
        Text(view.say("effect.assumes.interrupted")),
        *_rivals(view, act),
    ]


def _refusal(view: View, found: dict[str, Any]) -> str:
    """Why the effect cannot be told: too few years of the figure around the act, else the words of the method."""
    given = json.loads(found["refused_values"])
    values = {name: words.Worded(one) if isinstance(one, dict) else one for name, one in given.items()}
    name = inputs.figure_name(view.site.pack, FIGURE, view.language)
    return view.say(SHORT.get(found["refused"], found["refused"]), **values, name=name, first=found["first"])


def _row(view: View, table: str, which: pl.Expr) -> dict[str, Any] | None:
    found = view.site.results.table(table).frame.filter(which)
    return found.row(0, named=True) if found.height else None


def _counted(view: View, first: int) -> str:
    """The series, the first year and how p runs over the specifications."""
    row = _row(view, EFFECTS, pl.col("first") == first) or {}
    name = inputs.figure_name(view.site.pack, FIGURE, view.language)
    ends = {"least": _chance(view, row["p_least"]), "most": _chance(view, row["p_most"])}
    return view.say("law.effect.counted", name=name, first=first, choices=row["choices"], **ends)


def _numbers(view: View, first: int) -> Rows:
    """Change of level, of slope, and the mean effect with intervals, persons."""
    frame = view.site.results.table(EFFECTS).frame.filter(pl.col("first") == first)
    rows = tuple(
        (
            Cell(view.say(f"effect.row.{row['effect']}")), Cell(view.number(row["value"])),
            Cell(f"{view.number(row['low'])} … {view.number(row['high'])}"), Cell(_chance(view, row["p"])),
        )
        for row in frame.iter_rows(named=True)
    )  # fmt: skip
    unit = view.say(f"unit.{view.site.results.table('law_effect_paths').unit}")
    head = (heading(view, "effect"), heading(view, "value"), view.say("web.column.interval"), view.say("cli.column.p"))
    return Rows(f"{view.say('law.caption.effect')}, {unit}", head, rows, "lrrr")


def _doubt(view: View, first: int) -> str:
    """How many acts share the effect of the year, and in how many other years there would be one."""
    same = view.site.results.table(ACTS).frame.filter(pl.col("first") == first).height
    counts = {
        name: view.number(view.site.results.number(f"law.effect.{key}").value)
        for name, key in (("years", "years"), ("low", "years_low"))
    }
    return view.say("law.effect.doubt", n=same, first=first, level=words.number(LEVEL, view.language, 2), **counts)


def _chance(view: View, p: float) -> str:
    return f"< {words.number(LEAST, view.language, 4)}" if p < LEAST else words.number(p, view.language, 3)


def _rivals(view: View, act: Act) -> list[Block]:
    """Acts and events within two years of the first year, or lasting at it."""
    register = law_register(view.site.pack)
    frame = view.site.results.table(RIVALS).frame.filter(pl.col("act") == act.id)
    rows = tuple(
        (
            Cell(_when(row["start"], row["end"])),
            Cell(view.say(f"effect.kind.{row['kind']}")),
            _named(view, register.by_id, row),
        )
        for row in frame.iter_rows(named=True)
    )
    text = Text(view.say("effect.no_rivals"))
    head = (heading(view, "date"), heading(view, "kind"), heading(view, "name"))
    found: Block = Rows(view.say("law.caption.rivals"), head, rows, "lll") if rows else text
    return [Heading(view.say("law.part.rivals"), "rivals"), found]


def _when(start: int, end: int | None) -> str:
    return str(start) if end is None else words.years_text(start, end)


def _named(view: View, known: Any, row: dict[str, Any]) -> Cell:
    act = known.get(row["event"])
    if act is not None:
        return Cell(said(act.titles, view.language), f"/{view.language}/law/{act.id}")
    return Cell(view.events.get(row["event"], row["event"]))
