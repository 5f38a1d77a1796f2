"""The estimators of this room on quantities: unit, definition and boundaries checked first, then the tidy functions."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.errors import DefinitionMismatch
from qonys.estimation.balancing import Balanced, balance
from qonys.estimation.flows_from_stocks import Choice, StockFlows, flows_from_stocks
from qonys.quantities import Flows, Quantity, Stock


def flows_between(
    start: Stock,
    end: Stock,
    vital: pl.DataFrame | None = None,
    seed: pl.DataFrame | None = None,
    choice: Choice | None = None,
) -> StockFlows:
    """`flows_from_stocks` of two quantities with axes birthplace and residence.

    Raises
    ------
    DefinitionMismatch, VintageMismatch
        The stocks count different things, or stand in different boundaries.
    BadInput
        As `flows_from_stocks`.

    """
    _alike(start, end, "flows from stocks")
    return flows_from_stocks(start.tidy(), end.tidy(), vital, seed, choice)


def balanced(seed: Flows, margins: Sequence[Flows], tolerance: float = 1e-9) -> Balanced:
    """`balance` of quantities: a table of flows brought to margins of the same definition.

    Raises
    ------
    DefinitionMismatch, VintageMismatch
        A margin counts other things than the table, or stands in other boundaries.
    BadInput
        As `balance`.

    """
    for margin in margins:
        _alike(seed, margin, "balance")
    tables = [one.tidy().drop("sd", strict=False) for one in (seed, *margins)]
    return balance(tables[0], tables[1:], tolerance)


def _alike(one: Quantity, other: Quantity, action: str) -> None:
    if (one.unit, one.definition) != (other.unit, other.definition):
        raise DefinitionMismatch(
            "quantities.definitions_differ", action=action,
            first=f"{one.definition} [{one.unit}]", second=f"{other.definition} [{other.unit}]",
        )  # fmt: skip
    one.check_same_basis(other, action)
