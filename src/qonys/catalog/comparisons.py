"""Comparisons across tables, declared in the pack's `comparisons.csv`.

Each row names two series that speak of the same thing: ``figure_a`` with the filter ``where_a``,
``figure_b`` with ``where_b``, and ``on``, the columns (parted by ``;``) in which a row of one meets
a row of the other. A column may have different names: ``year=period``. With ``sum_a`` or
``sum_b`` set to ``yes`` the rows of that side are added up, source by source, over all columns
that are not in ``on``; otherwise each row is compared as it stands. Rows meet only in the same
unit; ``as_unit`` names one for both sides where the units differ in name only (moves counted by two
sources as persons and as moves). ``text_*`` says why the two may differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from qonys.catalog.differences import (
    CONFLICT_SCHEMA,
    SUBJECTS,
    differences,
    sides_of,
    sorted_by_size,
    subject_of,
)
from qonys.catalog.figures import table_and_rows
from qonys.catalog.filters import filtered, split_conditions
from qonys.catalog.pack import Pack
from qonys.catalog.ranks import RANKS, with_rank
from qonys.errors import BadInput

_WORST = max(RANKS.values())


@dataclass(frozen=True)
class Side:
    """One series of a comparison; `on` are this side's own column names."""

    table: str
    where: str
    on: tuple[str, ...]
    summed: bool


@dataclass(frozen=True)
class Comparison:
    """Two series that speak of the same thing."""

    id: str
    a: Side
    b: Side
    as_unit: str | None
    texts: Mapping[str, str]


def declared_comparisons(pack: Pack) -> tuple[Comparison, ...]:
    """The comparisons of the pack, in the order of the file."""
    found = []
    for row in pack.descriptive("comparisons").iter_rows(named=True):
        pairs = [part.partition("=") for part in row["on"].split(";")]
        on_a = tuple(left.strip() for left, _, _ in pairs)
        on_b = tuple((right or left).strip() for left, _, right in pairs)
        found.append(
            Comparison(
                id=row["id"],
                a=Side(*table_and_rows(pack, row["figure_a"], row["where_a"]), on_a, row["sum_a"] == "yes"),
                b=Side(*table_and_rows(pack, row["figure_b"], row["where_b"]), on_b, row["sum_b"] == "yes"),
                as_unit=row["as_unit"],
                texts={language: row[f"text_{language}"] or "" for language in ("en", "ru", "kk")},
            )
        )
    return tuple(found)


def compared(
    pack: Pack,
    tables: Sequence[str] | None = None,
    frames: Mapping[str, pl.DataFrame] | None = None,
    comparison: str | None = None,
) -> pl.DataFrame:
    """Rows of conflicts from the declared comparisons.

    Parameters
    ----------
    pack
        The opened pack.
    tables
        Only comparisons that touch one of these tables.
    frames
        Frames to use instead of the pack's, by table.
    comparison
        Only this one.

    Returns
    -------
    As `conflicts`; `table` is ``a | b`` and `comparison` is the id. `difference` is a less b in
    the order of the file, because here the order is written. A comparison of a table that the pack does not hold gives
    no row; the check of references names it.

    """
    given = frames or {}
    results = [pl.DataFrame(schema=CONFLICT_SCHEMA)]
    for item in declared_comparisons(pack):
        if tables is not None and not {item.a.table, item.b.table} & set(tables):
            continue
        if not {item.a.table, item.b.table} <= {*pack.tables(), *given}:
            continue
        if comparison is None or item.id == comparison:
            results.append(_one(pack, item, given))
    return sorted_by_size(pl.concat(results))


def _one(pack: Pack, item: Comparison, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    a = _side(pack, item, item.a, item.a.on, frames)
    b = _side(pack, item, item.b, item.a.on, frames)
    shared = [*item.a.on, "unit"]
    pairs = a.join(b, on=[f"key:{name}" for name in shared], nulls_equal=True, suffix="_b")
    table = item.a.table if item.a.table == item.b.table else f"{item.a.table} | {item.b.table}"
    subject = subject_of(item.a.on, _subject(item.a))
    return differences(pairs, table, item.id, shared, subject)


def _subject(side: Side) -> str:
    """What a side measures: the one indicator of its filter, else its table."""
    conditions = split_conditions(side.where)
    named = [conditions[name] for name in SUBJECTS if name in conditions]
    return named[0][0] if named and len(named[0]) == 1 else side.table


def _side(
    pack: Pack, item: Comparison, side: Side, names: Sequence[str], frames: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    frame = frames[side.table] if side.table in frames else pack.table(side.table)
    rows = filtered(frame, split_conditions(side.where))
    missing = [name for name in side.on if name not in rows.columns]
    if missing:
        raise BadInput("catalog.comparison.no_column", id=item.id, table=side.table, column=missing[0])
    if item.as_unit is not None or "unit" not in rows.columns:
        rows = rows.with_columns(pl.lit(item.as_unit, dtype=pl.String).alias("unit"))
    renamed = rows.select(
        *[pl.col(own).cast(pl.String).alias(f"on:{name}") for own, name in zip(side.on, names, strict=True)],
        "unit", "source", "status", "rank", "value",
        *(["owner"] if "owner" in rows.columns else []),
    )  # fmt: skip
    renamed = renamed.rename({f"on:{name}": name for name in names if f"on:{name}" in renamed.columns})
    if side.summed:
        renamed = summed(renamed, [*names, "unit"])
    return sides_of(renamed, [*names, "unit"], "value")


def summed(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Values added up by key and source; the weakest status of the parts is kept."""
    by = [*key, "source", *(["owner"] if "owner" in frame.columns else [])]
    totals = frame.group_by(by, maintain_order=True).agg(
        pl.col("value").sum(), pl.col("rank").fill_null(_WORST).max()
    )
    words = {rank: status for status, rank in RANKS.items()}
    status = pl.col("rank").replace_strict(words, default=None, return_dtype=pl.String)
    return with_rank(totals.with_columns(status.alias("status")).drop("rank"))
