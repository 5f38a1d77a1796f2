"""Each measure alone in the lab: one step, a tenth of its range and the whole of it, at each side of its effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.policy.levers import Interval
from qonys.policy.measures import Measure
from qonys.study.lab.session import OUTCOMES, Lab

Array = NDArray[np.float64]
TAILS = (0.025, 0.975)


@dataclass(frozen=True)
class Alone:
    """Effects of one measure by side of its effects, (D, O) each: of one `step` upwards (the mean of one up and one
    down where the range has room for both), of a `tenth` of the range, and of the `whole` of it, from low to high.
    """

    step: Mapping[str, Array]
    tenth: Mapping[str, Array]
    whole: Mapping[str, Array]


def alone(lab: Lab, measure: Measure, year: int, since: int = 0) -> Alone:
    """The runs of one measure."""
    base, place = lab.baseline(since), lab.years.index(year)
    now, step = measure.now.value, measure.step
    ups = [value for value in (now + step, now - step) if measure.low <= value <= measure.high]
    steps: dict[str, Array] = {}
    tenths: dict[str, Array] = {}
    wholes: dict[str, Array] = {}

    def at(value: float, side: str) -> Array:
        run = lab.run({measure.id: value}, side, since)
        return np.stack([run.measures[name][:, place] - base.measures[name][:, place] for name in OUTCOMES], axis=1)

    for side in lab.sides({measure.id: measure.pushed()}):
        steps[side] = np.mean([np.sign(value - now) * at(value, side) for value in ups], axis=0)
        tenths[side] = at(measure.pushed(), side)
        wholes[side] = at(measure.high, side) - at(measure.low, side)
    return Alone(steps, tenths, wholes)


def interval(effects: Mapping[str, Array], place: int) -> Interval:
    """Median of the middle side, and the widest of the sides' intervals of 95 %."""
    ends = np.array([np.quantile(values[:, place], TAILS) for values in effects.values()])
    return Interval(float(ends[:, 0].min()), float(np.median(effects["value"][:, place])), float(ends[:, 1].max()))


def weights(measure: Measure, effects: Mapping[str, Array], place: int) -> Array:
    """Size of the effect times controllability by side and draw, (sides, D)."""
    return np.stack([np.abs(values[:, place]) for values in effects.values()]) * measure.controllability()
