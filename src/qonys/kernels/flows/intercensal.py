"""Net migration by age between two counts, from survival: the census survival and residual methods.

Populations are (..., ages) in equal groups of `width` years, the last open; survival (..., ages) is that
of the group that ENDS at each age, the first from births (as `life_tables.survival_ratios` gives).
Results are by age at the end of the interval. Source: United Nations (1970), Manual VI, chapters
I to III. Deaths of migrants: forward counts all moves at the end of the interval, reverse all at its
start, average one half each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
METHODS = ("forward", "reverse", "average")


def survived(start: Array, survival: Array, births: Array | None, steps: int = 1) -> tuple[Array, Array]:
    """(survivors of the first count and of births, those exposed to that survival) at each end age.

    `births` (..., steps) of the interval's successive widths, or None (groups born inside stay nan).
    The open group at the end holds the survivors of the last `steps` + 1 groups at the start.
    """
    alive = start.astype(np.float64)
    exposed = start.astype(np.float64)
    for step in range(steps):
        moved, source = np.empty_like(alive), np.empty_like(alive)
        moved[..., 1:] = alive[..., :-1] * survival[..., 1:]
        moved[..., -1] = (alive[..., -2] + alive[..., -1]) * survival[..., -1]
        source[..., 1:] = exposed[..., :-1]
        source[..., -1] = exposed[..., -2] + exposed[..., -1]
        born = np.full(alive.shape[:-1], np.nan) if births is None else births[..., step]
        moved[..., 0], source[..., 0] = born * survival[..., 0], born
        alive, exposed = moved, source
    return alive, exposed


def survived_at_once(start: Array, survival: Array, births: Array | None, steps: int) -> tuple[Array, Array]:
    """The same from ratios over the whole interval of `steps` widths, by end age: P2(x + n) expected = P1(x) s(x + n).

    The open group has the ratio of the last `steps` + 1 groups at the start together; a group born inside that from
    births of its own width (`births` (..., steps), the oldest first).

    Examples
    --------
    >>> alive, exposed = survived_at_once(np.array([100.0, 80.0, 40.0, 30.0]), np.array([0.9, 0.8, 0.7, 0.5]), None, 2)
    >>> alive.tolist(), exposed.tolist()
    ([nan, nan, 70.0, 75.0], [nan, nan, 100.0, 150.0])
    """
    exposed = np.full(start.shape, np.nan)
    exposed[..., steps:] = start[..., :-steps]
    exposed[..., -1] = start[..., -steps - 1 :].sum(axis=-1)
    if births is not None:
        exposed[..., :steps] = births[..., ::-1]
    return exposed * survival, exposed


def net_migration(
    start: Array, end: Array, survival: Array, births: Array | None = None, steps: int = 1, at_once: bool = False
) -> dict[str, Array]:
    """Net migrants by age at the end: forward, reverse, average, each (..., ages), persons of the interval.

    `start`, `end`, `survival` (..., ages), `births` (..., steps) as in `survived`; groups born inside are nan without
    births. `at_once`: survival over the whole interval, not each width. Source: Siegel and Hamilton (1952), Journal of
    the American Statistical Association 47:475, for the three.

    Examples
    --------
    >>> counts = np.array([100.0, 80.0, 40.0]), np.array([90.0, 99.0, 50.0])
    >>> found = net_migration(*counts, np.array([0.9, 0.9, 0.5]), np.array([100.0]))
    >>> found["forward"].tolist(), found["reverse"].tolist()
    ([0.0, 9.0, -10.0], [0.0, 10.0, -20.0])
    """
    alive, exposed = (survived_at_once if at_once else survived)(start, survival, births, steps)
    forward = end - alive
    ratio = np.divide(alive, exposed, out=np.ones_like(alive), where=exposed > 0)
    reverse = np.divide(forward, ratio, out=np.full_like(forward, np.nan), where=ratio > 0)
    return {"forward": forward, "reverse": reverse, "average": (forward + reverse) / 2}


def children(women: Array, ratio: Array, ages: tuple[int, ...], share: float) -> Array:
    """Net migrants born in the interval: share x child-woman ratio x net migration of women of those ages.

    For a ten-year interval the share is 1/4 for children 0-4 with women 15-44 and 3/4 for 5-9 with women
    20-49 (Manual VI, chapter II). `women` (..., ages) net migrants, `ratio` (...), `ages` places of groups.
    """
    return np.asarray(share * ratio * women[..., list(ages)].sum(axis=-1))


def vital_balance(start: Array, end: Array, births: Array, deaths: Array, steps: int = 1) -> Array:
    """Net migrants by age at the end from registered events: P2(x + n) - P1(x) + D, (..., ages), persons.

    `births` (..., steps), the oldest first; `deaths` (..., ages) of the interval by the age that the dead would have
    had at its end. Exact where both counts and both registers are complete. Source: United Nations (1970), ch. I.

    Examples
    --------
    >>> counts = np.array([100.0, 80.0, 40.0]), np.array([90.0, 99.0, 50.0])
    >>> vital_balance(*counts, np.array([95.0]), np.array([5.0, 1.0, 60.0])).tolist()
    [0.0, 0.0, -10.0]
    """
    nothing = np.ones_like(start, dtype=np.float64)
    alive, _ = survived_at_once(start, nothing, births, steps)
    return np.asarray(end - alive + deaths)


def census_ratios(first: Array, second: Array, steps: int = 1) -> Array:
    """Census survival ratios of a closed nation by end age over `steps` widths: P2(x + n) / P1(x), (..., ages).

    `first` and `second` (..., ages), persons; nan at ages born inside. Source: United Nations (1970), ch. II.

    Raises
    ------
    BadInput
        Nobody was counted in an age group at the first count.

    Examples
    --------
    >>> census_ratios(np.array([100.0, 80.0, 40.0]), np.array([90.0, 95.0, 60.0])).tolist()
    [nan, 0.95, 0.5]
    """
    _, exposed = survived_at_once(first, np.ones_like(second), None, steps)
    if (exposed[..., steps:] <= 0).any():
        raise BadInput("estimation.nobody_counted")
    return np.asarray(second / exposed)


def by_event_age(net: Array, survival: Array) -> Array:
    """Net migrants by age at the move, moves spread evenly over the interval, (..., ages).

    N(x) = 2 N_end(x) - N(x - n) s(x) from the youngest up: half of a group's moves at the start of the
    interval and half at its end. Source: Sevcikova, Raymer and Raftery (2024) and DemoTools, time-even form.
    """
    found = np.empty_like(net)
    found[..., 0] = 2 * net[..., 0]
    for x in range(1, net.shape[-1]):
        found[..., x] = 2 * net[..., x] - found[..., x - 1] * survival[..., x]
    return found


def by_move_cohort(net: Array, survival: Array) -> Array:
    """Net migrants by age at the move, all moves in the middle of the interval, (..., ages).

    A group's moves are made half before and half after the birthday that brings it to its group at the end:
    N_c(x) = U(x) + U(x + n), U(x) = N(x) / (2 sqrt s(x)), where the youngest, U(0) = N(0) / sqrt s(0), has
    lived in its own group only; the group before the open one takes its own half twice, and the open group
    stays as it is. Source: DemoTools, cohort form of the residual.
    """
    half = net / (2 * np.sqrt(survival))
    found: Array = half.copy()
    found[..., 0] = 2 * half[..., 0]
    found[..., :-2] += half[..., 1:-1]
    found[..., -2] *= 2
    found[..., -1] = net[..., -1]
    return found
