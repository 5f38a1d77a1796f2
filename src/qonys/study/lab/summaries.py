"""Runs of the policy lab brought down to what a page shows: quantiles of outcomes and of differences to the baseline.

All differences are draw by draw on common random numbers (Glasserman and Yao 1992). The range of an effect is carried
by the runs at its sides: the ends of an interval are the widest of the sides', its middle is that of the middle run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.policy.levers import Interval, Lever, lever, ranked
from qonys.policy.measures import Measure
from qonys.study.lab.session import OUTCOMES, Lab, Outcome, open_lab
from qonys.study.runs.results import Results

Array = NDArray[np.float64]
Settings = tuple[tuple[str, float], ...]
FAN = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
ENDS = (0.025, 0.25, 0.5, 0.75, 0.975)
MIDDLE = ENDS.index(0.5)
FEW = 64


@dataclass(frozen=True)
class Future:
    """Outcomes of one scenario by name: `values` (7, T + 1) at FAN, `differences` (5, T + 1) at ENDS."""

    values: Mapping[str, Array]
    differences: Mapping[str, Array]


@dataclass(frozen=True)
class LabParts:
    """Regions or groups in one year: `base`, `values`, `differences`, each (5, K) at ENDS, of persons or shares."""

    base: Array
    values: Array
    differences: Array


@dataclass(frozen=True)
class Pushed:
    """A measure moved by a tenth of its range: `change` of its parameter, differences (3, T + 1): low, middle, high."""

    change: float
    effect: Array


@dataclass(frozen=True)
class LabShape:
    """What the lab runs over: years, regions, groups, draws, and the regions that measures send people to."""

    years: tuple[int, ...]
    regions: tuple[str, ...]
    groups: tuple[str, ...]
    receiving: tuple[str, ...]
    draws: int


def quantiles(values: Array, at: tuple[float, ...]) -> Array:
    """Quantiles over the first axis, linear between neighbours (type 7 of Hyndman and Fan 1996): (Q, ...).

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 2.0]), (0.25, 0.5))
    array([1.5, 2. ])
    """
    order = np.sort(np.moveaxis(values, 0, -1), axis=-1)
    place = np.asarray(at) * (order.shape[-1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, order.shape[-1] - 1)
    found = order[..., below] + (order[..., above] - order[..., below]) * (place - below)
    return np.moveaxis(found, -1, 0)


def widest(differences: list[Array], at: tuple[float, ...] = ENDS) -> Array:
    """Quantiles of differences, of which the first is that of the middle run: the ends are the widest of all.

    Examples
    --------
    >>> widest([np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.0, 0.0])])[:, None].T
    array([[0., 0., 1., 1., 1.]])
    """
    found = np.stack([quantiles(one, at) for one in differences])
    middle = at.index(0.5)
    low, high = found[:, :middle].min(axis=0), found[:, middle + 1 :].max(axis=0)
    return np.concatenate([low, found[:1, middle], high])


@dataclass
class LabSession:
    """A lab and what pages ask of it; the lab keeps its last runs, so that all charts of one state share them."""

    lab: Lab
    _pushed: dict[tuple[str, int], Mapping[str, Pushed]] = field(default_factory=dict, repr=False)
    _bases: dict[tuple[tuple[str, ...], int], Future] = field(default_factory=dict, repr=False)
    _hasty: Lab | None = field(default=None, repr=False)

    def shape(self) -> LabShape:
        """What the lab runs over."""
        inputs = self.lab.worlds.whole.regional
        return LabShape(self.lab.years, tuple(inputs.regions), tuple(inputs.groups), self.lab.receiving, self.lab.draws)

    def future(self, settings: Settings, outcomes: tuple[str, ...], since: int = 0, *, quick: bool = False) -> Future:
        """Outcomes by year; `quick`: from the first draws (`FEW`), without the ranges of effects."""
        if settings:
            return (self._hurried if quick else self._future)(settings, outcomes, since)
        key = (outcomes, since or self.lab.since)
        if key not in self._bases:
            self._bases[key] = self._future((), outcomes, since)
        return self._bases[key]

    def _hurried(self, settings: Settings, outcomes: tuple[str, ...], since: int) -> Future:
        """Quantiles of all draws of the baseline, moved by what the first draws say (a control variate)."""
        few, base = self._few(), self.future((), outcomes, since)
        usual, run = (_stacked(one, outcomes) for one in (few.baseline(since), few.run(dict(settings), since=since)))
        moved, gaps = quantiles(run, FAN) - quantiles(usual, FAN), quantiles(run - usual, ENDS)
        return Future(
            {name: base.values[name] + moved[:, i] for i, name in enumerate(outcomes)},
            {name: gaps[:, i] for i, name in enumerate(outcomes)},
        )

    def _few(self) -> Lab:
        """The lab of the first draws, opened once."""
        if self._hasty is None:
            self._hasty = self.lab.fewer(FEW)
        return self._hasty

    def _future(self, settings: Settings, outcomes: tuple[str, ...], since: int) -> Future:
        sides = self.lab.sides(dict(settings))
        base = _stacked(self.lab.baseline(since), outcomes)
        runs = [_stacked(self.lab.run(dict(settings), side, since), outcomes) for side in sides]
        values, gaps = quantiles(runs[0], FAN), widest([run - base for run in runs])
        by_name = [{name: part[:, i] for i, name in enumerate(outcomes)} for part in (values, gaps)]
        return Future(*by_name)

    def parts(self, what: str, settings: Settings, year: int, since: int = 0, *, share: bool = False) -> LabParts:
        """`what`: regions or groups, in one year; `share`: of the whole in percent, else persons."""
        place = self.lab.years.index(year)

        def cut(run: Outcome) -> Array:
            found = np.asarray(getattr(run, what))[:, place]
            return found / found.sum(axis=1, keepdims=True) * 100 if share else found

        base = cut(self.lab.baseline(since))
        runs = [cut(self.lab.run(dict(settings), side, since)) for side in self.lab.sides(dict(settings))]
        return LabParts(quantiles(base, ENDS), quantiles(runs[0], ENDS), widest([run - base for run in runs]))

    def pushed(self, name: str, outcome: str, since: int = 0) -> Pushed:
        """A measure moved by a tenth of its range from where it stands now, up if it can.

        All outcomes come from the same runs and are kept together: a question about another one needs no new run.
        """
        key = (name, since or self.lab.since)
        if key not in self._pushed:
            measure = next(one for one in self.lab.measures if one.id == name)
            target = measure.pushed()
            found, change = self.future(((name, target),), OUTCOMES, since).differences, target - measure.now.value
            self._pushed[key] = {one: Pushed(change, found[one][[0, MIDDLE, -1]]) for one in OUTCOMES}
        return self._pushed[key][outcome]

    def scenario(self, settings: Settings, since: int = 0) -> dict[str, object]:
        """The scenario file of settings."""
        return self.lab.scenario(dict(settings), since)


def levers(measures: tuple[Measure, ...], found: Mapping[str, Pushed], place: int, by: str) -> list[Lever]:
    """Measures by their effect in the year at `place`, from the strongest."""
    items = []
    for measure in measures:
        one = found[measure.id]
        items.append(lever(measure, one.change, Interval(*map(float, one.effect[:, place]))))
    return ranked(items, by)


def bench_of(pack: Pack, results: Results, draws: int) -> LabSession:
    """The bench of a country's lab."""
    return LabSession(open_lab(pack, results, draws))


def _stacked(run: Outcome, outcomes: tuple[str, ...]) -> Array:
    """Outcomes of a run: (D, outcomes, T + 1)."""
    return np.stack([run.measures[name] for name in outcomes], axis=1)
