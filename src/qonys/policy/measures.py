"""Policy measures and the changes that their settings make in a projection.

A measure has one parameter, whose current value is `now`, and effects, each with an estimate of the effect of one unit.
The form of an effect says how the estimate enters:

- persons: (x - now) * unit persons a year are added to immigration, by group and region;
- factor: 1 + (x - now) * unit multiplies a factor of the projection, of each group named;
- share: 1 + unit * (x - now) multiplies a factor of the projection (unit: the share of the flow that it touches);
- power: (x / now) ** unit multiplies the pull of each region named (unit: an elasticity);
- attraction: 1 + (x - now) * unit / usual multiplies the pull of the regions named (usual: their arrivals a year);
- temporary: (x - now) * unit workers are present who are not residents.

Effects of several measures on one factor multiply, persons add: no interaction between measures is assumed. Estimates
are numbers with a range and a stated basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qonys.errors import BadInput

SIDES = ("value", "low", "high")
FORMS = ("persons", "factor", "share", "power", "attraction", "temporary")
BASES = ("identity", "figures", "bound", "estimated", "assumption")
STAGES = ("intention", "plan", "move", "settling")
DECIDERS = ("ministry", "government", "parliament", "treaty", "market")
ALL = "all"


@dataclass(frozen=True)
class Estimate:
    """A number with its range (an interval of 95 % or bounds), what it rests on and its sources."""

    value: float
    low: float
    high: float
    basis: str
    sources: tuple[str, ...] = ()

    def at(self, side: str) -> float:
        """The number at one of SIDES."""
        return float(getattr(self, side))


@dataclass(frozen=True)
class Effect:
    """What one unit of a measure does; `key` names a factor of the projection where the form needs one."""

    form: str
    unit: Estimate
    text: Mapping[str, str]
    key: str = ""
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a parameter was in a year of the past: the lowest or highest (`end`) in the `register` or the `account`."""

    kind: str
    end: str
    value: float
    year: int


@dataclass(frozen=True)
class Cost:
    """What one unit of a measure's parameter costs in a year, in `unit` at the prices of `year`, with its sources."""

    value: float
    unit: str
    year: int
    sources: tuple[str, ...]
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """A measure: its parameter (`unit`, `now`, allowed `low` to `high` by `step`), who decides, and its effects.

    `seen`: extremes of the past, where the range follows them. `stage`: the link of the mechanism at which the effects
    enter (a stated judgement; empty: not said). `within`: the measure of whose parameter this one is a part. `cost`:
    None where none is sourced.
    """

    id: str
    name: Mapping[str, str]
    unit: str
    now: Estimate
    now_year: int
    low: float
    high: float
    step: float
    decided_by: str
    effects: tuple[Effect, ...]
    text: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    stage: str = ""
    within: str = ""
    cost: Cost | None = None

    def pushed(self) -> float:
        """The parameter moved by a tenth of its range: upwards, or downwards if that would exceed the range."""
        step = (self.high - self.low) / 10
        return self.now.value + step if self.now.value + step <= self.high else self.now.value - step

    def stops(self) -> tuple[float, ...]:
        """Values of the slider: from low to high by step, the present one, and the extremes of the past."""
        count = round((self.high - self.low) / self.step)
        grid = {round(self.low + place * self.step, 9) for place in range(count + 1)}
        return tuple(sorted(grid | {self.now.value} | {one.value for one in self.seen}))

    def controllability(self) -> int:
        """From 5 (changed by a ministry's order) to 1 (left to markets): an ordinal scale."""
        return len(DECIDERS) - DECIDERS.index(self.decided_by)


@dataclass(frozen=True)
class Changes:
    """What settings change: `scenario` of the projection, and temporary `workers` present."""

    scenario: Mapping[str, Any]
    workers: float = 0.0


def checked(settings: Mapping[str, float], measures: tuple[Measure, ...]) -> dict[str, float]:
    """Settings without those equal to their current value.

    Raises
    ------
    BadInput
        An unknown measure, or a value outside its range.

    """
    known = {measure.id: measure for measure in measures}
    found = {}
    for name, value in settings.items():
        if name not in known:
            raise BadInput("policy.measure", found=name, known=", ".join(known))
        measure = known[name]
        if not measure.low <= value <= measure.high:
            raise BadInput("policy.value", name=name, value=value, low=measure.low, high=measure.high)
        if value != measure.now.value:
            found[name] = float(value)
    return found


def changes_of(
    settings: Mapping[str, float],
    measures: tuple[Measure, ...],
    usual: Mapping[str, float],
    side: str = "value",
    since: int = 0,
) -> Changes:
    """What settings of measures change, each effect at one side of its range.

    `usual`: arrivals from inside the country a year, by region. The result is a mapping of the projection's
    scenario keys; it is the same file that the command line reads.
    """
    scenario: dict[str, Any] = {}
    workers = 0.0
    known = {measure.id: measure for measure in measures}
    for name, value in sorted(checked(settings, measures).items()):
        measure = known[name]
        for effect in measure.effects:
            unit, more = effect.unit.at(side), value - measure.now.value
            if effect.form == "temporary":
                workers += more * unit
            elif effect.form == "persons":
                _add(scenario, effect, more * unit)
            elif effect.form in ("power", "attraction"):
                _pull(scenario, effect, (value / measure.now.value if measure.now.value else 0.0, more, unit), usual)
            else:
                _multiply(scenario, effect, max(1 + more * unit, 0.0))
    if scenario and since:
        scenario["since"] = since
    return Changes(scenario, workers)


def _add(scenario: dict[str, Any], effect: Effect, persons: float) -> None:
    """Persons a year into `immigration_add`, or out of the usual ones where they are fewer than now."""
    if persons == 0:
        return
    parts = scenario.setdefault("immigration_add", {}).setdefault(effect.groups[0] if effect.groups else ALL, {})
    places = effect.regions or (ALL,)
    for place in places:
        parts[place] = parts.get(place, 0.0) + persons / len(places)


def _multiply(scenario: dict[str, Any], effect: Effect, factor: float) -> None:
    if effect.groups:
        parts = scenario.setdefault(effect.key, {})
        for group in effect.groups:
            parts[group] = parts.get(group, 1.0) * factor
    else:
        scenario[effect.key] = scenario.get(effect.key, 1.0) * factor


def _pull(
    scenario: dict[str, Any], effect: Effect, move: tuple[float, float, float], usual: Mapping[str, float]
) -> None:
    """Factors on the pull of regions."""
    times, more, unit = move
    parts = scenario.setdefault("region_attraction", {})
    arrivals = sum(usual[region] for region in effect.regions)
    factor = times**unit if effect.form == "power" else 1 + more * unit / arrivals
    for region in effect.regions:
        parts[region] = parts.get(region, 1.0) * max(factor, 1e-6)
