"""Tables of a register as others may see them: by cell keys, with cells withheld, or rounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.disclosure import THRESHOLD, TOTAL, WITHHELD
from qonys.estimation.disclosure_rows import known_sums, withheld_rows
from qonys.kernels.protection.keys import perturbed
from qonys.kernels.protection.perturbation import HIDDEN, LARGEST, VARIANCE, PerturbationTable, perturbation_table
from qonys.registers.axes import TableChoices
from qonys.registers.flows import definition
from qonys.registers.protection.cubes import Counts, KeyedCube, Keys, apart, joined, keyed_cube, whole
from qonys.registers.protection.secret import Secret, made_up_secret, read_secret
from qonys.registers.store import Register

METHODS = ("cellkey", "suppress", "round")
MOST_WITHHELD = 20_000  # cells of a table whose withheld ones are searched for


@dataclass(frozen=True)
class Protection:
    """How a table is protected.

    `method`: of `METHODS`; `largest`, `variance`, `hidden`: of the noise (D, V, js); `threshold`: the smallest count
    that is shown where cells are withheld; `base`: to whose multiples counts are rounded.
    """

    method: str = "cellkey"
    largest: int = LARGEST
    variance: float = VARIANCE
    hidden: int = HIDDEN
    threshold: int = THRESHOLD
    base: int = 5

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise BadInput("estimation.choice", option="--method", value=self.method, known=", ".join(METHODS))

    def noise(self) -> PerturbationTable:
        """The chances of noise.

        Raises
        ------
        BadInput
            There are none of this variance.

        """
        return perturbation_table(self.largest, self.variance, self.hidden)


@dataclass(frozen=True)
class ProtectedTable:
    """A table that may be shown.

    `frame`: axes, value (whole moves, empty where withheld) and flag; `protection`: how; `definition`: what is counted;
    `outside`, `within`: moves in no cell, themselves protected; `simulated`: whether the persons are made up.
    """

    frame: pl.DataFrame
    protection: Protection
    definition: str
    outside: int
    within: int
    simulated: bool

    def note(self) -> tuple[str, dict[str, object]]:
        """Key and values of the sentence that stands under the table."""
        how = self.protection
        variance = int(how.variance) if how.variance == int(how.variance) else how.variance
        return f"protection.note.{how.method}", {"largest": how.largest, "variance": variance, "hidden": how.hidden,
                                                 "threshold": how.threshold, "base": how.base}  # fmt: skip


def secret_for(register: Register, path: str | Path = "") -> Secret:
    """The secret of a file; of made-up persons without one a known secret.

    Raises
    ------
    BadInput
        There is none and the persons are real, or it cannot be read.

    """
    if str(path):
        return read_secret(Path(path))
    if not register.simulated:
        raise BadInput("protection.secret.needed", name=register.name)
    return made_up_secret()


def protected_flows(
    register: Register,
    choices: TableChoices,
    secret: Secret,
    protection: Protection | None = None,
    totals: bool = False,
) -> ProtectedTable:
    """Moves of a register by the axes asked for, protected; the only way of a table of a register to others.

    With `totals` every margin is in the table under the label `total`; by cell keys it has noise of its own, so that it
    is not the sum of its parts.

    Raises
    ------
    BadInput
        Too many cells for the method, or no noise of the variance.

    """
    how = protection or Protection()
    cube = keyed_cube(register, choices, secret)
    frame = protected_frame(cube, how, totals)
    outside, within = (_rounded(count, how) for count in (cube.outside, cube.within))
    return ProtectedTable(frame, how, definition(register, "register_moves"), outside, within, register.simulated)


def _rounded(count: int, how: Protection) -> int:
    base = max(how.base, 2 * how.largest)
    return round(count / base) * base


def protected_frame(cube: KeyedCube, how: Protection, totals: bool = False) -> pl.DataFrame:
    """The cells of a cube, and its margins with `totals`, as rows that may be shown; cells of zero are left out."""
    if how.method == "suppress":
        return _withheld(cube, how, totals)
    noise = how.noise() if how.method == "cellkey" else None
    parts = [
        _rows(one, shown_counts(one.counts, one.keys, how, noise)) for one in (margins(cube) if totals else (cube,))
    ]
    frame = pl.concat(parts)
    return frame.filter(pl.col("value") > 0).with_columns(flag=pl.lit(""))


def margins(cube: KeyedCube) -> Iterator[KeyedCube]:
    """The cube and all its margins, the whole last; labels of a margin are `total`."""
    for closed in product((False, True), repeat=len(cube.axes)):
        yield joined(cube, [whole(axis) if shut else apart(axis) for axis, shut in zip(cube.axes, closed, strict=True)])


def shown_counts(counts: Counts, keys: Keys, how: Protection, noise: PerturbationTable | None) -> Counts:
    """Counts of cells as published by cell keys (`noise` is given) or rounding, of the same shape."""
    if noise is None:
        return np.asarray(np.rint(counts / how.base) * how.base, dtype=np.int64)
    found = perturbed(counts.ravel(), keys.ravel(), noise.thresholds(), noise.largest)
    return np.asarray(found).reshape(counts.shape)


def _rows(cube: KeyedCube, values: Counts) -> pl.DataFrame:
    """Cells above zero as rows of labels and value."""
    kept = np.flatnonzero(values.ravel())
    places = np.unravel_index(kept, cube.shape)
    columns = {
        axis.name: pl.Series([str(label) for label in axis.labels], dtype=pl.String).gather(place)
        for axis, place in zip(cube.axes, places, strict=True)
    }
    return pl.DataFrame({**columns, "value": pl.Series(values.ravel()[kept], dtype=pl.Int64)})


def withheld_of(cube: KeyedCube, how: Protection) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """All cells of a cube and of its margins as rows, and which are withheld.

    Raises
    ------
    BadInput
        There are more cells than are searched through.

    """
    sizes = int(np.prod([size + 1 for size in cube.shape]))
    if sizes > MOST_WITHHELD:
        raise BadInput("protection.many_cells", cells=sizes, most=MOST_WITHHELD)
    parts = [_all_rows(one) for one in margins(cube)]
    frame = pl.concat(parts).unique(subset=[axis.name for axis in cube.axes], keep="first", maintain_order=True)
    names = [axis.name for axis in cube.axes]
    sums = known_sums(frame, [(name,) for name in names], {name: [TOTAL] for name in names}, [])
    return frame, withheld_rows(frame["value"].cast(pl.Float64).to_numpy(), sums, how.threshold)


def _all_rows(cube: KeyedCube) -> pl.DataFrame:
    places = np.indices(cube.shape).reshape(len(cube.axes), -1)
    columns = {
        axis.name: pl.Series([str(label) for label in axis.labels], dtype=pl.String).gather(place)
        for axis, place in zip(cube.axes, places, strict=True)
    }
    return pl.DataFrame({**columns, "value": pl.Series(cube.counts.ravel(), dtype=pl.Int64)})


def _withheld(cube: KeyedCube, how: Protection, totals: bool) -> pl.DataFrame:
    frame, hidden = withheld_of(cube, how)
    flag = pl.Series("flag", np.where(hidden, WITHHELD, ""))
    frame = frame.with_columns(flag, value=pl.when(pl.Series(~hidden)).then("value"))
    names = [axis.name for axis in cube.axes]
    if not totals:
        frame = frame.filter(~pl.any_horizontal(pl.col(name) == TOTAL for name in names))
    return frame.filter(pl.col("value").is_null() | (pl.col("value") > 0))
