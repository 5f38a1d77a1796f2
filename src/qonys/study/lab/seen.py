"""What was seen of a flow that a measure multiplies: the extremes of its years, in the register and in the account."""

from __future__ import annotations

from math import ceil, floor

import polars as pl

from qonys.policy.measures import Seen
from qonys.study.runs.results import Results

GROSS = "projection_gross"
FLOWS = ("immigrants", "emigrants")
COLUMNS = {"register": "published", "account": "median"}


def seen_of(results: Results | None, flow: str, year: int) -> tuple[Seen, ...]:
    """The smallest and the largest year of a flow as multiples of `year`, as published and as the account has it.

    Only calendar years of the past count. Nothing where the results do not hold the flow, or not in `year`.
    """
    if results is None or not flow or not results.has_table(GROSS):
        return ()
    whole = (pl.col("start").dt.ordinal_day() == 1) & (pl.col("end").dt.year() == pl.col("start").dt.year())
    past = (pl.col("flow") == flow) & (pl.col("status") != "projected") & whole & (pl.col("end").dt.month() == 12)
    frame = results.table(GROSS).frame.filter(past).with_columns(year=pl.col("start").dt.year()).sort("year")
    return tuple(seen for kind in COLUMNS for seen in _extremes(frame, kind, year))


def _extremes(frame: pl.DataFrame, kind: str, year: int) -> tuple[Seen, ...]:
    known = frame.select("year", value=pl.col(COLUMNS[kind]).cast(pl.Float64)).drop_nulls()
    usual = known.filter(pl.col("year") == year)["value"].to_list()
    if not usual or not usual[0]:
        return ()
    rows = known.with_columns(pl.col("value") / usual[0]).sort("value", "year")
    ends = (("low", rows.row(0, named=True)), ("high", rows.row(-1, named=True)))
    return tuple(Seen(kind, end, round(float(row["value"]), 2), int(row["year"])) for end, row in ends)


def range_of(seen: tuple[Seen, ...], low: float, high: float, step: float) -> tuple[float, float]:
    """The range of what was seen in whole steps, within what the measure allows.

    Examples
    --------
    >>> range_of((Seen("register", "low", 0.43, 2021), Seen("register", "high", 1.18, 2024)), 0, 3, 0.1)
    (0.4, 1.2)
    >>> range_of((), 0, 3, 0.1)
    (0, 3)

    """
    if not seen:
        return low, high
    values = [one.value for one in seen]
    down, up = floor(min(values) / step + 1e-9) * step, ceil(max(values) / step - 1e-9) * step
    return max(low, round(down, 9)), min(high, round(up, 9))
