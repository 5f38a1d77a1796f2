"""Effects of fertility, mortality and migration on a measure: the projection is run for each set of changed factors.

Das Gupta (1993), equation 3.54, the value of Shapley (1953): the mean effect of changing a factor over all orders,
2^3 runs. Start: the rates of the first year hold and nobody moves; end: all as they were. What the start itself does to
the measure, from the age structure alone, is `momentum` (Keyfitz 1971, Demography 8:71, for constant rates).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.consequences.counterfactual import Carried, VitalRates, carry
from qonys.kernels.structure.decomposition import shapley

Array = NDArray[np.float64]
FACTORS = ("fertility", "mortality", "migration")


@dataclass(frozen=True)
class DecompositionParts:
    """Parts of a change: `first`, `last` the measure, `momentum`, and `effects` (3, ...) in the order of FACTORS."""

    first: Array
    last: Array
    momentum: Array
    effects: Array

    def residual(self) -> float:
        """Largest residual of last = first + momentum + effects, in the measure's unit."""
        return float(np.abs(self.last - self.first - self.momentum - self.effects.sum(axis=0)).max())


def first_year_held(rates: VitalRates) -> VitalRates:
    """The rates of the first year in every year, in the shapes of `rates`."""
    return VitalRates(
        np.broadcast_to(rates.survival[..., :1, :, :], rates.survival.shape),
        np.broadcast_to(rates.fertility[..., :1, :], rates.fertility.shape),
        rates.sex_ratio,
    )


def parts_of_change(moved: Carried, rates: VitalRates, measure: Callable[[Array], Array]) -> DecompositionParts:
    """Parts of the change of `measure` (a function of a population (..., 2, A)) from the start to the end of `moved`.

    `rates` are those that made `moved`; its migrants are the migration factor, as persons by age.
    """
    held = first_year_held(rates)
    base = moved.population[..., 0, :, :]

    def value(changed: frozenset[str]) -> Array:
        mixed = VitalRates(
            rates.survival if "mortality" in changed else held.survival,
            rates.fertility if "fertility" in changed else held.fertility,
            rates.sex_ratio,
        )
        path = carry(base, mixed, moved.migrants if "migration" in changed else None, moved.timing)
        return measure(path.population[..., -1, :, :])

    first, last = measure(base), measure(moved.population[..., -1, :, :])
    found = shapley(value, FACTORS)
    return DecompositionParts(first, last, last - found.change - first, found.effects)
