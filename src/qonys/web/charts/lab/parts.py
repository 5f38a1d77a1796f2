"""The policy lab by parts: regions and ethnic groups in one year, under each scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from qonys import words
from qonys.figures import lab
from qonys.figures.drawing import Drawing, Sheet, heads
from qonys.figures.style import Spec
from qonys.study.lab.summaries import ENDS, MIDDLE, LabParts
from qonys.web.charts.kit import Chart
from qonys.web.charts.lab.state import (
    COLOURS,
    LETTERS,
    lab_facts,
    lab_there,
    scenario_name,
    settings_of,
    shown_letters,
    since_parameter,
    sliders,
    wide_notes,
    year_parameter,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

WAYS = ("persons", "share")
NAMED = {"regions": "region", "groups": "ethnic_group"}


def parts_parameters(site: Site) -> tuple[Parameter, ...]:
    """Persons or shares, the year looked at, the year from which measures hold, and all sliders."""
    way = Parameter("as", WAYS, WAYS[0], texts="lab.way")
    return (way, year_parameter(site), since_parameter(site), *sliders(site))


def _builder(what: str) -> Callable[[View], Drawing]:
    def build(view: View) -> Drawing:
        share, runs = view.state["as"] == "share", view.site.simulation
        given = view.year("year"), view.year("since")
        found = {
            letter: runs.timed("parts", what, settings_of(view, letter), *given, share=share)
            for letter in shown_letters(view)
        }
        parts: dict[str, LabParts] = {letter: one.value for letter, one in found.items()}
        codes = getattr(view.site.keep("lab:shape", lambda: runs.ask("shape")), what)
        labels = {code: part_name(view, what, code) for code in codes}
        first = parts[LETTERS[0]]
        order = np.argsort(-(first.differences if np.any(first.differences) else first.base)[MIDDLE], kind="stable")
        kind = view.say("lab.unit.points" if share else "lab.unit.thousand")
        return Drawing(
            view.say(f"lab.{what}.title", year=view.year("year"), unit=kind),
            _says(view, what, parts, [labels[code] for code in codes]),
            _frame(what, codes, parts, view.year("year"), share=share),
            _sheet(view, what, [(labels[codes[i]], int(i)) for i in order], parts),
            **lab_facts(view),
            unit=kind,
            spec=_bars(view, [(labels[codes[i]], int(i)) for i in order], parts, share=share),
            notes=(view.say("lab.note.split"), *wide_notes(view)),
            took=sum(one.took for one in found.values()),
        )

    return build


def part_name(view: View, what: str, code: str) -> str:
    """Name of a region or group."""
    return view.region(code) if what == "regions" else view.site.pack.label("ethnic_group", code, view.language)


def _says(view: View, what: str, parts: dict[str, LabParts], labels: list[str]) -> str:
    """Where the first scenario that changes something does most."""
    share = view.state["as"] == "share"
    letter = next((one for one in parts if settings_of(view, one)), None)
    if letter is None:
        return view.say("lab.parts.nothing", year=view.year("year"))
    gaps = parts[letter].differences
    best, worst = int(np.argmax(gaps[MIDDLE])), int(np.argmin(gaps[MIDDLE]))
    texts = {
        end: f"{labels[place]} {_gap(view, gaps[MIDDLE, place], share=share)} "
        f"({_gap(view, gaps[0, place], share=share)} … {_gap(view, gaps[-1, place], share=share)})"
        for end, place in (("best", best), ("worst", worst))
    }
    unit = view.say("lab.unit.points" if share else "lab.unit.thousand")
    return view.say(f"lab.{what}.says", name=scenario_name(view, letter), year=view.year("year"), unit=unit, **texts)


def _gap(view: View, value: float, *, share: bool) -> str:
    return words.signed(value if share else value / 1e3, view.language, 2 if share else 1)


def _level(view: View, value: float, *, share: bool) -> str:
    return view.number(value if share else value / 1e3, 1 if share else 0)


def _frame(what: str, codes: tuple[str, ...], parts: dict[str, LabParts], year: int, *, share: bool) -> pl.DataFrame:
    """Persons or percent by scenario and part."""
    rows: list[dict[str, Any]] = []
    for letter, one in parts.items():
        for place, code in enumerate(codes):
            row: dict[str, Any] = {"scenario": letter, "year": year, NAMED[what]: code}
            row["unit"] = "percent" if share else "persons"
            for prefix, values in (("baseline_", one.base), ("", one.values), ("difference_", one.differences)):
                row |= {f"{prefix}q{100 * q:g}": float(values[i, place]) for i, q in enumerate(ENDS)}
            rows.append(row)
    return pl.DataFrame(rows)


def _sheet(view: View, what: str, order: list[tuple[str, int]], parts: dict[str, LabParts]) -> Sheet:
    share = view.state["as"] == "share"
    head = [*heads(view.context, "region" if what == "regions" else "group"), view.say("lab.baseline")]
    for letter in parts:
        name = scenario_name(view, letter)
        head += [name, f"{name}: {view.say('lab.difference')}", f"{name}: {view.say('lab.difference95')}"]
    rows = []
    for label, i in order:
        row = [label, _level(view, parts[LETTERS[0]].base[MIDDLE, i], share=share)]
        for one in parts.values():
            low, middle, high = (_gap(view, one.differences[end, i], share=share) for end in (0, MIDDLE, -1))
            row += [_level(view, one.values[MIDDLE, i], share=share), middle, f"{low} … {high}"]
        rows.append(tuple(row))
    return Sheet(tuple(head), tuple(rows), "l" + "r" * (len(head) - 1))


def _bars(view: View, order: list[tuple[str, int]], parts: dict[str, LabParts], *, share: bool) -> Spec:
    """A row a part: the difference with its 50 and 95 % intervals, scenarios one below the other."""
    names = {letter: scenario_name(view, letter) for letter in parts}
    rows = [
        {"category": label, "series": names[letter]}
        | {name: float(one.differences[k, i]) / (1 if share else 1e3) for k, name in enumerate(lab.GAPS)}
        for label, i in order
        for letter, one in parts.items()
    ]
    unit = view.say("lab.unit.points" if share else "lab.unit.thousand")
    title = unit if view.narrow else view.say("lab.difference_axis", unit=unit)
    colours = {names[letter]: COLOURS[letter] for letter in names}
    return lab.by_part(view.context, rows, title, colours, f"+,.{2 if share else 1}f")


CHARTS = (
    Chart("lab_regions", _builder("regions"), parameters=parts_parameters, when=lab_there, gate="lab"),
    Chart("lab_groups", _builder("groups"), parameters=parts_parameters, when=lab_there, gate="lab"),
)
