"""The policy lab ahead: the fan of an outcome under each scenario, its difference to the baseline, and all outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts.style import GREY, INK, Spec
from qonys.study.lab.session import OUTCOMES
from qonys.study.lab.summaries import ENDS, FAN, MIDDLE, Future
from qonys.web.charts.kit import (
    AXIS_ROOM,
    LINE,
    Chart,
    Drawing,
    Sheet,
    amount,
    colour,
    document,
    heads,
    layer,
    named,
    tip,
    years_axis,
    zero_line,
)
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
    stacked_rows,
    strong,
    wide_notes,
    year_parameter,
    year_place,
    years_of,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

LEVELS = ("low", "low80", "low50", "median", "high50", "high80", "high")
GAPS = ("low", "low50", "median", "high50", "high")


@dataclass(frozen=True)
class Shown:
    """What is drawn: scenarios by letter, the baseline, and the milliseconds all took."""

    base: Future
    scenarios: dict[str, Future]
    took: float


def runs_of(view: View, outcomes: tuple[str, ...], *, quick: bool = False) -> Shown:
    """The baseline and every scenario shown."""
    since, lab = view.year("since"), view.site.simulation
    base = lab.timed("future", (), outcomes, since)
    found = {
        letter: lab.timed("future", settings_of(view, letter), outcomes, since, quick=quick)
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
        spec=document(view, {"vconcat": _panels(view, shown, outcome), "spacing": 26}),
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
    head = [*heads(view, "year"), view.say("lab.baseline")]
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


def _panels(view: View, shown: Shown, outcome: str) -> list[Spec]:
    """The fan above, the difference below, with the same colours."""
    unit, years = UNITS[outcome], years_of(view.site)
    base, names = view.say("lab.baseline"), {letter: scenario_name(view, letter) for letter in shown.scenarios}
    scale = strong(colour([base, *names.values()], [GREY, *(COLOURS[letter] for letter in names)]))
    fan, gaps = [], []
    for letter, one in shown.scenarios.items():
        tags = [{"name": names[letter], "year": year} for year in years]
        levels = stacked_rows(LEVELS, one.values[outcome] / unit.divisor)
        fan += [tag | row for tag, row in zip(tags, levels, strict=True)]
        differences = stacked_rows(GAPS, one.differences[outcome] / unit.gap)
        gaps += [tag | row for tag, row in zip(tags, differences, strict=True)]
    below = [
        {"name": base, "year": year} | row
        for year, row in zip(years, stacked_rows(LEVELS, shown.base.values[outcome] / unit.divisor), strict=True)
    ]
    return [
        {"width": view.width - AXIS_ROOM, "height": 150 if view.narrow else 250}
        | {"layer": _fan(view, (named("fan", fan), named("base", below)), outcome, scale, single=len(names) == 1)},
        {"width": view.width - AXIS_ROOM, "height": 90 if view.narrow else 150}
        | {"layer": _gaps(view, named("gaps", gaps), outcome, scale)},
    ]


def _fan(view: View, data: tuple[Spec, Spec], outcome: str, scale: Spec, *, single: bool) -> list[Spec]:
    years, title = years_of(view.site), outcome_title(view, outcome)
    x, form = years_axis(view, years[0], years[-1]), f",.{UNITS[outcome].decimals}f"
    fan, base = data
    bands = (("low", "high", 0.14), ("low80", "high80", 0.22), ("low50", "high50", 0.3))
    layers = [
        layer(fan, {"type": "area", "opacity": tint}, x=x, y=amount(low, title), y2={"field": high}, color=scale)
        for low, high, tint in (bands if single else bands[:1])
    ]
    thin = {"type": "line", "color": GREY, "strokeWidth": 1, "strokeDash": [2, 3]}
    layers += [layer(base, thin, x=x, y=amount(end, title)) for end in ("low", "high")]
    layers.append(layer(base, LINE | {"strokeDash": [6, 4]}, x=x, y=amount("median", title), color=scale))
    tips = [
        tip("name", view.say("lab.column.scenario")),
        tip("year", view.say("web.column.year"), "d"),
        tip("median", view.say("web.column.median"), form),
        *(tip(end, view.say(f"web.column.{end}95"), form) for end in ("low", "high")),
    ]
    return [*layers, layer(fan, LINE, x=x, y=amount("median", title), color=scale, tips=tips)]


def _gaps(view: View, data: Spec, outcome: str, scale: Spec) -> list[Spec]:
    """Differences by year with their 50 and 95 % bands."""
    years, unit = years_of(view.site), UNITS[outcome]
    x, form = years_axis(view, years[0], years[-1]), f"+,.{unit.gap_decimals}f"
    title = view.say("lab.difference_axis", unit=view.say(f"lab.unit.{unit.gap_word}"))
    tips = [
        tip("name", view.say("lab.column.scenario")),
        tip("year", view.say("web.column.year"), "d"),
        tip("median", view.say("lab.difference"), form),
        tip("low", view.say("web.column.low95"), form),
        tip("high", view.say("web.column.high95"), form),
    ]
    bands = (("low", "high", 0.15), ("low50", "high50", 0.28))
    return [
        zero_line(),
        *(
            layer(
                data, {"type": "area", "opacity": tint}, x=x, y=amount(a, title, ticks=4), y2={"field": b}, color=scale
            )
            for a, b, tint in bands
        ),
        layer(data, LINE, x=x, y=amount("median", title, ticks=4), color=scale, tips=tips),
    ]


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
        spec=document(
            view, {"vconcat": [_outcome_panel(view, shown, name, place) for name in OUTCOMES], "spacing": 14}
        ),
        notes=wide_notes(view),
        took=shown.took,
    )


def _outcome_panel(view: View, shown: Shown, outcome: str, place: int) -> Spec:
    """The difference of one outcome: 95 and 50 % intervals and the median of each scenario."""
    unit = UNITS[outcome]
    names = {letter: scenario_name(view, letter) for letter in shown.scenarios}
    rows = []
    for letter, one in shown.scenarios.items():
        values = [float(v) / unit.gap for v in one.differences[outcome][:, place]]
        texts = words.signed(values[MIDDLE], view.language, unit.gap_decimals)
        rows.append({"name": names[letter], "text": texts} | dict(zip(GAPS, values, strict=True)))
    data, title = named(f"gap_{outcome}", rows), outcome_title(view, outcome, difference=True)
    order = list(names.values())
    y = {"field": "name", "type": "nominal", "sort": order, "title": None, "axis": {"domain": False, "ticks": False}}
    scale = colour(order, [COLOURS[letter] for letter in names]) | {"legend": None}
    axis = {"title": title, "titleAnchor": "start", "orient": "top", "tickCount": 5, "grid": True, "domain": False}

    def x(name: str) -> Spec:
        return {"field": name, "type": "quantitative", "axis": axis, "scale": {"zero": True}}

    tips = [
        tip("name", view.say("lab.column.scenario")),
        tip("median", view.say("lab.difference"), f"+,.{unit.gap_decimals}f"),
        tip("low", view.say("web.column.low95"), f"+,.{unit.gap_decimals}f"),
        tip("high", view.say("web.column.high95"), f"+,.{unit.gap_decimals}f"),
    ]
    zero = {"data": named("nought", [{"zero": 0}]), "mark": {"type": "rule", "color": INK},
            "encoding": {"x": {"field": "zero", "type": "quantitative"}}}  # fmt: skip
    bars = [
        layer(data, {"type": "rule", "strokeWidth": wide, "opacity": tint}, x=x(a), x2={"field": b}, y=y, color=scale)
        for a, b, wide, tint in (("low", "high", 4, 0.35), ("low50", "high50", 9, 0.45))
    ]
    point = {"type": "point", "filled": True, "size": 80, "opacity": 1}
    return {
        "width": view.width - 2 * AXIS_ROOM,
        "height": 26 * max(len(order), 1),
        "layer": [zero, *bars, layer(data, point, x=x("median"), y=y, color=scale, tips=tips)],
    }


CHARTS = (
    Chart("lab_future", future, parameters=future_parameters, when=lab_there, live=future_live, gate="lab"),
    Chart("lab_consequences", consequences, parameters=consequences_parameters, when=lab_there, gate="lab"),
)
