"""Totals that only their numbers show: a label that equals the sum of the others in every column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import quoted
from qonys.catalog.reading.labels.totals import AGE, KINDS, OTHER, TIME
from qonys.catalog.reading.numbers.bounds import PERSONS, kind_of
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.words.notes import note

Kept = Mapping[str, frozenset[str]]
LEAST = 4
ROUNDED = 1e-4
SAME: Mapping[str, str] = {
    "origin": "destination", "destination": "origin", "birthplace": "residence", "residence": "birthplace",
}  # fmt: skip


@dataclass(frozen=True)
class Summed:
    """A label that equals the sum of the others: name of its column, label, number of columns that were compared."""

    name: str
    label: str
    compared: int


def refuse_sums(
    path: Path, frame: pl.DataFrame, labels: Mapping[str, str], values: Sequence[str], kept: Kept
) -> None:
    """Refuse a label that equals the sum of the others: whether it is a total or a place is the person's to say.

    Parameters
    ----------
    path
        The file, for errors.
    frame
        The table under names of the method.
    labels
        Name -> column of the file for the labels that are added up.
    values
        Names of the numbers that are added up.
    kept
        Column of the file -> labels that the person keeps.

    Raises
    ------
    BadInput
        Names the label and the options that settle it.

    """
    found = [
        one for one in summed(frame, tuple(labels), values) if one.label not in kept.get(labels[one.name], frozenset())
    ]
    if found:
        same = [(labels[one.name], one.label) for one in found if one.label == found[0].label]
        raise BadInput(
            "catalog.totals.sum", path=str(path), column=labels[found[0].name], label=found[0].label,
            compared=found[0].compared, **answers(same),
        )  # fmt: skip


def answers(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The options that leave labels out and that keep them, where it is asked what they are.

    Parameters
    ----------
    labels
        Column of the file, and label, of each.

    Examples
    --------
    >>> answers([("region", "North"), ("region", "South")])["keep"]
    "--keep 'region=North' --keep 'region=South'"

    """
    said = [f"{column}={label}" for column, label in dict.fromkeys(labels)]
    shown = [quoted(one) if "'" in one else f"'{one}'" for one in said]
    return {word: " ".join(f"--{word} {one}" for one in shown) for word in ("exclude", "keep")}


def say_sums(name: str, frame: pl.DataFrame, labels: Mapping[str, str], values: Sequence[str]) -> None:
    """Say which labels of a table equal the sum of the others, where nobody can be asked; as in `refuse_sums`."""
    for one in summed(frame, tuple(labels), values):
        note("catalog.totals.kept_sum", path=name, column=labels[one.name], label=one.label, compared=one.compared)


def summed(frame: pl.DataFrame, labels: Sequence[str], values: Sequence[str]) -> list[Summed]:
    """Labels that equal the sum of the others in every column of the table.

    There are at least four others, or at least four columns with two others or more; and each number agrees to what
    rounding allows.

    Parameters
    ----------
    frame
        Rows under names of the method; every column that is no number of `values` is a label or an age or a time.
    labels
        Names of labels that are looked at.
    values
        Names of the numbers that are added up.

    Examples
    --------
    >>> people = pl.DataFrame({"region": list("ABCDE"), "value": [10.0, 25.5, 31.0, 47.0, 113.5]})
    >>> summed(people, ("region",), ("value",))
    [Summed(name='region', label='E', compared=1)]

    """
    keys = [name for name in frame.columns if name in KINDS or frame[name].dtype == pl.String]
    found = []
    for name in labels:
        if KINDS.get(name) in (TIME, AGE) or frame[name].n_unique() < LEAST - 1:
            continue
        per_value = [_agreeing(frame, name, [key for key in keys if key != name], value) for value in values]
        for label in sorted(set.intersection(*map(set, per_value))) if per_value else ():
            found.append(Summed(name, label, max(held[label] for held in per_value)))
    return found


def _agreeing(frame: pl.DataFrame, name: str, keys: Sequence[str], value: str) -> dict[str, int]:
    """Labels that equal the sum of the others in every column, and in how many columns this shows."""
    cells = frame.filter(pl.col(value).is_not_null() & pl.col(name).is_not_null())
    cells = cells.group_by(name, *keys, maintain_order=True).agg(pl.col(value).sum())
    cells = cells.with_columns(pl.struct(keys).rank("dense").alias("__column") if keys else pl.lit(1).alias("__column"))
    sums = cells.group_by("__column").agg(pl.col(value).sum().alias("__sum"), pl.len().alias("__n"))
    cells = cells.join(sums, on="__column")
    slack = pl.min_horizontal(rounding_unit(cells[value]) * pl.col("__n") / 2, pl.col(value).abs() * ROUNDED)
    far = (pl.col("__sum") - 2 * pl.col(value)).abs()
    other = SAME.get(name)
    if other in keys:
        own = cells.group_by(other).agg(pl.col("__column").n_unique().alias("__own")).rename({str(other): name})
        cells = cells.filter(pl.col(name) != pl.col(str(other)))
    else:
        own = pl.DataFrame(schema={name: cells.schema[name], "__own": pl.UInt32})
    agreeing = cells.group_by(name).agg(
        (far <= slack + 1e-9 * pl.col(value).abs()).all().alias("__all"),
        pl.len().alias("__rows"),
        ((pl.col("__n") > 2) & (pl.col(value) > 0)).sum().alias("__told"),
    )
    agreeing = agreeing.join(own, on=name, how="left").with_columns(pl.col("__own").fill_null(0))
    others = frame[name].n_unique() - 1
    enough = pl.col("__told") >= (1 if others >= LEAST else LEAST)
    agreeing = agreeing.filter(pl.col("__all") & (pl.col("__rows") + pl.col("__own") == sums.height) & enough)
    return dict(agreeing.select(name, "__told").rows())


def rounding_unit(numbers: pl.Series) -> float:
    """The largest power of ten that all numbers are multiples of: what they were rounded to.

    Examples
    --------
    >>> rounding_unit(pl.Series([20.0, 1300.0])), rounding_unit(pl.Series([20.5, 3.0]))
    (10.0, 0.1)

    """
    for power in range(9, -7, -1):
        unit = 10.0**power
        if bool(((numbers - (numbers / unit).round() * unit).abs() <= 1e-9 * numbers.abs()).all()):
            return unit
    return 0.0


def added_up(labels: Mapping[str, str], apart: Sequence[str]) -> dict[str, str]:
    """Name -> column of the labels over which a method adds up."""
    return {name: column for name, column in labels.items() if name not in apart and KINDS.get(name, OTHER) != TIME}


def sums_of(frame: pl.DataFrame, wanted: Wanted) -> list[str]:
    """Names of the numbers that a method adds up: people, and what it says."""
    names = [name for name in wanted.counted if name in frame.columns]
    return [name for name in names if name in wanted.sums or kind_of(name, wanted.kinds) == PERSONS]
