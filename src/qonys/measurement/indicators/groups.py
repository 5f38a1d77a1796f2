"""Indicators of population structure: selectivity, redistribution and concentration."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.indices import errors as indices_errors
from qonys.kernels.indices import intensity as indices
from qonys.measurement.indicators import tables
from qonys.measurement.indicators.rows import IndicatorRows, scaled

Array = NDArray[np.float64]


def add_groups(rows: IndicatorRows, both: tables.Inputs, areas: pl.DataFrame | None) -> None:
    """Add selectivity of groups, redistribution since the period before, and Hoover concentration.

    Selectivity needs the column `group` in both tables; its variant is the group. Redistribution
    needs two periods, sorted; its variant is `total` or the group, and its first period is null. Hoover needs areas.

    Raises
    ------
    BadInput
        A group without residents.

    """
    people = both.people()
    if people is None or both.population is None:
        return
    grouped = "group" in both.flows.columns and "group" in both.population.columns
    names = both.flows["group"].unique(maintain_order=True).to_list() if grouped else []
    names = names if len(names) > 1 else []
    by_group = _people(both, names) if names else np.empty((0, *people.shape))
    if len(both.periods) > 1:
        for name, living in (("total", people), *zip(map(str, names), by_group, strict=True)):
            change = indices.redistribution(living[:-1], living[1:])
            rows.add("redistribution", name, np.concatenate([[np.nan], change]))
    if names:
        _selectivity(rows, both, names, by_group)
    if areas is not None:
        checked = tables.checked(areas, ("region",), "area", "areas")
        tables.same_labels(pl.DataFrame({"region": rows.regions}), checked, "region", ("flows", "areas"))
        area = tables.array(checked, [("region", both.regions)], "area")
        rows.add("hoover", "population_area", indices.hoover(people, area))


def _people(both: tables.Inputs, names: list[object]) -> Array:
    """Population by group, period and region."""
    assert both.population is not None
    place = [("group", names), ("period", both.periods), ("region", both.regions)]
    return tables.array(both.population, place, "population")


def _selectivity(rows: IndicatorRows, both: tables.Inputs, names: list[object], living: Array) -> None:
    outside = both.flows.filter(pl.col("origin") != pl.col("destination"))
    moves = tables.array(outside, [("period", both.periods), ("group", names)], "value")
    people = living.sum(axis=2).T
    bad = np.argwhere((people <= 0) & (moves > 0))
    if bad.size:
        raise BadInput("indicators.nobody", cells=tables.named([(both.periods[t], names[g]) for t, g in bad]))
    value = indices.selectivity(moves, people)
    share = indices_errors.wilson(moves, moves.sum(axis=1, keepdims=True))
    low, high = scaled(share, indices.divide(people.sum(axis=1, keepdims=True), people))
    for g, name in enumerate(names):
        rows.add("selectivity", str(name), value[:, g], (low[:, g], high[:, g]), "wilson")
