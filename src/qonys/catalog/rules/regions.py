"""Rules on regions and boundary vintages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import polars as pl

from qonys.catalog.rules.findings import Finding


def vintage_of_year(year: int, vintages: pl.DataFrame) -> str | None:
    """The vintage valid in a calendar year; of two in one year, the later.

    Parameters
    ----------
    year
        Calendar year.
    vintages
        vintage, order, valid_from, valid_to (inclusive, empty = open).

    """
    held = vintages.filter(
        (pl.col("valid_from").is_null() | (pl.col("valid_from") <= year))
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= year))
    ).sort("order")
    return None if held.is_empty() else str(held["vintage"][-1])


def region_in_vintage(
    frame: pl.DataFrame,
    membership: pl.DataFrame,
    vintages: pl.DataFrame,
    columns: Sequence[str] = ("region",),
) -> tuple[Finding, ...]:
    """Each region exists in the boundaries of its row.

    The boundaries are the row's `vintage`; where the table has no such column or the cell is
    empty, those valid in the row's `year`. A row with neither, or of boundaries that have no list
    of members, is not judged.
    """
    members = {tuple(pair) for pair in membership.select("vintage", "region").rows()}
    listed = {vintage for vintage, _ in members}
    by_year: dict[int, str | None] = {}
    found = []
    present = [name for name in columns if name in frame.columns]
    if not present:
        return ()
    wanted = [*present, *(name for name in ("vintage", "year") if name in frame.columns)]
    distinct = (
        frame.select(wanted).with_row_index("__row").unique(subset=wanted, keep="first", maintain_order=True)
    )
    for row in distinct.iter_rows(named=True):
        year, vintage = row.get("year"), row.get("vintage")
        if vintage is None and year is not None:
            vintage = by_year.setdefault(year, vintage_of_year(year, vintages))
        if vintage is None or vintage not in listed:
            continue
        for name in present:
            if row[name] is not None and (vintage, row[name]) not in members:
                found.append(_absent(row, name, vintage))
    return tuple(found)


def covered(
    frame: pl.DataFrame, not_covered: Collection[str], columns: Sequence[str] = ("region",)
) -> tuple[Finding, ...]:
    """No figure is given of a region that the pack says is not covered; one finding per region and column."""
    found = []
    for name in columns:
        if name in frame.columns and not_covered:
            codes = frame[name]
            bad = (codes.is_in(sorted(not_covered)).fill_null(False) & codes.is_first_distinct()).arg_true()
            found += [
                Finding("catalog.rule.not_covered", {"column": name, "row": i + 2, "region": codes[i]}, i, name)
                for i in bad
            ]
    return tuple(found)


def _absent(row: dict[str, object], name: str, vintage: str) -> Finding:
    values = {
        "row": int(str(row["__row"])) + 2,
        "column": name,
        "region": row[name],
        "vintage": vintage,
        "year": row.get("year") if row.get("year") is not None else "–",
    }
    return Finding("catalog.rule.region_in_vintage", values, int(str(row["__row"])), name)


def lineage_complete(
    lineage: pl.DataFrame, membership: pl.DataFrame, vintages: pl.DataFrame
) -> tuple[Finding, ...]:
    """Each region of a vintage goes whole into one region of the vintage before it."""
    order = vintages.sort("order", descending=True)["vintage"].to_list()
    members = {name: set(membership.filter(pl.col("vintage") == name)["region"]) for name in order}
    found = []
    for newer, older in pairwise(order):
        rows = lineage.filter((pl.col("vintage_from") == newer) & (pl.col("vintage_to") == older))
        goes = dict(rows.select("region_from", "region_to").rows())
        for region in sorted(members[newer]):
            if goes.get(region, region) not in members[older]:
                values = {"region": region, "vintage": newer, "target": older}
                found.append(Finding("catalog.rule.lineage", values))
    return tuple(found)
