"""The policy lab ahead: the fan of an outcome under each scenario, its difference to the baseline, and all outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys.figures import lab
from qonys.figures.drawing import Drawing, Sheet, heads
from qonys.figures.style import Spec
from qonys.study.lab.session import OUTCOMES
from qonys.study.lab.summaries import ENDS, FAN, MIDDLE, Future
from qonys.web.charts.kit import Chart
from qonys.web.charts.lab.state import (
    COLOURS,
    UNITS,
    gap,
    lab_facts,
    lab_notes,
    lab_there,
    level,
    outcome_parameter,
    outcome_title,
    scenario_name,
    settings_of,
    shown_letters,
    since_parameter,
    sliders,
    wide_notes,
    year_parameter,
    year_place,
    years_of,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View


@dataclass(frozen=True)
class Shown:
    """What is drawn: scenarios by letter, the baseline, and the milliseconds all took."""

    base: Future
    scenarios: dict[str, Future]
    took: float


def runs_of(view: View, outcomes: tuple[str, ...], *, quick: bool = False) -> Shown:
    """The baseline and every scenario shown."""
    since, runs = view.year("since"), view.site.simulation
    base = runs.timed("future", (), outcomes, since)
    found = {
        letter: runs.timed("future", settings_of(view, letter), outcomes, since, quick=quick)
        for letter in shown_letters(view)
    }
    took = base.took + sum(one.took for one in found.values())
    return Shown(base.value, {letter: one.value for letter, one in found.items()}, took)


def future_parameters(site: Site) -> tuple[Parameter, ...]:
    """The outcome, the year from which measures hold, and all sliders."""
    return (outcome_parameter(), since_parameter(site), *sliders(site))


def future(view: View) -> Drawing:
    """An outcome under each scenario beside the baseline, and the difference, year by year."""
    return _future(view, quick=False)


def future_live(view: View) -> Drawing:
    """The same while a slider is being moved: without the ranges of effects and without the table."""
    return _future(view, quick=True)


def _future(view: View, *, quick: bool) -> Drawing:
    outcome = view.state["outcome"]
    shown = runs_of(view, (outcome,), quick=quick)
    frame = pl.DataFrame() if quick else _frame(view, shown, outcome)
    sheet = Sheet((), (), "") if quick else _sheet(view, shown, outcome)
    return Drawing(
        outcome_title(view, outcome),
        _says(view, shown, outcome),
        frame,
        sheet,
        **lab_facts(view),
        unit=view.say(f"lab.unit.{UNITS[outcome].word}"),
        spec=_spec(view, shown, outcome),
        notes=lab_notes(view),
        took=shown.took,
    )


def _says(view: View, shown: Shown, outcome: str) -> str:
    """A sentence a scenario."""
    last = years_of(view.site)[-1]
    unit = UNITS[outcome]
    moved = [letter for letter in shown.scenarios if settings_of(view, letter)]
    found = []
    for letter in moved:
        one = shown.scenarios[letter]
        low, middle, high = (one.differences[outcome][place, -1] for place in (0, MIDDLE, -1))
        found.append(
            view.say(
                "lab.future.says",
                name=scenario_name(view, letter),
                year=last,
                value=level(view, outcome, one.values[outcome][3, -1]),
                unit=view.say(f"lab.unit.{unit.word}"),
                gap=gap(view, outcome, middle),
                low=gap(view, outcome, low),
                high=gap(view, outcome, high),
                gap_unit=view.say(f"lab.unit.{unit.gap_word}"),
            )
        )
    if found:
        return " ".join(found)
    low, middle, high = (level(view, outcome, shown.base.values[outcome][place, -1]) for place in (0, 3, 6))
    return view.say(
        "lab.future.nothing", year=last, value=middle, low=low, high=high, unit=view.say(f"lab.unit.{unit.word}")
    )


def _frame(view: View, shown: Shown, outcome: str) -> pl.DataFrame:
    """Figures by scenario and year, in the unit of the outcome itself (persons, ratio x 100, share)."""
    rows = []
    for name, one in (("baseline", shown.base), *shown.scenarios.items()):
        for place, year in enumerate(years_of(view.site)):
            row: dict[str, Any] = {"outcome": outcome, "scenario": name, "year": year}
            row |= {f"q{100 * q:g}": float(one.values[outcome][i, place]) for i, q in enumerate(FAN)}
            row |= {f"difference_q{100 * q:g}": float(one.differences[outcome][i, place]) for i, q in enumerate(ENDS)}
            rows.append(row)
    return pl.DataFrame(rows)


def _sheet(view: View, shown: Shown, outcome: str) -> Sheet:
    head = [*heads(view.context, "year"), view.say("lab.baseline")]
    for letter in shown.scenarios:
        name = scenario_name(view, letter)
        head += [name, f"{name}: {view.say('web.column.interval95')}", f"{name}: {view.say('lab.difference')}",
                 f"{name}: {view.say('lab.difference95')}"]  # fmt: skip
    rows = []
    for place, year in enumerate(years_of(view.site)):
        row = [str(year), level(view, outcome, shown.base.values[outcome][3, place])]
        for one in shown.scenarios.values():
            values, gaps = one.values[outcome][:, place], one.differences[outcome][:, place]
            row += [level(view, outcome, values[3]), interval(view, outcome, values)]
            row += [gap(view, outcome, gaps[MIDDLE]), gap_interval(view, outcome, gaps)]
        rows.append(tuple(row))
    return Sheet(tuple(head), tuple(rows), "l" + "r" * (len(head) - 1))


def interval(view: View, outcome: str, values: Any) -> str:
    """Both ends of levels."""
    return f"{level(view, outcome, values[0])} … {level(view, outcome, values[-1])}"


def gap_interval(view: View, outcome: str, values: Any) -> str:
    """Both ends of differences."""
    return f"{gap(view, outcome, values[0])} … {gap(view, outcome, values[-1])}"


def _spec(view: View, shown: Shown, outcome: str) -> Spec:
    """The fan above, the difference below, with the same colours."""
    unit, years = UNITS[outcome], years_of(view.site)
    names = {letter: scenario_name(view, letter) for letter in shown.scenarios}
    levels, gaps = [], []
    for letter, one in shown.scenarios.items():
        tag: dict[str, Any] = {"name": names[letter], "year": years}
        levels += lab.rows_of(lab.LEVELS, one.values[outcome] / unit.divisor, **tag)
        gaps += lab.rows_of(lab.GAPS, one.differences[outcome] / unit.gap, **tag)
    base = lab.rows_of(lab.LEVELS, shown.base.values[outcome] / unit.divisor, name=view.say("lab.baseline"), year=years)
    titles = outcome_title(view, outcome), view.say("lab.difference_axis", unit=view.say(f"lab.unit.{unit.gap_word}"))
    forms = f",.{unit.decimals}f", f"+,.{unit.gap_decimals}f"
    return lab.fans(view.context, levels, base, gaps, {names[one]: COLOURS[one] for one in names}, titles, forms)


def consequences_parameters(site: Site) -> tuple[Parameter, ...]:
    """The year looked at, the year from which measures hold, and all sliders."""
    return (year_parameter(site), since_parameter(site), *sliders(site))


def consequences(view: View) -> Drawing:
    """All outcomes in one year under each scenario, with their differences to the baseline."""
    shown, place, year = runs_of(view, OUTCOMES), year_place(view), view.year("year")
    rows, figures, sure = [], [], 0
    for outcome in OUTCOMES:
        for letter, one in shown.scenarios.items():
            base, values = shown.base.values[outcome][:, place], one.values[outcome][:, place]
            gaps = one.differences[outcome][:, place]
            rows.append(
                (outcome_title(view, outcome), scenario_name(view, letter),
                 level(view, outcome, base[3]), interval(view, outcome, base),
                 level(view, outcome, values[3]), interval(view, outcome, values),
                 gap(view, outcome, gaps[MIDDLE]), gap_interval(view, outcome, gaps))
            )  # fmt: skip
            sure += bool(gaps[0] > 0 or gaps[-1] < 0)
            figures.append(
                {"outcome": outcome, "scenario": letter, "year": year}
                | {f"baseline_q{100 * q:g}": float(v) for q, v in zip(FAN, base, strict=True)}
                | {f"q{100 * q:g}": float(v) for q, v in zip(FAN, values, strict=True)}
                | {f"difference_q{100 * q:g}": float(v) for q, v in zip(ENDS, gaps, strict=True)}
            )
    base95 = f"{view.say('lab.baseline')}: {view.say('web.column.interval95')}"
    head = (view.say("lab.column.outcome"), view.say("lab.column.scenario"), view.say("lab.baseline"), base95,
            view.say("web.column.median"), view.say("web.column.interval95"),
            view.say("lab.difference"), view.say("lab.difference95"))  # fmt: skip
    return Drawing(
        view.say("lab.consequences.title", year=year),
        view.say("lab.consequences.says", year=year, sure=sure, all=len(figures)),
        pl.DataFrame(figures),
        Sheet(head, tuple(rows), "llrrrrrr"),
        **lab_facts(view),
        spec=_outcomes(view, shown, place),
        notes=wide_notes(view),
        took=shown.took,
    )


def _outcomes(view: View, shown: Shown, place: int) -> Spec:
    """The difference of each outcome under each scenario."""
    names = {letter: scenario_name(view, letter) for letter in shown.scenarios}
    panels = []
    for outcome in OUTCOMES:
        unit = UNITS[outcome]
        gaps = {letter: one.differences[outcome][:, place] / unit.gap for letter, one in shown.scenarios.items()}
        rows = [
            {"name": names[letter]} | dict(zip(lab.GAPS, map(float, found), strict=True))
            for letter, found in gaps.items()
        ]
        panels.append((outcome_title(view, outcome, difference=True), rows, f"+,.{unit.gap_decimals}f"))
    return lab.outcomes(view.context, panels, {names[letter]: COLOURS[letter] for letter in names})


CHARTS = (
    Chart("lab_future", future, parameters=future_parameters, when=lab_there, live=future_live, gate="lab"),
    Chart("lab_consequences", consequences, parameters=consequences_parameters, when=lab_there, gate="lab"),
)
