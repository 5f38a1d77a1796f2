"""Named questions as expressions of Ibis, which writes them in the SQL of the engine (Ibis 10 or newer; no data move).

Records of one day are ordered by their number: ordered by the day alone, engines break ties each in its own way and the
spells differ (measured on PostgreSQL and DuckDB). Sums of keys are of whole numbers, so that they are the same to the
last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from qonys.errors import BadInput, UnknownName
from qonys.kernels.protection.perturbation import KEYS

YEAR_DAYS = 365
Table = Any


def flows(moves: Table) -> Table:
    """Moves by year, origin and destination, with the key of each cell: year, origin, destination, moves, cell_key."""
    return moves.group_by("year", "origin", "destination").agg(
        moves=moves.count(), cell_key=(moves.rkey.cast("int64").sum() % KEYS)
    )


def ages(moves: Table) -> Table:
    """Moves by year, sex and age in completed years: year, sex, age, moves, cell_key."""
    return moves.group_by("year", "sex", "age").agg(
        moves=moves.count(), cell_key=(moves.rkey.cast("int64").sum() % KEYS)
    )


def chains(moves: Table) -> Table:
    """Moves of known persons by year and their place in the chain: year, moves, first, breaks, returns, stayed.

    `breaks`: the origin is not where the move before ended; `returns`: the destination is where the move before began;
    `stayed`: the next move is a year away at least, or there is none.
    """
    import ibis

    known = moves.filter(moves.person.notnull())
    order = ibis.window(group_by="person", order_by=["day", "record"])
    linked = known.mutate(
        before_origin=known.origin.lag().over(order), before_goal=known.destination.lag().over(order),
        next_day=known.day.lead().over(order), at=ibis.row_number().over(order),
    )  # fmt: skip
    return linked.group_by("year").agg(
        moves=linked.count(), first=(linked["at"] == 0).ifelse(1, 0).sum(),
        breaks=(linked.origin != linked.before_goal).fill_null(False).ifelse(1, 0).sum(),
        returns=(linked.destination == linked.before_origin).fill_null(False).ifelse(1, 0).sum(),
        stayed=(linked.next_day.isnull() | (linked.next_day - linked.day >= YEAR_DAYS)).ifelse(1, 0).sum(),
    )  # fmt: skip


QUERIES: Mapping[str, Callable[[Table], Table]] = {"flows": flows, "ages": ages, "chains": chains}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "flows": ("year", "origin", "destination", "rkey"),
    "ages": ("year", "sex", "age", "rkey"),
    "chains": ("person", "record", "day", "year", "origin", "destination"),
}


def answer(backend: Any, table: str, query: str) -> pl.DataFrame:
    """The answer of an engine to a named question about a table with the columns of `write_keyed`, sorted.

    Raises
    ------
    UnknownName
        There is no such question or table.
    BadInput
        The table lacks a column.

    Examples
    --------
    >>> sorted(QUERIES)
    ['ages', 'chains', 'flows']

    """
    if query not in QUERIES:
        raise UnknownName("warehouse.query", query=query, known=", ".join(QUERIES))
    from ibis.common.exceptions import TableNotFound

    try:
        moves = backend.table(table)
    except TableNotFound:
        raise UnknownName("warehouse.table", table=table) from None
    missing = [name for name in NEEDED[query] if name not in moves.columns]
    if missing:
        raise BadInput("warehouse.columns", table=table, columns=", ".join(missing), found=", ".join(moves.columns))
    found = pl.from_arrow(QUERIES[query](moves).to_pyarrow())
    assert isinstance(found, pl.DataFrame)
    whole = found.with_columns(pl.all().cast(pl.Int64))
    keys = [name for name in whole.columns if name in ("year", "origin", "destination", "sex", "age")]
    return whole.sort(keys, nulls_last=True)
