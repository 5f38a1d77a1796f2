"""The measures of this room on quantities: basis checked first, then the tidy functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys.errors import DefinitionMismatch
from qonys.measurement.breakpoints import BreakOptions, Breaks, find_breaks
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators
from qonys.measurement.indicators.pairs import pair_indicators
from qonys.measurement.schedules import SIZES, ScheduleFits, fit_schedules
from qonys.measurement.shocks import TrendShock, trend_and_shock
from qonys.quantities import Flows, Population, Quantity, Series
from qonys.quantities.axes import check_same_axes
from qonys.spaces.ages import AgeGroup

_NAMES = {"time": "period"}


def _periods(quantity: Flows | Population) -> pl.DataFrame:
    return quantity.tidy(**{name: to for name, to in _NAMES.items() if name in [axis.name for axis in quantity.axes]})


def indicators_of(
    flows: Flows,
    population: Population | None = None,
    aids: AuxiliaryTables | None = None,
    options: SystemOptions | None = None,
) -> pl.DataFrame:
    """`indicators` of a quantity (moves): axes origin, destination and any of time, age, sex, group.

    Columns of the result as for `indicators`; `population` in persons, on the axis region and the same others.

    Raises
    ------
    VintageMismatch
        Flows and population stand in different boundaries.
    BadInput, AxisMismatch
        As `indicators`.

    """
    if population is not None:
        flows.check_same_basis(population, "indicators")
    people = None if population is None else _periods(population).rename({"value": "population"})
    return indicators(_periods(flows), people, aids, options)


def pairs_of(flows: Flows, population: Population | None = None) -> pl.DataFrame:
    """`pair_indicators` of quantities, on the axes of `indicators_of`; columns as for `pair_indicators`."""
    if population is not None:
        flows.check_same_basis(population, "indicators")
    people = None if population is None else _periods(population).rename({"value": "population"})
    return pair_indicators(_periods(flows), people)


def schedules_of(moves: Quantity, exposure: Population | None = None, sizes: Sequence[int] = SIZES) -> ScheduleFits:
    """`fit_schedules` of a quantity with an axis age; every other axis separates series (a key column).

    `moves` are persons or moves, or rates if there is no `exposure` (person-years at risk, on the same axes).

    Raises
    ------
    VintageMismatch, AxisMismatch
        Moves and exposure stand in different boundaries, or on different axes.
    BadInput
        As `fit_schedules`.

    """
    frame = moves.tidy().drop("sd", strict=False)
    if exposure is not None:
        moves.check_same_basis(exposure, "schedules")
        check_same_axes(moves.axes, exposure.axes, "schedules")
        frame = frame.with_columns(exposure=exposure.values.ravel())
    groups = {label: AgeGroup.parse(str(label)) for label in moves.axis("age").labels}
    ages = pl.DataFrame(
        {
            "age": pl.Series(list(groups), dtype=frame.schema["age"]),
            "age_start": [group.start for group in groups.values()],
            "age_end": [group.end for group in groups.values()],
        }
    )
    keys = [axis.name for axis in moves.axes if axis.name != "age"]
    return fit_schedules(frame.join(ages, on="age", maintain_order="left").drop("age"), keys, sizes)


def breaks_of(series: Series, options: BreakOptions | None = None) -> Breaks:
    """`find_breaks` of a quantity with an axis time; every other axis separates series (a key column)."""
    return find_breaks(series.tidy(), _keys(series), options)


def trend_of(*series: Series, events: pl.DataFrame | None = None, **options: Any) -> TrendShock:
    """`trend_and_shock` of one or more quantities with one definition and an axis time; other axes are key columns.

    `events`: columns as for `trend_and_shock`.

    Raises
    ------
    DefinitionMismatch
        The quantities count different things.

    """
    for other in series[1:]:
        if (other.unit, other.definition) != (series[0].unit, series[0].definition):
            raise DefinitionMismatch(
                "quantities.definitions_differ",
                action="trend",
                first=f"{series[0].definition} [{series[0].unit}]",
                second=f"{other.definition} [{other.unit}]",
            )
    frame = pl.concat([one.tidy() for one in series], how="diagonal")
    return trend_and_shock(frame, events, _keys(series[0]), **options)


def _keys(series: Series) -> list[str]:
    return [axis.name for axis in series.axes if axis.name != "time"]
