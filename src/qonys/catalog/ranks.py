"""Evidence ranks: how far a figure can be trusted, by its status.

official 1, estimate 2, secondary 3, derived 4, projection 5, rejected 9. A projection is never
evidence about the past; a rejected figure is never used. A figure for a period that is partly
estimated and partly projected ranks as a projection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

RANKS: dict[str, int] = {
    "official": 1,
    "estimate": 2,
    "secondary": 3,
    "derived": 4,
    "projection": 5,
    "estimate_projection_mix": 5,
    "rejected": 9,
}
STATUSES: tuple[str, ...] = tuple(RANKS)
SECONDARY = RANKS["secondary"]
REJECTED = RANKS["rejected"]


def status_of(rank: int) -> str:
    """The status word of a rank.

    Examples
    --------
    >>> status_of(3)
    'secondary'

    """
    return next(status for status, place in RANKS.items() if place == rank)


def with_rank(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the column `rank` (Int8) made from its column `status`.

    A status that is no status word gives an empty rank; the check `status` reports it.
    """
    import polars as pl

    ranks = pl.col("status").replace_strict(RANKS, default=None, return_dtype=pl.Int8)
    return frame.with_columns(ranks.alias("rank"))
