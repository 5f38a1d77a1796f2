"""What the pack holds: tables, breaks, cautions, conflicts, sources used by the chapters."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.conflicts import conflicts
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult


def compute(pack: Pack, results: Results) -> None:
    """Add the tables of the data chapter; runs last, because it lists the sources used."""
    rows = []
    for name in pack.tables():
        frame = inputs.rows(pack, name)
        for status, part in frame.group_by("status"):
            rows.append({"table": name, "status": str(status[0]), "rows": part.height})
    overview = pl.DataFrame(rows).sort("table", "status")
    used = sorted({s for table in results.all_tables().values() for s in table.sources})
    sources = pack.sources().filter(pl.col("id").is_in(used)).sort("id")
    found = conflicts(pack)
    results.add(
        TableResult("pack_overview", overview, "rows", 1, (), PUBLISHED),
        TableResult("sources_used", sources, "text", 1, (), PUBLISHED),
        TableResult("conflicts", found.head(40), "as_unit", 3, (), "catalog.conflicts.conflicts"),
        Number("data.conflicts", found.height, "count"),
        Number("data.rows", int(overview["rows"].sum()), "count"),
        Number("data.sources", pack.sources().height, "count"),
    )
