"""Draws of a projection by region, ethnic group, sex and age, and summaries of them.

Only the requested sums are kept; any other sum is found by rerunning the same draws from their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.multiregional.step import ACCOUNTS, SIGNS
from qonys.projection.national import AGES, GROUP, QUANTILES, SEXES
from qonys.projection.questions import Term, ages_of, labelled, parse
from qonys.projection.scenarios import Scenario

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
AXES = ("region", "group", "sex", "age")
FIVE = tuple(range(0, AGES, GROUP))
FLOWS = ("net_internal", "net_migration", "natural")
MEASURES = ("population", "share", *ACCOUNTS, *FLOWS)
Names = str | Iterable[str] | None


@dataclass(frozen=True)
class Keep:
    """What is kept of every draw and year: sums of persons apart by the axes of `over` (region, group, sex, age).

    `ages`: lower limits of age groups where age is one of them (default: five-year groups). `accounts`: axes
    (region, group) by which births, deaths and moves are kept apart. `moments`: years in which mean and variance over
    draws are kept of every cell.
    """

    over: tuple[str, ...] = ("region", "group")
    ages: tuple[int, ...] = FIVE
    accounts: tuple[str, ...] = ("region",)
    moments: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known(self.over, AXES)
        known(self.accounts, AXES[:2])
        if not self.ages or self.ages[0] != 0 or list(self.ages) != sorted({*self.ages}) or self.ages[-1] >= AGES:
            raise BadInput("regional.ages", found=", ".join(map(str, self.ages)))


def known(axes: Sequence[str], these: Sequence[str]) -> None:
    """Raise unless all `axes` are among `these`.

    Raises
    ------
    BadInput
        An axis that a projection does not have.

    """
    for axis in axes:
        if axis not in these:
            raise BadInput("regional.axis", found=axis, known=", ".join(these))


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """By draw: `cells` (D, T + 1, K) persons, `accounts` (D, T, U, 9).

    The nation's `population` (D, T + 1), `arrivals` and `departures` (D, T).
    `fertility` (D, T), `longevity` (D, T, 2) and `level` of internal moves (D, T): the drivers. `missed` (D, T):
    immigrants whom the scenario takes away and who are not there.
    """

    cells: Array
    accounts: Array
    population: Array
    arrivals: Array
    departures: Array
    fertility: Array
    longevity: Array
    level: Array
    missed: Array


Again = Callable[[Labels, Labels], Drawn]


@dataclass(frozen=True)
class Moments:
    """Mean and variance over draws of every cell, (years, R, G, 2, A), and how many draws."""

    count: int
    mean: Array
    variance: Array


def pooled(parts: Sequence[Moments]) -> Moments:
    """Mean and variance of all draws from those of parts, in their order (Chan, Golub and LeVeque 1983, equation 2.1).

    The American Statistician 37:242. Parts of one draw have the variance 0.
    """
    count, mean, square = parts[0].count, parts[0].mean, parts[0].variance * (parts[0].count - 1)
    for more in parts[1:]:
        shift, total = more.mean - mean, count + more.count
        square = square + more.variance * (more.count - 1) + shift**2 * (count * more.count / total)
        mean, count = mean + shift * (more.count / total), total
    return Moments(count, mean, square / max(count - 1, 1))


@dataclass(frozen=True)
class RegionalProjection:
    """Draws of a projection of regions and groups; years are mid-years, flows of y run from mid y - 1 to mid y.

    `shift`: greatest change of a region's people when the base was brought to the nation's ages (share);
    `notes`: what is assumed, as keys of the catalogue.
    """

    regions: tuple[str, ...]
    groups: tuple[str, ...]
    years: tuple[int, ...]
    keep: Keep
    drawn: Drawn
    seed: int
    scenario: Scenario
    shift: float = 0.0
    notes: tuple[str, ...] = ()
    moments: Moments | None = None
    again: Again | None = field(default=None, compare=False, repr=False)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Regions, groups, sexes, ages."""
        return len(self.regions), len(self.groups), 2, AGES

    @property
    def population(self) -> Array:
        """Persons of all regions and groups, (D, T + 1)."""
        return np.asarray(self.drawn.cells.sum(axis=2))

    def residual(self) -> float:
        """Greatest failure of the accounts in any draw and year, persons."""
        change = np.diff(self.population, axis=1) - self.drawn.accounts.sum(axis=2) @ SIGNS
        return float(np.abs(change).max())

    def clipped(self) -> float:
        """Persons whom the rates asked for and who were not there: mean over draws of the sum over all years."""
        return float(self.drawn.accounts[..., ACCOUNTS.index("clipped")].sum(axis=(1, 2)).mean())

    def missed(self) -> float:
        """Immigrants whom the scenario takes away and who are not there: mean over draws of the sum over all years."""
        return float(self.drawn.missed.sum(axis=1).mean())

    def names(self, axis: str, ages: Sequence[int] = FIVE) -> list[Any]:
        """Labels of an axis."""
        return list({"region": self.regions, "group": self.groups, "sex": SEXES, "age": tuple(ages)}[axis])

    def sum(
        self, region: Names = None, group: Names = None, sex: Names = None, ages: tuple[int, int | None] = (0, None)
    ) -> Array:
        """Persons of the named regions, groups, sexes (None: all) and ages low up to, not with, high, (D, T + 1).

        Raises
        ------
        BadInput
            A label or ages that the projection does not have.

        """
        masks = {
            "region": self._mask("region", region),
            "group": self._mask("group", group),
            "sex": self._mask("sex", sex),
            "age": _age_mask(ages),
        }
        found = self._kept(masks)
        if found is not None:
            return found
        inside = np.einsum("r,g,s,a->rgsa", *(masks[axis].astype(np.int64) for axis in AXES))
        return self._again(np.where(inside > 0, 0, -1)).cells[..., 0]

    def _mask(self, axis: str, names: Names) -> NDArray[np.bool_]:
        labels = self.names(axis)
        if names is None:
            return np.ones(len(labels), dtype=bool)
        wanted = [names] if isinstance(names, str) else list(names)
        for name in wanted:
            if name not in labels:
                raise BadInput("regional.label", axis=axis, found=name, known=", ".join(labels))
        return np.isin(labels, wanted)

    def _kept(self, masks: Mapping[str, NDArray[np.bool_]]) -> Array | None:
        """The sum from what is kept; None where that does not hold it."""
        values = self._cells()
        place = 2
        for axis in AXES:
            mask = masks[axis]
            if axis not in self.keep.over:
                if not mask.all():
                    return None
                continue
            if axis == "age":
                mask = np.add.reduceat(mask, self.keep.ages) / np.diff([*self.keep.ages, AGES])
                if not np.isin(mask, (0, 1)).all():
                    return None
            values = np.compress(mask.astype(bool), values, axis=place).sum(axis=place)
        return np.asarray(values)

    def _cells(self) -> Array:
        """Kept persons (D, T + 1, ...), an axis each for what is kept apart."""
        sizes = [len(self.names(axis, self.keep.ages)) for axis in AXES if axis in self.keep.over]
        return self.drawn.cells.reshape(*self.drawn.cells.shape[:2], *sizes)

    def _again(self, labels: Labels, units: Labels | None = None) -> Drawn:
        if self.again is None:
            raise BadInput("regional.not_kept", kept=", ".join(self.keep.over) or "-")
        return self.again(labels, np.zeros(self.shape[:2], dtype=np.int64) if units is None else units)

    def draws(self, measure: str = "population", over: Sequence[str] = (), ages: Sequence[int] = FIVE) -> Array:
        """A measure by draw, year and the axes of `over` (in the order region, group, sex, age).

        Raises
        ------
        BadInput
            A measure that there is not.

        """
        known(over, AXES)
        if measure not in MEASURES:
            raise BadInput("projection.measure", found=measure, known=", ".join(MEASURES))
        if measure == "population":
            return self._population(over, ages)
        if measure == "share":
            return np.asarray(self._population(over, ages) / _wide(self.population, len(over)))
        known(over, AXES[:2])
        kinds = dict(zip(ACCOUNTS, np.moveaxis(self._accounts(over), -1, 0), strict=True))
        kinds["net_internal"] = kinds["entered"] - kinds["departed"]
        kinds["net_migration"] = kinds["immigrants"] - kinds["emigrants"]
        kinds["natural"] = kinds["births"] - kinds["deaths"]
        return np.asarray(kinds[measure])

    def _population(self, over: Sequence[str], ages: Sequence[int]) -> Array:
        held = [axis for axis in AXES if axis in self.keep.over]
        if set(over) <= set(held) and ("age" not in over or tuple(ages) == self.keep.ages):
            drop = tuple(2 + place for place, axis in enumerate(held) if axis not in over)
            return np.asarray(self._cells().sum(axis=drop))
        labels, sizes = labels_of(Keep(tuple(over), tuple(ages)), self.shape)
        cells = self._again(labels).cells
        return cells.reshape(*cells.shape[:2], *sizes)

    def _accounts(self, over: Sequence[str]) -> Array:
        held = [axis for axis in AXES[:2] if axis in self.keep.accounts]
        values = self.drawn.accounts
        if not set(over) <= set(held):
            held = [axis for axis in AXES[:2] if axis in over]
            values = self._again(np.zeros(self.shape, dtype=np.int64), units_of(tuple(held), self.shape)).accounts
        sizes = [len(self.names(axis)) for axis in held]
        values = values.reshape(*values.shape[:2], *sizes, len(ACCOUNTS))
        return np.asarray(values.sum(axis=tuple(2 + i for i, axis in enumerate(held) if axis not in over)))

    def quantiles(
        self, over: Sequence[str] = (), levels: tuple[float, ...] = QUANTILES, measure: str = "population",
        ages: Sequence[int] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Columns measure, the axes of `over` (age: start of the group), year and q<level>; persons or shares."""
        limits = self.keep.ages if ages is None else tuple(ages)
        values = self.draws(measure, over, limits)
        years = self.years if values.shape[1] == len(self.years) else self.years[1:]
        found = np.moveaxis(np.quantile(values, levels, axis=0), 1, -1)
        names = [axis for axis in AXES if axis in over]
        return tidy({"measure": [measure]} | {axis: self.names(axis, limits) for axis in names} | {"year": years},
                    {f"q{100 * level:g}": row for level, row in zip(levels, found, strict=True)})  # fmt: skip

    def pyramid(
        self, year: int, region: Names = None, group: Names = None, levels: tuple[float, ...] = QUANTILES
    ) -> pl.DataFrame:
        """Columns sex, age_start and q<level>, persons, of the named regions and groups (None: all)."""
        place = self.place(year)
        inside = self._mask("region", region)[:, None] & self._mask("group", group)
        labels, sizes = labels_of(Keep(("sex", "age")), self.shape)
        cells = self._again(np.where(inside[:, :, None, None], labels, -1)).cells[:, place]
        found = np.quantile(cells.reshape(-1, *sizes), levels, axis=0)
        columns = {f"q{100 * level:g}": row for level, row in zip(levels, found, strict=True)}
        return tidy({"sex": SEXES, "age_start": FIVE}, columns)

    def place(self, year: int) -> int:
        """Place of a year among `years`.

        Raises
        ------
        BadInput
            A year that was not projected.

        """
        if year not in self.years:
            raise BadInput("projection.year", year=year, first=self.years[0], last=self.years[-1])
        return self.years.index(year)

    def probability(self, question: str) -> float:
        """Share of draws that answer yes to a question.

        Such as "population[2050] < 22e6", "population[region=KZ-75,2050] > 1.2 * population[region=KZ-75,2023]" or
        "share[group=kazakh,2040] > 0.75".
        """
        return parse(question).share(self._term)

    def _term(self, term: Term) -> Array:
        if term.measure not in MEASURES:
            raise BadInput("projection.measure", found=term.measure, known=", ".join(MEASURES))
        where = dict(term.where)
        if term.measure in ("population", "share"):
            term.only(AXES)
            ages = ages_of(where.pop("age")) if "age" in where else (0, None)
            column = self.sum(**where, ages=ages)[:, self.place(term.year)]
            return column / self.population[:, self.place(term.year)] if term.measure == "share" else column
        term.only(AXES[:2])
        if self.place(term.year) == 0:
            raise BadInput("projection.year", year=term.year, first=self.years[1], last=self.years[-1])
        values = self.draws(term.measure, tuple(where))[:, self.place(term.year) - 1]
        chosen = tuple(int(self._mask(axis, where[axis]).argmax()) for axis in AXES[:2] if axis in where)
        return np.asarray(np.moveaxis(values, 0, -1)[chosen])

    def moments_frame(self) -> pl.DataFrame:
        """Mean and sd over draws of every cell, persons: columns year, region, group, sex, age, mean, sd.

        Raises
        ------
        BadInput
            No years were asked for (`Keep.moments`).

        """
        if self.moments is None:
            raise BadInput("regional.not_kept", kept=", ".join(self.keep.over) or "-")
        years = list(self.keep.moments)
        axes = {"year": years, "region": self.regions, "group": self.groups, "sex": SEXES, "age": tuple(range(AGES))}
        return tidy(axes, {"mean": self.moments.mean, "sd": np.sqrt(self.moments.variance)})

    def compared(self) -> pl.DataFrame:
        """The sum of the regions and the national projection: columns year, regions, nation, difference, greatest.

        Medians over the same draws, persons; median and largest relative difference of a draw, share.
        """
        ours, theirs = self.population, self.drawn.population
        off = ours / theirs - 1
        return pl.DataFrame({
            "year": self.years, "regions": np.median(ours, axis=0), "nation": np.median(theirs, axis=0),
            "difference": np.median(off, axis=0), "greatest": np.abs(off).max(axis=0),
        })  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Quantiles of the sums that are kept; columns as for `quantiles`."""
        return self.quantiles(over=self.keep.over)

    def to_xarray(self) -> Any:
        """The draws of what is kept as an xarray.DataArray, persons."""
        axes = [axis for axis in AXES if axis in self.keep.over]
        coords = {axis: self.names(axis, self.keep.ages) for axis in axes}
        cells = self._cells()
        return labelled(cells, ("draw", "year", *axes), {"draw": range(len(cells)), "year": self.years, **coords})


def _age_mask(ages: tuple[int, int | None]) -> NDArray[np.bool_]:
    low, high = ages[0], AGES if ages[1] is None else ages[1]
    if not 0 <= low < high:
        raise BadInput("regional.ages", found=f"{low}-{high}")
    return (np.arange(AGES) >= low) & (np.arange(AGES) < high)


def _wide(values: Array, axes: int) -> Array:
    return values.reshape(*values.shape, *([1] * axes))


def labels_of(keep: Keep, shape: tuple[int, int, int, int]) -> tuple[Labels, tuple[int, ...]]:
    """Number of the bucket of every cell, (R, G, 2, A), and the sizes of the kept axes."""
    group = np.searchsorted(keep.ages, np.arange(AGES), side="right") - 1
    numbers = (*(np.arange(size) for size in shape[:3]), group)
    labels, sizes = np.zeros(shape, dtype=np.int64), []
    for axis, name in enumerate(AXES):
        if name in keep.over:
            size = len(keep.ages) if name == "age" else shape[axis]
            labels = labels * size + numbers[axis].reshape([-1 if i == axis else 1 for i in range(4)])
            sizes.append(size)
    return labels, tuple(sizes)


def units_of(axes: tuple[str, ...], shape: tuple[int, int, int, int]) -> Labels:
    """Number of the unit of accounts of every region and group, (R, G)."""
    labels, _ = labels_of(Keep(axes), shape)
    return np.ascontiguousarray(labels[:, :, 0, 0])


def tidy(axes: Mapping[str, Sequence[Any]], columns: Mapping[str, Array]) -> pl.DataFrame:
    """A long frame: every combination of the axes' labels, the last running fastest, and the columns' values."""
    grids = np.meshgrid(*(np.arange(len(labels)) for labels in axes.values()), indexing="ij")
    names = {
        name: pl.Series(list(labels)).gather(grid.ravel())
        for (name, labels), grid in zip(axes.items(), grids, strict=True)
    }
    return pl.DataFrame({**names, **{name: np.ascontiguousarray(values).ravel() for name, values in columns.items()}})
