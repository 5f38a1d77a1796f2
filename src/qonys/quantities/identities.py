"""Accounting identities on quantities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qonys.errors import IdentityBroken
from qonys.kernels.flows.balance import residual_migration
from qonys.quantities.axes import check_same_axes
from qonys.quantities.quantity import Array, Quantity
from qonys.quantities.types import Population


@dataclass(frozen=True)
class BalanceReport:
    """What is left of the balancing equation, persons, one value per cell; 0 where it closes."""

    discrepancy: Array
    greatest: float

    def demand(self, tolerance: float) -> None:
        """Raise `IdentityBroken` when any cell is off by more than `tolerance` persons."""
        if self.greatest > tolerance:
            raise IdentityBroken("quantities.balance_broken", greatest=self.greatest, tolerance=tolerance)


def balance(
    start: Population, end: Population, births: Quantity, deaths: Quantity, migration: Quantity
) -> BalanceReport:
    """Check P(t+n) = P(t) + B - D + N cell by cell; all five share their axes."""
    for other in (end, births, deaths, migration):
        check_same_axes(start.axes, other.axes, "balance")
    left = residual_migration(start.values, end.values, births.values, deaths.values) - migration.values
    return BalanceReport(left, float(np.max(np.abs(left), initial=0.0)))
