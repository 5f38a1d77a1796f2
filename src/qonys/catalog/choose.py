"""Choice of one figure among several by the written order of preference.

The order stands in `preferences.csv`: for each series, the place of each source and the years in
which that place holds. Where the order says nothing, the better evidence rank is taken, then the
source whose id comes first in the alphabet; the column `chosen_by` says which rule spoke.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.ranks import REJECTED, with_rank
from qonys.errors import BadInput

_PLACE = "__place"
_EMPTY = "__empty"
_REJECTED = "__rejected"
_LAST = 2**31 - 1


def preferred(
    frame: pl.DataFrame, preferences: pl.DataFrame, series: str, keys: Sequence[str]
) -> pl.DataFrame:
    """One row per key by the written order; never drops a key.

    Parameters
    ----------
    frame
        Rows with `source`, `status` and, if the order of the series has windows, `year`.
    preferences
        As `Pack.preferences()`: series, place, source, from_year, to_year (inclusive, empty = open).
    series
        The series whose order is used.
    keys
        Columns that say what is stated.

    Returns
    -------
    The chosen rows, sorted by `keys`, with `alternatives` (how many other rows state the same)
    and `chosen_by`: "order", "rank", or "rejected" where every row of a key is rejected; then the
    value is empty, because a rejected figure is never used.

    Raises
    ------
    BadInput
        One source states one key twice (the keys lack a column), or the order has windows and the
        frame has no years.

    Examples
    --------
    >>> rows = pl.DataFrame({"year": [2000, 2000], "value": [1.0, 2.0],
    ...     "source": ["un", "office"], "status": ["estimate", "official"]})
    >>> order = pl.DataFrame({"series": ["s"], "place": [1], "source": ["un"],
    ...     "from_year": [None], "to_year": [None]})
    >>> preferred(rows, order, "s", ["year"]).select("value", "alternatives", "chosen_by").rows()
    [(1.0, 1, 'order')]

    """
    _refuse_repeated(frame, keys, series)
    ranked = with_rank(frame) if "rank" not in frame.columns else frame
    empty = pl.col("value").is_null() if "value" in frame.columns else pl.lit(False)
    chosen = (
        _placed(ranked, preferences.filter(pl.col("series") == series), series)
        .with_columns(
            (pl.col("rank").fill_null(0) == REJECTED).alias(_REJECTED),
            empty.alias(_EMPTY),
            (pl.len().over(keys) - 1).cast(pl.Int64).alias("alternatives"),
        )
        .sort([_REJECTED, _EMPTY, _PLACE, "rank", "source"], nulls_last=True, maintain_order=True)
        .unique(subset=list(keys), keep="first", maintain_order=True)
        .sort(list(keys), maintain_order=True)
        .with_columns(_chosen_by())
    )
    if "value" in frame.columns:
        chosen = chosen.with_columns(pl.when(~pl.col(_REJECTED)).then(pl.col("value")).alias("value"))
    return chosen.select(*frame.columns, "alternatives", "chosen_by")


def _chosen_by() -> pl.Expr:
    return (
        pl.when(pl.col(_REJECTED))
        .then(pl.lit("rejected"))
        .when(pl.col(_PLACE) < _LAST)
        .then(pl.lit("order"))
        .otherwise(pl.lit("rank"))
        .alias("chosen_by")
    )


def _refuse_repeated(frame: pl.DataFrame, keys: Sequence[str], series: str) -> None:
    where = [*keys, "source", *(["owner"] if "owner" in frame.columns else [])]
    repeated = frame.filter(pl.struct(where).is_duplicated())
    if repeated.height:
        row = repeated.row(0, named=True)
        raise BadInput(
            "catalog.choose.repeated",
            series=series,
            source=row["source"],
            what=", ".join(f"{name}={row[name]}" for name in keys),
        )


def _placed(frame: pl.DataFrame, order: pl.DataFrame, series: str) -> pl.DataFrame:
    """`frame` with the place of each row's source in its year; the last place when there is none."""
    place = pl.lit(_LAST)
    for row in order.sort("place", descending=True).iter_rows(named=True):
        holds = pl.col("source") == row["source"]
        if row["from_year"] is not None or row["to_year"] is not None:
            if "year" not in frame.columns:
                raise BadInput("catalog.choose.no_year", series=series, source=row["source"])
            if row["from_year"] is not None:
                holds = holds & (pl.col("year") >= row["from_year"])
            if row["to_year"] is not None:
                holds = holds & (pl.col("year") <= row["to_year"])
        place = pl.when(holds).then(pl.lit(int(row["place"]))).otherwise(place)
    return frame.with_columns(place.alias(_PLACE))
