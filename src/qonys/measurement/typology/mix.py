"""Distribution of labels by year with multinomial intervals; unknown is a category of its own."""

from __future__ import annotations

from statistics import NormalDist
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput, UnknownName
from qonys.measurement.typology.records import listed
from qonys.measurement.typology.rules import LADDERS, UNKNOWN

Array = NDArray[np.float64]


def share_intervals(counts: ArrayLike, total: ArrayLike, classes: int, level: float = 0.95) -> tuple[Array, Array]:
    """Score intervals of `classes` multinomial shares, simultaneous by Bonferroni: (low, high), (...) each.

    `counts` and `total` (...), records. Solves (p - x)^2 = A x (1 - x) / n with A the upper (1 - level)/classes point
    of chi-square with 1 degree of freedom. Source: Goodman (1965), Technometrics 7(2), 247-254; with `classes` = 1 it
    is the interval of Wilson (1927), Journal of the American Statistical Association 22, 209-212. A total of zero gives
    nan.

    Examples
    --------
    >>> low, high = share_intervals([91, 49, 37, 43], 220, classes=4)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.3342, 0.1609, 0.1146, 0.1375], [0.4978, 0.2999, 0.2401, 0.2702])
    """
    found, size = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(total, dtype=np.float64))
    point = NormalDist().inv_cdf(1 - (1 - level) / (2 * classes)) ** 2
    size = np.where(size > 0, size, np.nan)
    middle = (2 * found + point) / (2 * (size + point))
    reach = np.sqrt(point * (point + 4 * found * (size - found) / size)) / (2 * (size + point))
    return middle - reach, middle + reach


def mix_by_year(
    classified: pl.DataFrame,
    label: str = "form",
    *,
    interval: Literal["goodman", "wilson"] = "goodman",
    level: float = 0.95,
) -> pl.DataFrame:
    """Records by year of `date` and `label`, one row for every year and label that occurs anywhere.

    Columns: year (null: no date), label, count, total (all records of the year), share = count / total, low, high
    (interval of the share at `level`: `goodman` simultaneous over the labels of the table, unknown included, or
    `wilson` one at a time), least and most (the share if every empty column were filled against the label, or for
    it). `unknown` is a label like any other: its records are in the total and are given to no other label.

    Assumes: the records of a year are independent draws; repeated moves of one person make true intervals wider.
    Raises `UnknownName` where `date` or the columns of `label` are absent and `BadInput` for a level outside (0, 1).
    """
    _check_label(classified, label, ("date", label, f"{label}_possible"))
    if not 0 < level < 1 or interval not in ("goodman", "wilson"):
        raise BadInput("typology.interval", interval=interval, level=level)
    rows = classified.select(
        _years(classified["date"]),
        pl.col(label).cast(pl.String).alias("label"),
        pl.col(f"{label}_possible").cast(pl.String).alias("possible"),
    )
    counted = rows.group_by("year", "label", "possible").agg(count=pl.len().cast(pl.Int64))
    given = counted.group_by("year", "label").agg(pl.col("count").sum())
    table = counted.select("year").unique().join(counted.select("label").unique(), how="cross")
    table = table.join(given, on=["year", "label"], how="left", nulls_equal=True)
    table = table.join(_possible(counted), on=["year", "label"], how="left", nulls_equal=True)
    table = table.with_columns(pl.col("count", "could", "sure").fill_null(0))
    table = table.with_columns(total=pl.col("count").sum().over("year"))
    classes = table["label"].n_unique() if interval == "goodman" else 1
    low, high = share_intervals(table["count"].to_numpy(), table["total"].to_numpy(), classes, level)
    table = table.with_columns(
        share=pl.col("count") / pl.col("total"),
        low=pl.Series(low),
        high=pl.Series(high),
        least=pl.col("sure") / pl.col("total"),
        most=pl.col("could") / pl.col("total"),
        last=pl.col("label") == UNKNOWN,
    )
    order = table.sort("year", "last", "label", nulls_last=True)
    return order.select("year", "label", "count", "total", "share", "low", "high", "least", "most")


def _years(date: pl.Series) -> pl.Series:
    if not date.dtype.is_temporal():
        date = date.cast(pl.String).str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    return date.dt.year().alias("year")


def _possible(counted: pl.DataFrame) -> pl.DataFrame:
    """Records by year and label that could have the label (`could`) and that can have no other (`sure`)."""
    rows = counted.with_columns(pl.col("possible").str.split(", "))
    alone = pl.col("possible").list.len() == 1
    rows = rows.with_columns(alone=pl.col("count") * alone.cast(pl.Int64)).drop("label")
    rows = rows.explode("possible").rename({"possible": "label"})
    return rows.group_by("year", "label").agg(could=pl.col("count").sum(), sure=pl.col("alone").sum())


def _check_label(frame: pl.DataFrame, label: str, needed: tuple[str, ...]) -> None:
    if label not in LADDERS.values():
        raise UnknownName("typology.label", found=label, allowed=", ".join(LADDERS.values()))
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise UnknownName("typology.absent", absent=listed(absent), found=listed(frame.columns))
