"""Rules for rows that a person adds: those of the pack's tables, and a few of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from qonys.catalog.importing.boundaries import known_boundaries, region_existed
from qonys.catalog.importing.understand import Understanding, needed_columns
from qonys.catalog.pack import Pack
from qonys.catalog.reading.numbers.bounds import AMOUNT, BOUNDS, PERSONS
from qonys.catalog.reading.numbers.parts_of_persons import in_parts
from qonys.catalog.rules import columns
from qonys.catalog.rules.findings import Finding, key_of
from qonys.catalog.schema import Resource
from qonys.words.notes import note

SUBJECTS: tuple[str, ...] = ("indicator", "measure", "event", "flow", "unit")
CLOSED: tuple[str, ...] = ("event", "flow")
OPEN: tuple[str, ...] = ("indicator", "measure")
_LATEST = 9999
_MANY = 20


def validated(
    frame: pl.DataFrame,
    rows: pl.Series,
    understood: Understanding,
    pack: Pack,
    known_sources: Iterable[str],
) -> tuple[Finding, ...]:
    """What is wrong with translated rows; each finding names the row and column of the file.

    Parameters
    ----------
    frame
        As `translate.translated` gives.
    rows
        Row numbers of the file.
    understood
        Names the file's columns for the sentences.
    pack
        The pack whose table it is.
    known_sources
        Ids that may stand in `source`.

    """
    resource = pack.resources_of(understood.table)[0]
    needed = [*needed_columns(resource), "status", "source"]
    unread = {name for name in needed if name in frame.columns}
    found: list[Finding] = [
        *columns.required(frame, sorted(unread)),
        *columns.within_limits(frame, resource.fields),
        *columns.status_known(frame),
        *columns.codes_known(frame, "source", list(known_sources), "catalog.rule.source"),
        *known_subjects(frame, pack.table(understood.table)),
        *possible(frame, resource),
        *not_to_come(frame),
        *never_negative(frame, pack.table(understood.table), resource),
        *known_boundaries(frame, pack),
        *region_existed(frame, pack, resource, understood),
        *columns.dates_in_order(frame),
        *columns.dates_in_order(frame, "age_start", "age_end"),
        *columns.key_unique(frame, stated_key(resource)),
    ]
    return in_file(found, rows, understood)


def in_file(findings: Iterable[Finding], rows: pl.Series, understood: Understanding) -> tuple[Finding, ...]:
    """Findings with the file's row numbers and column names instead of the frame's."""
    return tuple(_in_file(finding, rows, understood) for finding in findings)


def stated_key(resource: Resource) -> tuple[str, ...]:
    """Columns that no two rows of one source may share."""
    return (*resource.statement_key(), "source")


def _in_file(finding: Finding, rows: pl.Series, understood: Understanding) -> Finding:
    """A finding with the file's row number and column name instead of the frame's."""
    if finding.row is None:
        return finding
    number = int(rows[finding.row])
    values = dict(finding.values) | {"row": number}
    if "first" in values:
        values["first"] = int(rows[int(str(values["first"])) - 2])
    if finding.column is not None:
        values["column"] = understood.file_column(finding.column) or finding.column
    return replace(finding, values=values, row=number)


def never_negative(frame: pl.DataFrame, evidence: pl.DataFrame, resource: Resource) -> tuple[Finding, ...]:
    """No value is below zero where the pack has many figures of the same kind and none is.

    What can be negative (a balance, a growth rate) shows in the pack's own figures; so the rule
    needs no list of such indicators.
    """
    subject = [name for name in SUBJECTS if name in frame.columns and name in evidence.columns]
    found: list[Finding] = []
    for value in resource.values:
        if value not in frame.columns:
            continue
        kinds = (
            evidence.group_by(subject).agg(pl.col(value).min().alias("least"))
            if subject
            else evidence.select(pl.col(value).min().alias("least"))
        )
        held = kinds.filter(pl.col("least") >= 0).drop("least")
        marked = frame.with_row_index("__row").filter(pl.col(value) < 0)
        if subject:
            marked = marked.join(held, on=subject, how="semi", nulls_equal=True)
        elif kinds["least"][0] is None or kinds["least"][0] < 0:
            continue
        for row in marked.iter_rows(named=True):
            number = row["__row"]
            values = {"row": number + 2, "column": value, "value": f"{row[value]:g}"}
            found.append(Finding("catalog.rule.negative", values, number, value))
    return tuple(found)


def whole_persons(frame: pl.DataFrame, evidence: pl.DataFrame, resource: Resource) -> tuple[Finding, ...]:
    """No value in persons has a fraction where the pack has many figures of persons of this kind and all are whole.

    A mean of two whole numbers counts as whole. For rows whose multiplier neither the file nor the person says.
    """
    subject = [name for name in SUBJECTS if name in frame.columns and name in evidence.columns]
    found: list[Finding] = []
    for value in resource.values:
        if "unit" not in subject or value not in frame.columns:
            continue
        known = evidence.filter(pl.col("unit") == PERSONS).drop_nulls(value)
        parts = in_parts(known[value].cast(pl.Float64)).alias("__parts")
        kinds = known.with_columns(parts).group_by(subject).agg(pl.len().alias("__n"), pl.col("__parts").any())
        whole = kinds.filter((pl.col("__n") >= _MANY) & ~pl.col("__parts")).select(subject)
        broken = in_parts(frame[value].cast(pl.Float64)).fill_null(value=False)
        marked = frame.with_row_index("__row").filter(broken).join(whole, on=subject, how="semi", nulls_equal=True)
        for row in marked.sort("__row").iter_rows(named=True):
            values = {"row": row["__row"] + 2, "column": value, "value": f"{row[value]:.15g}"}
            found.append(Finding("catalog.rule.parts_of_persons", values, row["__row"], value))
    return tuple(found)


def known_subjects(frame: pl.DataFrame, evidence: pl.DataFrame) -> tuple[Finding, ...]:
    """Every event and flow is one that the table has; an indicator or measure that is new to it is only said."""
    found: list[Finding] = []
    for column in (*CLOSED, *OPEN):
        if column not in frame.columns or column not in evidence.columns or not evidence.height:
            continue
        known = sorted(evidence[column].drop_nulls().unique())
        new = frame[column].is_in(known).not_().fill_null(value=False) & frame[column].is_first_distinct()
        for index in new.arg_true():
            values = {"column": column, "value": frame[column][index], "known": ", ".join(known)}
            if column in CLOSED:
                found.append(Finding("catalog.add.no_such_code", values | {"row": index + 2}, index, column))
            else:
                note("catalog.add.new_code", **values)
    return tuple(found)


def possible(frame: pl.DataFrame, resource: Resource) -> tuple[Finding, ...]:
    """No value is beyond what its kind can be: persons by their unit, anything else as an amount."""
    found: list[Finding] = []
    for value in resource.values:
        if value not in frame.columns or not frame[value].dtype.is_numeric():
            continue
        most = pl.lit(BOUNDS[AMOUNT][1])
        if "unit" in frame.columns:
            most = pl.when(pl.col("unit") == "persons").then(BOUNDS[PERSONS][1]).otherwise(most)
        limits = frame.select(most.alias("most"), pl.col(value).abs().alias("size"))
        for index in limits.select((pl.col("size") > pl.col("most")).fill_null(value=False))["size"].arg_true():
            limit = float(limits["most"][index])
            size = float(frame[value][index])
            key, limit = ("catalog.rule.maximum", limit) if size > 0 else ("catalog.rule.minimum", -limit)
            values = {"row": index + 2, "column": value, "value": f"{size:g}", "limit": f"{limit:g}"}
            found.append(Finding(key, values, index, value))
    return tuple(found)


def not_to_come(frame: pl.DataFrame) -> tuple[Finding, ...]:
    """No figure but a projection is of a year that has not begun."""
    if "year" not in frame.columns or "status" not in frame.columns:
        return ()
    late = (pl.col("year") > datetime.now(UTC).year) & (pl.col("status") != "projection")
    return tuple(
        Finding(
            "catalog.add.future",
            {"row": index + 2, "column": "year", "value": frame["year"][index], "status": frame["status"][index]},
            index,
            "year",
        )
        for index in frame.select(late.fill_null(value=False).alias("late"))["late"].arg_true()
    )


def against_earlier(
    frame: pl.DataFrame, rows: pl.Series, earlier: pl.DataFrame | None, resource: Resource
) -> tuple[Finding, ...]:
    """Rows that the person has already added: the same key of the same source."""
    key = [name for name in stated_key(resource) if name in frame.columns]
    if earlier is None or not set(key) <= set(earlier.columns):
        return ()
    numbered = frame.with_columns(rows.alias("__row"))
    again = numbered.join(earlier.select(key).unique(), on=key, how="semi", nulls_equal=True).sort("__row")
    return tuple(
        Finding(
            "catalog.add.already",
            {"row": row["__row"], "key": key_of(row, key)},
            row["__row"],
        )
        for row in again.iter_rows(named=True)
    )


def first_rows(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the file, one per row and column."""
    seen: set[tuple[int | None, str | None]] = set()
    kept = []
    for finding in sorted(findings, key=lambda item: _LATEST if item.row is None else item.row):
        if (finding.row, finding.column) not in seen:
            seen.add((finding.row, finding.column))
            kept.append(finding)
    return tuple(kept)
