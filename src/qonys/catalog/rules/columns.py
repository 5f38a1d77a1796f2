"""Rules on single columns and on keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from qonys.catalog.ranks import STATUSES
from qonys.catalog.rules.findings import Finding, key_of
from qonys.catalog.schema import Field


def key_unique(frame: pl.DataFrame, key: Sequence[str]) -> tuple[Finding, ...]:
    """No two rows agree in all columns of `key`; the second and later ones are the findings."""
    names = [name for name in key if name in frame.columns]
    if not names:
        return ()
    numbered = frame.with_row_index("__row").with_columns(pl.col("__row").min().over(names).alias("__first"))
    return tuple(
        Finding(
            "catalog.rule.key_unique",
            {"key": key_of(row, names), "row": row["__row"] + 2, "first": row["__first"] + 2},
            row["__row"],
        )
        for row in numbered.filter(pl.col("__row") != pl.col("__first")).iter_rows(named=True)
    )


def required(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[Finding, ...]:
    """No cell of `columns` is empty."""
    found = []
    for name in columns:
        if name in frame.columns:
            for index in frame[name].is_null().arg_true():
                found.append(
                    Finding("catalog.rule.required", {"column": name, "row": index + 2}, index, name)
                )
    return tuple(found)


def within_limits(frame: pl.DataFrame, fields: Sequence[Field]) -> tuple[Finding, ...]:
    """Values keep to the minimum, maximum, list and pattern of their field; empty cells pass."""
    found = []
    for item in fields:
        if item.name not in frame.columns:
            continue
        for test, expected in _limits(item):
            bad = frame.select((~test).fill_null(False).alias("bad"))["bad"].arg_true()
            for index in bad:
                values = {"column": item.name, "row": index + 2, "value": frame[item.name][index]}
                found.append(
                    Finding(f"catalog.rule.{expected[0]}", values | {"limit": expected[1]}, index, item.name)
                )
    return tuple(found)


def _limits(item: Field) -> list[tuple[pl.Expr, tuple[str, str]]]:
    column = pl.col(item.name)
    tests: list[tuple[pl.Expr, tuple[str, str]]] = []
    if item.minimum is not None:
        tests.append((column >= item.minimum, ("minimum", f"{item.minimum:g}")))
    if item.maximum is not None:
        tests.append((column <= item.maximum, ("maximum", f"{item.maximum:g}")))
    if item.enum:
        tests.append((column.cast(pl.String).is_in(list(item.enum)), ("enum", ", ".join(item.enum))))
    if item.pattern:
        tests.append(
            (column.cast(pl.String).str.contains(f"^(?:{item.pattern})$"), ("pattern", item.pattern))
        )
    return tests


def status_known(frame: pl.DataFrame, kind: str | None = None) -> tuple[Finding, ...]:
    """Each status is a status word; in secondary files it is `secondary`, in main files it is not."""
    found = []
    allowed = [word for word in STATUSES if kind is None or (word == "secondary") == (kind == "secondary")]
    bad = frame["status"].is_in(allowed).not_().fill_null(True).arg_true()
    for index in bad:
        values = {"row": index + 2, "value": frame["status"][index], "limit": ", ".join(allowed)}
        found.append(Finding("catalog.rule.status", values, index, "status"))
    return tuple(found)


def codes_known(
    frame: pl.DataFrame, column: str, known: Collection[str], key: str = "catalog.rule.code"
) -> tuple[Finding, ...]:
    """Every value of `column` is one of `known`; one finding per unknown value, at its first row."""
    if column not in frame.columns:
        return ()
    texts = frame[column].cast(pl.String)
    bad = (texts.is_in(sorted(known)).not_().fill_null(False) & texts.is_first_distinct()).arg_true()
    return tuple(
        Finding(key, {"column": column, "row": index + 2, "value": texts[index]}, index, column)
        for index in bad
    )


def dates_in_order(frame: pl.DataFrame, start: str = "start", end: str = "end") -> tuple[Finding, ...]:
    """No period ends before it starts."""
    if start not in frame.columns or end not in frame.columns:
        return ()
    bad = frame.select((pl.col(start) > pl.col(end)).fill_null(False).alias("bad"))["bad"].arg_true()
    return tuple(
        Finding(
            "catalog.rule.dates",
            {"row": index + 2, "start": frame[start][index], "end": frame[end][index]},
            index,
            end,
        )
        for index in bad
    )
