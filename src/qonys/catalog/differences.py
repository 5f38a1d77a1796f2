"""Pairs of rows that state the same thing with other values: how they are found and set out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.ranks import REJECTED

CONFLICT_SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "comparison": pl.String(),
    "key": pl.String(),
    "indicator": pl.String(),
    "unit": pl.String(),
    "source_a": pl.String(),
    "status_a": pl.String(),
    "value_a": pl.Float64(),
    "source_b": pl.String(),
    "status_b": pl.String(),
    "value_b": pl.Float64(),
    "difference": pl.Float64(),
    "relative": pl.Float64(),
}
SUBJECTS: tuple[str, ...] = ("indicator", "measure", "event", "flow")
_ROUNDING = 1e-9


def sorted_by_size(frame: pl.DataFrame) -> pl.DataFrame:
    """The unit with the most rows first; within each unit the largest absolute difference first."""
    size = pl.col("difference").abs()
    rows = pl.len().over("unit").cast(pl.Int64)
    return frame.sort(
        [
            -rows,
            pl.col("unit"),
            -size,
            pl.col("table"),
            pl.col("key"),
            pl.col("source_a"),
            pl.col("source_b"),
        ],
        nulls_last=True,
    )


def table_conflicts(
    frame: pl.DataFrame, table: str, key: Sequence[str], values: Sequence[str] = ("value",)
) -> pl.DataFrame:
    """Conflicts inside one table.

    Parameters
    ----------
    frame
        Rows with `source`, `status` and `rank`.
    table
        Name of the table, for the result.
    key
        Columns that say what is stated; two empty cells are the same.
    values
        The value columns.

    """
    results = [pl.DataFrame(schema=CONFLICT_SCHEMA)]
    own = [name for name in key if name in frame.columns]
    for value in values:
        sides = sides_of(frame, own, value)
        if sides.height:
            pairs = sides.join(sides, on=[f"key:{name}" for name in own], nulls_equal=True, suffix="_b")
            pairs = pairs.filter(pl.col("place") < pl.col("place_b"))
            subject = subject_of(own, table if value == "value" else value)
            results.append(differences(pairs, table, None, own, subject))
    return pl.concat(results)


def sides_of(frame: pl.DataFrame, key: Sequence[str], value: str) -> pl.DataFrame:
    """Rows that can take part in a comparison, renamed: key:<column>, source, status, number, place.

    `place` orders the rows so that the better evidence comes first.
    """
    owner = pl.col("owner") if "owner" in frame.columns else pl.lit("pack")
    return (
        frame.filter(pl.col(value).is_not_null() & (pl.col("rank").fill_null(0) != REJECTED))
        .sort(["rank", "source"], nulls_last=True, maintain_order=True)
        .select(
            *[pl.col(name).alias(f"key:{name}") for name in key],
            pl.col("source"),
            pl.col("status"),
            owner.alias("from"),
            pl.col(value).cast(pl.Float64).alias("number"),
        )
        .with_row_index("place")
    )


def subject_of(key: Sequence[str], otherwise: str) -> pl.Expr:
    """The column that names what is measured, or `otherwise` where the key has none."""
    found = next((name for name in SUBJECTS if name in key), None)
    return pl.lit(otherwise) if found is None else pl.col(f"key:{found}").cast(pl.String)


def differences(
    pairs: pl.DataFrame, table: str, comparison: str | None, key: Sequence[str], subject: pl.Expr
) -> pl.DataFrame:
    """Pairs of sides (second with the suffix _b) as rows of conflicts; equal values are left out."""
    mean = (pl.col("number").abs() + pl.col("number_b").abs()) / 2
    apart = (pl.col("number") - pl.col("number_b")).abs()
    other = (pl.col("source") != pl.col("source_b")) | (pl.col("from") != pl.col("from_b"))
    if comparison is not None:
        other = pl.lit(True)
    unit = pl.col("key:unit").cast(pl.String) if "unit" in key else pl.lit(None, dtype=pl.String)
    return (
        pairs.filter(other & (apart > _ROUNDING * mean))
        .select(
            pl.lit(table).alias("table"),
            pl.lit(comparison, dtype=pl.String).alias("comparison"),
            key_text(key).alias("key"),
            subject.alias("indicator"),
            unit.alias("unit"),
            pl.col("source").alias("source_a"),
            pl.col("status").alias("status_a"),
            pl.col("number").alias("value_a"),
            pl.col("source_b"),
            pl.col("status_b"),
            pl.col("number_b").alias("value_b"),
            (pl.col("number") - pl.col("number_b")).alias("difference"),
            ((pl.col("number") - pl.col("number_b")) / mean).alias("relative"),
        )
        .cast(CONFLICT_SCHEMA)  # type: ignore[arg-type]
    )


def key_text(key: Sequence[str]) -> pl.Expr:
    """The key as text, ``year=2000; region=KZ``; unit and empty cells are left out."""
    parts = [
        pl.when(pl.col(f"key:{name}").is_not_null()).then(
            pl.format(f"{name}={{}}", pl.col(f"key:{name}").cast(pl.String))
        )
        for name in key
        if name != "unit"
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True) if parts else pl.lit("")
