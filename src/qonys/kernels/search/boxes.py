"""Where cases of interest gather: boxes in the space of inputs, found by patient peeling (PRIM).

Friedman and Fisher 1999, Bump hunting in high-dimensional data, Statistics and Computing 9: 123-143 (peeling, section
8.1; pasting, 8.2). Coverage, density and the quasi-p-value of a limit: Bryant and Lempert 2010, Thinking inside the
box, Technological Forecasting and Social Change 77: 34-49. The box is a description of the cases: no cause is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
PEELED, PASTED, LEAST, SURE = 0.05, 0.05, 0.05, 0.05


@dataclass(frozen=True)
class Box:
    """Limits of each input, `low` and `high` (inputs,), infinite where there is none.

    `coverage`: share of the cases of interest inside; `density`: share of the inside that is of interest; `mass`:
    share of all cases inside.
    """

    low: Array
    high: Array
    coverage: float
    density: float
    mass: float

    def holds(self, points: Array) -> Flags:
        """Which of `points` (N, inputs) are inside, (N,)."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1), dtype=bool)


def box_of(points: Array, wanted: Flags, low: Array, high: Array) -> Box:
    """A box with what it holds of `points` (N, inputs), of which `wanted` (N,) are of interest.

    Examples
    --------
    >>> points = np.array([[0.1], [0.4], [0.6], [0.9]])
    >>> box = box_of(points, np.array([False, False, True, True]), np.array([0.3]), np.array([np.inf]))
    >>> box.coverage, round(box.density, 3), box.mass
    (1.0, 0.667, 0.75)
    """
    inside = Box(low, high, 0.0, 0.0, 0.0).holds(points)
    held = int((inside & wanted).sum())
    return Box(
        low, high, held / max(int(wanted.sum()), 1), held / max(int(inside.sum()), 1), float(inside.mean()),
    )  # fmt: skip


def peeled(points: Array, wanted: Flags, share: float = PEELED, least: float = LEAST) -> list[Box]:
    """The boxes of the peeling of `points` (N, inputs), of which `wanted` (N,) are of interest: from no limits to the
    last that holds `least` of all cases.

    Each step takes `share` of the cases inside off one end of one input (at least the outermost value), where the rest
    is densest. Cases of equal value go together.

    Raises
    ------
    ValueError
        No case of interest, or nothing else.

    """
    if not wanted.any() or wanted.all():
        raise ValueError("a box needs cases of interest and others")
    inputs = points.shape[1]
    path = [box_of(points, wanted, np.full(inputs, -np.inf), np.full(inputs, np.inf))]
    while (best := _thinner(points, wanted, path[-1], share, least)) is not None:
        path.append(best)
    return path


def _thinner(points: Array, wanted: Flags, box: Box, share: float, least: float) -> Box | None:
    """The densest box that one peel leaves, or None where none is left that is large enough."""
    inside = points[box.holds(points)]
    found: list[Box] = []
    for i, values in enumerate(inside.T):
        low, high = np.quantile(values, (share, 1 - share))
        above, below = values[values > max(low, values.min())], values[values < min(high, values.max())]
        at_least, at_most = values[values >= low], values[values <= high]
        floor = at_least.min() if len(at_least) < len(values) else above.min(initial=np.inf)
        ceiling = at_most.max() if len(at_most) < len(values) else below.max(initial=-np.inf)
        for name, limit in (("low", floor), ("high", ceiling)):
            ends = {"low": box.low.copy(), "high": box.high.copy()}
            ends[name][i] = limit
            if np.isfinite(limit):
                found.append(box_of(points, wanted, ends["low"], ends["high"]))
    large = [one for one in found if least <= one.mass < box.mass]
    return max(large, key=lambda one: (one.density, one.mass), default=None)


def pasted(points: Array, wanted: Flags, box: Box, share: float = PASTED) -> Box:
    """The box widened by `share` of its cases of `points` (N, inputs) at one end at a time, while it becomes denser."""
    while True:
        wider = [one for one in _wider(points, wanted, box, share) if one.density > box.density]
        if not wider:
            return box
        box = max(wider, key=lambda one: (one.density, one.mass))


def _wider(points: Array, wanted: Flags, box: Box, share: float) -> list[Box]:
    more = max(int(np.ceil(share * box.holds(points).sum())), 1)
    found = []
    for i in range(points.shape[1]):
        free_low, free_high = box.low.copy(), box.high.copy()
        free_low[i], free_high[i] = -np.inf, np.inf
        column = points[Box(free_low, free_high, 0.0, 0.0, 0.0).holds(points), i]
        under, over = np.sort(column[column < box.low[i]])[::-1], np.sort(column[column > box.high[i]])
        if len(under):
            low = box.low.copy()
            low[i] = under[min(more, len(under)) - 1]
            found.append(box_of(points, wanted, low, box.high))
        if len(over):
            high = box.high.copy()
            high[i] = over[min(more, len(over)) - 1]
            found.append(box_of(points, wanted, box.low, high))
    return found


def without(points: Array, wanted: Flags, box: Box, i: int) -> Box:
    """The box without limits on input `i`, of `points` (N, inputs)."""
    low, high = box.low.copy(), box.high.copy()
    low[i], high[i] = -np.inf, np.inf
    return box_of(points, wanted, low, high)


def chance_of_limits(points: Array, wanted: Flags, box: Box) -> Array:
    """Quasi-p-value of the limits of each input (inputs,), nan where there is none.

    P(X >= H), X binomial: of the N cases inside, H of interest, had each the density of the box without the limits of
    the input (Bryant and Lempert 2010, equation of section 3.3). Small: the limits say something.
    """
    from scipy.stats import binom  # slow to load

    inside = box.holds(points)
    chances = np.full(points.shape[1], np.nan)
    for i in np.flatnonzero(np.isfinite(box.low) | np.isfinite(box.high)):
        free = without(points, wanted, box, int(i))
        chances[i] = binom.sf(int((inside & wanted).sum()) - 1, int(inside.sum()), free.density)
    return chances


def failure_box(points: Array, wanted: Flags) -> Box:
    """One box of `points` (N, inputs) by peeling, choice and pasting, with no limits that could be chance.

    Of the boxes of the peeling that with the largest harmonic mean of coverage and density is taken; limits with a
    quasi-p-value above `SURE` are taken away one by one, the least sure first.
    """
    path = peeled(points, wanted)
    box = max(path, key=lambda one: 2 * one.coverage * one.density / max(one.coverage + one.density, 1e-300))
    box = pasted(points, wanted, box)
    while True:
        chances = chance_of_limits(points, wanted, box)
        if not (chances > SURE).any():
            return box
        box = without(points, wanted, box, int(np.nanargmax(chances)))
