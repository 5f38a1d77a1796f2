"""Adjustment of regions and groups to national births and emigrants, draw by draw and year by year.

The national processes are fitted to totals that already reflect changes in composition: as groups with high emigration
shrink, or groups with high fertility grow, the national path does not change. The rates of all regions and groups are
therefore multiplied by one factor a year so that they sum to the national count, found iteratively (a fixed point; the
remainder is reported by `RegionalProjection.compared`). Top-down consistency of subnational projections: Smith,
Tayman and Swanson (2013), A Practitioner's Guide to State and Local Population Projections, ch. 11. A scenario that
affects only parts (a group, a region) keeps the factors of the run without it, so that its effect is not removed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.multiregional.step import BIRTHS, EMIGRANTS, Drivers

Array = NDArray[np.float64]
PASSES, MOST = 2, 50.0
Totals = Callable[[Drivers], Array]


@dataclass(frozen=True)
class Factors:
    """On the fertility and the emigration of all regions and groups, (D, T) each."""

    births: Array
    emigrants: Array

    def on(self, drivers: Drivers) -> Drivers:
        """Drivers with the factors in them."""
        fertility = drivers.fertility * self.births[:, :, None, None]
        emigration = drivers.emigration * self.emigrants[:, :, None, None]
        return replace(drivers, fertility=fertility, emigration=emigration)


def factors(drivers: Drivers, births: Array, departures: Array, totals: Totals, passes: int = PASSES) -> Factors:
    """Factors that bring the sums of regions to the nation's `births` and `departures` (D, T).

    `totals`: runs drivers and gives the accounts of all regions and groups together, (D, T, 9). A factor stays below
    50: rates that ask for people who are no longer there cannot be met.
    """
    found = Factors(np.ones_like(births), np.ones_like(births))
    for _ in range(passes):
        made = totals(found.on(drivers))
        found = Factors(
            _corrected(found.births, births, made[..., BIRTHS]),
            _corrected(found.emigrants, departures, made[..., EMIGRANTS]),
        )
    return found


def _corrected(factor: Array, wanted: Array, made: Array) -> Array:
    ratio = np.divide(wanted, made, out=np.ones_like(made), where=(made > 0) & (wanted > 0))
    return np.minimum(factor * ratio, MOST)
