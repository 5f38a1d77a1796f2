"""The state of the policy lab: up to four scenarios, each a setting of measures, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qonys import words
from qonys.figures.style import BLUE, GREEN, ORANGE, PINK
from qonys.inputs.counts import newest_base
from qonys.report.chapters import measures
from qonys.study.lab.addresses import first_years, written
from qonys.study.lab.policy_measures import FILE, read_measures
from qonys.study.lab.session import OUTCOMES
from qonys.web.parameters import PANEL, Parameter
from qonys.web.simulation import ACCOUNT
from qonys.web.view import Site, View

if TYPE_CHECKING:
    from qonys.policy.measures import Measure

LETTERS = ("s1", "s2", "s3", "s4")
COLOURS = dict(zip(LETTERS, (BLUE, ORANGE, GREEN, PINK), strict=True))
WIDENING = ("immigration_times", "emigration_times")


@dataclass(frozen=True)
class Unit:
    """How an outcome is written: divisor, decimals and word of its level and of a difference."""

    divisor: float
    decimals: int
    word: str
    gap: float
    gap_decimals: int
    gap_word: str


PERSONS = Unit(1e6, 2, "million", 1e3, 1, "thousand")
UNITS = {
    "population": PERSONS,
    "working_age": PERSONS,
    "receiving_regions": PERSONS,
    "old_age_dependency": Unit(1, 1, "per_100", 1, 2, "per_100"),
    "net_migration": Unit(1e3, 0, "thousand_a_year", 1e3, 1, "thousand_a_year"),
    "largest_group": Unit(0.01, 1, "percent", 0.01, 2, "points"),
}


def lab_there(site: Site) -> bool:
    """Whether the pack has measures and the stored results what the lab starts from."""
    return (site.pack.path / FILE).is_file() and site.has(ACCOUNT) and bool(measures_of(site))


def measures_of(site: Site) -> tuple[Measure, ...]:
    """The measures whose numbers all exist."""
    return site.keep("lab:measures", lambda: read_measures(site.pack, site.results))


def years_of(site: Site) -> tuple[int, ...]:
    """The base year to the last of the projection by region."""

    def make() -> tuple[int, ...]:
        return tuple(range(newest_base(site.pack), site.results.plan.regions.until + 1))

    return site.keep("lab:years", make)


def starts_of(site: Site) -> tuple[int, ...]:
    """Years from which measures may hold: the one after the latest figure of any, and two later ones."""
    return first_years(measures_of(site))


def sliders(site: Site) -> tuple[Parameter, ...]:
    """One parameter a scenario and measure: `s1.border`."""

    def make() -> tuple[Parameter, ...]:
        values = {one.id: tuple(map(written, one.stops())) for one in measures_of(site)}
        return tuple(
            Parameter(f"{letter}.{one.id}", values[one.id], written(one.now.value), PANEL, f"lab.{one.id}")
            for letter in LETTERS
            for one in measures_of(site)
        )

    return site.keep("lab:sliders", make)


def outcome_parameter() -> Parameter:
    """Which outcome."""
    return Parameter("outcome", OUTCOMES, OUTCOMES[0], texts="lab.outcome")


def since_parameter(site: Site) -> Parameter:
    """From which year the measures hold."""
    found = tuple(map(str, starts_of(site)))
    return Parameter("since", found, found[0], PANEL)


def year_parameter(site: Site) -> Parameter:
    """The year that is looked at."""
    found = tuple(str(year) for year in years_of(site) if year >= starts_of(site)[0])
    return Parameter("year", found, found[-1], "slider")


def settings_of(view: View, letter: str) -> tuple[tuple[str, float], ...]:
    """What a scenario changes: measures with their values, sorted; those that stand where they are now left out."""
    found = []
    for measure in measures_of(view.site):
        given = view.state.get(f"{letter}.{measure.id}", written(measure.now.value))
        if given != written(measure.now.value):
            found.append((measure.id, float(given)))
    return tuple(sorted(found))


def shown_letters(view: View) -> tuple[str, ...]:
    """The scenarios that change something, and the first in any case."""
    return tuple(letter for letter in LETTERS if letter == LETTERS[0] or settings_of(view, letter))


def scenario_name(view: View, letter: str) -> str:
    """How a scenario is called."""
    return view.say("lab.scenario", number=letter[1:])


def amount_text(view: View, unit: str, value: float) -> str:
    """A value of a measure's parameter."""
    return measures.amount_text(view.language, unit, value)


def level(view: View, outcome: str, value: float) -> str:
    """A level of an outcome."""
    unit = UNITS[outcome]
    return view.number(value / unit.divisor, unit.decimals)


def gap(view: View, outcome: str, value: float) -> str:
    """A difference, with its sign."""
    unit = UNITS[outcome]
    return words.signed(value / unit.gap, view.language, unit.gap_decimals)


def outcome_title(view: View, outcome: str, *, difference: bool = False) -> str:
    """An outcome with its unit."""
    unit = UNITS[outcome]
    return f"{view.say(f'lab.outcome.{outcome}')}, {view.say(f'lab.unit.{unit.gap_word if difference else unit.word}')}"


def year_place(view: View) -> int:
    """Place of the chosen year."""
    return years_of(view.site).index(view.year("year"))


def lab_facts(view: View, *, every: bool = False) -> dict[str, Any]:
    """Source line, sources, method and rank: the account, and the measures that are moved (or all of them)."""
    table = view.site.results.table(ACCOUNT)
    moved = {name for letter in LETTERS for name, _ in settings_of(view, letter)}
    used = [one for one in measures_of(view.site) if every or one.id in moved]
    numbers = [number for one in used for number in (one.now, *(effect.unit for effect in one.effects))]
    sources = tuple(dict.fromkeys((*(source for number in numbers for source in number.sources), *table.sources)))
    return {
        "source": view.context.origin(sources, "policy.lab"),
        "sources": sources,
        "method": "policy.lab",
        "rank": 5,
    }


def lab_notes(view: View) -> tuple[str, ...]:
    """What a reader of differences has to know, and why an interval is wide where one is."""
    draws = view.number(view.site.draws)
    return (view.say("lab.note.luck", draws=draws), view.say("lab.note.range"), *wide_notes(view))


def wide_notes(view: View) -> tuple[str, ...]:
    """What the moved measures need said of them."""
    moved = {name for letter in LETTERS for name, _ in settings_of(view, letter)}
    effects = [effect for one in measures_of(view.site) if one.id in moved for effect in one.effects]
    notes = []
    if any(effect.key in WIDENING for effect in effects):
        notes += [view.say("lab.note.surges"), view.say("lab.note.usual")]
    if any(effect.form == "temporary" for effect in effects):
        notes.append(view.say("lab.note.workers"))
    return tuple(notes)
