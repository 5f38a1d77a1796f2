"""The base of all quantities: values with axes, unit, definition, error and lineage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from qonys.errors import AxisMismatch, DefinitionMismatch, VintageMismatch
from qonys.quantities.axes import ORDER, Axis, check_same_axes

if TYPE_CHECKING:
    import polars as pl
    import xarray as xr

Array = NDArray[np.float64]


class SourceRow(NamedTuple):
    """One row of a pack's table: which table, the columns that name the row, its source and status."""

    table: str
    key: tuple[tuple[str, object], ...]
    source: str
    status: str


@dataclass(frozen=True, eq=False)
class TableRows:
    """Rows of one table from which a quantity is made: `frame` holds the key columns, `source` and `status`."""

    table: str
    frame: pl.DataFrame

    def __iter__(self) -> Iterator[SourceRow]:
        """The rows one by one."""
        keys = [name for name in self.frame.columns if name not in ("source", "status")]
        for row in self.frame.iter_rows(named=True):
            key = tuple((name, row[name]) for name in keys if row[name] is not None)
            yield SourceRow(self.table, key, str(row["source"]), str(row["status"]))


@dataclass(frozen=True)
class Lineage:
    """Where a quantity comes from: sources, the worst evidence rank met, the method, the rows of the tables.

    `rank`: 1 official, 2 estimate, 3 secondary, 4 derived, 5 projection. `tables` does not take part in
    comparison: two lineages are equal if sources, rank and method are.
    """

    sources: tuple[str, ...] = ()
    rank: int = 1
    method: str = "catalog"
    tables: tuple[TableRows, ...] = field(default=(), compare=False, repr=False)

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """Every row from which the quantity is made."""
        return tuple(row for table in self.tables for row in table)

    def joined(self, other: Lineage, method: str) -> Lineage:
        """Lineage of a result made of both."""
        sources = tuple(dict.fromkeys((*self.sources, *other.sources)))
        tables = (*self.tables, *(item for item in other.tables if not any(item is mine for mine in self.tables)))
        return Lineage(sources, max(self.rank, other.rank), method, tables)


@dataclass(frozen=True)
class Quantity:
    """Values of shape (axis sizes), never without unit and definition.

    `sd` is the standard error of each value, or None where it is not known (which is not zero).
    `vintage` names the boundary vintage of regional quantities. Values are read-only.
    """

    values: Array
    axes: tuple[Axis, ...]
    unit: str
    definition: str
    sd: Array | None = None
    vintage: str | None = None
    lineage: Lineage = field(default_factory=Lineage)

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        shape = tuple(axis.size for axis in self.axes)
        if values.shape != shape:
            raise AxisMismatch("quantities.shape", found=values.shape, expected=shape)
        names = [axis.name for axis in self.axes]
        if names != sorted(names, key=ORDER.index):
            raise AxisMismatch("quantities.axis_order", found=", ".join(names), expected=", ".join(ORDER))
        values.setflags(write=False)
        object.__setattr__(self, "values", values)
        if self.sd is not None:
            sd = np.array(self.sd, dtype=np.float64)
            if sd.shape != shape:
                raise AxisMismatch("quantities.shape", found=sd.shape, expected=shape)
            sd.setflags(write=False)
            object.__setattr__(self, "sd", sd)

    def axis(self, name: str) -> Axis:
        """The axis called `name`."""
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise AxisMismatch("quantities.no_axis", axis=name, axes=", ".join(a.name for a in self.axes))

    def at(self, **labels: object) -> float:
        """One value by its labels, in the quantity's unit; every axis must be named."""
        place = []
        for axis in self.axes:
            if axis.name not in labels or labels[axis.name] not in axis.labels:
                raise AxisMismatch("quantities.no_label", axis=axis.name, label=labels.get(axis.name))
            place.append(axis.labels.index(labels[axis.name]))
        return float(self.values[tuple(place)])

    def total(self, axis: str) -> Self:
        """Sum over one axis; errors are added as independent."""
        place = [a.name for a in self.axes].index(self.axis(axis).name)
        sd = None if self.sd is None else np.sqrt((self.sd**2).sum(axis=place))
        axes = self.axes[:place] + self.axes[place + 1 :]
        return replace(self, values=self.values.sum(axis=place), axes=axes, sd=sd)

    def check_alike(self, other: Quantity, action: str) -> None:
        """Raise unless `other` has the same axes, unit, definition and vintage.

        Raises
        ------
        AxisMismatch, DefinitionMismatch, VintageMismatch
            The axes, the unit or definition, or the boundaries differ; `action` is named in the message.

        """
        if self.unit != other.unit or self.definition != other.definition:
            raise DefinitionMismatch(
                "quantities.definitions_differ",
                action=action,
                first=f"{self.definition} [{self.unit}]",
                second=f"{other.definition} [{other.unit}]",
            )
        if self.vintage != other.vintage:
            raise VintageMismatch(
                "quantities.vintages_differ", action=action, first=self.vintage, second=other.vintage
            )
        check_same_axes(self.axes, other.axes, action)

    def _combined(self, other: Quantity, values: Array, action: str) -> Self:
        sd = None
        if self.sd is not None and other.sd is not None:
            sd = np.sqrt(self.sd**2 + other.sd**2)
        return replace(self, values=values, sd=sd, lineage=self.lineage.joined(other.lineage, action))

    def __add__(self, other: Quantity) -> Self:
        self.check_alike(other, "add")
        return self._combined(other, self.values + other.values, "sum")

    def __sub__(self, other: Quantity) -> Self:
        self.check_alike(other, "subtract")
        return self._combined(other, self.values - other.values, "difference")

    def to_frame(self) -> pl.DataFrame:
        """Tidy Polars frame: one column per axis, then value, sd, unit."""
        import polars as pl

        grid = np.indices(self.values.shape).reshape(len(self.axes), -1)
        columns: dict[str, Any] = {
            axis.name: [axis.labels[i] for i in place] for axis, place in zip(self.axes, grid, strict=True)
        }
        columns["value"] = self.values.ravel()
        if self.sd is not None:
            columns["sd"] = self.sd.ravel()
        return pl.DataFrame(columns).with_columns(unit=pl.lit(self.unit))

    def tidy(self, **names: str) -> pl.DataFrame:
        """Columns for the axes, renamed by `names`, and `value` (and `sd` if known), as tidy functions expect.

        Raises
        ------
        AxisMismatch
            A name is not an axis.

        """
        for name in names:
            self.axis(name)
        return self.to_frame().drop("unit").rename(names)

    def check_same_basis(self, other: Quantity, action: str) -> None:
        """Raise unless `other` has the same boundary vintage.

        Raises
        ------
        VintageMismatch
            The vintages differ; `action` is named in the message.

        """
        if self.vintage != other.vintage:
            raise VintageMismatch(
                "quantities.vintages_differ", action=action, first=self.vintage, second=other.vintage
            )

    def to_xarray(self) -> xr.DataArray:
        """The same values as an xarray array (extra `labels`)."""
        import xarray as xr

        return xr.DataArray(
            self.values,
            coords={axis.name: list(axis.labels) for axis in self.axes},
            dims=[axis.name for axis in self.axes],
            attrs={"unit": self.unit, "definition": self.definition, "vintage": self.vintage or ""},
        )
