"""The measures of this room on quantities: basis checked first, then the tidy functions."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.errors import DefinitionMismatch
from qonys.measurement.breakpoints import BreakOptions, Breaks, find_breaks
from qonys.measurement.indicators import Aids, Options, indicators
from qonys.measurement.shocks import TrendShock, trend_and_shock
from qonys.quantities import Flows, Population, Series

_NAMES = {"time": "period"}


def _periods(quantity: Flows | Population) -> pl.DataFrame:
    return quantity.tidy(**{name: to for name, to in _NAMES.items() if name in [axis.name for axis in quantity.axes]})


def indicators_of(
    flows: Flows, population: Population | None = None, aids: Aids | None = None, options: Options | None = None
) -> pl.DataFrame:
    """`indicators` of a quantity: axes origin, destination and any of time, age, sex, ethnic_group.

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


def breaks_of(series: Series, options: BreakOptions | None = None) -> Breaks:
    """`find_breaks` of a quantity with an axis time; every other axis parts the series."""
    return find_breaks(series.tidy(), _keys(series), options)


def trend_of(*series: Series, events: pl.DataFrame | None = None, **options: Any) -> TrendShock:
    """`trend_and_shock` of one or several quantities of one definition with an axis time; other axes part the series.

    Raises
    ------
    DefinitionMismatch
        The quantities count different things.

    """
    for other in series[1:]:
        if (other.unit, other.definition) != (series[0].unit, series[0].definition):
            raise DefinitionMismatch(
                "quantities.definitions_differ", action="trend",
                first=f"{series[0].definition} [{series[0].unit}]", second=f"{other.definition} [{other.unit}]",
            )  # fmt: skip
    frame = pl.concat([one.tidy() for one in series], how="diagonal")
    return trend_and_shock(frame, events, _keys(series[0]), **options)


def _keys(series: Series) -> list[str]:
    return [axis.name for axis in series.axes if axis.name != "time"]
