"""Effects of measures on outcomes, draw by draw, and a ranking of measures.

Runs with and without a measure use common random numbers (Glasserman and Yao 1992, Management Science 38:884), so
their difference is due to the measure alone. The uncertainty of the effect itself is included by running it at its low
and its high end: the interval is the envelope of the intervals of the three runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.policy.measures import Measure

Array = NDArray[np.float64]
SIDES = ("value", "low", "high")


@dataclass(frozen=True)
class Interval:
    """Median difference to the baseline and the ends of its 95 % interval, in the unit of the outcome."""

    low: float
    middle: float
    high: float

    def over(self, steps: float) -> Interval:
        """The effect of one of `steps` equal steps."""
        ends = sorted((self.low / steps, self.high / steps))
        return Interval(ends[0], self.middle / steps, ends[1])

    def surely(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def difference(baseline: Array, changed: Mapping[str, Array], level: float = 0.95) -> Interval:
    """Effect on an outcome: `baseline` (D,), `changed` by side of the effect's range, each (D,) of the same draws.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0]), {"value": np.array([2.0, 3.0]), "low": np.array([1.5, 2.5])}).low
    0.5
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = np.array([np.quantile(values - baseline, tails) for values in changed.values()])
    middle = float(np.median(changed["value"] - baseline))
    return Interval(float(ends.min()), middle, float(ends.max()))


@dataclass(frozen=True)
class Lever:
    """A measure's effect on one outcome: of the whole `change` of its parameter and of one step of it."""

    measure: str
    change: float
    whole: Interval
    unit: Interval
    controllability: int

    @property
    def weight(self) -> float:
        """Size of the effect of the whole change times controllability: an order of levers, not a quantity."""
        return abs(self.whole.middle) * self.controllability


def lever(measure: Measure, change: float, whole: Interval) -> Lever:
    """The lever of a measure whose parameter was moved by `change`, with the effect of the whole of it."""
    return Lever(measure.id, change, whole, whole.over(change / measure.step), measure.controllability())


def ranked(levers: Sequence[Lever], by: str = "weight") -> list[Lever]:
    """Levers from the strongest: by `weight`, or by `effect` (size of the effect of the whole change)."""

    def place(one: Lever) -> tuple[float, str]:
        return -(one.weight if by == "weight" else abs(one.whole.middle)), one.measure

    return sorted(levers, key=place)
