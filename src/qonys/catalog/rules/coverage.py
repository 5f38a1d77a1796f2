"""Rules on coverage: the years a series is known to have are there, and nothing shrank."""

from __future__ import annotations

import polars as pl

from qonys.catalog.rules.findings import Finding


def years_covered(
    frame: pl.DataFrame, first: int, last: int, step: int = 1, name: str = ""
) -> tuple[Finding, ...]:
    """Every year from `first` to `last` (inclusive, each `step`) has a row; one finding lists the gaps.

    Parameters
    ----------
    frame
        Rows of one series with the column `year`, or `period` in which whole years are four digits. Without
        either no year is covered.
    first, last
        Calendar years.
    step
        Years between two points.
    name
        Name of the series, for the sentence.

    """
    there = _years(frame)
    gaps = [year for year in range(first, last + 1, step) if year not in there]
    if not gaps:
        return ()
    values = {
        "id": name,
        "first": first,
        "last": last,
        "gaps": ", ".join(map(str, gaps[:12])),
        "count": len(gaps),
    }
    return (Finding("catalog.rule.coverage", values),)


def _years(frame: pl.DataFrame) -> set[int]:
    """Calendar years of the rows."""
    if "year" in frame.columns:
        return {int(year) for year in frame["year"].drop_nulls().unique()}
    if "period" not in frame.columns:
        return set()
    whole = frame["period"].drop_nulls().cast(pl.String).unique().str.extract(r"^(\d{4})$")
    return {int(year) for year in whole.drop_nulls()}
