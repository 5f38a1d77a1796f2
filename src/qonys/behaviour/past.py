"""The chain through years whose people are known: what it makes of moves, emigrants, wishes and ages.

Each year runs on the people of that year, held: the base times a factor for each region. So births, deaths and
boundaries do not enter, and what is compared with published figures is behaviour alone. A year after others that are
skipped is run twice, so that stages and networks are those of its own people.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.start import start_of
from qonys.kernels.behaviour import counts
from qonys.kernels.behaviour.chances import PHASES, SETTLED, STAGES, Mechanism, chances
from qonys.kernels.behaviour.counts import Counts, YearFlows
from qonys.kernels.behaviour.holding import held_at

Array = NDArray[np.float64]
FIRST = 8  # years on the people of the first year, until the stages and previous regions hardly change
ADULT = 18


@dataclass(frozen=True)
class Past:
    """Rising `years`, and people of each region in each as a multiple of the base, `scale` (T, R)."""

    years: tuple[int, ...]
    scale: Array

    def __post_init__(self) -> None:
        if any(later <= before for before, later in pairwise(self.years)):
            raise ValueError("years must rise")
        if not np.isfinite(self.scale).all() or self.scale.min() <= 0:
            raise ValueError("people must be above 0")

    def passes(self, first: int) -> list[tuple[int, bool]]:
        """Places of `years` as they are run, and whether a run is read: twice after years that are skipped."""
        found = [(0, False)] * first + [(0, True)]
        for t in range(1, len(self.years)):
            gap = self.years[t] > self.years[t - 1] + 1
            found += [(t, False)] * gap + [(t, True)]
        return found


@dataclass(frozen=True)
class PastRun:
    """`moves` (T, R, R) of all years, returns among them; all else of the last year.

    `emigrants` (K, G); `movers` (B,) inside the country by band of age; `arrivals` (R, G); `wishes` (2, A): people who
    intend and who plan, counted by the chance that they would go abroad; `people` (A,); `recent`: share of adults who
    moved within the country and are not settled.
    """

    moves: Array
    emigrants: Array
    movers: Array
    arrivals: Array
    wishes: Array
    people: Array
    recent: float


def past_run(chain: Mechanism, inputs: BehaviourInputs, past: Past, first: int = FIRST) -> PastRun:
    """The years of `past`, after `first` years on the people of the first.

    Examples
    --------
    >>> from qonys.behaviour.made_up import small_country
    >>> from qonys.behaviour.parameters import mechanism
    >>> past_run(mechanism(), small_country(1e4), Past((0, 1), np.ones((2, 4)))).moves.shape
    (2, 4, 4)

    """
    axes, bands = inputs.axes, np.array(inputs.axes.bands)
    groups = len(axes.groups)
    places, base = inputs.of_year(0), inputs.base.reshape(len(axes.regions), -1, 2, inputs.ages())
    people = inputs.base.sum(axis=(2, 3, 4))
    now = start_of(chain, inputs)
    nobody = np.zeros((len(axes.abroad), groups))
    moves = []
    for t, read in past.passes(first):
        factor = past.scale[t]
        wishing = held_at(now, base, factor)
        living = people * factor[:, None]
        whole = living + now.left
        norm = np.divide(wishing + now.left, whole, out=np.zeros_like(whole), where=whole > 0)
        chance = chances(chain, places, (living, norm, nobody), len(axes.educations), inputs.ages())
        flows = counts.year(now, inputs.years[0], inputs.school, chance, bands)
        now.left = flows.moves.sum(axis=1) + flows.emigrants.sum(axis=1)
        if read:
            moves.append((flows.moves + flows.returns).sum(axis=2))
    abroad = chance.choice[:, :, len(axes.regions) :].sum(axis=2)
    return _seen(inputs, now, flows, abroad, np.stack(moves))


def _seen(inputs: BehaviourInputs, now: Counts, flows: YearFlows, abroad: Array, moves: Array) -> PastRun:
    """What is told of the last year."""
    axes, ages = inputs.axes, inputs.ages()
    regions, groups = len(axes.regions), len(axes.groups)
    by = now.state.reshape(regions, groups, -1, STAGES, PHASES, ages).sum(axis=2)
    stage = by.sum(axis=3)
    adults = by[..., ADULT:].sum(axis=(0, 1, 2, 4))
    lived = now.homes[:, :-1].sum() / max(now.homes.sum(), 1e-300)
    movers = flows.movers.reshape(regions, groups, -1, len(axes.bands)).sum(axis=2)
    return PastRun(
        moves, flows.emigrants.sum(axis=0), np.einsum("rgb,rg->b", movers, 1 - abroad),
        (flows.moves + flows.returns).sum(axis=0), np.einsum("rgsa,rg->sa", stage[:, :, 1:], abroad),
        stage.sum(axis=(0, 1, 2)), float(lived * adults[:SETTLED].sum() / adults.sum()),
    )  # fmt: skip
