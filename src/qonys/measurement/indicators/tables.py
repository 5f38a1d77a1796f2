"""Checks of the frames given to the indicators, and the arrays made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import AxisMismatch, BadInput
from qonys.spaces.ages import AgeGroup

Array = NDArray[np.float64]
LAST_AGE = 100
SHOWN = 6
EXTRA = ("age", "group", "sex")


def named(cells: Sequence[Sequence[object]]) -> str:
    """The first six cells by name, and how many more there are.

    Examples
    --------
    >>> named([("A", "B"), ("A", "C")])
    'A/B, A/C'
    """
    shown = ", ".join("/".join("–" if part is None else str(part) for part in cell) for cell in cells[:SHOWN])
    return shown if len(cells) <= SHOWN else f"{shown} (+{len(cells) - SHOWN})"


def checked(frame: pl.DataFrame, keys: Sequence[str], value: str, what: str) -> pl.DataFrame:
    """The columns `keys` and `value` of `frame`, none empty, not finite, negative or duplicated.

    A column `period` is added, empty, when the frame has none. Raises `BadInput` and names the cells.
    """
    missing = [name for name in (*keys, value) if name not in frame.columns and name != "period"]
    if missing:
        raise BadInput("indicators.no_column", table=what, missing=", ".join(missing), found=", ".join(frame.columns))
    if "period" in keys and "period" not in frame.columns:
        frame = frame.with_columns(period=pl.lit(None, dtype=pl.String))
    rows = frame.select(*keys, pl.col(value).cast(pl.Float64))
    labels = [name for name in keys if name != "period" or rows["period"].null_count() < rows.height]
    _refuse(rows.filter(pl.any_horizontal(pl.col(labels).is_null())), keys, "indicators.no_label", what)
    _refuse(rows.filter(pl.col(value).is_null() | ~pl.col(value).is_finite()), keys, "indicators.not_finite", what)
    _refuse(rows.filter(pl.col(value) < 0), keys, "indicators.negative", what)
    twice = rows.filter(rows.select(keys).is_duplicated()).unique(keys, maintain_order=True)
    _refuse(twice, keys, "indicators.twice", what)
    return rows


def _refuse(rows: pl.DataFrame, keys: Sequence[str], message: str, what: str) -> None:
    if rows.height:
        shown = [name for name in keys if rows[name].null_count() < rows.height] or list(keys)
        raise BadInput(message, table=what, cells=named(rows.select(shown).rows()))


def full(rows: pl.DataFrame, keys: Sequence[str], what: str) -> None:
    """Raise `BadInput` unless `rows` hold every combination of the labels of the columns `keys`.

    Raises
    ------
    BadInput
        A pair of regions has no row in a period.

    """
    size = int(np.prod([rows[name].n_unique() for name in keys]))
    if rows.height == size:
        return
    grid = rows.select(pl.col(keys[0]).unique(maintain_order=True))
    for name in keys[1:]:
        grid = grid.join(rows.select(pl.col(name).unique(maintain_order=True)), how="cross")
    lost = grid.join(rows, on=list(keys), how="anti", nulls_equal=True)
    raise BadInput("indicators.missing_rows", table=what, cells=named(lost.select(keys).rows()))


def array(rows: pl.DataFrame, axes: Sequence[tuple[str, Sequence[object]]], value: str) -> Array:
    """Sums of `value` on the given axes, one dimension an axis; rows must have known labels; cells without a row are 0.

    Examples
    --------
    >>> rows = pl.DataFrame({"region": ["b", "a", "b"], "value": [1.0, 2.0, 4.0]})
    >>> array(rows, [("region", ["a", "b"])], "value").tolist()
    [2.0, 5.0]
    """
    codes = np.zeros(rows.height, dtype=np.int64)
    for name, labels in axes:
        known = pl.DataFrame({name: pl.Series(labels, dtype=rows.schema[name])}).with_row_index("place")
        place = rows.select(name).join(known, on=name, how="left", nulls_equal=True, maintain_order="left")["place"]
        codes = codes * len(labels) + place.cast(pl.Int64).to_numpy()
    shape = tuple(len(labels) for _, labels in axes)
    flat = np.bincount(codes, weights=rows[value].to_numpy(), minlength=int(np.prod(shape)))
    return np.asarray(flat.reshape(shape), dtype=np.float64)


def same_labels(first: pl.DataFrame, second: pl.DataFrame, axis: str, names: tuple[str, str]) -> tuple[object, ...]:
    """The labels of the column `axis`, which must be the same in both frames, in the order of the first.

    Raises
    ------
    AxisMismatch
        A label occurs in one frame only; the message names the frames and the labels.

    """
    one, two = first[axis].unique(maintain_order=True).to_list(), second[axis].unique().to_list()
    only_one = [(label,) for label in one if label not in set(two)]
    only_two = [(label,) for label in two if label not in set(one)]
    if only_one or only_two:
        raise AxisMismatch(
            "indicators.labels_differ",
            axis=axis,
            first=names[0],
            second=names[1],
            only_first=named(only_one) or "–",
            only_second=named(sorted(only_two, key=str)) or "–",
        )
    return tuple(one)


@dataclass(frozen=True)
class Inputs:
    """Checked rows and their common labels; `population` None when not given."""

    flows: pl.DataFrame
    population: pl.DataFrame | None
    periods: tuple[object, ...]
    regions: tuple[object, ...]

    def moves(self) -> Array:
        """Flows, (periods, n, n) with the origin in rows, in the order of `periods` and `regions`; moves."""
        place = [("period", self.periods), ("origin", self.regions), ("destination", self.regions)]
        return array(self.flows, place, "value")

    def people(self) -> Array | None:
        """Population, (periods, n) in the order of `periods` and `regions`, persons; None where it was not given."""
        if self.population is None:
            return None
        return array(self.population, [("period", self.periods), ("region", self.regions)], "population")

    def split(self, labels: dict[str, object]) -> Inputs:
        """The rows with the given labels in other columns (age, sex, group)."""
        picked = [pl.col(name) == label for name, label in labels.items()]
        people = None if self.population is None else self.population.filter(*picked)
        return Inputs(self.flows.filter(*picked), people, self.periods, self.regions)


def inputs(flows: pl.DataFrame, population: pl.DataFrame | None) -> Inputs:
    """Both tables checked against each other; regions in the order of the origins, periods sorted.

    Columns as for `indicators`: origin, destination, value (moves); region, population (persons).

    Raises
    ------
    BadInput
        Faulty cells, or a period without a move between regions.
    AxisMismatch
        Periods, regions, ages, groups or sexes of the two tables differ.
    """
    keys = ["period", *(name for name in EXTRA if name in flows.columns), "origin", "destination"]
    rows = checked(flows, keys, "value", "flows")
    regions = pl.concat([rows["origin"], rows["destination"].cast(rows.schema["origin"])]).unique(maintain_order=True)
    periods = tuple(rows["period"].unique().sort().to_list())
    outside = rows.filter(pl.col("origin") != pl.col("destination"))
    total = outside.group_by("period").agg(pl.col("value").sum()).filter(pl.col("value") > 0)
    motionless = [period for period in periods if period not in set(total["period"].to_list())]
    if motionless:
        raise BadInput("indicators.no_moves", periods=named([("–" if one is None else one,) for one in motionless]))
    if population is None:
        return Inputs(rows, None, periods, tuple(regions.to_list()))
    people = _of_one_period(people_rows(population), periods)
    shared = same_labels(pl.DataFrame({"region": regions}), people, "region", ("flows", "population"))
    same_labels(rows, people, "period", ("flows", "population"))
    for name in EXTRA:
        if name in rows.columns and name in people.columns:
            same_labels(rows, people, name, ("flows", "population"))
    return Inputs(rows, people, periods, shared)


def _of_one_period(people: pl.DataFrame, periods: tuple[object, ...]) -> pl.DataFrame:
    """A population without a period is that of the only period of the flows."""
    if len(periods) != 1 or people["period"].null_count() < people.height:
        return people
    return people.with_columns(period=pl.lit(periods[0]))


def people_rows(population: pl.DataFrame) -> pl.DataFrame:
    """The population table (region, population in persons, optional columns), checked and complete."""
    keys = ["period", "region", *(name for name in EXTRA if name in population.columns)]
    people = checked(population, keys, "population", "population")
    full(people, keys, "population")
    return people


def ages(labels: Sequence[object]) -> tuple[list[object], Array, Array, float | None]:
    """Labels in order of age, starts and widths of the groups, and the width given to an open group.

    Numbers are single years and must follow one another; groups are written `15-19`, an open one
    `85+`. The open group is taken to last up to the age of 100, whatever the groups before it: sums over ages then do
    not depend on them. From 100 on it gets the width of the group before it. Starts and widths are (ages,), years.

    Raises
    ------
    BadInput
        A label is no age.

    Examples
    --------
    >>> names, starts, widths, opened = ages(["85+", "80-84"])
    >>> names, starts.tolist(), widths.tolist(), opened
    (['80-84', '85+'], [80.0, 85.0], [5.0, 16.0], 16.0)
    """
    groups = [AgeGroup.parse(str(label)) for label in labels]
    order = sorted(range(len(groups)), key=lambda i: groups[i].start)
    starts = np.array([groups[i].start for i in order], dtype=np.float64)
    widths = np.array([groups[i].width or 0 for i in order], dtype=np.float64)
    opened = None
    if len(order) > 1 and widths[-1] == 0:
        opened = float(LAST_AGE + 1 - starts[-1] if starts[-1] < LAST_AGE else widths[-2])
        widths[-1] = opened
    return [labels[i] for i in order], starts, widths, opened
