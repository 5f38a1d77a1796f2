"""Ethnic groups by census and by region, as arrays; the groups that no name is given to close to the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.inputs.figures import available, chosen, rows
from qonys.inputs.regions import grid
from qonys.spaces.nested_regions import NestedRegions

Array = NDArray[np.float64]
NAMED_GROUPS = 7
OTHER = "other"


class GroupsByRegion(NamedTuple):
    """Residents on 1 January of a year by whole region and group, (P, G), persons."""

    year: int
    residents: Array


class GroupCounts(NamedTuple):
    """Years of n censuses and their counts of groups, (n, G), persons."""

    years: list[int]
    counts: Array


def groups_of(pack: Pack, named: int = NAMED_GROUPS) -> tuple[str, ...]:
    """The largest groups of the newest table by region, and all the rest as one."""
    table = rows(pack, "ethnic_groups_country")
    return (*table.sort("value", descending=True)["ethnic_group"].head(named), OTHER)


def by_group(pack: Pack, shape: NestedRegions, groups: Sequence[str]) -> GroupsByRegion:
    """Residents by whole region and group in the newest year that has them; `other` closes to the total."""
    table = rows(pack, "ethnic_groups_regions")
    year = int(str(table["year"].max()))
    wide = grid(table.filter(pl.col("year") == year), shape.wholes, [*groups[:-1], "total"], ("region", "ethnic_group"))
    return GroupsByRegion(year, np.column_stack([wide[:, :-1], wide[:, -1] - wide[:, :-1].sum(axis=1)]))


def group_counts(pack: Pack, groups: Sequence[str]) -> GroupCounts:
    """Censuses (years) that counted all named groups in persons, and their counts (n, G), `other` closing."""
    counted = chosen(pack, "ethnic_census")
    totals = dict(chosen(pack, "census_population").select("year", "value").iter_rows())
    years, counts = [], []
    for year in sorted(counted["year"].unique()):
        found = dict(counted.filter(pl.col("year") == year).select("ethnic_group", "value").iter_rows())
        if year in totals and all(found.get(name) for name in groups[:-1]):
            named = [float(found[name]) for name in groups[:-1]]
            years.append(int(year))
            counts.append([*named, float(totals[year]) - sum(named)])
    return GroupCounts(years, np.array(counts))


def fertility_levels(pack: Pack, groups: Sequence[str]) -> Array:
    """Last published total fertility of each group, (G,), NaN where none is; only years that have two groups."""
    table = rows(pack, "total_fertility_groups").filter(pl.col("ethnic_group").is_in(list(groups)))
    full = table.group_by("year").len().filter(pl.col("len") > 1)
    if full.is_empty():
        return np.full(len(groups), np.nan)
    last = table.filter(pl.col("year") == full["year"].max())
    found = dict(last.select("ethnic_group", "value").iter_rows())
    return np.array([float(found[name]) if name in found else np.nan for name in groups])


def share_of_births(pack: Pack, groups: Sequence[str]) -> Array:
    """Share of each group in the nation's births, (G,), of the newest statement; NaN where it is not stated."""
    table = rows(pack, "births_share_of_groups")
    if table.is_empty():
        return np.full(len(groups), np.nan)
    year = int(str(table["year"].max()))
    found = dict(table.filter(pl.col("year") == year).select("ethnic_group", "value").iter_rows())
    return np.array([float(found[name]) / 100 if name in found else np.nan for name in groups])


def census_counts(pack: Pack) -> pl.DataFrame:
    """Persons by census year and ethnic group, the preferred source of each cell.

    Columns: year, ethnic_group, value (persons), source, rank.
    """
    named = chosen(pack, "ethnic_census").filter(pl.col("ethnic_group") != "total")
    return named.select("year", "ethnic_group", "value", "source", "rank")


def current_estimates(pack: Pack) -> pl.DataFrame:
    """Current population estimates by ethnic group; no rows where the pack has none.

    Columns: year, ethnic_group, value, source, rank, total (as published for the year; the sum of the groups where none
    is); persons.
    """
    if available(pack, ("ethnic_current",)):
        return census_counts(pack).clear().with_columns(total=pl.col("value"))
    told = pl.col("ethnic_group") == "total"
    found = rows(pack, "ethnic_current")
    groups = found.filter(~told)
    totals = found.group_by("year").agg(
        total=pl.coalesce(pl.col("value").filter(told).first(), pl.col("value").filter(~told).sum())
    )
    return groups.select("year", "ethnic_group", "value", "source", "rank").join(totals, on="year")
