"""Lines that the chain makes of figures, as a function of its parameters, and their slopes by differences."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.observed import Observed, lines_of
from qonys.behaviour.parameters import PARAMETERS, from_vector
from qonys.behaviour.past import PastRun, past_run

Array = NDArray[np.float64]
STEP = 0.02  # of a prior's spread
SPREADS = np.array([one.sd for one in PARAMETERS])
BOUNDS = (
    np.array([one.to_scale(one.low) for one in PARAMETERS]),
    np.array([one.to_scale(one.high) for one in PARAMETERS]),
)


@dataclass
class Surface:
    """Lines (N,) at any place (16,) on the scales of the priors; the last place and its slopes are kept."""

    inputs: BehaviourInputs
    seen: Observed
    runs: int = 0
    _place: Array = field(default_factory=lambda: np.full(len(PARAMETERS), np.nan))
    _lines: Array = field(default_factory=lambda: np.zeros(0))
    _slopes_at: Array = field(default_factory=lambda: np.full(len(PARAMETERS), np.nan))
    _slopes: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def run(self, place: Array) -> PastRun:
        """The chain's run at a place."""
        self.runs += 1
        return past_run(from_vector(place), self.inputs, self.seen.past)

    def lines(self, place: Array) -> Array:
        """The lines at a place."""
        if not np.array_equal(place, self._place):
            self._lines, self._place = lines_of(self.seen, self.run(place)), place.copy()
        return self._lines

    def slopes(self, place: Array) -> Array:
        """Slopes (N, 16) by differences, one run for each parameter; steps go inwards at a bound."""
        if np.array_equal(place, self._slopes_at):
            return self._slopes
        at = self.lines(place)
        found = np.empty((len(at), len(place)))
        for k, one in enumerate(PARAMETERS):
            step = STEP * one.sd
            step = -step if place[k] + step > BOUNDS[1][k] else step
            moved = place.copy()
            moved[k] += step
            found[:, k] = (lines_of(self.seen, self.run(moved)) - at) / step
        self._slopes, self._slopes_at = found, place.copy()
        return found
