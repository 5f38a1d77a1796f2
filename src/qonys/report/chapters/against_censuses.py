"""Whether net migration by age of five years agrees with what the censuses around them leave."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.report.context import Context
from qonys.report.periods import periods

Row = dict[str, Any]
AGREES, APART, OPPOSITE, NONE = "agrees", "apart", "opposite", "none"
MOST_OF = 3  # years of five


def verdicts(context: Context, totals: pl.DataFrame) -> dict[int, str]:
    """For the first year of each interval of `totals` (start, end, value, low, high): AGREES, APART, OPPOSITE or NONE.

    The intervals most of which lie between the same two censuses are summed and compared with the residual of these,
    by year: `apart` if the two intervals do not meet, `opposite` if both exclude zero on different sides, `none` where
    no two censuses enclose them.
    """
    found = {int(row["start"]): NONE for row in totals.iter_rows(named=True)}
    for period in periods(context.results):
        inside = [row for row in totals.iter_rows(named=True) if _overlap(row, period) >= MOST_OF]
        if inside:
            found |= {int(row["start"]): _verdict(inside, period) for row in inside}
    return found


def _overlap(row: Row, period: Row) -> int:
    return max(0, min(int(row["end"]), int(period["end"])) - max(int(row["start"]), int(period["start"])))


def _verdict(inside: list[Row], period: Row) -> str:
    years, counted = sum(row["end"] - row["start"] for row in inside), period["end"] - period["start"]
    low, high = (sum(row[end] for row in inside) / years for end in ("low", "high"))
    least, most = (period[end] / counted for end in ("residual_low", "residual_high"))
    if (low > 0 and most < 0) or (high < 0 and least > 0):
        return OPPOSITE
    return AGREES if low <= most and least <= high else APART
