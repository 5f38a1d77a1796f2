"""The estimators of this room on quantities: unit, definition and boundaries checked first, then the tidy functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys.errors import DefinitionMismatch
from qonys.estimation.balancing import Balanced, NetBalanced, balance, balance_to_net, multiplicative_components
from qonys.estimation.flows_from_stocks import Choice, StockFlows, flows_from_stocks
from qonys.estimation.net_migration import net_migration
from qonys.estimation.strata import Counts
from qonys.quantities import Flows, Population, Quantity, Series, Stock
from qonys.spaces.ages import AgeGroup


def flows_between(
    start: Stock,
    end: Stock,
    vital: pl.DataFrame | None = None,
    seed: pl.DataFrame | None = None,
    choice: Choice | None = None,
) -> StockFlows:
    """`flows_from_stocks` of two quantities, persons, with axes birthplace and residence.

    `vital`, `seed`: columns as for `flows_from_stocks`.

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
    """`balance` of quantities: a table of flows adjusted to margins, in the same unit and on some of its axes.

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


def balanced_to_net(seed: Flows, net: Series) -> NetBalanced:
    """`balance_to_net` of quantities: flows on the axes origin and destination, net totals on the axis region; persons.

    Raises
    ------
    VintageMismatch
        Pattern and totals stand in different boundaries.
    BadInput
        As `balance_to_net`.

    """
    seed.check_same_basis(net, "balance")
    return balance_to_net(seed.tidy().drop("sd", strict=False), net.tidy())


def components_of(flows: Flows) -> pl.DataFrame:
    """`multiplicative_components` of a quantity with the axes origin and destination; its columns."""
    return multiplicative_components(flows.tidy())


def net_migration_between(
    start: Population,
    end: Population,
    years: int,
    births: Series | None = None,
    mortality: pl.DataFrame | None = None,
    **options: Any,
) -> pl.DataFrame:
    """`net_migration` of two populations by five-year age and any of region, group and sex.

    `options`: kind, errors and by_move as there, and reclassified and children as in `Counts`.

    Raises
    ------
    DefinitionMismatch, VintageMismatch
        The populations count different people, or stand in different boundaries.
    BadInput
        As `net_migration`.

    """
    _alike(start, end, "net migration")
    if births is not None:
        start.check_same_basis(births, "net migration")
    keys = [axis.name for axis in start.axes if axis.name != "age"]
    counted = {name: options.pop(name) for name in ("reclassified", "children") if name in options}
    counts = Counts(_by_age(start), _by_age(end), years, None if births is None else births.tidy(), **counted)
    return net_migration(counts, mortality, keys, **options)


def _by_age(population: Population) -> pl.DataFrame:
    """Tidy rows with `age_start` and `population`."""
    starts = {label: AgeGroup.parse(str(label)).start for label in population.axis("age").labels}
    named = population.tidy().rename({"value": "population"})
    return named.with_columns(age_start=pl.col("age").replace_strict(starts, return_dtype=pl.Int64)).drop("age")


def _alike(one: Quantity, other: Quantity, action: str) -> None:
    if (one.unit, one.definition) != (other.unit, other.definition):
        raise DefinitionMismatch(
            "quantities.definitions_differ",
            action=action,
            first=f"{one.definition} [{one.unit}]",
            second=f"{other.definition} [{other.unit}]",
        )
    one.check_same_basis(other, action)
