"""People of each cell brought to given numbers, stages and phases as they are, in one pass over the state."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN202

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.behaviour.chances import PHASES, SETTLED
from qonys.kernels.behaviour.counts import Counts

Array = NDArray[np.float64]
njit: Any = _njit


def held_at(now: Counts, people: Array, factor: Array) -> Array:
    """Bring the cells of `now` to `people` (R, C, 2, A) times `factor` (R,), in place; those who intend or plan (R, G).

    Cells without anybody are filled with settled people who intend nothing; previous regions keep their shares.
    """
    groups = now.homes.shape[2]
    phase = np.zeros((len(now.state), groups, PHASES))
    wishing = np.zeros((len(now.state), groups))
    _hold(now.state, people, factor, phase, wishing)
    held, known = phase[:, :, :SETTLED], now.homes.sum(axis=1)
    now.homes *= np.divide(held, known, out=np.zeros_like(known), where=known > 0)[:, None]
    return wishing


@njit(cache=True)
def _hold(state, people, factor, phase, wishing):
    regions, classes, _, states, ages = state.shape
    each = classes // phase.shape[1]
    times = np.empty(ages)
    for r in range(regions):
        for c in range(classes):
            g = c // each
            for s in range(2):
                one = state[r, c, s]
                times[:] = 0.0
                for q in range(states):
                    for a in range(ages):
                        times[a] += one[q, a]
                for a in range(ages):
                    wanted = people[r, c, s, a] * factor[r]
                    if times[a] > 0:
                        times[a] = wanted / times[a]
                    else:
                        one[SETTLED, a] = wanted
                        times[a] = 1.0
                for q in range(states):
                    total = 0.0
                    for a in range(ages):
                        one[q, a] *= times[a]
                        total += one[q, a]
                    phase[r, g, q % PHASES] += total
                    if q >= PHASES:
                        wishing[r, g] += total
