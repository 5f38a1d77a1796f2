"""Which lever matters: measures by the effect of a tenth of their range, and by who decides on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from qonys import words
from qonys.figures import lab
from qonys.figures.drawing import Drawing, Sheet
from qonys.figures.style import AMBER, BLUE, GREEN, ORANGE, PINK, Spec
from qonys.report.chapters.measures import change_text
from qonys.study.lab.summaries import levers as ranked_levers
from qonys.web.charts.kit import Chart
from qonys.web.charts.lab.state import (
    UNITS,
    gap,
    lab_facts,
    lab_there,
    measures_of,
    outcome_parameter,
    outcome_title,
    since_parameter,
    year_parameter,
    year_place,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

if TYPE_CHECKING:
    from qonys.policy.levers import Interval, Lever
    from qonys.policy.measures import Measure

ORDERS = ("weight", "effect")
DECIDERS = {"ministry": BLUE, "government": GREEN, "parliament": AMBER, "treaty": PINK, "market": ORANGE}


def levers_parameters(site: Site) -> tuple[Parameter, ...]:
    """The outcome, the year looked at, the year from which measures hold, and what they are ordered by."""
    by = Parameter("by", ORDERS, ORDERS[0], texts="lab.by")
    return (outcome_parameter(), year_parameter(site), since_parameter(site), by)


def found_levers(view: View) -> tuple[list[Lever], float]:
    """All measures in their order, and the milliseconds it took."""
    outcome, since, runs = view.state["outcome"], view.year("since"), view.site.simulation
    measures = measures_of(view.site)
    answers = {one.id: runs.timed("pushed", one.id, outcome, since) for one in measures}
    pushed = {name: one.value for name, one in answers.items()}
    ranked = ranked_levers(measures, pushed, year_place(view), view.state["by"])
    return ranked, sum(one.took for one in answers.values())


def levers(view: View) -> Drawing:
    """The measures from the strongest."""
    outcome, year = view.state["outcome"], view.year("year")
    found, took = found_levers(view)
    measures = {one.id: one for one in measures_of(view.site)}
    frame = pl.DataFrame([_figures(one, measures[one.measure], outcome, year) for one in found])
    rows = tuple(_row(view, one, measures[one.measure], outcome) for one in found)
    head = tuple(
        view.say(f"lab.column.{name}")
        for name in ("measure", "decided", "order", "change", "effect", "effect95", "step")
    )
    first = found[0]
    return Drawing(
        view.say("lab.levers.title", outcome=view.say(f"lab.outcome.{outcome}"), year=year),
        view.say(
            "lab.levers.says",
            name=measures[first.measure].name[view.language],
            change=_change(view, measures[first.measure], first.change),
            gap=gap(view, outcome, first.whole.middle),
            interval=_ends(view, outcome, first.whole),
            unit=view.say(f"lab.unit.{UNITS[outcome].gap_word}"),
            unsure=sum(1 for one in found if not one.whole.surely()),
            all=len(found),
        ),
        frame,
        Sheet(head, rows, "lllrrrr"),
        **lab_facts(view, every=True),
        unit=view.say(f"lab.unit.{UNITS[outcome].gap_word}"),
        spec=_bars(view, found, measures, outcome),
        notes=(view.say("lab.note.order"), view.say("lab.note.tenth"), view.say("lab.note.surges")),
        took=took,
    )


def _figures(one: Lever, measure: Measure, outcome: str, year: int) -> dict[str, object]:
    parts = {"effect": one.whole, "effect_of_step": one.unit}
    ends = {f"{name}_{end}": getattr(part, end) for name, part in parts.items() for end in ("low", "middle", "high")}
    return {
        "measure": one.measure,
        "outcome": outcome,
        "year": year,
        "decided_by": measure.decided_by,
        "controllability": one.controllability,
        "unit_of_change": measure.unit,
        "change": one.change,
        "step": measure.step,
        **ends,
        "weight": one.weight,
    }


def _ends(view: View, outcome: str, one: Interval) -> str:
    return f"{gap(view, outcome, one.low)} … {gap(view, outcome, one.high)}"


def _change(view: View, measure: Measure, change: float) -> str:
    """A change of a measure's parameter, with its sign and unit."""
    return change_text(view.language, measure.unit, change)


def _row(view: View, one: Lever, measure: Measure, outcome: str) -> tuple[str, ...]:
    unit = UNITS[outcome]
    step = words.signed(one.unit.middle / unit.gap, view.language, unit.gap_decimals + 1)
    return (
        measure.name[view.language],
        view.say(f"lab.decided.{measure.decided_by}"),
        str(one.controllability),
        _change(view, measure, one.change),
        gap(view, outcome, one.whole.middle),
        _ends(view, outcome, one.whole),
        f"{step} ({_change(view, measure, measure.step)})",
    )


def _bars(view: View, found: list[Lever], measures: dict[str, Measure], outcome: str) -> Spec:
    """A row a measure, coloured by who decides."""
    unit = UNITS[outcome]
    rows = [
        {
            "category": measures[one.measure].name[view.language],
            "series": view.say(f"lab.decided.{measures[one.measure].decided_by}"),
            "change": _change(view, measures[one.measure], one.change),
            "low": one.whole.low / unit.gap,
            "median": one.whole.middle / unit.gap,
            "high": one.whole.high / unit.gap,
        }
        for one in found
    ]
    used = {measures[one.measure].decided_by for one in found}
    colours = {view.say(f"lab.decided.{name}"): tint for name, tint in DECIDERS.items() if name in used}
    title = outcome_title(view, outcome, difference=True)
    return lab.levers(view.context, rows, title, colours, f"+,.{unit.gap_decimals}f")


CHARTS = (Chart("lab_levers", levers, parameters=levers_parameters, when=lab_there, gate="lab"),)
