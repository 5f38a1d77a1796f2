"""What stands beside each chart: the unit it is drawn in, and the definitions of what it speaks of, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing
from qonys.figures.edition import capital
from qonys.report.origins import unit_text
from qonys.study.analyses.indicators import definitions
from qonys.study.notions.register import register
from qonys.study.runs.units import MIXED
from qonys.web.chart_requests import ChartRequest
from qonys.web.charts.portraits import is_portrait
from qonys.web.view import View

FILE = Path(__file__).with_name("definitions.toml")
FEW = 2  # notions of a stored table that are told where nobody has chosen among them
# chart -> the parameter whose value decides, and the name under which its values stand
BY_STATE = {
    "fan": ("measure", "measure"), "effect": ("effect", "measure"), "pyramids": ("scale", "pyramids"),
    **dict.fromkeys(("lab_future", "lab_levers"), ("outcome", "outcome")),
}  # fmt: skip
INDICATORS = {"indicator": "what", "indicator_map": "map"}


@dataclass(frozen=True)
class Meaning:
    """The unit of a chart, and names with their definitions."""

    unit: str
    terms: tuple[tuple[str, str], ...]


NOTHING = Meaning("", ())


@cache
def declared() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The file: what each chart says, and its unit."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def meaning(asked: ChartRequest, drawing: Drawing) -> Meaning:
    """Unit and definitions of a chart in its state."""
    view = asked.view
    rows = [declared()[name] for name in _names(asked) if name in declared()]
    says = dict.fromkeys(one for row in rows for one in row.get("says", ()))
    if asked.name in INDICATORS:
        says = dict.fromkeys([f"indicator:{view.state[INDICATORS[asked.name]].partition('.')[0]}"])
    elif not rows:
        says = dict.fromkeys(_of_tables(asked.chart.needs))
    units = dict.fromkeys(view.say(key) for row in rows for key in row.get("unit", ()))
    return Meaning("; ".join(units) or _unit(view, drawing.unit), tuple(_term(view, one) for one in says))


def results_of(asked: ChartRequest) -> tuple[str, ...]:
    """The stored results that a chart is made of."""
    chart, view = asked.chart, asked.view
    if chart.rests_on is not None:
        return chart.rests_on(view)
    named = (one for name in _names(asked) for one in declared().get(name, {}).get("from", ()))
    return chart.needs or tuple(one for one in named if view.site.has(one))


def _names(asked: ChartRequest) -> Iterator[str]:
    """Names under which a chart may stand in the file, the value that decides first."""
    name = asked.name
    if name in BY_STATE:
        parameter, kind = BY_STATE[name]
        yield f"{kind}/{asked.view.state[parameter]}"
    if is_portrait(name):
        yield f"{name.partition('-')[0]}-{name.rpartition('-')[2]}"
    yield name


def _of_tables(tables: Sequence[str]) -> list[str]:
    """Definitions of the values of stored tables, where they are few."""
    found = dict.fromkeys(f"{one.notion}.{one.id}" for table in tables for one in register().of_table(table))
    return list(found) if len(found) <= FEW else []


def _term(view: View, what: str) -> tuple[str, str]:
    """Name and definition."""
    kind, _, name = what.rpartition(":")
    if kind == "define":
        return view.say(f"define.{name}"), view.say(f"define.{name}.text")
    if kind == "indicator":
        row = definitions(view.language).row(by_predicate=pl.col("indicator") == name, named=True)
        return capital(row["name"]), row["definition"]
    notion, _, variant = name.partition(".")
    basis = next(one.model for one in register().variants() if one.notion == notion and one.id == variant)
    told = f"{view.say(f'notion.{notion}')} ({view.say(f'notion.model.{basis}')})"
    return told, view.say(f"notion.{notion}.{variant}")


def _unit(view: View, unit: str) -> str:
    """A stored unit in words; nothing where rows have different ones."""
    if not unit or unit in MIXED:
        return ""
    key = f"web.unit.{unit}"
    return view.say(key) if words.has(key, view.language) else unit_text(unit, view.language)
