"""A table of rates or counts by draw, year, region, sex and age, placed on axes, and what of it holds in a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.words.notes import note

Array = NDArray[np.float64]
JANUARY, MIDYEAR = "january", "midyear"
SEXES = ("female", "male")
SEVERAL = 4


@dataclass(frozen=True)
class YearlyTable:
    """`values` (D, Y, ...) of a table; `draws` () where it has none (D = 1), `years` () where it has none (Y = 1)."""

    name: str
    draws: tuple[int, ...]
    years: tuple[int, ...]
    values: Array

    def in_step(self, weights: Mapping[int, float]) -> Array:
        """The mean over the years of a step, (D, ...), each year with the values of the last year given before it.

        Raises
        ------
        BadInput
            The step begins before the first year of the table.

        """
        return np.asarray(np.tensordot(self.shares(weights), self.values, axes=(0, 1)))

    def shares(self, weights: Mapping[int, float]) -> Array:
        """The weight of each year of the table, (Y,).

        Raises
        ------
        BadInput
            As `in_step`.

        """
        found = np.zeros(max(len(self.years), 1))
        if not self.years:
            return np.ones(1)
        for year, weight in weights.items():
            place = int(np.searchsorted(self.years, year, side="right")) - 1
            if place < 0:
                raise BadInput("populations.rates.before", table=self.name, year=year, first=self.years[0])
            found[place] += weight
        return found


def years_of_step(start: int, width: int, reference: str) -> dict[int, float]:
    """Calendar years that a step from `start` lies in, and the share of each.

    Examples
    --------
    >>> years_of_step(2020, 1, JANUARY), years_of_step(2020, 1, MIDYEAR)
    ({2020: 1.0}, {2020: 0.5, 2021: 0.5})
    """
    if reference == JANUARY:
        return {start + i: 1 / width for i in range(width)}
    return {start + i: (1 if 0 < i < width else 0.5) / width for i in range(width + 1)}


def say_last(table: YearlyTable, last: int) -> None:
    """Say that values hold beyond the last year given."""
    if table.years and last - 1 > table.years[-1]:
        step = min(np.diff(table.years)) if len(table.years) > 1 else 1
        if last > table.years[-1] + step:
            note("populations.rates.held", table=table.name, year=table.years[-1], last=last)


def placed(
    frame: pl.DataFrame, name: str, axes: Mapping[str, Sequence[object]], empty: float | None = None
) -> YearlyTable:
    """The column value of a table on axes.

    Parameters
    ----------
    frame
        value and the columns of `axes`; optional draw and time.
    name
        The table, for errors.
    axes
        Column -> labels. A column that the table lacks has one place for all labels.
    empty
        What a cell without a row counts as; None: it is refused.

    Raises
    ------
    BadInput
        A label that no axis has, or a cell without a row.

    """
    draws, years = (tuple(frame[one].unique().sort()) if one in frame.columns else () for one in ("draw", "time"))
    whole: dict[str, Sequence[object]] = {"draw": draws, "time": years, **axes}
    present = [column for column in whole if column in frame.columns]
    shape = [len(labels) if column in present else 1 for column, labels in whole.items()]
    values = np.full(shape, np.nan)
    flat = np.zeros(frame.height, dtype=np.int64)
    for (column, labels), size in zip(whole.items(), shape, strict=True):
        flat *= size
        if column in present:
            flat += _positions(frame[column], labels, (name, column))
    values.ravel()[flat] = frame["value"].cast(pl.Float64).to_numpy()
    lacking = np.argwhere(np.isnan(values))
    if len(lacking) and empty is None:
        names = list(whole)
        cells = [
            " ".join(f"{names[i]} {whole[names[i]][j]}" for i, j in enumerate(cell) if names[i] in present)
            for cell in lacking[:SEVERAL]
        ]
        rest = f" (+{len(lacking) - SEVERAL})" if len(lacking) > SEVERAL else ""
        raise BadInput("populations.rates.missing", table=name, cells="; ".join(cells) + rest)
    return YearlyTable(name, draws, years, np.nan_to_num(values, nan=0.0 if empty is None else empty))


def _positions(column: pl.Series, labels: Sequence[object], where: tuple[str, str]) -> NDArray[np.int64]:
    known = {label: place for place, label in enumerate(labels)}
    found = [known.get(label, -1) for label in column]
    if -1 in found:
        name, axis = where
        shown = ", ".join(str(label) for label in labels[:SEVERAL])
        label = column[found.index(-1)]
        raise BadInput("populations.rates.label", table=name, axis=axis, label=str(label), known=shown)
    return np.array(found, dtype=np.int64)


def refuse_outside(frame: pl.DataFrame, name: str, limits: tuple[float, float], key: str) -> None:
    """Refuse a value outside limits, with its place.

    Raises
    ------
    BadInput
        Names the first such row.

    """
    bad = frame.filter(~pl.col("value").is_between(*limits))
    if bad.height:
        row = bad.row(0, named=True)
        place = " ".join(f"{column} {row[column]}" for column in frame.columns if column not in ("value", "age_end"))
        raise BadInput(f"populations.{key}", table=name, place=place, value=f"{row['value']:g}", most=f"{limits[1]:g}")
